"""Writes learned weights as the scorer reads them: ``claim_weights.json`` of a seeds folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.claims.scorer import FILE


def arranged(
    claims: Mapping[str, float],
    subjects: Mapping[str, float],
    fillers: Mapping[str, float],
    threshold: float,
    least: float,
) -> dict[str, Any]:
    """Weights in the scorer's form: those under a label by feature and label, the shared ones by name."""
    labels = sorted({name.partition("|")[0] for name in claims if "|" in name})
    columns = {name: number for number, name in enumerate(labels)}
    weights: dict[str, list[float]] = {}
    shared = {}
    for name in sorted(claims, key=lambda n: (n.partition("|")[2], n)):
        label, bar, feature = name.partition("|")
        if bar:
            weights.setdefault(feature, []).extend((columns[label], claims[name]))
        else:
            shared[name] = claims[name]
    return {
        "labels": labels,
        "weights": weights,
        "shared": shared,
        "subjects": dict(subjects),
        "fillers": dict(fillers),
        "threshold": threshold,
        "least": least,
    }


def write_weights(folder: Path, weights: Mapping[str, Any]) -> Path:
    """Writes the file, a feature a line, so that a change of weights can be read as one."""
    lines = [f'"{name}": {weights[name]}' for name in ("threshold", "least")]
    lines.append(f'"labels": {json.dumps(weights["labels"])}')
    for part in ("shared", "subjects", "fillers", "weights"):
        rows = (f"  {json.dumps(k, ensure_ascii=False)}: {json.dumps(v)}" for k, v in weights[part].items())
        lines.append(f'"{part}": {{\n' + ",\n".join(rows) + "\n}")
    path = folder / FILE
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return path
