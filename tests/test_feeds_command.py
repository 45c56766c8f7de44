"""``kawaraban feeds``: adding, importing, exporting and looking at the list; and progress while a run goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import progress
from flows.capture.opml import read_opml
from flows.commands.progress import quarters
from flows.model import Source
from seeds.loader import load_sources
from tests.capture.server import Site, running
from tests.warehouse.samples import append_world, at, feed_fetch
from warehouse.store import Warehouse

FEED = b"<rss version='2.0'><channel><title>All</title><item><title>x</title><link>/1</link></item></channel></rss>"
LIST = '# ours\n[[feed]]\nurl = "https://news.example/feed"\npublisher = "みなと新聞"\n'


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as site:
        yield site


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    from seeds.loader import BUNDLED

    for file in BUNDLED.glob("*.toml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    for file in BUNDLED.glob("*.json"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "feeds.toml").write_text(LIST, encoding="utf-8")
    return tmp_path


def kawaraban(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {
        "KAWARABAN_DATA": str(folder / "data"), "KAWARABAN_SEEDS": str(folder), "KAWARABAN_ALLOW_PRIVATE": "1",
        "KAWARABAN_PAUSE": "0", "COLUMNS": "300",
    }  # fmt: skip
    command = [sys.executable, "-c", "from flows.cli import main; main()", "feeds", *words]
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


def test_a_sites_feed_is_found_added_and_told(site: Site, folder: Path) -> None:
    links = "".join(f"<link rel='alternate' type='application/rss+xml' href='/{n}.xml'>" for n in ("all", "it"))
    site.page("/", f"<html><head><title>朝の新聞</title>{links}</head></html>".encode())
    site.page("/all.xml", FEED)
    site.page("/it.xml", FEED.replace(b"All", b"IT"))
    done = kawaraban(folder, "add", f"{site.root}/")
    assert done.returncode == 0, done.stderr
    assert f"declared: {site.root}/all.xml (All, 1 entries): added" in done.stderr.replace("\n", " ").replace("  ", " ")
    assert "not added" in done.stderr
    assert load_sources(folder)[1:] == (Source(f"{site.root}/all.xml", "朝の新聞"),)
    again = kawaraban(folder, "add", f"{site.root}/", "--all", "--publisher", "朝")
    assert again.returncode == 0
    assert load_sources(folder)[2:] == (Source(f"{site.root}/it.xml", "朝"),)
    assert (folder / "feeds.toml").read_text(encoding="utf-8").startswith(LIST)


def test_a_site_that_has_no_feed_is_an_error_and_changes_nothing(site: Site, folder: Path) -> None:
    site.page("/", b"<html><p>x</p></html>")
    done = kawaraban(folder, "add", f"{site.root}/")
    assert done.returncode == 1
    assert "names no feed" in done.stderr
    assert (folder / "feeds.toml").read_text(encoding="utf-8") == LIST


def test_a_page_with_a_pattern_is_checked_before_it_is_added(site: Site, folder: Path) -> None:
    site.page("/news/", b"<!doctype html><html><a href='/news/12'>first</a><a href='/about'>x</a></html>")
    for pattern, code in ((r"/a/\d+", 1), ("(", 1), (r"/news/\d+", 0)):
        done = kawaraban(folder, "add", f"{site.root}/news/", "--links", pattern, "--publisher", "朝")
        assert done.returncode == code, done.stderr
        assert len(load_sources(folder)) == (1 if code else 2)
    assert load_sources(folder)[1] == Source(f"{site.root}/news/", "朝", "listing", links=r"/news/\d+")


def test_lists_go_out_and_come_in(folder: Path) -> None:
    (folder / "other.opml").write_text(
        "<opml version='2.0'><body><outline text='夕刊' xmlUrl='http://y.example/rss'/></body></opml>", encoding="utf-8"
    )
    done = kawaraban(folder, "import", str(folder / "other.opml"))
    assert done.returncode == 0, done.stderr
    assert "1 added" in done.stderr
    out = kawaraban(folder, "export")
    assert [s.url for s in read_opml(out.stdout.encode())] == ["https://news.example/feed", "http://y.example/rss"]
    assert kawaraban(folder, "import", str(folder / "none.opml")).returncode == 1
    assert kawaraban(folder, "import", str(folder / "feeds.toml")).returncode == 1


def test_the_bare_command_shows_how_each_source_is_doing(folder: Path) -> None:
    with (folder / "feeds.toml").open("a", encoding="utf-8") as file:
        file.write('[[feed]]\nurl = "https://new.example/"\npublisher = "新しい新聞"\n')
    with Warehouse(folder / "data" / "kawaraban.duckdb").writer() as writer:
        append_world(writer, "r")
        writer.record_fetches(
            "r", [feed_fetch(at(2), 403, error="blocked: refused (HTTP status), HTTP 403", next_fetch_at=at(3))]
        )
    for words in ((), ("status",)):
        done = kawaraban(folder, *words)
        assert done.returncode == 0, done.stderr
        head, failing, new = [line.split() for line in done.stdout.splitlines() if line.strip()][:3]
        assert head[:3] == ["publisher", "feed", "state"]
        assert failing[:3] == ["みなと新聞", "https://news.example/feed", "blocked"]
        assert failing[3:10] == ["2025-01-27", "09:00", "2025-01-27", "12:00", "1.0", "100%", "1"]
        assert new[:3] == ["新しい新聞", "https://new.example/", "new"]


def test_progress_is_told_at_each_quarter_of_what_is_long() -> None:
    told: list[str] = []
    with progress.listening(quarters(told.append)):
        progress.begin("fetching", 100)
        for _ in range(100):
            progress.advance("fetching")
        progress.begin("polling", 3)
        progress.advance("polling", 9)
        progress.advance("unknown")
    progress.advance("fetching")
    assert told == ["fetching: 25 of 100", "fetching: 50 of 100", "fetching: 75 of 100"]
