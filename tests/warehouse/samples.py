"""Small rows for the warehouse's tests, each with only what a test wants to be different."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from flows.model import (
    JST,
    Article,
    Change,
    ClaimState,
    Entry,
    Fetch,
    KnownClaim,
    Observation,
    Signature,
    Source,
    TopicScore,
    Value,
    iso_week,
)
from flows.report import EmergingTopic, RunCounts, UnplacedArticle
from warehouse.store import Reader, Warehouse, Writer

START = dt.datetime(2025, 1, 27, 9, tzinfo=JST)
"""The Monday of week 2025-W05, in the morning."""


def at(hours: float) -> dt.datetime:
    """The moment some hours after START."""
    return START + dt.timedelta(hours=hours)


def url_of(name: str) -> str:
    return f"https://news.example/{name}"


def article(name: str, **given: Any) -> Article:
    plain = Article(
        article_id=name,
        url=url_of(name),
        entry_url=url_of(name),
        feed_url="https://news.example/feed",
        publisher="みなと新聞",
        title=f"題 {name}",
        author=None,
        published_at=START,
        modified_at=None,
        language="ja",
        relevant=True,
        text="利用者は3000万人を超えた。",
        content_hash="a1",
        revision=1,
        seen_at=START,
        raw_path="warc/1.warc.gz#0",
    )
    return dataclasses.replace(plain, **given)


def unplaced(of: Article, *terms: str) -> UnplacedArticle:
    return UnplacedArticle(of.article_id, of.revision, of.publisher, of.title, 0.1, terms, of.seen_at)


def observation(claim: str, of: Article, **given: Any) -> Observation:
    plain = Observation(
        observation_id=f"{claim}-{of.article_id}-{of.revision}",
        claim_id=claim,
        article_id=of.article_id,
        revision=of.revision,
        subject="deepseek",
        attribute="users",
        qualifiers={"place": "world", "period": "daily"},
        value=Value(low=30e6, unit="persons", text="3000万人"),
        past=False,
        modality="asserted",
        polarity="affirmed",
        attribution=None,
        sentence=of.text,
        char_start=0,
        char_end=len(of.text),
        published_at=of.published_at,
        seen_at=of.seen_at,
        confidence=0.8,
    )
    return dataclasses.replace(plain, **given)


def change(kind: str, of: Observation, before: Observation | None = None) -> Change:
    return Change(
        change_id=f"{kind}-{of.observation_id}",
        claim_id=of.claim_id,
        kind=kind,
        week=iso_week(of.seen_at),
        changed_at=of.seen_at,
        observation_id=of.observation_id,
        previous_observation_id=before.observation_id if before else None,
    )


def state(of: Observation, status: str = "held") -> ClaimState:
    return ClaimState(
        claim_id=of.claim_id,
        subject=of.subject,
        attribute=of.attribute,
        qualifiers=of.qualifiers,
        statement_ja="利用者",
        statement_en="users",
        status=status,
        value=of.value,
        as_of=of.seen_at,
        observation_id=of.observation_id,
    )


def known_claim(claim: str, value: Value) -> KnownClaim:
    return KnownClaim(
        claim_id=claim, subject="deepseek", attribute="users", qualifiers={}, value=value, source="a document"
    )


def entry(name: str, **given: Any) -> Entry:
    plain = Entry(
        feed_url="https://news.example/feed",
        publisher="みなと新聞",
        url=url_of(name) + "?utm_source=rss",
        canonical_url=url_of(name),
        guid=name,
        title=f"題 {name}",
        published_at=START,
    )
    return dataclasses.replace(plain, **given)


def page_fetch(name: str, when: dt.datetime, status: int | None, **given: Any) -> Fetch:
    plain = Fetch(
        url=url_of(name),
        requested_at=when,
        reason="entry",
        status=status,
        canonical_url=url_of(name),
        raw_path="warc/1.warc.gz#0" if status == 200 else None,
        error=None if status in (200, 304) else f"HTTP {status}",
    )
    return dataclasses.replace(plain, **given)


def feed_fetch(when: dt.datetime, status: int | None, **given: Any) -> Fetch:
    plain = Fetch(
        url="https://news.example/feed",
        requested_at=when,
        reason="feed",
        status=status,
        feed_url="https://news.example/feed",
        error=None if status in (200, 304) else "timeout: no answer in 30 s",
    )
    return dataclasses.replace(plain, **given)


def append_world(writer: Writer, run_id: str, now: dt.datetime = START) -> None:
    """A row or more for every table: what one run over a small world appends."""
    original = article("a", topics=(TopicScore("users", 0.9, ("利用者",)),))
    seen = observation("c", original)
    writer.record_sources(run_id, [Source("https://news.example/feed", "みなと新聞")])
    writer.record_baseline(run_id, [known_claim("c", Value(low=20e6, unit="persons"))])
    writer.record_fetches(run_id, [feed_fetch(now, 200, new_entries=1), page_fetch("a", now, 200)])
    writer.record_entries(run_id, [entry("a")], now)
    writer.record_articles(run_id, [original], [Signature("a", 1, "s", (1, -(2**63), 2**63 - 1))])
    writer.record_unplaced(run_id, [unplaced(original)])
    writer.record_emerging(run_id, [EmergingTopic("e", "教室・授業", ("教室", "授業"), ("a",))], now)
    writer.record_late_copies(run_id, {"x": ("a", "near")}, now)
    writer.record_observations(run_id, [seen])
    writer.record_changes(run_id, [change("updated", seen)], [state(seen)])
    writer.record_digest(run_id, "2025-W05", now, "# 週報", "<h1>週報</h1>", "00")
    writer.record_run(run_id, "monitor", (now, now), "completed", "0.1.0", RunCounts(articles_new=1))


def record_run(writer: Writer, when: dt.datetime) -> None:
    writer.record_run(f"monitor-{when:%Y%m%dT%H}", "monitor", (when, when), "completed", "0.1.0", RunCounts())


def row_counts(reader: Reader) -> dict[str, int]:
    """How many rows each base table has."""
    _, tables = reader.query(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() ORDER BY table_name"
    )
    return {name: reader.query(f'SELECT count(*) FROM "{name}"')[1][0][0] for (name,) in tables}


def one(warehouse: Warehouse, sql: str) -> tuple[Any, ...]:
    """The only row of a query of the published file."""
    with warehouse.reader() as reader:
        _, found = reader.query(sql)
    assert len(found) == 1
    return found[0]
