"""Under which part of its outlet a page puts itself: by what it declares, else by the trail of links on top."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from flows.reading.blocks import element_text
from flows.reading.linked_data import text_of

MAX_SECTION = 30
_META = ("article:section", "articlesection", "cxenseparse:articlesection")
_TRAIL = re.compile(r"bread-?crumb|topic-?path|pankuzu", re.IGNORECASE)
"""How a trail's element is called: in class, id or the type of schema.org."""


def find_section(tree: HtmlElement, url: str, ld: Mapping[str, Any], meta: Mapping[str, str], title: str) -> str | None:
    """The section by JSON-LD, meta elements or the trail (ホーム > 社会 > …): its first step behind the front page.

    Args:
        tree: the whole page.
        url: its address.
        ld: the JSON-LD object of the article.
        meta: the page's meta elements.
        title: its title, which a trail may end with.
    """
    told = text_of(ld.get("articleSection")) or next((meta[name] for name in _META if name in meta), None)
    return told or _from_trail(tree, url, title)


def _from_trail(tree: HtmlElement, url: str, title: str) -> str | None:
    for element in tree.iter("nav", "ol", "ul", "div", "p"):
        if not _TRAIL.search(" ".join(element.get(name) or "" for name in ("class", "id", "itemtype"))):
            continue
        steps = [(link.get("href") or "", element_text(link)) for link in element.iter("a")]
        section = _first_step(steps, url, title)
        if section is not None:
            return section
    return None


def _first_step(steps: Sequence[tuple[str, str]], url: str, title: str) -> str | None:
    for href, text in steps:
        try:
            there = urlsplit(urljoin(url, href.strip()))
        except ValueError:
            continue
        front = there.path in {"", "/"} and not there.query
        if href and not front and there.path != urlsplit(url).path and 1 < len(text) <= MAX_SECTION and text != title:
            return text
    return None
