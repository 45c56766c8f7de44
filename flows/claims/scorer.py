"""A linear scorer of proposals: how sure it is, 0 to 1, that an anchor tells an option. Numpy alone.

The score is a logistic function of a sum of weights: one for each feature of the sentence and of the place under the
option's labels, one for each shared feature. The weights were learned from the labelled corpus (``training.py``) and
are data: ``claim_weights.json`` of the seeds folder.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from flows.claims.features import Features
from flows.claims.words import BESIDE_ROOTS, PLACE_ROOTS, SENTENCE_ROOTS, Naming
from seeds import SeedsError

Sums = npt.NDArray[np.float32]
FILE = "claim_weights.json"
WHOLE = "S:"
"""How features of whole sentences begin among the weights."""
SENTENCE_WEIGHT = 0.5
"""What a sentence's features count at a place in it, against at the sentence as a whole."""


def labels_of(label: str) -> tuple[str, ...]:
    """The labels whose weights count for an option: a status counts as itself and as its attribute."""
    attribute, status, _ = label.partition(":")
    return (label, attribute) if status else (label,)


@dataclasses.dataclass(frozen=True)
class Scorer:
    """Learned weights, ready to be asked."""

    labels: tuple[str, ...]
    """The columns of ``weights``."""
    places: Naming[int]
    """Feature of a place -> row of ``weights``."""
    weights: npt.NDArray[np.float32]
    """(features, labels); what is learned of an attribute counts for each of its statuses."""
    sentences: Naming[int]
    """Feature of a sentence -> row of ``sentence_weights``."""
    sentence_weights: npt.NDArray[np.float32]
    """(features, 2 * labels): what it counts at a place in the sentence, then for the sentence as a whole."""
    shared: Mapping[str, float]
    """Weights of the features that all attributes share."""
    subjects: Mapping[str, float]
    """Weights of what speaks for a possible subject."""
    fillers: Mapping[str, float]
    """Weights of what speaks for a possible value of a qualifier."""
    threshold: float
    """Below it, a proposal is left aside."""
    least: float
    """Below it, a claim is: its proposal, its subject and its qualifiers must be sure together."""

    @functools.cached_property
    def columns(self) -> Mapping[str, int]:
        """Label -> column."""
        return {label: number for number, label in enumerate(self.labels)}

    @functools.cached_property
    def _most(self) -> float:
        """The most that the features of a subject can add where no frame speaks for a proposal."""
        groups = {"subject": 0.0, "where": 0.0}
        for name, weight in self.shared.items():
            group = "subject" if name == "subject" else "where" if name.startswith(("subject=", "nobody=")) else ""
            if group:
                groups[group] = max(groups[group], weight)
        return sum(groups.values())

    def of_sentence(self, features: Mapping[int, float]) -> tuple[Sums, Sums]:
        """What a sentence's features, noted by row, add at a place in it and as a whole: (labels,) each."""
        total = _sum(features, self.sentence_weights)
        return total[: len(self.labels)], total[len(self.labels) :]

    def of_place(self, features: Mapping[int, float]) -> Sums:
        """What the features of a place, noted by row, add under every label: (labels,)."""
        return _sum(features, self.weights)

    def known(self, features: Sequence[Features]) -> Sums:
        """The sum of shared weights of a set of features for each label: (labels,)."""
        weights = self.shared
        sums = [sum(weights.get(name, 0.0) * value for name, value in each.items()) for each in features]
        return np.array(sums, dtype=np.float32)

    def mask(self, labels: Set[str]) -> npt.NDArray[np.bool_]:
        """Which columns are some labels': (labels,)."""
        return np.array([label in labels for label in self.labels], dtype=np.bool_)

    def hopeful(self, totals: Sums, masks: npt.NDArray[np.bool_], least: float) -> list[set[str]]:
        """For each row of sums the labels that may still be so likely, whoever turns out to be the subject.

        Only those of the masks, which are as many as the sums.
        """
        found: list[set[str]] = [set() for _ in totals]
        for row, column in np.argwhere(masks & (totals >= math.log(least / (1.0 - least)) - self._most)).tolist():
            found[row].add(self.labels[column])
        return found

    def probability(self, label: str, total: Sums, shared: Features) -> float:
        """How sure it is that a proposal stands, from the sum of its sentence and place and its shared features."""
        column = self.columns.get(label)
        value = float(total[column]) if column is not None else 0.0
        weights = self.shared
        for name, strength in shared.items():
            value += weights.get(name, 0.0) * strength
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, value))))


def _sum(features: Mapping[int, float], weights: npt.NDArray[np.float32]) -> Sums:
    """The sum of some rows of weights, each by its feature's strength."""
    rows = np.fromiter(features, np.intp, len(features))
    strengths = np.fromiter(features.values(), np.float32, len(features))
    return strengths @ weights.take(rows, axis=0)


def load_scorer(folder: Path) -> Scorer | None:
    """The scorer of a seeds folder; None where it has none, and the frames alone decide.

    Raises:
        SeedsError: the file is no set of weights.
    """
    path = folder / FILE
    if not path.exists():
        return None
    try:
        return scorer_of(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise SeedsError(
            f"{path} is no set of weights ({error}); write it again with: kawaraban seeds train tests/corpus"
        ) from error


def scorer_of(data: Mapping[str, Any]) -> Scorer:
    """A scorer of learned weights in the form of ``claim_weights.json``."""
    labels: list[str] = list(data["labels"])
    weights = np.zeros((len(data["weights"]), len(labels)), dtype=np.float32)
    for number, told in enumerate(data["weights"].values()):
        for column, weight in zip(told[::2], told[1::2], strict=True):
            weights[number, column] = weight
    columns = {label: number for number, label in enumerate(labels)}
    for label, column in columns.items():
        attribute = label.partition(":")[0]
        if attribute != label and attribute in columns:
            weights[:, column] += weights[:, columns[attribute]]
    rows = {name: row for row, name in enumerate(data["weights"])}
    # Small matrices stay in the processor's cache: the words around a place are none of a sentence's, and vice versa.
    in_places = [name for name in rows if not name.startswith((WHOLE, *SENTENCE_ROOTS))]
    in_sentences = [name for name in rows if not name.startswith((*PLACE_ROOTS, *BESIDE_ROOTS))]
    sentences = {name: row for row, name in enumerate(dict.fromkeys(n.removeprefix(WHOLE) for n in in_sentences))}
    sentence_weights = np.zeros((len(sentences), 2 * len(labels)), dtype=np.float32)
    for name in in_sentences:
        if name.startswith(WHOLE):
            sentence_weights[sentences[name.removeprefix(WHOLE)], len(labels) :] = weights[rows[name]]
        else:
            sentence_weights[sentences[name], : len(labels)] = weights[rows[name]] * SENTENCE_WEIGHT
    return Scorer(
        labels=tuple(labels),
        places=Naming({name: row for row, name in enumerate(in_places)}.get, PLACE_ROOTS),
        weights=weights[[rows[name] for name in in_places]],
        sentences=Naming(sentences.get, SENTENCE_ROOTS),
        sentence_weights=sentence_weights,
        shared=data["shared"],
        subjects=data["subjects"],
        fillers=data.get("fillers", {}),
        threshold=float(data["threshold"]),
        least=float(data.get("least", 0.0)),
    )
