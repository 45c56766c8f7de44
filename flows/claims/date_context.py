"""What the readers of dates share: the context in which a date stands, and the choice of its year."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable

from flows.claims import calendar
from flows.claims.numerals import number_at
from flows.claims.units import Units


@dataclasses.dataclass(slots=True)
class Context:
    """What has been said when a date is reached."""

    published: dt.date
    future: bool
    units: Units
    folded: str
    day: dt.date | None = None
    """The day named last."""
    latest: dt.date | None = None
    """The first day of the span named last."""
    sentence: int = 0
    """Where the sentence begins that ``told`` belongs to."""
    told: dt.date | None = None
    """The first day of the last span in this sentence that told its year."""
    day_told: dt.date | None = None
    """The last day in this sentence that told its month."""
    heading: tuple[dt.date, str] | None = None
    """The month or year that stands alone on a line above."""


Found = tuple[calendar.Span | None, str, bool, bool]
"""Days, granularity, explicit_year, relative: what a reader makes of a match, None where it is no date."""

Reader = tuple[re.Pattern[str], Callable[[re.Match[str], Context], Found | None]]
"""A pattern over folded text and what resolves its matches."""

NUMBER = r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
"""The number of a day, a month or a year of an era."""


def number_of(written: str | None) -> int:
    """A day, month or year's number, 0 where there is none."""
    number = number_at(written, 0) if written else None
    return int(number.low) if number else 0


def on_weekday(span: calendar.Span | None, weekday: str | None) -> bool:
    """Whether a span is a day of the week that the text gives with it; True where it gives none."""
    return span is not None and (weekday is None or span[0].weekday() == calendar.WEEKDAYS.index(weekday))


def nearest(candidates: list[calendar.Span | None], context: Context) -> calendar.Span | None:
    """Of spans in order, the last that began by the publication, or the first that does not end before it."""
    spans = [span for span in candidates if span]
    if context.future:
        return next((span for span in spans if span[1] >= context.published), spans[-1] if spans else None)
    return next((span for span in reversed(spans) if span[0] <= context.published), spans[0] if spans else None)


def years_around(context: Context) -> range:
    """The years in which what lacks its year may lie."""
    year = context.published.year
    if context.heading and context.heading[1] == "year":
        return range(context.heading[0].year, context.heading[0].year + 1)
    return range(year - 4, year + 5)


def of_year(make: Callable[[int], calendar.Span | None], context: Context) -> calendar.Span | None:
    """What lacks its year: of the year told before it in its sentence where it follows that, else the nearest."""
    if context.told and context.told.year != context.published.year:
        span = make(context.told.year)
        if span and span[0] >= context.told and span[0] <= context.published:
            return span
    return nearest([make(year) for year in years_around(context)], context)
