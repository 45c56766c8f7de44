from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.demo.newsroom import Newsroom
from flows.model import JST, Capture, Page
from flows.reading.articles import Knowledge, address_of, assess, load_knowledge
from flows.reading.duplicates import Candidate, resolve_batch
from flows.reading.extraction import extract_page, join_pages
from flows.reading.language import detect
from flows.reading.normalize import content_hash, normalized
from flows.reading.pagination import next_page_url
from flows.reading.shingles import signature
from seeds import Seeds

NOW = dt.datetime(2025, 5, 20, 18, tzinfo=JST)


@pytest.fixture(scope="module")
def knowledge(seeds: Seeds) -> Knowledge:
    return load_knowledge(seeds)


def test_every_page_of_the_demo_is_read_to_the_letter(knowledge: Knowledge) -> None:
    room = Newsroom()
    room.wave = 8
    for (host, path), record in room.world.online(8).items():
        _, media, body = room.answer(host, path)
        page = extract_page(body, media, f"http://{host}{path}", knowledge.rules)
        assert page.text.split("\n") == list(record["paragraphs"]), record["id"]
        assert page.title == record["title"]
        assert page.published_at == dt.datetime.fromisoformat(record["published"])


def test_real_pages_are_read_whole(shared: Path, knowledge: Knowledge) -> None:
    def grams(text: str) -> set[str]:
        bare = "".join(text.split())
        return {bare[i : i + 4] for i in range(len(bare) - 3)}

    scores = []
    for expected in json.loads((shared / "real" / "expected.json").read_text(encoding="utf-8")):
        if expected.get("text"):
            body = (shared / "real" / expected["page"]).read_bytes()
            have = grams(extract_page(body, "text/html", expected["url"], knowledge.rules).text)
            want = grams(expected["text"])
            scores.append(2 * len(have & want) / (len(have) + len(want)))
    assert min(scores) >= 0.93
    assert sum(scores) / len(scores) >= 0.97


def test_a_text_file_has_its_title_in_the_first_line(knowledge: Knowledge) -> None:
    page = extract_page("見出し\n\n一段落目。\n二段落目。".encode(), "text/plain", "file:a.txt", knowledge.rules)
    assert (page.title, page.text) == ("見出し", "一段落目。\n二段落目。")
    assert page.published_at is None


def test_pages_of_one_article_are_joined_without_repeats() -> None:
    joined = join_pages([Page("題", "一。\n二。"), Page("題", "題\n二。\n三。")])
    assert joined.text == "一。\n二。\n三。"


@pytest.mark.parametrize(
    ("href", "follows"),
    [
        ("/a/1.html?page=2", True),
        ("/a/1_2.html", True),
        ("/a/2.html", False),
        ("http://b.example/a/1.html?page=2", False),
    ],
)
def test_only_the_same_articles_next_page_is_followed(href: str, follows: bool) -> None:
    body = f'<a rel="next" href="{href}">次へ</a>'.encode()
    assert (next_page_url(body, "text/html", "http://a.example/a/1.html") is not None) is follows


@given(st.text(max_size=60))
def test_normalization_is_idempotent(text: str) -> None:
    assert normalized(normalized(text)) == normalized(text)


def test_typography_makes_no_revision_and_another_figure_does() -> None:
    assert content_hash("題", "１月２８日に５６０万ドル。") == content_hash("題", "1月28日に560万ドル。")
    assert content_hash("題", "560万ドル") != content_hash("題", "570万ドル")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("中国のディープシークは新しいモデルを公開した。価格は据え置く。", "ja"),
        ("中国人工智能公司深度求索发布了新版推理模型，并表示将继续坚持开源路线。", "zh"),
        ("The Chinese company released a new model and kept its prices unchanged for now.", "en"),
    ],
)
def test_languages_are_told_apart(text: str, language: str) -> None:
    assert detect(text) == language


def _candidate(number: int, text: str, publisher: str = "P") -> Candidate:
    return Candidate(f"a{number}", f"http://h{number}.example/", publisher, text, NOW + dt.timedelta(hours=number), NOW)


def test_a_copy_is_told_whatever_the_order_and_a_follow_up_is_none() -> None:
    original = (
        "ディープシークは20日、推論モデルの料金を引き下げたと発表した。新しい料金は入力が0.30ドル、出力が1.20ドルである。"
        * 2
    )
    follow_up = "値下げを受けて、国内の開発者の間では歓迎の声が広がる。ある企業の担当者は使い方を見直すと話した。"
    articles = [_candidate(1, original), _candidate(2, original + "(共同)"), _candidate(3, follow_up)]
    for order in (articles, articles[::-1]):
        verdicts = resolve_batch(order, {})
        assert {k: v.original_id for k, v in verdicts.items()} == {"a2": "a1"}


def test_signatures_are_stable() -> None:
    assert signature("同じ文章はいつも同じ署名になる。").bands == signature("同じ文章はいつも同じ署名になる。").bands


def _capture(url: str) -> Capture:
    return Capture(url, url, url, NOW, "warc/x.warc.gz#0", "text/html", None, "P")


def test_what_only_lists_the_name_is_not_relevant(knowledge: Knowledge) -> None:
    listed = "先月の検索ワードの上位は、DeepSeek、量子、全固体電池、ロボタクシーの順だった。"
    told = "市場は反落した。ディープシークへの警戒からエヌビディアの株価が17%下げた。"
    for text, relevant in ((listed, False), (told, True)):
        page = Page("週末の雑感", text)
        article = assess(page, _capture("http://a.example/1"), "http://a.example/1", "id", None, knowledge)
        assert article is not None
        assert article.relevant is relevant


def test_a_page_that_names_another_host_as_canonical_is_a_declared_copy(knowledge: Knowledge) -> None:
    page = Page("題", "ディープシークは新モデルを公開した。", canonical="http://origin.example/1")
    capture = _capture("http://a.example/1")
    assert address_of(page, capture) == "http://a.example/1"
    article = assess(page, capture, "http://a.example/1", "id", None, knowledge)
    assert article is not None
    assert article.declared_original == "http://origin.example/1"
