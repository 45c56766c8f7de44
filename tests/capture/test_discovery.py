"""A site's feeds found from its home page, through a real server."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from flows.capture.config import CaptureConfig
from flows.capture.discovery import DiscoveryError, discover
from flows.capture.discovery import Site as Found
from flows.model import JST
from flows.web import load_web_rules
from seeds import load_seeds
from seeds.loader import BUNDLED
from tests.capture.server import Site

NOW = dt.datetime(2025, 1, 28, 9, 0, tzinfo=JST)
RULES = load_web_rules(load_seeds(BUNDLED))
FEED = "<rss version='2.0'><channel><title>{}</title><item><title>題</title><link>/1</link></item></channel></rss>"


@pytest.fixture
def config(config: CaptureConfig) -> CaptureConfig:
    return dataclasses.replace(config, web=RULES, per_host=8)


def home(site: Site, head: str = "", body: str = "", charset: str = "utf-8") -> None:
    page = f"<html><head><meta charset='{charset}'><title>みなと新聞 | 朝の便り</title>{head}</head><body>{body}</body></html>"
    site.page("/", page.encode(charset), Content_Type="text/html")


def find(site: Site, config: CaptureConfig, path: str = "/") -> Found:
    return discover(site.root + path, config, NOW)


def paths(found: Found, site: Site) -> list[tuple[str, str]]:
    return [(feed.way, feed.url.removeprefix(site.root)) for feed in found.feeds]


@pytest.mark.parametrize("charset", ["utf-8", "shift_jis"])
def test_what_the_page_declares_is_checked_and_found(site: Site, config: CaptureConfig, charset: str) -> None:
    home(
        site,
        "<link rel='alternate' type='application/rss+xml' href='/all.xml'>"
        "<link rel='ALTERNATE' type='application/atom+xml' href='moved'>"
        "<link rel='alternate' type='application/rss+xml' href='/gone.xml'>"
        "<link rel='alternate' type='application/rss+xml' title='コメント' href='/comments/feed'>"
        "<link rel='alternate' hreflang='en' href='/en/'>",
        charset=charset,
    )
    site.page("/all.xml", FEED.format("全部").encode())
    site.moved("/moved", "/it.xml")
    site.page("/it.xml", FEED.format("IT").encode())
    site.page("/comments/feed", FEED.format("x").encode())
    found = find(site, config)
    assert paths(found, site) == [("declared", "/all.xml"), ("declared", "/it.xml")]
    assert (found.name, found.feeds[0].title, found.feeds[0].entries) == ("みなと新聞", "全部", 1)
    assert site.asked("/comments/feed") == 0


def test_a_feed_itself_is_what_is_found(site: Site, config: CaptureConfig) -> None:
    site.page("/feed", FEED.format("みなと新聞").encode())
    found = find(site, config, "/feed")
    assert (found.name, paths(found, site)) == ("みなと新聞", [("given", "/feed")])


def test_links_and_then_the_usual_places_are_tried(site: Site, config: CaptureConfig) -> None:
    home(
        site,
        body="<a href='/rss/news.rdf'>RSS</a><a href='/rsshelp.html'>RSSとは</a><a href='http://other.example/rss'>x</a>",
    )
    site.page("/rss/news.rdf", FEED.format("x").encode())
    site.page("/feed", FEED.format("y").encode())
    assert paths(find(site, config), site) == [("linked", "/rss/news.rdf")]
    home(site)
    assert paths(find(site, config), site)[0] == ("guessed", "/feed")


def test_a_feed_that_answers_at_two_addresses_is_one(site: Site, config: CaptureConfig) -> None:
    home(site)
    site.page("/feed", FEED.format("x").encode())
    site.page("/rss", FEED.format("x").encode())
    assert len(find(site, config).feeds) == 1


def test_sitemaps_that_robots_txt_names_are_the_last_resort(site: Site, config: CaptureConfig) -> None:
    home(site)
    site.page(
        "/robots.txt",
        f"User-agent: *\nDisallow: /feed\nSitemap: {site.root}/sitemap.xml\nsitemap: {site.root}/news.xml\n".encode(),
    )
    news = f"<urlset xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>{site.root}/1</loc><n:news><n:title>題</n:title><n:publication_date>2025-01-28</n:publication_date></n:news></url></urlset>"
    site.page("/news.xml", news.encode())
    site.page("/sitemap.xml", f"<urlset><url><loc>{site.root}/about</loc></url></urlset>".encode())
    assert paths(find(site, config), site) == [("sitemap", "/news.xml")]
    assert site.asked("/feed") == 0


def test_a_site_without_feeds_one_that_refuses_and_one_that_is_down_are_told_apart(
    site: Site, config: CaptureConfig
) -> None:
    home(site)
    with pytest.raises(DiscoveryError, match="names no feed"):
        find(site, config)
    site.page("/", b"", 403)
    with pytest.raises(DiscoveryError, match="refused"):
        find(site, config)
    site.page("/", b"<title>Just a moment...</title>")
    with pytest.raises(DiscoveryError, match="bot wall"):
        find(site, config)
    site.page("/robots.txt", b"User-agent: *\nDisallow: /")
    with pytest.raises(DiscoveryError, match="robots"):
        discover(site.root, dataclasses.replace(config, data=config.data / "other"), NOW)
    with pytest.raises(DiscoveryError, match="refused"):
        discover("http://127.0.0.1:9/", config, NOW)
