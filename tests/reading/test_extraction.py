"""The article's text comes out whole and alone, whatever the site's markup."""

from __future__ import annotations

import collections
import dataclasses
import json
import statistics
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.model import Page
from flows.reading.extraction import extract_page, join_pages
from tests.reading.sites import BETWEEN, LAYOUTS, MARKUPS, RULES, STORIES, Story, bare_page, page

URL = "https://news.test/articles/2025/0304.html"
LONG, FAQ, SHORT = STORIES


def read(body: bytes, url: str = URL, content_type: str = "text/html; charset=utf-8") -> Page:
    return extract_page(body, content_type, url, RULES)


def overlap(expected: str, found: str, size: int = 4) -> float:
    """F1 of character n-grams without white space."""

    def grams(text: str) -> collections.Counter[str]:
        flat = "".join(text.split())
        return collections.Counter(flat[i : i + size] for i in range(max(len(flat) - size + 1, 0)))

    want, have = grams(expected), grams(found)
    total = want.total() + have.total()
    return 2 * (want & have).total() / total if total else 0.0


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize("story", STORIES, ids=["report", "questions", "brief"])
def test_the_text_is_the_storys_paragraphs_in_every_layout(story: Story, layout: str, markup: str) -> None:
    assert read(page(story, layout, markup)).text.splitlines() == list(story.paragraphs)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("between", BETWEEN)
@pytest.mark.parametrize("markup", ["p", "div"])
def test_what_sites_put_between_paragraphs_is_left_out(layout: str, between: str, markup: str) -> None:
    for story in (LONG, FAQ):
        assert read(page(story, layout, markup, between=between)).text.splitlines() == list(story.paragraphs)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_title_and_time_come_out_exactly_in_every_layout(layout: str) -> None:
    for story in STORIES:
        found = read(page(story, layout))
        assert (found.title, found.published_at, found.site_name) == (story.title, story.published, "試験新聞")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_author_comes_out_where_the_layout_names_one(layout: str) -> None:
    for story in STORIES:
        assert read(page(story, layout)).author == story.author


def test_legacy_bytes_are_read_by_their_declared_charset() -> None:
    text = page(LONG, "tables").decode().replace('charset="utf-8"', 'charset="shift_jis"')
    found = read(text.encode("cp932"), content_type="text/html")
    assert found.text.splitlines() == list(LONG.paragraphs)


def test_furigana_is_left_out_of_the_text() -> None:
    body = "<p>創業者の<ruby>梁<rp>(</rp><rt>リャン</rt><rp>)</rp>文鋒</ruby>氏が語った。</p>" * 1
    assert read(
        bare_page(f"<h1>題</h1>{body}<p>次の段落もここにあり、文として終わっている。</p>")
    ).text.splitlines() == [
        "創業者の梁文鋒氏が語った。",
        "次の段落もここにあり、文として終わっている。",
    ]


def test_lists_tables_and_headings_of_the_text_stay() -> None:
    body = """<div class="body"><p>新しい料金の表を公開した。入力と出力で分かれている。</p><h3>料金の一覧</h3>
    <table><tr><th>型</th><th>入力</th><th>出力</th></tr><tr><td>甲</td><td>2元</td><td>8元</td></tr></table>
    <p>申し込みには次のものがいる。いずれも3月末まで受け付ける。</p><ul><li>本人の確認書類</li><li>口座の番号</li></ul>
    <p>詳細は来週の説明会で話すという。</p></div>"""
    assert read(bare_page(f"<h1>料金を改定</h1>{body}")).text.splitlines() == [
        "新しい料金の表を公開した。入力と出力で分かれている。",
        "料金の一覧",
        "型 | 入力 | 出力",
        "甲 | 2元 | 8元",
        "申し込みには次のものがいる。いずれも3月末まで受け付ける。",
        "本人の確認書類",
        "口座の番号",
        "詳細は来週の説明会で話すという。",
    ]


