"""What is reported: a week with its changes and figures, what a run did, what became of a mail.

Like ``flows.model`` plain, frozen dataclasses; the warehouse fills them and the digest is made of them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

from flows.model import Value


@dataclasses.dataclass(frozen=True, slots=True)
class Evidence:
    """What one article said about a claim, with its sentence and its source."""

    observation_id: str
    value: Value
    past: bool
    modality: str
    polarity: str
    attribution: str | None
    sentence: str
    article_id: str
    url: str
    title: str
    publisher: str
    published_at: dt.datetime | None
    seen_at: dt.datetime
    confidence: float = 1.0
    partial: bool = False
    """Whether the article's text breaks off, so that more may stand in it."""


@dataclasses.dataclass(frozen=True, slots=True)
class WeekChange:
    """A change with everything that a reader of the digest needs to see and to check."""

    change_id: str
    claim_id: str
    kind: str
    changed_at: dt.datetime
    subject: str
    attribute: str
    qualifiers: Mapping[str, str]
    status: str
    publishers: int
    """Independent outlets that support the claim."""
    evidence: Evidence
    previous: Evidence | None
    """What was held before; None for what is new or was known from the baseline alone."""
    previous_value: Value | None = None
    """The value held before, also where it comes from the baseline."""


@dataclasses.dataclass(frozen=True, slots=True)
class SourceTrouble:
    """A feed that could not be read in a week or told too little, so that a gap is never taken for quiet."""

    feed_url: str
    publisher: str
    failures: int
    """Polls that failed; where its links hide where the articles are, the entries that were not had."""
    last_error: str
    last_success_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class SourceCondition:
    """How a feed is doing."""

    feed_url: str
    condition: str
    """``new``, ``ok``, ``empty``, ``silent``, ``failing`` or ``blocked``."""
    last_success_at: dt.datetime | None = None
    next_fetch_at: dt.datetime | None = None
    articles_per_week: float = 0.0
    relevant_share: float | None = None
    """Of its articles, from 0 to 1; None where it has brought none."""
    failures: int = 0
    """In a row."""
    last_error: str | None = None
    silent_since: dt.datetime | None = None
    note: str | None = None
    """What was wrong with it although it could be read."""


@dataclasses.dataclass(frozen=True, slots=True)
class PageTrouble:
    """A page that could not be fetched in a week."""

    url: str
    publisher: str
    error: str
    attempts: int


@dataclasses.dataclass(frozen=True, slots=True)
class SilentSource:
    """A feed that answered all week and brought nothing, though it used to bring something every week."""

    feed_url: str
    publisher: str
    last_new_at: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class WeekCount:
    """How many of something a week had."""

    week: str
    name: str
    count: int


@dataclasses.dataclass(frozen=True, slots=True)
class ClaimPoint:
    """A value that one article gave a claim, for drawing how it moved."""

    at: dt.datetime
    """When the article was published, or seen where it does not say."""
    value: Value
    publisher: str


@dataclasses.dataclass(frozen=True, slots=True)
class UnplacedArticle:
    """A relevant article, no copy, that the topics fit badly."""

    article_id: str
    revision: int
    publisher: str
    title: str
    fit: float
    """The share of its passages that tell a topic."""
    terms: tuple[str, ...]
    """What it speaks of, in the order of the text."""
    first_seen_at: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class EmergingTopic:
    """Articles that no topic fits and that share terms of their own."""

    emerging_id: str
    name: str
    """Its first terms."""
    terms: tuple[str, ...]
    article_ids: tuple[str, ...]
    """The earliest first; none where it has fallen apart."""


@dataclasses.dataclass(frozen=True, slots=True)
class WeekEmerging:
    """An emerging topic as a week ended, which came up in it or grew."""

    emerging_id: str
    name: str
    terms: tuple[str, ...]
    articles: int
    new_articles: int
    """Those of them that were first seen in the week."""
    publishers: int
    first_seen_at: dt.datetime
    examples: tuple[tuple[str, str, str], ...]
    """(title, URL, publisher) of its articles, the latest first."""


