"""What the steps hand to each other: plain, frozen dataclasses, in the order in which the data flows.

Times are aware ``datetime`` objects, numbers are in the attribute's unit, character positions count code points in
the text of the revision they speak of. Nothing here imports a step, Prefect or DuckDB.
"""

from flows.model.articles import Article, KnownArticle, Page, Signature, StoredText, TopicScore
from flows.model.basics import JST, KawarabanError, digest_of, iso_week
from flows.model.capture import Capture, Entry, Fetch, KnownEntry, PageRequest, Source, SourceState
from flows.model.claims import STATEMENT, Change, ClaimState, KnownClaim, Observation, Reading, SetAside, Value

__all__ = [
    "JST",
    "STATEMENT",
    "Article",
    "Capture",
    "Change",
    "ClaimState",
    "Entry",
    "Fetch",
    "KawarabanError",
    "KnownArticle",
    "KnownClaim",
    "KnownEntry",
    "Observation",
    "Page",
    "PageRequest",
    "Reading",
    "SetAside",
    "Signature",
    "Source",
    "SourceState",
    "StoredText",
    "TopicScore",
    "Value",
    "digest_of",
    "iso_week",
]
