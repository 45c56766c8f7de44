"""What is one article and what is two: by address, by the feed's id, by title."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.capture.identity import MOST_TITLES, key, sift
from flows.capture.urls import UrlError, forms, normalize
from flows.model import JST, Entry, KnownEntry

NOON = dt.datetime(2025, 1, 28, 12, tzinfo=JST)
FEED = "http://news.example/feed"


def entry(url: str, **given: object) -> Entry:
    plain = Entry(FEED, "例", url, normalize(url), "g", "題", NOON)
    return dataclasses.replace(plain, **given)  # type: ignore[arg-type]


def known(url: str, **given: object) -> KnownEntry:
    return dataclasses.replace(KnownEntry(normalize(url), FEED, "g", "題", NOON), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    ["https://news.example/a", "http://www.news.example/a/", "http://news.example/a/", "http://news.example/a#top",
     "http://news.example/a?utm_source=rss&fbclid=1"],
)  # fmt: skip
def test_forms_of_one_address_are_one_article(other: str) -> None:
    assert key(normalize(other)) == key("http://news.example/a")
    assert "http://news.example/a" in forms(normalize(other))
    assert sift([entry(other)], [known("http://news.example/a")], []).fresh == ()
    assert len(sift([entry("http://news.example/a"), entry(other)], [], []).fresh) == 1


@pytest.mark.parametrize(
    "other",
    ["http://news.example/b", "http://news.example/a?p=2", "http://x.news.example/a", "http://news.example:81/a"],
)
def test_other_addresses_are_other_articles_even_under_one_id(other: str) -> None:
    later = entry(other, published_at=NOON + dt.timedelta(hours=1))
    assert sift([later], [known("http://news.example/a")], [known("http://news.example/a")]).fresh == (later,)
    titled = entry(other, title="別の題")
    assert sift([titled], [], [known("http://news.example/a")]).fresh == (titled,)


def test_an_entry_that_only_moved_is_no_new_article() -> None:
    moved = entry("http://news.example/new-address")
    assert sift([moved], [], [known("http://news.example/a")]) == sift([], [], [])
    assert sift([dataclasses.replace(moved, guid="h")], [], [known("http://news.example/a")]).fresh
    assert sift([dataclasses.replace(moved, published_at=None)], [], [known("http://news.example/a")]).fresh


def test_a_known_address_under_a_new_title_is_to_be_looked_at_once() -> None:
    renamed = entry("https://news.example/a/", title="別の題")
    (changed,) = sift([renamed, renamed], [known("http://news.example/a")], []).changed
    assert (changed.canonical_url, changed.title) == ("http://news.example/a", "別の題")
    both = [known("http://news.example/a"), known("http://news.example/a", title="別の 題")]
    assert sift([renamed], both, []).changed == ()
    elsewhere = [known("http://news.example/a", feed_url="http://other.example/feed")]
    assert sift([renamed], elsewhere, []).changed == ()
    counting = [known("http://news.example/a", title=f"題 ({n})") for n in range(MOST_TITLES)]
    assert sift([renamed], counting, []).changed == ()


@given(st.text(max_size=40))
def test_forms_of_an_address_share_their_key(text: str) -> None:
    try:
        url = normalize(f"http://www.news.example/{text}")
    except UrlError:
        return
    assert {key(form) for form in (url, *forms(url))} == {key(url)}
