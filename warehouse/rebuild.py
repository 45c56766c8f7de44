"""A new warehouse beside an old one: what was asked for and sent is carried over, what was read is read again.

The old file is copied and never opened itself. The new one is a draft until the end, renamed into place when it is
whole, like every published file.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
from filelock import Timeout

from flows.model import Article, Capture, Observation, TopicScore
from flows.report import RunCounts
from warehouse import rows
from warehouse.publish import copy_file, replacing
from warehouse.schema import BusyWarehouseError, WarehouseError, open_draft, open_published, sql, upgrade
from warehouse.writer import Writer

DERIVED = (
    *("article_revisions", "revision_topics", "signatures", "copy_verdicts"),
    *("unplaced_articles", "emerging_states"),
    *("claim_observations", "claim_changes", "claim_states", "baseline_claims", "runs"),
)
"""The tables that reading fills; all others are carried over as they are."""
_OWN = ("schema_migrations", "schema_views")


class Rebuild(Writer):
    """The new warehouse, open for appending, beside the old one, which is attached as ``before``."""

    def past_runs(self) -> list[rows.Row]:
        """The runs of the old warehouse in the order in which they were recorded."""
        return self._rows("rebuild_runs")

    def past_captures(self, run_id: str) -> list[Capture]:
        """The pages that a run fetched or imported, each as the run handed it to reading.

        What a feed said of an entry is as the feed said it; of a known article that was visited again it is what the
        new warehouse holds by now.
        """
        found: list[rows.Row] = []
        further: dict[str, list[str]] = {}
        for row in self._rows("rebuild_captures", run=run_id):
            if row["reason"] == "page":
                further[found[-1]["raw_path"]].append(row["raw_path"])
                continue
            further[row["raw_path"]] = []
            found.append(row)
        addresses = [row["canonical_url"] for row in found if row["reason"] == "visit"]
        known = {row["canonical_url"]: row for row in self._rows("rebuild_visited", urls=addresses)}
        captures = []
        for row in found:
            told = known.get(row["canonical_url"], row) if row["reason"] == "visit" else row
            captures.append(
                Capture(
                    url=row["url"],
                    final_url=row["final_url"] or row["url"],
                    canonical_url=row["canonical_url"],
                    fetched_at=row["requested_at"],
                    raw_path=row["raw_path"],
                    feed_url=row["feed_url"],
                    publisher=told["publisher"],
                    title=told["title"] or "",
                    published_at=told["published_at"],
                    further=tuple(further[row["raw_path"]]),
                )
            )
        return captures

    def past_article(self, raw_path: str) -> Article | None:
        """The revision that the old warehouse made of a capture, with its topics; None where it made none."""
        found = self._rows("rebuild_revision", place=raw_path)
        if not found:
            return None
        names, scores, terms = (found[0].pop(name) or () for name in ("topics", "scores", "terms"))
        article = rows.article_of(found[0])
        topics = tuple(TopicScore(n, s, tuple(t)) for n, s, t in zip(names, scores, terms, strict=True))
        return rows.with_topics(article, topics)

    def past_proposals(
        self, extractor: str, texts: Mapping[tuple[str, int], str]
    ) -> dict[tuple[str, int], list[Observation]]:
        """What an extractor that is not run again once found in some revisions, where their text is what it was.

        Args:
            extractor: as ``claim_observations`` names it.
            texts: the new texts by article and revision.
        """
        found: dict[tuple[str, int], list[Observation]] = {}
        for row in self._rows("rebuild_proposals", extractor=extractor, articles=sorted({a for a, _ in texts})):
            key = (row["article_id"], row["revision"])
            if texts.get(key) == row["text"]:
                found.setdefault(key, []).append(rows.observation_of(row))
        return found

    def carry_run(self, row: rows.Row, counts: RunCounts | None = None, version: str | None = None) -> None:
        """Appends a run of the old warehouse, with new counts and program version where it was done again."""
        done = counts or RunCounts(**{f: row[f] for f in RunCounts.__dataclass_fields__})
        span = (row["started_at"], row["finished_at"])
        self.record_run(row["run_id"], row["flow"], span, row["status"], version or row["code_version"], done)

    def compared(self, few: int) -> list[rows.Row]:
        """What differs from the old warehouse, a row for each of the first few examples of a kind."""
        return self._rows("compare", few=few)

    def commit(self) -> None:
        """Ends a run, so that memory does not hold all of them until the end; nothing is published by it."""
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN")


@contextlib.contextmanager
def rebuilding(source: Path, target: Path) -> Iterator[Rebuild]:
    """A new warehouse to fill from an old one's captures, published at ``target`` when the block ends well.

    Args:
        source: the old warehouse's file.
        target: the new one's; what is there is replaced at the end.

    Raises:
        BusyWarehouseError: another rebuild writes the same file.
        WarehouseError: the source is no warehouse, or the target cannot be written.
    """
    open_published(source).close()  # so that what is no warehouse is named by its own name
    try:
        with replacing(target, patience=1) as draft:
            draft.unlink(missing_ok=True)
            before = draft.with_name(f"{draft.name}.before")
            copy_file(source, before)
            before.chmod(0o600)  # the source may be read-only, and an older one is brought up to date
            with contextlib.closing(open_draft(before)) as connection:
                connection.execute("BEGIN")
                upgrade(connection, source)
                connection.execute("COMMIT")
            with contextlib.closing(open_draft(draft)) as connection:
                place = str(before).replace("'", "''")
                connection.execute(f"ATTACH '{place}' AS before (TYPE duckdb, READ_ONLY)")
                connection.execute("BEGIN")
                upgrade(connection, target)
                _carry_over(connection)
                yield Rebuild(connection, draft.with_name(f"{draft.name}.rows"))
                connection.execute("COMMIT")
                connection.execute("CHECKPOINT")
            if draft.with_name(f"{draft.name}.wal").exists():
                raise WarehouseError(f"the warehouse {draft} was not written out whole; nothing was published")
            shutil.copymode(source, draft)
    except Timeout as error:
        raise BusyWarehouseError(f"another rebuild is writing {target}; wait for it to end") from error
    except duckdb.Error as error:
        raise WarehouseError(f"the warehouse {source} cannot be rebuilt: {error}") from error


def _carry_over(connection: duckdb.DuckDBPyConnection) -> None:
    tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'before'").fetchall()
    for (table,) in sorted(tables):
        if table not in {*DERIVED, *_OWN}:
            connection.execute(sql("queries", "carry_over").format(table=table))
