"""Feeds to entries: RSS 0.9x to 2.0, RSS 1.0, Atom and CDF through feedparser, JSON Feed by a parser of our own.

The bytes are decoded here, before feedparser sees them, since it takes Windows' Japanese for other encodings. Broken
XML is read as far as it can be; an entry without an address is counted and told, never an exception.
"""

from __future__ import annotations

import dataclasses
import html
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import feedparser

from flows.capture import dates, urls
from flows.capture.doctype import harmless
from flows.encoding import decode
from flows.model import Entry, KawarabanError, Source

MAX_ENTRIES = 5_000
"""Entries that are taken from one feed; more are named as a problem."""
MAX_TITLE = 1_000
MAX_SUMMARY = 5_000


class FeedError(KawarabanError):
    """What came is no feed: an HTML page, an empty answer, something else."""


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as read."""

    entries: tuple[Entry, ...]
    title: str = ""
    ttl_minutes: int | None = None
    """How long the feed asks to be left alone, in minutes (RSS 2.0's ``ttl``)."""
    problem: str | None = None
    """What was wrong with it although it could be read; None where nothing was."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Item:
    """An entry of any format, before its address is normalized."""

    link: str | None
    guid: str | None
    title: str
    date: str | None
    summary: str
    outlet: str | None = None


_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|center|cite|code|del|div|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|nobr|ol|p|q|rb|rp|rt|ruby|s|"
    r"small|span|strike|strong|sub|sup|tt|u|ul|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"<(?:script|style)\b.*?</(?:script|style)\s*>", re.IGNORECASE | re.DOTALL)
_ANY_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>", re.DOTALL)


def parse_feed(body: bytes, content_type: str, source: Source) -> ParsedFeed:
    """The entries of a feed's content-decoded body, in the feed's order, each address once.

    Raises FeedError where the body is no feed.
    """
    text, _ = decode(body, content_type)
    start = text.lstrip("\ufeff \t\r\n")
    if not start:
        raise FeedError("empty answer, no feed")
    if start[0] in "{[":
        title, ttl, problem, items = _json_feed(start)
    else:
        title, ttl, problem, items = _xml_feed(start, source)
    entries, troubles = _entries(items, source)
    problems = [p for p in (problem, *troubles) if p]
    return ParsedFeed(entries, title, ttl, "; ".join(problems) or None)


def _entries(items: Iterable[_Item], source: Source) -> tuple[tuple[Entry, ...], list[str]]:
    found: dict[str, Entry] = {}
    homeless = 0
    excess = 0
    for number, item in enumerate(items):
        if number >= MAX_ENTRIES:
            excess += 1
            continue
        try:
            link = (item.link or "").strip()
            address = urls.split(link, source.url).geturl() if link else ""
            canonical = urls.normalize(link, source.url) if link else ""
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


def _xml_feed(text: str, source: Source) -> tuple[str, int | None, str | None, list[_Item]]:
    # Our declaration replaces the feed's own, whose encoding no longer holds.
    clean = '<?xml version="1.0" encoding="utf-8"?>' + harmless(_NOT_XML.sub("", _DECLARATION.sub("", text, count=1)))
    try:
        parsed = feedparser.parse(
            io.BytesIO(clean.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": source.url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # feedparser's old corners raise whatever hostile markup provokes
        raise FeedError(f"not readable as a feed ({type(error).__name__}: {error})") from error
    if not parsed.get("version") and not parsed.entries:
        kind = "an HTML page" if re.search(r"<(?:!doctype\s+html|html|head|body)\b", text[:2000], re.IGNORECASE) else ""
        raise FeedError(f"{kind or 'something'}, no feed: {_excerpt(text)}")
    problem = None
    if parsed.get("bozo"):
        problem = f"broken XML ({parsed.get('bozo_exception')})"
    literal = parsed.version == "atom10"
    items = [_xml_item(entry, literal=literal) for entry in parsed.entries]
    return _title(parsed.feed, literal=literal), _minutes(parsed.feed.get("ttl")), problem, items


def _xml_item(entry: Mapping[str, Any], *, literal: bool) -> _Item:
    guid = _text(entry.get("id"))
    link = _text(entry.get("link")) or _first_link(entry.get("links"))
    if not link and guid.startswith(("http://", "https://")):
        link = guid
    outlet = entry.get("source")
    date = next((d for d in (_text(entry.get(k)) for k in ("published", "updated", "created")) if d), None)
    return _Item(
        link=link,
        guid=guid,
        title=_title(entry, literal=literal),
        date=date,
        summary=_plain(_text(entry.get("summary"))),
        outlet=_plain(_text(outlet.get("title"))) or None if isinstance(outlet, Mapping) else None,
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
    value = _text(element.get("title"))
    if literal and isinstance(detail, Mapping) and detail.get("type") == "text/plain":
        return _spaced(value)
    return plain(value)


def plain(value: str) -> str:
    """A title without markup: known HTML elements removed, entities decoded once, white space joined.

    ``List<int>`` and other things in angle brackets that are no HTML stay.
    """
    return _spaced(html.unescape(_TAG.sub("", value)))


def _plain(value: str) -> str:
    """A summary's text: every tag removed, entities decoded once."""
    return _spaced(html.unescape(_ANY_TAG.sub(" ", _BLOCK.sub(" ", value))))


def _spaced(value: str) -> str:
    return " ".join(value.split())


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _minutes(value: object) -> int | None:
    try:
        minutes = int(float(str(value)))
    except (ValueError, OverflowError):
        return None
    return minutes if 0 < minutes < 100_000 else None


def _excerpt(text: str) -> str:
    return repr(" ".join(text[:200].split())[:60])


# --- JSON Feed (https://www.jsonfeed.org/version/1.1/) ----------------------------------------------------------------


def _json_feed(text: str) -> tuple[str, int | None, str | None, list[_Item]]:
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise FeedError(f"broken JSON, not a feed ({error})") from error
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise FeedError(f"JSON, but not a JSON Feed: {_excerpt(text)}")
    version = document.get("version")
    problem = None if isinstance(version, str) and "jsonfeed.org/version/1" in version else "no JSON Feed version"
    return plain(_text(document.get("title"))), None, problem, list(_json_items(document["items"]))


def _json_items(items: list[object]) -> Iterator[_Item]:
    for item in items:
        if not isinstance(item, dict):
            continue
        raw_id = item.get("id")
        guid = str(raw_id) if isinstance(raw_id, (str, int, float)) and not isinstance(raw_id, bool) else ""
        link = _text(item.get("url")) or _text(item.get("external_url"))
        if not link and guid.startswith(("http://", "https://")):
            link = guid
        yield _Item(
            link=link,
            guid=guid,
            title=_spaced(_text(item.get("title"))),  # plain text by the standard
            date=_text(item.get("date_published")) or _text(item.get("date_modified")) or None,
            summary=_spaced(_text(item.get("summary")) or _text(item.get("content_text")))
            or _plain(_text(item.get("content_html"))),
        )
