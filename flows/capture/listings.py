"""HTML pages that list articles to entries: the links whose address fits a pattern, with the title and time beside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from flows.capture import urls
from flows.capture.items import FeedError, Item, Listing, spaced

HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_DATE = re.compile(
    r"\d{4}\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}\s*日?(?:\s*(?:\([^()]\)|（[^（）]）)?\s*\d{1,2}\s*[:時]\s*\d{2}\s*分?)?"
)
_WEEKDAY = re.compile(r"[(（][^()（）][)）]")
_AROUND = 4
"""Elements around a link in which its time may stand."""


def parse_html(text: str) -> HtmlElement:
    """A decoded HTML page as a tree; an empty one where there is nothing to parse."""
    clean = re.sub(r"^\s*<\?xml[^>]*\?>", "", text) or "<html></html>"
    try:
        return document_fromstring(clean, parser=HTMLParser(huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return document_fromstring("<html><body></body></html>")


def links_of(tree: HtmlElement, base: str) -> Iterator[tuple[HtmlElement, str]]:
    """The elements of a page that link, with their normalized addresses; what is no http address is left out."""
    for element in tree.iter("base"):
        if element.get("href"):
            base = urls.join(base, element.get("href"))
            break
    for element in tree.iter("a"):
        href = (element.get("href") or "").strip()
        if not href or href.startswith("#"):
            continue
        try:
            yield element, urls.normalize(href, base)
        except urls.UrlError:
            continue


def parse_listing(text: str, base: str, links: re.Pattern[str]) -> Listing:
    """The articles that a page links to, in its order.

    Args:
        text: the decoded page.
        base: its address.
        links: what an article's address must look like.

    Raises:
        FeedError: no link does, so that the pattern or the page is not what it was.
    """
    tree = parse_html(text)
    found: dict[str, list[HtmlElement]] = {}
    for element, address in links_of(tree, base):
        if links.search(address):
            found.setdefault(address, []).append(element)
    if not found:
        raise FeedError(f"no link on the page fits {links.pattern!r}")
    owners = {id(element): address for address, elements in found.items() for element in elements}
    items = []
    for address, elements in found.items():
        title = max((_title(element) for element in elements), key=len)
        date = next((d for d in (_date(element, address, owners) for element in elements) if d), None)
        items.append(Item(link=address, guid=None, title=title, date=date, summary=""))
    heading = tree.find(".//title")
    return Listing(items, title=spaced(heading.text_content()) if heading is not None else "")


def _title(element: HtmlElement) -> str:
    """The link's heading where it has one, else its text without times, else what stands for its picture."""
    for heading in element.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        if text := spaced(heading.text_content()):
            return text
    text = spaced("".join(str(part) for part in element.xpath(".//text()[not(ancestor::time)]")))
    return (
        text
        or spaced(element.get("title") or "")
        or next((spaced(i.get("alt") or "") for i in element.iter("img")), "")
    )


def _date(element: HtmlElement, address: str, owners: Mapping[int, str]) -> str | None:
    """The time that stands in a link or around it, as long as no other article's link stands there too."""
    scope: HtmlElement | None = element
    for _ in range(_AROUND):
        if scope is None or any(owners.get(id(other), address) != address for other in scope.iter("a")):
            return None
        for stamp in scope.iter("time"):
            if text := spaced(stamp.get("datetime") or stamp.text_content()):
                return text
        if told := _DATE.search(scope.text_content()):
            return _WEEKDAY.sub(" ", told.group())
        scope = scope.getparent()
    return None
