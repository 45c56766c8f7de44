"""The outlet that a portal names as the one it took an article from; who are portals and where they name it is data."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from lxml.html import HtmlElement

from flows.encoding import decode
from flows.reading.blocks import blocks_of, parse_text, squeezed
from flows.reading.cleaning import CleaningRules
from flows.reading.linked_data import linked_data, name_of, of_this_page
from flows.web import Portal

_LONGEST = 40
"""Characters of an outlet's name."""


def find_origin(body: bytes, content_type: str, url: str, portal: Portal, rules: CleaningRules) -> str | None:
    """The outlet that a portal's page names; None where it names none but itself.

    Args:
        body: the content-decoded bytes.
        content_type: the Content-Type header as sent.
        url: the page's address.
        portal: whose page it is.
        rules: the cleaning patterns, by which the page's lines are told apart.
    """
    tree = parse_text(decode(body, content_type)[0])
    for name in _names(tree, url, portal, rules):
        outlet = squeezed(name).strip(" 　:：・-–|")
        if outlet and len(outlet) <= _LONGEST and not any(own.casefold() in outlet.casefold() for own in portal.own):
            return outlet
    return None


def _names(tree: HtmlElement, url: str, portal: Portal, rules: CleaningRules) -> Iterator[str]:
    """What may name the outlet, the surest first."""
    linked = of_this_page(linked_data(tree), url)
    for member in portal.linked:
        if name := name_of(linked.get(member)):
            yield name
    for element in tree.iter("meta"):
        if (element.get("name") or element.get("property") or "").lower() in portal.meta:
            yield element.get("content") or ""
    blocks = blocks_of(tree, rules.is_box, rules.is_stamp) if portal.lines else []
    lines = [unicodedata.normalize("NFKC", block.text) for block in blocks]
    for pattern in portal.lines:
        for line in lines:
            if match := pattern.match(line):
                yield match["outlet"]
