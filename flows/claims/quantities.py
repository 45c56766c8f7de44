"""Amounts in Japanese text: numbers with their units, as intervals, and what the words around say of them.

``parse`` is the whole interface. Spellings are data (``units.toml`` of the seeds folder); the grammar is in
:mod:`flows.claims.numerals` (numbers), :mod:`flows.claims.amounts` (a number with its unit) and
:mod:`flows.claims.neighbours` (what an amount is to the words and amounts around it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.claims import neighbours
from flows.claims.amounts import Quantity, amount_of, apply_bound, plain_of, prefix_before, range_of
from flows.claims.numerals import Number, fold, numbers
from flows.claims.units import Units, load_units
from seeds.loader import BUNDLED

__all__ = ["Quantity", "parse"]

_NAME_JOINT = re.compile(r"[A-Za-z0-9][-._:'/#]$")
_CLOSING = re.compile(r" ?\([^()]{0,24}\)")


def parse(text: str, units: Units | None = None) -> list[Quantity]:
    """All amounts of a text, in order, without overlap. Never raises, whatever the text.

    Numbers in names (R1, GPT-4, H800, AIME 2024), dates, ordinals and numbers of digits (1桁) are no amounts. A plain
    number is one where nothing speaks against it: 「得点は90.8」, 「梁氏(40)」.

    Args:
        text: any text; it need not be normalized.
        units: how amounts are written; those that come with the program where None.
    """
    units = units or load_units(BUNDLED)
    folded = fold(text)
    found = list(_joined(_amounts(folded, units)))
    found += _words(folded, units, found)
    found.sort(key=lambda quantity: quantity.core_start)
    for quantity in found:
        _bound(quantity, folded, units)
    neighbours.relate(found, folded, units)
    for quantity in found:
        quantity.text = text[quantity.start : quantity.end]
    return found


def _amounts(folded: str, units: Units) -> Iterator[Quantity]:
    position = 0
    for number in numbers(folded):
        if number.start < position:
            continue
        skipped = units.none_words.match(folded, number.start) if number.kanji and not number.scaled else None
        if skipped:
            position = skipped.end()
            continue
        if _in_name(number, folded, units):
            continue
        amount = range_of(number, folded, units) or amount_of(number, folded, units) or plain_of(number, folded, units)
        if amount:
            position = amount.core_end
            yield amount


def _joined(found: Iterator[Quantity]) -> Iterator[Quantity]:
    """Joins what is told in a currency and its hundredths: 3ドル48セント is one amount."""
    last: Quantity | None = None
    for quantity in found:
        if last is not None and _completes(last, quantity):
            last.low = round((last.low or 0) + (quantity.low or 0), 10)
            last.high = round((last.high or 0) + (quantity.high or 0), 10)
            last.end = last.core_end = quantity.core_end
            last.precision = quantity.precision
            continue
        if last is not None:
            yield last
        last = quantity
    if last is not None:
        yield last


def _completes(whole: Quantity, part: Quantity) -> bool:
    """Whether an amount goes on with the hundredths right behind it."""
    return (
        whole.kind == part.kind == "money"
        and whole.unit == part.unit
        and whole.core_end == part.core_start
        and whole.counter != part.counter
        and part.high is not None
        and part.high < 1
    )


def _in_name(number: Number, folded: str, units: Units) -> bool:
    """Whether a number belongs to a name, a date or a version: R1, GPT-4, 2025-01-20, 第2四半期."""
    start, end = number.start, number.end
    if not start:
        return False
    before = folded[start - 1]
    if before.isascii() and (before.isalpha() or before == "_"):
        first = start
        while first and folded[first - 1].isascii() and folded[first - 1].isalpha():
            first -= 1
        if folded[first:start] not in units.letters_before and not prefix_before(start, folded, units):
            return True
    if before in "-._:'/#" and _NAME_JOINT.search(folded[max(0, start - 2) : start]):
        tail = units.unit_pattern.match(folded, end)
        return before != "/" or not tail or units.after[tail[1]].kind == "none"
    return before == "第" and not folded.startswith("位", end)


def _words(folded: str, units: Units, found: list[Quantity]) -> list[Quantity]:
    """Words that are amounts by themselves: 半分, 首位."""
    taken = {position for quantity in found for position in range(quantity.core_start, quantity.core_end)}
    made = []
    for match in units.word_pattern.finditer(folded):
        if taken.isdisjoint(range(*match.span())) and not (
            match[0].startswith("倍")
            and folded[match.start() - 1 : match.start()].isalnum()
            and not "ぁ" <= folded[match.start() - 1 : match.start()] <= "ん"
        ):
            word = units.words[match[0]]
            made.append(
                Quantity(
                    start=match.start(),
                    end=match.end(),
                    low=word.low,
                    high=word.high,
                    unit=word.unit or word.kind,
                    kind=word.kind,
                    core_start=match.start(),
                    core_end=match.end(),
                    counter=match[0],
                    delta=word.delta,
                    precision=0.1 if word.kind == "ratio" else 1.0,
                    day_factor=units.days.get(word.unit or "") if word.kind == "duration" else None,
                )
            )
    return made


def _bound(quantity: Quantity, folded: str, units: Units) -> None:
    """Reads the hedges and bounds before and behind an amount."""
    for _ in range(3):
        window = max(0, quantity.start - 10)
        before = units.hedge_before.search(folded[window : quantity.start])
        if not before:
            break
        apply_bound(quantity, before)
        quantity.maximum |= before.lastgroup == "high"
        quantity.start = window + before.start()
    position = quantity.core_end
    for _ in range(2):
        after = units.hedge_after.match(folded, position)
        if not after or units.not_after.match(folded, position):
            break
        apply_bound(quantity, after)
        if position == quantity.end:
            quantity.end = after.end()
        position = after.end()
    closing = _CLOSING.match(folded, quantity.core_end)
    if closing:
        position = closing.end()
        after = units.hedge_after.match(folded, position)
        if after and not units.not_after.match(folded, position):
            apply_bound(quantity, after)
    verb = units.verb_after.match(folded, position)
    if verb and _round(quantity):
        apply_bound(quantity, verb)


def _round(quantity: Quantity) -> bool:
    """Whether the number is round, as thresholds are: 「5億ドルを上回る」 bounds, 「85.5%を上回る」 compares."""
    if quantity.low is None or quantity.kind in {"rank", "plain"}:
        return False
    if quantity.kind == "percent":
        return quantity.low % 5 == 0
    return quantity.low < 100 * quantity.precision
