"""The published file: replaced whole, whatever happens to those who write it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from tests.warehouse.samples import append_world, article, at, one, record_run
from warehouse import publish, schema
from warehouse.store import BusyWarehouseError, NewerWarehouseError, QueryError, Warehouse, WarehouseError


def runs(warehouse: Warehouse) -> int:
    return int(one(warehouse, "SELECT count(*) FROM runs")[0])


def publish_one_run(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        record_run(writer, at(0))


def test_before_anything_was_published_there_is_an_empty_warehouse(warehouse: Warehouse) -> None:
    assert runs(warehouse) == 0
    assert one(warehouse, "SELECT count(*) FROM claims") == (0,)
    assert not warehouse.path.exists()


def append_and_fail(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        append_world(writer, "monitor-2", at(1))
        raise ZeroDivisionError


def test_a_failed_block_publishes_nothing(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        append_world(writer, "monitor-1")
    before = warehouse.path.read_bytes()
    with pytest.raises(ZeroDivisionError):
        append_and_fail(warehouse)
    assert warehouse.path.read_bytes() == before
    assert {p.name for p in warehouse.path.parent.iterdir()} == {warehouse.path.name, f"{warehouse.path.name}.lock"}


def append_a_row_without_title(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        record_run(writer, at(1))
        writer.record_articles("r", [article("a", title=None)], [])


def test_a_row_that_the_tables_refuse_publishes_nothing_and_is_told(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        record_run(writer, at(0))
    with pytest.raises(WarehouseError, match="cannot be written"):
        append_a_row_without_title(warehouse)
    assert runs(warehouse) == 1


def test_a_reader_keeps_its_state_while_the_next_is_published(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        record_run(writer, at(0))
    count = "SELECT count(*) FROM runs"
    with warehouse.reader() as old:
        with warehouse.writer() as writer:
            record_run(writer, at(1))
            assert (old.query(count)[1], writer.query(count)[1]) == ([(1,)], [(2,)])
        assert old.query(count)[1] == [(1,)]
        with warehouse.reader() as new:
            assert new.query(count)[1] == [(2,)]
            assert old.query(count)[1] == [(1,)]
    assert runs(warehouse) == 2


def test_readers_meet_no_lock(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        record_run(writer, at(0))
    with warehouse.writer() as writer:
        record_run(writer, at(1))
        assert runs(warehouse) == 1
        other = (
            f"import duckdb; print(duckdb.connect({str(warehouse.path)!r}, read_only=True).sql('FROM runs').fetchall())"
        )
        told = subprocess.run([sys.executable, "-c", other], check=True, capture_output=True, text=True)
        assert told.stdout.count("monitor-") == 1


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from tests.warehouse.samples import append_world, at
    from warehouse import publish, store

    def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)

    point = sys.argv[2]
    warehouse = store.Warehouse(Path(sys.argv[1]))
    if point == "copying":
        publish.shutil.copymode = die
    if point == "syncing":
        publish._sync = die
    if point == "renaming":
        Path.replace = die
    if point == "cleaning":
        replace = Path.replace
        Path.replace = lambda *names: (replace(*names), die())
    if point == "before the commit":
        store.Writer.record_deliveries = die
    if point == "scratch":
        store.Writer.record_fetches = lambda self, *_: (self._scratch.write_text("{"), die())
    with warehouse.writer() as writer:
        append_world(writer, "monitor-2", at(1))
        writer.record_deliveries("monitor-2", [])
"""


@pytest.mark.parametrize(
    ("point", "published"),
    [
        ("copying", 1),
        ("scratch", 1),
        ("before the commit", 1),
        ("syncing", 1),
        ("renaming", 1),
        ("cleaning", 2),
    ],
)
def test_a_writer_killed_at_any_point_leaves_a_whole_file_and_the_next_write_works(
    warehouse: Warehouse, point: str, published: int
) -> None:
    with warehouse.writer() as writer:
        append_world(writer, "monitor-1")
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(warehouse.path), point]
    died = subprocess.run(command, cwd=Path(__file__).parents[2], check=False)
    assert died.returncode == -signal.SIGKILL
    assert runs(warehouse) == published
    with warehouse.writer() as writer:
        append_world(writer, "monitor-3", at(2))
    assert runs(warehouse) == published + 1
    assert one(warehouse, "SELECT count(*) FROM claim_observations") == (1,)
    assert {p.name for p in warehouse.path.parent.iterdir()} == {warehouse.path.name, f"{warehouse.path.name}.lock"}


def append_many(path: Path, name: str) -> None:
    for n in range(4):
        with Warehouse(path).writer() as writer:
            writer.record_articles(f"{name}-{n}", [article(f"{name}-{n}"), article("shared")], [])
            record_run(writer, at(n))


def test_writers_in_several_processes_take_turns_and_lose_nothing(warehouse: Warehouse) -> None:
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=append_many, args=(warehouse.path, name)) for name in ("a", "b", "c")]
    for process in writers:
        process.start()
    for process in writers:
        process.join()
    assert [process.exitcode for process in writers] == [0, 0, 0]
    assert one(warehouse, "SELECT count(*), count(DISTINCT article_id) FROM article_revisions") == (13, 13)
    assert runs(warehouse) == 12


def test_a_writer_that_waits_too_long_says_so(warehouse: Warehouse) -> None:
    impatient = Warehouse(warehouse.path, patience=0)
    with (
        FileLock(f"{warehouse.path}.lock"),
        pytest.raises(BusyWarehouseError, match="another run"),
        impatient.writer(),
    ):
        pass


