"""Sitemaps, listings and search feeds: one dispatch by content, the same entries as from any feed."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.capture.feeds import MAX_ENTRIES, FeedError, ParsedFeed, parse_feed
from flows.model import JST, Source
from seeds import SeedsError
from seeds.loader import load_sources

SOURCE = Source("http://news.example/sitemap.xml", "ニュース例")
LISTED = Source("http://news.example/list/", "ニュース例", kind="listing", links=r"/news/\d+")
NEWS = """<?xml version="1.0" encoding="{charset}"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>http://news.example/news/1?utm_source=x</loc><image:image><image:loc>http://news.example/1.jpg</image:loc>
<image:title>写真</image:title></image:image><news:news><news:publication><news:name>ニュース例</news:name>
<news:language>ja</news:language></news:publication><news:publication_date>2025-01-28T12:00:00+09:00</news:publication_date>
<news:title>新モデル公開 &amp; 値下げ</news:title></news:news></url>
<url><loc> http://news.example/news/2 </loc><news:news><news:title>二つ目</news:title>
<news:publication_date>2025-01-28T13:00:00+09:00</news:publication_date></news:news></url></urlset>"""


def urlset(*pages: str) -> bytes:
    inner = "".join(f"<url>{page}</url>" for page in pages)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</urlset>'.encode()


def links(feed: ParsedFeed) -> list[str]:
    return [entry.canonical_url.rpartition("/")[2] for entry in feed.entries]


@pytest.mark.parametrize("charset", ["utf-8", "shift_jis", "euc-jp"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_news_sitemap_gives_titles_and_times_the_newest_first(charset: str, packed: bool) -> None:
    body = NEWS.replace("{charset}", charset).encode(charset)
    feed = parse_feed(gzip.compress(body) if packed else body, "application/xml", SOURCE)
    second, first = feed.entries
    assert (first.canonical_url, second.canonical_url) == ("http://news.example/news/1", "http://news.example/news/2")
    assert (first.title, second.title) == ("新モデル公開 & 値下げ", "二つ目")
    assert first.published_at == dt.datetime(2025, 1, 28, 12, tzinfo=JST)


def test_an_ordinary_sitemap_gives_its_newest_pages_alone() -> None:
    body = urlset(
        *(
            f"<loc>http://news.example/news/{n}</loc><lastmod>2025-01-{n:02}T00:00:00+09:00</lastmod>"
            for n in (1, 9, 8)
        ),
        "<loc>http://news.example/about</loc>",
    )
    feed = parse_feed(body, "", SOURCE)
    assert links(feed) == ["9", "8"]
    assert {entry.published_at for entry in feed.entries} == {None}  # a change is no publication


def test_a_sitemap_without_times_needs_a_pattern() -> None:
    body = urlset("<loc>http://news.example/news/1</loc>", "<loc>http://news.example/about</loc>")
    with pytest.raises(FeedError, match="links"):
        parse_feed(body, "", SOURCE)
    assert links(parse_feed(body, "", LISTED)) == ["1"]


def test_an_index_names_its_parts_those_of_news_and_the_newest_first() -> None:
    parts = "".join(
        f"<sitemap><loc>http://news.example/{name}.xml</loc><lastmod>{day}</lastmod></sitemap>"
        for name, day in [
            ("old", "2024-01-01"),
            ("new", "2025-01-28"),
            ("latest-news", "2020-01-01"),
            *(("x", "2019-01-01"),) * 9,
        ]
    )
    feed = parse_feed(f"<sitemapindex>{parts}</sitemapindex>".encode(), "", SOURCE)
    assert feed.entries == ()
    assert [u.rpartition("/")[2] for u in feed.further][:3] == ["latest-news.xml", "new.xml", "old.xml"]
    assert len(feed.further) == 5


def test_a_sitemap_is_read_without_entities_and_as_far_as_it_goes(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("http://news.example/news/secret", encoding="utf-8")
    bomb = "".join(
        f'<!ENTITY e{n} "{"&e" + str(n - 1) + ";" if n else "x"}{"&e" + str(n - 1) + ";" if n else "x"}">'
        for n in range(30)
    )
    declared = f'<!DOCTYPE urlset [<!ENTITY f SYSTEM "file://{secret}">{bomb}]>'
    good = "<url><loc>http://news.example/news/1</loc><lastmod>2025-01-28</lastmod></url>"
    for evil in ("&f;", "&e29;"):
        body = f'<?xml version="1.0"?>{declared}<urlset>{good}<url><loc>{evil}</loc></url></urlset>'
        assert links(parse_feed(body.encode(), "", SOURCE)) == ["1"]
    broken = f"<urlset>{good}<url><loc>http://news.example/news/2".encode()
    feed = parse_feed(broken, "", SOURCE)
    assert "1" in links(feed)
    assert "broken XML" in (feed.problem or "")


def test_a_sitemap_of_any_size_is_cut_and_told() -> None:
    body = urlset(*(f"<loc>http://news.example/{n}</loc><lastmod>2025-01-28</lastmod>" for n in range(MAX_ENTRIES + 5)))
    feed = parse_feed(body, "", SOURCE)
    assert len(feed.entries) == MAX_ENTRIES
    assert "5 entries" in (feed.problem or "")


@pytest.mark.parametrize("body", [gzip.compress(b"x" * 1000)[:30], b"\x1f\x8b", gzip.compress(b"")])
def test_a_broken_archive_is_told(body: bytes) -> None:
    with pytest.raises(FeedError):
        parse_feed(body, "", SOURCE)


PAGE = """<!DOCTYPE html><html><head><title>一覧</title><base href="/ja/"></head><body><nav><a href="/about">会社</a></nav>
<ul><li><a href="/news/12?ref=rss"><img alt="写真"></a><h3><a href="/news/12">新モデル<b>公開</b></a></h3>
<time datetime="2025-01-28T12:00:00+09:00">昨日</time></li>
<li><a href="../news/11#top"><h3>値下げ</h3><p>要約</p><time>2025-01-27 08:00</time></a></li>
<li><span>2025年1月26日(日) 7時05分</span><a href="http://news.example/news/10">規制</a></li>
<li><a href="/news/9"><img alt="写真だけ"></a></li></ul>
<a href="javascript:void(0)">x</a><a href="mailto:news/13">y</a></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "cp932", "euc-jp"])
def test_a_page_that_lists_articles_is_a_source(charset: str) -> None:
    feed = parse_feed(PAGE.encode(charset), "text/html", LISTED)
    assert [(entry.title, entry.published_at) for entry in feed.entries] == [
        ("新モデル公開", dt.datetime(2025, 1, 28, 12, tzinfo=JST)),
        ("値下げ", dt.datetime(2025, 1, 27, 8, tzinfo=JST)),
        ("規制", dt.datetime(2025, 1, 26, 7, 5, tzinfo=JST)),
        ("写真だけ", None),
    ]
    assert links(feed) == ["12", "11", "10", "9"]


