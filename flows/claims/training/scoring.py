"""Scores what is found in labelled articles against their marks, by the rules of ``tests/corpus/README.md``."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable, Sequence

from flows.claims.extract import ClaimKnowledge, extract
from flows.claims.training.corpus import Labelled, Mark
from flows.claims.values import overlaps
from flows.model import Observation


@dataclasses.dataclass
class Tally:
    """Counts of claims: marked, found, found rightly; and of the right ones, how many are said as marked."""

    marked: int = 0
    found: int = 0
    right: int = 0
    modality: int = 0
    polarity: int = 0

    @property
    def precision(self) -> float:
        """The share of what was found that is marked."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """The share of what is marked that was found."""
        return self.right / self.marked if self.marked else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def __str__(self) -> str:
        said = f"modality {self.modality / max(1, self.right):.3f} polarity {self.polarity / max(1, self.right):.3f}"
        return f"P {self.precision:.3f} R {self.recall:.3f} F1 {self.f1:.3f} of {self.marked}, {said}"


@dataclasses.dataclass(frozen=True)
class Miss:
    """A claim that was found and is not marked, or marked and not found."""

    labelled: Labelled
    kind: str
    """``wrong`` or ``missed``."""
    attribute: str
    found: Observation | None
    mark: Mark | None


@dataclasses.dataclass
class Score:
    """The tally of a set of articles, in whole and by attribute, and what went wrong."""

    total: Tally
    attributes: dict[str, Tally]
    misses: list[Miss]


def score(articles: Iterable[Labelled], knowledge: ClaimKnowledge) -> Score:
    """Finds the claims of labelled articles and compares them with the marks."""
    result = Score(Tally(), collections.defaultdict(Tally), [])
    for labelled in articles:
        observations = extract(labelled.article, knowledge).observations
        _compare(labelled, observations, knowledge, result)
    return result


def _compare(labelled: Labelled, observations: Sequence[Observation], knowledge: ClaimKnowledge, result: Score) -> None:
    seeds = knowledge.seeds
    open_marks = list(labelled.claims)
    for marked in labelled.claims:
        for tally in (result.total, result.attributes[marked.attribute.id]):
            tally.marked += 1
    told: list[Observation] = []
    for o in observations:
        attribute = seeds.attributes[o.attribute]
        if any(p.claim_id == o.claim_id and overlaps(p.value, o.value, attribute, seeds) for p in told):
            continue
        told.append(o)
        same = [m for m in labelled.claims if m.claim_id == o.claim_id and overlaps(m.value, o.value, attribute, seeds)]
        mark = next((m for m in same if m in open_marks), None)
        if mark is None and same:
            continue
        tallies = (result.total, result.attributes[o.attribute])
        for tally in tallies:
            tally.found += 1
        if mark is None:
            result.misses.append(Miss(labelled, "wrong", o.attribute, o, None))
            continue
        open_marks.remove(mark)
        for tally in tallies:
            tally.right += 1
            tally.modality += mark.modality == o.modality
            tally.polarity += mark.polarity == o.polarity
    result.misses += [Miss(labelled, "missed", m.attribute.id, None, m) for m in open_marks]
