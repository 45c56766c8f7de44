"""Fits the weights: logistic regression with a quadratic penalty, by L-BFGS. The same examples, the same weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

from flows.claims.training.examples import Example

STRENGTH = 1.0
"""The inverse of the penalty: larger trusts the examples more. Chosen by cross-validation by article."""
ROUNDS = 150
LEAST = 0.05
"""Weights nearer to zero than this are not kept."""


def fit(examples: Sequence[Example], strength: float = STRENGTH) -> dict[str, float]:
    """Feature -> weight, the ones that matter, sorted by name.

    Args:
        examples: what to learn from; features that occur in one article only are left out.
        strength: the inverse of the penalty.
    """
    names = _vocabulary(examples)
    columns = {name: number for number, name in enumerate(names)}
    matrix = _matrix(examples, columns)
    signs = np.array([1.0 if e.stands else -1.0 for e in examples])
    counts = strength * np.array([e.weight for e in examples])
    transposed = matrix.T.tocsr()

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        margins = signs * (matrix @ weights)
        value = counts @ np.logaddexp(0.0, -margins) + 0.5 * float(weights @ weights)
        pull = -counts * signs / (1.0 + np.exp(np.clip(margins, -500.0, 500.0)))
        return float(value), transposed @ pull + weights

    start = np.zeros(len(names))
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS, "maxcor": 8})
    return {name: round(float(w), 2) for name, w in zip(names, found.x, strict=True) if abs(w) >= LEAST}


def _vocabulary(examples: Sequence[Example]) -> list[str]:
    first: dict[str, int] = {}
    several: set[str] = set()
    for example in examples:
        for name in example.features:
            if first.setdefault(name, example.article) != example.article:
                several.add(name)
    return sorted(several)


def _matrix(examples: Sequence[Example], columns: dict[str, int]) -> sparse.csr_matrix:
    values: list[float] = []
    places: list[int] = []
    ends = [0]
    for example in examples:
        for name, value in example.features.items():
            column = columns.get(name)
            if column is not None:
                places.append(column)
                values.append(value)
        ends.append(len(places))
    shape = (len(examples), len(columns))
    return sparse.csr_matrix((np.array(values, dtype=np.float32), np.array(places, dtype=np.int32), ends), shape=shape)
