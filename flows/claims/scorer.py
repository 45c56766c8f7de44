"""A linear scorer of proposals: how sure it is, 0 to 1, that an anchor tells an option. Numpy alone.

The score is a logistic function of a sum of weights: one for each feature of the sentence and of the place under the
option's labels, one for each shared feature. The weights were learned from the labelled corpus (``training.py``) and
are data: ``claim_weights.json`` of the seeds folder.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from flows.claims.features import Features
from seeds import SeedsError

Sums = npt.NDArray[np.float32]
FILE = "claim_weights.json"
SENTENCE_WEIGHT = 0.5
"""What a sentence's features count at a place in it, against at the sentence as a whole."""


def labels_of(label: str) -> tuple[str, ...]:
    """The labels whose weights count for an option: a status counts as itself and as its attribute."""
    attribute, status, _ = label.partition(":")
    return (label, attribute) if status else (label,)


@dataclasses.dataclass(frozen=True)
class Scorer:
    """Learned weights, ready to be asked."""

    labels: Mapping[str, int]
    """Label -> column of ``weights``."""
    rows: Mapping[str, int]
    """Feature -> row of ``weights``; those of whole sentences begin with ``S``."""
    weights: npt.NDArray[np.float32]
    """(features, labels)."""
    shared: Mapping[str, float]
    """Weights of the features that all attributes share."""
    subjects: Mapping[str, float]
    """Weights of what speaks for a possible subject."""
    threshold: float
    """Below it, a proposal is left aside."""

    def sums(self, features: Features, prefix: str = "") -> Sums:
        """The sum of weights of a set of features under every label: (labels,)."""
        named = ((prefix + name, value) for name, value in features.items())
        found = [(self.rows[name], value) for name, value in named if name in self.rows]
        if not found:
            return np.zeros(len(self.labels), dtype=np.float32)
        rows, values = zip(*found, strict=True)
        return np.asarray(values, dtype=np.float32) @ self.weights[list(rows)]

    def probability(self, label: str, sums: Sequence[Sums], shared: Features) -> float:
        """How sure it is that a proposal stands, from the sums of its sentence and place and its shared features."""
        columns = [self.labels[name] for name in labels_of(label) if name in self.labels]
        total = sum(float(part[column]) for part in sums for column in columns)
        total += sum(self.shared.get(name, 0.0) * value for name, value in shared.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def load_scorer(folder: Path) -> Scorer | None:
    """The scorer of a seeds folder; None where it has none, and the frames alone decide.

    Raises:
        SeedsError: the file is no set of weights.
    """
    path = folder / FILE
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        labels = {name: number for number, name in enumerate(data["labels"])}
        rows = {name: number for number, name in enumerate(data["weights"])}
        weights = np.zeros((len(rows), len(labels)), dtype=np.float32)
        for number, told in enumerate(data["weights"].values()):
            for column, weight in zip(told[::2], told[1::2], strict=True):
                weights[number, column] = weight
        return Scorer(labels, rows, weights, data["shared"], data["subjects"], float(data["threshold"]))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise SeedsError(f"{path} is no set of weights ({error}); write it again with: kawaraban seeds train tests/corpus") from error
