"""What the steps hand to each other: plain, frozen dataclasses, in the order in which the data flows.

Times are aware ``datetime`` objects, numbers are in the attribute's unit, character positions count code points in
the text of the revision they speak of. Nothing here imports a step, Prefect or DuckDB.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")
"""The zone in which weeks are counted and in which a time without a zone is read."""


class KawarabanError(Exception):
    """A failure to tell the user about: what happened, where, and what to do."""


def digest_of(*parts: object, size: int = 16) -> str:
    """A content-derived id: the first ``size`` hex digits of SHA-256 over the parts in canonical JSON."""
    canonical = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:size]


def iso_week(moment: dt.datetime) -> str:
    """The ISO week in Asia/Tokyo in which a moment falls, such as ``2025-W05``."""
    year, week, _ = moment.astimezone(JST).isocalendar()
    return f"{year}-W{week:02d}"


# --- capture ----------------------------------------------------------------------------------------------------------


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


# --- reading ----------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """What extraction finds in a capture's bytes, before anything is judged."""

    title: str
    text: str
    """The body's paragraphs, one a line."""
    author: str | None = None
    published_at: dt.datetime | None = None
    modified_at: dt.datetime | None = None
    site_name: str | None = None
    canonical: str | None = None
    """The canonical URL that the page declares, normalized."""
    declared_language: str | None = None
    section: str | None = None
    paywalled: bool = False
    partial: bool = False
    """Whether the text visibly breaks off (a paywall, a missing further page)."""
    next_page: str | None = None
    origin: str | None = None
    """The outlet that a portal's page names as the one it took the article from."""


@dataclasses.dataclass(frozen=True, slots=True)
class TopicScore:
    """A topic that an article treats, its score from 0 to 1, and the terms that decided."""

    topic: str
    score: float
    terms: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Article:
    """One state of one article's text, judged: language, relevance, copy-of, topics."""

    article_id: str
    url: str
    """The canonical URL."""
    feed_url: str | None
    publisher: str
    title: str
    author: str | None
    published_at: dt.datetime | None
    modified_at: dt.datetime | None
    language: str
    """ISO 639-1, or ``und`` where nothing can be said."""
    relevant: bool
    text: str
    content_hash: str
    """Of the normalized title and text: equal for revisions that differ in typography alone."""
    revision: int
    seen_at: dt.datetime
    raw_path: str
    partial: bool = False
    paywalled: bool = False
    entry_url: str | None = None
    """The canonical URL under which a feed promised it, where a redirect or the page itself led to another."""
    origin: str | None = None
    """The outlet that a portal names as the one it took the article from; ``publisher`` is the portal."""
    declared_original: str | None = None
    """The other address that the page itself names as canonical: it says that it is a copy."""
    duplicate_of: str | None = None
    duplicate_kind: str | None = None
    """``declared``, ``exact``, ``near`` or ``truncated``."""
    section: str | None = None
    """The part of the outlet under which the page puts itself."""
    correction: bool = False
    """Whether the text carries a note of correction (訂正, おわび)."""
    topics: tuple[TopicScore, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class KnownArticle:
    """An article at its newest revision, as earlier runs left it; without its text."""

    article_id: str
    url: str
    publisher: str
    revision: int
    content_hash: str
    raw_path: str
    relevant: bool
    duplicate_of: str | None
    published_at: dt.datetime | None
    first_seen_at: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Signature:
    """The MinHash bands of one revision's text, by which likely copies of it are found."""

    article_id: str
    revision: int
    scheme: str
    """Names the shingles, the hash functions and their version: only bands of one scheme can be compared."""
    bands: tuple[int, ...]
    """One 64-bit hash for each band, in the bands' order."""


@dataclasses.dataclass(frozen=True, slots=True)
class StoredText:
    """A stored article at its newest revision, as a candidate for being the original of a copy."""

    article_id: str
    url: str
    publisher: str
    title: str
    text: str
    published_at: dt.datetime | None
    first_seen_at: dt.datetime
    duplicate_of: str | None
    declared_original: str | None = None


# --- claims -----------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Value:
    """A claim's value: an interval of numbers, an interval of days, or a text; as said, without widening."""

    low: float | None = None
    high: float | None = None
    unit: str | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    text: str | None = None
    """A status word, an entity's id or name, or free text; for numbers and dates the words as they stand."""
    approximate: bool = False

    @property
    def numeric(self) -> bool:
        """Whether it is an interval of numbers."""
        return self.low is not None or self.high is not None

    @property
    def dated(self) -> bool:
        """Whether it is an interval of days."""
        return self.start is not None


STATEMENT = "statement"
"""The attribute of what fits none of the catalogue: its normalized proposition is the value's text."""


@dataclasses.dataclass(frozen=True, slots=True)
class Observation:
    """A place in one article's text that states a claim."""

    observation_id: str
    claim_id: str
    article_id: str
    revision: int
    subject: str
    attribute: str
    qualifiers: Mapping[str, str]
    value: Value
    past: bool
    modality: str
    polarity: str
    attribution: str | None
    sentence: str
    char_start: int
    char_end: int
    published_at: dt.datetime | None
    seen_at: dt.datetime
    confidence: float = 1.0
    extractor: str = "rules"
    cites: str | None = None
    """The other outlet that the sentence names as its source: the claim's witness in place of the one that cites it."""


@dataclasses.dataclass(frozen=True, slots=True)
class SetAside:
    """A passage that looked like a claim and was not taken, and why: shown by ``explain``, counted by runs."""

    char_start: int
    char_end: int
    attribute: str
    reason: str
    """``no subject``, ``question``, ``hypothesis``, ``rival's figure``, ``outscored`` …"""
    detail: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class KnownClaim:
    """A claim of the baseline (``seeds/claims.toml``): known before the first article was read."""

    claim_id: str
    subject: str
    attribute: str
    qualifiers: Mapping[str, str]
    value: Value
    source: str | None = None
    past: bool = False
    """Whether its document itself places the value in the past."""
    polarity: str = "affirmed"


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """What one revision of one article said about a set of claims, in the order in which it was seen."""

    article_id: str
    revision: int
    publisher: str
    published_at: dt.datetime | None
    seen_at: dt.datetime
    observations: tuple[Observation, ...]
    original: str | None = None
    """Of which article it was found, later than it was read, to be a copy: it speaks for that one's outlet."""


# --- changes ----------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """Something about a claim that became new or different."""

    change_id: str
    claim_id: str
    kind: str
    """``new``, ``updated``, ``disputed``, ``corrected``, ``retracted``, ``denied`` or ``corroborated``."""
    week: str
    changed_at: dt.datetime
    observation_id: str
    previous_observation_id: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class ClaimState:
    """Where a claim stands after a run."""

    claim_id: str
    subject: str
    attribute: str
    qualifiers: Mapping[str, str]
    statement_ja: str
    statement_en: str
    status: str
    """``held``, ``disputed``, ``denied`` or ``retracted``."""
    value: Value
    as_of: dt.datetime
    """When the run saw what made it so."""
    observation_id: str | None = None
    """The observation that gives the current value; None where the baseline does."""