def test_a_lead_outside_of_the_body_is_part_of_the_text() -> None:
    lead, *rest = LONG.paragraphs
    body = "".join(f"<p>{text}</p>" for text in rest)
    found = read(
        bare_page(
            f'<header><h1>{LONG.title}</h1><p class="lead">{lead}</p></header><ul class="sns"><li>シェア</li></ul>'
            f'<div class="txt">{body}</div><div class="related"><h2>関連記事</h2><a href="/1">ほかの記事の見出し</a></div>'
        )
    )
    assert found.text.splitlines() == list(LONG.paragraphs)


def test_an_article_in_sections_stays_whole() -> None:
    parts = "".join(
        f'<section class="s"><h2>その{i}</h2><p>{text}</p></section>' for i, text in enumerate(LONG.paragraphs)
    )
    found = read(bare_page(f"<main><h1>{LONG.title}</h1>{parts}</main><aside>{'広告です。' * 20}</aside>"))
    assert found.text.splitlines() == [line for i, text in enumerate(LONG.paragraphs) for line in (f"その{i}", text)]


def test_a_box_with_a_telling_name_that_holds_the_article_is_no_box() -> None:
    inner = "".join(f"<p>{text}</p>" for text in LONG.paragraphs)
    found = read(
        bare_page(f'<h1>{LONG.title}</h1><div class="related-news sidebar">{inner}</div><footer>社名</footer>')
    )
    assert found.text.splitlines() == list(LONG.paragraphs)


def test_single_breaks_part_items_and_not_sentences() -> None:
    body = "発表した型は三つで、いずれも重みが<br>公開されている。<br><br>・小型 7B<br>・中型 32B<br>・大型 671B"
    found = read(bare_page(f"<h1>三つの型</h1><div>{body}</div>"))
    assert found.text.splitlines() == [
        "発表した型は三つで、いずれも重みが公開されている。",
        "・小型 7B",
        "・中型 32B",
        "・大型 671B",
    ]


def test_line_ends_of_the_markup_leave_no_trace() -> None:
    found = read(
        bare_page("<h1>題名</h1><p>長い行を\n      途中で折り返した\n    原稿である。</p><p>DeepSeek\nR1 は別だ。</p>")
    )
    assert found.text.splitlines() == ["長い行を途中で折り返した原稿である。", "DeepSeek R1 は別だ。"]


@pytest.mark.parametrize(
    "line",
    [
        "Photographer: Taro Yamada/Agency",
        "relates to 中国の新興企業、推論モデルを公開",
        "写真=試験新聞社",
        "【写真】説明する担当者",
        "続きを読む",
        "次ページ:料金はどこまで下がるか",
        "広告",
        "[PR]",
        "記事・写真の無断転載を禁じます",
    ],
)
def test_lines_that_stand_in_no_article_go_even_among_its_paragraphs(line: str) -> None:
    first, *rest = LONG.paragraphs
    body = "".join(f"<p>{text}</p>" for text in (first, line, *rest, line))
    assert read(bare_page(f"<h1>{LONG.title}</h1>{body}")).text.splitlines() == list(LONG.paragraphs)


@pytest.mark.parametrize(
    "pitch",
    [
        "この記事は有料会員限定です。残り1,204文字 続きを読むには会員登録が必要です。",
        "残り 512文字",
        "ここから先は会員限定です。",
        "続きをお読みになるにはログインが必要です。",
        "会員登録すると続きをお読みいただけます。",
        "この記事は会員限定です。",
    ],
)
@pytest.mark.parametrize("layout", ["semantic", "one cell", "flat", "nameless"])
def test_a_paywalls_pitch_goes_and_marks_the_article(pitch: str, layout: str) -> None:
    story = dataclasses.replace(LONG, paragraphs=LONG.paragraphs[:2])
    body = page(story, layout).replace(
        story.paragraphs[1].encode(), story.paragraphs[1].encode() + b"</p><div>@</div><p>"
    )
    found = read(body.replace(b"@", pitch.encode()))
    assert found.text.splitlines() == list(story.paragraphs)
    assert (found.paywalled, found.partial) == (True, True)


def test_a_menus_offer_of_membership_marks_nothing() -> None:
    found = read(page(LONG, "semantic"))
    assert (found.paywalled, found.partial) == (False, False)


