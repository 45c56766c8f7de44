"""What a digest shows, and in which order: a pure function of a week's facts.

Disputes, denials, corrections, withdrawals and updates come before what is new; within each the surest and the most
widely told first; the same claim once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from flows.model import Value
from flows.report import WeekChange, WeekFacts
from flows.wording import attribute_of
from seeds import Seeds

CHANGED = ("disputed", "updated")
TAKEN_BACK = ("denied", "corrected", "retracted")
LESS_SURE = 0.6
MOST_NEW = 12
"""New claims shown of one topic; the others are counted."""
MOST_EMERGING = 5
"""Emerging topics shown."""
MOST_AGAIN = 20
"""Corroborated claims shown; the others are counted."""
MOST_TROUBLES = 20
"""Feeds, and pages, shown that could not be fetched; the others are counted."""


@dataclasses.dataclass(frozen=True)
class TopicGroup:
    """The new claims of a topic: those shown, and how many more there are."""

    topic: str
    label: str
    changes: tuple[WeekChange, ...]
    more: int
    attributes: tuple[str, ...] = ()
    """The attributes of all of them, by which a query finds those that are not shown."""


@dataclasses.dataclass(frozen=True)
class Digest:
    """A week, selected and in order."""

    facts: WeekFacts
    changed: tuple[WeekChange, ...]
    taken_back: tuple[WeekChange, ...]
    new: tuple[TopicGroup, ...]
    corroborated: tuple[WeekChange, ...]

    @property
    def new_count(self) -> int:
        """How many claims are new, shown or not."""
        return sum(len(group.changes) + group.more for group in self.new)

    @property
    def quiet(self) -> bool:
        """Whether nothing became new or different."""
        return not (self.changed or self.taken_back or self.new)


def _weight(change: WeekChange) -> tuple[float, float, str]:
    named = 0.1 if change.evidence.attribution else 0.0
    return (-change.publishers, -change.evidence.confidence - named, change.change_id)


def _ordered(changes: Iterable[WeekChange], kinds: Sequence[str]) -> tuple[WeekChange, ...]:
    return tuple(sorted((c for c in changes if c.kind in kinds), key=lambda c: (kinds.index(c.kind), *_weight(c))))


def _one_a_claim(changes: Iterable[WeekChange]) -> list[WeekChange]:
    """The first change of each claim, in the order given."""
    first: dict[str, WeekChange] = {}
    for change in changes:
        first.setdefault(change.claim_id, change)
    return list(first.values())


def _amount(value: Value) -> Value:
    """A value without the words that an amount or a day was said with, so that the same thing said twice is equal."""
    return dataclasses.replace(value, text=None) if value.numeric or value.dated else value


def _one_a_value(changes: Iterable[WeekChange]) -> list[WeekChange]:
    """The first change of each claim to each value; a claim that goes on to another value is shown again."""
    first: dict[tuple[str, Value], WeekChange] = {}
    for change in changes:
        first.setdefault((change.claim_id, _amount(change.evidence.value)), change)
    return list(first.values())


def select(facts: WeekFacts, seeds: Seeds) -> Digest:
    """Chooses and orders what the digest of a week shows."""
    corrections = [c for c in facts.changes if c.kind == "corrected"]
    corrected = {(c.claim_id, _amount(c.evidence.value)) for c in corrections}
    # An article's note that its figure was wrong is the correction itself, not a denial beside it.
    noted = {(c.claim_id, c.evidence.article_id) for c in corrections}
    taken_back = tuple(
        c
        for c in _ordered(facts.changes, TAKEN_BACK)
        if c.kind != "denied" or (c.claim_id, c.evidence.article_id) not in noted
    )
    changed = tuple(
        c
        for c in _one_a_value(_ordered(facts.changes, CHANGED))
        if (c.claim_id, _amount(c.evidence.value)) not in corrected
    )
    shown = {c.claim_id for c in (*changed, *taken_back)}
    fresh = [c for c in _one_a_claim(_ordered(facts.changes, ("new",))) if c.claim_id not in shown]
    by_topic: dict[str, list[WeekChange]] = {}
    for change in fresh:
        by_topic.setdefault(attribute_of(change.attribute, seeds).topic, []).append(change)
    order = [*seeds.topics, *(t for t in by_topic if t not in seeds.topics)]
    groups = tuple(
        TopicGroup(
            topic=topic,
            label=seeds.topics[topic].ja if topic in seeds.topics else topic,
            changes=tuple(by_topic[topic][:MOST_NEW]),
            more=max(0, len(by_topic[topic]) - MOST_NEW),
            attributes=tuple(sorted({c.attribute for c in by_topic[topic]})),
        )
        for topic in order
        if topic in by_topic
    )
    new_ids = {c.claim_id for c in fresh}
    again = [c for c in _one_a_claim(_ordered(facts.changes, ("corroborated",))) if c.claim_id not in shown | new_ids]
    return Digest(facts, changed, taken_back, groups, tuple(again))
