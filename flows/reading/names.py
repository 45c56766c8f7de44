"""Finds names and terms in normalized text: all in one pass, the longest at each place, with borders checked."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

import ahocorasick

from flows.reading.normalize import normalized

_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")
_DIGITS = frozenset("0123456789")
_WORD = _LATIN | _DIGITS


@dataclasses.dataclass(frozen=True, slots=True)
class Mention:
    """A spelling found in a text."""

    start: int
    end: int
    key: str
    """What the spelling was entered under."""


class Finder:
    """Looks for many spellings at once (Aho and Corasick 1975), without regard to case and width."""

    def __init__(self, spellings: Mapping[str, str] | Iterable[str]) -> None:
        """Takes spellings -> keys, or spellings that are their own keys."""
        pairs = spellings.items() if isinstance(spellings, Mapping) else ((s, s) for s in spellings)
        self._automaton = ahocorasick.Automaton()
        for spelling, key in pairs:
            if plain := normalized(spelling).casefold():
                self._automaton.add_word(plain, (len(plain), key))
        self._empty = not len(self._automaton)
        if not self._empty:
            self._automaton.make_automaton()

    def find(self, plain: str) -> list[Mention]:
        """The mentions in a normalized text, in order; of those that overlap the earlier, then the longer counts."""
        found = self.find_all(plain)
        found.sort(key=lambda mention: (mention.start, -mention.end))
        kept: list[Mention] = []
        for mention in found:
            if not kept or mention.start >= kept[-1].end:
                kept.append(mention)
        return kept

    def find_all(self, plain: str) -> list[Mention]:
        """All mentions in a normalized text, also those that lie within longer ones."""
        if self._empty:
            return []
        text = _folded_evenly(plain)
        return [
            Mention(last + 1 - length, last + 1, key)
            for last, (length, key) in self._automaton.iter(text)
            if _bordered(text, last + 1 - length, last + 1)
        ]


def _folded_evenly(text: str) -> str:
    """The text casefolded, but for the few characters whose folding has another length, so that positions hold."""
    folded = text.casefold()
    if len(folded) == len(text):
        return folded
    return "".join(f if len(f := c.casefold()) == 1 else c for c in text)


def _bordered(text: str, start: int, end: int) -> bool:
    """Whether a Latin or numeric end of a spelling does not run on: R1 is not in R10, V3 is not in V3.1.

    A letter may follow a name only as the first of a model's number (DeepSeekV3).
    """
    before = text[start - 1] if start else ""
    if text[start] in _WORD and before in _WORD and before:
        return False
    after = text[end : end + 3]
    last = text[end - 1]
    if last in _LATIN and after[:1] in _LATIN and after:
        return len(after) > 1 and after[1] in _DIGITS
    if last in _DIGITS and after:
        return after[0] not in _WORD and not (after[0] == "." and after[1:2] in _DIGITS and len(after) > 1)
    return True
