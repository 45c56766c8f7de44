"""What a scorer sees of an anchor: the words around it, the sentence it stands in, and what the frames say.

Features are named and weighted 0 to 1. Those of the sentence and those of the place are the same for all attributes, so
that each is looked up once; those of an option (what its frame found) are shared by all attributes. A word is a run of
one script in the masked sentence, and for longer runs of kanji each pair of characters too: no tokenizer is needed, and
a name or number counts as one word of its kind.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator, Mapping, Sequence

import ahocorasick

from flows.claims.anchors import Anchor
from flows.claims.dates import DateSpan
from flows.claims.markup import MASKS, Marked, kind_of
from flows.claims.names import Mention
from flows.claims.quantities import Quantity

Features = dict[str, float]
Sense = tuple[int, int, str]

_NAMES = {mask: f"<{kind}>" for kind, mask in MASKS.items()}
_WORD = re.compile(r"[\ue000-\ue01f]|[一-鿿々]+|[ァ-ヺー・]+|[a-zA-Z]+|[ぁ-ん]+|\d+|[^\s]")
_BEFORE, _BEHIND = 30, 25
"""How many characters around an anchor are looked at."""
_LONGEST = 8
_TAIL = 14
"""How many characters at the end of a sentence hold what it says of its subject."""
_PAIRED = 45
_BACK = 2
_OWNERS = frozenset({"model", "product", "rival", "organization", "person"})
_TOPICAL = re.compile(r"[」』]?(?:\([^()]{0,24}\))?[^、。はがも]{0,6}?(?:は|が|も|では)")
_PARTICLES = frozenset("はがもでにのをと、")


def words(masked: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """The words of a part of a masked sentence, with their positions."""
    for match in _WORD.finditer(masked, start, end):
        word = match.group()
        yield match.start(), match.end(), _NAMES.get(word, word)


@functools.lru_cache(maxsize=65536)
def _parts(word: str) -> tuple[str, ...]:
    """A word and, of a longer run of kanji, its pairs of characters."""
    whole = word[:_LONGEST]
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

    def find(self, masked: str) -> list[tuple[int, int, str]]:
        """The classes named in a masked sentence, each with its place, in order."""
        return [
            (last - length + 1, last + 1, name)
            for last, (length, names) in self._automaton.iter(masked)
            for name in names
        ]


def of_sentence(
    marked: Sequence[Marked], index: int, company: str, senses: Sequence[Sense], before_senses: Sequence[Sense]
) -> Features:
    """What a sentence as a whole shows: its words, those of the sentence before, who is named, what kind it is."""
    sentence = marked[index]
    found: Features = {"always": 1.0, f"kind={sentence.sentence.kind}": 1.0}
    for _, _, word in words(sentence.masked, 0, len(sentence.masked)):
        for part in _parts(word):
            found["s|" + part] = 1.0
    for _, _, name in senses:
        found["s|" + name] = 1.0
    if index and marked[index - 1].sentence.paragraph >= sentence.sentence.paragraph - 1:
        before = marked[index - 1]
        for _, _, word in words(before.masked, 0, len(before.masked)):
            for part in _parts(word):
                found["p|" + part] = 0.4
        for _, _, name in before_senses:
            found["p|" + name] = 0.5
    names = [item for item in sentence.items.values() if isinstance(item, Mention)]
    found[f"company={any(m.entity == company for m in names)}"] = 1.0
    found[f"own={min(2, sum(m.kind in {'model', 'product'} for m in names))}"] = 1.0
    found[f"rival={min(2, sum(m.kind == 'rival' for m in names))}"] = 1.0
    return found


def of_place(sentence: Marked, anchor: Anchor, senses: Sequence[Sense]) -> Features:
    """What stands around an anchor in its sentence, and what it is itself; nothing for a whole sentence."""
    if anchor.kind == "sentence":
        return {}
    found: Features = {}
    _words_around(found, sentence.masked, anchor)
    _senses_around(found, sentence.masked, anchor, senses)
    found.update(_neighbours(sentence, anchor))
    masked, start, end = sentence.masked, anchor.start, anchor.end
    found["prev=" + _shown(masked[max(0, start - 2) : start])] = 1.0
    found["next=" + _shown(masked[end : end + 2])] = 1.0
    found.update(_of_item(anchor))
    return found


def topic_before(marked: Sequence[Marked], index: int, position: int, company: str) -> str:
    """Of what kind the name is that was the topic last before a masked position, and how many sentences before.

    It tells whose figures the text is giving: the subject company's, its models' or a rival's.
    """
    for back in range(min(_BACK, index) + 1):
        sentence = marked[index - back]
        limit = position if back == 0 else len(sentence.masked)
        for at, item in sorted(sentence.items.items(), reverse=True):
            if at >= limit or not isinstance(item, Mention) or kind_of(item) not in _OWNERS:
                continue
            if _TOPICAL.match(sentence.masked, at + 1):
                return f"{'company' if item.entity == company else kind_of(item)}{back}"
    return "none"


def _words_around(found: Features, masked: str, anchor: Anchor) -> None:
    """The words near an anchor, weaker with distance; those right beside it once more."""
    start, end = anchor.start, anchor.end
    for _, last, word in words(masked, max(0, start - _BEFORE), start):
        _note(found, "b|", word, math.exp((last - start) / 20))
        if start - last <= 4:
            found["bb|" + word[:_LONGEST]] = 1.0
    for first, _, word in words(masked, end, min(len(masked), end + _BEHIND)):
        _note(found, "a|", word, math.exp((end - first) / 12))
        if first - end <= 2:
            found["aa|" + word[:_LONGEST]] = 1.0


def _note(found: Features, side: str, word: str, weight: float) -> None:
    for part in _parts(word):
        name = side + part
        if weight > found.get(name, 0.0):
            found[name] = weight


def _senses_around(found: Features, masked: str, anchor: Anchor, senses: Sequence[Sense]) -> None:
    """The classes of words near an anchor, pairs of those behind it, and what the particle behind it leads to."""
    start, end = anchor.start, anchor.end
    particle = masked[end : end + 1] if anchor.kind in {"name", "run", "date"} else ""
    tail = len(masked) - _TAIL
    behind: list[str] = []
    for first, last, name in senses:
        if last <= start:
            key, weight = "b|" + name, math.exp((last - start) / 20)
        elif first >= end:
            key, weight = "a|" + name, math.exp((end - first) / 25)
            if first - end <= _PAIRED:
                behind.append(name)
            if particle in _PARTICLES:
                found[f"{particle}>{name}"] = 1.0
            if last > tail:
                found["z|" + name] = 0.7
                if anchor.kind == "date":
                    found[f"{particle}>z{name}"] = 1.0
        else:
            key, weight = "in|" + name, 1.0
        if weight > found.get(key, 0.0):
            found[key] = weight
    for number, name in enumerate(behind):
        for other in behind[number + 1 : number + 7]:
            if other != name:
                found[name + other] = 0.7


def _neighbours(sentence: Marked, anchor: Anchor) -> Features:
    """The names nearest before and behind an anchor: their kinds, what follows them, and how many there are."""
    found: Features = {}
    before = [(p, i) for p, i in sorted(sentence.items.items()) if p < anchor.start and isinstance(i, Mention)]
    for order, (position, item) in enumerate(reversed(before[-2:]), 1):
        particle = sentence.masked[position + 1 : position + 2]
        found[f"name{order}={kind_of(item)}"] = 1.0
        found[f"name{order}={kind_of(item)}{_shown(particle)}"] = 1.0
    if not before:
        found["name1=none"] = 1.0
    behind = [(p, i) for p, i in sorted(sentence.items.items()) if p >= anchor.end and isinstance(i, Mention)]
    for _, item in behind[:1]:
        found[f"nextname={kind_of(item)}"] = 1.0
    for side, names in (("before", before), ("behind", behind)):
        found[f"own{side}={any(kind_of(i) in {'model', 'product'} for _, i in names)}"] = 1.0
    return found


def _shown(text: str) -> str:
    return "".join(_NAMES.get(char, char) for char in text)


def _of_item(anchor: Anchor) -> Features:
    item = anchor.item
    found: Features = {f"anchor={anchor.kind}": 1.0}
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
            found[f"run={name[:_LONGEST]}"] = 1.0
    return found


def shape_of(name: str) -> str:
    """The scripts of a name, a letter for each run of one: 霞ケ浦物流 is Z, みなとクラウド is HK, AWS is A."""
    shape = ""
    for char in name:
        kind = "H" if "ぁ" <= char <= "ん" else "K" if "ァ" <= char <= "ー" else "A" if char.isascii() else "Z"
        if not shape.endswith(kind):
            shape += kind
    return shape[:4]
