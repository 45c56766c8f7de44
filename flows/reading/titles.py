"""An article's title, without the site's name.

Three places tell it: what the page declares (og:title, JSON-LD), its ``title`` element, and its headings. The site's
name stands behind the first two, the headings hold other things too; where two agree, that is the title.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from flows.reading.blocks import compact, element_text
from flows.reading.cleaning import folded

_SEPARATOR = re.compile(
    r"\s*[|｜│¦]\s*|\s+[-–—―−‐:/／@＠]+\s+|\s*[：«»]\s*|\s*[<＜]\s*|\s+[-–—]+$"
    r"|(?<=\S)[-–—](?=[A-Z][A-Za-z ]+$)|\s*[【［\[](?=[^】］\]]+[】］\]]$)"
)
_CLOSING = " 　】］]>＞-–—"
_BULLETS = "■□◆◇●○◎★☆▼▽▲△・*#"
_STRONG = re.compile(r"[|｜│¦«»<＜]|\s[-–—]\s")

MIN_TITLE, MAX_SITE = 6, 24
"""Characters of the shortest title looked for within a heading, and of a site's name that is not told otherwise."""

MIN_HEADING, MAX_HEADING = 3, 160


@dataclasses.dataclass(frozen=True, slots=True)
class Title:
    """A title, and the site's name if it stood behind it."""

    title: str
    site: str | None = None


def find_title(tree: HtmlElement, declared: Sequence[str], names: Sequence[str]) -> Title:
    """The article's title.

    Args:
        tree: the page.
        declared: the titles that the page's metadata give, best first.
        names: what the site calls itself.
    """
    element = next(tree.iter("title"), None)
    whole = element_text(element) if element is not None else ""
    told = [bare for text in declared if (bare := without_site(text, names))]
    bare_whole = without_site(whole, names)
    wanted = [compact(folded(text)) for text in (*told, bare_whole) if text]
    headings = [text for text in _headings(tree) if not _is_site(text, names)]
    heading = _agreeing(headings, wanted, [compact(folded(text)) for text in (*declared, whole)])
    if heading:
        return Title(heading, _behind(whole, heading))
    if told:
        return Title(told[0], _behind(whole, told[0]))
    if bare_whole:
        return _unnamed(bare_whole) if bare_whole == whole else Title(bare_whole)
    return Title(next(iter(headings), ""))


def without_site(title: str, names: Sequence[str]) -> str:
    """A title without the site's name, and the section names beside it, behind or before it."""
    known = [compact(folded(name)).casefold() for name in names]
    cuts = list(_SEPARATOR.finditer(title))
    for cut in cuts:
        behind = compact(folded(title[cut.end() :].strip(_CLOSING))).casefold()
        if cut.start() and behind and any(_names(behind, name) for name in known):
            return title[: cut.start()].strip()
    for cut in cuts[:1]:
        before = compact(folded(title[: cut.start()])).casefold()
        if before and any(before == name for name in known):
            return title[cut.end() :].strip()
    return title.strip()


def _names(part: str, name: str) -> bool:
    """Whether a part of a title is the site's name, or holds it with little else."""
    if not name:
        return False
    return part == name or (name in part and len(part) <= 2 * len(name) + 8) or (part in name and len(part) >= 3)


def _headings(tree: HtmlElement) -> list[str]:
    found = []
    for element in tree.iter("h1", "h2", "h3"):
        text = element_text(element)
        if MIN_HEADING <= len(text) <= MAX_HEADING:
            found.append(text)
    return found


def _is_site(heading: str, names: Sequence[str]) -> bool:
    flat = compact(folded(heading)).casefold()
    return any(flat == compact(folded(name)).casefold() for name in names)


def _agreeing(headings: Sequence[str], wanted: Sequence[str], declared: Sequence[str]) -> str | None:
    """The heading that says what the metadata say: word for word, else the longest within it, else one around it."""
    flat = [(compact(folded(heading)).lstrip(_BULLETS), heading) for heading in headings]
    for text, heading in flat:
        if text in wanted:
            return heading
    within = [(len(text), heading) for text, heading in flat if any(text in whole for whole in declared)]
    if within and wanted:
        size, heading = max(within, key=lambda pair: pair[0])
        if size * 2 >= len(wanted[0]):
            return heading
    for text, heading in flat:
        for title in wanted:
            if len(title) >= MIN_TITLE and title in text and len(text) <= 2 * len(title) + 10:
                return heading
    return None


def _behind(whole: str, title: str) -> str | None:
    """What stands behind the title in the title element, where it can be a site's name."""
    start = whole.find(title)
    if start < 0:
        return None
    rest = _SEPARATOR.sub("\n", whole[start + len(title) :]).strip().split("\n")[-1].strip(_CLOSING)
    return rest if 1 < len(rest) <= MAX_SITE else None


def _unnamed(whole: str) -> Title:
    """A title element of a page that names its site nowhere: what stands behind its last strong mark is the name."""
    cuts = [cut for cut in _SEPARATOR.finditer(whole) if _STRONG.search(cut.group())]
    if cuts and cuts[-1].start() >= MIN_TITLE:
        behind = whole[cuts[-1].end() :].strip(_CLOSING)
        if 1 < len(behind) <= MAX_SITE and len(behind) <= cuts[-1].start():
            return Title(whole[: cuts[-1].start()].strip(), behind)
    return Title(whole)
