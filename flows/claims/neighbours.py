"""What amounts are to each other and to the words behind them: conversions, prices per something, rises and falls,
the two sides of a change."""

from __future__ import annotations

import re
from itertools import pairwise

from flows.claims.amounts import Quantity
from flows.claims.units import Units

_CONVERSION = re.compile(
    r"^(?:以上|超|余り|強|弱|程度)?[、,]? ?(?:[(=≒≈][^0-9。、]{0,12}"
    r"|(?:で、)?(?:日本円|円|米ドル|ドル|人民元)(?:に)?(?:換算|で|にして|すると|、|では)+[^0-9。]{0,6})$"
)
_CHANGE = re.compile(
    r"^(?:から[^。!?]{0,18}|(?:だった|であった|の)(?:もの|の|ところ)?(?:が|を|から)[^。!?]{0,10}"
    r"| ?(?:→|⇒|->|=>) ?|を[^。、]{0,6})$"
)
_REACHED = re.compile(r"^(?:に|へ|まで)")
_ARROW = re.compile(r"[→⇒>]")
_ADJACENT = re.compile(r"^ ?(?:で|=|,|、|の|は|/)? ?$")
_CLOSING = re.compile(r" ?\([^()]{0,24}\)")
_LISTED = re.compile(r"^(?:、|と|や|,|・|\()[^。!?\n]{0,26}$")
_SENTENCE_END = re.compile(r"[。!?\n]")
_FAR = 40
"""How many characters around an amount are read for the way it moves."""


def relate(found: list[Quantity], folded: str, units: Units) -> None:
    """Completes amounts, which are in order of position, with what their neighbours and surroundings tell."""
    _conversions(found, folded)
    _denominators(found, folded, units)
    _per(found, folded)
    for quantity in found:
        if quantity.kind in {"money", "percent", "count", "plain"} and not quantity.delta:
            quantity.delta = _delta(quantity, folded, units)
    _listed(found, folded)
    for quantity in found:
        if quantity.kind in {"money", "percent"}:
            quantity.leaning = quantity.delta or _leaning(quantity, folded, units)
    _changes(found, folded)


def _conversions(found: list[Quantity], folded: str) -> None:
    for first, second in pairwise(found):
        if first.kind == second.kind == "money" and first.unit != second.unit:
            gap = folded[first.core_end : second.start]
            if len(gap) < 16 and _CONVERSION.match(gap):
                second.converted = True
                # A rate of exchange, 「1ドル=150円」, tells of neither.
                first.converted |= first.low == first.high == 1 and "=" in gap


def _denominators(found: list[Quantity], folded: str, units: Units) -> None:
    """Marks what other amounts are per: 100万トークン当たり, 0.55ドル/100万トークン, 単価(100万トークン)."""
    for index, quantity in enumerate(found):
        after = found[index + 1] if index + 1 < len(found) else None
        if quantity.kind not in {"count", "duration"}:
            continue
        before = folded[max(0, quantity.start - 4) : quantity.start]
        priced = after is not None and (
            (after.kind == "money" and quantity.unit == "tokens")
            or (quantity.kind == "duration" and quantity.counter == "日" and after.core_start == quantity.core_end)
        )
        quantity.denominator = bool(
            units.per_after.match(folded, quantity.core_end)
            or (before.endswith("/") and not before[:-1].endswith(" "))
            or (units.per_noun.search(before) and folded.startswith(")", quantity.core_end))
            or (priced and after and _ADJACENT.match(folded[quantity.core_end : after.start]))
        )


def _per(found: list[Quantity], folded: str) -> None:
    """Gives every denominator to the amounts behind it in its sentence, or, where there are none, to those before."""
    for index, denominator in enumerate(found):
        if not denominator.denominator:
            continue
        written = folded[denominator.core_start : denominator.core_end]
        behind = folded[max(0, denominator.start - 1) : denominator.start] == "/"
        reached = not behind and _give(found[index + 1 :], written, folded, denominator.core_end)
        if not reached:
            start = max(folded.rfind(mark, 0, denominator.start) for mark in "。!?\n")
            for quantity in reversed(found[:index]):
                if quantity.core_start < start or quantity.denominator:
                    break
                if quantity.kind in {"money", "count"} and quantity.per is None:
                    quantity.per = written
                    if behind:
                        break


