"""A digest as Markdown (CommonMark), in Japanese. What comes from articles is escaped: it is text and nothing else."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from flows.digests.selection import LESS_SURE, MOST_AGAIN, MOST_EMERGING, MOST_TROUBLES, Digest, TopicGroup
from flows.digests.text import clean
from flows.model import JST, Value
from flows.report import Evidence, WeekChange
from flows.wording import attribute_of, qualifier_words, subject_words, value_words
from seeds import Seeds

_ACTIVE = re.compile(r"[\\`*_\[\]<>&~|$]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""What means something within a line: in CommonMark, and in what forges add (struck words, formulas, bare links)."""
_OPENING = re.compile(r"(?:#{1,6}|[-+])(?:\s|$)|-[-\s]*$|=")
_NUMBERED = re.compile(r"\d{1,9}(?=[.)](?:\s|$))")
"""What begins a heading, a rule or a list at the head of a line, and nothing elsewhere."""
_DECODED = re.compile(r"&(?=#?\w+;)")
"""What CommonMark would take for a character's name within an address."""
_LONGEST = 300
_LONGEST_URL = 2000
_KINDS = {"disputed": "食い違い", "updated": "更新", "denied": "否定", "corrected": "訂正", "retracted": "撤回"}
_MODALITY = {"reported": "伝聞", "estimated": "推定", "planned": "予定"}
_STATUS = {"disputed": "食い違いあり", "denied": "否定あり", "retracted": "撤回済み"}
"""Where a claim stands at the week's end, said at changes that do not say it themselves."""


def escaped(text: str, longest: int = _LONGEST) -> str:
    """Foreign text as Markdown text: one line, nothing active, cut with an ellipsis where it is too long.

    Only what would be active gets a backslash, so that the text stays pleasant in a plain editor and in mail.
    """
    line = clean(text, longest)
    number = _NUMBERED.match(line)
    if number:
        return f"{number[0]}\\{_ACTIVE.sub(_backslash, line[number.end() :])}"
    return ("\\" if _OPENING.match(line) else "") + _ACTIVE.sub(_backslash, line)


def _backslash(found: re.Match[str]) -> str:
    return "\\" + found[0]


def link(text: str, url: str) -> str:
    """A link where the address is http or https and of a sane length, else its text alone."""
    label = escaped(text, 80) or "記事"
    if len(url) > _LONGEST_URL or not re.fullmatch(r"https?://[^\s<>]+", url, re.IGNORECASE) or clean(url) != url:
        return label
    address = url.replace("\\", "%5C").replace("(", "%28").replace(")", "%29").replace('"', "%22").replace("`", "%60")
    return f"[{label}](<{_DECODED.sub('&amp;', address)}>)"


def render_markdown(digest: Digest, seeds: Seeds) -> str:
    """The digest of a week. The same facts give the same text.

    Args:
        digest: the week, selected.
        seeds: for labels of subjects, attributes and topics.
    """
    return "\n".join(_Page(digest, seeds).lines()).rstrip() + "\n"


