"""Everything in a text that a claim could hang on, generously: numbers, dates, names, likely names, whole sentences.

A number may be the value of every attribute whose unit it fits, a name the value or the actor of every attribute that
takes such names, a sentence may tell every status. Which of them tell something is decided elsewhere (``scorer.py``);
what is not proposed here can never be found.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set

from flows.claims.candidates import number_value
from flows.claims.dates import DateSpan
from flows.claims.frames import Frame, fits
from flows.claims.markup import MASKS, Item, Marked, kind_of
from flows.claims.quantities import Quantity
from flows.model import Value


@dataclasses.dataclass(frozen=True)
class Anchor:
    """A place in a sentence that a claim could hang on."""

    index: int
    """The sentence's number."""
    start: int
    end: int
    """Masked positions."""
    kind: str
    """``number``, ``date``, ``name``, ``run`` (what may be a name), ``quote`` or ``sentence``."""
    item: Item | None = None
    name: str = ""
    """The entity's id, or the name as the text has it."""

    @property
    def slot(self) -> str:
        """What decides which attributes it could tell: its kind, for a name what it names."""
        return kind_of(self.item) if self.kind == "name" and self.item is not None else self.kind


@dataclasses.dataclass(frozen=True)
class Option:
    """One attribute, with one value, that an anchor could tell."""

    frame: Frame
    label: str
    """The attribute's id, for a status with the status behind a colon."""
    value: Value


Trim = Callable[[str, int], tuple[int, str] | None]
_PLACE = MASKS["place"]
_RUN = re.compile(
    rf"[{_PLACE}]?(?:・|の(?=国|[一-鿿]{{0,8}}当局))?(?:(?<![ぁ-ねは-んァ-ヺー一-鿿])[ぁ-ん]{{2,4}}(?=[ァ-ヺ一-鿿]))?"
    r"[一-鿿々ァ-ヺA-Za-z][一-鿿々ァ-ヺーA-Za-z0-9・ヶケ&.-]{1,18}"
    r"(?=[」』]?(?:[(（]|は|が|も|では|でも|に|で|と|や|、|の|を|様|さま|$|:|：|――|,))"
)


_QUOTE = re.compile(r"[「『“]([^「」『』“”、。]{1,30})[」』”]")


@dataclasses.dataclass(frozen=True)
class _Slot:
    """What one kind of anchor could tell: a status, or an attribute whose value the anchor is."""

    place: int
    """Where it stands in the catalogue."""
    frame: Frame
    option: Option | None
    """The option where it is the same for every anchor: a status."""


class Slots:
    """The frames of a seeds folder, ordered by what they hang on."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        """Sorts the frames."""
        self.numeric = [f for f in frames if f.kinds]
        self.dated = [f for f in frames if f.attribute.value == "date"]
        self.entity = [f for f in frames if f.attribute.value == "entity" and f.names]
        self.acting = [f for f in frames if f.role]
        self.status = [f for f in frames if f.attribute.value == "status"]
        self._kinds: dict[str, dict[str, _Slot]] = {}

    def options(self, anchor: Anchor, wanted: Set[str] | None = None) -> list[Option]:
        """What an anchor could tell, in the catalogue's order; of the wanted labels only, where they are given."""
        slots = self._slots(anchor.slot)
        chosen: Iterable[str] = slots
        if wanted is not None:
            chosen = sorted(slots.keys() & wanted, key=lambda label: slots[label].place)
        options = (slots[label].option or _option(slots[label].frame, anchor) for label in chosen)
        return [option for option in options if option is not None]

    def labels(self, slot: str) -> Set[str]:
        """The labels that anchors with a ``slot`` can have."""
        return self._slots(slot).keys()

    def _slots(self, slot: str) -> dict[str, _Slot]:
        if slot not in self._kinds:
            self._kinds[slot] = self._slots_of(slot)
        return self._kinds[slot]

    def _slots_of(self, kind: str) -> dict[str, _Slot]:
        """Label -> slot for ``number``, ``date``, ``quote``, ``sentence``, ``run`` or a kind of names."""
        valued: Sequence[Frame] = ()
        told: Sequence[Frame] = ()
        if kind == "number":
            valued = self.numeric
        elif kind == "date":
            valued = self.dated
        elif kind == "sentence":
            told = self.status
        else:
            valued = [f for f in self.entity if kind in f.names]
            acts = "organization" if kind in {"run", "pronoun"} else kind
            told = [f for f in self.acting if acts in f.names and kind != "quote"]
        found: list[tuple[str, Frame, Option | None]] = [(f.attribute.id, f, None) for f in valued]
        found += [(option.label, f, option) for f in told for option in _statuses(f)]
        return {label: _Slot(place, frame, option) for place, (label, frame, option) in enumerate(found)}


def _option(frame: Frame, anchor: Anchor) -> Option | None:
    """The attribute with the anchor as its value; None where a number does not fit it."""
    item = anchor.item
    value: Value | None = Value(text=anchor.name)
    if isinstance(item, Quantity):
        value = number_value(frame, item) if fits(frame, item) else None
    elif isinstance(item, DateSpan):
        value = Value(start=item.first, end=item.last, text=item.text)
    return Option(frame, frame.attribute.id, value) if value is not None else None


def _statuses(frame: Frame) -> list[Option]:
    return [Option(frame, f"{frame.attribute.id}:{said}", Value(text=said)) for said in frame.attribute.values]


def anchors(marked: Sequence[Marked], slots: Slots, company: str, trim: Trim) -> Iterator[Anchor]:
    """All anchors of an article, sentence by sentence; names of the subject company itself are none.

    ``trim`` frees an open name, with its position, of the words around it; None where it is no name.
    """
    for sentence in marked:
        hinted = any(f.hints is None or f.hints.search(sentence.masked) for f in slots.acting)
        for position, item in sentence.ordered:
            if isinstance(item, Quantity):
                yield Anchor(sentence.index, position, position + 1, "number", item)
            elif isinstance(item, DateSpan):
                yield Anchor(sentence.index, position, position + 1, "date", item)
            elif item.entity != company:
                yield Anchor(sentence.index, position, position + 1, "name", item, item.entity)
        if hinted:
            yield from likely_names(sentence, trim)
        if any(f.hints and "quote" in f.names and f.hints.search(sentence.masked) for f in slots.entity):
            yield from _quoted(sentence)
        yield Anchor(sentence.index, 0, len(sentence.masked), "sentence")


def _quoted(sentence: Marked) -> Iterator[Anchor]:
    """Titles in quotation marks that no list knows: 「いずみR1」."""
    for match in _QUOTE.finditer(sentence.masked):
        low, high = sentence.original(match.start(1), match.end(1))
        name = sentence.sentence.text[low - sentence.start : high - sentence.start]
        yield Anchor(sentence.index, match.start(1), match.end(1), "quote", None, name)


def likely_names(sentence: Marked, trim: Trim) -> Iterator[Anchor]:
    """Runs of characters that stand where a name would stand, without the words for what it is (クラウド会社…)."""
    for match in _RUN.finditer(sentence.masked):
        low, high = sentence.original(match.start(), match.end())
        trimmed = trim(sentence.sentence.text[low - sentence.start : high - sentence.start], low)
        if trimmed is None:
            continue
        first, name = trimmed
        start = match.start() if first == low else sentence.place(first)
        yield Anchor(sentence.index, start, match.end(), "run", None, name)