def test_a_text_that_says_it_goes_on_elsewhere_is_partial_and_keeps_its_words() -> None:
    story = dataclasses.replace(LONG, paragraphs=(LONG.paragraphs[0], "町は予算を諮る。(続きは試験新聞電子版で)"))
    found = read(page(story, "semantic"))
    assert found.text.splitlines() == list(story.paragraphs)
    assert found.partial


def test_a_declared_paywall_marks_an_article_that_is_whole_as_paywalled_alone() -> None:
    data = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>'
    found = read(page(LONG, "semantic", head=data))
    assert (found.paywalled, found.partial) == (True, False)


def test_the_pages_of_an_article_are_joined_without_what_they_repeat() -> None:
    first = dataclasses.replace(LONG, paragraphs=LONG.paragraphs[:2])
    second = dataclasses.replace(LONG, paragraphs=(LONG.paragraphs[0], LONG.paragraphs[2]))
    pager = b'<div class="pager"><a rel="next" href="?page=2">\xe6\xac\xa1\xe3\x81\xb8</a></div></body>'
    one = read(page(first, "semantic").replace(b"</body>", pager))
    two = read(page(second, "semantic"), f"{URL}?page=2")
    assert (one.next_page, one.partial) == (f"{URL}?page=2", True)
    joined = join_pages([one, two])
    assert joined.text.splitlines() == list(LONG.paragraphs)
    assert (joined.title, joined.published_at, joined.partial, joined.next_page) == (
        LONG.title,
        LONG.published,
        False,
        None,
    )


def test_a_text_file_gives_its_first_line_as_title() -> None:
    found = read("港町の図書館\n\n本文の一行目。\r\n2行目。\n".encode(), "file:a.txt", "text/plain")
    assert (found.title, found.text, found.published_at) == ("港町の図書館", "本文の一行目。\n2行目。", None)


def test_a_text_file_that_begins_with_a_paragraph_has_no_title() -> None:
    paragraph = "2025年1月20日、ある会社が推論モデルを公開しました。" * 6
    found = read(f"{paragraph}\n次の段落。".encode(), "file:a.txt", "text/plain")
    assert (found.title, found.published_at) == ("", None)
    assert found.text.startswith(paragraph)


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("2025年3月4日 9時05分", "2025-03-04T09:05:00+09:00"),
        ("公開日:2025/03/04 09:05", "2025-03-04T09:05:00+09:00"),
        ("2025年3月4日に発表された。", None),
        ("金曜日, 5月 16, 2025", None),
    ],
)
def test_a_text_files_time_is_a_line_that_is_nothing_else(line: str, published: str | None) -> None:
    found = read(f"題名\n{line}\n本文である。".encode(), "file:a.txt", "text/plain").published_at
    assert (found.isoformat() if found else None) == published


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_bytes_give_a_page(body: bytes) -> None:
    for kind in ("text/html", "text/plain", ""):
        assert isinstance(read(body, content_type=kind), Page)


@given(
    st.lists(
        st.sampled_from(["<div>", "</div>", "<p>", "<table><tr><td>", "</table>", "<br>", "文。", "<a href=x>", "<!--"])
    )
)
@settings(max_examples=60, deadline=None)
def test_broken_markup_gives_a_page(pieces: list[str]) -> None:
    assert isinstance(read(("<html><body>" + "".join(pieces)).encode()), Page)


def test_deeply_nested_markup_gives_its_text() -> None:
    depth = 300
    found = read(("<html><body>" + "<div>" * depth + "<p>底にある一文である。</p>" + "</div>" * depth).encode())
    assert "底にある一文である。" in found.text or found.text == ""


def test_real_pages_keep_their_quality(shared: Path) -> None:
    scores = []
    for entry in json.loads((shared / "real" / "expected.json").read_text(encoding="utf-8")):
        if "text" in entry:
            found = read((shared / "real" / entry["page"]).read_bytes(), entry["url"], "text/html")
            scores.append(overlap(entry["text"], found.text))
    assert min(scores) >= 0.93
    assert statistics.mean(scores) >= 0.97
