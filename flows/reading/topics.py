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
from flows.reading.normalize import normalized
from flows.reading.passages import Passage, passages
from flows.reading.topic_features import TopicTerms, features, load_terms, profile_terms
from seeds import Seeds, SeedsError

WEIGHTS = "topic_weights.json"
PROFILES = "topic_profiles.toml"
THRESHOLD = 0.5
"""The score from which on an article treats a topic. The weights are such that it is the same for all topics."""
_TERMS_SHOWN, _PASSAGES_SHOWN = 8, 3
_WORTH_TELLING, _PASSAGE_TELLS = 0.1, 0.05
"""The scores of an article and of a passage from which on the terms behind them are worth looking up."""


@dataclasses.dataclass(frozen=True)
class Prior:
    """What the features of a topic weigh where no labelled article told."""

    bias: float
    strong: float
    weak: float
    learned: float
    """A sentence that resembles the seed documents' on the topic."""
    much: float
    """One that does so twice over."""
    near: float = 0.5
    """A sentence on the subject, and the title."""


START = Prior(-4.0, strong=2.0, weak=0.8, learned=2.0, much=0.0)
"""Where learning from labelled articles begins."""
ALONE = Prior(-5.0, strong=3.0, weak=0.5, learned=0.5, much=0.5)
"""For topics with cues and no learned weights: the best of a grid on labelled articles, micro-F1 .83 to .88 there."""
BLIND = Prior(-5.0, strong=0.0, weak=4.5, learned=4.1, much=1.4)
"""For topics without cues, which their labels and profiles decide: one sentence beside the subject that has a word of
the label or resembles the seed documents twice over, or two that resemble them."""


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


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """A passage that speaks for a topic, how surely by itself, and the terms in it that do."""

    passage: Passage | None
    """None for the title."""
    chance: float
    terms: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """A topic, how surely an article treats it, and the passages that speak most for it, the surest first."""

    topic: str
    score: float
    told: tuple[Told, ...]


def load_topics(seeds: Seeds) -> TopicModel:
    """Compiles topics, profiles and weights; without the latter two the cues alone decide.

    Raises:
        SeedsError: ``topic_weights.json`` or ``topic_profiles.toml`` is damaged.
    """
    profiles = seeds.extra(PROFILES)
    if not all(isinstance(t, dict) and all(isinstance(w, int | float) for w in t.values()) for t in profiles.values()):
        raise SeedsError(f"{seeds.folder / PROFILES}: every table must be a topic with term = weight")
    terms = load_terms(seeds, profiles)
    path = seeds.folder / WEIGHTS
    learned, biases = _read(path) if path.exists() else ({}, {})
    priors = {t: START if t in biases else BLIND if t in terms.blind else ALONE for t in terms.topics}
    table = prior(terms, priors)
    for feature, found in learned.items():
        others = {t: w for t, w in table.get(feature, {}).items() if t not in biases}
        table[feature] = others | found
    index = {feature: row for row, feature in enumerate(sorted(table))}
    weights = np.zeros((len(index), len(terms.topics)))
    for feature, row in index.items():
        weights[row] = [table[feature].get(topic, 0.0) for topic in terms.topics]
    return TopicModel(terms, index, weights, np.array([biases.get(t, priors[t].bias) for t in terms.topics]))


def prior(terms: TopicTerms, priors: Mapping[str, Prior]) -> dict[str, dict[str, float]]:
    """Feature -> topic -> weight before anything was learned from labelled articles, by each topic's prior."""
    table: dict[str, dict[str, float]] = {}
    for topic, values in priors.items():
        table[f"=learned {topic}"] = {topic: values.learned}
        table[f"=much {topic}"] = {topic: values.much}
    for field, cues in (("weak", terms.weak), ("strong", terms.strong)):
        for cue, topics in cues.items():
            table.setdefault(cue, {}).update({topic: getattr(priors[topic], field) for topic in topics})
    for place in ("~near", "~title"):
        table[place] = {topic: values.near for topic, values in priors.items()}
    return {feature: row for feature, found in table.items() if (row := {t: w for t, w in found.items() if w})}


