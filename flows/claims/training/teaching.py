"""Learns the scorer's weights from a folder of labelled articles."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flows.claims.extract import ClaimKnowledge
from flows.claims.training.corpus import families, read_corpus
from flows.claims.training.examples import Example, examples_of
from flows.claims.training.fitting import fit
from flows.claims.training.weights import arranged

THRESHOLD = 0.4
"""How sure a proposal must be to be looked at further."""
LEAST = 0.6
"""How sure a claim must be to be said, its subject and qualifiers counted in. Measured with the development world left
out and with others left out (agency, market, public): against a higher threshold alone it gives more precision for the
same recall; .5 finds .02 more at .02 less precision, .7 the other way round by twice as much."""


@dataclasses.dataclass(frozen=True)
class Lesson:
    """What was learned and from how much."""

    articles: int
    claims: int
    """Mark claims."""
    examples: int
    weights: Mapping[str, Any]
    """In the form of ``claim_weights.json``."""


def learn_claims(folder: Path, knowledge: ClaimKnowledge, say: Callable[[str], None]) -> Lesson:
    """The weights that a corpus teaches, from the families that it gives to learn from.

    Raises:
        CorpusError: the folder is no corpus, or a record is wrong.
    """
    articles = read_corpus(folder, families(folder, "learn"), knowledge.seeds)
    claims: list[Example] = []
    subjects: list[Example] = []
    fillers: list[Example] = []
    for number, labelled in enumerate(articles):
        lessons = examples_of(number, labelled, knowledge)
        claims += lessons.claims
        subjects += lessons.subjects
        fillers += lessons.fillers
        if number % 50 == 0:
            say(f"read {number} of {len(articles)} articles")
    say(f"fitting weights to {len(claims)} proposals")
    weights = arranged(fit(claims), fit(subjects), fit(fillers), THRESHOLD, LEAST)
    marked = sum(len(a.claims) for a in articles)
    return Lesson(len(articles), marked, len(claims), weights)