class _Page:
    def __init__(self, digest: Digest, seeds: Seeds) -> None:
        self.digest = digest
        self.facts = digest.facts
        self.seeds = seeds
        year, number = self.facts.week.split("-W")
        self.first = dt.date.fromisocalendar(int(year), int(number), 1)
        self.last = self.first + dt.timedelta(days=6)

    def lines(self) -> Iterator[str]:
        first, last = self.first, self.last
        yield f"# {escaped(self._name())}週報 {self.facts.week}"
        yield ""
        yield f"{first:%Y年%-m月%-d日}(月)から{last:%-m月%-d日}(日)まで"
        yield ""
        yield self._summary()
        yield ""
        yield from self._section("変わったこと", self.digest.changed)
        yield from self._section("否定・訂正・撤回", self.digest.taken_back)
        if self.digest.new:
            yield "## 新しい主張"
            yield ""
            for group in self.digest.new:
                yield f"### {escaped(group.label)}"
                yield ""
                for change in group.changes:
                    yield from self._item(change)
                if group.more:
                    yield f"- ほかに{group.more}件(すべて見るには: `{self._query(group)}`)"
                yield ""
        yield from self._emerging()
        yield from self._again()
        yield from self._figures()
        yield from self._troubles()

    def _name(self) -> str:
        return self.seeds.label(self.seeds.subject)

    def _summary(self) -> str:
        facts, digest = self.facts, self.digest
        if not facts.runs and not facts.changes:
            return "この週は一度も実行されていません。静かだったのではなく、見ていません。"
        parts = [f"{facts.publishers}媒体の関連記事{facts.relevant}本(うち転載{facts.copies}本)を読みました。"]
        if digest.quiet:
            parts.append("静かな週でした。新しい主張も、変わった主張もありません。")
        else:
            parts.append(
                f"変わった主張は{len(digest.changed)}件、否定・訂正・撤回は{len(digest.taken_back)}件、"
                f"新しい主張は{digest.new_count}件です。"
            )
        if facts.first:
            parts.append("最初の週なので、まだ何も知られておらず、基準の主張のほかはすべて新しく見えます。")
        if facts.source_troubles or facts.page_troubles:
            parts.append(
                f"取得できなかったものがあります(フィード{len(facts.source_troubles)}、記事{len(facts.page_troubles)})。"
            )
        return "".join(parts)

    def _query(self, group: TopicGroup) -> str:
        """The command that shows all new claims of a topic; names that are no plain words are left out of it."""
        names = ", ".join(f"'{name}'" for name in group.attributes if re.fullmatch(r"[\w-]+", name))
        where = f"week = '{self.facts.week}' AND kind = 'new'" + (f" AND attribute IN ({names})" if names else "")
        # Text for the reader's own shell; nothing here runs it.
        return f'kawaraban sql "SELECT statement_ja FROM claim_changes JOIN claims USING (claim_id) WHERE {where}"'  # noqa: S608

    def _day(self, moment: dt.datetime) -> str:
        """A day in Japan, with its year where that is not the week's."""
        local = moment.astimezone(JST)
        year = "" if local.year in (self.first.year, self.last.year) else f"{local.year}年"
        return f"{year}{local.month}月{local.day}日"

    def _section(self, title: str, changes: tuple[WeekChange, ...]) -> Iterator[str]:
        if not changes:
            return
        yield f"## {title}"
        yield ""
        for change in changes:
            yield from self._item(change)
        yield ""

    def _head(self, change: WeekChange) -> str:
        attribute = attribute_of(change.attribute, self.seeds)
        qualifiers = qualifier_words(attribute, change.qualifiers, self.seeds, "ja")
        about = f"{subject_words(change.subject, self.seeds, 'ja')} — {attribute.ja}"
        return escaped(about + (f"({qualifiers})" if qualifiers else ""))

    def _name_of(self, name: str) -> str:
        return escaped(subject_words(name, self.seeds, "ja"), 60)

    def _value(self, value: Value, change: WeekChange) -> str:
        return escaped(value_words(value, attribute_of(change.attribute, self.seeds), self.seeds, "ja"), 120)

    def _item(self, change: WeekChange) -> Iterator[str]:
        now = self._value(change.evidence.value, change)
        kind = _KINDS.get(change.kind)
        marks = [_MODALITY[change.evidence.modality]] if change.evidence.modality in _MODALITY else []
        # What a subject says of itself its sentence shows; "とみられる" about it must not read as its own word.
        if change.evidence.attribution and change.evidence.attribution != change.subject:
            marks.append(f"{self._name_of(change.evidence.attribution)}による")
        if change.evidence.past:
            marks.append("過去の値")
        if change.evidence.confidence < LESS_SURE:
            marks.append("確度低め")
        if change.evidence.partial:
            marks.append("記事は途中まで")
        if change.status in _STATUS and change.kind not in {change.status, "corrected"}:
            marks.append(_STATUS[change.status])
        if change.publishers > 1:
            marks.append(f"{change.publishers}媒体")
        tail = f" ({'、'.join(marks)})" if marks else ""
        old = change.previous_value
        if kind and change.kind in {"disputed", "updated", "corrected"} and old is not None:
            yield f"- **{kind}** {self._head(change)}: {self._value(old, change)} → **{now}**{tail}"
        elif kind:
            yield f"- **{kind}** {self._head(change)}: {now}{tail}"
        else:
            yield f"- {self._head(change)}: **{now}**{tail}"
        new, former = ("否定", "元の主張") if change.kind == "denied" else ("新", "旧")
        yield from self._evidence(change.evidence, new if change.previous else "")
        if change.previous is not None and change.previous.observation_id != change.evidence.observation_id:
            yield from self._evidence(change.previous, former)
        elif change.previous is None and kind and old is not None:
            yield f"  - {former}: 記事ではなく、基準の資料にある主張"

    def _evidence(self, evidence: Evidence, mark: str) -> Iterator[str]:
        label = f"{mark}: " if mark else ""
        told = evidence.published_at
        date = self._day(told) if told else f"日付不明({self._day(evidence.seen_at)}に取得)"
        outlet = escaped(evidence.publisher, 60) or "媒体不明"
        source = f"{outlet} {date}、{link(evidence.title, evidence.url)}"
        yield f"  - {label}「{escaped(evidence.sentence)}」 — {source}"

    def _emerging(self) -> Iterator[str]:
        if not self.facts.emerging:
            return
        yield "## 新しい話題"
        yield ""
        for topic in self.facts.emerging[:MOST_EMERGING]:
            sources = "、".join(link(title, url) for title, url, _ in topic.examples[:3])
            figures = f"{topic.articles}本、{topic.publishers}媒体、この週{topic.new_articles}本"
            yield f"- **{escaped(topic.name, 60)}** ({figures}): {sources}"
        yield from _rest(len(self.facts.emerging) - MOST_EMERGING)
        yield ""

    def _again(self) -> Iterator[str]:
        if not self.digest.corroborated:
            return
        yield "## 知られていた主張を伝えた媒体"
        yield ""
        for change in self.digest.corroborated[:MOST_AGAIN]:
            value = self._value(change.evidence.value, change)
            source = link(change.evidence.publisher, change.evidence.url)
            outlets = f"({change.publishers}媒体)" if change.publishers > 1 else ""
            yield f"- {self._head(change)}: {value} — {source}{outlets}"
        yield from _rest(len(self.digest.corroborated) - MOST_AGAIN)
        yield ""

    def _figures(self) -> Iterator[str]:
        facts = self.facts
        yield "## この週の数字"
        yield ""
        yield (
            f"- 実行{facts.runs}回、フィード{facts.sources}本、記事{facts.articles}本、関連{facts.relevant}本、"
            f"転載{facts.copies}本、改訂{facts.revisions}本、媒体{facts.publishers}"
        )
        if facts.topics:
            labels = [
                f"{escaped(self.seeds.topics[t].ja if t in self.seeds.topics else t)} {n}"
                for t, n in sorted(facts.topics.items(), key=lambda item: (-item[1], item[0]))
            ]
            yield f"- 話題: {'、'.join(labels)}"
        yield ""

    def _troubles(self) -> Iterator[str]:
        facts = self.facts
        if not facts.source_troubles and not facts.page_troubles:
            return
        yield "## 取得できなかったもの"
        yield ""
        sources = sorted(facts.source_troubles, key=lambda s: (-s.failures, s.feed_url))
        for source in sources[:MOST_TROUBLES]:
            seen = f"最後の成功 {self._day(source.last_success_at)}" if source.last_success_at else "成功なし"
            reason = f"{escaped(source.last_error, 120)}({source.failures}回、{seen})"
            yield f"- フィード {escaped(source.publisher, 60)}: {reason}"
        yield from _rest(len(sources) - MOST_TROUBLES, "フィード")
        pages = sorted(facts.page_troubles, key=lambda p: (p.publisher, p.url))
        for page in pages[:MOST_TROUBLES]:
            yield f"- 記事 {link(page.url, page.url)}: {escaped(page.error, 120)}({page.attempts}回)"
        yield from _rest(len(pages) - MOST_TROUBLES, "記事")
        yield ""


def _rest(more: int, what: str = "") -> Iterator[str]:
    """How many more there are, where a list is cut."""
    if more > 0:
        yield f"- {what}ほかに{more}件"
