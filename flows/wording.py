"""How values, qualifiers and whole claims are written for readers, in Japanese and in English.

Numbers follow the newspapers of each language (557万6000ドル, $5.576 million); what words mean (status values, units,
codes of places) is data: ``labels.toml`` and ``places.toml`` of the seeds folder. Whatever has no label is written as
the data has it, so a folder without these files still gives statements.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Literal

from flows.model import Value
from seeds.loader import Attribute, Seeds

Language = Literal["ja", "en"]

MYRIADS = ("", "万", "億", "兆", "京")
THOUSANDS = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SIGNS = {"about": "~{}", "more": ">{}", "less": "<{}", "at_least": "≥{}", "at_most": "≤{}", "unknown": "–"}
"""How amounts that are not exact are written where the folder has no words for it."""
SMALL_RATIO = 0.1
"""Below it a ratio is told in hundredths, as people do: 3%, not 0.03 times."""
UNTOLD = "any"
"""The value of a qualifier that the text does not tell."""
_PERIOD = re.compile(r"(\d{4})(?:-Q([1-4])|-(\d{2})(?:-(\d{2}))?)?")


@dataclasses.dataclass(frozen=True)
class _Labels:
    """The tables of ``labels.toml`` and ``places.toml``."""

    tables: Mapping[str, Any]
    places: Mapping[str, Any]

    def find(self, lang: Language, *path: str) -> str | None:
        """The label at a path of tables, in a language; None where there is none."""
        found: Any = self.tables
        for step in (*path, lang):
            found = found.get(step) if isinstance(found, Mapping) else None
        return found if isinstance(found, str) else None

    def amount(self, name: str, lang: Language, text: str) -> str:
        """An amount within the words that say how exact it is."""
        return (self.find(lang, "amount", name) or SIGNS[name]).replace("{}", text)


def _labels(seeds: Seeds) -> _Labels:
    """The folder's labels, read once for each ``Seeds`` and kept with it, as its own cached properties are."""
    kept = vars(seeds)
    if "_labels" not in kept:
        kept["_labels"] = _Labels(seeds.extra("labels.toml"), seeds.extra("places.toml"))
    labels: _Labels = kept["_labels"]
    return labels


def attribute_of(attribute: str, seeds: Seeds) -> Attribute:
    """The catalogue's entry for an attribute.

    What the catalogue lacks (a free ``statement``, or an attribute that it once had) is a fact with a text as value
    and no qualifiers, so that nothing that was ever recorded becomes unreadable.
    """
    known = seeds.attributes.get(attribute)
    if known:
        return known
    labels = _labels(seeds)
    return Attribute(
        id=attribute,
        ja=labels.find("ja", "attribute", attribute) or attribute,
        en=labels.find("en", "attribute", attribute) or attribute,
        value="text",
        nature="fact",
        key=(),
        topic="",
    )


def name_words(name: str, seeds: Seeds, lang: Language) -> str:
    """An entity's id or a name as readers know it; a name without an entry as it stands."""
    labels = _labels(seeds)
    label = labels.find(lang, "entity", name)
    if label:
        return label
    place = labels.places.get(name)
    if isinstance(place, Mapping) and isinstance(place.get(lang), str):
        return str(place[lang])
    entity = seeds.entities.get(name)
    if entity is None:
        return name
    if lang == "en":
        return next((spelling for spelling in entity.names if spelling.isascii()), entity.label)
    return entity.label


def subject_words(subject: str, seeds: Seeds, lang: Language) -> str:
    """A claim's subject as readers know it."""
    return name_words(subject, seeds, lang)


def _plain(number: float) -> str:
    """A number under ten thousand without exponent, trailing zeros and the noise of binary fractions."""
    rounded = float(f"{number:.4g}") if abs(number) < 1 else round(number, 4)
    return format(Decimal(repr(float(rounded))), "f").rstrip("0").rstrip(".") or "0"


def _part(number: float | None) -> int | None:
    """What a number is one part of, where it is a fraction that decimals do not write: 0.037037 -> 27."""
    if number is None or not 0 < number < 1 or round(number, 4) == number:
        return None
    whole = round(1 / number)
    return whole if math.isclose(1 / number, whole, rel_tol=1e-6) else None


def _japanese(number: float) -> str:
    """A number that is not negative in 万, 億, 兆: 5576000 -> 557万6000."""
    if number < 10_000:
        return _plain(number)
    parts: list[str] = []
    rest, rank = round(number), 0
    while rest and rank < len(MYRIADS):
        rest, group = divmod(rest, 10_000) if rank < len(MYRIADS) - 1 else (0, rest)
        if group:
            parts.append(f"{group}{MYRIADS[rank]}")
        rank += 1
    return "".join(reversed(parts))


