"""URL normalization: one address for one article, and never one for two."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.capture.urls import UrlError, article_id, host_of, normalize


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("HTTP://Example.JP:80/a", "http://example.jp/a"),
        ("https://example.jp:443", "https://example.jp/"),
        ("https://example.jp:8443/", "https://example.jp:8443/"),
        ("https://user:secret@example.jp/a#top", "https://example.jp/a"),
        ("https://example.jp./a", "https://example.jp/a"),
        ("https://日本語.jp/記事", "https://xn--wgv71a119e.jp/%E8%A8%98%E4%BA%8B"),
        ("https://example.jp/a/../b/./c", "https://example.jp/b/c"),
        ("https://example.jp/%7ename/%e3%81%82", "https://example.jp/~name/%E3%81%82"),
        ("https://example.jp/100%", "https://example.jp/100%25"),
        ("  https://example.jp/a\n", "https://example.jp/a"),
        ("https://example.jp/a?utm_source=rss&id=3&utm_medium=feed", "https://example.jp/a?id=3"),
        ("https://example.jp/a?UTM_Source=x", "https://example.jp/a"),
        ("https://example.jp/a?fbclid=x&gclid=y", "https://example.jp/a"),
        ("https://example.jp/a?ref=rss", "https://example.jp/a"),
        ("https://example.jp/a?from=feed1", "https://example.jp/a"),
        ("https://example.jp/a?", "https://example.jp/a"),
    ],
)
def test_one_address_for_one_article(written: str, canonical: str) -> None:
    assert normalize(written) == canonical


@pytest.mark.parametrize(
    "address",
    [
        "https://example.jp/?eid=1234",
        "https://example.jp/?cid=5&uid=7",
        "https://example.jp/?p=12",
        "https://example.jp/article?20250128",
        "https://example.jp/a?ref=1234",
        "https://example.jp/a?b=2&a=1",
        "https://example.jp/a?q=%B5%AD%BB%F6",
        "https://example.jp/a//b",
        "https://example.jp/a/",
        "https://example.jp/a;x=1",
    ],
)
def test_what_may_name_an_article_stays(address: str) -> None:
    assert normalize(address) == address


def test_relative_links_are_resolved() -> None:
    assert normalize("../b?x=1", "http://example.jp/a/feed.xml") == "http://example.jp/b?x=1"
    assert normalize("//cdn.example.jp/a", "https://example.jp/") == "https://cdn.example.jp/a"


@pytest.mark.parametrize(
    "address",
    ["", "mailto:a@example.jp", "javascript:void(0)", "ftp://example.jp/", "http://", "http://[::1", "http://a:b/",
     "http://a:99999/", "http://a b/", "http://.jp/", "http://a..b/", "urn:uuid:1", "file:page.html", "/only/a/path"],
)  # fmt: skip
def test_what_is_no_article_is_refused(address: str) -> None:
    with pytest.raises(UrlError):
        normalize(address)


@given(st.text(max_size=60))
def test_any_text_is_normalized_or_refused(text: str) -> None:
    for written in (text, f"http://example.jp/{text}", f"http://{text}/", f"http://example.jp/?{text}"):
        try:
            once = normalize(written)
        except UrlError:
            continue
        assert normalize(once) == once
        assert once.isascii()
        assert not urlsplit(once).fragment


def test_the_host_is_found_even_in_odd_addresses() -> None:
    assert host_of("http://Example.JP:80/x") == "example.jp"
    assert host_of("http://[") == ""


def test_the_id_depends_on_the_address_alone() -> None:
    assert article_id("http://example.jp/a") == article_id("http://example.jp/a")
    assert article_id("http://example.jp/a") != article_id("http://example.jp/b")
