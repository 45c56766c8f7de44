"""Learns topic profiles from labelled texts: one logistic regression a topic over the presence of terms.

Plain gradient descent with an L2 penalty from a fixed start, so that the same texts give the same profiles.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from flows.reading.topics import terms

_STEPS, _RATE = 400, 2.0
_PENALTY = 0.002
_LEAST = 3
"""How many texts a term must stand in."""
_KEPT = 0.04
"""Weights below it are left out of the file."""


def learn(texts: Sequence[tuple[str, str, frozenset[str]]], topics: Sequence[str], lean: float = 0.0) -> str:
    """Profiles from (title, text, topics) of labelled texts, as the JSON that ``topics.load_topics`` reads.

    Args:
        texts: the labelled texts.
        topics: the topics to learn.
        lean: added to every bias; above zero it favours recall.
    """
    found = [terms(title, text) for title, text, _ in texts]
    counts = Counter(term for terms_ in found for term in terms_)
    vocabulary = sorted(term for term, number in counts.items() if _LEAST <= number <= 0.8 * len(texts))
    index = {term: n for n, term in enumerate(vocabulary)}
    matrix = np.zeros((len(texts), len(vocabulary)))
    for row, terms_ in enumerate(found):
        columns = [index[t] for t in terms_ if t in index]
        matrix[row, columns] = 1.0
    lengths = np.sqrt(matrix.sum(axis=1, keepdims=True))
    wanted = np.array([[float(topic in labels) for topic in topics] for _, _, labels in texts])
    weights = np.zeros((len(vocabulary), len(topics)))
    biases = np.log((wanted.mean(axis=0) + 0.01) / (1 - wanted.mean(axis=0) + 0.01))
    scaled = matrix / np.maximum(lengths, 1.0)
    for _ in range(_STEPS):
        errors = 1 / (1 + np.exp(-(scaled @ weights + biases))) - wanted
        weights -= _RATE * (scaled.T @ errors / 8 + _PENALTY * weights * len(texts) / 8)
        biases -= _RATE * errors.mean(axis=0) / 8
    typical = float(np.median(lengths))
    table = {
        term: kept
        for n, term in enumerate(vocabulary)
        if (
            kept := {
                t: round(float(w) / typical, 3)
                for t, w in zip(topics, weights[n], strict=True)
                if abs(w / typical) >= _KEPT
            }
        )
    }
    document = {"biases": {t: round(float(b) + lean, 3) for t, b in zip(topics, biases, strict=True)}, "weights": table}
    return json.dumps(document, ensure_ascii=False, indent=0, sort_keys=True)


def write_profiles(folder: Path, document: str) -> None:
    """Writes profiles into a seeds folder."""
    (folder / "topic_profiles.json").write_text(document + "\n", encoding="utf-8")
