"""How long pages are kept: whole days of the archive are removed once they are old enough and nothing needs them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from collections.abc import Collection
from pathlib import Path

from flows.model import JST

FOLDER = "warc"


@dataclasses.dataclass(frozen=True, slots=True)
class Removed:
    """What became of the days that were old enough."""

    days: tuple[str, ...] = ()
    """Those that were removed, such as ``2025-01-28``."""
    bytes: int = 0
    needed: tuple[str, ...] = ()
    """Those that were kept since they hold the page of a current revision."""
    failures: tuple[str, ...] = ()
    """Days that could not be removed, and why."""

    def __str__(self) -> str:
        """One line for the user."""
        parts = [f"removed {len(self.days)} days of pages from the archive ({self.bytes:,} bytes)"]
        if self.days:
            parts[0] += f": {self.days[0]}" + (f" to {self.days[-1]}" if len(self.days) > 1 else "")
        if self.needed:
            parts.append(f"{len(self.needed)} older days hold pages of current revisions and stay")
        return "; ".join([*parts, *self.failures])


def remove_old(data: Path, now: dt.datetime, keep_days: int, needed: Collection[str] = ()) -> Removed:
    """Removes the days of the archive that began more than ``keep_days`` days ago.

    Args:
        data: the data folder.
        now: the run's clock; a day is one of Asia/Tokyo.
        keep_days: the days before today that are kept in any case.
        needed: raw paths of records; days with one of them are kept, too.
    """
    last = now.astimezone(JST).date() - dt.timedelta(days=keep_days)
    held = {path.split("/")[1] for path in needed if path.startswith(f"{FOLDER}/")}
    removed, stayed, failures, size = [], [], [], 0
    for folder in sorted((data / FOLDER).glob("????-??-??")):
        day = _day(folder)
        if day is None or day >= last:
            continue
        if folder.name in held:
            stayed.append(folder.name)
            continue
        weight = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        try:
            shutil.rmtree(folder)
        except OSError as error:
            failures.append(f"{folder} cannot be removed ({error})")
            continue
        removed.append(folder.name)
        size += weight
    return Removed(tuple(removed), size, tuple(stayed), tuple(failures))


def _day(folder: Path) -> dt.date | None:
    if folder.is_symlink() or not folder.is_dir():
        return None
    try:
        return dt.date.fromisoformat(folder.name)
    except ValueError:
        return None
