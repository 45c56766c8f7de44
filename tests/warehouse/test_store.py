from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

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
)
from flows.report import RunCounts
from warehouse.store import Warehouse, WarehouseError, Writer

NOW = dt.datetime(2025, 1, 28, 18, tzinfo=JST)
CONTRACT = {
    "articles": "article_id url feed_url publisher title author published_at modified_at language relevant duplicate_of "
    "text revision first_seen_at last_seen_at gone_at",
    "article_revisions": "article_id revision title text content_hash seen_at raw_path",
    "article_topics": "article_id topic score",
    "claims": "claim_id subject attribute qualifiers statement_ja statement_en status value_low value_high unit value_text "
    "value_from value_to publishers first_seen_at last_seen_at",
    "claim_observations": "observation_id claim_id article_id revision subject attribute qualifiers value_low value_high "
    "approximate unit value_text value_from value_to past modality polarity attribution sentence char_start char_end "
    "published_at seen_at",
    "claim_changes": "change_id claim_id kind week changed_at observation_id previous_observation_id",
    "digests": "week created_at markdown html sha256",
    "deliveries": "week recipient message_id sent_at status error",
    "sources": "feed_url publisher etag last_modified last_fetched_at last_success_at consecutive_failures last_error "
    "next_fetch_at",
    "fetches": "url requested_at status bytes seconds error",
    "runs": "run_id flow started_at finished_at status code_version",
}


def observation(number: int = 1) -> Observation:
    value = Value(low=1.0, high=2.5, unit="people", text="1人")
    return Observation(
        f"o{number}", "c1", f"a{number}", 1, "deepseek", "users", {"period": "day"}, value, False, "asserted", "affirmed",
        None, "文。", 0, 1, NOW, NOW,
    )  # fmt: skip


def article(number: int = 1, **changes: object) -> Article:
    fields: dict[str, object] = {
        "article_id": f"a{number}", "url": f"http://x.example/{number}", "feed_url": "f", "publisher": f"P{number}",
        "title": "題", "author": None, "published_at": NOW, "modified_at": None, "language": "ja", "relevant": True,
        "text": "文。", "content_hash": "h", "revision": 1, "seen_at": NOW, "raw_path": f"raw{number}",
        "entry_url": f"http://x.example/{number}", "topics": (TopicScore("cost", 0.5, ("費",)),),
    }  # fmt: skip
    return Article(**{**fields, **changes})  # type: ignore[arg-type]


def fill(writer: Writer) -> None:
    writer.record_sources("r", [Source("f", "P")])
    writer.record_fetches("r", [Fetch("f", NOW, "feed", 200, feed_url="f", etag='"1"')])
    page = Fetch(
        "http://x.example/1", NOW, "entry", 200, canonical_url="http://x.example/1", raw_path="raw1", next_fetch_at=NOW
    )
    writer.record_fetches("r", [page])
    writer.record_entries("r", [Entry("f", "P", "http://x.example/1", "http://x.example/1", None, "題", NOW)], NOW)
    writer.record_articles("r", [article()], [Signature("a1", 1, "s", (1, -(2**63)))])
    writer.record_observations("r", [observation()])
    state = ClaimState("c1", "deepseek", "users", {}, "文", "text", "held", observation().value, NOW, "o1")
    writer.record_changes("r", [Change("ch", "c1", "new", "2025-W05", NOW, "o1")], [state])
    writer.record_baseline("r", [KnownClaim("c9", "deepseek", "founded", {}, Value(start=NOW.date(), end=NOW.date()))])
    writer.record_run("r", "monitor", (NOW, NOW), "completed", "1", RunCounts())
    writer.record_digest("r", "2025-W05", NOW, "# 題", "<p>", "abc")


def counts(path: Path) -> dict[str, int]:
    with Warehouse(path).reader() as reader:
        return {table: reader.query(f"SELECT count(*) FROM {table}")[1][0][0] for table in CONTRACT}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "k.duckdb"
    with Warehouse(file).writer() as writer:
        fill(writer)
    return file


def test_every_public_table_has_the_columns_that_were_promised(path: Path) -> None:
    with Warehouse(path).reader() as reader:
        for table, columns in CONTRACT.items():
            assert set(columns.split()) <= set(reader.query(f"SELECT * FROM {table}")[0]), table


def test_a_warehouse_that_does_not_exist_yet_can_be_asked(tmp_path: Path) -> None:
    with Warehouse(tmp_path / "none.duckdb").reader() as reader:
        assert reader.query("SELECT count(*) FROM articles")[1] == [(0,)]
        assert reader.source_states() == {}


