"""A page's bytes to its blocks: every line of text that a reader would see, with where it stands in the page's tree.

The tree is parsed once; metadata, pagination and the choice of the body all work on it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from flows.encoding import decode

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark output q rb ruby s samp "
    "small span strike strong sub sup time tt u var wbr".split()
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
UNSEEN = frozenset(
    "head script style noscript template svg math iframe object embed canvas video audio map button select option "
    "textarea input datalist dialog rt rp rtc".split()
)
"""Elements whose text is no part of what a reader reads; ``rt`` and ``rp`` are furigana."""

MAX_DEPTH = 400
_EMPTY = "<html><body></body></html>"
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_BREAK = "\v"
_BLANK = " \t\r\n\f\xa0"
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_WRAPPED = re.compile(r"(?<=[^\x00-\x7f])[ \t]*\n[ \t\n]*(?=[^\x00-\x7f])")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# A line that ends so goes on after a line break; one that starts so is an item of its own.
_GOES_ON = re.compile(r"(?:[、，ぁ-ゖ]|[a-z,])$")
_STARTS_ANEW = re.compile(r"^(?:[　・■□◆◇●○▼▽▲△★☆※→＞>\-－―—【〔《〈①-⑳]|\d{1,2}(?:[.．)）]|位|、))")

MAX_CELL, MIN_CELLS = 160, 2
CELL_MARK = " | "


@dataclasses.dataclass(slots=True)
class Block:
    """One line of visible text and where it stands."""

    text: str
    path: tuple[HtmlElement, ...]
    """The block elements around it, from ``body`` to the innermost."""
    linked: int = 0
    """How many of its characters are links."""
    boxes: tuple[HtmlElement, ...] = ()
    """Elements around it that look like no part of an article."""
    strong: bool = False
    """Whether all of it is set in bold."""
    heading: bool = False
    row: bool = False
    """Whether it is a row of a table of data."""
    figure: bool = False

    @property
    def element(self) -> HtmlElement:
        """The innermost block element around it."""
        return self.path[-1]

    @property
    def kind(self) -> tuple[str, str]:
        """Tag and class of that element: lines of the same kind are set alike."""
        return self.element.tag, self.element.get("class") or ""


def parse_html(body: bytes, content_type: str) -> HtmlElement:
    """The tree of an HTML page; an empty page's tree where there is nothing to parse. Never raises on bad markup."""
    text, _ = decode(body, content_type)
    return parse_text(text)


