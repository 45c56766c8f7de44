"""One amount: a number with the unit behind or before it, a fraction, a duration, or a range of two of them."""

from __future__ import annotations

import dataclasses
import re

from flows.claims.numerals import Number, number_at
from flows.claims.units import Unit, Units

_DAYS_OF = {"年": "years", "日": "days", "分": "minutes"}
_RANGE = re.compile(r" ?(?:~|-|ないし|乃至)(?:約|およそ)? ?")
_FROM = re.compile(r"から(?:約|およそ|最大)?")
_ENUMERATED = re.compile(r"[、,・]")
_REACHES = re.compile(r"(?:に|へ|まで(?=[伸増減上下引拡縮膨落高低改急達迫戻]))(?!とどま|留ま|抑え|相当|収ま|あた|当た)")
"""Behind the second amount of 「AからB」: it is a change from A to B, no range."""
_ERA = re.compile(r"(?:令和|平成|昭和|大正|明治|20|19)$")
_TENURE = re.compile(r"(?:経験|職歴|経歴|勤続|創業|在籍|実務|約|およそ|ほぼ|この|過去|直近|今後|向こう|わずか)$")


@dataclasses.dataclass(slots=True)
class Quantity:
    """An amount in a text. ``parse`` makes them; treat them as values.

    ``start``/``end`` cover the amount with what hedges or bounds it directly (約560万ドル以上), ``core_start``/
    ``core_end`` the number with its unit alone. Both count code points of the text that was parsed.
    """

    start: int
    end: int
    low: float | None
    """The closed interval in ``unit``; None where it is open. Falls are positive here: see ``delta``, ``signed``."""
    high: float | None
    unit: str | None
    """ISO 4217 code, ``percent``, ``ratio``, ``rank``, unit of duration (years, months, weeks, days, hours …), the
    catalogue's unit of a count, or None for what many things are counted by (個, 件, 回)."""
    kind: str
    """``money``, ``count``, ``ratio``, ``percent``, ``rank``, ``duration`` or ``plain``."""
    core_start: int
    core_end: int
    text: str = ""
    approximate: bool = False
    counter: str | None = None
    """The counter or noun as written, folded: 人, 個, GPU時間, トークン, ドル."""
    per: str | None = None
    """What it is for, as written: 100万トークン in 「100万トークン当たり0.55ドル」."""
    denominator: bool = False
    """Whether it is itself what other amounts are per."""
    converted: bool = False
    """Whether it only converts the amount before it to another currency: 0.27ドル(約41円)."""
    delta: int = 0
    """1 where the text calls it a rise by so much, -1 a fall, else 0."""
    leaning: int = 0
    """The same as ``delta``, by the words of its sentence where those beside it do not tell."""
    from_to: str | None = None
    """``from`` or ``to``: a side of 「AからBに」."""
    maximum: bool = False
    """Whether 最大 stands before it: a bound, but exact for a capacity."""
    bracketed: bool = False
    """Whether it is all that stands in its brackets: 梁氏(40)."""
    precision: float = 1.0
    """One unit of the last significant digit, in ``unit``."""
    scale: int = 1
    """What 万, 億, B … multiplied the digits with."""
    day_factor: float | None = None
    """Days in one ``unit`` of a duration."""

    @property
    def open(self) -> bool:
        """Whether one end is open: 5万個以上."""
        return self.low is None or self.high is None

    @property
    def days(self) -> tuple[float | None, float | None]:
        """The interval of a duration in days (a week is 7, a month 30, a year 365); (None, None) for all else."""
        factor = self.day_factor
        if factor is None:
            return None, None
        return _scaled(self.low, factor), _scaled(self.high, factor)

    @property
    def signed(self) -> tuple[float | None, float | None]:
        """The interval with a fall as negative numbers: 17%安 is (-17, -17), 1兆円余り減 (None, -1e12)."""
        if self.delta >= 0:
            return self.low, self.high
        return (None if self.high is None else -self.high), (None if self.low is None else -self.low)


def _scaled(number: float | None, factor: float) -> float | None:
    return None if number is None else round(number * factor, 6)


def prefix_before(start: int, folded: str, units: Units) -> re.Match[str] | None:
    """A currency right before a position: $5.6M, USD 5."""
    return units.before_pattern.search(folded[max(0, start - 6) : start])


def _make(number: Number, end: int, unit: Unit, counter: str | None) -> Quantity:
    factor = unit.factor
    exact = factor != 1
    return Quantity(
        start=number.start,
        end=end,
        low=round(number.low * factor, 10) if exact else number.low,
        high=round(number.high * factor, 10) if exact else number.high,
        unit=unit.unit,
        kind=unit.kind,
        core_start=number.start,
        core_end=end,
        counter=counter,
        precision=number.precision * factor,
        scale=number.scale,
    )


