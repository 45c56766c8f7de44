"""How long pages are kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flows.capture.retention import remove_old
from flows.model import JST

NOW = dt.datetime(2025, 3, 10, 9, 0, tzinfo=JST)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    for day in ("2025-01-01", "2025-01-02", "2025-02-07", "2025-02-08", "2025-03-10"):
        folder = tmp_path / "warc" / day
        folder.mkdir(parents=True)
        (folder / "run-00.warc.gz").write_bytes(b"x" * 10)
    return tmp_path


def days(archive: Path) -> list[str]:
    return sorted(path.name for path in (archive / "warc").iterdir())


def test_whole_days_that_are_old_enough_are_removed_and_told(archive: Path) -> None:
    removed = remove_old(archive, NOW, 30)
    assert days(archive) == ["2025-02-08", "2025-03-10"]
    assert removed.days == ("2025-01-01", "2025-01-02", "2025-02-07")
    assert str(removed) == "removed 3 days of pages from the archive (30 bytes): 2025-01-01 to 2025-02-07"
    assert remove_old(archive, NOW, 30).days == ()


def test_a_day_with_a_page_that_is_needed_stays(archive: Path) -> None:
    removed = remove_old(archive, NOW, 30, ["warc/2025-01-02/run-00.warc.gz#123", "elsewhere/2025-01-01/x#0"])
    assert days(archive) == ["2025-01-02", "2025-02-08", "2025-03-10"]
    assert removed.needed == ("2025-01-02",)
    assert "1 older days hold pages of current revisions and stay" in str(removed)


def test_nothing_else_in_the_folder_is_touched(archive: Path) -> None:
    (archive / "warc" / "2025-13-01").mkdir()
    (archive / "warc" / "mine").mkdir()
    (archive / "warc" / "2024-01-01").write_text("a file")
    elsewhere = archive / "elsewhere"
    elsewhere.mkdir()
    (archive / "warc" / "2024-01-02").symlink_to(elsewhere)
    remove_old(archive, NOW, 30)
    assert days(archive) == ["2024-01-01", "2024-01-02", "2025-02-08", "2025-03-10", "2025-13-01", "mine"]
    assert remove_old(archive / "none", NOW, 30).days == ()
