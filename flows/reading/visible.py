"""What a page shows of its times and its author: the time elements and the lines around its title."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from flows.reading.blocks import Block, compact, element_text
from flows.reading.cleaning import CleaningRules, folded
from flows.reading.times import Stamp, is_exact, read_time, stamps

REACH = 40
"""How many lines behind the title a stamp may stand."""

TOGETHER = 6
"""How many lines apart the times of publication and of a change stand at most."""

MAX_NAME, MAX_BESIDE = 30, 20
_BY_CLASS = re.compile(
    r"(?:^|[-_\s])(?:author|byline|writer|reporter|journalist|contributor|kisha|credit)", re.IGNORECASE
)
_NO_NAME = re.compile(r"[。！？!?:：]|^[\W\d_]*$")


@dataclasses.dataclass(frozen=True, slots=True)
class Visible:
    """The times and the author that a reader sees."""

    published: dt.datetime | None = None
    modified: dt.datetime | None = None
    moments: tuple[dt.datetime, ...] = ()
    """All times near the title, the likeliest first."""
    author: str | None = None


def find_visible(
    tree: HtmlElement, blocks: Sequence[Block], title: str, site: str | None, rules: CleaningRules
) -> Visible:
    """Reads the lines behind the title, and before it where those tell no time."""
    at = _title_index(blocks, title)
    lines = [*blocks[at + 1 : at + 1 + REACH], *blocks[: at + 1], *blocks[at + 1 + REACH :]]
    shown = _first_stamps(lines, rules)
    marked = _time_elements(tree, title)
    published = [s for s in shown if not s.updated] or shown
    first = published[0].moment if published else None
    exact = next((s.moment for s in published if s.exact and first and s.moment.date() == first.date()), first)
    timed = next((moment for moment in marked if is_exact(moment)), next(iter(marked), None))
    if timed and (exact is None or (not is_exact(exact) and is_exact(timed))):
        exact = timed
    changed = next((s.moment for s in shown if s.updated and s.moment != exact), None)
    moments = (*(s.moment for s in shown), *marked)
    return Visible(exact, changed, moments, _author(tree, lines[:REACH] if at >= 0 else (), site, rules))


def _first_stamps(lines: Sequence[Block], rules: CleaningRules) -> list[Stamp]:
    """The times of the first line that shows any, and of the lines right behind it."""
    found: list[Stamp] = []
    last = len(lines)
    for i, block in enumerate(lines):
        if i > last:
            break
        if shown := _shown(block, rules):
            found += shown
            last = min(last, i + TOGETHER)
    return found


def _shown(block: Block, rules: CleaningRules) -> list[Stamp]:
    if block.linked * 2 > len(block.text) and len(block.text) > MAX_NAME:
        return []
    return stamps(block.text, rules.updated)


def _title_index(blocks: Sequence[Block], title: str) -> int:
    """The index of the last line that is the title before much text has come; -1 where there is none."""
    wanted = compact(folded(title))
    found = -1
    for i, block in enumerate(blocks):
        if wanted and wanted == compact(folded(block.text)):
            if block.heading or block.strong:
                return i
            found = i if found < 0 else found
    return found


def _time_elements(tree: HtmlElement, title: str) -> list[dt.datetime]:
    """The times of the time elements behind the title's heading; of all where there are few."""
    wanted = compact(folded(title))
    behind: list[dt.datetime] = []
    before: list[dt.datetime] = []
    passed = False
    for element in tree.iter("h1", "h2", "h3", "time"):
        if element.tag != "time":
            passed = passed or compact(folded(element_text(element))) == wanted
            continue
        moment = read_time(element.get("datetime") or element_text(element))
        if moment is not None:
            (behind if passed else before).append(moment)
        if len(behind) > 2:
            break
    return behind or before[:1]


def _author(tree: HtmlElement, lines: Sequence[Block], site: str | None, rules: CleaningRules) -> str | None:
    for element in tree.iter("a", "span", "p", "div", "li", "cite", "address", "dd", "i", "em", "b", "small"):
        names = element.get("class") or ""
        if not (
            element.get("rel") == "author" or element.get("itemprop") == "author" or (names and _BY_CLASS.search(names))
        ):
            continue
        if next(element.iterdescendants("p", "li", "dt", "dd", "h1", "h2", "h3", "br"), None) is not None:
            continue
        text = element_text(element)
        name = _name(text, site, rules) if len(text) <= 2 * MAX_NAME else None
        if name:
            return name
    for block in lines:
        if dateline := rules.dateline.match(folded(block.text)):
            return _name(dateline["name"], site, rules)
        if len(block.text) <= 4 * MAX_NAME:
            found = [stamp for stamp in stamps(block.text, rules.updated) if stamp.exact]
            name = None
            if found:
                name = _name(found[-1].rest, site, rules, numbers=True)
                name = name or _beside(lines, block, site, rules)
            elif rules.byline.match(folded(block.text)):
                name = _name(block.text, site, rules)
            if name:
                return name
    return None


def _beside(lines: Sequence[Block], stamp: Block, site: str | None, rules: CleaningRules) -> str | None:
    """A short line of the same element as the stamp: who wrote, set beside the time."""
    for block in lines:
        if block is not stamp and block.element is stamp.element and len(block.text) <= MAX_BESIDE:
            line = folded(block.text)
            if not rules.is_chatter(line) or rules.byline.match(line):
                return _name(block.text, site, rules)
    return None


def _name(text: str, site: str | None, rules: CleaningRules, *, numbers: bool = False) -> str | None:
    """A byline without what introduces it and without the site's name; None for what is no name."""
    plain = folded(text)
    plain = rules.byline.sub("", plain, count=1)
    plain = plain.split("©")[0].strip(" ()[]【】《》〈〉/|・,")
    if not 1 < len(plain) <= MAX_NAME or (site and plain == folded(site)):
        return None
    if _NO_NAME.search(plain) or (not numbers and any(c.isdigit() for c in plain)):
        return None
    if rules.updated.match(plain) or rules.is_alien(plain):
        return None
    at = text.find(plain)
    return text[at : at + len(plain)] if at >= 0 else plain
