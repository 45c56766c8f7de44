"""Which of a page's blocks are its article: trafilatura's choice, put back into the page's own tree and made whole.

trafilatura tells where the text is; the tree tells what belongs to it. The smallest element that holds most of what
trafilatura found is the core; the lines that carry it show how the article sets its paragraphs. Lines set like them
stay, others have to show that they belong. So dropped lists, tables, headings and leads come back, and profiles,
pitches, captions and lists of other articles go.
"""

from __future__ import annotations

import collections
import dataclasses
import re
from collections.abc import Iterable, Sequence

import trafilatura
from lxml.html import HtmlElement

from flows.reading.blocks import Block, blocks_of, compact
from flows.reading.cleaning import GUARD, MAX_LINE, CleaningRules, folded

CORE_SHARE = 0.8
"""The core holds at least this share of the article's sentences."""

KIND_SHARE = 0.15
"""A way of setting that carries at least this share of the core is one of the article's own."""

UNFOUND = 0.3
"""What a sentence weighs that trafilatura did not choose."""

TRUSTED = 100
"""How many characters trafilatura has to find before its choice counts."""

PITCH_REACH = 12
"""A pitch that stands more lines behind the text than this is none of the article's."""

REPEATED = 24
"""A line of this length that was there before is not the article's a second time."""

PARAGRAPHS = frozenset({"p", "li", "dd", "dt", "blockquote", "pre"})
"""Elements that hold a paragraph, never an article."""

MIN_SENTENCE, MIN_LEAD = 12, 30
_SENTENCE = re.compile(r"[。！？｡]|[!?][」』）)]?$|[」』）)…]$|[a-z]\.(?:\s|$)")
_ENDED = re.compile(r"[。！？｡]$")


@dataclasses.dataclass(frozen=True, slots=True)
class Body:
    """An article's lines and what was seen about where they break off."""

    lines: tuple[str, ...]
    pitched: bool = False
    """Whether the page asks to pay or to log in for the rest."""
    teased: bool = False
    """Whether the text says that it goes on elsewhere."""


def find_body(tree: HtmlElement, title: str, rules: CleaningRules) -> Body:
    """The article's lines on a page.

    Args:
        tree: the page; boxes that are no part of the article are taken out of it.
        title: the article's title, for telling where the text begins.
        rules: the patterns of the seeds folder.
    """
    blocks = blocks_of(tree, rules.is_box, rules.is_stamp)
    blocks, boxes = _unboxed(blocks)
    wanted = compact(folded(title))
    masses = _masses(blocks, _found(tree, boxes), wanted, rules)
    core = _core(tree, blocks, masses)
    return _Choice(blocks, masses, core, wanted, rules).body()


def _sentence_mass(block: Block) -> int:
    """How many characters of running text a line has: none where it is short or mostly a link."""
    size = len(block.text) - block.linked
    if size < MIN_SENTENCE or block.linked * 2 > len(block.text) or block.figure:
        return 0
    return size if _SENTENCE.search(block.text) else size // 4


def _unboxed(blocks: list[Block]) -> tuple[list[Block], list[HtmlElement]]:
    """The blocks with the boxes that are none taken off, and the boxes that are."""
    inside: dict[HtmlElement, int] = {}
    total = 0
    for block in blocks:
        mass = _sentence_mass(block)
        total += mass
        for box in block.boxes:
            inside[box] = inside.get(box, 0) + mass
    false_boxes = {box for box, mass in inside.items() if mass and mass >= GUARD * total}
    if false_boxes:
        for block in blocks:
            block.boxes = tuple(box for box in block.boxes if box not in false_boxes)
    return blocks, [box for box in inside if box not in false_boxes]


def _found(tree: HtmlElement, boxes: Iterable[HtmlElement]) -> str:
    """What trafilatura takes for the text, without white space; empty where it finds nothing to speak of."""
    for box in boxes:
        if box.getparent() is not None:
            box.drop_tree()
    document = trafilatura.bare_extraction(
        tree, fast=True, with_metadata=False, include_comments=False, include_tables=True, favor_recall=True
    )
    text = compact(getattr(document, "text", None) or "")
    return text if len(text) >= TRUSTED else ""


def _masses(blocks: Sequence[Block], found: str, title: str, rules: CleaningRules) -> list[float]:
    """What each block weighs as a part of the article: sentences, and what else trafilatura took for text."""
    return [0.0 if block.boxes else _weight(block, found, title, rules) for block in blocks]


def _weight(block: Block, found: str, title: str, rules: CleaningRules) -> float:
    mass = float(_sentence_mass(block))
    if not mass:
        return 0.0
    line = folded(block.text)
    sentence = _SENTENCE.search(block.text) is not None
    if rules.is_alien(line) or (not sentence and rules.is_chatter(line)) or compact(line) == title:
        return 0.0
    if found and compact(block.text)[:60] not in found:
        return mass * UNFOUND if sentence else 0.0
    return mass


