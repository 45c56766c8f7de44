"""Feeds of every kind to entries; broken ones too, and what is no feed is told."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.capture.feeds import MAX_ENTRIES, FeedError, ParsedFeed, parse_feed, plain
from flows.model import JST, Source

SOURCE = Source("http://news.example/feeds/all.xml", "ニュース例")
PEER = Path(os.environ.get("PEER_DATA") or Path(__file__).resolve().parents[3] / "shared" / "peer")
NOON = dt.datetime(2025, 1, 28, 12, 0, tzinfo=JST)

RSS = """<?xml version="1.0" encoding="{charset}"?>
<rss version="2.0"><channel><title>ニュース例</title><link>http://news.example/</link><ttl>90</ttl>
<item><title>新モデル公開</title><link>http://news.example/a?id=1&amp;utm_source=rss</link>
<guid isPermaLink="false">a1</guid><description>&lt;p&gt;要約の&lt;b&gt;本文&lt;/b&gt;&lt;/p&gt;</description>
<pubDate>Tue, 28 Jan 2025 12:00:00 +0900</pubDate></item></channel></rss>"""
RSS_091 = """<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">
<rss version="0.91"><channel><title>ニュース例</title><item><title>新モデル公開</title>
<link>http://news.example/a?id=1</link></item></channel></rss>"""
RDF = """<?xml version="1.0" encoding="{charset}"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="http://news.example/">
<title>ニュース例</title></channel><item rdf:about="http://news.example/a?id=1"><title>新モデル公開</title>
<link>http://news.example/a?id=1</link><dc:date>2025-01-28T12:00:00+09:00</dc:date></item></rdf:RDF>"""
ATOM = """<?xml version="1.0" encoding="{charset}"?><feed xmlns="http://www.w3.org/2005/Atom"><title>ニュース例</title>
<entry><id>tag:news.example,2025:1</id><title>新モデル公開</title><link rel="enclosure" href="http://news.example/v.mp4"/>
<link href="/a?id=1"/><published>2025-01-28T03:00:00Z</published><updated>2025-01-29T03:00:00Z</updated></entry>
</feed>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "ニュース例",
        "items": [{"id": 7, "url": "/a?id=1", "title": "新モデル公開", "date_published": "2025-01-28T12:00:00+09:00"}],
    },
    ensure_ascii=False,
)


def rss(*items: str, version: str = "2.0") -> ParsedFeed:
    inner = "".join(f"<item>{item}</item>" for item in items)
    text = f'<rss version="{version}"><channel><title>t</title>{inner}</channel></rss>'
    return parse_feed(text.encode(), "", SOURCE)


@pytest.mark.parametrize("kind", [RSS, RSS_091, RDF, ATOM, JSON], ids=["rss2", "rss091", "rdf", "atom", "json"])
@pytest.mark.parametrize("charset", ["utf-8", "shift_jis", "euc-jp", "utf-16"])
def test_every_kind_in_every_encoding(kind: str, charset: str) -> None:
    body = kind.replace("{charset}", charset).encode({"shift_jis": "cp932"}.get(charset, charset))
    feed = parse_feed(body, "", SOURCE)
    (entry,) = feed.entries
    assert (feed.title, entry.title, entry.canonical_url) == (
        "ニュース例",
        "新モデル公開",
        "http://news.example/a?id=1",
    )
    assert entry.published_at == (None if kind is RSS_091 else NOON)
    assert (entry.feed_url, entry.publisher, feed.problem) == (SOURCE.url, SOURCE.publisher, None)


def test_what_an_rss_item_says_is_kept() -> None:
    feed = parse_feed(RSS.replace("{charset}", "utf-8").encode(), "application/rss+xml", SOURCE)
    (entry,) = feed.entries
    assert entry.url == "http://news.example/a?id=1&utm_source=rss"
    assert (entry.guid, entry.summary, feed.ttl_minutes) == ("a1", "要約の 本文", 90)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("A&amp;B社", "A&B社"),
        ("A&amp;amp;B社", "A&B社"),
        ("&amp;lt;b&amp;gt;の使い方", "<b>の使い方"),
        ("&lt;b&gt;太字&lt;/b&gt;と&lt;br /&gt;改行", "太字と改行"),
        ("<![CDATA[<em>強調</em> &quot;引用&quot;]]>", '強調 "引用"'),
        ("List&lt;int&gt;の話", "List<int>の話"),
        ("5 &lt; 7 &gt; 3", "5 < 7 > 3"),
        ("&amp;hellip;続く&amp;#x3042;", "…続くあ"),
        ("\n  二行の\n  題  ", "二行の 題"),
    ],
)
def test_titles_are_decoded_once_and_without_markup(written: str, title: str) -> None:
    (entry,) = rss(f"<title>{written}</title><link>http://news.example/a</link>").entries
    assert entry.title == title


def test_atom_text_is_taken_literally_and_atom_html_is_not() -> None:
    def entry(kind: str) -> str:
        return f'<entry><title type="{kind}">&lt;b&gt; A&amp;amp;B</title><link href="http://news.example/{kind}"/></entry>'

    text = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>{entry("text")}{entry("html")}</feed>'
    titles = [e.title for e in parse_feed(text.encode(), "", SOURCE).entries]
    assert titles == ["<b> A&amp;B", "A&B"]


def test_an_address_is_found_where_there_is_no_link() -> None:
    feed = rss(
        "<title>1</title><guid>http://news.example/guid</guid>",
        '<title>2</title><guid isPermaLink="false">http://news.example/id</guid>',
        "<title>3</title><guid>abc-3</guid>",
        "<title>4</title>",
        "<title>5</title><link>mailto:x@example.jp</link>",
    )
    assert [e.canonical_url for e in feed.entries][:2] == ["http://news.example/guid", "http://news.example/id"]
    assert feed.problem is not None
    assert "without an address" in feed.problem


def test_links_are_resolved_against_the_feed() -> None:
    links = [
        e.canonical_url for e in rss("<link>../a.html</link>", "<link>/b.html</link>", "<link> c \n</link>").entries
    ]
    assert links == ["http://news.example/a.html", "http://news.example/b.html", "http://news.example/feeds/c"]


def test_one_address_is_one_entry_and_one_guid_may_be_many() -> None:
    feed = rss(
        "<title>1</title><link>http://news.example/a?utm_source=x</link><guid isPermaLink='false'>g</guid>",
        "<title>2</title><link>http://news.example/a</link><guid isPermaLink='false'>h</guid>",
        "<title>3</title><link>http://news.example/b</link><guid isPermaLink='false'>g</guid>",
    )
    assert [(e.title, e.guid) for e in feed.entries] == [("1", "g"), ("3", "g")]


def test_a_time_without_a_zone_is_japanese() -> None:
    feed = rss("<link>/a</link><pubDate>2025-01-28 12:00:00</pubDate>", "<link>/b</link><pubDate>いつか</pubDate>")
    assert [e.published_at for e in feed.entries] == [NOON, None]


@pytest.mark.parametrize(
    "broken",
    [
        "<rss version='2.0'><channel><item><title>題 & 名</title><link>/a</link></item></channel></rss>",
        "<rss version='2.0'><channel><item><title>題 &nbsp; 名</title><link>/a</link></item>",
        "\n\n <?xml version='1.0'?><rss><channel><item><title>題\x08名</title><link>/a</link></item></channel></rss>",
        "<rss version='2.0'><channel><item><title>題<b>名</title><link>/a</link></item></channel></rss>",
        "<rss version='2.0'><channel><item><title>題名</title><link>/a</link></item><item><title>切れ",
    ],
)
def test_broken_xml_is_still_read(broken: str) -> None:
    entries = parse_feed(broken.encode(), "", SOURCE).entries
    assert entries[0].canonical_url == "http://news.example/a"
    assert entries[0].title.startswith("題")


def test_a_search_feed_names_the_outlet_of_each_entry() -> None:
    item = '<title>新モデル公開 - 経済例</title><link>/a</link><source url="http://keizai.example">経済例</source>'
    text = f'<rss version="2.0"><channel><item>{item}</item></channel></rss>'.encode()
    (searched,) = parse_feed(text, "", Source(SOURCE.url, "検索", kind="search")).entries
    assert (searched.publisher, searched.title) == ("経済例", "新モデル公開")
    (listed,) = parse_feed(text, "", SOURCE).entries
    assert (listed.publisher, listed.title) == ("ニュース例", "新モデル公開 - 経済例")


def test_an_empty_feed_is_a_feed() -> None:
    assert rss().entries == ()
    assert parse_feed(b'{"version": "https://jsonfeed.org/version/1", "items": []}', "", SOURCE).entries == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"<!DOCTYPE html><html><head><title>Sorry</title></head><body><p>closed</p></body></html>",
        b"plain words",
        b"{}",
        b'{"items": 3}',
        b"[1]",
        b"{broken",
        b"[" * 100_000,
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_what_is_no_feed_is_told(body: bytes) -> None:
    with pytest.raises(FeedError):
        parse_feed(body, "", SOURCE)


def test_a_huge_feed_is_cut_and_says_so() -> None:
    feed = rss(*(f"<link>/{n}</link>" for n in range(MAX_ENTRIES + 10)))
    assert len(feed.entries) == MAX_ENTRIES
    assert feed.problem is not None
    assert "10 entries beyond" in feed.problem


def test_entities_do_not_explode_and_files_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    for doctype in (
        f'<!DOCTYPE rss [<!ENTITY l0 "ha">{lol}]>',
        f'<!DOCTYPE rss [<!ENTITY l9 SYSTEM "{secret.as_uri()}">]>',
    ):
        text = f"{doctype}<rss version='2.0'><channel><item><title>&l9;</title><link>/a</link></item></channel></rss>"
        feed = parse_feed(text.encode(), "", SOURCE)
        assert all(len(e.title) < 1000 and "geheim" not in e.title for e in feed.entries)


def test_json_feed_items_of_odd_shape_are_passed_over() -> None:
    items = [
        3,
        None,
        {"id": True},
        {"id": "x"},
        {"external_url": "/e", "content_text": "本文"},
        {"id": "http://n.example/"},
    ]
    feed = parse_feed(json.dumps({"version": "x", "items": items}).encode(), "", SOURCE)
    assert [e.canonical_url for e in feed.entries] == ["http://news.example/e", "http://n.example/"]
    assert feed.entries[0].summary == "本文"
    assert feed.problem is not None
    assert "no JSON Feed version" in feed.problem


@given(st.text(max_size=80))
def test_any_title_survives(text: str) -> None:
    assert plain(text) == " ".join(plain(text).split())


@given(
    st.one_of(
        st.binary(max_size=300), st.text(alphabet="<>/&;rssitem channel{}[]\"':lnk", max_size=200).map(str.encode)
    )
)
def test_any_bytes_are_a_feed_or_a_feed_error(body: bytes) -> None:
    with contextlib.suppress(FeedError):
        parse_feed(body, "", SOURCE)


@pytest.mark.skipif(not PEER.is_dir(), reason="no folder with other projects' feeds")
def test_real_legacy_feeds_have_entries_and_clean_titles() -> None:
    pages = 0
    for file in sorted(PEER.glob("legacy-feeds/*/*")):
        body = file.read_bytes()
        if b"<html" in body[:1000].lower():
            pages += 1  # a page that was filed among the feeds
            with pytest.raises(FeedError):
                parse_feed(body, "", SOURCE)
            continue
        feed = parse_feed(body, "", SOURCE)
        assert feed.entries, file.name
        titles = feed.title + "".join(e.title for e in feed.entries)
        assert not any(c == "\ufffd" or "\x80" <= c < "\xa0" or "\ue000" <= c < "\uf900" for c in titles), file.name
    assert pages == 2


@pytest.mark.skipif(not PEER.is_dir(), reason="no folder with other projects' feeds")
def test_feedparsers_own_corpus_is_read_without_an_exception() -> None:
    files = sorted(PEER.glob("feedparser/**/*.xml"))
    refused = 0
    for file in files:
        try:
            parse_feed(file.read_bytes(), "", SOURCE)
        except FeedError:
            refused += 1
    assert len(files) > 2000
    assert refused <= 8  # an empty document, and channels of CDF without an item
