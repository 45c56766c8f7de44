"""What a digest shows, and in which order: a pure function of a week's facts.

Disputes, denials, corrections, withdrawals and updates come before what is new; within each the sure before the less
sure, and the important first; the same claim once. What a long week leaves out is kept and counted.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence

from flows.digests.importance import Importance, less_sure
from flows.model import JST, STATEMENT, Value
from flows.report import WeekChange, WeekFacts
from flows.wording import attribute_of
from seeds import Seeds

__all__ = ["CHANGED", "Digest", "TopicGroup", "select", "week_days"]

CHANGED = ("disputed", "denied", "corrected", "retracted", "updated")
"""The kinds of change that come before what is new, in their order."""
MOST_CHANGED = 20
"""Changed claims shown; the others are counted."""
MOST_NEW = 8
"""New claims shown of one topic; the others are counted."""
MOST_EMERGING = 5
"""Emerging topics shown; the others are counted."""
MOST_EXAMPLES = 3
"""Articles shown of each."""
MOST_AGAIN = 20
"""Corroborated claims shown; the others are counted."""
MOST_TROUBLES = 20
"""Feeds, and pages, shown that could not be fetched; the others are counted."""
MOST_CURVES = 3
"""Claims whose values are drawn."""
_FEWEST_POINTS = 3


@dataclasses.dataclass(frozen=True)
class TopicGroup:
    """The new claims of a topic: those shown, and those that a long week leaves out."""

    topic: str
    changes: tuple[WeekChange, ...]
    rest: tuple[WeekChange, ...] = ()

    @property
    def more(self) -> int:
        """How many are not shown."""
        return len(self.rest)

    @property
    def count(self) -> int:
        """How many there are, shown or not."""
        return len(self.changes) + len(self.rest)


@dataclasses.dataclass(frozen=True)
class Digest:
    """A week, selected and in order: what all forms are made of."""

    facts: WeekFacts
    changed: tuple[WeekChange, ...]
    """What was disputed, denied, corrected, withdrawn or updated, in this order; all of it."""
    new: tuple[TopicGroup, ...]
    corroborated: tuple[WeekChange, ...]
    curves: tuple[WeekChange, ...] = ()
    """Those of the changes whose claim has enough numbers over time to be drawn."""

    @property
    def new_count(self) -> int:
        """How many claims are new, shown or not."""
        return sum(group.count for group in self.new)

    @property
    def quiet(self) -> bool:
        """Whether nothing became new or different."""
        return not (self.changed or self.new)

    @property
    def gaps(self) -> bool:
        """Whether something could not be read, so that less may be told than there was."""
        return bool(self.facts.source_troubles or self.facts.page_troubles or self.facts.silent)

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """The week's Monday and Sunday."""
        return week_days(self.facts.week)

    def late(self, change: WeekChange) -> bool:
        """Whether a change comes from an article that is dated before the week, and reached this digest late.

        What the first week finds is not late: nobody was watching when it appeared. Corrections and withdrawals are of
        old articles by their nature.
        """
        told = change.evidence.published_at
        if told is None or self.facts.first or change.kind in {"corrected", "retracted"}:
            return False
        return told.astimezone(JST).date() < self.days[0]


def week_days(week: str) -> tuple[dt.date, dt.date]:
    """The Monday and the Sunday of an ISO week such as ``2025-W05``."""
    year, number = week.split("-W")
    first = dt.date.fromisocalendar(int(year), int(number), 1)
    return first, first + dt.timedelta(days=6)


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
    """The first change of each claim to each value; a claim that goes on to another value is shown again.

    A denial or a withdrawal is no move to a value, and stands beside one.
    """
    first: dict[tuple[str, str, Value], WeekChange] = {}
    for change in changes:
        moved = "" if change.kind in {"disputed", "updated", "corrected"} else change.kind
        first.setdefault((change.claim_id, moved, _amount(change.evidence.value)), change)
    return list(first.values())


