"""The outbox: a journal of deliveries under way, so that a digest goes to each reader once whatever crashes.

The warehouse is published whole, too dear for every message. So each step of a delivery is a line of a file beside it,
synced to the disk before the next step is taken, and the warehouse takes the lines in when all is done, or when the
next run finds what one that crashed has left.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from flows.model import KawarabanError
from flows.report import Delivery


class BusyOutboxError(KawarabanError):
    """Another run has been sending for longer than this one would wait."""


class Outbox:
    """The journal beside a warehouse."""

    def __init__(self, warehouse: Path, patience: float = 900) -> None:
        """Names the warehouse's file, and the seconds to wait for another run that is sending."""
        self.path = warehouse.resolve().with_name(f"{warehouse.name}.outbox")
        self.patience = patience

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else sends meanwhile.

        Raises:
            BusyOutboxError: another run did not end in time.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(f"{self.path}.lock", timeout=self.patience):
                yield
        except Timeout as error:
            raise BusyOutboxError(
                f"another run has been sending for {self.patience:.0f} s ({self.path}.lock); wait for it to end"
            ) from error

    def note(self, run_id: str, delivery: Delivery) -> None:
        """Appends a step and syncs it: when this returns, a crash of the machine does not undo it."""
        new = not self.path.exists()
        line = json.dumps({"run_id": run_id, **dataclasses.asdict(delivery)}, ensure_ascii=False, default=str) + "\n"
        with self.path.open("ab") as journal:
            journal.write(line.encode("utf-8", "replace"))
            journal.flush()
            os.fsync(journal.fileno())
        if new:
            self._sync_folder()

    def left(self) -> dict[str, list[Delivery]]:
        """What the journal holds, by run; of several steps of one attempt the last.

        An attempt whose last step is ``sending`` was cut off between the handing over and the record. Whether the
        server took it nobody knows: it is ``unclear``.
        """
        attempts: dict[tuple[str, str | None], Delivery] = {}
        if self.path.exists():
            for line in self.path.read_bytes().splitlines():
                try:
                    row = json.loads(line)
                except ValueError:  # the last line of a machine that lost its power; its step was not taken
                    continue
                run_id = str(row.pop("run_id"))
                row["sent_at"] = dt.datetime.fromisoformat(row["sent_at"])
                attempts[run_id, row["delivery_id"]] = Delivery(**row)
        runs: dict[str, list[Delivery]] = {}
        for (run_id, _), delivery in attempts.items():
            if delivery.status == "sending":
                told = "cut off between the handing over and the record: it may or may not have arrived"
                delivery = dataclasses.replace(delivery, status="unclear", error=told)
            runs.setdefault(run_id, []).append(delivery)
        return runs

    def clear(self) -> None:
        """Empties the journal, whose lines are in the warehouse now."""
        self.path.unlink(missing_ok=True)
        self._sync_folder()

    def _sync_folder(self) -> None:
        handle = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
