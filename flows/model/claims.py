"""What claims are handed on as: values, observations, readings, changes, where a claim stands."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping


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
