"""The words of a masked sentence and what they tell of a place in it: those near it, those beside it, their classes.

A word is a run of one script in the masked sentence, and for longer runs of kanji each pair of characters too: no
tokenizer is needed, and a name or number counts as one word of its kind. Each word of a sentence is looked up once;
what stands around each anchor in it is taken from there.
"""

from __future__ import annotations

import bisect
import functools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

import ahocorasick

from flows.claims.markup import MASKS

K = TypeVar("K", bound=str | int)
Keys = tuple[K, ...]
Word = tuple[int, int, str]
"""Start and end in the masked sentence, and the word."""
Sense = tuple[int, int, str]
"""The same with the class of the word, ``#`` before it."""

SENTENCE_ROOTS = ("s|", "p|")
"""How words of a sentence itself and of the one before are noted."""
PLACE_ROOTS = ("b|", "a|")
"""How words before and behind an anchor are noted."""
BESIDE_ROOTS = ("bb|", "aa|")
"""How those right beside it are noted once more."""
NAMES = {mask: f"<{kind}>" for kind, mask in MASKS.items()}
"""How a masked character is written as a word."""
LONGEST = 8
"""Characters of a word that count."""
_WORD = re.compile(r"[\ue000-\ue01f]|[一-鿿々]+|[ァ-ヺー・]+|[a-zA-Z]+|[ぁ-ん]+|\d+|[^\s]")
_BEFORE, _BEHIND = 30, 25
"""How many characters around an anchor are looked at."""
_FADES_BEFORE = tuple(math.exp(-distance / 20) for distance in range(_BEFORE + 1))
_FADES_BEHIND = tuple(math.exp(-distance / 12) for distance in range(_BEHIND + 1))
"""What a word counts, by its distance."""
_BESIDE_BEFORE, _BESIDE_BEHIND = 4, 2
_TAIL = 14
"""How many characters at the end of a sentence hold what it says of its subject."""
_PAIRED = 45
_PARTNERS = 6
_PARTICLES = frozenset("はがもでにのをと、")


def words(masked: str) -> list[Word]:
    """The words of a masked sentence, with their positions."""
    return [(*match.span(), NAMES.get(word := match[0], word)) for match in _WORD.finditer(masked)]


def parts(word: str) -> tuple[str, ...]:
    """A word and, of a longer run of kanji, its pairs of characters."""
    whole = word[:LONGEST]
    if len(word) > 2 and "一" <= word[0] <= "鿿":
        return (whole, *(word[i : i + 2] for i in range(len(word) - 1)))
    if len(word) > 3 and "ぁ" <= word[0] <= "ん":
        return (whole, word[:2], word[-2:])
    return (whole,)


class Thesaurus:
    """Finds words by the class that ``thesaurus.toml`` gives them."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        """Takes class -> words, separated by spaces."""
        senses: dict[str, set[str]] = {}
        for name, listed in classes.items():
            for word in listed.split():
                senses.setdefault(word, set()).add("#" + name)
        self._automaton = ahocorasick.Automaton()
        for word, names in senses.items():
            self._automaton.add_word(word, (len(word), tuple(sorted(names))))
        self._automaton.make_automaton()

    def find(self, masked: str) -> list[Sense]:
        """The classes named in a masked sentence, each with its place, in order."""
        return [
            (last - length + 1, last + 1, name)
            for last, (length, names) in self._automaton.iter(masked)
            for name in names
        ]


class Naming(Generic[K]):
    """Under which keys features are noted: their names, to learn from; or rows of weights, where they have any.

    A feature without a key is not noted at all.
    """

    def __init__(self, key: Callable[[str], K | None], roots: tuple[str, str]) -> None:
        """Takes what gives a name its key, and the two roots under which words are noted."""
        self.key = key
        self._roots = roots
        self.of_word: Callable[[str], tuple[Keys[K], Keys[K]]] = functools.lru_cache(maxsize=1 << 16)(self._of_word)
        """The keys of a word's parts under each root."""
        self.of_class: Callable[[str], tuple[K | None, K | None]] = functools.cache(self._of_class)
        """The keys of a class of words under each root."""
        self.of_pair: Callable[[str, str], K | None] = functools.cache(self._of_pair)
        """The key of a class of words behind another, a particle, or a root."""

    def _of_word(self, word: str) -> tuple[Keys[K], Keys[K]]:
        first, second = (
            tuple(key for part in parts(word) if (key := self.key(root + part)) is not None) for root in self._roots
        )
        return first, second

    def _of_class(self, name: str) -> tuple[K | None, K | None]:
        return self.key(self._roots[0] + name), self.key(self._roots[1] + name)

    def _of_pair(self, first: str, second: str) -> K | None:
        return self.key(first + second)

    def noted(self, features: Mapping[str, float]) -> dict[K, float]:
        """Named features under their keys."""
        key = self.key
        return {known: value for name, value in features.items() if (known := key(name)) is not None}


