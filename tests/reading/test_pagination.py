"""An article's next page is followed, another article never is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.reading.pagination import next_page_url
from tests.reading.sites import bare_page

BASE = "https://news.test/articles/2025/0128-03.html"


def following(markup: str, url: str = BASE, head: str = "") -> str | None:
    return next_page_url(bare_page(f"<p>本文である。</p>{markup}", head), "text/html; charset=utf-8", url)


@pytest.mark.parametrize(
    ("markup", "url", "expected"),
    [
        ('<a rel="next" href="?page=2">次のページへ</a>', BASE, f"{BASE}?page=2"),
        ('<a href="/articles/2025/0128-03.html?page=2">次へ</a>', BASE, f"{BASE}?page=2"),
        (
            '<a href="0128-03_2.html">次ページ→「費用の内訳」へ</a>',
            BASE,
            "https://news.test/articles/2025/0128-03_2.html",
        ),
        ('<b>1</b> <a href="0128-03-2.html">2</a>', BASE, "https://news.test/articles/2025/0128-03-2.html"),
        ('<a href="/view/367061/2">次へ >></a>', "https://news.test/view/367061", "https://news.test/view/367061/2"),
        ('<a href="/a/b/page/2/">次のページ</a>', "https://news.test/a/b/", "https://news.test/a/b/page/2/"),
        ('<a href="/a/b?p=2&amp;id=7">続きを読む</a>', "https://news.test/a/b?id=7", "https://news.test/a/b?p=2&id=7"),
        (
            '<a href="/a/b?page=1">1</a> <a href="/a/b?page=3">次へ</a>',
            "https://news.test/a/b?page=2",
            "https://news.test/a/b?page=3",
        ),
        (
            '<a href="/view/7">1</a> <a href="/view/7/3">3</a>',
            "https://news.test/view/7/2",
            "https://news.test/view/7/3",
        ),
    ],
)
def test_the_next_page_of_an_article(markup: str, url: str, expected: str) -> None:
    assert following(markup, url) == expected


def test_a_link_element_in_the_head_counts() -> None:
    assert following("", head='<link rel="next" href="?page=2">') == f"{BASE}?page=2"


@pytest.mark.parametrize(
    ("markup", "url"),
    [
        ('<a href="0128-04.html">次へ</a>', BASE),
        ('<a rel="next" href="0128-04.html">次の記事</a>', BASE),
        ('<a rel="next" href="/articles/2025/0129-01.html">次の記事</a>', BASE),
        ('<a href="https://other.test/articles/2025/0128-03.html?page=2">次へ</a>', BASE),
        ('<a href="/articles/?page=2">次へ</a>', BASE),
        ('<a href="/?page=2">次へ</a>', "https://news.test/"),
        ('<a href="?page=3">次へ</a>', BASE),
        ('<a href="?page=2">コメントを見る</a>', BASE),
        ('<a href="/posts/13">次へ</a>', "https://news.test/posts/12"),
        ('<a href="/?p=1235">次へ</a>', "https://news.test/?p=1234"),
        ('<a href="/blog?p=13">次へ</a>', "https://news.test/blog?p=12"),
        ('<a href="javascript:next(2)">次へ</a>', BASE),
        ('<a href="#page2">2</a>', BASE),
        ("<p>次のページへ ?page=2</p>", BASE),
        ('<a href="?page=1">1</a> <b>2</b>', f"{BASE}?page=2"),
    ],
)
def test_what_is_no_next_page(markup: str, url: str) -> None:
    assert following(markup, url) is None


@pytest.mark.parametrize("charset", ["cp932", "euc_jp", "utf-8"])
def test_legacy_pages_are_followed(charset: str) -> None:
    names = {"cp932": "shift_jis", "euc_jp": "euc-jp"}
    body = '<html><body><p>本文である。</p><a href="?page=2">次のページへ</a></body></html>'.encode(charset)
    assert next_page_url(body, f"text/html; charset={names.get(charset, charset)}", BASE) == f"{BASE}?page=2"


@given(st.text(alphabet="/?&=.#:[]abp12ページ次", max_size=24), st.text(alphabet="/?&=.:[]abp12", max_size=20))
@settings(deadline=None)
def test_any_address_gives_an_answer_on_the_same_host(href: str, path: str) -> None:
    found = following(f'<a rel="next" href="{href}">次へ</a>', f"https://news.test/{path}")
    assert found is None or found.startswith(("https://news.test/", "http://news.test/"))