def test_a_link_keeps_pointing_to_the_file_that_is_replaced(warehouse: Warehouse, tmp_path: Path) -> None:
    real, link = tmp_path / "disk" / "real.duckdb", tmp_path / "link.duckdb"
    link.symlink_to(real)
    for hour in range(2):
        with Warehouse(link).writer() as writer:
            record_run(writer, at(hour))
    assert link.is_symlink()
    assert runs(Warehouse(real)) == 2


def test_the_file_keeps_the_mode_that_it_was_given(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        record_run(writer, at(0))
    warehouse.path.chmod(0o640)
    with warehouse.writer() as writer:
        record_run(writer, at(1))
    assert warehouse.path.stat().st_mode & 0o777 == 0o640


def test_a_copy_is_the_same_with_and_without_shared_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "source"
    source.write_bytes(os.urandom(3_000_000))
    publish.copy_file(source, tmp_path / "one")
    monkeypatch.setattr(publish, "_cloned", lambda *_: False)
    publish.copy_file(source, tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes() == source.read_bytes()


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO runs SELECT * FROM runs",
        "DELETE FROM runs",
        "DROP VIEW claims",
        "COPY runs TO 'runs.csv'",
        "SELECT * FROM read_csv('/etc/hostname')",
        "ATTACH 'other.duckdb'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "SELECT no_such_column FROM runs",
        "no query",
    ],
)
def test_a_query_that_would_do_more_than_read_is_refused(warehouse: Warehouse, query: str) -> None:
    publish_one_run(warehouse)
    with warehouse.reader() as reader:
        with pytest.raises(QueryError):
            reader.query(query)
        assert reader.query("SELECT 1 AS one") == (["one"], [(1,)])


def test_before_anything_was_published_a_query_reaches_no_file_either(warehouse: Warehouse) -> None:
    with warehouse.reader() as reader, pytest.raises(QueryError):
        reader.query("SELECT * FROM read_csv('/etc/hostname')")


def test_what_is_no_warehouse_is_told_and_left_alone(warehouse: Warehouse) -> None:
    warehouse.path.write_text("not a database", encoding="utf-8")
    with pytest.raises(WarehouseError, match="cannot be opened"), warehouse.reader():
        pass
    with pytest.raises(WarehouseError, match="cannot be opened"), warehouse.writer():
        pass
    assert warehouse.path.read_text(encoding="utf-8") == "not a database"


def test_somebody_elses_database_is_told_and_left_alone(warehouse: Warehouse) -> None:
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("CREATE TABLE holidays (day DATE)")
    with pytest.raises(WarehouseError, match="holidays"), warehouse.reader():
        pass
    with pytest.raises(WarehouseError, match="holidays"), warehouse.writer():
        pass


def test_a_file_of_a_newer_program_is_told_and_left_alone(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        record_run(writer, at(0))
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES ('9999_of_tomorrow')")
    before = warehouse.path.read_bytes()
    with pytest.raises(NewerWarehouseError, match="9999_of_tomorrow"), warehouse.reader():
        pass
    with pytest.raises(NewerWarehouseError, match="9999_of_tomorrow"), warehouse.writer():
        pass
    assert warehouse.path.read_bytes() == before


def next_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes this program one with a further migration, and a view that shows what it adds."""
    added = {
        ("migrations", "0999_ratings"): "ALTER TABLE runs ADD COLUMN rating INTEGER; UPDATE runs SET rating = 5",
        ("views", "ratings"): "CREATE OR REPLACE VIEW ratings AS SELECT run_id, rating FROM runs",
    }
    sql, names = schema.sql, schema.names
    monkeypatch.setattr(schema, "sql", lambda folder, name: added.get((folder, name)) or sql(folder, name))
    monkeypatch.setattr(schema, "names", lambda folder: names(folder) + [n for f, n in added if f == folder])


def test_an_older_file_is_brought_up_to_date_by_a_writer(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_one_run(warehouse)
    next_version(monkeypatch)
    with warehouse.writer() as writer:
        record_run(writer, at(1))
    assert one(warehouse, "SELECT list(rating ORDER BY run_id) FROM ratings") == ([5, None],)


def test_an_older_file_is_brought_up_to_date_by_a_reader(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_one_run(warehouse)
    next_version(monkeypatch)
    assert one(warehouse, "SELECT list(rating) FROM ratings") == ([5],)


def test_a_migration_that_fails_leaves_the_older_file(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_one_run(warehouse)
    next_version(monkeypatch)
    sql = schema.sql
    with monkeypatch.context() as broken:
        broken.setattr(schema, "sql", lambda folder, name: "nonsense" if name == "0999_ratings" else sql(folder, name))
        with pytest.raises(WarehouseError, match="nonsense"), warehouse.writer():
            pass
    with duckdb.connect(str(warehouse.path), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    assert one(warehouse, "SELECT count(*) FROM ratings") == (1,)


def test_a_view_whose_text_changed_is_made_anew(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_one_run(warehouse)
    sql = schema.sql
    changed = "CREATE OR REPLACE VIEW digests AS SELECT 'changed' AS week"
    monkeypatch.setattr(
        schema, "sql", lambda folder, name: changed if (folder, name) == ("views", "digests") else sql(folder, name)
    )
    assert one(warehouse, "SELECT week FROM digests") == ("changed",)