SENTENCES_BY_NAME: Naming[str] = Naming(str, SENTENCE_ROOTS)
PLACES_BY_NAME: Naming[str] = Naming(str, PLACE_ROOTS)
"""Features under their own names."""


class Words(Generic[K]):
    """A masked sentence's words and classes of words, with the keys of each before and behind an anchor."""

    def __init__(self, masked: str, found: Sequence[Word], senses: Sequence[Sense], naming: Naming[K]) -> None:
        """Looks each word up once."""
        self._masked = masked
        self._naming = naming
        of_word = naming.of_word
        self._words = [(first, last, word, *of_word(word)) for first, last, word in found]
        self._starts = [first for first, _, _ in found]
        of_class = naming.of_class
        self._senses = [(first, last, name, *of_class(name)) for first, last, name in senses]

    def around(self, start: int, end: int, kind: str) -> dict[K, float]:
        """What stands around the anchor from ``start`` to ``end``, of a kind, weaker with distance."""
        found: dict[K, float] = {}
        self._before(found, start)
        self._behind(found, end)
        self._classes(found, start, end, kind)
        return found

    # The nearest of equal words counts: both loops go outward, so that it is the first that is met.

    def _before(self, found: dict[K, float], start: int) -> None:
        naming, lowest = self._naming, max(0, start - _BEFORE)
        for number in range(bisect.bisect_left(self._starts, start) - 1, -1, -1):
            first, last, word, keys, _ = self._words[number]
            if last <= lowest:
                break
            if first < lowest or last > start:
                last = min(last, start)
                word = self._masked[max(first, lowest) : last]
                keys = naming.of_word(word)[0]
            weight = _FADES_BEFORE[start - last]
            for key in keys:
                found.setdefault(key, weight)
            if start - last <= _BESIDE_BEFORE:
                beside = naming.key(BESIDE_ROOTS[0] + word[:LONGEST])
                if beside is not None:
                    found[beside] = 1.0

    def _behind(self, found: dict[K, float], end: int) -> None:
        naming, highest = self._naming, min(len(self._masked), end + _BEHIND)
        number = bisect.bisect_left(self._starts, end)
        if number and self._words[number - 1][1] > end:
            number -= 1
        for first, last, word, _, keys in self._words[number:]:
            if first >= highest:
                break
            if first < end or last > highest:
                first = max(first, end)
                word = self._masked[first : min(last, highest)]
                keys = naming.of_word(word)[1]
            weight = _FADES_BEHIND[first - end]
            for key in keys:
                found.setdefault(key, weight)
            if first - end <= _BESIDE_BEHIND:
                beside = naming.key(BESIDE_ROOTS[1] + word[:LONGEST])
                if beside is not None:
                    found[beside] = 1.0

    def _classes(self, found: dict[K, float], start: int, end: int, kind: str) -> None:
        """The classes of words near an anchor, pairs of those behind it, and what the particle behind it leads to."""
        keyed = self._naming.of_pair
        particle = self._masked[end : end + 1] if kind in {"name", "run", "date"} else ""
        leads = particle + ">" if particle in _PARTICLES else ""
        tail = len(self._masked) - _TAIL
        behind: list[str] = []
        for first, last, name, key_before, key_behind in self._senses:
            if last <= start:
                key, weight = key_before, math.exp((last - start) / 20)
            elif first >= end:
                key, weight = key_behind, math.exp((end - first) / 25)
                if first - end <= _PAIRED:
                    behind.append(name)
                if leads and (led := keyed(leads, name)) is not None:
                    found[led] = 1.0
                if last > tail:
                    if (told := keyed("z|", name)) is not None:
                        found[told] = 0.7
                    if kind == "date" and (dated := keyed(f"{particle}>z", name)) is not None:
                        found[dated] = 1.0
            else:
                key, weight = keyed("in|", name), 1.0
            if key is not None and weight > found.get(key, 0.0):
                found[key] = weight
        self._pairs(found, behind)

    def _pairs(self, found: dict[K, float], behind: Sequence[str]) -> None:
        keyed = self._naming.of_pair
        for number, name in enumerate(behind):
            for other in behind[number + 1 : number + 1 + _PARTNERS]:
                if other != name and (key := keyed(name, other)) is not None:
                    found[key] = 0.7
