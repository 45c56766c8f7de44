"""What a text might claim: every number and every telling passage, with every attribute that it could be about.

Candidates are made generously and judged elsewhere (``choice.py``): each carries the score of the frame that proposed
it, its value, and where it stands; subject and qualifiers are filled for those that are chosen.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence, Set

from flows.claims.dates import DateSpan
from flows.claims.frames import Frame, fits, matches, number_score
from flows.claims.literals import Prefilter
from flows.claims.markup import Marked
from flows.claims.names import Mention
from flows.claims.quantities import Quantity
from flows.model import Value

_DATE_NEAR = 30


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A possible claim: an attribute, a value and a place."""

    frame: Frame
    index: int
    """The sentence's number."""
    start: int
    end: int
    """Masked positions of what states it: the number, the date, or the trigger."""
    value: Value
    score: float
    anchor: str
    """What it hangs on: candidates with the same anchor exclude each other."""
    told: dict[str, str] = dataclasses.field(default_factory=dict)
    """Qualifiers that the pattern itself named."""
    subject: str | None = None
    """The subject, where the pattern itself named it."""
    past: bool = False


def number_value(frame: Frame, quantity: Quantity) -> Value | None:
    """A number as the value of an attribute: in its unit, signed for falls; None where it cannot be one."""
    low, high, unit = quantity.low, quantity.high, quantity.unit
    kind = frame.attribute.value
    if kind == "ratio" and quantity.kind == "percent":
        low, high = _times(low, 0.01), _times(high, 0.01)
    elif kind == "percent" and quantity.kind == "ratio":
        if low is None or not 0 < low < 1:
            return None
        low, high = _times(low, 100), _times(high, 100)
        low, high = (None if high is None else 100 - high), (None if low is None else 100 - low)
    elif kind == "duration":
        low, high = quantity.days
        if frame.attribute.unit == "years":
            low, high = _times(low, 1 / 365), _times(high, 1 / 365)
    if quantity.maximum and kind == "count" and high is not None:
        low = high
    if frame.signed:
        leaning = quantity.delta or quantity.leaning
        if leaning < 0:
            low, high = (None if high is None else -high), (None if low is None else -low)
        elif leaning == 0:
            return None
    if kind != "money":
        unit = frame.attribute.unit or kind
    return Value(
        low=None if low is None else round(float(low), 9),
        high=None if high is None else round(float(high), 9),
        unit=unit,
        text=quantity.text,
        approximate=quantity.approximate,
    )


def _times(number: float | None, factor: float) -> float | None:
    return None if number is None else number * factor


def candidates(marked: Sequence[Marked], frames: Sequence[Frame], prefilter: Prefilter) -> Iterator[Candidate]:
    """All candidates of an article, sentence by sentence; the prefilter is that of the frames."""
    for sentence in marked:
        possible = prefilter.possible(sentence.masked)
        numbers = [(p, i) for p, i in sentence.ordered if isinstance(i, Quantity)]
        dates = [(p, i) for p, i in sentence.ordered if isinstance(i, DateSpan)]
        for frame in frames:
            if numbers and frame.cues and frame.kinds and frame.asks <= possible:
                yield from _of_numbers(frame, sentence, numbers)
            if dates and frame.cues and frame.attribute.value == "date" and not frame.asks.isdisjoint(possible):
                yield from _of_dates(frame, sentence, dates)
            if not frame.tells.isdisjoint(possible):
                yield from _of_matches(frame, sentence, possible)


def _of_numbers(frame: Frame, sentence: Marked, numbers: Sequence[tuple[int, Quantity]]) -> Iterator[Candidate]:
    for position, quantity in numbers:
        if not fits(frame, quantity):
            continue
        score = number_score(frame, sentence, position)
        value = number_value(frame, quantity) if score > 0 else None
        if value:
            yield Candidate(
                frame,
                sentence.index,
                position,
                position + 1,
                value,
                score,
                f"number:{sentence.index}:{position}",
                past=quantity.from_to == "from",
            )


def _of_dates(frame: Frame, sentence: Marked, dates: Sequence[tuple[int, DateSpan]]) -> Iterator[Candidate]:
    for position, span in dates:
        score = number_score(frame, sentence, position)
        for match in frame.cues[0].finditer(sentence.masked):
            distance = match.start() - position - 1 if match.start() > position else position - match.end()
            if 0 <= distance <= _DATE_NEAR:
                between = sentence.masked[min(position, match.end()) : max(position, match.start())]
                score = max(score, 0.9 - 0.012 * distance - 0.12 * between.count("、"))
        if frame.reject and frame.reject.search(sentence.masked):
            score *= 0.45
        if score > 0:
            value = Value(start=span.first, end=span.last, text=span.text)
            anchor = f"date:{sentence.index}:{position}"
            yield Candidate(frame, sentence.index, position, position + 1, value, score, anchor)


def _of_matches(frame: Frame, sentence: Marked, possible: Set[str]) -> Iterator[Candidate]:
    seen: set[tuple[str | None, int]] = set()
    claimed: list[tuple[int, int]] = []
    for status, match in matches(frame, sentence.masked, possible):
        groups = match.groupdict()
        position = match.start("value") if groups.get("value") is not None else match.start()
        if status is not None and any(match.start() < end and start < match.end() for start, end in claimed):
            continue
        if (status, position) in seen:
            continue
        seen.add((status, position))
        value = Value(text=status) if status is not None else _matched_value(frame, sentence, match)
        if value is None:
            continue
        claimed.append((match.start(), match.end()))
        told = {}
        subject = None
        for role, text in groups.items():
            item = sentence.items.get(match.start(role)) if text else None
            if role == "subject" and isinstance(item, Mention):
                subject = item.entity
            elif role != "value" and isinstance(item, Mention):
                told[role] = item.entity
        anchor = f"{frame.attribute.id}:{sentence.index}:{position if status is None else match.start()}"
        if value.numeric:
            anchor = f"number:{sentence.index}:{position}"
        score = 0.8 if status is not None else 0.85
        yield Candidate(frame, sentence.index, match.start(), match.end(), value, score, anchor, told, subject)


def _matched_value(frame: Frame, sentence: Marked, match: re.Match[str]) -> Value | None:
    start = match.start("value")
    item = sentence.items.get(start)
    if isinstance(item, Quantity):
        return number_value(frame, item) if fits(frame, item) else None
    if isinstance(item, Mention):
        return Value(text=item.entity)
    low, high = sentence.original(match.start("value"), match.end("value"))
    words = sentence.sentence.text[low - sentence.start : high - sentence.start].strip("「」『』 、")
    return Value(text=words) if words else None
