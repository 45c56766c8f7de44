"""Which of a page's lines are its article, from the place where the article stands.

The lines that carry the core show how the article sets its paragraphs. Lines set like them stay, others have to show
that they belong. So dropped lists, tables, headings and leads come back, and profiles, pitches, captions and lists of
other articles go.
"""

from __future__ import annotations

import collections
import dataclasses
import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from flows.reading.blocks import Block, compact, element_text
from flows.reading.cleaning import MAX_LINE, CleaningRules, folded
from flows.reading.place import Place, find_place, is_sentence, main_parent

KIND_SHARE = 0.15
"""A way of setting that carries at least this share of the core is one of the article's own."""

PITCH_REACH = 12
"""A pitch that stands more lines behind the text than this is none of the article's."""

REPEATED = 24
"""A line of this length that was there before is not the article's a second time."""

MAX_CAPTION, BESIDE = 100, 3
MIN_LEAD = 30
_ENDED = re.compile(r"[。！？｡]$")


@dataclasses.dataclass(frozen=True, slots=True)
class Body:
    """An article's lines and what was seen about where they break off."""

    lines: tuple[str, ...]
    pitched: bool = False
    """Whether the page asks to pay or to log in for the rest."""
    teased: bool = False
    """Whether the text says that it goes on elsewhere."""


def find_body(tree: HtmlElement, blocks: Sequence[Block], title: str, rules: CleaningRules) -> Body:
    """The article's lines on a page.

    Args:
        tree: the page; boxes that are no part of the article are taken out of it.
        blocks: its lines, as ``blocks_of`` gives them.
        title: the article's title, for telling where the text begins.
        rules: the patterns of the seeds folder.
    """
    wanted = compact(folded(title))
    return _Choice(blocks, find_place(tree, blocks, wanted, rules), wanted, rules).body()