def _changed(changes: Sequence[WeekChange], importance: Importance) -> tuple[WeekChange, ...]:
    corrections = [c for c in changes if c.kind == "corrected"]
    corrected = {(c.claim_id, _amount(c.evidence.value)) for c in corrections}
    # An article's note that its figure was wrong is the correction itself, not a denial beside it.
    noted = {(c.claim_id, c.evidence.article_id) for c in corrections}
    ordered = sorted(
        (c for c in changes if c.kind in CHANGED),
        key=lambda c: (less_sure(c), CHANGED.index(c.kind), *importance.key(c)),
    )

    def told(change: WeekChange) -> bool:
        """Whether a correction says the same already."""
        if change.kind == "denied":
            return (change.claim_id, change.evidence.article_id) in noted
        return change.kind in {"updated", "disputed"} and (change.claim_id, _amount(change.evidence.value)) in corrected

    return tuple(_beside(_one_a_value(c for c in ordered if not told(c))))


def _beside(changes: Sequence[WeekChange]) -> list[WeekChange]:
    """Changes in their order, except that those of one sentence, and the steps of one claim, stand side by side.

    They stand at the place of the first of them, in the order in which they were published.
    """
    clusters: dict[int, list[WeekChange]] = {}
    numbers: dict[tuple[str, ...], int] = {}
    for number, change in enumerate(changes):
        evidence = change.evidence
        keys = [(change.kind, evidence.article_id, evidence.sentence), (change.kind, change.claim_id)]
        met = sorted({numbers[key] for key in keys if key in numbers})
        first = met[0] if met else number
        for other in met[1:]:
            clusters[first] += clusters.pop(other)
            numbers |= {key: first for key, owner in numbers.items() if owner == other}
        clusters.setdefault(first, []).append(change)
        numbers |= dict.fromkeys(keys, first)
    return [change for number in sorted(clusters) for change in sorted(clusters[number], key=_told_at)]


def _told_at(change: WeekChange) -> tuple[dt.datetime, str, str]:
    """When a change was published; those of one sentence have the same."""
    evidence = change.evidence
    return (evidence.published_at or evidence.seen_at, evidence.article_id, evidence.sentence)


def _groups(fresh: Sequence[WeekChange], seeds: Seeds) -> tuple[TopicGroup, ...]:
    by_topic: dict[str, list[WeekChange]] = {}
    for change in fresh:
        by_topic.setdefault(attribute_of(change.attribute, seeds).topic, []).append(change)
    # The topics come in the order of their most important claim, as by_topic has them.
    return tuple(
        TopicGroup(topic, tuple(_beside(claims[:MOST_NEW])), tuple(_beside(claims[MOST_NEW:])))
        for topic, claims in by_topic.items()
    )


def _curves(facts: WeekFacts, changes: Iterable[WeekChange], seeds: Seeds) -> tuple[WeekChange, ...]:
    """Changes whose claims have numbers to draw: first those of states, which move by their nature."""

    def drawable(change: WeekChange) -> bool:
        points = facts.series.get(change.claim_id, ())
        values = {(p.value.low, p.value.high) for p in points}
        return len(points) >= _FEWEST_POINTS and len(values) > 1

    found = [change for change in _one_a_claim(changes) if drawable(change)]
    found.sort(key=lambda change: attribute_of(change.attribute, seeds).nature != "state")
    return tuple(found[:MOST_CURVES])


def select(facts: WeekFacts, seeds: Seeds) -> Digest:
    """Chooses and orders what the digest of a week shows.

    Statements, which fit no attribute, are shown where a second outlet tells them, and not before.

    Raises:
        SeedsError: the seeds' ``digest.toml`` is wrong.
    """
    changes = [c for c in facts.changes if c.attribute != STATEMENT or c.kind == "corroborated"]
    importance = Importance(seeds)
    changed = _changed(changes, importance)
    shown = {c.claim_id for c in changed}
    fresh = [
        c
        for c in _one_a_claim(sorted((c for c in changes if c.kind == "new"), key=importance.key))
        if c.claim_id not in shown
    ]
    told = shown | {c.claim_id for c in fresh}
    again = _one_a_claim(sorted((c for c in changes if c.kind == "corroborated"), key=importance.key))
    return Digest(
        facts=facts,
        changed=changed,
        new=_groups(fresh, seeds),
        corroborated=tuple(c for c in again if c.claim_id not in told),
        curves=_curves(facts, (*changed, *fresh, *again), seeds),
    )
