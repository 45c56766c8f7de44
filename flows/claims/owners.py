"""Whose figures a text is giving at a place: the name that was the topic last, in the sentence or the ones before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.claims.markup import Marked, kind_of

_BACK = 2
"""Sentences that are looked back over."""
_OWNERS = frozenset({"model", "product", "rival", "organization", "person"})
_TOPICAL = re.compile(r"[」』]?(?:\([^()]{0,24}\))?[^、。はがも]{0,6}?(?:は|が|も|では)")


class Owners:
    """The topics of an article's sentences."""

    def __init__(self, marked: Sequence[Marked], company: str) -> None:
        """Finds the topics of every sentence; those of the subject company count as ``company``."""
        self._topics = [
            [
                (at, "company" if name.entity == company else kind_of(name))
                for at, name in reversed(sentence.names)
                if kind_of(name) in _OWNERS and _TOPICAL.match(sentence.masked, at + 1)
            ]
            for sentence in marked
        ]

    def before(self, index: int, position: int) -> str:
        """Of what kind the topic last before a masked position is, and how many sentences before: ``rival1``."""
        for at, kind in self._topics[index]:
            if at < position:
                return f"{kind}0"
        for back in range(1, min(_BACK, index) + 1):
            if self._topics[index - back]:
                return f"{self._topics[index - back][0][1]}{back}"
        return "none"
