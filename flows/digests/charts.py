"""The pictures of a digest: what is drawn where, before SVG or PNG draws it; each with its text alternative."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import unicodedata
from collections.abc import Callable, Sequence

from flows.digests.addresses import claim_anchor
from flows.digests.phrases import Phrases
from flows.digests.text import clean
from flows.model import JST, Value
from flows.report import ClaimPoint, WeekChange

WIDTH = 400
"""In the drawing's own units, about pixels of a phone: what is wider would be too small to read there."""
_ROW = 46
_BARS = 236
_TREND = 290
_MOST_TOPICS = 12
_SMALL, _NORMAL = 11, 13


@dataclasses.dataclass(frozen=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    """A name of ``style.LIGHT``."""


@dataclasses.dataclass(frozen=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius: float
    colour: str


@dataclasses.dataclass(frozen=True)
class Stroke:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 1


@dataclasses.dataclass(frozen=True)
class Words:
    """A line of text; ``y`` is its baseline."""

    x: float
    y: float
    text: str
    size: int = _NORMAL
    colour: str = "text"
    anchor: str = "start"
    """``start``, ``middle`` or ``end``: what of it stands at ``x``."""


Shape = Box | Dot | Stroke | Words


@dataclasses.dataclass(frozen=True)
class Chart:
    """A drawing with its title and what it shows in words."""

    name: str
    title: str
    text: str
    """The text alternative: everything that the drawing tells."""
    height: float
    shapes: tuple[Shape, ...]
    width: float = WIDTH


def charts(phrases: Phrases) -> list[Chart]:
    """The pictures of a week: its topics, and how the numbers of its claims moved."""
    drawn = [_topics(phrases), *(_curve(phrases, change) for change in phrases.digest.curves)]
    return [chart for chart in drawn if chart is not None]


def text_width(text: str, size: float) -> float:
    """About how wide a text is: wide characters are square, others a little over half of it."""
    return sum(size if unicodedata.east_asian_width(c) in "WFA" else size * 0.58 for c in text)


def _fitting(text: str, size: float, width: float) -> str:
    line = clean(text, 100)
    if text_width(line, size) <= width:
        return line
    while line and text_width(line + "…", size) > width:
        line = line[:-1]
    return line + "…"


def _columns(pairs: Sequence[tuple[int, int]], base: float, unit: float) -> list[Shape]:
    """A pair of columns for each week, in their order."""
    step = (WIDTH - _TREND) / len(pairs)
    wide = (step - 3) / 2
    return [
        Box(_TREND + week * step + place * wide, base - max(count * unit, 1), wide, max(count * unit, 1), colour)
        for week, pair in enumerate(pairs)
        for place, (count, colour) in enumerate(zip(pair, ("one", "two"), strict=True))
    ]


def _topics(phrases: Phrases) -> Chart | None:
    """A row for each topic: the week's articles and claims as bars, and those of all weeks up to it as columns."""
    rows = phrases.topics()[:_MOST_TOPICS]
    labels, facts = phrases.labels, phrases.digest.facts
    if not rows:
        return None
    most = max(max(articles, claims) for _, articles, claims in rows)
    history = phrases.history()
    weeks = sorted({week for _, week in history})
    tallest = max((count for pair in history.values() for count in pair), default=1)
    shapes: list[Shape] = [
        Box(0, 4, 10, 10, "one"),
        Words(14, 14, labels("picture.articles"), _SMALL),
        Box(74, 4, 10, 10, "two"),
        Words(88, 14, labels("picture.claims"), _SMALL),
    ]
    if len(weeks) > 1:
        trend = labels("picture.trend", weeks=len(weeks))
        shapes.append(Words(WIDTH, 14, trend, _SMALL, "muted", "end"))
    for number, (topic, articles, claims) in enumerate(rows):
        top = 26 + number * _ROW
        shapes.append(Words(0, top + 12, _fitting(phrases.topic(topic), _NORMAL, _TREND - 10)))
        for place, (count, colour) in enumerate(((articles, "one"), (claims, "two"))):
            y = top + 18 + place * 11
            width = _BARS * count / most
            shapes.append(Box(0, y, max(width, 1), 9, colour))
            shapes.append(Words(max(width, 1) + 5, y + 9, str(count), _SMALL, "muted"))
        if len(weeks) > 1:
            shapes += _columns([history.get((topic, week), (0, 0)) for week in weeks], top + 38, 32 / tallest)
    told = labels.listed(
        labels("picture.topics_row", topic=phrases.topic(topic), articles=articles, claims=claims)
        for topic, articles, claims in rows
    )
    return Chart(
        name="topics",
        title=labels("picture.topics"),
        text=labels("picture.topics_text", week=facts.week, rows=told),
        height=26 + len(rows) * _ROW,
        shapes=tuple(shapes),
    )


def _middle(point: ClaimPoint) -> float:
    """Where a number is drawn: in the middle of its interval, at its bound where it is only said to be below it."""
    low, high = point.value.low, point.value.high
    assert low is not None
    assert high is not None
    return high if low == 0 else (low + high) / 2


_ROOM = 1.15
"""How much wider than our own font a reader's may set a word."""


def _telling(values: Sequence[float]) -> list[int]:
    """Which points to name first: the last, the first, the highest and the lowest, then the others."""
    first = [len(values) - 1, 0, values.index(max(values)), values.index(min(values))]
    return list(dict.fromkeys([*first, *range(len(values))]))


def _values(words: Sequence[str], values: Sequence[float], places: Sequence[tuple[float, float]]) -> list[Shape]:
    """The values at their points, those that tell most first, each where it covers no other."""
    named: list[tuple[float, float, float]] = []
    shapes: list[Shape] = []
    for number in _telling(values):
        half = _ROOM * text_width(words[number], _NORMAL) / 2
        x, y = places[number]
        if number and places[number - 1][1] < y:
            # The line falls to this point from above: the value stands beside it, not across it.
            x += (half + 6) * (-1 if number == len(values) - 1 else 1)
        x, y = min(max(x, half + 2), WIDTH - half - 2), y - 9
        if all(abs(x - other) > half + width + 4 or abs(y - level) > _NORMAL + 3 for other, level, width in named):
            named.append((x, y, half))
            shapes.append(Words(x, y, words[number], anchor="middle"))
    return shapes


def curve(
    name: str,
    title: str,
    text: str,
    points: Sequence[ClaimPoint],
    words: Callable[[Value], str],
    day: Callable[[dt.datetime], str],
) -> Chart:
    """Numbers over time, points with their values; steps between, since nobody said what was there.

    Args:
        name: an id within the page.
        title: what is drawn.
        text: the text alternative.
        points: one or more, each with both ends of its number.
        words: writes a value.
        day: writes a day.
    """
    left, right, top, bottom = 24.0, WIDTH - 24.0, 34.0, 150.0
    values = [_middle(point) for point in points]
    times = [point.at.timestamp() for point in points]
    wide, high = (times[-1] - times[0]) or 1.0, (max(values) - min(values)) or 1.0
    places = [
        (left + (right - left) * (time - times[0]) / wide, bottom - (bottom - top) * (value - min(values)) / high)
        for time, value in zip(times, values, strict=True)
    ]
    steps: list[tuple[float, float]] = [places[0]]
    for (_, before), (x, y) in itertools.pairwise(places):
        steps += [(x, before), (x, y)]
    shapes: list[Shape] = [
        Stroke(((left, bottom + 14), (right, bottom + 14)), "line"),
        Stroke(tuple(steps), "one", 2),
        *(Dot(x, y, 4, "one") for x, y in places),
    ]
    shapes += _values([clean(words(points[n].value), 24) for n in range(len(points))], values, places)
    for x, point, anchor in ((left, points[0], "start"), (right, points[-1], "end")):
        shapes.append(Words(x, bottom + 30, day(point.at), _SMALL, "muted", anchor))
    return Chart(name=name, title=title, text=text, height=bottom + 36, shapes=tuple(shapes))


def _curve(phrases: Phrases, change: WeekChange) -> Chart | None:
    """How a claim's numbers moved."""
    points = phrases.digest.facts.series.get(change.claim_id, ())
    if not points:
        return None
    labels = phrases.labels
    claim = phrases.statement(change)
    told = labels.listed(
        labels(
            "picture.curve_point",
            date=labels.day(point.at.astimezone(JST).date(), year=True),
            value=phrases.value(point.value, change),
            outlet=phrases.outlet(point.publisher),
        )
        for point in points
    )
    return curve(
        claim_anchor(change.claim_id),
        labels("picture.curve", claim=claim),
        labels("picture.curve_text", claim=claim, points=told),
        points,
        lambda value: phrases.value(value, change),
        phrases.day,
    )
