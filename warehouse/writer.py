"""Appends to the warehouse: everything once, whatever is appended twice."""

from __future__ import annotations

import dataclasses
import datetime as dt
import glob
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from flows.model import Article, Change, ClaimState, Entry, Fetch, KnownClaim, Observation, Signature, Source
from flows.report import Delivery, EmergingTopic, MailBody, RunCounts, UnplacedArticle
from warehouse import rows
from warehouse.reader import Reader
from warehouse.schema import sql

_KEYS = {
    "entries": ("entry_id",),
    "article_revisions": ("article_id", "revision"),
    "revision_topics": ("article_id", "revision", "topic"),
    "unplaced_articles": ("article_id", "revision"),
    "signatures": ("article_id", "revision", "scheme", "band"),
    "claim_observations": ("observation_id",),
    "claim_changes": ("change_id",),
    "deliveries": ("delivery_id",),
}
"""What makes a row the same as one that is there already; of other tables every row is a new one."""

_LONGEST_ROW = 1 << 30
"""Bytes of one row that are taken in; far more than any page that a run keeps."""


class Writer(Reader):
    """A reader that also appends. What is there already is not added again, whatever is appended twice."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        """Takes an open, migrated connection, and a file's path that it may use for rows on their way."""
        super().__init__(connection)
        self._scratch = scratch

    def _insert(self, table: str, items: Sequence[rows.Row], run_id: str) -> int:
        """Appends rows that are not there yet; of several with the same key the first.

        Returns:
            How many were added.
        """
        keys = _KEYS.get(table, ())
        fresh = list({tuple(i[k] for k in keys): i for i in reversed(items)}.values())[::-1] if keys else items
        if not fresh:
            return 0
        # Through a file of JSON lines: 10,000 rows of articles take 0.3 s, as parameters 8 s.
        with self._scratch.open("w", encoding="utf-8", errors="replace") as lines:
            lines.writelines(_line(item | {"run_id": run_id}) for item in fresh)
        described = self._connection.execute(f"DESCRIBE {table}").fetchall()
        shape = {name: "VARCHAR" if kind == "JSON" else kind for name, kind, *_ in described}
        unseen = f"ANTI JOIN {table} USING ({', '.join(keys)})" if keys else ""
        added = self._connection.execute(
            sql("queries", "append").format(table=table, columns=shape, longest=_LONGEST_ROW, unseen=unseen),
            {"place": glob.escape(str(self._scratch))},
        ).fetchone()
        self._scratch.unlink()
        return int(added[0]) if added else 0

    def _next(self, table: str, column: str) -> int:
        found = self._connection.execute(sql("queries", "next_number").format(table=table, column=column)).fetchone()
        return int(found[0]) if found else 1

    def record_sources(self, run_id: str, sources: Sequence[Source]) -> int:
        """Appends the feeds that are new to the list or have another publisher or kind than before."""
        known = {row["feed_url"]: (row["publisher"], row["kind"]) for row in self._rows("known_feeds")}
        fresh = [s for s in sources if known.get(s.url) != (s.publisher, s.kind)]
        first = self._next("feeds", "feed_no")
        items = [
            {"feed_no": first + n, "feed_url": s.url, "publisher": s.publisher, "kind": s.kind}
            for n, s in enumerate(fresh)
        ]
        return self._insert("feeds", items, run_id)

    def record_entries(self, run_id: str, entries: Iterable[Entry], seen_at: dt.datetime) -> int:
        """Appends the entries that their feed has not brought before."""
        return self._insert("entries", [rows.entry_row(entry, seen_at) for entry in entries], run_id)

    def record_fetches(self, run_id: str, fetches: Sequence[Fetch]) -> int:
        """Appends requests, in their order."""
        first = self._next("fetches", "fetch_no")
        items = [{"fetch_no": first + n, **rows.fetch_row(fetch)} for n, fetch in enumerate(fetches)]
        return self._insert("fetches", items, run_id)

    def record_articles(self, run_id: str, articles: Sequence[Article], signatures: Sequence[Signature]) -> int:
        """Appends revisions of articles with their topics and signatures.

        Returns:
            How many revisions were added.
        """
        added = self._insert("article_revisions", [rows.article_row(a) for a in articles], run_id)
        self._insert("revision_topics", rows.topic_rows(articles), run_id)
        self._insert("signatures", rows.signature_rows(signatures), run_id)
        return added

    def record_late_copies(self, run_id: str, verdicts: Mapping[str, tuple[str, str]], judged_at: dt.datetime) -> int:
        """Appends verdicts on stored articles that are found to be copies, or another's copies than before.

        Args:
            run_id: the run that found it.
            verdicts: by article id of which it is a copy, and how.
            judged_at: the run's clock.
        """
        judged = self._rows("latest_verdicts", ids=list(verdicts))
        known = {row["article_id"]: (row["duplicate_of"], row["duplicate_kind"]) for row in judged}
        fresh = [(i, *verdict) for i, verdict in sorted(verdicts.items()) if known.get(i) != verdict]
        first = self._next("copy_verdicts", "verdict_no")
        names = ("article_id", "duplicate_of", "duplicate_kind")
        items = [
            {"verdict_no": first + n, "judged_at": judged_at, **dict(zip(names, verdict, strict=True))}
            for n, verdict in enumerate(fresh)
        ]
        return self._insert("copy_verdicts", items, run_id)

    def record_observations(self, run_id: str, observations: Sequence[Observation]) -> int:
        """Appends places that state claims."""
        return self._insert("claim_observations", [rows.observation_row(o) for o in observations], run_id)

    def record_changes(self, run_id: str, changes: Sequence[Change], states: Sequence[ClaimState]) -> int:
        """Appends changes, and the claims' states where they differ from those last recorded.

        Returns:
            How many changes were added.
        """
        added = self._insert("claim_changes", [rows.change_row(c) for c in changes], run_id)
        items = [rows.state_row(s) for s in states]
        last = {r["claim_id"]: r for r in self._rows("latest_states", claims=[i["claim_id"] for i in items])}
        fresh = [i for i in items if not _same_state(i, last.get(i["claim_id"]))]
        first = self._next("claim_states", "state_no")
        self._insert("claim_states", [{"state_no": first + n, **i} for n, i in enumerate(fresh)], run_id)
        return added

    def record_unplaced(self, run_id: str, articles: Sequence[UnplacedArticle]) -> int:
        """Appends articles that the topics fit badly."""
        return self._insert("unplaced_articles", [rows.unplaced_row(a) for a in articles], run_id)

    def record_emerging(self, run_id: str, topics: Sequence[EmergingTopic], as_of: dt.datetime) -> int:
        """Appends emerging topics as they are from a moment on, where they differ from those last recorded."""
        last = {
            r["emerging_id"]: rows.emerging_of(r)
            for r in self._rows("latest_emerging", ids=[t.emerging_id for t in topics])
        }
        fresh = [topic for topic in topics if last.get(topic.emerging_id) != topic]
        first = self._next("emerging_states", "state_no")
        items = [{"state_no": first + n, "as_of": as_of, **rows.emerging_row(topic)} for n, topic in enumerate(fresh)]
        return self._insert("emerging_states", items, run_id)

    def record_baseline(self, run_id: str, known: Sequence[KnownClaim]) -> int:
        """Appends the baseline as a new edition, whole, where it differs from the one last loaded."""
        if list(known) == self.baseline():
            return 0
        edition = self._next("baseline_claims", "edition")
        return self._insert("baseline_claims", [rows.baseline_row(k, edition, n) for n, k in enumerate(known)], run_id)

    def record_run(
        self,
        run_id: str,
        flow: str,
        span: tuple[dt.datetime, dt.datetime],
        status: str,
        version: str,
        counts: RunCounts,
    ) -> None:
        """Appends a run with what it did; ``span`` is when it started and finished."""
        done = {f: getattr(counts, f) for f in RunCounts.__dataclass_fields__}
        row = {"flow": flow, "started_at": span[0], "finished_at": span[1], "status": status, "code_version": version}
        self._insert("runs", [row | done], run_id)

    def record_digest(
        self,
        run_id: str,
        week: str,
        at: dt.datetime,
        markdown: str,
        html: str,
        sha256: str,
        subject: str | None = None,
        *,
        lang: str = "ja",
        json: str | None = None,
        mail: MailBody | None = None,
    ) -> bool:
        """Appends a digest where it differs from the week's last in its language; what was written stays.

        Returns:
            Whether it did.
        """
        last = self.latest_digest(week, lang)
        if last and last.edition.sha256 == sha256 and (json is None or last.edition.json == json):
            return False
        row = {
            "week": week,
            "version": last.version + 1 if last else 1,
            "created_at": at,
            "markdown": markdown,
            "html": html,
            "sha256": sha256,
            "subject": subject,
            "lang": lang,
            "json": json,
            "mail": rows.mail_json(mail) if mail else None,
        }
        self._insert("digest_versions", [row], run_id)
        return True

    def record_deliveries(self, run_id: str, deliveries: Sequence[Delivery]) -> int:
        """Appends attempts to send a digest, each once by its ``delivery_id``."""
        return self._insert("deliveries", [dataclasses.asdict(d) for d in deliveries], run_id)


def _same_state(row: Mapping[str, Any], last: Mapping[str, Any] | None) -> bool:
    if last is None:
        return False
    ignored = {"as_of", "run_id", "state_no", "qualifiers"}
    return all(last[name] == value for name, value in row.items() if name not in ignored)


def _line(item: rows.Row) -> str:
    return json.dumps({k: _storable(v) for k, v in item.items()}, ensure_ascii=False, allow_nan=False) + "\n"


def _storable(value: object) -> object:
    if isinstance(value, dt.date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
