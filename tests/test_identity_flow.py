"""Whole runs against a server on loopback that stands for many hosts: one article is one, two are two, nothing is lost."""

from __future__ import annotations

import datetime as dt
import html
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.testing.utilities import prefect_test_harness

from flows.model import JST
from flows.monitor import RunReport, monitor
from flows.settings import load_settings
from seeds.loader import BUNDLED
from tests.capture.server import Handler, Site, running
from warehouse.store import Warehouse

START = dt.datetime(2025, 1, 28, 9, tzinfo=JST)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
NEWS = "http://news.example"
MODEL = "中国の新興企業ディープシークは、推論に強い新しいモデルを公開した。利用料はこれまでの半分になるという。"
SHARES = "ディープシークの台頭を受けて米国の半導体株が大きく下げた。投資家は設備投資の先行きを気にしている。"


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=90):
        yield


class World:
    """Hosts behind a proxy, feeds in a seeds folder of one's own, and runs over them."""

    def __init__(self, site: Site, seeds: Path) -> None:
        self.site, self.seeds = site, seeds

    def feeds(self, *listed: str) -> None:
        text = "\n".join(f"[[feed]]\n{lines}\n" for lines in listed)
        (self.seeds / "feeds.toml").write_text(text, encoding="utf-8")

    def feed(self, url: str, *items: tuple[str, str], guid: str = "", when: dt.datetime = START) -> None:
        inner = "".join(
            f"<item><title>{title}</title><link>{html.escape(link)}</link><guid isPermaLink='false'>{guid or link}</guid>"
            f"<pubDate>{when:%a, %d %b %Y %H:%M:%S} +0900</pubDate></item>"
            for link, title in items
        )
        self.site.page(url, f"<rss version='2.0'><channel><title>t</title>{inner}</channel></rss>".encode())

    def article(self, url: str, title: str, text: str, when: dt.datetime = START, head: str = "") -> None:
        paragraphs = "".join(f"<p>{text}</p>" for _ in range(2))
        page = (
            f"<html lang='ja'><head><meta charset='utf-8'><title>{title}</title>{head}"
            f"<meta property='article:published_time' content='{when.isoformat()}'></head>"
            f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
        )
        self.site.page(url, page.encode())

    def run(self, now: dt.datetime) -> RunReport:
        return monitor(now)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with Warehouse(load_settings().warehouse_path).reader() as reader:
            return reader.query(query)[1]

    def articles(self) -> list[tuple[str, int, str]]:
        return self.ask("SELECT url, revision, title FROM articles ORDER BY ALL")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    seeds = tmp_path / "seeds"
    shutil.copytree(BUNDLED, seeds, ignore=shutil.ignore_patterns("__pycache__"))
    (seeds / "claims.toml").write_text("", encoding="utf-8")
    with running() as site:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
            monkeypatch.delenv(name, raising=False)
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, site.root)
        for name, value in {"DATA": str(tmp_path / "data"), "SEEDS": str(seeds), "PAUSE": "0", "TIMEOUT": "5"}.items():
            monkeypatch.setenv(f"KAWARABAN_{name}", value)
        world = World(site, seeds)
        world.feeds(f'url = "{NEWS}/feed"\npublisher = "例"', f'url = "{NEWS}/feed2"\npublisher = "例"')
        world.feed(f"{NEWS}/feed2")
        yield world


def test_one_article_by_many_ways_is_one(world: World) -> None:
    canonical = f"<link rel='canonical' href='{NEWS}/a'>"
    world.feed(
        f"{NEWS}/feed",
        (f"{NEWS}/a?utm_source=rss#top", "新モデル"),
        ("http://m.news.example/a", "新モデル"),
        ("http://amp.news.example/a", "新モデル"),
        (f"{NEWS}/old/a", "新モデル"),
    )
    world.feed(
        f"{NEWS}/feed2",
        (f"{NEWS}/a/", "新モデル - 例"),
        ("http://www.news.example/a", "新モデル"),
        (f"{NEWS}/a?fbclid=1", "新モデル"),
    )
    world.site.moved(f"{NEWS}/old/a", f"{NEWS}/a")
    for url in (f"{NEWS}/a", f"{NEWS}/a?utm_source=rss", "http://m.news.example/a", "http://amp.news.example/a"):
        world.article(url, "新モデル", MODEL, head=canonical)
    world.run(START)
    world.run(START + 2 * HOUR)
    assert world.articles() == [(f"{NEWS}/a", 1, "新モデル")]
    assert world.ask("SELECT count(*) FROM articles WHERE duplicate_of IS NOT NULL") == [(0,)]


def test_a_copy_on_another_site_that_names_its_original_is_a_copy(world: World) -> None:
    world.feed(f"{NEWS}/feed", (f"{NEWS}/a", "新モデル"), ("http://other.example/a", "新モデル"))
    world.article(f"{NEWS}/a", "新モデル", MODEL)
    world.article("http://other.example/a", "新モデル", MODEL, head=f"<link rel='canonical' href='{NEWS}/a'>")
    world.run(START)
    assert world.ask("SELECT count(*), count(duplicate_of) FROM articles") == [(2, 1)]


def test_entries_that_share_one_id_and_one_canonical_address_stay_apart(world: World) -> None:
    world.feed(f"{NEWS}/feed", (f"{NEWS}/a", "新モデル"), (f"{NEWS}/b", "半導体株"), guid="same")
    lying = f"<link rel='canonical' href='{NEWS}/news/'>"
    world.article(f"{NEWS}/a", "新モデル", MODEL, head=lying)
    world.article(f"{NEWS}/b", "半導体株", SHARES, head=lying)
    world.run(START)
    found = world.articles()
    assert [title for _, _, title in found] == ["半導体株", "新モデル"]
    world.run(START + 3 * DAY)
    assert world.articles() == found