def _give(following: list[Quantity], written: str, folded: str, position: int) -> bool:
    reached = None
    end = _SENTENCE_END.search(folded, position)
    limit = end.start() if end else len(folded)
    for quantity in following:
        if quantity.denominator or quantity.core_start > limit:
            break
        if quantity.kind in {"money", "count", "plain"} and reached in {None, quantity.kind}:
            quantity.per = written
            reached = quantity.kind
    return reached is not None


_TOGETHER = re.compile(r"(?:ずつ|、)?(?:それぞれ|いずれも|と?続けて|と連日で?)")
"""What may stand between a listed amount and what it does: Aは4%、Bは1%それぞれ安い."""


def _delta(quantity: Quantity, folded: str, units: Units) -> int:
    before = units.move_before.search(folded[max(0, quantity.start - 10) : quantity.start])
    before = before or units.measure_before.search(folded[max(0, quantity.start - 26) : quantity.start])
    if before and not (before[0] == "-" and folded[max(0, quantity.start - 2) : quantity.start - 1].isalnum()):
        return -1 if before["down"] else 1
    position = max(quantity.end, quantity.core_end)
    closing = _CLOSING.match(folded, position)
    if closing:
        position = closing.end()
    hedge = units.hedge_after.match(folded, position)
    if hedge and not units.not_after.match(folded, position):
        position = hedge.end()
    together = _TOGETHER.match(folded, position)
    position = together.end() if together else position
    if units.not_moves.match(folded, position):
        return 0
    move = units.move_after.match(folded, position)
    if move and not units.not_moves.match(folded, move.start("down") if move["down"] else move.start("up")):
        return -1 if move["down"] else 1
    return -1 if quantity.kind == "money" and units.lost.match(folded, position) else 0


def _leaning(quantity: Quantity, folded: str, units: Units) -> int:
    """Which way the sentence says that an amount moves: the nearest word behind it, else the nearest before it."""
    end = _SENTENCE_END.search(folded, quantity.end)
    behind = units.leaning.search(folded, quantity.end, min(end.start() if end else len(folded), quantity.end + _FAR))
    if behind is None:
        start = max(0, quantity.start - _FAR)
        stops = [m.end() for m in _SENTENCE_END.finditer(folded, start, quantity.start)]
        before = list(units.leaning.finditer(folded, stops[-1] if stops else start, quantity.start))
        behind = before[-1] if before else None
    return 0 if behind is None else -1 if behind["down"] else 1


def _listed(found: list[Quantity], folded: str) -> None:
    """「Aが17%、Bが11%の下落」, 「下落率はAが17%、Bが11%」: listed percentages move as the one does that tells it."""
    pairs = list(pairwise(found))
    for first, second in [*reversed(pairs), *pairs]:
        if first.kind == second.kind == "percent" and bool(first.delta) != bool(second.delta):
            gap = folded[first.end : second.start]
            if len(gap) < 28 and _LISTED.match(gap):
                first.delta = second.delta = first.delta or second.delta


def _changes(found: list[Quantity], folded: str) -> None:
    """Marks the two sides of 「AからBに」, 「A→B」, 「AだったものがBに」."""
    for index, first in enumerate(found):
        second = next((q for q in found[index + 1 : index + 3] if not q.converted), None)
        if second is None or (first.unit, first.kind) != (second.unit, second.kind) or first.from_to == "from":
            continue
        position = first.core_end
        closing = _CLOSING.match(folded, position)
        gap = folded[closing.end() if closing else position : second.start]
        if len(gap) > 24 or not _CHANGE.match(gap):
            continue
        position = second.end
        closing = _CLOSING.match(folded, position)
        if _ARROW.search(gap) or _REACHED.match(folded[closing.end() if closing else position :][:3]):
            first.from_to, second.from_to = "from", "to"
