"""Links that wrap or hide the article's address: undone where that can be done without asking anybody."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.capture.aggregators import elsewhere, find_address, reveal
from flows.capture.feeds import parse_feed
from flows.capture.urls import UrlError
from flows.model import Source
from flows.web import WebRules, load_web_rules
from seeds import load_seeds
from seeds.loader import BUNDLED

ARTICLE = "https://www.shimbun.example/news/article.html?id=3"
GOOGLE = "https://news.google.com/rss/articles/"


BUNDLED_RULES = load_web_rules(load_seeds(BUNDLED))


@pytest.fixture
def rules() -> WebRules:
    return BUNDLED_RULES


def varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def token(*strings: bytes) -> str:
    """A protocol buffer as older links have it: a number in field 1, strings in field 4 and 26."""
    data = b"\x08\x13"
    for key, value in zip((b"\x22", b"\xd2\x01"), strings, strict=False):
        data += key + varint(len(value)) + value
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize(
    ("link", "address"),
    [
        (f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&tid=1&url={quote(ARTICLE, '')}&c=2&mkt=ja-jp", ARTICLE),
        (f"https://www.google.com/url?rct=j&sa=t&url={ARTICLE}&ct=ga", ARTICLE),
        ("https://www-a-example.cdn.ampproject.org/c/s/www.a.example/b/amp?x=1", "https://www.a.example/b/amp?x=1"),
        ("https://www.google.co.jp/amp/www.a.example/b", "http://www.a.example/b"),
        (f"https://l.facebook.com/l.php?u={quote(ARTICLE, '')}&h=AT0", ARTICLE),
        (f"https://www.google.com/url?url={quote('https://a.cdn.ampproject.org/v/s/a.example/b', '')}", "https://a.example/b"),
        (f"{GOOGLE}{token(ARTICLE.encode())}?oc=5", ARTICLE),
        (f"{GOOGLE}{token(ARTICLE.encode(), b'https://amp.shimbun.example/1')}?oc=5&hl=ja", ARTICLE),
        (f"https://news.google.com/__i/rss/rd/articles/{token(('https://a.example/' + 'x' * 300).encode())}", "https://a.example/" + "x" * 300),
        (ARTICLE, ARTICLE),
    ],
)  # fmt: skip
def test_an_address_that_stands_in_the_link_is_taken_from_it(link: str, address: str, rules: WebRules) -> None:
    assert reveal(link, rules) == (address, address)


@pytest.mark.parametrize("inner", [b"AU_yqLNx3mS0meth1ng-th4t-names-it", b"\xff\xfe" * 20, b"http://["])
def test_a_link_that_hides_its_address_is_known_by_its_path(inner: bytes, rules: WebRules) -> None:
    link = GOOGLE + token(inner)
    assert reveal(f"{link}?oc=5", rules) == (f"{link}?oc=5", link)
    assert rules.hider(link) is not None


def test_a_wrapped_address_that_is_none_leaves_the_link_as_it_is(rules: WebRules) -> None:
    link = "http://www.bing.com/news/apiclick.aspx?url=javascript%3aalert(1)"
    assert reveal(link, rules) == (link, link)


@given(st.text(max_size=80))
def test_no_link_is_too_strange(text: str) -> None:
    for link in (text, f"{GOOGLE}{text}", f"http://www.bing.com/news/apiclick.aspx?url={text}"):
        try:
            reveal(link, BUNDLED_RULES)
        except UrlError:
            continue


@given(st.binary(min_size=12, max_size=80))
def test_no_token_is_too_strange(data: bytes) -> None:
    address, _ = reveal(GOOGLE + base64.urlsafe_b64encode(data).decode(), BUNDLED_RULES)
    assert address.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    "page",
    [
        f"<c-wiz><a data-n-au='{ARTICLE}'>x</a></c-wiz>",
        f'<meta http-equiv="refresh" content="0; url={ARTICLE}">',
        f'<link rel="canonical" href="{ARTICLE}">',
        f'<link rel="canonical" href="{GOOGLE}x"><a href="{ARTICLE}" rel="nofollow">開く</a>',
    ],
)
def test_the_page_behind_a_link_may_tell_the_address(page: str, rules: WebRules) -> None:
    link = GOOGLE + token(b"AU_yqLNx3mS0meth1ng")
    hider = rules.hider(link)
    assert hider is not None
    assert find_address(page.encode(), "text/html; charset=utf-8", link, hider) == ARTICLE


def test_a_page_that_shows_only_the_services_own_addresses_tells_nothing(rules: WebRules) -> None:
    link = GOOGLE + token(b"AU_yqLNx3mS0meth1ng")
    hider = rules.hider(link)
    assert hider is not None
    page = f'<link rel="canonical" href="{link}"><a href="https://policies.google.com/" rel="nofollow">x</a>'
    assert find_address(page.encode(), "text/html", link, hider) is None
    assert elsewhere(link, ARTICLE)
    assert not elsewhere(link, "https://consent.google.com/m?continue=x")


def test_two_searches_that_bring_one_article_bring_one_entry(rules: WebRules) -> None:
    bing = f"http://www.bing.com/news/apiclick.aspx?tid=A&url={quote(ARTICLE, '')}".replace("&", "&amp;")
    google = f"{GOOGLE}{token(ARTICLE.encode())}?oc=5"
    items = "".join(
        f"<item><title>題 - 新聞</title><link>{link}</link><source url='x'>新聞</source></item>"
        for link in (bing, google)
    )
    feed = parse_feed(
        f"<rss><channel>{items}</channel></rss>".encode(), "", Source("http://s.example/", "検索", "search"), rules
    )
    (entry,) = feed.entries
    assert (entry.url, entry.publisher, entry.title) == (ARTICLE, "新聞", "題")