def amount_of(number: Number, folded: str, units: Units) -> Quantity | None:
    """The amount that a number begins, with its unit; None where no unit makes one of it."""
    fraction = _fraction(number, folded, units)
    if fraction:
        return fraction
    prefix = prefix_before(number.start, folded, units)
    if prefix:
        made = _make(number, number.end, units.before[prefix[1]], prefix[1])
        made.start = made.core_start = number.start - (len(prefix[0]))
        return made
    position = number.end
    match = units.unit_pattern.match(folded, position)
    hedge = None
    if not match or units.after[match[1]].kind == "none":
        # The bound may stand between number and counter: 100万超の, 5000余人.
        hedge = units.hedge_after.match(folded, position)
        inner = units.unit_pattern.match(folded, hedge.end()) if hedge else None
        if (
            inner
            and units.after[inner[1]].kind not in {"none", "duration"}
            and not folded.startswith(" ", hedge.end() if hedge else 0)
        ):
            match = inner
        else:
            hedge = None
    if not match:
        return None
    unit, counter = units.after[match[1]], match[1]
    if counter in _DAYS_OF:
        return _calendar(number, match, folded, units)
    if unit.kind == "none" or (number.kanji and unit.kind == "percent" and counter == "割" and number.low > 10):
        return None
    if counter == "割":
        return _tenths(number, match.end(), folded, unit)
    made = _make(number, match.end(), unit, counter)
    if unit.kind == "duration":
        _half(made, folded, units)
    if hedge:
        apply_bound(made, hedge)
    return made


def _fraction(number: Number, folded: str, units: Units) -> Quantity | None:
    """20分の1, 1/100: a ratio."""
    end = number.end
    if folded.startswith("分の", end):
        part: Number | None = number_at(folded, end + 2)
        whole: Number | None = number
    elif (
        folded.startswith("/", end)
        and folded[end + 1 : end + 2].isdigit()
        and folded[number.start - 1 : number.start] != "/"
    ):
        part, whole = number, number_at(folded, end + 1)
        tail = folded[whole.end : whole.end + 2] if whole else ""
        if (
            not part
            or not whole
            or part.low >= whole.low
            or number.scaled
            or whole.scaled
            or tail[:1] in tuple("/-年月日時")
        ):
            return None
        other = units.unit_pattern.match(folded, whole.end)
        if re.match(r"\([月火水木金土日]", tail) or (other and units.after[other[1]].kind != "none"):
            return None
    else:
        return None
    if not part or not whole or whole.low <= 0:
        return None
    made = _make(number, max(part.end, whole.end), Unit("ratio", "ratio"), None)
    made.low, made.high = part.low / whole.high, part.high / whole.low
    made.precision = made.low * max(whole.precision / whole.low, part.precision / max(part.low, 1.0))
    return made


def _tenths(number: Number, end: int, folded: str, unit: Unit) -> Quantity | None:
    """3割5分: percent. 割合 and 割り当て are none."""
    if folded[end : end + 1] in {"合", "当", "れ"} or (
        folded.startswith("り", end) and not folded.startswith("り引", end)
    ):
        return None
    made = _make(number, end, unit, "割")
    further = number_at(folded, end)
    if (
        further
        and folded.startswith("分", further.end)
        and not folded.startswith("分の", further.end)
        and further.high < 10
    ):
        made.low, made.high = (made.low or 0) + further.low, (made.high or 0) + further.high
        made.end = made.core_end = further.end + 1
        made.precision = 1.0
    elif number.vague:
        made.high = number.high * 10
    return made


def _calendar(number: Number, match: re.Match[str], folded: str, units: Units) -> Quantity | None:
    """A number with 年, 日 or 分: a duration where the words around say so, else a date, which is no amount."""
    counter, end = match[1], match.end()
    before = folded[max(0, number.start - 4) : number.start]
    small = number.low < {"年": 10, "日": 1, "分": 60}[counter] and not folded.startswith("0", number.start)
    counted = (
        number.vague
        or bool(_TENURE.search(before))
        or not number.low.is_integer()
        or (counter == "日" and number.low > 31)
    )
    follow = units.follow.get(counter)
    follows = bool(follow and follow.match(folded, end)) and not units.a_date_still.match(folded, end)
    daily = counter == "日" and number.low == 1 and folded[end : end + 1].isdigit()
    dated = counter == "年" and (
        number.low >= 1000 or _ERA.search(before) or re.match(r"(?:\d{1,2}|[一二三十]+)月", folded[end : end + 4])
    )
    clock = (counter == "分" and before.endswith("時")) or (counter == "日" and before.endswith("月"))
    if dated or clock or not (small or counted or follows or daily):
        return None
    made = _make(number, end, Unit("duration", _DAYS_OF[counter]), counter)
    _half(made, folded, units)
    return made


