"""When two values of a claim agree: intervals widened by the precision with which they were said.

Half a unit of the last significant digit, at most 5%, and 5% where the text hedges; an open amount reaches to 1.4
times its bound. So 約560万ドル and 557万6000ドル agree, 560万ドル and 13億ドル do not. Intervals are closed: those that
touch in one point agree (-11% and -12%, and so 2000万人超 and 3000万人超, which both reach 2850万).
"""

from __future__ import annotations

import datetime as dt
import math

from flows.claims.identity import canonical_value_name
from flows.model import Value
from seeds.loader import Attribute, Seeds

MOST = 0.05
"""The largest share of a number by which it is widened, and the share that a hedge (約, ほぼ) stands for."""
OPEN = 1.4
"""How far beyond its bound an open amount is taken to reach: 2000万人超 is up to 2800万人."""
PERCENT = frozenset({"percent", "%"})
PLAIN = PERCENT | {"ratio", "rank", "倍", "位"}
"""Units of shares, multiples and ranks: plain numbers, whatever they are called."""
BOUNDED = frozenset({"years", "days"})
"""Units of time: an open span of it says nothing about how far it reaches."""


def unit_of(value: Value, attribute: Attribute) -> str:
    """A value's unit, folded: its own, else the attribute's, else for percent, ratio and rank the kind itself."""
    own = value.unit or attribute.unit
    return (own or (attribute.value if attribute.value in PLAIN else "")).casefold()


def tolerance(number: float, approximate: bool, unit: str) -> float:
    """How far a number's end is widened: a distance in the number's own unit, 0 for 0.

    Args:
        number: the end of an interval.
        approximate: whether the text hedges it.
        unit: the folded unit; percentages are taken at their own last digit (96% is 95.5 to 96.5).
    """
    size = abs(number)
    if size == 0:
        return 0.0
    if approximate:
        return MOST * size
    if unit in PERCENT:
        decimals = f"{size:.6f}".rstrip("0").split(".")[1]
        return 0.5 * 10.0 ** -len(decimals)
    digits, _, exponent = f"{size:.6e}".partition("e")
    significant = digits.rstrip("0").rstrip(".")
    decimals = significant.partition(".")[2]
    return min(0.5 * 10.0 ** (int(exponent) - len(decimals)), MOST * size)


def widened(value: Value, attribute: Attribute) -> tuple[float, float]:
    """A number's interval as it is compared: open amounts closed, both ends moved out by their precision."""
    unit = unit_of(value, attribute)
    low, high = value.low, value.high
    if unit and unit not in PLAIN and unit not in BOUNDED:
        if low is not None and low > 0 and high is None:
            high = low * OPEN
        elif high is not None and high > 0 and not low:
            low = high / OPEN
    return (
        -math.inf if low is None else low - tolerance(low, value.approximate, unit),
        math.inf if high is None else high + tolerance(high, value.approximate, unit),
    )


def same_name(a: str | None, b: str | None, attribute: Attribute, seeds: Seeds) -> bool:
    """Whether two names or texts mean the same: equal in canonical form, or one contained in the other.

    What is contained must have three characters, or two where it is not ASCII.
    """
    if not a or not b:
        return False
    short, long = sorted(
        (canonical_value_name(name, attribute.id, seeds) for name in (a, b)), key=lambda n: (len(n), n)
    )
    return short == long or (len(short) >= (3 if short.isascii() else 2) and short in long)


def _text(value: Value) -> str | None:
    """A value's text where the text is the value; beside a number or a date it is only how they were written."""
    return None if value.numeric or value.dated else value.text


def _days(value: Value) -> tuple[dt.date, dt.date] | None:
    return (value.start, value.end or value.start) if value.start is not None else None


def overlaps(a: Value, b: Value, attribute: Attribute, seeds: Seeds) -> bool:
    """Whether two values of an attribute agree. Symmetric.

    Status words agree when they are the same, names and texts as ``same_name`` has it, dates when their intervals
    share a day, numbers of one unit when their widened intervals meet.
    """
    if attribute.value == "status":
        return a.text == b.text
    if _text(a) is not None or _text(b) is not None:
        return same_name(_text(a), _text(b), attribute, seeds)
    days, other = _days(a), _days(b)
    if days or other:
        return bool(days and other and days[0] <= other[1] and other[0] <= days[1])
    units = {unit_of(value, attribute) for value in (a, b)}
    if len(units) > 1 and not units <= PLAIN | {""}:
        return False
    a_low, a_high = widened(a, attribute)
    b_low, b_high = widened(b, attribute)
    return a_low <= b_high and b_low <= a_high
