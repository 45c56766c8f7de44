"""Which of many patterns can match a text at all: those of whose required words it holds one.

Most patterns cannot match without certain words (渡航 or 出国 …). These are read from the patterns themselves, and one
pass of an Aho-Corasick automaton over a text tells which are there, so that only few patterns have to be tried on it.
Where it cannot be told what a pattern requires, it is always tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import ahocorasick

_MOST = 400
"""A pattern with more alternatives than this is always tried."""
_QUANTIFIER = re.compile(r"(?:([*?])|\+|\{(\d*)(?:,\d*)?\})[?+]?")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_LOOKAROUND = re.compile(r"\(\?(?:=|!|<=|<!)")
_GROUP = re.compile(r"\((?:\?:|\?P<\w+>|(?!\?))")

Words = frozenset[str]


class _UnknownError(Exception):
    """What stands in the pattern is not understood."""


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0

    def alternatives(self) -> Words | None:
        """Words of which every match holds one, None where there are none; up to a closing bracket or the end."""
        found = [self.sequence()]
        while self._next() == "|":
            self.at += 1
            found.append(self.sequence())
        known = [words for words in found if words is not None]
        return frozenset().union(*known) if len(known) == len(found) else None

    def sequence(self) -> Words | None:
        """The most telling of what the parts of a sequence require."""
        required: list[Words] = []
        run = ""
        while self._next() not in {"", "|", ")"}:
            part = self.part()
            optional, counted = self.quantifier()
            if isinstance(part, str) and not optional:
                run += part
                if not counted:
                    continue
            elif part and not optional and not isinstance(part, str):
                required.append(part)
            if run:
                required.append(frozenset({run}))
            run = ""
        if run:
            required.append(frozenset({run}))
        fit = [words for words in required if len(words) <= _MOST]
        return max(fit, key=lambda words: (min(map(len, words)), -len(words)), default=None)

    def part(self) -> str | Words | None:
        """One character as a string, what a group requires, or None for what requires nothing certain."""
        char = self._next()
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        self.at += 1
        if char == "\\":
            escaped = self._next()
            self.at += 1
            return None if escaped.isalnum() else escaped
        return None if char in ".^$" else char

    def _group(self) -> Words | None:
        around = _LOOKAROUND.match(self.pattern, self.at)
        opening = around or _GROUP.match(self.pattern, self.at)
        if opening is None:
            raise _UnknownError(self.pattern)
        self.at = opening.end()
        found = self.alternatives()
        if self._next() != ")":
            raise _UnknownError(self.pattern)
        self.at += 1
        return None if around else found

    def _class(self) -> Words | None:
        match = _CLASS.match(self.pattern, self.at)
        if match is None:
            raise _UnknownError(self.pattern)
        self.at = match.end()
        inside = match[0][1:-1]
        return None if inside[0] == "^" or "\\" in inside or "-" in inside else frozenset(inside)

    def quantifier(self) -> tuple[bool, bool]:
        """Whether what stands before may be missing, and whether it has a quantifier at all."""
        match = _QUANTIFIER.match(self.pattern, self.at)
        if match is None:
            return False, False
        self.at = match.end()
        return match[1] is not None or match[2] in {"", "0"}, True

    def _next(self) -> str:
        return self.pattern[self.at : self.at + 1]


def required(pattern: re.Pattern[str]) -> Words | None:
    """Words of which every match of a pattern holds at least one; None where that cannot be told."""
    if pattern.flags & (re.IGNORECASE | re.VERBOSE):
        return None
    reader = _Reader(pattern.pattern)
    try:
        found = reader.alternatives()
    except _UnknownError:
        return None
    return found if reader.at == len(pattern.pattern) else None


class Prefilter:
    """Tells which of some patterns can match a text; built once for them."""

    def __init__(self, patterns: Iterable[re.Pattern[str]]) -> None:
        """Reads from every pattern what it requires."""
        self._always: set[str] = set()
        sources: dict[str, set[str]] = {}
        for pattern in patterns:
            words = required(pattern)
            if words is None:
                self._always.add(pattern.pattern)
            for word in words or ():
                sources.setdefault(word, set()).add(pattern.pattern)
        self._automaton = ahocorasick.Automaton()
        for word, told in sources.items():
            self._automaton.add_word(word, frozenset(told))
        if sources:
            self._automaton.make_automaton()
        self._empty = not sources

    def possible(self, text: str) -> set[str]:
        """The patterns, as they are written, that can match anywhere in a text; all others cannot."""
        found = set(self._always)
        if not self._empty:
            for _, sources in self._automaton.iter(text):
                found |= sources
        return found
