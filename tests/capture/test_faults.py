"""Whatever a server does, a run goes on: the trouble is a row, the address is kept for later, its neighbours are read."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import pytest

from flows.capture.archive import read_capture
from flows.capture.collect import fetch_pages, poll_sources
from flows.capture.config import CaptureConfig
from flows.model import JST, Fetch, PageRequest, Source, SourceState
from tests.capture.faults import ARTICLE, CURABLE, HTML, RSS, WIRE, Fault, raw, said
from tests.capture.server import Site

NOW = dt.datetime(2025, 1, 28, 9, 0, tzinfo=JST)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
FEED = (
    "<rss version='2.0'><channel><title>例</title><item><title>題</title><link>/1</link></item></channel></rss>"
).encode()
HELD = {"429 with seconds", "429 with a date", "503 with seconds"}


def patient(config: CaptureConfig, fault: Fault | None = None) -> CaptureConfig:
    """Time enough for any machine, but where waiting is what the test is about."""
    if fault is not None and fault.error == "timeout":
        return dataclasses.replace(config, read_timeout=1.5, total_timeout=2, per_host=4)
    return dataclasses.replace(config, read_timeout=20, total_timeout=40, per_host=4)


def kind_of(fetch: Fetch) -> str | None:
    return fetch.error.partition(":")[0] if fetch.error else None


def checked(fault: Fault, fetch: Fetch, name: str) -> None:
    """What holds for every failure: its kind and status are told, and it is asked again, not at once nor never."""
    assert (kind_of(fetch), fetch.status) == (fault.error, fault.status)
    assert fetch.next_fetch_at is not None
    assert NOW + 15 * MINUTE <= fetch.next_fetch_at <= NOW + 1.1 * DAY
    if name in HELD:
        assert fetch.next_fetch_at == NOW + 2 * HOUR


def test_there_are_troubles_enough() -> None:
    assert len(WIRE) >= 40


@pytest.mark.parametrize("name", WIRE)
def test_a_page_in_trouble_is_kept_for_later_and_its_neighbour_is_read(
    site: Site, config: CaptureConfig, name: str
) -> None:
    fault = WIRE[name]
    site.routes["/a"] = fault.answer
    site.page("/good", ARTICLE)
    requests = [PageRequest(site.root + path, site.root + path, "", "例") for path in ("/a", "/good")]
    outcome = fetch_pages(requests, patient(config, fault), "warc/a.warc.gz", NOW)
    bad, good = (fetch for fetch in outcome.fetches if fetch.reason == "entry")
    checked(fault, bad, name)
    assert (bad.url, bad.raw_path, good.error) == (f"{site.root}/a", None, None)
    assert [capture.url for capture in outcome.captures] == [f"{site.root}/good"]
    assert site.asked("/a") <= fault.asks


@pytest.mark.parametrize("name", WIRE)
def test_a_feed_in_trouble_is_polled_later_and_its_neighbour_is_read(
    site: Site, config: CaptureConfig, name: str
) -> None:
    fault = WIRE[name]
    site.routes["/a"] = fault.answer
    site.page("/good", FEED, Content_Type=RSS)
    state = SourceState(f"{site.root}/a", consecutive_failures=3, last_success_at=NOW - DAY)
    batch = [(Source(f"{site.root}/a", "例"), state), (Source(f"{site.root}/good", "例"), None)]
    outcome = poll_sources(batch, patient(config, fault), NOW)
    bad, good = outcome.fetches
    if name in HELD:  # what the server asks for is the least; our own patience may be longer
        assert bad.next_fetch_at is not None
        assert bad.next_fetch_at >= NOW + 2 * HOUR
        bad = dataclasses.replace(bad, next_fetch_at=NOW + 2 * HOUR)
    checked(fault, bad, name)
    assert good.error is None
    assert [entry.canonical_url for entry in outcome.entries] == [f"{site.root}/1"]
    assert site.asked("/a") <= fault.asks


@pytest.mark.parametrize("name", CURABLE)
def test_oddities_that_do_not_matter(site: Site, config: CaptureConfig, name: str) -> None:
    site.routes["/a"] = CURABLE[name](ARTICLE, HTML)
    site.routes["/feed"] = CURABLE[name](FEED, RSS)
    request = PageRequest(f"{site.root}/a", f"{site.root}/a", "", "例")
    (capture,) = fetch_pages([request], patient(config), "warc/a.warc.gz", NOW).captures
    assert read_capture(config.data, capture.raw_path)[0] == ARTICLE
    (entry,) = poll_sources([(Source(f"{site.root}/feed", "例"), None)], patient(config), NOW).entries
    assert entry.title == "題"


def item(title: str = "題", link: str = "<link>/1</link>", more: str = "") -> str:
    return f"<item><title>{title}</title>{link}{more}</item>"


def rss(*items: str, head: str = "") -> bytes:
    return f"{head}<rss version='2.0'><channel><title>例</title>{''.join(items)}</channel></rss>".encode()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
FEEDS: dict[str, tuple[bytes, str, str | None, list[str]]] = {
    # name: body, content type, error, the titles of the entries
    "HTML page": (b"<!doctype html><html><body>Hello</body></html>", HTML, "not a feed", []),
    "consent wall": (
        "<html><body><h1>Cookie</h1><form action='/agree'><button>同意する</button></form></body></html>".encode(),
        HTML,
        "not a feed",
        [],
    ),
    "HTML page that says it is RSS": (b"<html><body>Hello</body></html>", RSS, "not a feed", []),
    "empty answer": (b"", RSS, "not a feed", []),
    "white space": (b" \r\n\t ", RSS, "not a feed", []),
    "NUL bytes alone": (b"\0" * 500, RSS, "not a feed", []),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(200), "image/png", "not a feed", []),
    "JSON that is no feed": (b'{"error": "quota"}', "application/json", "not a feed", []),
    "JSON without an end": (b"[" * 50_000, "application/json", "not a feed", []),
    "empty feed": (rss(), RSS, None, []),
    "feed that says it is HTML": (rss(item()), HTML, None, ["題"]),
    "feed that says it is JSON": (rss(item()), "application/json", None, ["題"]),
    "BOM first": (b"\xef\xbb\xbf" + rss(item()), RSS, None, ["題"]),
    "BOM in the middle": (rss(item("題\ufeff名"), item("二", "<link>/2</link>")), RSS, None, ["題\ufeff名", "二"]),
    "two BOMs": (b"\xef\xbb\xbf" * 2 + rss(item()), RSS, None, ["題"]),
    "NUL bytes within": (rss(item("題\0名")), RSS, None, ["題名"]),
    "blank lines before the declaration": (
        rss(item(), head="\n\n<?xml version='1.0' encoding='utf-8'?>"),
        RSS,
        None,
        ["題"],
    ),
    "a warning before the declaration": (
        rss(item(), head="<b>Warning</b>: in x.php on line 2<br />\n<?xml version='1.0'?>"),
        RSS,
        None,
        ["題"],
    ),
    "cut off": (rss(item(), item("二", "<link>/2</link>")).partition(b"</item></channel>")[0], RSS, None, ["題", "二"]),
    "a stray ampersand": (rss(item("A & B")), RSS, None, ["A & B"]),
    "HTML entities": (rss(item("A&nbsp;B&hellip;")), RSS, None, ["A B…"]),
    "XML bomb": (
        rss(item("&l9;", "<link>/9</link>"), item(), head=f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>'),
        RSS,
        None,
        ["題"],
    ),
    "external entity": (
        rss(item("&x;", "<link>/9</link>"), item(), head='<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        RSS,
        None,
        ["題"],
    ),
    "wrong charset in the header": (
        rss(item("ディープシークの新しいモデル")).decode().encode("cp932"),
        RSS + "; charset=utf-8",
        None,
        ["ディープシークの新しいモデル"],
    ),
    "wrong charset in the declaration": (
        rss(item("ディープシークの新しいモデル"), head="<?xml version='1.0' encoding='shift_jis'?>"),
        RSS,
        None,
        ["ディープシークの新しいモデル"],
    ),
    "charset that nobody knows": (
        rss(item(), head="<?xml version='1.0' encoding='x-none'?>"),
        RSS + "; charset=martian",
        None,
        ["題"],
    ),
    "entries without a link": (rss(item("無", ""), item()), RSS, None, ["題"]),
    "links that lead nowhere": (
        rss(item("1", "<link>mailto:a@b</link>"), item("2", "<link>http://[x</link>"), item()),
        RSS,
        None,
        ["題"],
    ),
    "entries without a date": (rss(item()), RSS, None, ["題"]),
    "dates of nonsense": (rss(item(more="<pubDate>きのう</pubDate>")), RSS, None, ["題"]),
    "dates in the future": (rss(item(more="<pubDate>Tue, 28 Jan 2031 12:00:00 GMT</pubDate>")), RSS, None, ["題"]),
    "the year 0": (rss(item(more="<pubDate>Mon, 00 Jan 0000 00:00:00 GMT</pubDate>")), RSS, None, ["題"]),
    "entries without a title": (rss(item("")), RSS, None, [""]),
    "one GUID for all": (
        rss(*(item(str(n), f"<link>/{n}</link>", "<guid isPermaLink='false'>1</guid>") for n in range(3))),
        RSS,
        None,
        ["0", "1", "2"],
    ),
    "one link twice": (rss(item("1"), item("2")), RSS, None, ["1"]),
    "links with credentials": (rss(item(link="<link>http://u:p@news.example/1</link>")), RSS, None, ["題"]),
    "TTL of nonsense": (rss(item()).replace(b"<title>", b"<ttl>-5</ttl><title>", 1), RSS, None, ["題"]),
    "TTL of years": (rss(item()).replace(b"<title>", b"<ttl>99999999</ttl><title>", 1), RSS, None, ["題"]),
}


@pytest.mark.parametrize("name", FEEDS)
def test_what_feeds_are_like(site: Site, config: CaptureConfig, name: str) -> None:
    body, kind, error, titles = FEEDS[name]
    site.page("/a", body, Content_Type=kind)
    site.page("/good", FEED, Content_Type=RSS)
    batch = [(Source(f"{site.root}/{path}", path), None) for path in ("a", "good")]
    outcome = poll_sources(batch, patient(config), NOW)
    fetch = outcome.fetches[0]
    found = [entry for entry in outcome.entries if entry.publisher == "a"]
    assert (kind_of(fetch), fetch.status) == (error, 200)
    told = [entry.title for entry in found]
    if name in {"XML bomb", "external entity"}:  # the entry with the entity may stay, but nothing comes of the entity
        assert told[-1] == "題"
        assert all(len(title) < 100 and "root:" not in title for title in told)
    else:
        assert told == titles
    assert fetch.next_fetch_at is not None
    assert NOW + 15 * MINUTE <= fetch.next_fetch_at <= NOW + 1.1 * DAY
    assert any(entry.publisher == "good" for entry in outcome.entries)


def test_a_feed_with_five_thousand_entries_is_read_whole(site: Site, config: CaptureConfig) -> None:
    site.page("/a", rss(*(item(f"題{n}", f"<link>/{n}</link>") for n in range(5000))), Content_Type=RSS)
    roomy = dataclasses.replace(patient(config), max_bytes=5_000_000, max_decoded_bytes=5_000_000)
    assert len(poll_sources([(Source(f"{site.root}/a", "例"), None)], roomy, NOW).entries) == 5000


def test_a_constant_etag_hides_a_feed_for_a_day_at_most(site: Site, config: CaptureConfig) -> None:
    """The server says "not modified" to its ETag for ever, while its feed changes."""
    site.routes["/a"] = lambda handler: (
        handler.reply(304, b"", {"ETag": '"1"'})
        if handler.headers.get("If-None-Match")
        else handler.reply(200, FEED, {"ETag": '"1"'})
    )
    source, state, clock, whole = Source(f"{site.root}/a", "例"), None, NOW, []
    while clock < NOW + 3 * DAY:
        outcome = poll_sources([(source, state)], patient(config), clock)
        (fetch,) = outcome.fetches
        if fetch.status == 200:
            whole.append(clock)
        state = SourceState(source.url, etag=fetch.etag, last_success_at=clock, last_full_at=whole[-1])
        assert fetch.next_fetch_at is not None
        clock = max(fetch.next_fetch_at, clock + HOUR)
    assert len(whole) == 3
    assert all(later - before <= DAY + HOUR for before, later in itertools.pairwise(whole))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_relative_redirects_are_followed(site: Site, config: CaptureConfig, status: int) -> None:
    site.routes["/a"] = said(status, Location="b/c?x=1#part")
    site.routes["/b/c?x=1"] = said(status, Location="//" + site.root.removeprefix("http://") + "/d")
    site.page("/d", ARTICLE)
    request = PageRequest(f"{site.root}/a", f"{site.root}/a", "", "例")
    (capture,) = fetch_pages([request], patient(config), "warc/a.warc.gz", NOW).captures
    assert capture.final_url == f"{site.root}/d"


def test_redirects_in_bytes_of_another_encoding_lead_where_the_bytes_lead(site: Site, config: CaptureConfig) -> None:
    place = "/記事".encode("euc-jp")
    site.routes["/a"] = raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + place + b"\r\n\r\n")
    site.page("/%B5%AD%BB%F6", ARTICLE)
    request = PageRequest(f"{site.root}/a", f"{site.root}/a", "", "例")
    assert len(fetch_pages([request], patient(config), "warc/a.warc.gz", NOW).captures) == 1
