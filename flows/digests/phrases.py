"""What a digest says of a change, in words and in the reader's language, the same in all forms.

Nothing here is escaped: every form makes text harmless in its own way.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from flows.digests.importance import less_sure
from flows.digests.labels import Labels, labels_of
from flows.digests.selection import Digest
from flows.model import Value
from flows.report import Evidence, WeekChange, WeekEmerging
from flows.wording import Language, attribute_of, qualifier_words, subject_words, value_words
from seeds import Seeds

_MOVES = frozenset({"updated", "disputed", "corrected"})
"""Kinds of change that set one value against another."""
_STANDINGS = frozenset({"disputed", "denied", "retracted"})


@dataclasses.dataclass(frozen=True)
class Side:
    """One side of a change: what it is, and the sentence that says it; no evidence where the baseline does."""

    label: str
    evidence: Evidence | None


@dataclasses.dataclass(frozen=True)
class Phrases:
    """Words for one digest in one language."""

    digest: Digest
    seeds: Seeds
    lang: Language

    @property
    def labels(self) -> Labels:
        """The words of the language."""
        return labels_of(self.lang)

    def name(self) -> str:
        """What all digests are called: DeepSeek週報."""
        return self.labels("page.name", name=subject_words(self.seeds.subject, self.seeds, self.lang))

    def title(self) -> str:
        """The heading: DeepSeek週報 2025-W05."""
        name = subject_words(self.seeds.subject, self.seeds, self.lang)
        return self.labels("page.title", name=name, week=self.digest.facts.week)

    def subject(self) -> str:
        """What the week holds, for a mail's subject: DeepSeek週報 2025-W05: 変更3・新規27."""
        digest = self.digest
        return self.labels("page.subject", title=self.title(), changed=len(digest.changed), new=digest.new_count)

    def span(self) -> str:
        """The week's days, from Monday to Sunday."""
        first, last = self.digest.days
        two_years, leading = first.year != last.year, bool(self.labels.table["date"]["year_leads"])
        start = self.labels.day(first, year=leading or two_years)
        return self.labels("page.span", first=start, last=self.labels.day(last, year=two_years or not leading))

    def day(self, moment: dt.datetime) -> str:
        """A day in Japan, with its year where that is not the week's."""
        return self.labels.moment(moment, {day.year for day in self.digest.days})

    def topic(self, topic: str) -> str:
        """A topic's name."""
        known = self.seeds.topics.get(topic)
        if known is None:
            return topic or self.labels("section.other_topic")
        return str(getattr(known, self.lang))

    def _named(self, change: WeekChange, key: str, attribute: str) -> str:
        qualifiers = qualifier_words(
            attribute_of(change.attribute, self.seeds), change.qualifiers, self.seeds, self.lang
        )
        subject = subject_words(change.subject, self.seeds, self.lang)
        if qualifiers and attribute.endswith(")"):
            # API価格(100万トークン) of 入力: one pair of brackets, not two.
            attribute, qualifiers = f"{attribute[:-1]}{self.labels('text.list')}{qualifiers})", ""
        if qualifiers:
            return self.labels(f"{key}_in", subject=subject, attribute=attribute, qualifiers=qualifiers)
        return self.labels(key, subject=subject, attribute=attribute)

    def about(self, change: WeekChange) -> str:
        """Whom and what a claim is about: DeepSeek — 利用者数(1日当たり)."""
        attribute = attribute_of(change.attribute, self.seeds)
        return self._named(change, "text.about", str(getattr(attribute, self.lang)))

    def statement(self, change: WeekChange) -> str:
        """The same within a sentence: DeepSeekの利用者数(1日当たり)."""
        name = str(getattr(attribute_of(change.attribute, self.seeds), self.lang))
        if name[1:2].islower():  # a common noun that begins with a capital for its place alone
            name = name[:1].lower() + name[1:]
        return self._named(change, "text.statement", name)

    def value(self, value: Value, change: WeekChange) -> str:
        """A value of a claim in words."""
        return value_words(value, attribute_of(change.attribute, self.seeds), self.seeds, self.lang)

    def new_value(self, change: WeekChange) -> str:
        """The value that a change brings."""
        return self.value(change.evidence.value, change)

    def old_value(self, change: WeekChange) -> str | None:
        """The value that a change sets another one against; None where it sets none."""
        if change.kind not in _MOVES or change.previous_value is None:
            return None
        return self.value(change.previous_value, change)

    def kind(self, change: WeekChange) -> str:
        """What kind of change it is: 更新."""
        return self.labels(f"kind.{change.kind}")

    def move_pattern(self, change: WeekChange) -> str:
        """How two values are set against each other: with an arrow, or as contenders."""
        return "text.against" if change.kind == "disputed" else "text.moved"

    def marks(self, change: WeekChange) -> list[str]:
        """What a reader should know before believing it: hearsay, whose word it is, doubt, where the claim stands."""
        evidence, labels = change.evidence, self.labels
        marks: list[str] = []
        # Who denies something does not tell it from hearsay.
        if evidence.modality != "asserted" and change.kind != "denied":
            marks.append(labels.find(f"mark.{evidence.modality}") or evidence.modality)
        # What a subject says of itself its sentence shows; "とみられる" about it must not read as its own word.
        if evidence.attribution and evidence.attribution != change.subject:
            marks.append(labels("mark.by", name=subject_words(evidence.attribution, self.seeds, self.lang)))
        if evidence.past:
            marks.append(labels("mark.past"))
        if less_sure(change):
            marks.append(labels("mark.less_sure"))
        if evidence.partial:
            marks.append(labels("mark.partial"))
        if change.status in _STANDINGS and change.kind not in {change.status, "corrected"}:
            marks.append(labels(f"mark.{change.status}"))
        if change.publishers > 1:
            marks.append(labels("mark.outlets", n=change.publishers))
        if self.digest.late(change):
            marks.append(labels("mark.late"))
        return marks

    def sides(self, change: WeekChange) -> Iterator[Side]:
        """The sentences of a change: the new one, and the one that was held before."""
        previous, old = change.previous, change.previous_value
        two = previous is not None or (change.kind in _MOVES and old is not None)
        key = change.kind if change.kind in self.labels.table["side"] else "updated"
        yield Side(self.labels(f"side.{key}.new") if two else "", change.evidence)
        if previous is not None and previous.observation_id != change.evidence.observation_id:
            yield Side(self.labels(f"side.{key}.old"), previous)
        elif previous is None and two:
            yield Side(self.labels(f"side.{key}.old"), None)

    def date(self, evidence: Evidence) -> str:
        """The day of an article, or when it was fetched where it does not tell."""
        told = evidence.published_at
        return self.day(told) if told else self.labels("date.unknown", seen=self.day(evidence.seen_at))

    def attempts(self, failures: int, last_success_at: dt.datetime | None) -> list[str]:
        """How often a feed failed, and when it last did not."""
        success = self.labels("trouble.no_success")
        if last_success_at:
            success = self.labels("trouble.last_success", date=self.day(last_success_at))
        return [self.labels("trouble.times", n=failures), success]

    def outlet(self, publisher: str) -> str:
        """An outlet's name."""
        return publisher.strip() or self.labels("text.no_outlet")

    def error(self, error: str) -> str:
        """Why something could not be read: the kind in the reader's language, then the detail as recorded."""
        kind, _, detail = error.partition(": ")
        known = self.labels.find(f"trouble.kinds.{kind}")
        if known is None:
            return error
        # What is refused or spared says all by its kind.
        return known if not detail or kind in {"robots", "spared", "unreachable"} else f"{known}: {detail}"

    def emerging(self, topic: WeekEmerging) -> list[str]:
        """How large an emerging topic is, how many outlets tell it, and what of it is of this week."""
        labels = self.labels
        return [
            labels("emerging.articles", n=topic.articles),
            labels("mark.outlets", n=topic.publishers),
            labels("emerging.new", n=topic.new_articles),
        ]

    def figures(self) -> list[tuple[str, str]]:
        """The week's work: what was counted, and how many."""
        facts, labels = self.digest.facts, self.labels
        counted: Sequence[tuple[str, str, int]] = (
            ("runs", "run_n", facts.runs),
            ("sources", "source_n", facts.sources),
            ("articles", "article_n", facts.articles),
            ("relevant", "article_n", facts.relevant),
            ("copies", "article_n", facts.copies),
            ("revisions", "article_n", facts.revisions),
            ("publishers", "publisher_n", facts.publishers),
        )
        return [(labels(f"figure.{name}"), labels(f"figure.{unit}", n=n)) for name, unit, n in counted]

    def topics(self) -> list[tuple[str, int, int]]:
        """Every topic that the week treats, with its articles and its new or changed claims; the largest first."""
        claims = Counter(attribute_of(c.attribute, self.seeds).topic for c in self.digest.changed)
        for group in self.digest.new:
            claims[group.topic] += group.count
        articles = self.digest.facts.topics
        order = {topic: number for number, topic in enumerate(self.seeds.topics)}
        return sorted(
            ((topic, articles.get(topic, 0), claims[topic]) for topic in {*articles, *claims}),
            key=lambda row: (-row[1] - row[2], order.get(row[0], len(order)), row[0]),
        )

    def history(self) -> dict[tuple[str, str], tuple[int, int]]:
        """(topic, week) -> its articles and its new or changed claims, for this week and those before it."""
        articles = Counter({(c.name, c.week): c.count for c in self.digest.facts.topic_history})
        claims: Counter[tuple[str, str]] = Counter()
        for count in self.digest.facts.claim_history:
            claims[attribute_of(count.name, self.seeds).topic, count.week] += count.count
        return {key: (articles[key], claims[key]) for key in {*articles, *claims}}


def _words(change: WeekChange) -> tuple[str, ...]:
    told = [side for side in (change.evidence, change.previous) if side is not None]
    return (change.kind, *(part for side in told for part in (side.article_id, side.sentence)))


def same_sentence(changes: Sequence[WeekChange]) -> list[list[WeekChange]]:
    """Neighbours that the same sentences say, together: they are quoted once."""
    return [list(group) for _, group in itertools.groupby(changes, key=_words)]