def _english(number: float) -> str:
    """A number that is not negative with commas, from a million on to four digits: 5576000 -> 5.576 million."""
    rounded = float(f"{number:.4g}")
    for size, word in THOUSANDS:
        if rounded >= size:
            return f"{_plain(rounded / size)} {word}"
    whole, _, fraction = _plain(number).partition(".")
    return f"{int(whole):,}" + (f".{fraction}" if fraction else "")


def _pattern(attribute: Attribute, unit: str, lang: Language, labels: _Labels) -> tuple[str, str]:
    """What is written before and behind an amount in a unit."""
    by_attribute = labels.find(lang, "unit_of", attribute.id, unit)
    pattern = by_attribute or labels.find(lang, "unit", unit) or (f"{{}} {unit}".rstrip())
    before, _, behind = pattern.partition("{}")
    return before, behind


def _singular(unit: str, labels: _Labels) -> tuple[str, str] | None:
    table = labels.tables.get("unit", {}).get(unit, {})
    if "one" not in table:
        return None
    before, _, behind = str(table["one"]).partition("{}")
    return before, behind


def _several(low: float, high: float) -> int | None:
    """The power of ten that 数十, 数千, 数億 … name, where an interval is all that they leave open."""
    power = len(str(round(low))) - 1
    exact = low == 10**power and 10 ** (power + 1) - 1 <= high < 10 ** (power + 1)
    return power if power > 0 and exact else None


def _number_words(value: Value, attribute: Attribute, labels: _Labels, lang: Language) -> str:
    unit = value.unit or attribute.unit or (attribute.value if attribute.value in {"percent", "ratio", "rank"} else "")
    ends = [end for end in (value.low, value.high) if end] if unit == "ratio" else []
    parts = bool(ends) and all(map(_part, ends))
    hundredths = bool(ends) and not parts and max(ends) < SMALL_RATIO
    before, behind = ("", "") if parts else _pattern(attribute, "percent" if hundredths else unit, lang, labels)

    def amount(number: float) -> str:
        if parts:
            return (labels.find(lang, "amount", "part") or "1/{}").replace("{}", str(_part(number)))
        number *= 100 if hundredths else 1
        sign = "-" if number < 0 else ""
        return sign + before + (_japanese if lang == "ja" else _english)(abs(number))

    low, high = value.low, value.high
    # Of nothing to a bound is how the text's "less than" is kept.
    if high is not None and (low is None or (low == 0 and high > 0)):
        return _bound("at_most", "less", amount(high) + behind, value.text, labels, lang)
    if low is not None and high is None:
        return _bound("at_least", "more", amount(low) + behind, value.text, labels, lang)
    if low is None or high is None:
        return labels.amount("unknown", lang, "")
    if low == high:
        one = _singular(unit, labels) if lang == "en" and low == 1 else None
        words = one[0] + _english(low) + one[1] if one else amount(low) + behind
    else:
        words = _range_words(low, high, labels, lang, amount) + behind
    return labels.amount("about", lang, words) if value.approximate else words


