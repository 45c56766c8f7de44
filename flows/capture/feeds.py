"""Sources to entries, whatever they are: the one place that tells by its content what has come.

RSS 0.9x to 2.0, RSS 1.0, Atom and CDF go through feedparser, JSON Feed through a parser of our own, sitemaps and HTML
listings through theirs. The bytes are decoded here, before feedparser sees them, since it takes Windows' Japanese for
other encodings. Broken XML is read as far as it can be; an entry without an address is counted and told, never an
exception.
"""

from __future__ import annotations

import dataclasses
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import feedparser

from flows.capture import content, dates, urls
from flows.capture.aggregators import reveal
from flows.capture.items import FeedError, Item, Listing, bare, excerpt, plain, spaced, text_of, xml_bytes
from flows.capture.listings import HTML, parse_listing
from flows.capture.sitemaps import is_sitemap, parse_sitemap
from flows.encoding import decode
from flows.model import Entry, Source
from flows.web import WebRules

__all__ = ["MAX_ENTRIES", "FeedError", "ParsedFeed", "parse_feed", "plain"]

MAX_ENTRIES = 5_000
"""Entries that are taken from one feed; more are named as a problem."""
MAX_TITLE = 1_000
MAX_SUMMARY = 5_000
MAX_UNPACKED = 60_000_000
"""Bytes of a file that comes compressed (``sitemap.xml.gz``); the protocol allows 50 MB."""
_GZIP = b"\x1f\x8b"


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as read."""

    entries: tuple[Entry, ...]
    title: str = ""
    ttl_minutes: int | None = None
    """How long the feed asks to be left alone, in minutes (RSS 2.0's ``ttl``)."""
    problem: str | None = None
    """What was wrong with it although it could be read; None where nothing was."""
    further: tuple[str, ...] = ()
    """Addresses of the parts in which its entries stand (a sitemap index's sitemaps)."""


def parse_feed(body: bytes, content_type: str, source: Source, rules: WebRules | None = None) -> ParsedFeed:
    """The entries of a source's content-decoded body, in its order, each address once.

    Raises:
        FeedError: the body is no feed, sitemap or listing.
    """
    if body.startswith(_GZIP):
        try:
            body, content_type = content.decompress(body, "gzip", MAX_UNPACKED), ""
        except (content.Broken, content.TooLarge) as error:
            raise FeedError(f"a compressed file that cannot be read ({error})") from error
    text, _ = decode(body, content_type)
    start = text.lstrip("\ufeff \t\r\n")
    if not start:
        raise FeedError("empty answer, no feed")
    listing = _listing(start, source)
    entries, troubles = _entries(listing.items, source, rules or WebRules())
    problems = [p for p in (listing.problem, *troubles) if p]
    return ParsedFeed(entries, listing.title, listing.ttl_minutes, "; ".join(problems) or None, listing.further)


def _listing(text: str, source: Source) -> Listing:
    links = re.compile(source.links) if source.links else None
    if text[0] in "{[":
        return _json_feed(text)
    if is_sitemap(text):
        return parse_sitemap(text, links)
    if links is not None and HTML.search(text[:2000]):
        return parse_listing(text, source.url, links)
    return _xml_feed(text, source)


def _entries(items: Iterable[Item], source: Source, rules: WebRules) -> tuple[tuple[Entry, ...], list[str]]:
    found: dict[str, Entry] = {}
    homeless = 0
    excess = 0
    for number, item in enumerate(items):
        if number >= MAX_ENTRIES:
            excess += 1
            continue
        try:
            link = (item.link or "").strip()
            address, known_by = reveal(urls.split(link, source.url).geturl(), rules) if link else ("", "")
            canonical = urls.normalize(known_by) if known_by else ""
        except urls.UrlError:
            canonical = ""
        if not canonical:
            homeless += 1
            continue
        # A search feed gathers many outlets' articles and names the outlet of each.
        publisher = item.outlet if item.outlet and source.kind == "search" else source.publisher
        title = item.title
        if item.outlet and source.kind == "search":
            title = re.sub(rf"\s+[-|–]\s+{re.escape(item.outlet)}$", "", title)
        found.setdefault(
            canonical,
            Entry(
                feed_url=source.url,
                publisher=publisher,
                url=address,
                canonical_url=canonical,
                guid=item.guid or None,
                title=title[:MAX_TITLE],
                published_at=dates.parse(item.date),
                summary=item.summary[:MAX_SUMMARY],
            ),
        )
    troubles = [f"{homeless} entries without an address"] if homeless else []
    if excess:
        troubles.append(f"{excess} entries beyond the first {MAX_ENTRIES:,} left out")
    return tuple(found.values()), troubles


# --- XML --------------------------------------------------------------------------------------------------------------


def _xml_feed(text: str, source: Source) -> Listing:
    try:
        parsed = feedparser.parse(
            io.BytesIO(xml_bytes(text)),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": source.url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # feedparser's old corners raise whatever hostile markup provokes
        raise FeedError(f"not readable as a feed ({type(error).__name__}: {error})") from error
    if not parsed.get("version") and not parsed.entries:
        kind = "an HTML page" if HTML.search(text[:2000]) else ""
        raise FeedError(f"{kind or 'something'}, no feed: {excerpt(text)}")
    problem = None
    if parsed.get("bozo"):
        problem = f"broken XML ({parsed.get('bozo_exception')})"
    literal = parsed.version == "atom10"
    items = [_xml_item(entry, literal=literal) for entry in parsed.entries]
    return Listing(items, _title(parsed.feed, literal=literal), _minutes(parsed.feed.get("ttl")), problem)


def _xml_item(entry: Mapping[str, Any], *, literal: bool) -> Item:
    guid = text_of(entry.get("id"))
    link = text_of(entry.get("link")) or _first_link(entry.get("links"))
    if not link and guid.startswith(("http://", "https://")):
        link = guid
    outlet = entry.get("source")
    date = next((d for d in (text_of(entry.get(k)) for k in ("published", "updated", "created")) if d), None)
    return Item(
        link=link,
        guid=guid,
        title=_title(entry, literal=literal),
        date=date,
        summary=bare(text_of(entry.get("summary"))),
        outlet=bare(text_of(outlet.get("title"))) or None if isinstance(outlet, Mapping) else None,
    )


def _first_link(links: object) -> str | None:
    """The first link of an entry that may lead to a page: no enclosure, no feed of comments."""
    for link in links if isinstance(links, list) else []:
        if isinstance(link, Mapping) and link.get("rel") in {None, "alternate", "related", "via"} and link.get("href"):
            return str(link["href"])
    return None


def _title(element: Mapping[str, Any], *, literal: bool) -> str:
    """A title as plain text; ``literal`` where what the feed calls text is text (Atom 1.0), all else may be HTML."""
    detail = element.get("title_detail")
    value = text_of(element.get("title"))
    if literal and isinstance(detail, Mapping) and detail.get("type") == "text/plain":
        return spaced(value)
    return plain(value)


def _minutes(value: object) -> int | None:
    try:
        minutes = int(float(str(value)))
    except (ValueError, OverflowError):
        return None
    return minutes if 0 < minutes < 100_000 else None


# --- JSON Feed (https://www.jsonfeed.org/version/1.1/) ----------------------------------------------------------------


def _json_feed(text: str) -> Listing:
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise FeedError(f"broken JSON, not a feed ({error})") from error
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise FeedError(f"JSON, but not a JSON Feed: {excerpt(text)}")
    version = document.get("version")
    problem = None if isinstance(version, str) and "jsonfeed.org/version/1" in version else "no JSON Feed version"
    return Listing(list(_json_items(document["items"])), plain(text_of(document.get("title"))), problem=problem)


def _json_items(items: list[object]) -> Iterator[Item]:
    for item in items:
        if not isinstance(item, dict):
            continue
        raw_id = item.get("id")
        guid = str(raw_id) if isinstance(raw_id, (str, int, float)) and not isinstance(raw_id, bool) else ""
        link = text_of(item.get("url")) or text_of(item.get("external_url"))
        if not link and guid.startswith(("http://", "https://")):
            link = guid
        yield Item(
            link=link,
            guid=guid,
            title=spaced(text_of(item.get("title"))),  # plain text by the standard
            date=text_of(item.get("date_published")) or text_of(item.get("date_modified")) or None,
            summary=spaced(text_of(item.get("summary")) or text_of(item.get("content_text")))
            or bare(text_of(item.get("content_html"))),
        )
