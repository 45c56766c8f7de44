"""A digest as Markdown (CommonMark), in Japanese. What comes from articles is escaped: it is text and nothing else."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator

from flows.digests.selection import LESS_SURE, Digest
from flows.model import JST, Evidence, Value, WeekChange
from flows.wording import attribute_of, qualifier_words, subject_words, value_words
from seeds import Seeds

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$^=:-])")
_CONTROL = re.compile(r"[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_LONGEST = 300
_KINDS = {"disputed": "食い違い", "updated": "更新", "denied": "否定", "corrected": "訂正", "retracted": "撤回"}
_MODALITY = {"reported": "伝聞", "estimated": "推定", "planned": "予定"}


def escaped(text: str, longest: int = _LONGEST) -> str:
    """Foreign text as Markdown text: one line, nothing active, cut with an ellipsis where it is too long."""
    line = " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", text)).split())
    if len(line) > longest:
        line = line[: longest - 1] + "…"
    return _SPECIAL.sub(r"\\\1", line)


def link(text: str, url: str) -> str:
    """A link where the address is http or https, else its text alone."""
    label = escaped(text, 80) or "記事"
    if not re.match(r"https?://[^\s<>]+$", url) or _CONTROL.search(url):
        return label
    address = url.replace("\\", "%5C").replace("(", "%28").replace(")", "%29").replace('"', "%22").replace("`", "%60")
    return f"[{label}](<{address}>)"


def day(moment: dt.datetime | None) -> str:
    """A day as the digest writes it."""
    return f"{moment.astimezone(JST):%-m月%-d日}" if moment else "日付不明"


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

    def lines(self) -> Iterator[str]:
        year, number = self.facts.week.split("-W")
        first = dt.date.fromisocalendar(int(year), int(number), 1)
        last = first + dt.timedelta(days=6)
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
                    yield f"- ほかに{group.more}件(表 `claim_changes` の week が {self.facts.week} の行)"
                yield ""
        yield from self._again()
        yield from self._figures()
        yield from self._troubles()

    def _name(self) -> str:
        return next(iter(self.seeds.entities.values())).label if self.seeds.entities else "Kawaraban"

    def _summary(self) -> str:
        facts, digest = self.facts, self.digest
        if not facts.runs:
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
            parts.append("最初の週なので、基準の主張のほかはすべて新しく見えます。")
        if facts.source_troubles or facts.page_troubles:
            parts.append(
                f"取得できなかったものがあります(フィード{len(facts.source_troubles)}、記事{len(facts.page_troubles)})。"
            )
        return "".join(parts)

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

    def _value(self, value: Value, change: WeekChange) -> str:
        return escaped(value_words(value, attribute_of(change.attribute, self.seeds), self.seeds, "ja"), 120)

    def _item(self, change: WeekChange) -> Iterator[str]:
        now = self._value(change.evidence.value, change)
        kind = _KINDS.get(change.kind)
        marks = [_MODALITY[change.evidence.modality]] if change.evidence.modality in _MODALITY else []
        if change.evidence.past:
            marks.append("過去の値")
        if change.evidence.confidence < LESS_SURE:
            marks.append("確度低め")
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
        yield from self._evidence(change.evidence, "新" if change.previous else "")
        if change.previous is not None and change.previous.observation_id != change.evidence.observation_id:
            yield from self._evidence(change.previous, "旧")

    def _evidence(self, evidence: Evidence, mark: str) -> Iterator[str]:
        label = f"{mark}: " if mark else ""
        source = f"{escaped(evidence.publisher, 60)} {day(evidence.published_at)}、{link(evidence.title, evidence.url)}"
        yield f"  - {label}「{escaped(evidence.sentence)}」 — {source}"

    def _again(self) -> Iterator[str]:
        if not self.digest.corroborated:
            return
        yield "## 別の媒体も伝えたこと"
        yield ""
        for change in self.digest.corroborated:
            value = self._value(change.evidence.value, change)
            source = link(change.evidence.publisher, change.evidence.url)
            yield f"- {self._head(change)}: {value} — {source}({change.publishers}媒体)"
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
        for source in facts.source_troubles:
            seen = f"最後の成功 {day(source.last_success_at)}" if source.last_success_at else "成功なし"
            reason = f"{escaped(source.last_error, 120)}({source.failures}回、{seen})"
            yield f"- フィード {escaped(source.publisher, 60)}: {reason}"
        for page in facts.page_troubles:
            yield f"- 記事 {link(page.url, page.url)}: {escaped(page.error, 120)}({page.attempts}回)"
        yield ""