def weigh(title: str, text: str, model: TopicModel, sentences: Sequence[Passage] | None = None) -> tuple[Weighed, ...]:
    """Every topic with its score for an article, the surest first; terms where there is a doubt to explain."""
    parts = passages(text) if sentences is None else sentences
    found, sums = _sums(title, parts, model)
    missed = -np.logaddexp(0.0, sums).sum(axis=0)
    best = sums.argmax(axis=0)
    weighed = []
    for column, topic in enumerate(model.terms.topics):
        place = int(best[column])
        score = round(float(-np.expm1(missed[column])), 3)
        passage = parts[place - 1] if place else None
        shown: tuple[str, ...] = ()
        if score >= _WORTH_TELLING:
            shown = _terms_shown(found[place], column, model, passage.plain if passage else normalized(title))
        weighed.append(Weighed(topic, score, shown, passage))
    return tuple(sorted(weighed, key=lambda w: (-w.score, w.topic)))


def decisions(title: str, text: str, model: TopicModel) -> tuple[Decision, ...]:
    """What decided on each topic of an article, the surest first: for ``explain``."""
    parts = passages(text)
    found, sums = _sums(title, parts, model)
    chances = 1 / (1 + np.exp(-sums))
    plain = (normalized(title), *(part.plain for part in parts))
    told: dict[str, tuple[Told, ...]] = {}
    for column, topic in enumerate(model.terms.topics):
        ranked = sorted(range(len(found)), key=lambda place: (-sums[place, column], place))[:_PASSAGES_SHOWN]
        told[topic] = tuple(
            Told(
                parts[n - 1] if n else None,
                round(float(chances[n, column]), 3),
                _terms_shown(found[n], column, model, plain[n]),
            )
            for n in ranked
            if chances[n, column] >= _PASSAGE_TELLS
        )
    return tuple(Decision(w.topic, w.score, told[w.topic]) for w in weigh(title, text, model, parts))


def told_share(title: str, sentences: Sequence[Passage], model: TopicModel) -> float:
    """The share of an article's passages, its title among them, that tell a topic by themselves: 0 to 1."""
    _, sums = _sums(title, sentences, model)
    return float((sums.max(axis=1, initial=-np.inf) >= 0).mean())


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


def _sums(title: str, parts: Sequence[Passage], model: TopicModel) -> tuple[list[set[str]], npt.NDArray[np.float64]]:
    """The features of the title and of each passage, and what they weigh together for each topic (log-odds)."""
    found = features(title, parts, model.terms)
    rows = [sorted(model.index[f] for f in shown if f in model.index) for shown in found]
    return found, np.array([model.weights[row].sum(axis=0) for row in rows]) + model.biases


def _terms_shown(found: set[str], column: int, model: TopicModel, plain: str) -> tuple[str, ...]:
    """The terms that a reader finds in the passage, by weight; positions and summaries of terms are left out.

    Those of the topic's profile come last, where the passage resembles the seed documents.
    """
    rows = {f: model.index[f] for f in found if f in model.index and f[0] not in "=~" and any(map(str.isalpha, f))}
    spoke = {f: float(model.weights[row, column]) for f, row in rows.items()}
    best = sorted((f for f in spoke if spoke[f] > 0), key=lambda f: (-spoke[f], f))
    topic = model.terms.topics[column]
    if f"=learned {topic}" in found:
        best += [term for term in profile_terms(plain, topic, model.terms) if term not in spoke]
    return tuple(best[:_TERMS_SHOWN])


def _read(path: Path) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        weights = {f: {t: float(w) for t, w in row.items()} for f, row in raw["weights"].items()}
        return weights, {t: float(b) for t, b in raw["biases"].items()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise SeedsError(f"{path} cannot be read: {error!r}; it holds the weights of this folder's topics") from error
