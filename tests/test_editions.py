"""Digests that are written again: late news goes to the next one, what was sent stands, nothing is overwritten."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.testing.utilities import prefect_test_harness

from flows.demo.newsroom import Newsroom
from flows.digest import digest
from flows.monitor import monitor
from flows.report import Delivery
from flows.settings import load_settings
from flows.steps import knowledge_of
from tests.rooms import opened
from warehouse.store import Warehouse

WEEK = "2025-W20"
FORMS = ("md", "html", "json")


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=90):
        yield


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """The demo's world on the Monday of its first week, read once."""
    with opened(tmp_path, monkeypatch) as room:
        look(room, 0)
        yield room


def look(room: Newsroom, number: int) -> dt.datetime:
    """A run at one of the world's moments."""
    room.wave, now = room.world.waves[number]
    monitor(now)
    return now


def sent(when: dt.datetime) -> None:
    warehouse = Warehouse(load_settings().warehouse_path)
    with warehouse.writer() as writer:
        last = writer.latest_digest(WEEK)
        assert last is not None
        delivery = Delivery(WEEK, "a@x.example", "<1@x>", when, "sent", sha256=last.edition.sha256, delivery_id="1")
        writer.record_deliveries("digest-1", [delivery])


def files(folder: Path, week: str = WEEK) -> dict[str, bytes]:
    return {ending: (folder / "digests" / f"{week}.{ending}").read_bytes() for ending in FORMS}


def versions() -> list[tuple[Any, ...]]:
    with Warehouse(load_settings().warehouse_path).reader() as reader:
        return reader.query("SELECT version, markdown FROM digest_versions WHERE lang = 'ja' ORDER BY version")[1]


def test_late_news_goes_to_the_next_digest_and_the_sent_one_stays_byte_for_byte(room: Newsroom, tmp_path: Path) -> None:
    monday, friday = room.world.waves[0][1], room.world.waves[1][1]
    said: list[str] = []
    digest(WEEK, monday, say=said.append)
    sent(monday)
    first = files(tmp_path)
    look(room, 1)
    digest(WEEK, friday, say=said.append)
    assert files(tmp_path) == first
    assert said == []
    late = digest("2025-W21", friday)
    assert "5億ドル" in late.markdown
    assert "5億ドル" not in first["md"].decode()
    assert "先週以前の日付の記事" in late.markdown
    assert "最初の週" not in late.markdown


def test_what_was_only_written_gives_way_to_a_further_edition_and_both_are_kept(room: Newsroom, tmp_path: Path) -> None:
    said: list[str] = []
    first = digest(WEEK, room.world.waves[0][1]).markdown
    now = look(room, 1)
    second = digest(WEEK, now, say=said.append).markdown
    assert "this is edition 2" in said[0]
    assert versions() == [(1, first), (2, second)]
    assert files(tmp_path)["md"].decode() == second


def test_a_sent_digest_stands_when_its_words_change_and_is_revised_on_purpose(room: Newsroom, tmp_path: Path) -> None:
    now = room.world.waves[0][1]
    said: list[str] = []
    old = digest(WEEK, now).markdown
    sent(now + dt.timedelta(days=9))
    before = files(tmp_path)
    topics = tmp_path / "seeds" / "topics.toml"
    topics.write_text(topics.read_text(encoding="utf-8").replace("価格・事業", "値段と商い"), encoding="utf-8")
    knowledge_of.cache_clear()  # as in another process
    (tmp_path / "digests" / f"{WEEK}.md").unlink()
    digest(WEEK, now, say=said.append)
    assert files(tmp_path) == before
    assert "that edition stands as it is" in said[0]
    assert versions() == [(1, old)]
    revised = digest(WEEK, now, say=said.append, revise=True).markdown
    assert "値段と商い" in revised
    assert versions() == [(1, old), (2, revised)]


def test_each_language_has_its_files_and_editions(room: Newsroom, tmp_path: Path) -> None:
    now = room.world.waves[0][1]
    english, japanese = digest(WEEK, now, lang="en"), digest(WEEK, now)
    assert english.path.name == "2025-W20.en.md"
    assert english.markdown.startswith("# DeepSeek weekly 2025-W20\n")
    assert japanese.markdown.startswith("# DeepSeek週報 2025-W20\n")
    assert versions() == [(1, japanese.markdown)]
    data = json.loads((tmp_path / "digests" / "2025-W20.en.json").read_text(encoding="utf-8"))
    assert data["language"] == "en"
    assert data["counts"]["new"] == json.loads(files(tmp_path)["json"])["counts"]["new"] > 5