def _half(made: Quantity, folded: str, units: Units) -> None:
    """Completes a duration: 1年半, 2カ月半, 1年3カ月, 2時間30分; and sets its days."""
    factor = made.day_factor = units.days.get(made.unit or "", 1.0)
    end = made.core_end
    if folded.startswith("半", end) and not folded.startswith(("半ば", "半導", "半分", "半額"), end):
        made.low, made.high = (made.low or 0) + 0.5, (made.high or 0) + 0.5
        made.end = made.core_end = end + 1
        made.precision = 0.5
        return
    further = number_at(folded, end)
    match = units.unit_pattern.match(folded, further.end) if further else None
    if further and match:
        unit = _DAYS_OF.get(match[1]) or (
            units.after[match[1]].unit if units.after[match[1]].kind == "duration" else None
        )
        smaller = units.days.get(unit or "", factor)
        if smaller < factor and match[1] != "日":
            made.low = (made.low or 0) + further.low * smaller / factor
            made.high = (made.high or 0) + further.high * smaller / factor
            made.end = made.core_end = match.end()
            made.precision = smaller / factor


def range_of(number: Number, folded: str, units: Units) -> Quantity | None:
    """A range that a number begins: 5%-13%, 2〜3カ月, 2、3割, 10億ドルから1500億ドルまで."""
    left = amount_of(number, folded, units)
    end = left.core_end if left else number.end
    joint = _RANGE.match(folded, end) or _FROM.match(folded, end)
    enumerated = not joint and not left
    if enumerated:
        joint = _ENUMERATED.match(folded, end)
    second = number_at(folded, joint.end()) if joint else None
    if not joint or not second:
        return None
    right = amount_of(second, folded, units)
    plain = "~" in joint[0] and not left and not right and (number.scaled or second.scaled)
    if plain:
        right = plain_of(second, folded, units)
    if not right or right.denominator or right.low is None or right.high is None:
        return None
    if left and (left.unit, left.kind) != (right.unit, right.kind):
        return None
    if enumerated and not (number.low + 1 == second.low and second.low < 10 and not number.scaled):
        return None
    if joint[0].startswith("から") and (
        _REACHES.match(folded, right.core_end) or (not left and right.kind in {"ratio", "percent"})
    ):
        return None
    low, high = (left.low, left.high) if left else _inherited(number, second, right)
    if low is None or high is None:
        return None
    return dataclasses.replace(
        right,
        start=left.start if left else number.start,
        core_start=left.core_start if left else number.start,
        low=min(low, right.low),
        high=max(high, right.high),
        precision=min(right.precision, left.precision if left else right.precision),
    )


def _inherited(number: Number, second: Number, right: Quantity) -> tuple[float, float]:
    """The left side of a range without a unit of its own, in the unit and, where it has none, the scale of the right:
    5〜6万人 is 50,000 to 60,000, 100〜1万人 is 100 to 10,000."""
    factor = right.low / second.low if right.low and second.low and right.kind != "ratio" else 1.0
    if right.kind == "duration" or right.counter == "割":
        factor = 10.0 if right.counter == "割" else 1.0
    if not number.scaled and second.scaled and number.low * second.scale <= second.low:
        factor *= second.scale
    return number.low * factor, number.high * factor


def plain_of(number: Number, folded: str, units: Units) -> Quantity | None:
    """A number without a unit, where it is likely to be a figure and not a part of a name."""
    end = number.end
    after = folded[end : end + 1]
    unit = units.unit_pattern.match(folded, end)
    if (
        (unit and units.after[unit[1]].kind == "none")
        or folded.startswith("割", end)
        or (after.isascii() and after.isalpha())
    ):
        return None
    if re.match(r"[-/:.]\d", folded[end : end + 2]) or (unit and unit[1] in _DAYS_OF):
        return None
    before = folded[max(0, number.start - 4) : number.start].rstrip(" ")[-1:]
    spaced = folded[number.start - 1 : number.start] == " "
    if not number.scaled:
        if re.match(r"[\u4e00-\u9fff\u30a1-\u30ff]", after):
            return None
        if number.kanji or (
            before.isascii() and before.isalnum() and not (spaced and number.low >= 10 and not number.low.is_integer())
        ):
            return None
        if (
            "ァ" <= before <= "ー"
            or (re.match(r"[\u4e00-\u9fff]", before) and before not in "約計比")
            or before == "・"
        ):
            return None
    made = _make(number, end, Unit("plain", None), None)
    made.bracketed = before == "(" and after == ")"
    return made


def apply_bound(quantity: Quantity, match: re.Match[str]) -> None:
    """Takes what a word around the amount says of it: about, at least, at most."""
    said = match.lastgroup
    if said == "approximate":
        quantity.approximate = True
    elif said == "low":
        quantity.high = None
        quantity.low = quantity.low or 0.0
    elif said == "high" and quantity.high is not None:
        quantity.low = 0.0