def _range_words(low: float, high: float, labels: _Labels, lang: Language, amount: Callable[[float], str]) -> str:
    power = _several(low, high) if low > 0 else None
    several = labels.find(lang, "amount", "several")
    if power is not None and several:
        # 10 ** power begins with 1, which is silent before 十, 百, 千 and 万: 数十億, 数千, 数万.
        silent = {0: "", 1: "十", 2: "百", 3: "千"}[power % 4] + MYRIADS[power // 4]
        return several.replace("{}", silent)
    # Falls are written from the smaller to the larger: -5% to -13%.
    first, last = (high, low) if high <= 0 else (low, high)
    return f"{amount(first)}{'〜' if lang == 'ja' else ' to '}{amount(last)}"


def _bound(said: str, else_: str, amount: str, text: str | None, labels: _Labels, lang: Language) -> str:
    """An open amount: 以上 where the text's own words include the bound, 超 where they do not or are not known."""
    words = labels.tables.get("amount", {}).get(said, {}).get("said", ())
    inclusive = bool(text) and any(word in str(text) for word in words)
    return labels.amount(said if inclusive else else_, lang, amount)


def _day(day: dt.date, lang: Language, *, year: bool = True, month: bool = True) -> str:
    if lang == "ja":
        return (f"{day.year}年" if year else "") + (f"{day.month}月" if month else "") + f"{day.day}日"
    return " ".join(
        [str(day.day), *([MONTHS[day.month - 1]] if month else []), *([str(day.year)] if year else [])],
    )


def _month(day: dt.date, lang: Language) -> str:
    return f"{day.year}年{day.month}月" if lang == "ja" else f"{MONTHS[day.month - 1]} {day.year}"


def date_words(start: dt.date, end: dt.date, lang: Language) -> str:
    """An interval of days at the granularity it has: a day, days, whole months or whole years."""
    whole = start.day == 1 and end.day == calendar.monthrange(end.year, end.month)[1]
    years = whole and start.month == 1 and end.month == 12
    if start == end:
        return _day(start, lang)
    if years and start.year == end.year:
        return f"{start.year}年" if lang == "ja" else str(start.year)
    if years:
        return f"{start.year}〜{end.year}年" if lang == "ja" else f"{start.year}–{end.year}"
    if whole and (start.year, start.month) == (end.year, end.month):
        return _month(start, lang)
    same_year = start.year == end.year
    if whole:
        if lang == "ja":
            return _month(start, lang) + "〜" + (f"{end.month}月" if same_year else _month(end, lang))
        return f"{MONTHS[start.month - 1] if same_year else _month(start, lang)} to {_month(end, lang)}"
    same_month = same_year and start.month == end.month
    if lang == "ja":
        return f"{_day(start, lang)}〜{_day(end, lang, year=not same_year, month=not same_month)}"
    return f"{_day(start, lang, year=not same_year, month=not same_month)} to {_day(end, lang)}"


def value_words(value: Value, attribute: Attribute, seeds: Seeds, lang: Language) -> str:
    """A value in words: 約560万ドル, about $5.6 million; 2025年1月20日, 20 January 2025; 禁止, banned; a name.

    Args:
        value: the value as said.
        attribute: what it is a value of; gives the unit where the value has none, and the meaning of status words.
        seeds: where labels and names come from.
        lang: ``ja`` or ``en``.
    """
    labels = _labels(seeds)
    if value.numeric:
        return _number_words(value, attribute, labels, lang)
    if value.start is not None:
        words = date_words(value.start, value.end or value.start, lang)
        return labels.amount("about", lang, words) if value.approximate else words
    if not value.text:
        return labels.amount("unknown", lang, "")
    if attribute.value == "status":
        specific = labels.find(lang, "value_of", attribute.id, value.text)
        return specific or labels.find(lang, "value", value.text) or value.text
    return name_words(value.text, seeds, lang)


def _period_words(text: str, lang: Language) -> str | None:
    """A named period or a day (2025, 2025-Q1, 2025-02, 2025-02-28) in words; None where it is none."""
    match = _PERIOD.fullmatch(text)
    if not match:
        return None
    year, quarter, month, day = match.groups()
    if quarter:
        return f"{year}年第{quarter}四半期" if lang == "ja" else f"Q{quarter} {year}"
    try:
        first = dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    if day:
        return _day(first, lang)
    if month:
        return _month(first, lang)
    return f"{year}年" if lang == "ja" else year


def qualifier_words(attribute: Attribute, qualifiers: Mapping[str, str], seeds: Seeds, lang: Language) -> str:
    """The qualifiers that tell a claim from its neighbours, in the attribute's order: 韓国、政府・公的機関.

    Those that say nothing (``any``) and those that are no part of the claim's identity are left out; the result is
    empty where none remain.
    """
    labels = _labels(seeds)
    words: list[str] = []
    for name in attribute.key:
        said = qualifiers.get(name)
        if not said or said == UNTOLD:
            continue
        text = (
            labels.find(lang, "qualifier_value", name, said)
            or _period_words(said, lang)
            or name_words(said, seeds, lang)
        )
        words.append((labels.find(lang, "qualifier", name) or "{}").replace("{}", text))
    return ("、" if lang == "ja" else ", ").join(words)


def statement(
    subject: str,
    attribute: Attribute,
    qualifiers: Mapping[str, str],
    value: Value,
    seeds: Seeds,
    lang: Language,
) -> str:
    """A claim as one line.

    「DeepSeek-V3 の学習・開発費: 560万ドル」, "DeepSeek-V3: training or development cost $5.6 million"; what fits no
    attribute of the catalogue is its subject and its text.
    """
    who = subject_words(subject, seeds, lang)
    what = value_words(value, attribute, seeds, lang)
    where = qualifier_words(attribute, qualifiers, seeds, lang)
    if attribute.id not in seeds.attributes:
        return f"{who}: {what}"
    if lang == "ja":
        gap = " " if who[-1:].isascii() else ""
        return f"{who}{gap}の{attribute.ja}" + (f"({where})" if where else "") + f": {what}"
    name = attribute.en[:1].lower() + attribute.en[1:] if attribute.en[1:2].islower() else attribute.en
    return f"{who}: {name}" + (f" ({where})" if where else "") + f" {what}"
