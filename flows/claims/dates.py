"""Dates in Japanese text, absolute and relative, as spans of days resolved against the day of publication.

Spans never say more than the text does: 「2025年1月」 is the whole month, 「昨年末」 December. What the calendar calls
things is in :mod:`flows.claims.calendar`, which words turn 15年 or 3日 into durations in ``units.toml``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterator

from flows.claims import date_figures, date_words
from flows.claims.date_context import Context, Found, Reader
from flows.claims.numerals import fold
from flows.claims.units import Units, load_units
from flows.model import JST
from seeds.loader import BUNDLED

_OPENING = {"【", "[", "<", "〈", "(", "《"}
_CLOSING = re.compile(r"[】\]>〉)》]")
"""A month or year in brackets at the beginning of a line heads what follows as one that stands alone does."""
_READERS: list[Reader] = [*date_figures.READERS, *date_words.READERS]


@dataclasses.dataclass(frozen=True, slots=True)
class DateSpan:
    """A time that a text names, as the days from ``first`` to ``last``."""

    start: int
    end: int
    """Code points of the text that was parsed."""
    first: dt.date
    last: dt.date
    granularity: str
    """``day``, ``days``, ``week``, ``part`` (of a month), ``month``, ``season``, ``quarter``, ``half`` (and other
    parts of a year) or ``year``."""
    text: str
    explicit_year: bool
    """Whether the text itself tells the year, in figures or as 昨年."""
    relative: bool
    """Whether it is told from another day: 昨日, 5日後, 先月."""


def parse(
    text: str, published: dt.date | dt.datetime, prefer: str = "past", units: Units | None = None
) -> list[DateSpan]:
    """All dates of a text, in order, without overlap. Never raises, whatever the text.

    What lacks its year or month is the nearest that fits: the last one up to the publication, or, with ``prefer``
    ``"future"``, the next one from it on (for 「3月に公開する予定」; both parses find the same places). A day or month
    told together with an earlier one follows it. 「1日で」, 「3日間」, 「前日比」 and 「24時間」 are no dates.

    Args:
        text: any text; it need not be normalized.
        published: when it was published; an aware time is read in Japan.
        prefer: ``"past"`` or ``"future"``.
        units: the words of ``units.toml``; those that come with the program where None.
    """
    if isinstance(published, dt.datetime):
        published = (published.astimezone(JST) if published.tzinfo else published).date()
    folded = fold(text)
    context = Context(published, prefer == "future", units or load_units(BUNDLED), folded)
    spans: list[DateSpan] = []
    for match, resolve in _matches(folded):
        if spans and match.start() < spans[-1].end:
            continue
        if match.start() > context.sentence and re.search(r"[。\n]", folded[context.sentence : match.start()]):
            context.told = context.day_told = None
        context.sentence = match.start()
        found = resolve(match, context)
        if not found:
            continue
        days, granularity, explicit, relative = found
        if not days:
            continue
        first, last = days
        spans.append(DateSpan(*match.span(), first, last, granularity, text[slice(*match.span())], explicit, relative))
        _remember(context, spans[-1])
    return spans


def _matches(folded: str) -> Iterator[tuple[re.Match[str], Callable[[re.Match[str], Context], Found | None]]]:
    """The matches of all patterns by position, the longest first where several begin together."""
    found = [
        (match.start(), -match.end(), order, match, resolve)
        for order, (pattern, resolve) in enumerate(_READERS)
        for match in pattern.finditer(folded)
    ]
    found.sort(key=lambda entry: entry[:3])
    return ((match, resolve) for _, _, _, match, resolve in found)


def _remember(context: Context, span: DateSpan) -> None:
    context.latest = span.first
    if span.granularity == "day":
        context.day = span.first
        if "月" in span.text:
            context.day_told = span.first
    if span.explicit_year:
        context.told = span.first
    line = context.folded.rfind("\n", 0, span.start) + 1
    end = context.folded.find("\n", span.end)
    rest = context.folded[line : span.start] + context.folded[span.end : end if end >= 0 else None]
    alone = not rest.strip(" 【】[]()<>〈〉■◆#*:")
    marked = context.folded[line : span.start].strip(" ■◆#*・") in _OPENING and _CLOSING.match(context.folded, span.end)
    if span.granularity in {"month", "year"} and (alone or marked):
        context.heading = (span.first, span.granularity)