class _Choice:
    """Goes through the blocks in order and decides on each."""

    def __init__(self, blocks: Sequence[Block], place: Place, title: str, rules: CleaningRules) -> None:
        self.blocks, self.core, self.title, self.rules = blocks, place.core, title, rules
        masses, core = place.masses, place.core
        inside = [(block, mass) for block, mass in zip(blocks, masses, strict=True) if mass and core in block.path]
        kinds: collections.Counter[tuple[str, str]] = collections.Counter()
        for block, mass in inside:
            kinds[block.kind] += round(mass)
        total = sum(kinds.values())
        self.kinds = {kind for kind, mass in kinds.items() if mass >= KIND_SHARE * total}
        parent = main_parent([block for block, _ in inside], [mass for _, mass in inside])
        self.parent = core if parent is None else parent
        self.parent_kind = (self.parent.tag, self.parent.get("class"))
        own = [
            i for i, block in enumerate(blocks) if core in block.path and block.kind in self.kinds and not block.boxes
        ]
        self.first = next((i for i in own if masses[i] > 0), 0)
        self.last = next((i for i in reversed(own) if masses[i] > 0), -1)
        self.start = place.start if place.start <= self.first else 0

    def body(self) -> Body:
        """The lines that stay."""
        lines: list[str] = []
        seen: set[str] = set()
        pitched = teased = tail = boxed = False
        for i, block in enumerate(self.blocks):
            if i < self.start:
                continue
            line = folded(block.text)
            short = len(line) <= MAX_LINE
            own = self.core in block.path and block.kind in self.kinds
            if short and self.rules.pitch.search(line) and self._pitches(block, line, own=own):
                pitched = pitched or (bool(lines) and not tail and i <= self.last + PITCH_REACH)
                continue
            if block.boxes or block.figure:
                continue
            if short and self.rules.tail.search(line):
                tail, boxed = bool(lines), not self._stands_free(block)
                continue
            if tail and own and block.linked * 2 < len(block.text) and self._stands_free(block):
                tail = not (boxed or is_sentence(block.text))
            if tail or not (self._stays_own(i, block, line) if own else self._stays_other(i, block, line)):
                continue
            if len(line) >= REPEATED and line in seen:
                continue
            seen.add(line)
            teased = teased or (short and self.rules.teaser.search(line) is not None)
            lines.append(block.text)
        return Body(tuple(lines), pitched, teased)

    def _pitches(self, block: Block, line: str, *, own: bool) -> bool:
        """Whether a line with a pitch's words is one: among the paragraphs only if it speaks to the reader."""
        return not (own and self._stands_free(block)) or self.rules.polite.search(line) is not None

    def _stays_own(self, i: int, block: Block, line: str) -> bool:
        """Whether a line stays that is set like the article's paragraphs."""
        if len(line) <= MAX_LINE and self.rules.always.search(line):
            return False
        if i < self.first and (self.rules.is_stamp(line) or self._is_title(line) or self._is_beside_stamp(i)):
            return False
        if block.linked * 10 >= len(block.text) * 9 and not _ENDED.search(block.text):
            return False
        sentence = is_sentence(block.text)
        if self.parent in block.path and not self._stands_free(block):
            return not self.rules.is_chatter(line) and not self._is_caption(block)
        if self.parent in block.path:
            return sentence or self.first <= i <= self.last or not self.rules.is_chatter(line)
        if self.rules.is_chatter(line):
            return False
        return self._reads_like_text(i, block, line)

    def _stays_other(self, i: int, block: Block, line: str) -> bool:
        """Whether a line stays that is set in another way: headings, lists, tables, a lead; no chatter of the site."""
        if block.linked * 2 > len(block.text) or self._is_title(line):
            return False
        if self.rules.is_chatter(line) or self._is_caption(block):
            return False
        if i > self.last and block.heading:
            return False
        if i < self.first and self._is_beside_stamp(i):
            return False
        if i < self.first and block.heading:
            return self.parent in block.path and self._heads_a_section(block)
        if self.core not in block.path:
            return self.start > 0 and i < self.first and self._is_lead(block)
        if i < self.first and self.parent not in block.path:
            return self._is_lead(block)
        if self.parent in block.path:
            return i <= self.last or block.row or block.element.tag in {"li", "dd", "p"} or self._is_lead(block)
        return self._reads_like_text(i, block, line)

    def _heads_a_section(self, heading: Block) -> bool:
        """Whether a heading before the text is one of several set alike, not a second title."""
        return any(block.kind == heading.kind for block in self.blocks[self.first : self.last + 1])

    def _reads_like_text(self, i: int, block: Block, line: str) -> bool:
        if self.first <= i <= self.last:
            return True
        return self._is_lead(block) and not self.rules.is_chatter(line)

    def _stands_free(self, block: Block) -> bool:
        """Whether a line stands among the article's paragraphs, in no box of its own."""
        return self.parent in block.path[-2:] or (
            len(block.path) > 1 and (block.path[-2].tag, block.path[-2].get("class")) == self.parent_kind
        )

    def _is_caption(self, block: Block) -> bool:
        """Whether a line is all the text beside a picture."""
        if is_sentence(block.text) or block.heading or block.row or len(block.text) > MAX_CAPTION:
            return False
        return any(
            next(element.iter("img", "picture"), None) is not None and len(element_text(element)) <= MAX_CAPTION
            for element in block.path[-2:]
        )

    def _is_lead(self, block: Block) -> bool:
        return len(block.text) >= MIN_LEAD and is_sentence(block.text) and not block.figure

    def _is_beside_stamp(self, i: int) -> bool:
        """Whether a line shares its element with a stamp: who wrote, or from where."""
        element = self.blocks[i].element
        return element is not self.parent and any(
            block.element is element and self.rules.is_stamp(block.text)
            for block in self.blocks[max(i - BESIDE, 0) : i + BESIDE + 1]
        )

    def _is_title(self, line: str) -> bool:
        return bool(self.title) and compact(line) == self.title