def test_what_is_appended_twice_is_there_once(path: Path) -> None:
    before = counts(path)
    with Warehouse(path).writer() as writer:
        fill(writer)
    after = counts(path)
    assert {t for t in CONTRACT if before[t] != after[t]} == {"runs", "fetches"}


def test_rows_come_back_as_they_were(path: Path) -> None:
    with Warehouse(path).reader() as reader:
        (reading,) = reader.readings(["c1"])
        assert reading.observations[0].value == observation().value
        assert reading.observations[0].seen_at == NOW
        assert reader.copy_candidates([Signature("a2", 1, "s", (7, -(2**63)))])["a2"][0].article_id == "a1"
        assert reader.due_visits(NOW, 5)[0].article_id == "a1"
        assert reader.pending_pages(NOW, 5) == []


def test_a_failed_run_publishes_nothing(path: Path) -> None:
    before = counts(path)
    with pytest.raises(WarehouseError), Warehouse(path).writer() as writer:  # noqa: PT012 - both are the run
        writer.record_articles("r2", [article(2)], [])
        writer.query("SELECT * FROM no_such_table")
    assert counts(path) == before
    assert not list(path.parent.glob("*.new*"))


def test_a_reader_keeps_its_state_while_a_run_publishes(path: Path) -> None:
    with Warehouse(path).reader() as reader:
        with Warehouse(path).writer() as writer:
            writer.record_articles("r2", [article(2)], [])
        assert reader.query("SELECT count(*) FROM articles")[1] == [(1,)]
    assert counts(path)["articles"] == 2


def test_a_killed_run_leaves_the_last_good_file_and_the_next_one_works(path: Path) -> None:
    script = (
        "import sys, pathlib; from warehouse.store import Warehouse; from tests.warehouse.test_store import article\n"
        "with Warehouse(pathlib.Path(sys.argv[1])).writer() as writer:\n"
        "    writer.record_articles('r2', [article(2)], [])\n"
        "    print('written', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    before = counts(path)
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"written\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    if process.stdin:
        process.stdin.close()
    assert counts(path) == before
    with Warehouse(path).writer() as writer:
        writer.record_articles("r3", [article(3)], [])
    assert counts(path)["articles"] == 2
    assert not list(path.parent.glob("*.new*"))


def test_a_newer_programs_file_is_refused_with_a_clear_error(path: Path) -> None:
    with Warehouse(path).writer() as writer:
        writer.query("INSERT INTO schema_migrations VALUES ('9999_later')")
    with pytest.raises(WarehouseError, match="newer Kawaraban"), Warehouse(path).writer():
        pass


def test_a_wrong_query_is_a_clear_error(path: Path) -> None:
    with Warehouse(path).reader() as reader, pytest.raises(WarehouseError, match="no_such_table"):
        reader.query("SELECT * FROM no_such_table")


def test_a_reader_cannot_write(path: Path) -> None:
    with Warehouse(path).reader() as reader, pytest.raises(WarehouseError):
        reader.query("DELETE FROM article_revisions")


def test_a_failing_feed_is_counted_until_it_answers(path: Path) -> None:
    with Warehouse(path).writer() as writer:
        writer.record_fetches("r", [Fetch("f", NOW, "feed", 500, error="http: 500", feed_url="f")] * 2)
        assert writer.source_states()["f"].consecutive_failures == 2
        writer.record_fetches("r", [Fetch("f", NOW, "feed", 304, feed_url="f")])
        assert writer.source_states()["f"].consecutive_failures == 0
        assert writer.source_states()["f"].etag == '"1"'


def test_a_page_that_went_away_is_marked_and_its_text_kept(path: Path) -> None:
    later = NOW + dt.timedelta(days=3)
    with Warehouse(path).writer() as writer:
        writer.record_fetches("r", [Fetch("u", later, "visit", 410, canonical_url="http://x.example/1")])
        assert writer.query("SELECT gone_at = $t, text FROM articles", {"t": later})[1] == [(True, "文。")]


def test_copies_are_no_witnesses_of_a_claim(path: Path) -> None:
    with Warehouse(path).writer() as writer:
        writer.record_articles("r", [article(2), article(3, duplicate_of="a1")], [])
        writer.record_observations("r", [observation(2), observation(3)])
        assert writer.query("SELECT publishers FROM claims WHERE claim_id = 'c1'")[1] == [(2,)]


def test_claims_can_be_seen_as_they_were(path: Path) -> None:
    with Warehouse(path).reader() as reader:
        query = "SELECT count(*) FROM claims_as_of(TIMESTAMPTZ '2025-01-01 00:00:00+09') WHERE claim_id = 'c1'"
        assert reader.query(query)[1] == [(0,)]