def test_a_listing_whose_links_have_changed_is_a_failure_and_no_quiet() -> None:
    with pytest.raises(FeedError, match="no link"):
        parse_feed(b"<!doctype html><html><a href='/a/1'>x</a></html>", "", LISTED)


def test_a_listing_that_has_become_a_feed_is_read_as_one() -> None:
    feed = parse_feed(b"<rss><channel><item><link>http://news.example/x</link></item></channel></rss>", "", LISTED)
    assert links(feed) == ["x"]


@given(st.text(max_size=200), st.sampled_from(["<urlset>", "<sitemapindex>", "<!doctype html><html>", ""]))
def test_whatever_comes_is_read_or_told(text: str, head: str) -> None:
    for source in (SOURCE, LISTED):
        try:
            parse_feed((head + text).encode("utf-8", "replace"), "", source)
        except FeedError:
            continue


def test_an_address_with_a_query_becomes_a_source_for_each(tmp_path: Path) -> None:
    (tmp_path / "feeds.toml").write_text(
        '[[feed]]\nurl = "http://s.example/rss?q={query}&hl=ja"\npublisher = "検索"\nkind = "search"\n'
        'query = ["DeepSeek OR ディープシーク", "R1"]\n',
        encoding="utf-8",
    )
    first, second = load_sources(tmp_path)
    assert first.url == (
        "http://s.example/rss?q=DeepSeek+OR+%E3%83%87%E3%82%A3%E3%83%BC%E3%83%97%E3%82%B7%E3%83%BC%E3%82%AF&hl=ja"
    )
    assert (first.query, second.url) == ("DeepSeek OR ディープシーク", "http://s.example/rss?q=R1&hl=ja")


@pytest.mark.parametrize(
    "more", ['query = "x"', 'kind = "listing"', 'links = "("', 'kind = "listing"\nlinks = "["'], ids=str
)
def test_a_source_that_cannot_work_is_told_at_once(tmp_path: Path, more: str) -> None:
    (tmp_path / "feeds.toml").write_text(
        f'[[feed]]\nurl = "http://a.example/"\npublisher = "P"\n{more}\n', encoding="utf-8"
    )
    with pytest.raises(SeedsError, match=r"http://a\.example/"):
        load_sources(tmp_path)
