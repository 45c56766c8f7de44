"""Whose number it is where a sentence gives several by order: それぞれ, 前者 and 後者, and owners in brackets.

「V3とR1の得点はそれぞれ59%と79%」 gives 79% to R1; 「前者が1兆6000億、後者が2840億」 gives the first number to
the model named first before it; 「6850億(V3.1)、6710億(V3)」 names each number's owner behind it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.claims.markup import Marked, kind_of
from flows.claims.names import Mention
from flows.claims.quantities import Quantity

_EACH = "それぞれ"
_FORMER, _LATTER = "前者", "後者"
_APART = 8
"""How many masked characters may lie between two numbers of one list."""
_BACK = 2
_OWNERS = frozenset({"model", "product", "rival", "organization"})
_BRACKET = re.compile(r"[(（]「?(.)")


def paired(marked: Sequence[Marked], index: int, position: int) -> str | None:
    """The entity to which the order of a sentence gives the number at a masked position; None where order is silent."""
    sentence = marked[index]
    bracket = _BRACKET.match(sentence.masked, position + 1)
    if bracket:
        item = sentence.items.get(bracket.start(1))
        if isinstance(item, Mention) and kind_of(item) in _OWNERS:
            return item.entity
    each = sentence.masked.rfind(_EACH, 0, position)
    if each >= 0:
        return _by_order(marked, index, each, position)
    return _by_reference(marked, index, position)


def _by_order(marked: Sequence[Marked], index: int, each: int, position: int) -> str | None:
    sentence = marked[index]
    numbers = _numbers(sentence, each, position)
    if position not in numbers or len(numbers) < 2:
        return None
    names = _names(marked, index, each, len(numbers))
    return names[numbers.index(position)] if len(names) == len(numbers) else None


def _numbers(sentence: Marked, each: int, position: int) -> list[int]:
    """The numbers behind それぞれ that stand in one list with the one at a position."""
    kind = sentence.masked[position]
    listed: list[int] = []
    for at, item in sentence.ordered:
        if at > each and isinstance(item, Quantity) and sentence.masked[at] == kind:
            if listed and at - listed[-1] > _APART:
                break
            listed.append(at)
    return listed


def _names(marked: Sequence[Marked], index: int, limit: int, count: int) -> list[str]:
    """The last names before a position, as many as there are numbers, of the sentence or the ones before it."""
    for back in range(min(_BACK, index) + 1):
        sentence = marked[index - back]
        end = limit if back == 0 else len(sentence.masked)
        named: list[str] = []
        for at, item in sentence.ordered:
            if at >= end or not isinstance(item, Mention):
                continue
            entity = _meant(marked, index - back, at, item)
            if entity and entity not in named:
                named.append(entity)
        if len(named) >= count:
            return named[-count:]
    return []


def _meant(marked: Sequence[Marked], index: int, at: int, item: Mention) -> str | None:
    if item.text in {_FORMER, _LATTER}:
        return _referred(marked, index, at, item.text)
    return item.entity if kind_of(item) in _OWNERS - {"organization"} else None


def _by_reference(marked: Sequence[Marked], index: int, position: int) -> str | None:
    """The one that 前者 or 後者, named last before a number, refers to."""
    before = [
        (at, item)
        for at, item in marked[index].ordered
        if at < position and isinstance(item, Mention) and (item.text in {_FORMER, _LATTER} or kind_of(item) in _OWNERS)
    ]
    if not before or before[-1][1].text not in {_FORMER, _LATTER}:
        return None
    at, item = before[-1]
    return _referred(marked, index, at, item.text)


def _referred(marked: Sequence[Marked], index: int, at: int, which: str) -> str | None:
    """The first or second of the two names told last before 前者 and 後者."""
    for back in range(min(_BACK, index) + 1):
        sentence = marked[index - back]
        named: list[str] = []
        for spot, item in sentence.ordered:
            if (back == 0 and spot >= at) or not isinstance(item, Mention) or kind_of(item) not in _OWNERS:
                continue
            if kind_of(item) != "organization" and item.entity not in named:
                named.append(item.entity)
        if len(named) >= 2:
            return named[-2] if which == _FORMER else named[-1]
    return None
