from __future__ import annotations

import dataclasses
import datetime as dt
import html
import re

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from flows.digests.importance import LESS_SURE
from flows.digests.markdown import escaped, link, render_markdown
from flows.digests.selection import MOST_AGAIN, MOST_CHANGED, MOST_NEW, MOST_TROUBLES, select
from flows.digests.text import clean
from flows.model import JST
from flows.report import PageTrouble, SourceTrouble, WeekFacts
from flows.wording import Language
from seeds import Seeds
from tests.digests.facts import HOSTILE, LONG, NOW, change, evidence, facts, hostile_week, markdown, whole_week

COMMONMARK = MarkdownIt("commonmark", {"html": True})
FORGE = MarkdownIt("gfm-like", {"linkify": False, "html": True})
BARE = re.compile(r"(?<!\\)://|www\.", re.IGNORECASE)
"""What forges turn into a link although CommonMark does not."""
MARKED = st.text(alphabet=st.sampled_from("ab1あ.)(#-+=>~*_`[]<>&;:/!|\\\"' \n\t\u202e\u200b"), max_size=40)


def test_a_change_shows_both_values_sentences_outlets_dates_and_links(seeds: Seeds) -> None:
    text = markdown(seeds, change(kind="updated"))
    assert "2000万人 → **3000万人**" in text
    assert "新: 「利用者は増えた。」 — テスト新聞 1月28日、[題](<http://a.example/1>)" in text
    assert "旧: 「利用者は少なかった。」" in text


def test_an_old_value_without_an_article_is_said_to_be_the_baselines(seeds: Seeds) -> None:
    assert "旧: 記事ではなく、基準の資料にある主張" in markdown(seeds, change(kind="updated", previous=None))


def test_the_title_names_the_week_and_its_days(seeds: Seeds) -> None:
    assert markdown(seeds).startswith("# DeepSeek週報 2025-W05\n\n2025年1月27日(月)から2月2日(日)まで\n")


def test_quiet_unwatched_and_first_weeks_read_differently(seeds: Seeds) -> None:
    assert "静かな週で、新しい主張も変わった主張もありません。" in markdown(seeds)
    assert "見ていません" in markdown(seeds, runs=0)
    assert "見ていません" not in markdown(seeds, change(), runs=0)
    assert "最初の週なので" in markdown(seeds, change(), first=True)


def test_doubt_speaker_and_standing_are_marked(seeds: Seeds) -> None:
    text = markdown(
        seeds, change(evidence=evidence(confidence=LESS_SURE - 0.01, modality="estimated", attribution="調査会社"))
    )
    assert "(推定、調査会社による、確度低め)" in text
    assert "確度低め" not in markdown(seeds, change(evidence=evidence(confidence=LESS_SURE)))
    assert "食い違いあり" in markdown(seeds, change(status="disputed"))
    assert "食い違いあり" not in markdown(seeds, change(kind="disputed", status="disputed"))


def test_a_subject_is_not_named_as_the_speaker_about_itself(seeds: Seeds) -> None:
    assert "による" not in markdown(seeds, change(evidence=evidence(modality="estimated", attribution="deepseek")))


def test_a_denial_is_told_apart_from_what_it_denies(seeds: Seeds) -> None:
    text = markdown(seeds, change(kind="denied", previous=evidence(2, sentence="利用者は三千万人だ。")))
    assert "- 否定: 「利用者は増えた。」" in text
    assert "- 元の主張: 「利用者は三千万人だ。」" in text


def test_outlets_are_counted_where_they_are_several(seeds: Seeds) -> None:
    assert "(1媒体)" not in markdown(seeds, change(kind="corroborated"))
    assert "(2媒体)" in markdown(seeds, change(kind="corroborated", publishers=2))


def test_a_date_of_another_year_has_its_year_and_a_missing_one_is_said(seeds: Seeds) -> None:
    old = evidence(published_at=dt.datetime(2023, 1, 5, tzinfo=JST))
    assert "テスト新聞 2023年1月5日、" in markdown(seeds, change(evidence=old))
    assert "日付不明(1月28日に取得)" in markdown(seeds, change(evidence=evidence(published_at=None)))


def test_long_lists_are_cut_with_a_count_and_a_link_to_the_rest(seeds: Seeds) -> None:
    text = markdown(seeds, *(change(n) for n in range(MOST_NEW + 5)))
    assert "- ほかに5件 ([すべて見る](<2025-W05.html#topic-pricing>))" in text
    changed = markdown(seeds, *(change(n, "updated") for n in range(MOST_CHANGED + 2)))
    assert "- ほかに2件 ([すべて見る](<2025-W05.html#changed>))" in changed
    again = markdown(seeds, *(change(n, "corroborated") for n in range(MOST_AGAIN + 3)))
    assert "- ほかに3件 ([すべて見る](<2025-W05.html#again>))" in again
    feeds = tuple(SourceTrouble(f"http://a.example/{n}", "媒", 1, "timeout", None) for n in range(MOST_TROUBLES + 2))
    pages = tuple(PageTrouble(f"http://a.example/{n}", "媒", "status: 404", 1) for n in range(MOST_TROUBLES + 4))
    gaps = markdown(seeds, source_troubles=feeds, page_troubles=pages)
    assert "- フィードはほかに2本" in gaps
    assert "- 記事はほかに4本" in gaps