def _core(tree: HtmlElement, blocks: Sequence[Block], masses: Sequence[float]) -> HtmlElement:
    """The smallest element that holds most of the article's sentences."""
    weights: dict[HtmlElement, float] = {}
    for block, mass in zip(blocks, masses, strict=True):
        if mass:
            for element in block.path:
                weights[element] = weights.get(element, 0.0) + mass
    core = tree.find("body")
    needed = CORE_SHARE * weights.get(core, 0.0)
    while needed:
        best = max(core, key=lambda child: weights.get(child, 0.0), default=None)
        if best is None or weights.get(best, 0.0) < needed:
            break
        core = best
    lines = sum(1 for block in blocks if core in block.path)
    if core.getparent() is not None and core.tag != "body" and (core.tag in PARAGRAPHS or lines == 1):
        return core.getparent()
    return core


class _Choice:
    """Goes through the blocks in order and decides on each."""

    def __init__(
        self, blocks: Sequence[Block], masses: Sequence[float], core: HtmlElement, title: str, rules: CleaningRules
    ) -> None:
        self.blocks, self.masses, self.core, self.rules = blocks, masses, core, rules
        self.title = title
        kinds: collections.Counter[tuple[str, str]] = collections.Counter()
        parents: dict[HtmlElement, float] = {}
        for block, mass in zip(blocks, masses, strict=True):
            if mass and core in block.path:
                kinds[block.kind] += round(mass)
                parent = block.element if block.element is core else block.path[-2]
                parents[parent] = parents.get(parent, 0.0) + mass
        total = sum(kinds.values())
        self.kinds = {kind for kind, mass in kinds.items() if mass >= KIND_SHARE * total}
        self.parent = max(parents, key=lambda element: parents[element], default=core)
        own = [
            i for i, block in enumerate(blocks) if core in block.path and block.kind in self.kinds and not block.boxes
        ]
        self.first = next((i for i in own if masses[i] > 0), 0)
        self.last = next((i for i in reversed(own) if masses[i] > 0), -1)
        self.start = self._after_title()

    def _after_title(self) -> int:
        """The index behind the last line before the text that is the title."""
        start = 0
        for i, block in enumerate(self.blocks[: self.first]):
            if self.title and compact(folded(block.text)) == self.title:
                start = i + 1
        return start

    def body(self) -> Body:
        """The lines that stay."""
        lines: list[str] = []
        seen: set[str] = set()
        pitched = teased = tail = False
        for i, block in enumerate(self.blocks):
            if i < self.start:
                continue
            line = folded(block.text)
            short = len(line) <= MAX_LINE
            own = self.core in block.path and block.kind in self.kinds
            if short and self.rules.pitch.search(line):
                pitched = pitched or (bool(lines) and not tail and i <= self.last + PITCH_REACH)
                continue
            if block.boxes or block.figure:
                continue
            if short and self.rules.tail.search(line):
                tail = bool(lines)
                continue
            if tail and own and block.linked * 2 < len(block.text) and _SENTENCE.search(block.text):
                tail = False
            if tail or not (self._stays_own(i, block, line) if own else self._stays_other(i, block, line)):
                continue
            if len(line) >= REPEATED and line in seen:
                continue
            seen.add(line)
            teased = teased or (short and self.rules.teaser.search(line) is not None)
            lines.append(block.text)
        return Body(tuple(lines), pitched, teased)

    def _stays_own(self, i: int, block: Block, line: str) -> bool:
        """Whether a line stays that is set like the article's paragraphs."""
        if len(line) <= MAX_LINE and self.rules.always.search(line):
            return False
        if i < self.first and (self.rules.is_stamp(line) or self._is_title(line)):
            return False
        if block.linked * 10 >= len(block.text) * 9 and not _ENDED.search(block.text):
            return False
        sentence = _SENTENCE.search(block.text) is not None
        if self.parent in block.path:
            return sentence or i <= self.last or not self.rules.is_chatter(line)
        if self.rules.is_chatter(line):
            return False
        return self._reads_like_text(i, block, line)

    def _stays_other(self, i: int, block: Block, line: str) -> bool:
        """Whether a line stays that is set in another way: headings, lists, tables, a lead; no chatter of the site."""
        if block.linked * 2 > len(block.text) or self._is_title(line):
            return False
        if self.rules.is_chatter(line):
            return False
        if self.core not in block.path:
            return self.start > 0 and i < self.first and self._is_lead(block)
        if i < self.first and self.parent not in block.path:
            return self._is_lead(block)
        if self.parent in block.path:
            return i <= self.last or block.row or block.element.tag in {"li", "dd", "p"} or self._is_lead(block)
        return self._reads_like_text(i, block, line)

    def _reads_like_text(self, i: int, block: Block, line: str) -> bool:
        if self.first <= i <= self.last:
            return True
        return self._is_lead(block) and not self.rules.is_chatter(line)

    def _is_lead(self, block: Block) -> bool:
        return len(block.text) >= MIN_LEAD and _SENTENCE.search(block.text) is not None and not block.figure

    def _is_title(self, line: str) -> bool:
        return bool(self.title) and compact(line) == self.title
