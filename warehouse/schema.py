"""The warehouse's connections and its schema: opening a file, numbered migrations, views and macros from files."""

from __future__ import annotations

import functools
import hashlib
import tempfile
import uuid
from importlib import resources
from pathlib import Path

import duckdb

from flows.model import KawarabanError

_FOLDER = resources.files("warehouse")
_MACROS = ("verdicts_as_of", "claims_as_of", "emerging_topics_as_of", "source_silence")
"""Those of ``views/`` that other views call: they come first."""


class WarehouseError(KawarabanError):
    """The warehouse cannot be read or written; the message says which file and why."""


class NewerWarehouseError(WarehouseError):
    """The file was written by a newer program, whose tables this one does not know."""


class BusyWarehouseError(WarehouseError):
    """Another run has been writing the warehouse for longer than this one would wait."""


class QueryError(WarehouseError):
    """DuckDB does not understand a query, or it asks for more than reading the warehouse."""


@functools.cache
def sql(folder: str, name: str) -> str:
    """The text of one of the SQL files: ``migrations``, ``views`` or ``queries``, without its ending."""
    return _FOLDER.joinpath(folder, f"{name}.sql").read_text(encoding="utf-8")


def names(folder: str) -> list[str]:
    """The SQL files of a folder in order, without their ending."""
    return sorted(f.name.removesuffix(".sql") for f in _FOLDER.joinpath(folder).iterdir() if f.name.endswith(".sql"))


def _views() -> list[str]:
    return [*_MACROS, *(name for name in names("views") if name not in _MACROS)]


def _views_version() -> str:
    return hashlib.sha256("\n".join(sql("views", name) for name in _views()).encode()).hexdigest()


def _connect(database: str) -> duckdb.DuckDBPyConnection:
    # Nothing is fetched from the network, and times look the same on every machine. An in-memory database would spill
    # into the working folder.
    spill = Path(tempfile.gettempdir(), f"kawaraban-{uuid.uuid4().hex}")
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if database == ":memory:":
        settings["temp_directory"] = str(spill)
    connection = duckdb.connect(database, config=settings)
    connection.execute("SET TimeZone = 'Asia/Tokyo'")
    return connection


def _lock_down(connection: duckdb.DuckDBPyConnection) -> None:
    # A reader's query touches no other file and no setting.
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def open_draft(path: Path) -> duckdb.DuckDBPyConnection:
    """A writer's private file, open for writing; it is made where it does not exist.

    Raises:
        WarehouseError: it is no DuckDB file, or cannot be written.
    """
    try:
        return _connect(str(path))
    except duckdb.Error as error:
        raise WarehouseError(f"the warehouse {path} cannot be opened: {error}") from error


def open_published(path: Path) -> duckdb.DuckDBPyConnection:
    """The published file, open for reading.

    Raises:
        WarehouseError: it is no DuckDB file, or cannot be read.
    """
    connection = _connect(":memory:")
    # Attached to a database of its own: a connection by the file's name would share the one that an earlier reader of
    # this process still holds, and show that one's older state.
    place = str(path).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{place}' AS warehouse (TYPE duckdb, READ_ONLY)")
        connection.execute("USE warehouse")
        _lock_down(connection)
    except duckdb.Error as error:
        connection.close()
        raise WarehouseError(f"the warehouse {path} cannot be opened: {error}") from error
    return connection


def open_empty() -> duckdb.DuckDBPyConnection:
    """A warehouse without a row, in memory, for reading before anything was published."""
    connection = _connect(":memory:")
    upgrade(connection, Path(":memory:"))
    _lock_down(connection)
    return connection


def current(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Whether a file has this program's tables and views; one that is older has not.

    Raises:
        NewerWarehouseError: it has tables that this program does not know.
        WarehouseError: it is some other DuckDB file.
    """
    tables = {
        name
        for (name,) in connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND NOT temporary"
        ).fetchall()
    }
    if "schema_migrations" not in tables:
        if tables:
            raise WarehouseError(f"{path} is a DuckDB file, but not of Kawaraban: it has a table {min(tables)}")
        return False
    done = {name for (name,) in connection.execute("SELECT name FROM schema_migrations").fetchall()}
    unknown = sorted(done - set(names("migrations")))
    if unknown:
        raise NewerWarehouseError(
            f"{path} was written by a newer Kawaraban (it has {unknown[-1]}); install that version"
        )
    if done != set(names("migrations")) or "schema_views" not in tables:
        return False
    return connection.execute("SELECT version FROM schema_views").fetchall() == [(_views_version(),)]


def upgrade(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Brings an open file up to this program's tables and views, inside the transaction that is under way.

    Raises:
        NewerWarehouseError: it has tables that this program does not know.
        WarehouseError: it is some other DuckDB file.
    """
    if current(connection, path):
        return
    connection.execute("CREATE TABLE IF NOT EXISTS schema_migrations (name VARCHAR NOT NULL)")
    done = {name for (name,) in connection.execute("SELECT name FROM schema_migrations").fetchall()}
    for name in names("migrations"):
        if name not in done:
            connection.execute(sql("migrations", name))
            connection.execute("INSERT INTO schema_migrations VALUES ($name)", {"name": name})
    for name in _views():
        connection.execute(sql("views", name))
    connection.execute(
        "CREATE OR REPLACE TABLE schema_views AS SELECT $version AS version", {"version": _views_version()}
    )
