"""Reads ``units.toml`` of a seeds folder: how amounts are written, compiled once for the quantity parser."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from flows.claims.numerals import fold
from seeds.loader import SeedsError


@dataclasses.dataclass(frozen=True, slots=True)
class Unit:
    """What stands behind (or, for money, before) a number."""

    kind: str
    """``money``, ``count``, ``percent``, ``ratio``, ``rank``, ``duration``, or ``none``: the number is no amount."""
    unit: str | None
    factor: float = 1.0
    """What the number is multiplied with: 0.01 for cents."""


@dataclasses.dataclass(frozen=True, slots=True)
class Word:
    """A word that is an amount by itself: 半分, 首位."""

    kind: str
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    delta: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Units:
    """A ``units.toml``, its word lists compiled to patterns over folded text."""

    after: Mapping[str, Unit]
    before: Mapping[str, Unit]
    words: Mapping[str, Word]
    days: Mapping[str, float]
    """Unit of duration -> its days."""
    follow: Mapping[str, re.Pattern[str]]
    """年, 日, 分 -> what makes a duration of them when it stands behind."""
    letters_before: frozenset[str]
    unit_pattern: re.Pattern[str]
    before_pattern: re.Pattern[str]
    word_pattern: re.Pattern[str]
    none_words: re.Pattern[str]
    hedge_before: re.Pattern[str]
    """Groups ``approximate``, ``low``, ``high``, ``maximum``; anchored at the end of what is searched."""
    hedge_after: re.Pattern[str]
    """Groups ``approximate``, ``low``, ``high``."""
    verb_after: re.Pattern[str]
    """Groups ``low``, ``high``."""
    not_after: re.Pattern[str]
    move_after: re.Pattern[str]
    """Groups ``down``, ``up``."""
    move_before: re.Pattern[str]
    """Groups ``down``, ``up``; anchored at the end."""
    measure_before: re.Pattern[str]
    """Groups ``down``, ``up``; anchored at the end."""
    leaning: re.Pattern[str]
    """Words of a sentence that tell which way an amount in it moves, where nothing beside it does."""
    not_moves: re.Pattern[str]
    lost: re.Pattern[str]
    per_after: re.Pattern[str]
    per_noun: re.Pattern[str]
    """Anchored at the end, with an opening bracket."""
    not_a_day: re.Pattern[str]
    not_a_year: re.Pattern[str]
    a_days_worth: re.Pattern[str]
    """Behind 1日, where it is no date."""
    a_date_still: re.Pattern[str]
    tenure_before: re.Pattern[str]
    """Anchored at the end: 経験, 過去."""
    lunar_new_year: tuple[dt.date, ...]


def _any(spellings: Iterable[str]) -> str:
    """Alternatives, the longest first; matches nothing where there are none."""
    ordered = sorted({fold(spelling) for spelling in spellings}, key=lambda s: (-len(s), s))
    return "|".join(map(re.escape, ordered)) or "(?!)"


def _units_after(raw: Mapping[str, Any]) -> dict[str, Unit]:
    found: dict[str, Unit] = {}

    def put(spellings: Iterable[str], unit: Unit) -> None:
        found.update({fold(spelling): unit for spelling in spellings})

    put(raw["none"]["counters"], Unit("none", None))
    for kind in ("percent", "ratio", "rank"):
        for unit, spellings in raw[kind].items():
            put(spellings, Unit(kind, unit))
    for unit, spellings in raw["count"].items():
        put(spellings, Unit("count", unit or None))
    for unit, duration in raw["duration"].items():
        put(duration["spellings"], Unit("duration", unit))
    for code, spellings in raw["money"]["after"].items():
        put(spellings, Unit("money", code))
    for code, spellings in raw["money"]["hundredths"].items():
        put(spellings, Unit("money", code, 0.01))
    put(["割"], Unit("percent", "percent", 10))
    put(["分"], Unit("duration", "minutes"))
    return found


def _compile(raw: Mapping[str, Any]) -> Units:
    after = _units_after(raw)
    before = {
        fold(spelling): Unit("money", code)
        for code, spellings in raw["money"]["before"].items()
        for spelling in spellings
    }
    bounds, delta, per, calendar = raw["bounds"], raw["delta"], raw["per"], raw["calendar"]
    # A Latin unit ends where the letters end: 5M is no 5 metres, GPUs no GPU.
    border = r"(?<![A-Za-z])|(?![A-Za-z])"
    return Units(
        after=after,
        before=before,
        words={fold(word): Word(**entry) for word, entry in raw["words"].items()},
        days={unit: float(duration["days"]) for unit, duration in raw["duration"].items()},
        follow={unit: re.compile(_any(words)) for unit, words in raw["follow"].items()},
        letters_before=frozenset(raw["none"]["letters_before"]),
        unit_pattern=re.compile(rf" ?({_any(after)})(?:{border})"),
        before_pattern=re.compile(rf"(?<![A-Za-z])({_any(before)}) ?$"),
        word_pattern=re.compile(rf"(?<![何幾])(?:{_any(raw['words'])})"),
        none_words=re.compile(_any(raw["none"]["words"])),
        hedge_before=re.compile(
            rf"(?:(?P<approximate>{_any(bounds['approximate_before'])})|(?P<low>{_any(bounds['low_before'])})"
            rf"|(?P<high>{_any(bounds['high_before'])}))[、\s]?$"
        ),
        hedge_after=re.compile(
            rf"(?P<approximate>{_any(bounds['approximate_after'])})|(?P<low>{_any(bounds['low_after'])})"
            rf"|(?P<high>{_any(bounds['high_after'])})"
        ),
        verb_after=re.compile(rf"(?P<low>{_any(bounds['low_verbs'])})|(?P<high>{_any(bounds['high_verbs'])})"),
        not_after=re.compile(_any(bounds["not_after"])),
        move_after=re.compile(
            rf"(?:の|を|も|が|分)?(?:大幅に?|大きく|急激に|一気に|ずつ|一時)?の?"
            r"(?:(?:わずか|たった)?(?:[1一][日晩夜]|数日|一瞬|瞬時)(?:で|のうちに|にして|に))?"
            rf"(?:(?P<down>{_any(delta['down'])})|(?P<up>{_any(delta['up'])}))"
        ),
        move_before=re.compile(
            rf"(?:(?P<down>{_any(delta['down_before'])})|(?P<up>{_any(delta['up_before'])}))(?:は|が|:|=|の| )?$"
        ),
        measure_before=re.compile(
            rf"(?:(?P<down>{_any(delta['down_measures'])})|(?P<up>{_any(delta['up_measures'])}))"
            r"(?:[はがも:=の ]|では)*(?:[^、。0-9]{0,16}[がはで])?$"
        ),
        leaning=re.compile(rf"(?P<down>{_any(delta['down_far'])})|(?P<up>{_any(delta['up_far'])})"),
        not_moves=re.compile(_any(delta["not_moves"])),
        lost=re.compile(
            rf"(?:相当|分)?の?(?:{_any(delta['lost_nouns'])})[^、。]{{0,12}}?(?:{_any(delta['lost_near'])})"
        ),
        per_after=re.compile(rf" ?(?:{_any(per['after'])})"),
        per_noun=re.compile(rf"(?:{_any(per['nouns'])})\($"),
        not_a_day=re.compile(_any(calendar["not_a_day"])),
        a_days_worth=re.compile(_any(calendar.get("a_days_worth", ()))),
        a_date_still=re.compile(_any(calendar["a_date_still"])),
        not_a_year=re.compile(_any(calendar["not_a_year"])),
        tenure_before=re.compile(rf"(?:{_any(calendar['tenure_before'])})$"),
        lunar_new_year=tuple(calendar["lunar_new_year"]),
    )


@functools.cache
def load_units(folder: Path) -> Units:
    """The ``units.toml`` of a seeds folder.

    Raises:
        SeedsError: it is missing, is no TOML, or lacks a table that is needed.
    """
    path = folder / "units.toml"
    try:
        return _compile(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise SeedsError(f"{path} is missing: KAWARABAN_SEEDS must name a folder that holds it") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SeedsError(f"{path} cannot be read as TOML: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise SeedsError(f"{path} lacks something or has it in another form: {error}") from error
