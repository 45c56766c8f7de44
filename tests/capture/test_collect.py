from __future__ import annotations

import datetime as dt
import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flows.capture.archive import ArchiveError, read_capture
from flows.capture.collect import PageOutcome, batches, fetch_pages, poll_sources
from flows.capture.config import CaptureConfig
from flows.model import JST, PageRequest, Source, SourceState
from flows.reading.pagination import next_page_url

NOW = dt.datetime(2025, 1, 28, 18, tzinfo=JST)
FEED = b"<rss version='2.0'><channel><title>t</title><item><title>a</title><link>/page</link></item></channel></rss>"
BOMB = gzip.compress(b"0" * 5_000_000)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        path = self.path
        status, body, headers = 200, b"<html><p>text</p></html>", {"Content-Type": "text/html"}
        if path == "/robots.txt":
            body = b"User-agent: *\nDisallow: /private\n"
        elif path == "/feed":
            body, headers = FEED, {"Content-Type": "application/rss+xml", "ETag": '"1"'}
            if self.headers.get("If-None-Match") == '"1"':
                status, body = 304, b""
        elif path == "/moved":
            status, body, headers = 301, b"", {"Location": "/page"}
        elif path == "/loop":
            status, body, headers = 302, b"", {"Location": "/loop"}
        elif path == "/busy":
            status, body, headers = 429, b"", {"Retry-After": "7200"}
        elif path == "/gone":
            status, body = 410, b""
        elif path == "/bomb":
            body, headers = BOMB, {"Content-Type": "text/html", "Content-Encoding": "gzip"}
        elif path == "/large":
            body = b"x" * 400_000
        elif path == "/long":
            body = '<a rel="next" href="/long?page=2">次のページへ</a>'.encode()
        elif path == "/broken":
            self.connection.close()
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def config(data: Path, *, allow_private: bool = True) -> CaptureConfig:
    return CaptureConfig(
        data=data,
        pause=0.0,
        allow_private=allow_private,
        max_bytes=200_000,
        max_decoded_bytes=1_000_000,
        total_timeout=10,
    )


def fetch(site: str, path: str, data: Path, **known: object) -> PageOutcome:
    request = PageRequest(site + path, site + path, "", "P", **known)  # type: ignore[arg-type]
    return fetch_pages([request], config(data), "warc/test.warc.gz", NOW, next_page_url)


def test_a_feed_that_did_not_change_is_asked_for_conditionally_and_brings_nothing(site: str, tmp_path: Path) -> None:
    source = Source(f"{site}/feed", "P")
    first = poll_sources([(source, None)], config(tmp_path), NOW)
    assert [e.url for e in first.entries] == [f"{site}/page"]
    state = SourceState(source.url, etag=first.fetches[0].etag, last_full_at=NOW)
    second = poll_sources([(source, state)], config(tmp_path), NOW + dt.timedelta(hours=1))
    assert (second.fetches[0].status, second.entries) == (304, ())


def test_a_feed_is_asked_for_whole_once_a_day(site: str, tmp_path: Path) -> None:
    source = Source(f"{site}/feed", "P")
    state = SourceState(source.url, etag='"1"', last_full_at=NOW - dt.timedelta(hours=25))
    assert poll_sources([(source, state)], config(tmp_path), NOW).fetches[0].status == 200


def test_a_page_is_kept_before_anything_reads_it_and_can_be_read_back(site: str, tmp_path: Path) -> None:
    outcome = fetch(site, "/moved", tmp_path)
    capture = outcome.captures[0]
    assert capture.final_url == f"{site}/page"
    assert read_capture(tmp_path, capture.raw_path) == (b"<html><p>text</p></html>", "text/html")


def test_further_pages_of_an_article_are_fetched(site: str, tmp_path: Path) -> None:
    assert len(fetch(site, "/long", tmp_path).captures[0].further) == 1


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/loop", "redirects"),
        ("/busy", "http"),
        ("/gone", "http"),
        ("/bomb", "too large"),
        ("/large", "too large"),
        ("/broken", ""),
        ("/private/x", "robots"),
    ],
)
def test_trouble_is_told_and_left_for_later(site: str, tmp_path: Path, path: str, kind: str) -> None:
    outcome = fetch(site, path, tmp_path)
    page = outcome.fetches[-1]
    assert outcome.captures == ()
    assert page.error is not None
    assert page.error.startswith(kind)
    assert page.next_fetch_at is not None
    assert page.next_fetch_at > NOW


def test_retry_after_is_held(site: str, tmp_path: Path) -> None:
    again = fetch(site, "/busy", tmp_path).fetches[-1].next_fetch_at
    assert again is not None
    assert again >= NOW + dt.timedelta(hours=2)


def test_private_addresses_are_never_asked(site: str, tmp_path: Path) -> None:
    request = PageRequest(f"{site}/page", f"{site}/page", "", "P")
    outcome = fetch_pages([request], config(tmp_path, allow_private=False), "warc/test.warc.gz", NOW)
    assert outcome.captures == ()
    assert all(f.status is None for f in outcome.fetches)


def test_nothing_is_archived_where_nothing_came(site: str, tmp_path: Path) -> None:
    fetch(site, "/gone", tmp_path)
    assert not (tmp_path / "warc").exists()


def test_a_missing_record_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"no\.warc\.gz#0"):
        read_capture(tmp_path, "warc/no.warc.gz#0")


def test_a_host_is_never_in_two_batches() -> None:
    parts = batches([f"http://h{n % 7}.example/{n}" for n in range(100)], str, size=10)
    hosts = [{url.split("/")[2] for url in part} for part in parts]
    assert sum(map(len, hosts)) == 7
    assert sum(map(len, parts)) == 100
