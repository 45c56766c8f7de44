"""What leaves the archive after a run, by the settings."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flows.housekeeping import tidy
from flows.model import JST
from flows.settings import load_settings
from tests.warehouse.samples import article
from warehouse.store import Warehouse

NOW = dt.datetime(2025, 3, 10, 9, 0, tzinfo=JST)


@pytest.fixture
def days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive of four days: nobody's, an old revision's, an irrelevant article's, a relevant one's."""
    monkeypatch.setenv("KAWARABAN_DATA", str(tmp_path))
    monkeypatch.delenv("KAWARABAN_WAREHOUSE", raising=False)
    for day in range(1, 5):
        (tmp_path / f"warc/2025-01-0{day}").mkdir(parents=True)
    articles = [
        article("changed", raw_path="warc/2025-01-02/a.warc.gz#1"),
        article("changed", raw_path="warc/2025-01-04/a.warc.gz#1", revision=2, content_hash="other"),
        article("else", raw_path="warc/2025-01-03/a.warc.gz#1", relevant=False),
    ]
    with Warehouse(load_settings().warehouse_path).writer() as writer:
        writer.record_articles("monitor-1", articles, [])
    return tmp_path / "warc"


@pytest.mark.parametrize(
    ("keep", "left"), [("current", ["3", "4"]), ("relevant", ["4"]), ("none", []), (None, ["1", "2", "3", "4"])]
)
def test_days_leave_by_what_the_user_keeps(
    days: Path, monkeypatch: pytest.MonkeyPatch, keep: str | None, left: list[str]
) -> None:
    if keep:
        monkeypatch.setenv("KAWARABAN_KEEP_DAYS", "30")
        monkeypatch.setenv("KAWARABAN_KEEP_PAGES", keep)
    removed = tidy(load_settings(), NOW)
    assert sorted(folder.name[-1] for folder in days.iterdir()) == left
    assert (removed is None) == (keep is None)
    assert tidy(load_settings(), NOW) is None
