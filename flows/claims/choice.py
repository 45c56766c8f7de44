"""Chooses among the frames' candidates: one attribute for each number, one status for each passage.

What it takes is a voice that the learned scorer hears (``proposals.py``), and the decision itself where a seeds folder
has no learned weights. What it leaves aside it names with a reason, so that it can be shown and counted.
"""

from __future__ import annotations

from collections.abc import Iterable

from flows.claims.candidates import Candidate

THRESHOLD = 0.42
"""Below it, a candidate is set aside."""


def choose(found: Iterable[Candidate]) -> tuple[list[Candidate], list[tuple[Candidate, str]]]:
    """The candidates that stand, in order of the text, and the others with why they do not.

    The best of those that hang on the same number or passage is taken (ties by the catalogue's order), unless it falls
    below the threshold.
    """
    by_anchor: dict[str, list[Candidate]] = {}
    for candidate in found:
        by_anchor.setdefault(candidate.anchor, []).append(candidate)
    kept: list[Candidate] = []
    aside: list[tuple[Candidate, str]] = []
    for rivals in by_anchor.values():
        ranked = sorted(rivals, key=lambda c: -c.score)
        best, others = ranked[0], ranked[1:]
        aside += [(other, "outscored") for other in others]
        if best.score >= THRESHOLD:
            kept.append(best)
        else:
            aside.append((best, "unsure"))
    kept.sort(key=lambda c: (c.index, c.start))
    return kept, aside
