"""Topics: which of a seeds folder's topics an article treats, in at least one sentence of substance.

Each sentence is weighed by itself, by the logistic function of its features' weights; the article treats a topic with
the probability that not all of its sentences fail to (noisy or). So one clear sentence is enough, wherever it stands,
and the sentence and its terms explain the score.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from flows.model import TopicScore
from flows.reading.passages import Passage, passages
from flows.reading.topic_features import TopicTerms, features, load_terms
from seeds import Seeds, SeedsError

WEIGHTS = "topic_weights.json"
PROFILES = "topic_profiles.toml"
THRESHOLD = 0.5
BIAS, STRONG, WEAK, LEARNED, NEAR = -4.0, 2.0, 0.8, 2.0, 0.5
"""What a topic weighs before anything was learned: a sentence needs two strong cues, or one with others beside it."""
_TERMS_SHOWN = 8
_WORTH_TELLING = 0.1
"""The score from which on the terms behind it are worth looking up."""


@dataclasses.dataclass(frozen=True)
class TopicModel:
    """The topics of a seeds folder and how much each feature speaks for each of them."""

    terms: TopicTerms
    index: Mapping[str, int]
    """Feature -> row of ``weights``."""
    weights: npt.NDArray[np.float64]
    """Features × topics."""
    biases: npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True, slots=True)
class Weighed:
    """A topic, how surely an article treats it, and the passage and the terms that spoke most for it."""

    topic: str
    score: float
    terms: tuple[str, ...]
    passage: Passage | None
    """None where the title decided."""


def load_topics(seeds: Seeds) -> TopicModel:
    """Compiles topics, profiles and weights; without the latter two the cues alone decide.

    Raises:
        SeedsError: ``topic_weights.json`` or ``topic_profiles.toml`` is damaged.
    """
    profiles = seeds.extra(PROFILES)
    if not all(isinstance(t, dict) and all(isinstance(w, int | float) for w in t.values()) for t in profiles.values()):
        raise SeedsError(f"{seeds.folder / PROFILES}: every table must be a topic with term = weight")
    terms = load_terms(seeds, profiles)
    table, biases = prior(terms), dict.fromkeys(terms.topics, BIAS)
    path = seeds.folder / WEIGHTS
    if path.exists():
        learned, biases_ = _read(path)
        table.update(learned)
        biases.update(biases_)
    index = {feature: row for row, feature in enumerate(sorted(table))}
    weights = np.zeros((len(index), len(terms.topics)))
    for feature, row in index.items():
        weights[row] = [table[feature].get(topic, 0.0) for topic in terms.topics]
    return TopicModel(terms, index, weights, np.array([biases[topic] for topic in terms.topics]))


def prior(terms: TopicTerms) -> dict[str, dict[str, float]]:
    """Feature -> topic -> weight before anything was learned from labelled articles."""
    table: dict[str, dict[str, float]] = {f"=learned {topic}": {topic: LEARNED} for topic in terms.topics}
    for weight, cues in ((WEAK, terms.weak), (STRONG, terms.strong)):
        for cue, topics in cues.items():
            table.setdefault(cue, {}).update(dict.fromkeys(topics, weight))
    for place in ("~near", "~title"):
        table[place] = dict.fromkeys(terms.topics, NEAR)
    return table


def weigh(title: str, text: str, model: TopicModel, sentences: Sequence[Passage] | None = None) -> tuple[Weighed, ...]:
    """Every topic with its score for an article, the surest first; terms where there is a doubt to explain."""
    parts = passages(text) if sentences is None else sentences
    found = features(title, parts, model.terms)
    rows = [sorted(model.index[f] for f in shown if f in model.index) for shown in found]
    sums = np.array([model.weights[row].sum(axis=0) for row in rows]) + model.biases
    missed = -np.logaddexp(0.0, sums).sum(axis=0)
    best = sums.argmax(axis=0)
    weighed = []
    for column, topic in enumerate(model.terms.topics):
        place = int(best[column])
        score = round(float(-np.expm1(missed[column])), 3)
        shown = _terms_shown(found[place], column, model) if score >= _WORTH_TELLING else ()
        weighed.append(Weighed(topic, score, shown, parts[place - 1] if place else None))
    return tuple(sorted(weighed, key=lambda w: (-w.score, w.topic)))


def classify(
    title: str, text: str, model: TopicModel, sentences: Sequence[Passage] | None = None
) -> tuple[TopicScore, ...]:
    """The topics that an article treats, the surest first, each with the terms that decided.

    Args:
        title: the headline.
        text: the body, one paragraph a line.
        model: the topics.
        sentences: the text's passages where the caller has them already.
    """
    return tuple(
        TopicScore(w.topic, w.score, w.terms) for w in weigh(title, text, model, sentences) if w.score >= THRESHOLD
    )


def _terms_shown(found: set[str], column: int, model: TopicModel) -> tuple[str, ...]:
    """The terms that a reader finds in the passage, by weight; positions and summaries of terms are left out."""
    rows = {f: model.index[f] for f in found if f in model.index and f[0] not in "=~" and any(map(str.isalpha, f))}
    spoke = {f: float(model.weights[row, column]) for f, row in rows.items()}
    return tuple(sorted((f for f in spoke if spoke[f] > 0), key=lambda f: (-spoke[f], f))[:_TERMS_SHOWN])


def _read(path: Path) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        weights = {f: {t: float(w) for t, w in row.items()} for f, row in raw["weights"].items()}
        return weights, {t: float(b) for t, b in raw["biases"].items()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise SeedsError(f"{path} cannot be read: {error!r}; it holds the weights of this folder's topics") from error