def test_the_link_to_the_rest_holds_no_foreign_words(seeds: Seeds) -> None:
    attribute = seeds.attributes["users"]
    odd = dataclasses.replace(attribute, topic="x](javascript:a) <b>")
    strange = dataclasses.replace(seeds, attributes={"users": odd})
    text = markdown(strange, *(change(n) for n in range(MOST_NEW + 1)))
    assert re.search(r"<2025-W05\.html#topic-[0-9a-f]{16}>", text)
    assert "<b>" not in COMMONMARK.render(text)


def test_gaps_do_not_depend_on_the_order_of_the_facts(seeds: Seeds) -> None:
    feeds = tuple(SourceTrouble(f"http://a.example/{n}", "媒", n, "timeout", NOW) for n in range(3))
    assert markdown(seeds, source_troubles=feeds) == markdown(seeds, source_troubles=feeds[::-1])


def test_hostile_facts_stay_on_their_line_and_make_no_structure(seeds: Seeds) -> None:
    bad = evidence(sentence=HOSTILE, title=HOSTILE, publisher=HOSTILE, url="javascript:alert(1)", attribution=HOSTILE)
    text = markdown(seeds, change(evidence=bad, subject=HOSTILE, qualifiers={"period": HOSTILE, "place": HOSTILE}))
    plain = markdown(seeds, change())
    assert [token.type for token in FORGE.parse(text)] == [token.type for token in FORGE.parse(plain)]
    assert "href" not in FORGE.render(text)
    assert not BARE.search(text)
    assert not {"\u202e", "\u2066", "\u200b", "\x00", "\r"} & set(text)


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("week", [whole_week(), hostile_week(), facts(), facts(runs=0), facts(change(), first=True)])
def test_digests_of_all_weeks_are_commonmark_with_links_to_articles_alone(
    seeds: Seeds, week: WeekFacts, lang: Language
) -> None:
    text = render_markdown(select(week, seeds), seeds, lang)
    for parser in (COMMONMARK, FORGE):
        html5lib.HTMLParser(strict=True).parseFragment(parser.render(text))
        tokens = [token for top in parser.parse(text) for token in (top, *(top.children or ()))]
        kinds = {token.type for token in tokens}
        assert not kinds & {
            "html_block",
            "html_inline",
            "image",
            "code_block",
            "fence",
            "hr",
            "code_inline",
            "blockquote",
        }
        links = [str(token.attrGet("href")) for token in tokens if token.type == "link_open"]
        assert all(href.startswith(("http://", "https://", "2025-W05.")) for href in links)
    assert LONG[:400] not in text


@given(st.text() | MARKED)
def test_escaped_text_reads_as_it_was_and_is_one_paragraph(text: str) -> None:
    seen = clean(text, 300)
    expected = f"<p>{html.escape(seen).replace('&#x27;', chr(39))}</p>\n" if seen else ""
    assert COMMONMARK.render(escaped(text)) == expected
    assert FORGE.render(escaped(text)) == expected
    assert not BARE.search(escaped(text))


@given(st.text() | MARKED, st.text() | MARKED.map("http://a.example/".__add__))
def test_a_link_is_one_link_or_its_text(text: str, url: str) -> None:
    rendered = COMMONMARK.render(link(text, url))
    assert rendered.count("<a ") == link(text, url).endswith(">)")
    assert rendered.count("<p>") == 1


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "file:note.txt", "http://a\n.example", "http://a.example/\n",
     "http://a.example/\u202egpj", "http://a.example/ x", "http://a.example/<b>", "http://a.example/" + "x" * 3000, ""],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_no_link(url: str) -> None:
    assert link("題", url) == "題"


def test_an_address_keeps_its_meaning() -> None:
    address = 'http://a.example/?a=1&lt;b=(2)\\"`&copy=3'
    assert 'href="http://a.example/?a=1&amp;lt;b=%282%29%5C%22%60&amp;copy=3"' in COMMONMARK.render(link("題", address))


@pytest.mark.parametrize("text", ["DeepSeek-R1 (2025-01-20): 3.5% + 1", "0.55ドル", "-6%", "#1", "+3"])
def test_plain_text_is_left_as_it_is(text: str) -> None:
    assert escaped(text) == text


def test_very_long_text_is_cut() -> None:
    assert escaped("あ" * 10_000) == "あ" * 299 + "…"


def test_text_is_always_writable() -> None:
    assert clean("a\ud800b").encode() == "a\ufffdb".encode()


def test_an_article_that_breaks_off_is_marked(seeds: Seeds) -> None:
    assert "(記事は途中まで)" in markdown(seeds, change(evidence=evidence(partial=True)))