def parse_text(text: str) -> HtmlElement:
    """The tree of an HTML page that is already decoded."""
    parser = HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    clean = _UNFIT.sub("", _DECLARATION.sub("", text, count=1)).strip()
    try:
        tree = document_fromstring((clean or _EMPTY).encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        tree = document_fromstring(_EMPTY.encode())
    if tree.find("body") is None:
        etree.SubElement(tree, "body")
    return tree


def squeezed(text: str) -> str:
    """A text on one line: spaces collapsed, line ends of the markup inside Japanese text dropped."""
    if "\n" in text:
        text = _WRAPPED.sub("", text.replace("\r", ""))
    return _SPACES.sub(" ", text).strip(" 　")


def element_text(element: HtmlElement) -> str:
    """All visible text of an element on one line, without furigana."""
    if len(element) == 0:
        return squeezed(element.text or "")
    parts: list[str] = []
    _gather(element, parts, 0)
    return " ".join(squeezed(line) for line in "".join(parts).split(_BREAK)).strip()


def _gather(element: HtmlElement, parts: list[str], depth: int) -> None:
    parts.append(element.text or "")
    for child in element:
        if child.tag == "br":
            parts.append(_BREAK)
        elif child.tag not in UNSEEN and depth < MAX_DEPTH:
            _gather(child, parts, depth + 1)
        parts.append(child.tail or "")


def compact(text: str) -> str:
    """A text without any white space, for comparison."""
    return "".join(text.split())


@dataclasses.dataclass(slots=True)
class _Run:
    text: str
    linked: bool
    strong: bool
    inline: HtmlElement | None
    """The inline element that stands at the top of the block and holds this text."""


_SPLIT_OFF = frozenset({"time", "font", "small", "span"})


class _Walk:
    """One pass over a tree in document order that gathers its lines."""

    def __init__(self, is_box: Callable[[HtmlElement], bool], is_stamp: Callable[[str], bool]) -> None:
        self.blocks: list[Block] = []
        self.is_box = is_box
        self.is_stamp = is_stamp
        self.runs: list[_Run] = []

    def block(self, element: HtmlElement, path: tuple[HtmlElement, ...], boxes: tuple[HtmlElement, ...]) -> None:
        """The lines of a block element; whatever was begun outside of it ends before it."""
        path = (*path, element)
        if self.is_box(element):
            boxes = (*boxes, element)
        if element.tag == "table" and is_data_table(element):
            self.rows(element, path, boxes)
            return
        self.add(element.text, False, False, None)
        for child in element:
            self.child(child, path, boxes, False, False, None)
            self.add(child.tail, False, False, None)
        self.flush(path, boxes)

    def child(
        self,
        child: HtmlElement,
        path: tuple[HtmlElement, ...],
        boxes: tuple[HtmlElement, ...],
        linked: bool,
        strong: bool,
        inline: HtmlElement | None,
    ) -> None:
        tag = child.tag
        if tag == "br":
            self.runs.append(_Run(_BREAK, False, False, None))
        elif tag in UNSEEN or is_hidden(child):
            return
        elif tag in INLINE:
            self.inline(child, path, boxes, linked, strong, inline)
        elif len(path) < MAX_DEPTH:
            self.flush(path, boxes)
            before = len(self.blocks)
            self.block(child, path, boxes)
            if linked:
                for block in self.blocks[before:]:
                    block.linked = len(block.text)

    def inline(
        self,
        element: HtmlElement,
        path: tuple[HtmlElement, ...],
        boxes: tuple[HtmlElement, ...],
        linked: bool,
        strong: bool,
        inline: HtmlElement | None,
    ) -> None:
        """The text of an inline element goes on the line at hand; blocks inside of it are blocks all the same."""
        linked = linked or (element.tag == "a" and element.get("href") is not None)
        strong = strong or element.tag in {"b", "strong"}
        inline = element if inline is None else inline
        self.add(element.text, linked, strong, inline)
        for child in element:
            if len(path) < MAX_DEPTH:
                self.child(child, path, boxes, linked, strong, inline)
            self.add(child.tail, linked, strong, inline)

    def rows(self, table: HtmlElement, path: tuple[HtmlElement, ...], boxes: tuple[HtmlElement, ...]) -> None:
        """A table of data: a line for each row."""
        for row in table.iter("tr"):
            cells = [cell for cell in row if cell.tag in {"td", "th"}]
            texts = [text for cell in cells if (text := element_text(cell))]
            linked = sum(len(element_text(a)) for a in row.iter("a"))
            if texts:
                line = CELL_MARK.join(texts)
                self.blocks.append(Block(line, path, min(linked, len(line)), boxes, row=True))

    def add(self, text: str | None, linked: bool, strong: bool, inline: HtmlElement | None) -> None:
        if text:
            self.runs.append(_Run(text, linked, strong, inline))

    def flush(self, path: tuple[HtmlElement, ...], boxes: tuple[HtmlElement, ...]) -> None:
        """Ends the line at hand: the runs of text gathered so far become blocks."""
        runs, self.runs = self.runs, []
        line: list[_Run] = []
        breaks = 0
        for run in runs:
            if run.text == _BREAK:
                breaks += 1
            elif not run.text.strip(_BLANK):
                if line and not breaks:
                    line.append(run)
            else:
                if line and breaks and (breaks > 1 or not _continues(line, run)):
                    self.emit(line, path, boxes)
                    line = []
                breaks = 0
                line.append(run)
        self.emit(line, path, boxes)

    def emit(self, line: list[_Run], path: tuple[HtmlElement, ...], boxes: tuple[HtmlElement, ...]) -> None:
        head = line[0].inline if line else None
        if head is not None and head.tag in _SPLIT_OFF:
            first = [run for run in line if run.inline is head]
            if len(first) < len(line) and self.is_stamp(squeezed("".join(run.text for run in first))):
                self.emit(first, path, boxes)
                line = line[len(first) :]
        text = squeezed("".join(run.text for run in line))
        if not text:
            return
        if all(run.inline is not None and self.is_box(run.inline) for run in line if run.text.strip(_BLANK)):
            boxes = (*boxes, *(run.inline for run in line if run.inline is not None))
        linked = sum(len(run.text.strip(_BLANK)) for run in line if run.linked)
        strong = all(run.strong for run in line if run.text.strip(_BLANK))
        heading = path[-1].tag in HEADINGS
        figure = any(element.tag in {"figure", "figcaption"} for element in path)
        self.blocks.append(Block(text, path, min(linked, len(text)), boxes, strong, heading, figure=figure))


def blocks_of(
    tree: HtmlElement, is_box: Callable[[HtmlElement], bool], is_stamp: Callable[[str], bool] = lambda _: False
) -> list[Block]:
    """Every visible line of a page in document order.

    Args:
        tree: the page.
        is_box: tells an element that by its tag, role or class looks like no part of an article.
        is_stamp: tells a text that is nothing but a date, a time and who wrote: set off from a line that it begins.
    """
    walk = _Walk(is_box, is_stamp)
    walk.block(tree.find("body"), (), ())
    return walk.blocks


def is_hidden(element: HtmlElement) -> bool:
    """Whether an element says of itself that it is not shown."""
    style = element.get("style")
    return element.get("hidden") is not None or (style is not None and bool(_HIDDEN.search(style)))


def is_data_table(table: HtmlElement) -> bool:
    """Whether a table holds data, not a page's layout: several rows of several short cells."""
    if next(table.iterdescendants("table", "h1", "h2", "h3", "ul", "ol", "form", "article"), None) is not None:
        return False
    wide = 0
    for row in table.iter("tr"):
        cells = [cell for cell in row if cell.tag in {"td", "th"}]
        if any(len(element_text(cell)) > MAX_CELL for cell in cells):
            return False
        wide += len(cells) >= MIN_CELLS
    return wide >= MIN_CELLS


def _continues(line: list[_Run], run: _Run) -> bool:
    """Whether a line goes on after a single line break: it ended amid a sentence and the next is no item."""
    if line[-1].inline is not None and run.inline is not None:
        return False
    before = "".join(r.text for r in line[-3:]).rstrip()
    return bool(_GOES_ON.search(before)) and not _STARTS_ANEW.match(run.text.lstrip(_BLANK))
