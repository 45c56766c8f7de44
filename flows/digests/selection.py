"""What a digest shows, and in which order: a pure function of a week's facts.

Disputes, denials, corrections, withdrawals and updates come before what is new; within each the surest and the most
widely told first; the same claim once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from flows.model import WeekChange, WeekFacts
from flows.wording import attribute_of
from seeds import Seeds

CHANGED = ("disputed", "updated")
TAKEN_BACK = ("denied", "corrected", "retracted")
LESS_SURE = 0.6
MOST_NEW = 12
"""New claims shown of one topic; the others are counted."""


@dataclasses.dataclass(frozen=True)
class TopicGroup:
    """The new claims of a topic: those shown, and how many more there are."""

    topic: str
    label: str
    changes: tuple[WeekChange, ...]
    more: int


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
    return list({change.claim_id: change for change in reversed(list(changes))}.values())[::-1]


def select(facts: WeekFacts, seeds: Seeds) -> Digest:
    """Chooses and orders what the digest of a week shows."""
    changed = _ordered(facts.changes, CHANGED)
    taken_back = _ordered(facts.changes, TAKEN_BACK)
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
        )
        for topic in order
        if topic in by_topic
    )
    new_ids = {c.claim_id for c in fresh}
    again = [c for c in _one_a_claim(_ordered(facts.changes, ("corroborated",))) if c.claim_id not in shown | new_ids]
    return Digest(facts, changed, taken_back, groups, tuple(again))
