"""What the site is made of: claims with their whole history, and what a week said, for the search.

Like ``flows.report`` plain, frozen dataclasses; the warehouse fills them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

from flows.model import Change, Value
from flows.report import Evidence


@dataclasses.dataclass(frozen=True, slots=True)
class Occurrence:
    """A place in one state of an article that states a claim."""

    evidence: Evidence
    revision: int
    standing: bool
    """Whether the article is no copy and still says so in its newest revision."""
    cites: str | None = None
    """The other outlet that the sentence names as its source."""


@dataclasses.dataclass(frozen=True, slots=True)
class ClaimHistory:
    """A claim from the first place that stated it to where it stands."""

    claim_id: str
    subject: str
    attribute: str
    qualifiers: Mapping[str, str]
    status: str
    value: Value
    """The current value."""
    known: Value | None
    """The baseline's value; None where the claim is not of the baseline."""
    occurrences: tuple[Occurrence, ...]
    """In the order of publication."""
    changes: tuple[Change, ...]

    @property
    def publishers(self) -> tuple[str, ...]:
        """The independent outlets that affirm it as it stands, in their order; a cited one for those that cite."""
        affirming = (m for m in self.occurrences if m.standing and m.evidence.polarity == "affirmed")
        told = [m.cites or m.evidence.publisher for m in affirming]
        return tuple(dict.fromkeys(told))


@dataclasses.dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim as one line of a topic's page."""

    claim_id: str
    changed_at: dt.datetime
    subject: str
    attribute: str
    qualifiers: Mapping[str, str]
    status: str
    value: Value


@dataclasses.dataclass(frozen=True, slots=True)
class TopicLines:
    """The claims of a topic that changed last, and how many it has."""

    topic: str
    claims: int
    lines: tuple[ClaimLine, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class SearchEntry:
    """A claim as a week's change had it."""

    claim_id: str
    kind: str
    changed_at: dt.datetime
    subject: str
    attribute: str
    qualifiers: Mapping[str, str]
    value: Value
    sentence: str
    publisher: str


@dataclasses.dataclass(frozen=True, slots=True)
class DigestLine:
    """A week's digest, without its text."""

    week: str
    subject: str
    """What it is called; the week alone where that was not recorded."""
    sha256: str
    published_at: dt.datetime
    """When it was first written."""
    updated_at: dt.datetime
    """When it was last written differently."""
    lang: str = "ja"


@dataclasses.dataclass(frozen=True, slots=True)
class RunsSeen:
    """How far the warehouse is, against a site that has taken in some of its runs."""

    runs: int
    last_seen: str | None
    """The last run that the site has taken in; None where the warehouse has no such run."""
    last: str | None
    baseline: int | None
    """The edition of the baseline that is loaded; None where none is."""
    mark_seen: str
    """Of everything observed and changed by the runs that the site has taken in."""
    mark: str
    """Of everything observed and changed."""
