"""Where an article stands on its page: trafilatura's choice, put back into the page's own tree.

Elements that by their names or headings hold other things are boxes, unless they hold most of the page's text. Without
them trafilatura tells which sentences are the text; the smallest element that holds most of these is the core.
"""

from __future__ import annotations

import collections
import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence

import trafilatura
from lxml.html import HtmlElement

from flows.reading.blocks import Block, compact
from flows.reading.cleaning import GUARD, MAX_LINE, CleaningRules, folded

CORE_SHARE = 0.8
"""The core holds at least this share of the article's sentences."""

HEADED_SHARE = 0.75
"""A headed box with a larger share of the page's sentences is the article itself."""

UNFOUND = 0.3
"""What a sentence weighs that trafilatura did not choose."""

TRUSTED = 60
"""How many characters trafilatura has to find before its choice counts."""

PARAGRAPHS = frozenset({"p", "li", "dd", "dt", "blockquote", "pre"})
"""Elements that hold a paragraph, never an article."""

SHORT_BRANCH = 150
"""Characters of a branch behind the text that may be none of it, heading or not."""

MIN_SENTENCE = 12
_SENTENCE = re.compile(r"[。！？｡]|[!?][」』）)]?$|[」』）)…]$|[a-z]\.(?:\s|$)")


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where the article stands among a page's lines."""

    masses: Sequence[float]
    """What each line weighs as a part of the article, in characters."""
    core: HtmlElement
    """The smallest element that holds most of the text."""
    start: int
    """The index of the line behind the title; 0 where the title is not among the lines."""


def find_place(tree: HtmlElement, blocks: Sequence[Block], title: str, rules: CleaningRules) -> Place:
    """Where the article stands.

    Args:
        tree: the page; boxes that are no part of the article are taken out of it, and marked on the blocks.
        blocks: its lines, as ``blocks_of`` gives them.
        title: the article's title, folded and without white space.
        rules: the patterns of the seeds folder.
    """
    _box_headed(blocks, rules)
    boxes = _boxes(blocks)
    start = _after_title(blocks, title)
    masses = _masses(blocks, _found(tree, boxes), title, rules)
    masses = _without_surroundings(blocks, masses, start, rules)
    masses = _without_branches(blocks, masses)
    return Place(masses, _core(tree, blocks, masses), start)


def is_sentence(text: str) -> bool:
    """Whether a line is running text, or speech."""
    return _SENTENCE.search(text) is not None


def _after_title(blocks: Sequence[Block], title: str) -> int:
    """The index behind the line that is the title: the last heading that is, else the first line; 0 for none."""
    found = 0
    for i, block in enumerate(blocks):
        if title and compact(folded(block.text)) == title and (not found or block.heading):
            found = i + 1
    return found


def _boxes(blocks: Sequence[Block]) -> list[HtmlElement]:
    """The elements that are no part of the article; those that hold much of its text are taken off the blocks."""
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
    return [box for box in inside if box not in false_boxes]


def _box_headed(blocks: Sequence[Block], rules: CleaningRules) -> None:
    """Marks elements as boxes whose first line is a heading that announces other things: 関連記事, プロフィール."""
    masses = [_sentence_mass(block) for block in blocks]
    for i, block in enumerate(blocks):
        if len(block.text) > MAX_LINE or not rules.tail.search(folded(block.text)):
            continue
        box = _box_of_heading(blocks, i)
        if box is None:
            continue
        inside = range(i, next((j for j in range(i, len(blocks)) if box not in blocks[j].path), len(blocks)))
        if sum(masses[j] for j in inside) <= HEADED_SHARE * sum(masses):
            for j in inside:
                blocks[j].boxes = (*blocks[j].boxes, box)


def _box_of_heading(blocks: Sequence[Block], i: int) -> HtmlElement | None:
    """The smallest element around a heading that holds more than it, if the heading is its first line."""
    heading = blocks[i]
    for element in reversed(heading.path):
        if i and element in blocks[i - 1].path:
            break
        if i + 1 < len(blocks) and element in blocks[i + 1].path:
            return element
    return None


