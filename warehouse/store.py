"""The store: reads the published warehouse, and writes the next one. All SQL it runs is in files beside it.

Across processes DuckDB allows one writer or many readers of a file. Here analysts read at any moment, so the published
file is never written to: a writer works on a copy and publishes it by replacement (``publish.py``).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb

from flows.model import (
    JST,
    Article,
    Change,
    ClaimState,
    Entry,
    Fetch,
    KawarabanError,
    KnownArticle,
    KnownClaim,
    Observation,
    PageRequest,
    PageTrouble,
    Reading,
    RunCounts,
    Signature,
    Source,
    SourceState,
    SourceTrouble,
    StoredText,
    WeekChange,
    WeekFacts,
)
from warehouse import rows
from warehouse.publish import replacing

_FOLDER = resources.files("warehouse")
_KEYS = {
    "entries": ("entry_id",),
    "article_revisions": ("article_id", "revision"),
    "revision_topics": ("article_id", "revision", "topic"),
    "signatures": ("article_id", "revision", "scheme", "band"),
    "claim_observations": ("observation_id",),
    "claim_changes": ("change_id",),
}
"""What makes a row the same as one that is there already."""


class WarehouseError(KawarabanError):
    """The warehouse cannot be read or written; the message says which file and why."""


@functools.cache
def _sql(folder: str, name: str) -> str:
    return _FOLDER.joinpath(folder, f"{name}.sql").read_text(encoding="utf-8")


def _names(folder: str) -> list[str]:
    return sorted(f.name.removesuffix(".sql") for f in _FOLDER.joinpath(folder).iterdir() if f.name.endswith(".sql"))


def _connect(path: str, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    try:
        connection = duckdb.connect(path, read_only=read_only)
    except duckdb.Error as error:
        raise WarehouseError(f"the warehouse {path} cannot be opened: {error}") from error
    connection.execute("SET TimeZone = 'Asia/Tokyo'")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    return connection


def _migrate(connection: duckdb.DuckDBPyConnection, path: str) -> None:
    """Brings an open file up to this program's tables and views.

    Raises:
        WarehouseError: the file was written by a newer program.
    """
    connection.execute("CREATE TABLE IF NOT EXISTS schema_migrations (name VARCHAR NOT NULL)")
    done = {name for (name,) in connection.execute("SELECT name FROM schema_migrations").fetchall()}
    known = _names("migrations")
    unknown = sorted(done - set(known))
    if unknown:
        raise WarehouseError(f"{path} was written by a newer Kawaraban (it has {unknown[-1]}); install that version")
    for name in known:
        if name not in done:
            connection.execute(_sql("migrations", name))
            connection.execute("INSERT INTO schema_migrations VALUES ($name)", {"name": name})
    names = _names("views")
    for name in ["claims_as_of", *(n for n in names if n != "claims_as_of")]:
        connection.execute(_sql("views", name))


class Reader:
    """Questions that the flows ask of an open warehouse."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Takes an open, migrated connection."""
        self._connection = connection

    def _rows(self, name: str, **parameters: object) -> list[dict[str, Any]]:
        cursor = self._connection.execute(_sql("queries", name), parameters or None)
        columns = [column[0] for column in cursor.description or ()]
        return [dict(zip(columns, values, strict=True)) for values in cursor.fetchall()]

    def source_states(self) -> dict[str, SourceState]:
        """How each feed is doing, by its address."""
        return {row["feed_url"]: SourceState(**row) for row in self._rows("source_states")}

    def known_entries(self, canonical_urls: Sequence[str]) -> set[str]:
        """Which of some canonical URLs a feed has brought before."""
        return {row["canonical_url"] for row in self._rows("known_entries", urls=list(canonical_urls))}

    def pending_pages(self, now: dt.datetime, most: int) -> list[PageRequest]:
        """Entries whose page has not been had yet and may be asked for now."""
        return [rows.request_of(row) for row in self._rows("pending_pages", now=now, most=most)]

    def due_visits(self, now: dt.datetime, most: int) -> list[PageRequest]:
        """Known relevant articles whose page is due for another, conditional, visit."""
        return [rows.request_of(row) for row in self._rows("due_visits", now=now, most=most)]

    def known_articles(self, article_ids: Iterable[str]) -> dict[str, KnownArticle]:
        """Articles at their newest revision, without their text, by id."""
        found = self._rows("known_articles", ids=list(article_ids))
        return {row["article_id"]: KnownArticle(**row) for row in found}

    def copy_candidates(self, signatures: Sequence[Signature]) -> dict[str, list[StoredText]]:
        """For each signature's article the stored texts that share a band with it."""
        flat = [(s.article_id, n, band, s.scheme) for s in signatures for n, band in enumerate(s.bands)]
        result: dict[str, list[StoredText]] = {}
        for scheme in sorted({f[3] for f in flat}):
            part = [f for f in flat if f[3] == scheme]
            for row in self._rows(
                "copy_candidates",
                owners=[f[0] for f in part],
                bands=[f[1] for f in part],
                hashes=[f[2] for f in part],
                scheme=scheme,
            ):
                result.setdefault(row.pop("owner"), []).append(StoredText(**row))
        return result

    def texts_by_url(self, urls: Iterable[str]) -> list[StoredText]:
        """Stored articles by their canonical URLs."""
        return [StoredText(**row) for row in self._rows("texts_by_url", urls=list(urls))]

    def claims_of_articles(self, article_ids: Iterable[str]) -> set[str]:
        """The claims that some articles have ever stated."""
        return {row["claim_id"] for row in self._rows("claims_of_articles", ids=list(article_ids))}

    def readings(self, claim_ids: Iterable[str]) -> list[Reading]:
        """What every revision of every article, copies aside, that ever stated one of some claims says of them."""
        claims = list(claim_ids)
        said: dict[tuple[str, int], list[Observation]] = {}
        for row in self._rows("reading_observations", claims=claims):
            said.setdefault((row["article_id"], row["revision"]), []).append(rows.observation_of(row))
        return [
            Reading(**row, observations=tuple(said.get((row["article_id"], row["revision"]), ())))
            for row in self._rows("reading_revisions", claims=claims)
        ]

    def baseline(self) -> list[KnownClaim]:
        """The baseline as last loaded."""
        return [rows.baseline_of(row) for row in self._rows("baseline")]

    def week_facts(self, week: str) -> WeekFacts:
        """Everything that a week's digest is made of.

        Args:
            week: an ISO week in Asia/Tokyo, such as ``2025-W05``.
        """
        year, number = week.split("-W")
        start = dt.datetime.combine(dt.date.fromisocalendar(int(year), int(number), 1), dt.time(), JST)
        span = {"start": start, "stop": start + dt.timedelta(days=7)}
        figures = self._rows("week_figures", **span)[0]
        baseline = {known.claim_id: known.value for known in self.baseline()}
        return WeekFacts(
            week=week,
            changes=tuple(_week_change(row, baseline) for row in self._rows("week_changes", week=week)),
            runs=figures["runs"],
            sources=figures["sources"],
            articles=figures["articles"],
            relevant=figures["relevant"],
            copies=figures["copies"],
            revisions=figures["revisions"],
            publishers=figures["publishers"],
            topics={row["topic"]: row["articles"] for row in self._rows("week_topics", **span)},
            source_troubles=tuple(
                SourceTrouble(**{**row, "publisher": row["publisher"] or row["feed_url"]})
                for row in self._rows("week_source_troubles", **span)
            ),
            page_troubles=tuple(
                PageTrouble(**{**row, "publisher": row["publisher"] or ""})
                for row in self._rows("week_page_troubles", **span)
            ),
            first=figures["first_week"],
        )

    def query(
        self, sql: str, parameters: Mapping[str, object] | None = None
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Runs a user's query.

        Returns:
            The columns' names and the rows.

        Raises:
            WarehouseError: DuckDB does not understand the query.
        """
        try:
            cursor = self._connection.execute(sql, parameters)
            columns = [column[0] for column in cursor.description or ()]
            return columns, cursor.fetchall()
        except duckdb.Error as error:
            raise WarehouseError(str(error)) from error


def _week_change(row: Mapping[str, Any], baseline: Mapping[str, Any]) -> WeekChange:
    evidence, previous = rows.evidence_of(row, "now_"), rows.evidence_of(row, "old_")
    if evidence is None:
        raise WarehouseError(f"change {row['change_id']} names an observation that is not there")
    held = previous.value if previous else (None if row["kind"] == "new" else baseline.get(row["claim_id"]))
    return WeekChange(
        change_id=row["change_id"],
        claim_id=row["claim_id"],
        kind=row["kind"],
        changed_at=row["changed_at"],
        subject=row["subject"],
        attribute=row["attribute"],
        qualifiers=json.loads(row["qualifiers"]),
        status=row["status"],
        publishers=row["publishers"],
        evidence=evidence,
        previous=previous,
        previous_value=held,
    )


class Writer(Reader):
    """A reader that also appends. What is there already is not added again, whatever is appended twice."""

    def _insert(self, table: str, items: Sequence[rows.Row], run_id: str) -> int:
        """Appends rows that are not there yet.

        Returns:
            How many were added.
        """
        if not items:
            return 0
        described = self._connection.execute(f"DESCRIBE {table}").fetchall()
        shape = {name: "VARCHAR" if kind == "JSON" else kind for name, kind, *_ in described}
        structure = json.dumps([{n: ["VARCHAR"] if k == "VARCHAR[]" else k for n, k in shape.items()}])
        document = json.dumps([{**item, "run_id": run_id} for item in items], ensure_ascii=False, default=_json)
        keys = _KEYS.get(table)
        unseen = f"ANTI JOIN {table} USING ({', '.join(keys)})" if keys else ""
        before = self._count(table)
        self._connection.execute(
            f"INSERT INTO {table} BY NAME SELECT fresh.* FROM "
            f"(SELECT unnest(from_json($document, $structure), max_depth := 2)) AS fresh {unseen}",
            {"document": document, "structure": structure},
        )
        return self._count(table) - before

    def _count(self, table: str) -> int:
        found = self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(found[0]) if found else 0

    def _next(self, table: str, column: str) -> int:
        found = self._connection.execute(f"SELECT coalesce(max({column}), 0) FROM {table}").fetchone()
        return int(found[0]) + 1 if found else 1

    def record_sources(self, run_id: str, sources: Sequence[Source]) -> int:
        """Appends the feeds that are new to the list or have another publisher or kind than before."""
        cursor = self._connection.execute(
            "SELECT feed_url, arg_max(publisher, feed_no), arg_max(kind, feed_no) FROM feeds GROUP BY feed_url"
        )
        known = {url: (publisher, kind) for url, publisher, kind in cursor.fetchall()}
        fresh = [s for s in sources if known.get(s.url) != (s.publisher, s.kind)]
        first = self._next("feeds", "feed_no")
        items = [
            {"feed_no": first + n, "feed_url": s.url, "publisher": s.publisher, "kind": s.kind}
            for n, s in enumerate(fresh)
        ]
        return self._insert("feeds", items, run_id)

    def record_entries(self, run_id: str, entries: Iterable[Entry], seen_at: dt.datetime) -> int:
        """Appends the entries that their feed has not brought before."""
        unique = {row["entry_id"]: row for row in (rows.entry_row(entry, seen_at) for entry in entries)}
        return self._insert("entries", list(unique.values()), run_id)

    def record_fetches(self, run_id: str, fetches: Sequence[Fetch]) -> int:
        """Appends requests, in their order."""
        first = self._next("fetches", "fetch_no")
        items = [{"fetch_no": first + n, **rows.fetch_row(fetch)} for n, fetch in enumerate(fetches)]
        return self._insert("fetches", items, run_id)

    def record_articles(self, run_id: str, articles: Sequence[Article], signatures: Sequence[Signature]) -> int:
        """Appends revisions of articles with their topics and signatures."""
        added = self._insert("article_revisions", [rows.article_row(a) for a in articles], run_id)
        self._insert("revision_topics", rows.topic_rows(articles), run_id)
        self._insert("signatures", rows.signature_rows(signatures), run_id)
        return added

    def record_observations(self, run_id: str, observations: Sequence[Observation]) -> int:
        """Appends places that state claims."""
        return self._insert("claim_observations", [rows.observation_row(o) for o in observations], run_id)

    def record_changes(self, run_id: str, changes: Sequence[Change], states: Sequence[ClaimState]) -> int:
        """Appends changes, and the claims' states where they differ from those last recorded."""
        added = self._insert("claim_changes", [rows.change_row(c) for c in changes], run_id)
        items = [rows.state_row(s) for s in states]
        last = {r["claim_id"]: r for r in self._rows("latest_states", claims=[i["claim_id"] for i in items])}
        fresh = [i for i in items if not _same_state(i, last.get(i["claim_id"]))]
        first = self._next("claim_states", "state_no")
        self._insert("claim_states", [{"state_no": first + n, **i} for n, i in enumerate(fresh)], run_id)
        return added

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

    def record_digest(self, run_id: str, week: str, at: dt.datetime, markdown: str, html: str, sha256: str) -> bool:
        """Appends a digest where it differs from the week's last.

        Returns:
            Whether it did.
        """
        _, last = self.query("SELECT sha256, version FROM digests WHERE week = $week", {"week": week})
        if last and last[0][0] == sha256:
            return False
        row = {
            "week": week,
            "version": (last[0][1] if last else 0) + 1,
            "created_at": at,
            "markdown": markdown,
            "html": html,
            "sha256": sha256,
        }
        self._insert("digest_versions", [row], run_id)
        return True

    def record_deliveries(self, run_id: str, deliveries: Sequence[Mapping[str, Any]]) -> int:
        """Appends attempts to send a digest."""
        return self._insert("deliveries", [dict(d) for d in deliveries], run_id)


def _same_state(row: Mapping[str, Any], last: Mapping[str, Any] | None) -> bool:
    if last is None:
        return False
    ignored = {"as_of", "run_id", "state_no", "qualifiers"}
    return all(last[name] == value for name, value in row.items() if name not in ignored)


def _json(value: object) -> str:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot be stored")


class Warehouse:
    """The published DuckDB file."""

    def __init__(self, path: Path) -> None:
        """Names the file; it need not exist yet."""
        self.path = path

    @contextlib.contextmanager
    def reader(self) -> Iterator[Reader]:
        """The published file, open for reading; an empty warehouse where nothing was published yet.

        Raises:
            WarehouseError: the file is no warehouse, or a newer program's.
        """
        if self.path.exists():
            connection = _connect(str(self.path), read_only=True)
        else:
            connection = _connect(":memory:", read_only=False)
            _migrate(connection, ":memory:")
        with contextlib.closing(connection):
            yield Reader(connection)

    @contextlib.contextmanager
    def writer(self) -> Iterator[Writer]:
        """A copy of the file to append to in one transaction, published when the block ends well.

        Raises:
            WarehouseError: the file is no warehouse, or a newer program's; nothing is published then.
        """
        with replacing(self.path) as draft:
            connection = _connect(str(draft), read_only=False)
            with contextlib.closing(connection):
                connection.execute("BEGIN")
                _migrate(connection, str(self.path))
                yield Writer(connection)
                connection.execute("COMMIT")
                connection.execute("CHECKPOINT")