def test_an_address_used_for_a_new_text_brings_a_second_article(world: World) -> None:
    world.feed(f"{NEWS}/feed", (f"{NEWS}/today", "新モデル"))
    world.article(f"{NEWS}/today", "新モデル", MODEL)
    world.run(START)
    later = START + DAY
    world.feed(f"{NEWS}/feed", (f"{NEWS}/today", "半導体株"), when=later)
    world.article(f"{NEWS}/today", "半導体株", SHARES, when=later)
    world.run(later + HOUR)
    assert world.articles() == [(f"{NEWS}/today", 1, "半導体株"), (f"{NEWS}/today", 1, "新モデル")]
    world.article(f"{NEWS}/today", "半導体株", SHARES + "終値は3%安だった。", when=later)
    world.run(later + 9 * HOUR)
    assert world.articles() == [(f"{NEWS}/today", 1, "新モデル"), (f"{NEWS}/today", 2, "半導体株")]


def test_an_edit_that_the_feed_announces_is_seen_at_once_and_is_a_revision(world: World) -> None:
    world.feed(f"{NEWS}/feed", (f"{NEWS}/a", "新モデル"))
    world.article(f"{NEWS}/a", "新モデル", MODEL)
    world.run(START)
    world.feed(f"{NEWS}/feed", (f"{NEWS}/a", "新モデル(更新)"))
    world.article(f"{NEWS}/a", "新モデル(更新)", MODEL + "同社が発表した。")
    for hours in (20 * 24, 20 * 24 + 1):
        world.run(START + hours * HOUR)
    assert world.articles() == [(f"{NEWS}/a", 2, "新モデル(更新)")]
    assert world.ask("SELECT count(*) FROM entries") == [(2,)]


def test_visits_grow_rare_are_conditional_and_end(world: World) -> None:
    def page(handler: Handler) -> None:
        if handler.headers.get("If-None-Match") == '"1"':
            handler.reply(304, b"", {"ETag": '"1"'})
        else:
            body = f"<title>新モデル</title><h1>新モデル</h1><p>{MODEL}</p><p>{MODEL}</p>"
            handler.reply(200, body.encode(), {"ETag": '"1"'})

    world.feed(f"{NEWS}/feed", (f"{NEWS}/a", "新モデル"))
    world.site.routes[f"{NEWS}/a"] = page
    for days in (0, 0.1, 1, 2, 5, 30, 60, 89, 100, 110):
        world.run(START + days * DAY)
    visits = world.ask(
        "SELECT status, count(*) FROM fetches WHERE reason IN ('entry', 'visit') GROUP BY ALL ORDER BY ALL"
    )
    assert visits[0] == (200, 1)
    assert visits[1][0] == 304
    assert 5 <= visits[1][1] <= 8
    assert world.ask("SELECT max(requested_at) < $$2025-05-12$$::TIMESTAMPTZ FROM fetches WHERE reason = 'visit'") == [
        (True,)
    ]


def test_an_entry_whose_address_is_hidden_is_kept_reported_and_had_later(world: World) -> None:
    link = "http://news.google.com/rss/articles/CBMiAAAAAAAAAAAAAAAAAAAAAAAA"
    world.feeds(f'url = "{NEWS}/search?q={{query}}"\nquery = "ディープ シーク"\npublisher = "検索"\nkind = "search"')
    feed = f"{NEWS}/search?q=%E3%83%87%E3%82%A3%E3%83%BC%E3%83%97+%E3%82%B7%E3%83%BC%E3%82%AF"
    world.feed(feed, (f"{link}?oc=5", "新モデル"))
    world.site.page(f"{link}?oc=5", b"<script>open()</script>")
    report = world.run(START)
    assert (report.hidden, report.failed_pages, world.articles()) == (1, (), [])
    world.site.page(f"{link}?oc=5", f"<a data-n-au='{NEWS}/a'>x</a>".encode())
    world.article(f"{NEWS}/a", "新モデル", MODEL)
    assert world.run(START + HOUR).counts.pages_fetched == 0
    assert world.run(START + 7 * HOUR).hidden == 0
    assert world.articles() == [(f"{NEWS}/a", 1, "新モデル")]
    world.run(START + 9 * HOUR)
    asked = [path for path, _ in world.site.requests if path.startswith("http://news.google.com/rss")]
    assert len(asked) == 2


def test_what_a_portal_republishes_names_its_origin(world: World) -> None:
    url = "http://news.yahoo.co.jp/articles/1"
    world.feed(f"{NEWS}/feed", (url, "新モデル"))
    data = '{"@type": "NewsArticle", "headline": "新モデル", "author": {"name": "みなと新聞"}, "publisher": {"name": "Yahoo!ニュース"}}'
    world.article(url, "新モデル", MODEL, head=f"<script type='application/ld+json'>{data}</script>")
    world.run(START)
    assert world.ask("SELECT publisher, origin FROM articles") == [("Yahoo!ニュース", "みなと新聞")]


def test_an_outlet_has_one_name_whatever_a_search_calls_it(world: World) -> None:
    world.feeds(
        f'url = "{NEWS}/search"\npublisher = "検索"\nkind = "search"',
        'url = "http://feeds.other.example/rss"\npublisher = "よその新聞"\nhosts = ["www.other.example"]',
    )
    item = "<item><title>新モデル - よその新聞デジタル</title><link>http://www.other.example/1</link><source url='x'>よその新聞デジタル</source></item>"
    world.site.page(f"{NEWS}/search", f"<rss version='2.0'><channel>{item}</channel></rss>".encode())
    world.article("http://www.other.example/1", "新モデル", MODEL)
    world.run(START)
    assert world.ask("SELECT publisher FROM articles") == [("よその新聞",)]
