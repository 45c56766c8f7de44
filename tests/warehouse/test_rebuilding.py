"""A new file beside an old one: what is carried over, what an older program's file gives, and who may write at once."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from flows.model import Signature, TopicScore
from flows.report import RunCounts
from tests.warehouse.samples import START, append_world, article, entry, one, page_fetch, row_counts, url_of
from warehouse.compare import differences
from warehouse.rebuild import DERIVED, rebuilding
from warehouse.schema import sql
from warehouse.store import BusyWarehouseError, Warehouse, WarehouseError


@pytest.fixture
def old(warehouse: Warehouse) -> Path:
    with warehouse.writer() as writer:
        append_world(writer, "monitor-1")
    return warehouse.path


def test_what_was_asked_and_sent_is_carried_over_and_what_was_read_is_not(old: Path, tmp_path: Path) -> None:
    old.chmod(0o640)
    with rebuilding(old, tmp_path / "new.duckdb"):
        pass
    with Warehouse(old).reader() as before, Warehouse(tmp_path / "new.duckdb").reader() as now:
        expected = {t: 0 if t in DERIVED else n for t, n in row_counts(before).items()}
        assert row_counts(now) == expected
    assert (tmp_path / "new.duckdb").stat().st_mode & 0o777 == 0o640


def test_a_file_of_an_older_program_is_rebuilt_and_left_as_it_is(tmp_path: Path) -> None:
    old = tmp_path / "old.duckdb"
    with duckdb.connect(str(old)) as connection:
        connection.execute(sql("migrations", "0001_first_tables"))
        connection.execute("CREATE TABLE schema_migrations AS SELECT '0001_first_tables' AS name")
        connection.execute("INSERT INTO feeds VALUES (1, 'https://news.example/feed', 'みなと新聞', 'news', 'r')")
    content = old.read_bytes()
    with rebuilding(old, tmp_path / "new.duckdb") as new:
        assert new.past_runs() == []
    assert one(Warehouse(tmp_path / "new.duckdb"), "SELECT publisher FROM feeds") == ("みなと新聞",)
    assert old.read_bytes() == content


def test_another_rebuild_of_the_same_file_is_refused(old: Path, tmp_path: Path) -> None:
    new, refused = tmp_path / "new.duckdb", pytest.raises(BusyWarehouseError, match="another rebuild")
    with rebuilding(old, new), refused, rebuilding(old, new):
        pass


def test_what_is_no_warehouse_is_named(tmp_path: Path) -> None:
    (tmp_path / "old.duckdb").write_text("no database")
    with (
        pytest.raises(WarehouseError, match=r"old\.duckdb"),
        rebuilding(tmp_path / "old.duckdb", tmp_path / "new.duckdb"),
    ):
        pass
    assert not (tmp_path / "new.duckdb").exists()


def test_captures_come_back_as_the_runs_had_them(warehouse: Warehouse, tmp_path: Path) -> None:
    first, second = (
        page_fetch("a", START, 200, raw_path="w#1", feed_url=None),
        page_fetch("b", START, 200, raw_path="w#4"),
    )
    further = [
        page_fetch("a2", START, 200, raw_path=f"w#{n}", reason="page", canonical_url=None, url=url_of(f"a{n}"))
        for n in (2, 3)
    ]
    with warehouse.writer() as writer:
        writer.record_entries("r", [entry("a", publisher="北の経済"), entry("b")], START)
        writer.record_fetches("r", [first, *further, page_fetch("c", START, 500), second])
        imported = article(
            "d", raw_path="w#9", publisher="手帳", published_at=None, entry_url="file:d.txt", url="file:d.txt"
        )
        writer.record_articles("r", [article("a", raw_path="w#1"), imported], [])
        writer.record_run("r", "monitor", (START, START), "completed", "1", RunCounts())
        writer.record_fetches("s", [page_fetch("a", START, 200, raw_path="x#1", reason="visit")])
    with rebuilding(warehouse.path, tmp_path / "new.duckdb") as new:
        captures = {c.raw_path: c for c in new.past_captures("r")}
        assert list(captures) == ["w#1", "w#4", "w#9"]
        assert captures["w#1"].further == ("w#2", "w#3")
        assert (captures["w#1"].publisher, captures["w#4"].publisher) == ("北の経済", "みなと新聞")
        assert (captures["w#9"].url, captures["w#9"].publisher, captures["w#9"].title) == ("file:d.txt", "手帳", "")
        new.record_articles("r", [article("a", title="新しい題", publisher="北の経済")], [])
        visited = new.past_captures("s")[0]
        assert (visited.title, visited.publisher) == ("新しい題", "北の経済"), "a visit knows what the rebuild has made"


def test_a_revision_of_the_past_is_found_by_its_capture(old: Path, tmp_path: Path) -> None:
    with rebuilding(old, tmp_path / "new.duckdb") as new:
        kept = new.past_article("warc/1.warc.gz#0")
        assert new.past_article("warc/1.warc.gz#7") is None
    assert kept == article("a", topics=(TopicScore("users", 0.9, ("利用者",)),))


def test_every_kind_of_difference_is_counted_with_examples(old: Path, tmp_path: Path) -> None:
    changed = article(
        "a",
        text="別の本文。",
        title="別の題",
        relevant=False,
        language="zh",
        published_at=None,
        author="山田",
        duplicate_of="b",
    )
    more = [article(f"n{number}") for number in range(7)]
    with rebuilding(old, tmp_path / "new.duckdb") as new:
        new.record_articles("r", [changed, *more], [Signature("a", 1, "s", (1,))])
        found = {d.what: d for d in differences(new, few=3)}
    assert set(found) == {
        *("articles that are new", "text", "title", "author", "published", "language", "relevant", "copy of", "topics"),
        *("claims that are gone", "changes that are gone", "emerging topics"),
    }
    assert found["articles that are new"].count == 7
    assert len(found["articles that are new"].examples) == 3
    assert found["title"].examples == ((url_of("a"), "題 a", "別の題"),)
    assert found["relevant"].examples == ((url_of("a"), "true", "false"),)
    assert found["topics"].examples == ((url_of("a"), "users", ""),)
