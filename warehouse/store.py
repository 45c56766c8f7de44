"""The store: reads the published warehouse, and writes the next one. All SQL it runs is in files beside it.

Across processes DuckDB allows one writer or many readers of a file. Here analysts read at any moment, so the published
file is never written to: a writer works on a copy and publishes it by replacement (``publish.py``).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import duckdb
from filelock import Timeout

from warehouse.publish import replacing
from warehouse.reader import Reader
from warehouse.schema import (
    BusyWarehouseError,
    NewerWarehouseError,
    QueryError,
    WarehouseError,
    current,
    open_draft,
    open_empty,
    open_published,
    upgrade,
)
from warehouse.writer import Writer

__all__ = [
    "BusyWarehouseError",
    "NewerWarehouseError",
    "QueryError",
    "Reader",
    "Warehouse",
    "WarehouseError",
    "Writer",
]


class Warehouse:
    """The published DuckDB file."""

    def __init__(self, path: Path, patience: float = 900) -> None:
        """Names the file; it need not exist yet.

        Args:
            path: the file.
            patience: seconds for which a writer waits for another one to end.
        """
        self.path = path
        self.patience = patience

    @contextlib.contextmanager
    def reader(self) -> Iterator[Reader]:
        """The published file as it stands now, open for reading; an empty warehouse where nothing was published yet.

        What is published later is not seen. A file of an older program is brought up to date first.

        Raises:
            NewerWarehouseError: the file was written by a newer program.
            WarehouseError: the file is no warehouse or cannot be read.
        """
        with contextlib.closing(self._open()) as connection:
            yield Reader(connection)

    def _open(self) -> duckdb.DuckDBPyConnection:
        if not self.path.exists():
            return open_empty()
        connection = open_published(self.path)
        try:
            if current(connection, self.path):
                return connection
        except WarehouseError:
            connection.close()
            raise
        connection.close()
        with self.writer():
            pass
        return open_published(self.path)

    @contextlib.contextmanager
    def writer(self) -> Iterator[Writer]:
        """A copy of the file to append to in one transaction, published when the block ends well.

        One writer at a time, in all processes; the others wait. On an exception nothing is published.

        Raises:
            BusyWarehouseError: another writer did not end in time.
            NewerWarehouseError: the file was written by a newer program.
            WarehouseError: the file is no warehouse or cannot be written.
        """
        try:
            with replacing(self.path, self.patience) as draft:
                with contextlib.closing(open_draft(draft)) as connection:
                    connection.execute("BEGIN")
                    upgrade(connection, self.path)
                    yield Writer(connection, draft.with_name(f"{draft.name}.rows"))
                    connection.execute("COMMIT")
                    connection.execute("CHECKPOINT")
                if draft.with_name(f"{draft.name}.wal").exists():
                    raise WarehouseError(f"the warehouse {draft} was not written out whole; nothing was published")
        except Timeout as error:
            raise BusyWarehouseError(
                f"another run has been writing {self.path} for {self.patience:.0f} s; wait for it to end"
            ) from error
        except duckdb.Error as error:
            raise WarehouseError(f"the warehouse {self.path} cannot be written: {error}") from error
