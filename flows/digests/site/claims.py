"""A claim's page: where it stands, who said it first, how its value moved, and every sentence that states it."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

from flows.digests.addresses import topic_page
from flows.digests.charts import curve
from flows.digests.site.frame import KINDS, MODALITY, STATUS, anchor, badge, day, esc, page
from flows.digests.site.words import head_words, site_name, topic_of, topic_words, value_of_claim
from flows.digests.svg import svg
from flows.history import ClaimHistory, Occurrence
from flows.model import JST, Change, Value
from flows.report import ClaimPoint, Evidence
from flows.wording import subject_words
from seeds import Seeds

MOST_OCCURRENCES = 400
"""Places shown in full; of a claim that more articles state, the first and the last ones."""
MOST_POINTS = 60
"""Numbers drawn; more would be one smear."""
_FIRST = 50
_UP = "../"


def claim_html(history: ClaimHistory, seeds: Seeds, weeks: Mapping[str, str]) -> str:
    """The page of one claim.

    Args:
        history: the claim.
        seeds: for labels.
        weeks: those that have a digest, and its file.
    """
    head = head_words(history.subject, history.attribute, history.qualifiers, seeds)
    body = "".join(_Page(history, seeds, weeks).parts(head))
    return page(f"{head} | {site_name(seeds)}", site_name(seeds), body, _UP)


class _Page:
    def __init__(self, history: ClaimHistory, seeds: Seeds, weeks: Mapping[str, str]) -> None:
        self.history = history
        self.seeds = seeds
        self.weeks = weeks

    @functools.cached_property
    def occurrences(self) -> Mapping[str, Occurrence]:
        return {m.evidence.observation_id: m for m in self.history.occurrences}

    @functools.cached_property
    def shown(self) -> tuple[Occurrence, ...]:
        all_ = self.history.occurrences
        return all_ if len(all_) <= MOST_OCCURRENCES else (*all_[:_FIRST], *all_[_FIRST - MOST_OCCURRENCES :])

    def parts(self, head: str) -> Iterator[str]:
        history = self.history
        yield f"<h1>{esc(head)}</h1>\n"
        yield f'<p class="now">いまの値: <strong>{self._value(history.value)}</strong>{badge(history.status)}</p>\n'
        yield from self._standing()
        yield from self._values()
        yield from self._changes()
        yield from self._occurrences()

    def _value(self, value: Value) -> str:
        return esc(value_of_claim(value, self.history.attribute, self.seeds))

    def _standing(self) -> Iterator[str]:
        history, topic = self.history, topic_of(self.history.attribute, self.seeds)
        first = history.occurrences[0].evidence
        outlets = "、".join(esc(name, 60) for name in history.publishers[:12]) or "なし"
        more = len(history.publishers) - 12
        yield '<dl class="standing">\n'
        yield f"<dt>状態</dt><dd>{esc(STATUS.get(history.status, history.status))}</dd>\n"
        yield f'<dt>話題</dt><dd><a href="{_UP}{topic_page(topic)}">{esc(topic_words(topic, self.seeds))}</a></dd>\n'
        yield f"<dt>最初に伝えた媒体</dt><dd>{_outlet(first)} {_when(first)}、{anchor(first.title, first.url)}</dd>\n"
        yield f"<dt>いま伝えている媒体</dt><dd>{len(history.publishers)}媒体: {outlets}"
        yield f" ほか{more}</dd>\n" if more > 0 else "</dd>\n"
        if history.known is not None:
            yield f"<dt>基準の資料での値</dt><dd>{self._value(history.known)}</dd>\n"
        yield "</dl>\n"

    def _values(self) -> Iterator[str]:
        """How the value moved: a line where an article gives another one than the article before it."""
        told = [
            m
            for m in self.history.occurrences
            if m.standing and m.evidence.polarity == "affirmed" and not m.evidence.past
        ]
        lines: list[tuple[str, Evidence]] = []
        for occurrence in told:
            words = self._value(occurrence.evidence.value)
            if not lines or lines[-1][0] != words:
                lines.append((words, occurrence.evidence))
        if len(lines) < 2:
            return
        yield '<section aria-labelledby="values">\n<h2 id="values">値の移り変わり</h2>\n'
        yield from self._curve(told)
        yield "<table>\n"
        titles = "".join(f'<th scope="col">{title}</th>' for title in ("日付", "値", "媒体"))
        yield f"<thead><tr>{titles}</tr></thead>\n<tbody>\n"
        for words, evidence in lines[-MOST_OCCURRENCES:]:
            yield f"<tr><td>{_when(evidence)}</td><td>{words}</td><td>{_outlet(evidence)}</td></tr>\n"
        yield "</tbody>\n</table>\n</section>\n"

    def _curve(self, told: Sequence[Occurrence]) -> Iterator[str]:
        """The numbers as a drawing, where there are three or more."""
        points = [
            ClaimPoint(e.published_at or e.seen_at, e.value, e.publisher)
            for e in (occurrence.evidence for occurrence in told)
            if e.value.low is not None and e.value.high is not None
        ]
        if len(points) < 3:
            return
        chart = curve(
            "values-picture",
            "値の移り変わり",
            "下の表と同じ内容の図。",
            points[-MOST_POINTS:],
            lambda value: value_of_claim(value, self.history.attribute, self.seeds),
            lambda moment: f"{moment.astimezone(JST):%Y年%-m月%-d日}",
        )
        yield f"<figure>{svg(chart, chart.name)}</figure>\n"

    def _changes(self) -> Iterator[str]:
        changes = [m for m in self.history.changes if m.observation_id in self.occurrences]
        if not changes:
            return
        yield '<section aria-labelledby="changes">\n<h2 id="changes">変化</h2>\n<ol class="changes">\n'
        for change in changes[-MOST_OCCURRENCES:]:
            yield f"<li>{self._change(change)}</li>\n"
        yield "</ol>\n</section>\n"

    def _change(self, change: Change) -> str:
        evidence = self.occurrences[change.observation_id].evidence
        before = self.occurrences.get(change.previous_observation_id or "")
        now = self._value(evidence.value)
        differs = before is not None and self._value(before.evidence.value) != now
        old = f"{self._value(before.evidence.value)} → " if before is not None and differs else ""
        week = (
            f'<a href="{_UP}{self.weeks[change.week]}">{esc(change.week)}</a>'
            if change.week in self.weeks
            else esc(change.week)
        )
        kind = f'<span class="badge {esc(change.kind)}">{esc(KINDS.get(change.kind, change.kind))}</span>'
        return f"{day(change.changed_at)} {kind} {old}<strong>{now}</strong> — {self._place(evidence)}({week})"

    def _place(self, evidence: Evidence) -> str:
        """The outlet, which leads to the sentence below where that is shown."""
        shown = any(m.evidence.observation_id == evidence.observation_id for m in self.shown)
        outlet = _outlet(evidence)
        return f'<a href="#o-{esc(evidence.observation_id)}">{outlet}</a>' if shown else outlet

    def _occurrences(self) -> Iterator[str]:
        history = self.history
        left_out = len(history.occurrences) - len(self.shown)
        yield '<section aria-labelledby="occurrences">\n'
        yield f'<h2 id="occurrences">記事での言及({len(history.occurrences)}件)</h2>\n'
        if left_out:
            yield f"<p>最初の{_FIRST}件と新しい{MOST_OCCURRENCES - _FIRST}件です。ほかに{left_out}件。</p>\n"
        yield '<ol class="occurrences">\n'
        for occurrence in self.shown:
            yield self._occurrence(occurrence)
        yield "</ol>\n</section>\n"

    def _occurrence(self, occurrence: Occurrence) -> str:
        evidence = occurrence.evidence
        marks = [MODALITY[evidence.modality]] if evidence.modality in MODALITY else []
        if evidence.attribution:
            marks.append(f"{subject_words(evidence.attribution, self.seeds, 'ja')}による")
        if occurrence.cites:
            marks.append(f"{occurrence.cites}を引用")
        if evidence.polarity == "denied":
            marks.append("否定")
        if evidence.past:
            marks.append("過去の値")
        if evidence.partial:
            marks.append("記事は途中まで")
        if not occurrence.standing:
            marks.append("いまの記事にはないか、転載")
        tail = f" ({esc('、'.join(marks), 120)})" if marks else ""
        return (
            f'<li id="o-{esc(evidence.observation_id)}"><blockquote>{esc(evidence.sentence, 1000)}</blockquote>\n'
            f"<p>{self._value(evidence.value)}{tail} — {_outlet(evidence)} {_when(evidence)}、"
            f"{anchor(evidence.title, evidence.url)}</p></li>\n"
        )


def _outlet(evidence: Evidence) -> str:
    return esc(evidence.publisher, 60) or "媒体不明"


def _when(evidence: Evidence) -> str:
    return day(evidence.published_at) if evidence.published_at else f"日付不明({day(evidence.seen_at)}に取得)"
