"""Cleaning takes what is no article and never a sentence of one."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.reading.cleaning import RULES_FILE, RulesError, folded, load_rules
from flows.reading.extraction import extract_page
from seeds.loader import BUNDLED
from tests.reading.sites import BETWEEN, LAYOUTS, MARKUPS, RULES, STORIES, Story, bare_page, page

URL = "https://news.test/a/1.html"
HEAD = STORIES[0]

LOOKALIKES = (
    "【関連】中国の新興企業のアプリが首位に(海外面)/首相の演説(総合面)",
    "1位 造船(3)",
    "2025-08-21",
    "令和7年2月10日 港町総務部デジタル推進課",
    "※記載の会社名、製品名は各社の商標または登録商標です。",
    "次号は2月10日にお届けします。解除はこちらから。",
    "会員限定の機能は3月から全員が使えるようになる。",
    "この記事を書いた記者は15年にわたり半導体を追ってきた、と同氏は紹介した。",
    "ランキングは毎週月曜に変わる。",
    "同社は「写真の無断転載を禁じる」との方針を撤回した。",
    "広告の売り上げは前の年より2割少ない。",
    "続きを読むには登録が必要だったが、今は誰でも読める記事が増えた。その数は月に300本を超えるという。",
    "注目のキーワード:推論モデル/蒸留/強化学習",
    "「上司が名前を覚えられない」(製造・40代)",
    "(答)御指摘の点も含め、丁寧に検討してまいります。",
    "入園料は大人320円。",
    "DeepSeek-R1 0.55ドル/2.19ドル",
)
"""Paragraphs that look like what stands around articles, and are text."""

_words = st.sampled_from(
    [
        "同社は",
        "新しい型を",
        "3月",
        "公開した",
        "費用は",
        "560万ドル",
        "利用者の",
        "会員",
        "関連",
        "記事",
        "写真",
        "ランキング",
    ]
)
SENTENCES = st.lists(_words, min_size=4, max_size=9).map(lambda words: "".join(words) + "と述べた。")


def lines(body: bytes) -> list[str]:
    return extract_page(body, "text/html; charset=utf-8", URL, RULES).text.splitlines()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("paragraph", LOOKALIKES)
def test_a_paragraph_that_looks_like_boilerplate_stays(paragraph: str, layout: str) -> None:
    first, *rest = HEAD.paragraphs
    story = dataclasses.replace(HEAD, paragraphs=(first, paragraph, *rest))
    assert lines(page(story, layout)) == list(story.paragraphs)


@given(
    paragraphs=st.lists(SENTENCES, min_size=3, max_size=8, unique=True),
    layout=st.sampled_from(sorted(LAYOUTS)),
    markup=st.sampled_from(MARKUPS),
    between=st.sampled_from(["", *BETWEEN]),
)
@settings(max_examples=80, deadline=None)
def test_no_sentence_of_a_body_is_ever_removed(paragraphs: list[str], layout: str, markup: str, between: str) -> None:
    story = Story(HEAD.title, HEAD.author, HEAD.published, tuple(paragraphs))
    found = lines(page(story, layout, markup, between=between))
    assert [line for line in found if line in paragraphs] == paragraphs


@given(layout=st.sampled_from(sorted(LAYOUTS)), markup=st.sampled_from(MARKUPS), story=st.sampled_from(STORIES))
@settings(max_examples=40, deadline=None)
def test_cleaning_what_is_clean_changes_nothing(layout: str, markup: str, story: Story) -> None:
    once = lines(page(story, layout, markup))
    again = page(dataclasses.replace(story, paragraphs=tuple(once)), layout, markup)
    assert lines(again) == once


def test_a_paragraph_that_repeats_is_given_once() -> None:
    first, *rest = HEAD.paragraphs
    story = dataclasses.replace(HEAD, paragraphs=(first, *rest, first))
    assert lines(page(story, "semantic")) == list(HEAD.paragraphs)


@pytest.mark.parametrize(
    "name", ["p-related", "relatedArticles", "side_bar-rank", "js-sns", "AdSense", "post-comments"]
)
def test_boxes_are_told_by_the_words_of_their_class(name: str) -> None:
    body = "".join(f"<p>{text}</p>" for text in HEAD.paragraphs)
    box = f'<div class="{name}"><p>ここは記事の本文とは別の案内の文である。</p></div>'
    assert lines(bare_page(f"<h1>{HEAD.title}</h1><div>{body}{box}</div>")) == list(HEAD.paragraphs)


@pytest.mark.parametrize("name", ["headline-body", "address", "broadcast", "upload", "premise", "thread"])
def test_words_within_words_make_no_box(name: str) -> None:
    *body, last = HEAD.paragraphs
    inner = "".join(f"<p>{text}</p>" for text in body)
    found = lines(bare_page(f'<h1>{HEAD.title}</h1><div>{inner}<div class="{name}"><p>{last}</p></div></div>'))
    assert found == list(HEAD.paragraphs)


def test_patterns_are_tried_on_folded_lines() -> None:
    assert folded("　【ＰＲ】！ ") == "【PR】!"
    assert RULES.is_stamp("２０２５年１月２８日　１４時１３分")
    assert not RULES.is_stamp("2025年1月28日に公開した")


def test_rules_come_from_the_folder_alone(tmp_path: Path) -> None:
    text = (BUNDLED / RULES_FILE).read_text(encoding="utf-8")
    (tmp_path / RULES_FILE).write_text(text.replace('"kanren"', '"andere"'), encoding="utf-8")
    rules = load_rules(tmp_path)
    assert "andere" in rules.box_words
    assert "kanren" not in rules.box_words


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "is missing"),
        ("[boxes", "cannot be read as TOML"),
        ("[boxes]\ntags = []", "is incomplete"),
        ("bad pattern", "is no regular expression"),
    ],
)
def test_wrong_rules_are_told_with_their_file(tmp_path: Path, text: str | None, told: str) -> None:
    target = tmp_path / RULES_FILE
    if text == "bad pattern":
        shutil.copy(BUNDLED / RULES_FILE, target)
        target.write_text(target.read_text(encoding="utf-8").replace("updated = '", "updated = '("), encoding="utf-8")
    elif text is not None:
        target.write_text(text, encoding="utf-8")
    with pytest.raises(RulesError, match=told) as caught:
        load_rules(tmp_path)
    assert RULES_FILE in str(caught.value)


@pytest.mark.timeout(30)
def test_no_pattern_runs_wild_on_a_strange_line() -> None:
    parts = (
        "更新 ",
        "はてなブックマーク",
        "するブックマーク",
        "2025年1月28日 14:13 ",
        "会員登録",
        "関連記事",
        "(",
        "・",
        "1",
        "写真=",
    )
    for part in (*parts, "".join(parts)):
        for line in ((part * 200)[:199], (part * 200)[:198] + "。"):
            assert lines(bare_page(f"<h1>題名</h1><p>{line}</p><p>本文の文である。</p>")) is not None
