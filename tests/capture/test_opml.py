"""Lists of sources in and out: OPML of other readers, and ours back as it was."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.capture.opml import OpmlError, read_opml, write_opml
from flows.model import Source
from seeds import SeedsError
from seeds.feedlist import add_sources
from seeds.loader import BUNDLED, load_sources

OTHERS = """<?xml version="1.0" encoding="{charset}"?><opml version="1.0"><head><title>x</title></head><body>
<outline text="新聞"><outline type="rss" text="朝の新聞" xmlUrl="http://a.example/rss?x=1&amp;y=2" htmlUrl="http://a.example/"/>
<outline xmlURL="https://b.example/atom"/></outline><outline text="メモ"/><outline type="rss" title="重複" xmlUrl="http://a.example/rss?x=1&amp;y=2"/>
<outline type="rss" xmlUrl="javascript:alert(1)" text="x"/></body></opml>"""


@pytest.mark.parametrize("charset", ["utf-8", "shift_jis"])
def test_lists_of_other_readers_are_read(charset: str) -> None:
    first, second = read_opml(OTHERS.replace("{charset}", charset).encode(charset))
    assert (first.url, first.publisher, first.kind) == ("http://a.example/rss?x=1&y=2", "朝の新聞", "news")
    assert (second.url, second.publisher) == ("https://b.example/atom", "新聞")


def test_our_own_list_comes_back_as_it_was() -> None:
    sources = [
        *load_sources(BUNDLED),
        Source("http://l.example/", "一覧 & <例>", "listing", 60, ("a.example",), r"/news/\d+"),
    ]
    expected = [dataclasses.replace(s, query=None) for s in sources]  # the address has the words in it
    assert sorted(read_opml(write_opml(sources, "題")), key=lambda s: s.url) == sorted(expected, key=lambda s: s.url)


@pytest.mark.parametrize("body", [b"", b"<rss/>", b"{}", b"<opml><body><outline text='x'/></body></opml>", b"\xff\x00"])
def test_what_is_no_list_is_told(body: bytes) -> None:
    with pytest.raises(OpmlError):
        read_opml(body)


def test_a_list_is_read_without_entities(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    evil = f'<!DOCTYPE opml [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]><opml><body><outline text="&e;" xmlUrl="http://a.example/"/></body></opml>'
    (source,) = read_opml(evil.encode())
    assert "secret" not in source.publisher


@given(st.text(max_size=100))
def test_any_text_is_read_or_told(text: str) -> None:
    for body in (text, f"<opml><body><outline xmlUrl='http://{text}'/></body></opml>"):
        try:
            read_opml(body.encode("utf-8", "replace"))
        except OpmlError:
            continue


LIST = """# Head of the list.

[[feed]] # the first
url   = "http://a.example/feed"   # aligned
publisher = "甲"

# --- a group ---

[[feed]]
url = 'http://s.example/?q={query}'
query = ["x", "y z"]
publisher = "検索"
"""


def test_what_is_added_leaves_every_line_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(LIST, encoding="utf-8")
    wanted = [
        Source("http://a.example/feed", "甲"),
        Source("http://s.example/?q=y+z", "検索"),
        Source("http://n.example/", "新 'x'", "listing", 30, ("h.example",), r"/\d+'"),
    ]
    added, present = add_sources(tmp_path, [*wanted, wanted[2]])
    assert (added, present) == ([wanted[2]], [*wanted[:2], wanted[2]])
    assert path.read_text(encoding="utf-8").startswith(LIST)
    assert load_sources(tmp_path)[3:] == (wanted[2],)
    assert add_sources(tmp_path, wanted)[0] == []


def test_a_list_is_begun_where_there_is_none(tmp_path: Path) -> None:
    add_sources(tmp_path, [Source("http://a.example/", "甲")])
    assert load_sources(tmp_path) == (Source("http://a.example/", "甲"),)


def test_a_list_that_cannot_be_read_or_written_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    for text in ("[[feed", "feed = 3\n", "feed = [1]\n", "feed = []\n"):
        path.write_text(text)
        with pytest.raises(SeedsError, match=r"feeds\.toml"):
            add_sources(tmp_path, [Source("http://a.example/", "甲")])
        assert path.read_text() == text
    with pytest.raises(SeedsError, match="KAWARABAN_SEEDS"):
        add_sources(tmp_path / "nowhere", [Source("http://a.example/", "甲")])