@dataclasses.dataclass(frozen=True, slots=True)
class WeekFacts:
    """Everything a digest is made of: the changes of an ISO week and the figures of the week's work."""

    week: str
    changes: tuple[WeekChange, ...]
    runs: int
    """Monitoring runs that ended in the week."""
    sources: int
    articles: int
    """Articles seen for the first time in the week, of any language and subject."""
    relevant: int
    """Those of them that are about the subject, copies included."""
    copies: int
    revisions: int
    publishers: int
    """Outlets with a relevant article."""
    topics: Mapping[str, int]
    """Topic id -> relevant articles that are no copies."""
    source_troubles: tuple[SourceTrouble, ...] = ()
    page_troubles: tuple[PageTrouble, ...] = ()
    emerging: tuple[WeekEmerging, ...] = ()
    first: bool = False
    """Whether no earlier week has a run: everything is new because nothing was known."""
    silent: tuple[SilentSource, ...] = ()
    topic_history: tuple[WeekCount, ...] = ()
    """Topic -> relevant articles that are no copies, of this week and those before it."""
    claim_history: tuple[WeekCount, ...] = ()
    """Attribute -> claims that became new or different, of this week and those before it."""
    series: Mapping[str, tuple[ClaimPoint, ...]] = dataclasses.field(default_factory=dict)
    """Claim -> the numbers that articles gave it up to the week's end, in their order, for the week's claims."""


@dataclasses.dataclass(frozen=True, slots=True)
class RunCounts:
    """What a run did, for ``runs`` and for the user."""

    sources_polled: int = 0
    sources_failed: int = 0
    entries_new: int = 0
    pages_fetched: int = 0
    pages_failed: int = 0
    articles_new: int = 0
    revisions: int = 0
    relevant: int = 0
    copies: int = 0
    observations: int = 0
    set_aside: int = 0
    changes: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """Something that a rebuilt warehouse has otherwise than the one it was made from."""

    what: str
    """``text``, ``relevant``, ``claims that are new`` …"""
    count: int
    examples: tuple[tuple[str, str, str], ...]
    """The first few: an article's address or a claim's statement, what was, and what is now."""


@dataclasses.dataclass(frozen=True, slots=True)
class Picture:
    """A picture that goes with mail."""

    name: str
    """What the HTML calls it: ``<img src="cid:NAME">``; of the form of a Content-ID (RFC 2392)."""
    png: bytes
    text: str
    """What it shows, in words."""


@dataclasses.dataclass(frozen=True, slots=True)
class MailBody:
    """A digest as mail has it: plain text, and HTML with its pictures."""

    text: str
    html: str
    pictures: tuple[Picture, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Edition:
    """A week's digest as it is sent: what it is called, and its forms."""

    week: str
    subject: str
    markdown: str
    html: str
    sha256: str
    """Of the Markdown: what tells one edition of a week from another."""
    lang: str = "ja"
    json: str | None = None
    """None for digests of programs that wrote none."""
    mail: MailBody | None = None
    """None for digests of programs that mailed Markdown and the page."""


@dataclasses.dataclass(frozen=True, slots=True)
class RecordedEdition:
    """An edition in the warehouse."""

    edition: Edition
    version: int
    created_at: dt.datetime
    sent: bool
    """Whether it was sent to anybody, or may have been."""


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt to hand a digest over ended."""

    status: str
    """``sent``, ``failed``, or ``unclear``: handed over, and nobody knows whether it was taken."""
    error: str | None = None
    again: bool = False
    """Whether the failure may pass by itself, so that another attempt makes sense."""


@dataclasses.dataclass(frozen=True, slots=True)
class Delivery:
    """An attempt to send a week's digest to one address."""

    week: str
    recipient: str
    message_id: str
    sent_at: dt.datetime
    status: str
    """``sent``, ``failed``, ``unclear``; in the journal of a run under way also ``sending``."""
    error: str | None = None
    channel: str = "mail"
    """``mail`` or ``webhook``."""
    sha256: str | None = None
    """Of the edition that was sent."""
    delivery_id: str | None = None
