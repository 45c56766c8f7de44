from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flows.capture.feeds import FeedError, parse_feed, plain
from flows.model import Source

SOURCE = Source("http://feed.example/feed.xml", "テスト新聞")


def rss(items: str, charset: str = "utf-8") -> bytes:
    text = f'<?xml version="1.0" encoding="{charset}"?><rss version="2.0"><channel><title>題</title>{items}</channel></rss>'
    return text.encode("cp932" if charset == "Shift_JIS" else charset)


def test_rss_gives_entries_with_canonical_urls_and_times() -> None:
    item = "<item><title>見出し</title><link>http://a.example/1?utm_source=rss</link><pubDate>Mon, 27 Jan 2025 10:00:00 +0900</pubDate></item>"
    entry = parse_feed(rss(item), "", SOURCE).entries[0]
    assert entry.canonical_url == "http://a.example/1"
    assert entry.url.endswith("?utm_source=rss")
    assert entry.published_at == dt.datetime(2025, 1, 27, 1, tzinfo=dt.UTC)


def test_shift_jis_that_is_cp932_is_read_right() -> None:
    body = rss("<item><title>①人目の髙橋氏</title><link>http://a.example/1</link></item>", "Shift_JIS")
    assert parse_feed(body, "application/xml; charset=Shift_JIS", SOURCE).entries[0].title == "①人目の髙橋氏"


def test_atom_and_rdf_and_json_feed_are_read() -> None:
    atom = b"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry><id>x</id><title>a</title><link href='/p'/></entry></feed>"
    rdf = (
        b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
        b"<channel rdf:about='x'><title>t</title></channel><item rdf:about='y'><title>b</title><link>http://a.example/2</link></item></rdf:RDF>"
    )
    json_feed = b'{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{"id": "http://a.example/3", "title": "c"}]}'
    assert parse_feed(atom, "", SOURCE).entries[0].url == "http://feed.example/p"
    assert parse_feed(rdf, "", SOURCE).entries[0].title == "b"
    assert parse_feed(json_feed, "application/feed+json", SOURCE).entries[0].canonical_url == "http://a.example/3"


def test_entities_in_titles_are_decoded_once_and_markup_is_dropped() -> None:
    assert plain("A &amp;amp; <b>B</b>") == "A &amp; B"


def test_a_web_page_is_no_feed() -> None:
    with pytest.raises(FeedError, match="no feed"):
        parse_feed(b"<!DOCTYPE html><html><title>x</title></html>", "text/html", SOURCE)


def test_broken_xml_is_still_read() -> None:
    body = rss("<item><title>a & b</title><link>http://a.example/1</link></item>").replace(b"</rss>", b"")
    assert parse_feed(body, "", SOURCE).entries[0].canonical_url == "http://a.example/1"


def test_real_legacy_feeds_are_read_without_mojibake(shared: Path) -> None:
    read = 0
    for file in sorted((shared / "peer" / "legacy-feeds").rglob("*.xml")):
        try:
            feed = parse_feed(file.read_bytes(), "text/xml", SOURCE)
        except FeedError:
            continue  # some of the files are web pages
        read += 1
        assert "\ufffd" not in feed.title + "".join(e.title for e in feed.entries), file.name
    assert read >= 50


def test_feeds_of_another_parsers_tests_raise_nothing_but_feed_errors(shared: Path) -> None:
    for file in sorted((shared / "peer" / "feedparser").rglob("*.xml")):
        try:
            parse_feed(file.read_bytes(), "", SOURCE)
        except FeedError:
            continue
