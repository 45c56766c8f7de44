"""Sitemaps to entries: news sitemaps with titles and times, plain ones with addresses alone, and indexes of both.

The protocol of sitemaps.org 0.9 with Google's news extension 0.9. Read by lxml without entities, DTDs and network;
broken XML is read as far as it can be.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from lxml import etree

from flows.capture import dates
from flows.capture.items import FeedError, Item, Listing, spaced, xml_bytes

MAX_PARTS = 5
"""Sitemaps of an index that are asked for in one poll."""
RECENT = dt.timedelta(days=3)
"""How far behind its newest page a sitemap without news is read: the rest of it is the site's whole past."""
_ROOT = re.compile(
    r"(?>(?:\s+|(?><\?.*?\?>)|(?><!--.*?-->)|(?><!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>))*)<(?:\w+:)?(?:urlset|sitemapindex)\b",
    re.DOTALL,
)
_NEWS = "sitemap-news"
_HEAD = 20_000


def is_sitemap(text: str) -> bool:
    """Whether a decoded document is a sitemap or an index of sitemaps."""
    return _ROOT.match(text[:_HEAD]) is not None


def parse_sitemap(text: str, links: re.Pattern[str] | None = None) -> Listing:
    """The pages of a sitemap as items, the newest first, or the parts of an index, those of news and the newest first.

    Args:
        text: the decoded document.
        links: what an address must look like; a sitemap that tells no times is not read without it.

    Raises:
        FeedError: it cannot be read, or nothing says which of its pages are new.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, recover=True, huge_tree=False
    )
    try:
        root = etree.fromstring(xml_bytes(text), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FeedError(f"not readable as a sitemap ({error})") from error
    if root is None:
        raise FeedError("not readable as a sitemap")
    broken = f"broken XML ({parser.error_log[0].message})" if len(parser.error_log) else None
    if _name(root) == "sitemapindex":
        return Listing([], problem=broken, further=_parts(root))
    pages = [page for page in (_page(element) for element in root if _name(element) == "url") if page is not None]
    if links is not None:
        pages = [page for page in pages if links.search(page[0].link or "")]
    dated = [page for page in pages if page[1] is not None]
    if pages and not dated and links is None:
        raise FeedError("a sitemap without times: set `links`, a pattern of the articles' addresses")
    pages.sort(key=lambda page: -page[1].timestamp() if page[1] else 0.0)
    if dated and not any(item.title for item, _ in pages):
        newest = max(moment for _, moment in dated if moment)
        pages = [page for page in pages if page[1] is not None and newest - page[1] <= RECENT]
    return Listing([item for item, _ in pages], problem=broken)


def _page(element: etree._Element) -> tuple[Item, dt.datetime | None] | None:
    address = title = outlet = published = changed = None
    for child in _inside(element):
        name, text = _name(child), spaced(child.text or "")
        news = _NEWS in _space(child)
        if name == "loc" and not address and not _foreign(child):
            address = text
        elif name == "lastmod":
            changed = text
        elif news and name == "title":
            title = text
        elif news and name == "publication_date":
            published = text
        elif news and name == "name":
            outlet = text
    if not address:
        return None
    # What an ordinary sitemap dates is the page's last change, not its publication.
    item = Item(link=address, guid=None, title=title or "", date=published, summary="", outlet=outlet)
    return item, dates.parse(published or changed)


def _parts(root: etree._Element) -> tuple[str, ...]:
    found: list[tuple[bool, float, str]] = []
    for element in root:
        if _name(element) != "sitemap":
            continue
        fields = {_name(child): spaced(child.text or "") for child in _inside(element)}
        if address := fields.get("loc"):
            moment = dates.parse(fields.get("lastmod"))
            found.append(
                ("news" not in address.lower().split("/", 3)[-1], -moment.timestamp() if moment else 0.0, address)
            )
    return tuple(address for _, _, address in sorted(found)[:MAX_PARTS])


def _inside(element: etree._Element) -> Iterator[etree._Element]:
    return (child for child in element.iterdescendants() if isinstance(child.tag, str))


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _space(element: etree._Element) -> str:
    return etree.QName(element).namespace or ""


def _foreign(element: etree._Element) -> bool:
    """Whether an element is of an extension for images or videos, which have addresses of their own."""
    return any(word in _space(element) for word in ("sitemap-image", "sitemap-video", _NEWS))
