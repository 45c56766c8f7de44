"""What capture hands on: sources and their entries, requests, fetches, pages as they were fetched."""

from __future__ import annotations

import dataclasses
import datetime as dt


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """A feed to poll, as ``seeds/feeds.toml`` lists it."""

    url: str
    publisher: str
    kind: str = "news"
    """What sort of feed it is: ``news``, ``search``, ``developer``, ``official``, ``blog``, ``listing``."""
    interval: int | None = None
    """Minutes between polls, where the list fixes them."""
    hosts: tuple[str, ...] = ()
    """Hosts of article pages that belong to this publisher."""
    links: str | None = None
    """What an article's address looks like (a regular expression): for HTML listings and sitemaps."""
    query: str | None = None
    """What is searched for, where the list gives the address with ``{query}`` in it; ``url`` has it filled in."""


@dataclasses.dataclass(frozen=True, slots=True)
class SourceState:
    """How a feed is doing, as earlier runs left it."""

    feed_url: str
    etag: str | None = None
    last_modified: str | None = None
    last_fetched_at: dt.datetime | None = None
    last_success_at: dt.datetime | None = None
    last_full_at: dt.datetime | None = None
    """When the feed last came whole (200), which an unconditional request a day makes sure of."""
    last_new_at: dt.datetime | None = None
    """When it last brought an entry that was not known."""
    consecutive_failures: int = 0
    last_error: str | None = None
    next_fetch_at: dt.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """An item of a feed: the promise of an article."""

    feed_url: str
    publisher: str
    url: str
    """The address to fetch, as the feed gives it."""
    canonical_url: str
    """The address normalized, without tracking parameters: what the entry is known by."""
    guid: str | None
    title: str
    published_at: dt.datetime | None
    summary: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class KnownEntry:
    """An item that a feed has brought before, as it was then."""

    canonical_url: str
    feed_url: str
    guid: str | None
    title: str
    published_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class PageRequest:
    """A page that a run wants: an entry's page for the first time, or a known article's again."""

    url: str
    canonical_url: str
    feed_url: str
    publisher: str
    reason: str = "entry"
    """``entry`` (first visit), ``visit`` (a known article again) or ``retry``."""
    article_id: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    first_seen_at: dt.datetime | None = None
    failures: int = 0
    title: str = ""
    """The feed's title for it, the fallback where the page has none."""
    published_at: dt.datetime | None = None
    """The feed's publication time for it, the fallback where the page has none."""


@dataclasses.dataclass(frozen=True, slots=True)
class Fetch:
    """One request and how it ended: a row of ``fetches``, from which all states of feeds and pages are derived."""

    url: str
    requested_at: dt.datetime
    reason: str
    """``feed``, ``part`` (of a feed: a sitemap of an index), ``robots``, ``entry``, ``visit``, ``retry``, ``page`` (a
    further page of an article) or ``resolve`` (a link whose page told the article's address, its ``final_url``)."""
    status: int | None
    """The HTTP status; None where no answer came or none was asked for."""
    bytes: int = 0
    seconds: float = 0.0
    error: str | None = None
    """Why it failed, a kind and a detail: ``timeout: no answer in 30 s``; None where it did not."""
    final_url: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    feed_url: str | None = None
    canonical_url: str | None = None
    """For pages: the address that the entry is known by."""
    new_entries: int = 0
    next_fetch_at: dt.datetime | None = None
    """When this address is to be asked for again; None where never by itself."""
    raw_path: str | None = None
    entries: int | None = None
    """For feeds: how many entries it has; None where it brought none because it did not change or failed."""
    note: str | None = None
    """For feeds: what was wrong although it could be read."""


@dataclasses.dataclass(frozen=True, slots=True)
class Capture:
    """A page as it was fetched or imported, kept in the archive."""

    url: str
    """The address asked for (or ``file:NAME``)."""
    final_url: str
    """The address that answered, after redirects."""
    canonical_url: str
    """The normalized address by which the entry is known."""
    fetched_at: dt.datetime
    raw_path: str
    """Where it is kept: the WARC file's path below the data folder, ``#`` and the record's offset."""
    content_type: str = ""
    """The Content-Type header as sent, or the media type that the file's name implies."""
    feed_url: str | None = None
    publisher: str | None = None
    title: str = ""
    published_at: dt.datetime | None = None
    further: tuple[str, ...] = ()
    """The raw paths of the article's further pages, in order."""