def _sentence_mass(block: Block) -> int:
    """How many characters of running text a line has: none where it is short or mostly a link."""
    size = len(block.text) - block.linked
    if size < MIN_SENTENCE or block.linked * 2 > len(block.text) or block.figure:
        return 0
    return size if is_sentence(block.text) else size // 4


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
    sentence = is_sentence(block.text)
    if rules.is_alien(line) or (not sentence and rules.is_chatter(line)) or compact(line) == title:
        return 0.0
    if found and compact(block.text)[:60] not in found:
        return mass * UNFOUND if sentence else 0.0
    return mass


def _without_surroundings(
    blocks: Sequence[Block], masses: Sequence[float], start: int, rules: CleaningRules
) -> list[float]:
    """The masses without those before the title, and those of boxes whose heading says that they hold other things."""
    if start and sum(masses[start:]) > sum(masses[:start]):
        masses = [*([0.0] * start), *masses[start:]]
    main = main_parent(blocks, masses)
    kept = []
    tail = False
    for i, (block, mass) in enumerate(zip(blocks, masses, strict=True)):
        if i >= start and len(block.text) <= MAX_LINE and rules.tail.search(folded(block.text)):
            tail = True
        elif main in block.path and is_sentence(block.text):
            tail = False
        kept.append(0.0 if tail else mass)
    return kept


def _without_branches(blocks: Sequence[Block], masses: Sequence[float]) -> list[float]:
    """The masses without what stands behind the text in small branches of the tree.

    A branch set like the text's own is a further section; another one with a heading of its own is marked as a box, a
    short one without weighs less.
    """
    main = main_parent(blocks, masses)
    kept = list(masses)
    if main is None:
        return kept
    inside = [i for i, block in enumerate(blocks) if main in block.path]
    around = set(blocks[inside[0]].path[: blocks[inside[0]].path.index(main)])
    weight = sum(masses[i] for i in inside)
    own_kinds = {_kind(element) for element in (main, *_branch_of(blocks[inside[0]], around))}
    branches: dict[HtmlElement, list[int]] = {}
    for i in range(inside[-1] + 1, len(blocks)):
        for branch in _branch_of(blocks[i], around):
            branches.setdefault(branch, []).append(i)
    for branch, members in branches.items():
        share = sum(masses[i] for i in members)
        if not share or share > weight or _kind(branch) in own_kinds:
            continue
        if len(members) > 1 and blocks[members[0]].heading:
            for i in members:
                blocks[i].boxes = (*blocks[i].boxes, branch)
                kept[i] = 0.0
        elif share < min(SHORT_BRANCH, weight / 2):
            for i in members:
                kept[i] *= UNFOUND
    return kept


def _branch_of(block: Block, around: set[HtmlElement]) -> tuple[HtmlElement, ...]:
    """The outermost element of a line that does not hold the text as well; none for a line set beside it."""
    return next(((element,) for element in block.path if element not in around), ())


def _kind(element: HtmlElement) -> tuple[str, str]:
    return element.tag, element.get("class") or ""


def main_parent(blocks: Sequence[Block], masses: Sequence[float]) -> HtmlElement | None:
    """The element that directly holds the most of the text: as paragraphs, or as lines of its own."""
    lines = collections.Counter(block.element for block in blocks)
    held: dict[HtmlElement, float] = {}
    for block, mass in zip(blocks, masses, strict=True):
        if mass:
            holder = _holder(block, lines)
            held[holder] = held.get(holder, 0.0) + mass
    return max(held, key=lambda element: held[element], default=None)


def _holder(block: Block, lines: Mapping[HtmlElement, int]) -> HtmlElement:
    own = len(block.path) < 2 or (lines[block.element] > 1 and block.element.tag not in PARAGRAPHS)
    return block.element if own else block.path[-2]


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
