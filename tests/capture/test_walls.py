"""Refusals, hidden addresses and front pages, from a real server: told apart, kept, asked for again, never an article."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator

import pytest

from flows.capture.collect import PageOutcome, fetch_pages, poll_sources
from flows.capture.config import CaptureConfig
from flows.model import JST, Fetch, PageRequest, Source
from flows.web import Hider, load_web_rules
from seeds import load_seeds
from seeds.loader import BUNDLED
from tests.capture.server import Site, running

NOW = dt.datetime(2025, 1, 28, 9, 0, tzinfo=JST)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
RULES = load_web_rules(load_seeds(BUNDLED))
LONG = "<p>" + "長い本文が続く。" * 400 + "</p>"
HIDER = Hider(
    "検索",
    ("127.0.0.1",),
    re.compile(r"http://127\.0\.0\.1:\d+/go/(?P<token>\w+)"),
    (re.compile(r"data-to='(?P<address>[^']+)'"),),
)


@pytest.fixture
def config(config: CaptureConfig) -> CaptureConfig:
    return dataclasses.replace(config, web=RULES)


@pytest.fixture
def outlet() -> Iterator[Site]:
    with running() as site:
        yield site


def pages(config: CaptureConfig, *urls: str, **given: object) -> PageOutcome:
    requests = [dataclasses.replace(PageRequest(u, u, "f", "例"), **given) for u in urls]  # type: ignore[arg-type]
    return fetch_pages(requests, config, "warc/2025-01-28/run-00.warc.gz", NOW)


def kind(fetch: Fetch) -> str:
    return (fetch.error or "").partition(":")[0]


WALLS = [
    (b"", 403, {}, "refused"),
    (b"", 401, {}, "refused"),
    (b"", 451, {}, "refused"),
    (b"<title>Just a moment...</title><script>x</script>", 503, {}, "Cloudflare"),
    (b"<p>checking</p>", 200, {"cf_mitigated": "challenge"}, "Cloudflare"),
    (b"<TITLE>Access Denied</TITLE> errors.edgesuite.net", 403, {}, "Akamai"),
    (b"<iframe src='/_Incapsula_Resource?x'></iframe>", 200, {}, "Imperva"),
    (b"<script src='https://geo.captcha-delivery.com/x.js'></script>", 403, {}, "DataDome"),
    ("<title>ロボットではありません</title>".encode(), 200, {}, "captcha"),
    (b"<title>Cookie consent</title><form action='/collectConsent'></form>", 200, {}, "consent wall"),
]


@pytest.mark.parametrize(("body", "status", "headers", "name"), WALLS, ids=[f"{w[3]}-{w[1]}" for w in WALLS])
def test_a_wall_is_no_page_no_feed_and_no_ordinary_failure(
    site: Site, config: CaptureConfig, body: bytes, status: int, headers: dict[str, str], name: str
) -> None:
    site.page("/a", body, status, **headers)
    outcome = pages(config, f"{site.root}/a")
    assert outcome.captures == ()
    polled = poll_sources([(Source(f"{site.root}/a", "例"), None)], config, NOW)
    for fetch in (outcome.fetches[-1], polled.fetches[0]):
        assert kind(fetch) == "blocked"
        assert name in (fetch.error or "")
        assert fetch.next_fetch_at is not None
        assert fetch.next_fetch_at > NOW


@pytest.mark.parametrize(
    "body", [f"<title>Cookie consent の波紋</title>{LONG}", f"<title>captcha とは</title>{LONG}", f"<script src='/cdn-cgi/challenge-platform/x'></script>{LONG}"]
)  # fmt: skip
def test_an_article_about_walls_is_an_article(site: Site, config: CaptureConfig, body: str) -> None:
    site.page("/a", body.encode())
    assert len(pages(config, f"{site.root}/a").captures) == 1


def test_broken_empty_and_refused_are_three_things(site: Site, config: CaptureConfig) -> None:
    site.page("/empty", b"<rss version='2.0'><channel><title>t</title></channel></rss>")
    site.page("/html", b"<html><p>x</p></html>")
    site.page("/refused", b"", 403)
    site.page("/half", b"<rss version='2.0'><channel><item><link>/1</link></item><item><title>x</title></item>")
    outcome = poll_sources(
        [(Source(site.root + p, "例"), None) for p in ("/empty", "/html", "/refused", "/half")], config, NOW
    )
    assert [(kind(f), f.entries) for f in outcome.fetches] == [
        ("", 0),
        ("not a feed", None),
        ("blocked", None),
        ("", 1),
    ]
    assert "without an address" in (outcome.fetches[3].note or "")


def test_a_page_that_leads_to_the_front_page_is_no_article(site: Site, config: CaptureConfig) -> None:
    site.moved("/a", "/")
    site.page("/", b"<h1>front</h1>")
    outcome = pages(config, f"{site.root}/a")
    assert (outcome.captures, kind(outcome.fetches[-1])) == ((), "front page")
    assert len(pages(config, f"{site.root}/").captures) == 1


def test_an_index_of_sitemaps_is_read_with_its_parts(site: Site, config: CaptureConfig) -> None:
    site.page(
        "/i.xml",
        f"<sitemapindex><sitemap><loc>{site.root}/p.xml</loc></sitemap><sitemap><loc>{site.root}/no</loc></sitemap></sitemapindex>".encode(),
        ETag='"1"',
    )
    site.page("/p.xml", f"<urlset><url><loc>{site.root}/1</loc><lastmod>2025-01-28</lastmod></url></urlset>".encode())
    source = Source(f"{site.root}/i.xml", "例")
    outcome = poll_sources([(source, None)], config, NOW)
    assert [entry.canonical_url for entry in outcome.entries] == [f"{site.root}/1"]
    index, *parts = outcome.fetches
    assert (index.reason, index.error, index.etag, index.entries) == ("feed", None, None, 1)
    assert sorted((f.reason, kind(f), f.feed_url) for f in parts) == [
        ("part", "", source.url),
        ("part", "http", source.url),
    ]
    site.page("/p.xml", b"", 500)
    assert kind(poll_sources([(source, None)], config, NOW).fetches[0]) == "not a feed"


def hiding(config: CaptureConfig) -> CaptureConfig:
    return dataclasses.replace(config, web=dataclasses.replace(RULES, hidden=(HIDER,)))


def test_an_address_that_the_page_behind_a_link_tells_is_fetched_and_kept(
    site: Site, outlet: Site, config: CaptureConfig
) -> None:
    article = f"http://localhost:{outlet.port}/1"
    site.page("/go/abc", f"<a data-to='{article}'>x</a>".encode())
    outlet.page("/1", "本文".encode())
    outcome = pages(hiding(config), f"{site.root}/go/abc")
    (capture,) = outcome.captures
    assert (capture.url, capture.final_url, capture.canonical_url) == (article, article, f"{site.root}/go/abc")
    resolved, page = [f for f in outcome.fetches if f.reason != "robots"]
    assert (resolved.reason, resolved.final_url, resolved.canonical_url) == ("resolve", article, f"{site.root}/go/abc")
    assert (page.reason, page.url, page.raw_path) == ("entry", f"{site.root}/go/abc", capture.raw_path)


def test_a_link_that_redirects_to_the_article_needs_no_second_request(
    site: Site, outlet: Site, config: CaptureConfig
) -> None:
    site.moved("/go/abc", f"http://localhost:{outlet.port}/1")
    outlet.page("/1", "本文".encode())
    (capture,) = pages(hiding(config), f"{site.root}/go/abc").captures
    assert capture.final_url == f"http://localhost:{outlet.port}/1"
    assert outlet.asked("/1") == 1


def test_a_link_that_tells_nothing_is_kept_and_asked_for_ever_more_rarely(site: Site, config: CaptureConfig) -> None:
    site.page("/go/abc", b"<script>open()</script>")
    waits = []
    for failures in range(8):
        outcome = pages(
            hiding(config), f"{site.root}/go/abc", failures=failures, first_seen_at=NOW - failures * 30 * DAY
        )
        fetch = outcome.fetches[-1]
        assert (outcome.captures, kind(fetch)) == ((), "hidden address")
        assert fetch.next_fetch_at is not None
        waits.append(fetch.next_fetch_at - NOW)
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (6 * HOUR, 7 * DAY)


def test_a_service_that_shows_a_wall_is_blocked_and_does_not_hide(site: Site, config: CaptureConfig) -> None:
    site.page("/go/abc", b"<title>Just a moment...</title>")
    assert kind(pages(hiding(config), f"{site.root}/go/abc").fetches[-1]) == "blocked"
