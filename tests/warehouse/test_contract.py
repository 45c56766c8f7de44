"""The public tables and views have the columns that were promised to those who query them."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import duckdb
import pytest

from flows.model import Article, Change, ClaimState, Entry, Fetch, KnownClaim, Observation
from flows.report import RunCounts
from tests.warehouse.samples import append_world
from warehouse.store import Warehouse

VALUE = "value_low DOUBLE, value_high DOUBLE, unit VARCHAR, value_text VARCHAR, value_from DATE, value_to DATE"
PUBLIC = {
    "articles": "article_id VARCHAR, url VARCHAR, feed_url VARCHAR, publisher VARCHAR, title VARCHAR, author VARCHAR, "
    "published_at TIMESTAMPTZ, modified_at TIMESTAMPTZ, language VARCHAR, relevant BOOLEAN, duplicate_of VARCHAR, "
    "text VARCHAR, revision INTEGER, first_seen_at TIMESTAMPTZ, last_seen_at TIMESTAMPTZ, gone_at TIMESTAMPTZ, "
    "run_id VARCHAR",
    "article_revisions": "article_id VARCHAR, revision INTEGER, title VARCHAR, text VARCHAR, content_hash VARCHAR, "
    "seen_at TIMESTAMPTZ, raw_path VARCHAR, run_id VARCHAR",
    "article_topics": "article_id VARCHAR, topic VARCHAR, score DOUBLE, run_id VARCHAR",
    "claims": "claim_id VARCHAR, subject VARCHAR, attribute VARCHAR, qualifiers JSON, statement_ja VARCHAR, "
    f"statement_en VARCHAR, status VARCHAR, {VALUE}, publishers BIGINT, first_seen_at TIMESTAMPTZ, "
    "last_seen_at TIMESTAMPTZ, run_id VARCHAR",
    "claim_observations": "observation_id VARCHAR, claim_id VARCHAR, article_id VARCHAR, revision INTEGER, "
    f"subject VARCHAR, attribute VARCHAR, qualifiers JSON, {VALUE}, approximate BOOLEAN, past BOOLEAN, "
    "modality VARCHAR, polarity VARCHAR, attribution VARCHAR, sentence VARCHAR, char_start INTEGER, char_end INTEGER, "
    "published_at TIMESTAMPTZ, seen_at TIMESTAMPTZ, run_id VARCHAR",
    "claim_changes": "change_id VARCHAR, claim_id VARCHAR, kind VARCHAR, week VARCHAR, changed_at TIMESTAMPTZ, "
    "observation_id VARCHAR, previous_observation_id VARCHAR, run_id VARCHAR",
    "digests": "week VARCHAR, created_at TIMESTAMPTZ, markdown VARCHAR, html VARCHAR, sha256 VARCHAR, run_id VARCHAR",
    "deliveries": "week VARCHAR, recipient VARCHAR, message_id VARCHAR, sent_at TIMESTAMPTZ, status VARCHAR, "
    "error VARCHAR, run_id VARCHAR",
    "sources": "feed_url VARCHAR, publisher VARCHAR, etag VARCHAR, last_modified VARCHAR, last_fetched_at TIMESTAMPTZ, "
    "last_success_at TIMESTAMPTZ, consecutive_failures BIGINT, last_error VARCHAR, next_fetch_at TIMESTAMPTZ",
    "fetches": "url VARCHAR, requested_at TIMESTAMPTZ, status INTEGER, bytes BIGINT, seconds DOUBLE, error VARCHAR, "
    "run_id VARCHAR",
    "runs": "run_id VARCHAR, flow VARCHAR, started_at TIMESTAMPTZ, finished_at TIMESTAMPTZ, status VARCHAR, "
    "code_version VARCHAR, " + ", ".join(f"{f.name} INTEGER" for f in dataclasses.fields(RunCounts)),
}
FURTHER = {
    "emerging_topics": "emerging_id VARCHAR, name VARCHAR, terms VARCHAR[], articles BIGINT, publishers BIGINT, "
    "first_seen_at TIMESTAMPTZ, last_seen_at TIMESTAMPTZ, article_ids VARCHAR[], as_of TIMESTAMPTZ, run_id VARCHAR",
}
"""Public beyond the contract's document."""
VALUES_NAMED = {
    *("held", "disputed", "denied", "retracted", "asserted", "reported", "estimated", "planned", "affirmed"),
    *("new", "updated", "corrected", "corroborated"),
}
"""What the document names beside columns: the values of some."""
VALUE_COLUMNS = {"value_low", "value_high", "unit", "value_text", "value_from", "value_to", "approximate"}


def columns(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    described = connection.execute(f"DESCRIBE {name}").fetchall()
    return {column: kind.replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ") for column, kind, *_ in described}


@pytest.fixture
def published(warehouse: Warehouse) -> duckdb.DuckDBPyConnection:
    """The published file as somebody else's program opens it."""
    with warehouse.writer() as writer:
        append_world(writer, "monitor-1")
    return duckdb.connect(str(warehouse.path), read_only=True)


@pytest.mark.parametrize("name", [*PUBLIC, *FURTHER])
def test_a_public_table_has_its_columns(name: str, published: duckdb.DuckDBPyConnection) -> None:
    promised = dict(column.split(" ") for column in (PUBLIC | FURTHER)[name].split(", "))
    assert promised.items() <= columns(published, f"main.{name}").items()
    published.execute(f"SELECT * FROM {name}").fetchall()


@pytest.mark.parametrize(
    ("table", "kind", "elsewhere"),
    [
        ("entries", Entry, set()),
        ("fetches", Fetch, set()),
        ("article_revisions", Article, {"topics"}),
        ("claim_observations", Observation, {"value"}),
        ("claim_changes", Change, set()),
        ("claim_states", ClaimState, {"value"}),
        ("baseline_claims", KnownClaim, {"value"}),
    ],
)
def test_no_field_of_a_dataclass_is_lost_on_its_way(
    table: str, kind: type, elsewhere: set[str], published: duckdb.DuckDBPyConnection
) -> None:
    fields = {f.name for f in dataclasses.fields(kind)}
    kept = fields - elsewhere | (VALUE_COLUMNS if "value" in elsewhere else set())
    assert kept <= columns(published, table).keys()


def test_a_moment_in_the_past_can_be_asked_for_by_others(published: duckdb.DuckDBPyConnection) -> None:
    found = published.execute("SELECT claim_id, status FROM claims_as_of('2025-02-01 00:00:00+09')").fetchall()
    assert found == [("c", "held")]


def test_the_contract_document_names_no_other_column(pytestconfig: pytest.Config) -> None:
    shared = Path(os.environ.get("SHARED", pytestconfig.rootpath.parent / "shared"))
    document = shared / "contract" / "warehouse.md"
    if not document.exists():
        pytest.skip("no contract beside this checkout")
    rows = [line.split("|") for line in document.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    tables = {cells[1].strip(" `"): set(cells[3].split("`")[1::2]) for cells in rows if len(cells) == 5}
    assert PUBLIC.keys() <= tables.keys()
    for name, promised in PUBLIC.items():
        have = {column.split(" ")[0] for column in promised.split(", ")}
        assert tables[name] - VALUES_NAMED <= have, name
