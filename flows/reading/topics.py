"""Topics: which subjects of the seed documents an article treats, by weighted terms.

A profile is a topic's terms with their weights, as data (``topic_profiles.json``); the score is the logistic function
of their sum. How profiles come about is in ``learning.py``.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Mapping

from flows.model import TopicScore
from flows.reading.normalize import normalized
from seeds import Seeds, SeedsError

FILE = "topic_profiles.json"
THRESHOLD = 0.5
_TERM = re.compile(r"[ァ-ヺー]{2,}|[a-z][a-z0-9.+-]+|[一-鿿々]{2,}")


@dataclasses.dataclass(frozen=True)
class TopicModel:
    """The profiles of a seeds folder."""

    biases: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]
    """Term -> topic -> weight."""


def terms(title: str, text: str) -> set[str]:
    """The terms of an article: words in katakana and Latin letters, pairs of kanji; those of the title marked too."""
    found: set[str] = set()
    for word in _TERM.findall(normalized(text).casefold()):
        found.update(_parts(word))
    for word in _TERM.findall(normalized(title).casefold()):
        for part in _parts(word):
            found.update((part, f"^{part}"))
    return found


def _parts(word: str) -> list[str]:
    if "一" <= word[0] <= "鿿":
        return [word[i : i + 2] for i in range(len(word) - 1)]
    return [word]


def load_topics(seeds: Seeds) -> TopicModel:
    """Reads the profiles.

    Raises:
        SeedsError: the file is missing or damaged; ``kawaraban seeds learn`` writes it anew.
    """
    path = seeds.folder / FILE
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return TopicModel(biases=raw["biases"], weights=raw["weights"])
    except (OSError, ValueError, KeyError) as error:
        raise SeedsError(f"{path} cannot be read ({error}); it holds the topic profiles of this folder") from error


def classify(title: str, text: str, model: TopicModel) -> tuple[TopicScore, ...]:
    """The topics that an article treats, the surest first, each with the terms that spoke most for it."""
    sums = dict(model.biases)
    spoke: dict[str, list[tuple[float, str]]] = {topic: [] for topic in sums}
    for term in sorted(terms(title, text)):
        for topic, weight in model.weights.get(term, {}).items():
            sums[topic] += weight
            spoke[topic].append((-weight, term))
    scored = [(1 / (1 + math.exp(-min(50.0, max(-50.0, total)))), topic) for topic, total in sums.items()]
    return tuple(
        TopicScore(topic, round(score, 3), tuple(term for _, term in sorted(spoke[topic])[:8]))
        for score, topic in sorted(scored, reverse=True)
        if score >= THRESHOLD
    )
