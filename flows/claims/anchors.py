"""Everything in a text that a claim could hang on, generously: numbers, dates, names, likely names, whole sentences.

A number may be the value of every attribute whose unit it fits, a name the value or the actor of every attribute that
takes such names, a sentence may tell every status. Which of them tell something is decided elsewhere (``scorer.py``);
what is not proposed here can never be found.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence

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
    rf"[{_PLACE}]?(?:・|の(?=国))?(?:(?<![ぁ-ねは-んァ-ヺー一-鿿])[ぁ-ん]{{2,4}}(?=[ァ-ヺ一-鿿]))?"
    r"[一-鿿々ァ-ヺA-Za-z][一-鿿々ァ-ヺーA-Za-z0-9・ヶケ&.-]{1,18}"
    r"(?=[」』]?(?:[(（]|は|が|も|では|でも|に|で|と|や|、|の|を|様|さま|$|:|：|――|,))"
)


_QUOTE = re.compile(r"[「『“]([^「」『』“”、。]{1,30})[」』”]")


class Slots:
    """The frames of a seeds folder, ordered by what they hang on."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        """Sorts the frames."""
        self.numeric = [f for f in frames if f.kinds]
        self.dated = [f for f in frames if f.attribute.value == "date"]
        self.entity = [f for f in frames if f.attribute.value == "entity" and f.names]
        self.acting = [f for f in frames if f.role]
        self.status = [f for f in frames if f.attribute.value == "status"]
        self._statuses = {f.attribute.id: _statuses(f) for f in self.status}
        self._of_sentences = [option for f in self.status for option in self._statuses[f.attribute.id]]

    def options(self, anchor: Anchor) -> list[Option]:
        """What an anchor could tell, in the catalogue's order."""
        item = anchor.item
        if isinstance(item, Quantity):
            numbers = ((f, number_value(f, item)) for f in self.numeric if fits(f, item))
            return [Option(f, f.attribute.id, value) for f, value in numbers if value is not None]
        if isinstance(item, DateSpan):
            value = Value(start=item.first, end=item.last, text=item.text)
            return [Option(f, f.attribute.id, value) for f in self.dated]
        if anchor.kind == "quote":
            return [Option(f, f.attribute.id, Value(text=anchor.name)) for f in self.entity if "quote" in f.names]
        if anchor.kind == "sentence":
            return self._of_sentences
        kind = kind_of(item) if item is not None else "organization"
        found = [
            Option(f, f.attribute.id, Value(text=anchor.name))
            for f in self.entity
            if item is not None and kind in f.names
        ]
        if kind == "pronoun":
            kind = "organization"
        acting = (f for f in self.acting if kind in f.names)
        return found + [option for f in acting for option in self._statuses[f.attribute.id]]


def _statuses(frame: Frame) -> list[Option]:
    return [Option(frame, f"{frame.attribute.id}:{said}", Value(text=said)) for said in frame.attribute.values]


def anchors(marked: Sequence[Marked], slots: Slots, company: str, trim: Trim) -> Iterator[Anchor]:
    """All anchors of an article, sentence by sentence; names of the subject company itself are none.

    ``trim`` frees an open name, with its position, of the words around it; None where it is no name.
    """
    for sentence in marked:
        hinted = any(f.hints is None or f.hints.search(sentence.masked) for f in slots.acting)
        for position, item in sorted(sentence.items.items()):
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
