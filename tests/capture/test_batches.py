"""A batch of feeds polled, a batch of pages fetched: what fails is a row, and nothing is lost."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pickle
import re

import pytest

from flows.capture.archive import read_capture
from flows.capture.collect import PageOutcome, batches, fetch_pages, poll_sources
from flows.capture.config import CaptureConfig
from flows.model import JST, PageRequest, Source, SourceState
from tests.capture.server import Handler, Site, running

NOW = dt.datetime(2025, 1, 28, 9, 0, tzinfo=JST)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
ARCHIVE = "warc/2025-01-28/run-00.warc.gz"
FEED = "<rss version='2.0'><channel><item><title>題</title><link>/a</link></item></channel></rss>".encode()


def source(site: Site, path: str = "/feed") -> Source:
    return Source(site.root + path, "例")


def request(site: Site, path: str = "/a", **values: object) -> PageRequest:
    url = site.root + path
    return dataclasses.replace(PageRequest(url, url, f"{site.root}/feed", "例"), **values)  # type: ignore[arg-type]


def next_link(body: bytes, _: str, __: str) -> str | None:
    found = re.search(rb'rel="next" href="([^"]+)"', body)
    return found.group(1).decode() if found else None


def pages(config: CaptureConfig, *requests: PageRequest) -> PageOutcome:
    return fetch_pages(requests, config, ARCHIVE, NOW, next_link)


def test_a_feed_brings_entries_and_what_the_next_poll_needs(site: Site, config: CaptureConfig) -> None:
    site.page("/feed", FEED, ETag='"1"', Last_Modified="Mon, 27 Jan 2025 00:00:00 GMT")
    outcome = poll_sources([(source(site), None)], config, NOW)
    (fetch,) = outcome.fetches
    assert [e.canonical_url for e in outcome.entries] == [f"{site.root}/a"]
    assert (fetch.status, fetch.error, fetch.etag, fetch.bytes) == (200, None, '"1"', len(FEED))
    assert fetch.last_modified == "Mon, 27 Jan 2025 00:00:00 GMT"
    assert (fetch.reason, fetch.requested_at, fetch.next_fetch_at) == ("feed", NOW, NOW + HOUR)


def test_an_unchanged_feed_brings_nothing_but_is_whole_once_a_day(site: Site, config: CaptureConfig) -> None:
    def feed(handler: Handler) -> None:
        if handler.headers.get("If-None-Match") == '"1"':
            handler.reply(304, b"", {"ETag": '"1"'})
        else:
            handler.reply(200, FEED, {"ETag": '"1"'})

    site.routes["/feed"] = feed
    seen = SourceState(source(site).url, etag='"1"', last_full_at=NOW - HOUR, last_success_at=NOW - HOUR)
    outcome = poll_sources([(source(site), seen)], config, NOW)
    assert (outcome.entries, outcome.fetches[0].status, outcome.fetches[0].error) == ((), 304, None)
    outcome = poll_sources([(source(site), dataclasses.replace(seen, last_full_at=NOW - DAY))], config, NOW)
    assert (len(outcome.entries), outcome.fetches[0].status) == (1, 200)


def test_failing_feeds_are_rows_and_the_others_are_read(site: Site, config: CaptureConfig) -> None:
    site.page("/feed", FEED)
    site.page("/html", b"<html><body>moved</body></html>")
    site.page("/busy", b"", 429, Retry_After="7200")
    paths = ["/html", "/feed", "/none", "/busy"]
    outcome = poll_sources([(source(site, p), None) for p in paths], config, NOW)
    assert len(outcome.entries) == 1
    assert [(f.error or "").partition(":")[0] for f in outcome.fetches] == ["not a feed", "", "http", "http"]
    assert [f.next_fetch_at for f in outcome.fetches] == [NOW + n * HOUR for n in (1, 1, 1, 2)]


def test_a_page_is_kept_with_what_the_feed_said(site: Site, config: CaptureConfig) -> None:
    site.page("/a", "本文".encode(), ETag='"p"')
    outcome = pages(config, request(site, title="題", published_at=NOW - HOUR))
    (capture,) = outcome.captures
    assert (capture.title, capture.published_at, capture.publisher) == ("題", NOW - HOUR, "例")
    assert read_capture(config.data, capture.raw_path)[0] == "本文".encode()
    robots, fetch = outcome.fetches
    assert (robots.reason, robots.status) == ("robots", 404)
    assert (fetch.reason, fetch.etag, fetch.raw_path) == ("entry", '"p"', capture.raw_path)
    assert fetch.next_fetch_at is not None
    assert HOUR - dt.timedelta(minutes=5) <= fetch.next_fetch_at - NOW <= HOUR


def test_an_unchanged_page_gives_a_fetch_and_no_capture(site: Site, config: CaptureConfig) -> None:
    site.routes["/a"] = lambda handler: handler.reply(304)
    outcome = pages(config, request(site, reason="visit", etag='"p"', first_seen_at=NOW - 10 * DAY))
    fetch = outcome.fetches[-1]
    assert (outcome.captures, fetch.status, fetch.error) == ((), 304, None)
    assert fetch.next_fetch_at is not None
    assert abs(fetch.next_fetch_at - NOW - 5 * DAY) <= dt.timedelta(minutes=5)
    assert not (config.data / ARCHIVE).exists()


def test_a_disallowed_page_is_never_requested(site: Site, config: CaptureConfig) -> None:
    site.page("/robots.txt", b"User-agent: *\nDisallow: /members/")
    site.page("/members/1", b"secret")
    site.moved("/a", "/members/1")
    outcome = pages(config, request(site, "/members/1"), request(site, "/a"))
    assert outcome.captures == ()
    assert site.asked("/members/1") == 0
    for fetch in outcome.fetches[1:]:
        assert (fetch.status, fetch.next_fetch_at) == (None, NOW + DAY)
        assert (fetch.error or "").startswith("robots: ")


def test_failed_pages_are_tried_again_later(site: Site, config: CaptureConfig) -> None:
    site.page("/500", b"", 500)
    site.page("/empty", b" \n")
    site.page("/busy", b"", 503, Retry_After="7200")
    outcome = pages(config, *(request(site, p) for p in ("/404", "/500", "/empty", "/busy")))
    fetches = {f.url.rpartition("/")[2]: f for f in outcome.fetches if f.reason == "entry"}
    assert outcome.captures == ()
    assert (fetches["empty"].error or "").startswith("empty")
    assert all(f.next_fetch_at is not None and NOW < f.next_fetch_at <= NOW + DAY for f in fetches.values())
    assert fetches["busy"].next_fetch_at == NOW + 2 * HOUR


def test_further_pages_are_followed_in_order(site: Site, config: CaptureConfig) -> None:
    site.page("/a", b'1 <a rel="next" href="/a?page=2">next</a>', ETag='"p"')
    site.page("/a?page=2", b'2 <a rel="next" href="?page=3">next</a>')
    site.page("/a?page=3", b'3 <a rel="next" href="/a">first</a>')
    outcome = pages(config, request(site))
    (capture,) = outcome.captures
    kept = [read_capture(config.data, place)[0][:1] for place in (capture.raw_path, *capture.further)]
    assert kept == [b"1", b"2", b"3"]
    assert [f.reason for f in outcome.fetches] == ["robots", "entry", "page", "page"]
    assert outcome.fetches[1].etag is None  # an unchanged first page would say nothing about the others


@pytest.mark.parametrize("link", ["http://other.example/a?page=2", "mailto:x@y", "/a#top", "/moved", "http://["])
def test_a_next_page_elsewhere_or_nowhere_is_not_followed(site: Site, config: CaptureConfig, link: str) -> None:
    site.page("/a", f'1 <a rel="next" href="{link}">next</a>'.encode())
    site.moved("/moved", "/a")
    (capture,) = pages(config, request(site)).captures
    assert capture.further == ()


def test_endless_pages_end(site: Site, config: CaptureConfig) -> None:
    def endless(handler: Handler) -> None:
        number = int(handler.path.rpartition("=")[2]) if "=" in handler.path else 1
        handler.reply(200, f'{number} <a rel="next" href="/a?page={number + 1}">next</a>'.encode())

    site.routes["*"] = endless
    site.page("/robots.txt", b"")
    (capture,) = pages(config, request(site)).captures
    assert len(capture.further) == config.max_pages == 10


def test_a_missing_further_page_brings_the_article_back_soon(site: Site, config: CaptureConfig) -> None:
    site.page("/a", b'1 <a rel="next" href="/a?page=2">next</a>', ETag='"p"')
    site.page("/a?page=2", b"", 502)
    outcome = pages(config, request(site, first_seen_at=NOW - 30 * DAY))
    entry, page = outcome.fetches[1:]
    assert outcome.captures[0].further == ()
    assert (page.reason, page.status, entry.etag) == ("page", 502, None)
    assert entry.next_fetch_at is not None
    assert entry.next_fetch_at - NOW <= HOUR


def test_a_reader_that_stumbles_stops_no_batch(site: Site, config: CaptureConfig) -> None:
    def stumbling(body: bytes, content_type: str, url: str) -> str | None:
        raise RecursionError("nested too deep")

    site.page("/a", b"x")
    outcome = fetch_pages([request(site)], config, ARCHIVE, NOW, stumbling)
    assert len(outcome.captures) == 1


def test_outcomes_keep_the_order_of_their_requests(site: Site, config: CaptureConfig) -> None:
    paths = [f"/{n}" for n in range(30)]
    for path in paths:
        site.page(path, path.encode())
    outcome = pages(config, *(request(site, p) for p in paths))
    assert [c.url for c in outcome.captures] == [site.root + p for p in paths]


def test_hosts_behind_a_proxy_are_fetched_without_a_lookup(
    config: CaptureConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as proxy:
        proxy.routes["*"] = lambda handler: handler.reply(200, handler.path.encode())
        proxy.page("http://one.example/robots.txt", b"")
        monkeypatch.setenv("http_proxy", proxy.root)
        url = "http://one.example/a"
        outcome = pages(dataclasses.replace(config, allow_private=False), PageRequest(url, url, "", "一"))
    assert read_capture(config.data, outcome.captures[0].raw_path)[0] == url.encode()


def test_a_host_is_never_in_two_batches() -> None:
    urls = [f"http://h{n % 7}.example/{n}" for n in range(300)] + ["http://big.example/"] * 120
    parts = batches(urls, lambda url: url, size=50)
    assert sorted(u for part in parts for u in part) == sorted(urls)
    hosts = [{u.split("/")[2] for u in part} for part in parts]
    assert sum(map(len, hosts)) == len(set().union(*hosts)) == 8
    assert parts == batches(urls, lambda url: url, size=50)
    assert batches([], str) == []


def test_settings_and_outcomes_travel(site: Site, config: CaptureConfig) -> None:
    site.page("/a", b"x")
    outcome = pages(config, request(site))
    assert pickle.loads(pickle.dumps((config, outcome))) == (config, outcome)
