"""What a scorer sees of an anchor: the words around it, the sentence it stands in, and what the frames say.

Features are named and weighted 0 to 1. Those of the sentence and those of the place are the same for all attributes, so
that each is looked up once; those of an option (what its frame found) are shared by all attributes. Most are words
(``words.py``); all others are noted here by name, in ``_shown_by`` of a sentence and ``_of_neighbours``,
``_of_characters`` and ``_of_item`` of a place.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Generic

from flows.claims.anchors import Anchor
from flows.claims.dates import DateSpan
from flows.claims.markup import Marked, kind_of
from flows.claims.names import Mention
from flows.claims.quantities import Quantity
from flows.claims.words import LONGEST, NAMES, K, Naming, Thesaurus, Words, words

Features = dict[str, float]

_HERE, _BEFORE = (1.0, 1.0), (0.4, 0.5)
"""What the words and the classes of words of a sentence and of the one before count."""
_OWN = frozenset({"model", "product"})


class Sight(Generic[K]):
    """What can be seen of an article's sentences and of the places in them, noted under the keys of a naming."""

    def __init__(
        self,
        marked: Sequence[Marked],
        company: str,
        thesaurus: Thesaurus,
        of_sentences: Naming[K],
        of_places: Naming[K],
    ) -> None:
        """Takes an article's sentences and the entity that it is about."""
        self._marked, self._company = marked, company
        self._of_sentences, self._of_places = of_sentences, of_places
        self._words = [words(sentence.masked) for sentence in marked]
        self._senses = [thesaurus.find(sentence.masked) for sentence in marked]
        of_word, of_class = of_sentences.of_word, of_sentences.of_class
        self._word_keys = [[of_word(word) for _, _, word in found] for found in self._words]
        self._class_keys = [[of_class(name) for _, _, name in found] for found in self._senses]
        self._around: dict[int, Words[K]] = {}
        self._between: dict[tuple[int, int, int], dict[K, float]] = {}

    def sentence(self, index: int) -> dict[K, float]:
        """What a sentence as a whole shows: its words, those of the sentence before, who is named, what kind it is."""
        sentence, naming = self._marked[index], self._of_sentences
        found = naming.noted(_shown_by(sentence, self._company))
        self._note_words(found, index, 0, *_HERE)
        if index and self._marked[index - 1].sentence.paragraph >= sentence.sentence.paragraph - 1:
            self._note_words(found, index - 1, 1, *_BEFORE)
        return found

    def _note_words(self, found: dict[K, float], index: int, root: int, of_words: float, of_classes: float) -> None:
        for keys in self._word_keys[index]:
            for key in keys[root]:
                found[key] = of_words
        for classes in self._class_keys[index]:
            if (known := classes[root]) is not None:
                found[known] = of_classes

    def place(self, anchor: Anchor) -> dict[K, float]:
        """What stands around an anchor in its sentence, and what it is itself; nothing for a whole sentence."""
        if anchor.kind == "sentence":
            return {}
        index, naming = anchor.index, self._of_places
        sentence = self._marked[index]
        if index not in self._around:
            self._around[index] = Words(sentence.masked, self._words[index], self._senses[index], naming)
        found = self._around[index].around(anchor.start, anchor.end, anchor.kind)
        found.update(self._neighbours(sentence, anchor))
        named: Features = {}
        _of_characters(named, sentence.masked, anchor)
        _of_item(named, anchor)
        found.update(naming.noted(named))
        return found

    def _neighbours(self, sentence: Marked, anchor: Anchor) -> dict[K, float]:
        """Noted once for all anchors that stand between the same names."""
        before = sum(position < anchor.start for position, _ in sentence.names)
        behind = sum(position >= anchor.end for position, _ in sentence.names)
        between = (sentence.index, before, behind)
        if between not in self._between:
            named = _of_neighbours(sentence, before, behind)
            self._between[between] = self._of_places.noted(named)
        return self._between[between]


def _shown_by(sentence: Marked, company: str) -> Features:
    kinds = [m.kind for _, m in sentence.names]
    return {
        "always": 1.0,
        f"kind={sentence.sentence.kind}": 1.0,
        f"company={any(m.entity == company for _, m in sentence.names)}": 1.0,
        f"own={min(2, sum(kind in _OWN for kind in kinds))}": 1.0,
        f"rival={min(2, kinds.count('rival'))}": 1.0,
    }


def _of_neighbours(sentence: Marked, names_before: int, names_behind: int) -> Features:
    """The names nearest before and behind an anchor: their kinds, what follows them, and how many there are."""
    found: Features = {}
    kinds = [(position, kind_of(name)) for position, name in sentence.names]
    before, behind = kinds[:names_before], [kind for _, kind in kinds[len(kinds) - names_behind :]]
    for order, (position, kind) in enumerate(reversed(before[-2:]), 1):
        particle = sentence.masked[position + 1 : position + 2]
        found[f"name{order}={kind}"] = 1.0
        found[f"name{order}={kind}{_shown(particle)}"] = 1.0
    if not before:
        found["name1=none"] = 1.0
    if behind:
        found[f"nextname={behind[0]}"] = 1.0
    found[f"ownbefore={any(kind in _OWN for _, kind in before)}"] = 1.0
    found[f"ownbehind={any(kind in _OWN for kind in behind)}"] = 1.0
    return found


def _of_characters(found: Features, masked: str, anchor: Anchor) -> None:
    found["prev=" + _shown(masked[max(0, anchor.start - 2) : anchor.start])] = 1.0
    found["next=" + _shown(masked[anchor.end : anchor.end + 2])] = 1.0


@functools.lru_cache(maxsize=1 << 16)
def _shown(text: str) -> str:
    return "".join([NAMES.get(char, char) for char in text])


def _of_item(found: Features, anchor: Anchor) -> None:
    item = anchor.item
    found[f"anchor={anchor.kind}"] = 1.0
    if item is not None:
        found[f"item={kind_of(item)}"] = 1.0
    if isinstance(item, Quantity):
        found[f"unit={item.unit}"] = found[f"counter={item.counter}"] = found[f"delta={item.delta}"] = 1.0
        if item.low:
            found[f"size={int(math.log10(abs(item.low)))}"] = 1.0
    elif isinstance(item, DateSpan):
        found[f"granularity={item.granularity}"] = 1.0
    else:
        name = anchor.name
        found[f"shape={shape_of(name)}"] = 1.0
        found[f"ends={name[-1:]}"] = found[f"ends={name[-2:]}"] = 1.0
        found[f"begins={name[:2]}"] = 0.5
        if isinstance(item, Mention):
            found[f"listed={item.listed}"] = 1.0
            if item.listed:
                found[f"entity={item.entity}"] = 0.7
        else:
            found[f"run={name[:LONGEST]}"] = 1.0


@functools.lru_cache(maxsize=1 << 14)
def shape_of(name: str) -> str:
    """The scripts of a name, a letter for each run of one: 霞ケ浦物流 is Z, みなとクラウド is HK, AWS is A."""
    shape = ""
    for char in name:
        kind = "H" if "ぁ" <= char <= "ん" else "K" if "ァ" <= char <= "ー" else "A" if char.isascii() else "Z"
        if not shape.endswith(kind):
            shape += kind
    return shape[:4]
