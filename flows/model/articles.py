"""What reading hands on: pages, articles with their topics, what is known of them."""

from __future__ import annotations

import dataclasses
import datetime as dt


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
