"""Numbers as Japanese text writes them: digits of either width, kanji numerals, 万億兆, 数十, 671B.

Everything works on text folded by :func:`fold`, which keeps every character's position.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import re
from collections.abc import Iterator

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDTH |= {ord(a): ord(b) for a, b in zip("　〜∼〰￥￡￦−‐‑‒–—･＇", " ~~~¥£₩------・'", strict=True)}

DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "壱": 1, "弐": 2, "参": 3}
PLACES = {"十": 10, "百": 100, "千": 1000}
SCALES = {"万": 10**4, "億": 10**8, "兆": 10**12, "京": 10**16}
LATIN_SCALES = {
    "K": 10**3,
    "k": 10**3,
    "M": 10**6,
    "B": 10**9,
    "T": 10**12,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
SOME = "数何幾"
"""「some」: one digit that is not told."""

_ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
_DOTTED = r"[0-9]{1,3}・[0-9]{1,3}(?=[万億兆%倍割ドル元円]|パーセント|ユーロ|ポイント|カ月|時間)"
_KANJI = r"[〇零一二三四五六七八九十百千壱弐参]"
_SMALL = (
    rf"(?:{_DOTTED}|{_ARABIC}(?:数?[十百千](?:{_ARABIC}|{_KANJI}+)?)*数?(?![字学式値理量え])"
    rf"|{_KANJI}+・[〇一二三四五六七八九]+(?=[万億兆%倍割ドル元円])"
    rf"|(?:{_KANJI}|数(?![字学式値理量え])|[何幾](?=[十百千万億兆]))+)"
)
# The lookahead only makes the search fast: it names every character that a number can begin with.
_NUMBER = re.compile(
    rf"(?=[0-9〇零一二三四五六七八九十百千壱弐参{SOME}]){_SMALL}(?:[万億兆京](?:{_SMALL}(?=[万億兆京])|{_SMALL})?)*"
    r"(?:(?P<latin>[KkMBT])(?![A-Za-z0-9])| ?(?P<word>million|billion|trillion)(?![A-Za-z]))?"
)
_SCALE = re.compile(r"([万億兆京])")
_PART = re.compile(rf"({_ARABIC}|[〇零一二三四五六七八九壱弐参]+|[{SOME}])?([十百千]?)")


@dataclasses.dataclass(frozen=True, slots=True)
class Number:
    """A number in a text, as an interval: exact numbers have equal ends, 数十億 is 10億 to 9,999,999,999.

    ``precision`` is the value of one unit of the last significant digit (5580万 -> 100000). ``scale`` is what the
    only group of digits is multiplied with (6万 -> 10000), 1 where there is none or several groups are added up.
    """

    start: int
    end: int
    low: float
    high: float
    precision: float
    scale: int
    kanji: bool
    """Whether it is written without any Arabic digit."""
    vague: bool
    """Whether a digit is not told: 数十, 十数."""

    @property
    def scaled(self) -> bool:
        """Whether a word or letter of scale (万, 億, B …) stands in it."""
        return self.scale > 1


@functools.lru_cache(maxsize=4)
def fold(text: str) -> str:
    """Full-width forms as half-width, character by character: the length and all positions stay."""
    return text.translate(_WIDTH)


def _digits(run: str) -> float:
    """The value of plain digits: ``2,048``, ``1.10``, ``1・5``, ``二〇四八``, ``一・六``."""
    return float("".join(str(DIGITS[c]) if c in DIGITS else c for c in run.replace(",", "").replace("・", ".")))


def _small(written: str) -> tuple[float, float, float]:
    """A group below 万: its value with every untold digit as 1, the same with 10 for it, and its precision."""
    if "・" in written or not any(c in PLACES or c in SOME for c in written):
        return _digits(written), _digits(written), _precision(written)
    low = high = 0.0
    for part in _PART.finditer(written):
        digits, place = part.groups()
        if not digits and not place:
            continue
        factor = PLACES.get(place, 1)
        if digits and digits in SOME:
            low, high = low + factor, high + 10 * factor
        else:
            value = _digits(digits) if digits else 1.0
            low, high = low + value * factor, high + value * factor
    return low, high, _precision(f"{low:.0f}" if low.is_integer() else f"{low:.10f}".rstrip("0"))


def _precision(written: str) -> float:
    """The value of one unit of the last significant digit: ``71.0`` -> 0.1, ``5600`` -> 100, ``0`` -> 1."""
    plain = "".join(str(DIGITS[c]) if c in DIGITS else c for c in written.replace(",", "").replace("・", "."))
    whole, dot, decimals = plain.partition(".")
    if dot:
        return float(f"1e-{len(decimals)}")
    zeros = len(whole) - len(whole.rstrip("0"))
    return float(f"1e{zeros}") if zeros < len(whole) else 1.0


@functools.lru_cache(maxsize=4096)
def _read(written: str, latin: str | None) -> tuple[float, float, float, int, bool, bool]:
    """Low, high, precision, scale, kanji and vague of a number as written; texts repeat their numbers."""
    body = written[: len(written) - len(latin)].rstrip() if latin else written
    low = high = 0.0
    precision, scale, groups = 1.0, 1, 0
    pieces = _SCALE.split(body)
    for small, scale_word in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        if not small:
            continue
        small_low, small_high, small_precision = _small(small)
        scale = SCALES.get(scale_word, 1)
        low, high = low + _times(small_low, scale), high + _times(small_high, scale)
        precision = small_precision * scale
        groups += 1
    if latin:
        scale = LATIN_SCALES[latin]
        low, high, precision = _times(low, scale), _times(high, scale), precision * scale
    vague = high != low
    largest = max((SCALES.get(c, 1) for c in body), default=1)
    kanji = not any("0" <= c <= "9" for c in body)
    return low, high - 1 if vague else high, precision, scale if groups == 1 else largest, kanji, vague


def _times(number: float, scale: int) -> float:
    """The product as decimals have it: 1.15 times 10**8 is 115000000, not 114999999.99999999."""
    product = number * scale
    return product if number.is_integer() else float(f"{product:.15g}")


def _number(match: re.Match[str]) -> Number:
    return Number(match.start(), match.end(), *_read(match[0], match["latin"] or match["word"]))


def number_at(folded: str, position: int) -> Number | None:
    """The longest number that begins at a position of folded text."""
    match = _NUMBER.match(folded, position)
    number = _number(match) if match else None
    return number if number and math.isfinite(number.high) else None


def numbers(folded: str) -> Iterator[Number]:
    """All numbers of folded text, from left to right, without overlap."""
    return (number for number in map(_number, _NUMBER.finditer(folded)) if math.isfinite(number.high))
