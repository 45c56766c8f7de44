"""Which article a page is: its address, and what its title and text say to that."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from flows.capture.identity import key
from flows.capture.urls import article_id
from flows.model import JST, Article, Capture, Page, Signature, StoredText
from flows.pages import ReadPage, identify, one_each

URL = "http://news.example/a"
NOON = dt.datetime(2025, 1, 28, 12, tzinfo=JST)
DAY = dt.timedelta(days=1)
MODEL = "中国の新興企業ディープシークは、推論に強い新しいモデルを公開した。利用料はこれまでの半分になる。"
RICE = "農林水産省は備蓄米の入札を来月から始めると発表した。価格の高騰を抑える狙いがあるという。"


def stored(text: str = MODEL, url: str = URL, **given: object) -> StoredText:
    plain = StoredText(article_id(url), url, "例", "新モデル公開", text, NOON, NOON, None)
    return dataclasses.replace(plain, **given)  # type: ignore[arg-type]


def at(*texts: StoredText) -> dict[str, list[StoredText]]:
    found: dict[str, list[StoredText]] = {}
    for text in texts:
        found.setdefault(key(text.url), []).append(text)
    return found


def page(text: str = MODEL, title: str = "別の題", when: dt.datetime | None = NOON + DAY) -> Page:
    return Page(title=title, text=text, published_at=when)


def test_a_new_address_is_a_new_article() -> None:
    assert identify(page(), URL, URL, {}) == (article_id(URL), URL)


@pytest.mark.parametrize(
    "seen",
    [page(), page(MODEL + RICE), page(MODEL[:30]), page(RICE, title="新モデル公開"), page(RICE, when=NOON), page(RICE, when=None)],
    ids=["same", "longer", "cut", "title", "date", "undated"],
)  # fmt: skip
@pytest.mark.parametrize("url", [URL, "https://www.news.example/a/"])
def test_a_state_of_a_known_article_keeps_its_id_and_address(seen: Page, url: str) -> None:
    assert identify(seen, url, url, at(stored())) == (article_id(URL), URL)


def test_a_wholly_different_later_text_is_a_new_article_in_the_same_place() -> None:
    number, url = identify(page(RICE), URL, URL, at(stored()))
    assert url == URL
    assert number not in {article_id(URL), ""}
    assert identify(page(RICE), URL, URL, at(stored())) == (number, url)
    both = at(
        stored(), stored(RICE, article_id=number, title="備蓄米", published_at=NOON + DAY, first_seen_at=NOON + DAY)
    )
    assert identify(page(RICE + "続報。"), URL, URL, both) == (number, URL)
    assert identify(page(MODEL), URL, URL, both) == (article_id(URL), URL)
    assert identify(page("削除されました。", when=None), URL, URL, both) == (number, URL)


def test_a_canonical_address_that_stands_for_another_text_is_not_believed() -> None:
    own = "http://news.example/b"
    assert identify(page(RICE), URL, own, at(stored())) == (article_id(own), own)
    assert identify(page(RICE), URL, own, at(stored(), stored(RICE, own, title="備蓄米"))) == (article_id(own), own)
    assert identify(page(MODEL), URL, own, at(stored())) == (article_id(URL), URL)


def read(text: str, own: str, url: str = URL, **given: object) -> ReadPage:
    article = Article(
        article_id(url), url, "f", "例", text[:6], None, NOON, None, "ja", True, text, text[:9], 1, NOON, f"{own}#0", entry_url=own
    )  # fmt: skip
    article = dataclasses.replace(article, **given)  # type: ignore[arg-type]
    capture = Capture(own, own, own, NOON, article.raw_path)
    return ReadPage(capture, article, Signature(article.article_id, 1, "s", (1,)))


def test_two_new_pages_that_claim_one_address_are_two_articles_if_their_texts_say_so() -> None:
    first, second = read(MODEL, "http://news.example/x"), read(RICE, "http://news.example/y")
    pages = one_each([second, first])
    articles = [page.article for page in pages if page.article]
    assert [(a.url, a.text) for a in articles] == [(URL, MODEL), ("http://news.example/y", RICE)]
    assert [page.signature.article_id for page in pages if page.signature] == [a.article_id for a in articles]
    assert one_each([first, second]) == pages
    again = read(MODEL + "追記。", "http://news.example/y")
    assert [page.article.text for page in one_each([first, again]) if page.article] == [MODEL]


def test_one_text_under_variants_of_an_address_is_one_article() -> None:
    secure = "https://news.example/a/"
    pages = one_each([read(MODEL, URL), read(MODEL, secure, secure)])
    assert [page.article.url for page in pages if page.article] == [URL]
