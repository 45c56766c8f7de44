"""Feeds to entries: RSS 0.9x to 2.0, RSS 1.0 (RDF) and Atom through feedparser, JSON Feed by the few lines it takes.

Bytes are decoded here (``flows.encoding``), since feedparser takes cp932 for other encodings.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
import email.utils
import html
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import feedparser

from flows.capture import urls
from flows.encoding import decode
from flows.model import JST, Entry, KawarabanError, Source

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_MARKUP = re.compile(r"<[^<>]{1,400}>")
_SPACE = re.compile(r"\s+")
_ZONED = re.compile(r"(?:Z|[+-]\d\d:?\d\d|\b[A-Z]{2,4})\s*$")


class FeedError(KawarabanError):
    """What came is no feed."""


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed's entries, in its order."""

    entries: tuple[Entry, ...]
    title: str = ""
    ttl_minutes: int | None = None
    problem: str | None = None
    """What was wrong with it although it could be read."""


def parse_feed(body: bytes, content_type: str, source: Source) -> ParsedFeed:
    """Reads a feed of any kind.

    Args:
        body: the content-decoded bytes.
        content_type: the Content-Type header as sent.
        source: the feed; relative links are resolved against its address.

    Raises:
        FeedError: it is neither a feed nor broken XML in which entries can be found.
    """
    text, _ = decode(body, content_type)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _json_feed(text, source)
    parsed = feedparser.parse(
        _DECLARATION.sub("", text).encode(), response_headers={"content-type": "text/xml; charset=utf-8"}
    )
    if not parsed.entries and not parsed.version:
        raise FeedError(f"{source.url} is no feed: {_SPACE.sub(' ', text.strip())[:60]!r}")
    entries = [entry for item in parsed.entries if (entry := _entry(item, source)) is not None]
    problem = str(parsed.get("bozo_exception", "")) if parsed.get("bozo") else None
    ttl = str(parsed.feed.get("ttl", ""))
    return ParsedFeed(
        entries=tuple(_once(entries)),
        title=plain(str(parsed.feed.get("title", ""))),
        ttl_minutes=int(ttl) if ttl.isdigit() else None,
        problem=problem,
    )


def plain(markup: str) -> str:
    """A title or summary as text: entities decoded once, no markup, single spaces."""
    return _SPACE.sub(" ", html.unescape(_MARKUP.sub("", markup))).strip()


def _once(entries: Iterable[Entry]) -> Iterable[Entry]:
    return {entry.canonical_url: entry for entry in reversed(list(entries))}.values().__reversed__()


def _made(
    source: Source, link: str, guid: str | None, title: str, published: dt.datetime | None, summary: str
) -> Entry | None:
    try:
        address = urls.split(link, source.url).geturl()
        canonical = urls.normalize(link, source.url)
    except urls.UrlError:
        return None
    return Entry(source.url, source.publisher, address, canonical, guid, title, published, summary)


def _entry(item: Mapping[str, Any], source: Source) -> Entry | None:
    guid = item.get("id")
    link = item.get("link") or (guid if guid and guid.startswith("http") else None)
    if not link:
        return None
    published = _moment(item, "published") or _moment(item, "updated")
    return _made(source, link, guid, plain(item.get("title", "")), published, plain(item.get("summary", "")))


def _moment(item: Mapping[str, Any], name: str) -> dt.datetime | None:
    parsed, said = item.get(f"{name}_parsed"), str(item.get(name, ""))
    if not parsed:
        return None
    try:
        moment = dt.datetime.fromtimestamp(calendar.timegm(parsed), dt.UTC)
    except (OverflowError, ValueError, OSError):
        return None
    # feedparser reads a time without a zone as UTC; Japanese feeds mean Japan's.
    return moment if _ZONED.search(said.strip()) else moment.replace(tzinfo=JST)


def _json_feed(text: str, source: Source) -> ParsedFeed:
    """A JSON Feed (jsonfeed.org, version 1.1)."""
    try:
        document = json.loads(text.lstrip("\ufeff"))
        items = document["items"]
    except (ValueError, KeyError, TypeError) as error:
        raise FeedError(f"{source.url} is no JSON Feed: {error}") from error
    entries = []
    for item in items if isinstance(items, list) else []:
        if not isinstance(item, dict):
            continue
        guid = str(item["id"]) if item.get("id") is not None else None
        link = item.get("url") or item.get("external_url") or (guid if guid and guid.startswith("http") else None)
        if link:
            when = read_moment(str(item.get("date_published") or item.get("date_modified") or ""))
            summary = str(item.get("summary") or "")
            entry = _made(source, str(link), guid, plain(str(item.get("title") or "")), when, plain(summary))
            entries += [entry] if entry else []
    return ParsedFeed(tuple(_once(entries)), plain(str(document.get("title", ""))))


def read_moment(text: str) -> dt.datetime | None:
    """A time in ISO 8601 or RFC 5322, Japan's where it names no zone; None where it is neither."""
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        try:
            moment = email.utils.parsedate_to_datetime(text)
        except ValueError:
            return None
    return moment if moment.tzinfo else moment.replace(tzinfo=JST)
