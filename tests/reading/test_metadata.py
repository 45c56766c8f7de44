"""What a page says of itself is read exactly: title, author, times, outlet, address."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.model import JST
from flows.reading.blocks import blocks_of, parse_html
from flows.reading.metadata import Metadata, declared_canonical, find_metadata
from flows.reading.times import read_time, stamps
from flows.reading.titles import without_site
from tests.reading.sites import RULES, bare_page

URL = "https://news.test/articles/1.html"
WHEN = dt.datetime(2025, 1, 28, 14, 13, tzinfo=JST)
TEXT = "<p>町は28日、新しい計画を公開した。費用は480万円である。</p><p>議会には6月に諮る。</p>"


def read(body: str, head: str = "") -> Metadata:
    tree = parse_html(bare_page(body, head), "text/html; charset=utf-8")
    return find_metadata(tree, URL, blocks_of(tree, RULES.is_box, RULES.is_stamp), RULES)


def linked(**data: object) -> str:
    told = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", **data}, ensure_ascii=False)
    return f'<script type="application/ld+json">{told}</script>'


# --- title ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<title>新しい計画を公開 - 試験新聞</title>", "<h1>新しい計画を公開</h1>"),
        ("<title>新しい計画を公開｜試験新聞デジタル</title>", "<h1>試験新聞デジタル</h1><h2>新しい計画を公開</h2>"),
        ('<title>新しい計画を公開：試験新聞</title><meta property="og:site_name" content="試験新聞">', "<p>x</p>"),
        ("<title>新しい計画を公開 | 社会 | 試験新聞</title>", "<h1 class=t>新しい計画を公開</h1>"),
        (
            '<meta property="og:title" content="新しい計画を公開 | 試験新聞"><meta property="og:site_name" content="試験新聞">',
            "",
        ),
        ('<meta name="twitter:title" content="新しい計画を公開">', "<h1>ロゴの見出し語</h1>"),
        ("<title>新しい計画を公開 - 試験新聞</title>", ""),
        ("", "<h1>新しい計画を公開</h1>"),
        (linked(headline="新しい計画を公開"), "<h3>新しい計画を公開</h3>"),
        ('<meta property="og:title" value="新しい計画を公開">', ""),
    ],
)
def test_the_title_is_without_the_sites_name(head: str, body: str) -> None:
    assert read(body + TEXT, head).title == "新しい計画を公開"


def test_a_title_keeps_marks_that_are_its_own() -> None:
    title = "DeepSeek-R1: 推論の費用 - 3つの誤解｜連載(上)"
    head = f'<title>{title} - 試験新聞</title><meta property="og:title" content="{title}">'
    assert read(f"<h1>{title}</h1>{TEXT}", head).title == title


def test_a_heading_that_goes_on_is_the_whole_title() -> None:
    head = '<meta property="og:title" content="計画を公開する集い">'
    assert (
        read(f"<h2>計画を公開する集い<br>～費用と日程～</h2>{TEXT}", head).title == "計画を公開する集い ～費用と日程～"
    )


def test_a_full_width_space_in_a_title_stays() -> None:
    assert read(f"<h1>地震で津波注意報　気象庁</h1>{TEXT}").title == "地震で津波注意報　気象庁"


@given(st.text(alphabet="新しい計画ABC12、。「」-:・", min_size=1, max_size=30).filter(str.strip))
def test_a_title_without_known_names_is_left_alone(title: str) -> None:
    assert without_site(title, []) == title.strip()


# --- times ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (linked(datePublished="2025-01-28T14:13:00+09:00"), ""),
        (linked(datePublished="2025-01-28T05:13:00Z"), ""),
        (linked(datePublished="2025-01-28T14:13:00"), ""),
        ('<meta property="article:published_time" content="2025-01-28T14:13:00+0900">', ""),
        ('<meta name="pubdate" content="2025-01-28 14:13">', ""),
        ('<meta name="date" content="20250128141300">', ""),
        ('<meta name="pubdate" content="Tue, 28 Jan 2025 14:13:00 +0900">', ""),
        ("", '<h1>題名である</h1><time datetime="2025-01-28T14:13:00+09:00">きのう</time>'),
        ("", "<h1>題名である</h1><time>2025年1月28日 14時13分</time>"),
        ("", "<h1>題名である</h1><p>2025年1月28日 午後2時13分</p>"),
        ("", "<h1>題名である</h1><p>2025/01/28 14:13</p>"),
        ("", "<h1>題名である</h1><p>2025.1.28(火) 14:13</p>"),
        ("", "<h1>題名である</h1><p>令和7年1月28日　１４時１３分</p>"),
        (
            "",
            "<h1>題名である</h1><div><span>公開日：2025年1月28日 14:13</span> <span>更新日：2025年1月29日 9:00</span></div>",
        ),
        ("", "<h1>題名である</h1><div>更新:2025/01/29 09:00 公開:2025/01/28 14:13</div>"),
        ("", "<h1>題名である</h1><p>2025年1月28日 14時13分更新</p>"),
        ('<meta name="date" content="2025-01-28">', "<h1>題名である</h1><p>2025年1月28日 14時13分</p>"),
        ("", '<h1>題名である</h1><span itemprop="datePublished" content="2025-01-28T14:13:00+09:00"></span>'),
    ],
)
def test_the_time_of_publication_is_right_to_the_minute(head: str, body: str) -> None:
    assert read(body + TEXT, head).published_at == WHEN


def test_a_clock_of_japan_that_is_tagged_as_utc_is_put_right_by_what_the_page_shows() -> None:
    head = '<meta property="article:published_time" content="2025-01-28T14:13:00.000Z">'
    assert read(f"<h1>題名である</h1><p>2025.01.28 14:13</p>{TEXT}", head).published_at == WHEN
    right = '<meta property="article:published_time" content="2025-01-28T05:13:00.000Z">'
    assert read(f"<h1>題名である</h1><p>2025.01.28 14:13</p>{TEXT}", right).published_at == WHEN


def test_the_time_of_a_change_is_told_apart() -> None:
    found = read(TEXT, linked(datePublished="2025-01-28T14:13:00+09:00", dateModified="2025-01-29T09:00:00+09:00"))
    assert found.modified_at == WHEN.replace(day=29, hour=9, minute=0)
    shown = read(f"<h1>題名である</h1><div>公開:2025/01/28 14:13 更新:2025/01/29 09:00</div>{TEXT}")
    assert (shown.published_at, shown.modified_at) == (found.published_at, found.modified_at)


@pytest.mark.parametrize(
    "body",
    [
        "<h1>題名である</h1><p>2025年1月20日に公開された型の話である。前の版は2024年12月26日に出た。</p>",
        "<h1>題名である</h1><p>1月28日 14時13分</p>",
        "<h1>題名である</h1><p>14:13</p>",
        "<h1>題名である</h1>",
    ],
)
def test_a_page_that_tells_no_time_has_none(body: str) -> None:
    assert read(body + TEXT).published_at is None


def test_the_times_of_other_articles_are_not_this_ones() -> None:
    others = "".join(
        f"<li><time>2025/01/{day} 09:00</time><a href='/{day}'>ほかの記事</a></li>" for day in (20, 21, 22, 23)
    )
    assert (
        read(f"<ul>{others}</ul><h1>題名である</h1><p>2025/01/28 14:13</p>{TEXT}<ul>{others}</ul>").published_at == WHEN
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2025-01-28T14:13:00+09:00", WHEN),
        ("2025年1月28日24時30分", dt.datetime(2025, 1, 29, 0, 30, tzinfo=JST)),
        ("2025年1月28日 午前12時5分", dt.datetime(2025, 1, 28, 0, 5, tzinfo=JST)),
        ("令和元年5月1日", dt.datetime(2019, 5, 1, tzinfo=JST)),
        ("2025年13月40日", None),
        ("2025", None),
        ("", None),
        (None, None),
    ],
)
def test_times_are_read_as_pages_write_them(text: str | None, told: dt.datetime | None) -> None:
    assert read_time(text) == told


@given(st.text(max_size=60))
def test_any_text_gives_a_time_with_a_zone_or_none(text: str) -> None:
    moment = read_time(text)
    assert moment is None or moment.tzinfo is not None
    assert all(stamp.moment.tzinfo is not None for stamp in stamps(text, RULES.updated))


@given(st.datetimes(timezones=st.just(JST)).filter(lambda moment: 1990 < moment.year < 2090))
def test_japanese_and_iso_dates_are_read_back(moment: dt.datetime) -> None:
    exact = moment.replace(second=0, microsecond=0)
    shown = f"{exact.year}年{exact.month}月{exact.day}日 {exact.hour}時{exact.minute:02d}分"
    assert read_time(shown) == read_time(exact.isoformat()) == exact


# --- author -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (linked(author={"@type": "Person", "name": "入江 航"}), ""),
        (
            linked(
                author=[{"@type": "Organization", "name": "試験新聞"}],
                creator="入江 航",
                publisher={"name": "試験新聞"},
            ),
            "",
        ),
        ('<meta name="author" content="入江 航">', ""),
        ("", "<h1>題名である</h1><p class='byline'>文=入江 航</p>"),
        ("", "<h1>題名である</h1><a rel='author' href='/w/1'>入江 航</a>"),
        ("", "<h1>題名である</h1><p>2025年1月28日 14時13分　入江 航</p>"),
        ("", "<h1>題名である</h1><p>2025年1月28日 14時13分 投稿者: 入江 航</p>"),
        ("", "<h1>題名である</h1><p>取材・文 入江 航</p>"),
        ("", "<h1>題名である</h1><p class='credit'>(入江 航) ©試験新聞</p>"),
    ],
)
def test_the_author_is_found(head: str, body: str) -> None:
    assert read(body + TEXT, head).author == "入江 航"


def test_several_authors_are_all_named() -> None:
    assert read(TEXT, linked(author=[{"name": "入江 航"}, {"name": "桐野 葵"}])).author == "入江 航、桐野 葵"


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:author" content="https://social.test/shiken">',
        linked(author={"name": "https://x.test"}),
    ],
)
def test_an_address_is_no_author(head: str) -> None:
    assert read("<h1>題名である</h1>" + TEXT, head).author is None


# --- the rest ---------------------------------------------------------------------------------------------------------


def test_what_else_a_page_declares() -> None:
    head = (
        '<link rel="canonical" href="/articles/1.html?a=1"><meta property="og:site_name" content="試験新聞">'
        + linked(articleSection=["社会", "科学"], isAccessibleForFree=False)
    )
    found = read(TEXT, head)
    assert (found.canonical, found.site_name, found.section, found.paywalled, found.declared_language) == (
        "https://news.test/articles/1.html?a=1",
        "試験新聞",
        "社会",
        True,
        "ja",
    )


@pytest.mark.parametrize("free", [True, "True", "true", "https://schema.org/True"])
def test_what_is_free_is_not_paywalled(free: object) -> None:
    assert not read(TEXT, linked(isAccessibleForFree=free)).paywalled


@pytest.mark.parametrize("href", ["javascript:void(0)", "", "//[bad", "mailto:a@b.test"])
def test_a_canonical_address_that_is_none_is_not_taken(href: str) -> None:
    tree = parse_html(bare_page(TEXT, f'<link rel="canonical" href="{href}">'), "text/html")
    assert declared_canonical(tree, URL) in {None, URL}


@pytest.mark.parametrize(
    "script",
    [
        '{"@graph": [{"@type": "WebSite", "name": "x"}, {"@type": ["NewsArticle"], "datePublished": "2025-01-28T14:13:00+09:00"}]}',
        '[{"@type": "BreadcrumbList"}, {"@type": "ReportageNewsArticle", "datePublished": "2025-01-28T14:13+09:00"}]',
        '<!-- {"@type": "NewsArticle", "datePublished": "2025-01-28T14:13:00+09:00",} -->',
        '{"@type": "NewsArticle", "description": "改行\nを含む", "datePublished": "2025-01-28T14:13:00+09:00"}',
        '{"@type": "WebPage", "mainEntity": {"@type": "Article", "datePublished": "2025-01-28T14:13:00+09:00"}}',
    ],
)
def test_linked_data_is_found_in_all_its_forms(script: str) -> None:
    assert read(TEXT, f'<script type="application/ld+json">{script}</script>').published_at == WHEN


def test_linked_data_of_other_articles_is_not_this_pages() -> None:
    others = linked(url="https://news.test/articles/2.html", datePublished="2024-05-05T05:05:00+09:00")
    own = linked(mainEntityOfPage={"@id": URL}, datePublished="2025-01-28T14:13:00+09:00")
    assert read(TEXT, others + own).published_at == WHEN


@given(st.text(alphabet='{}[]",:@type NewsArticle', max_size=60))
def test_broken_linked_data_is_passed_over(script: str) -> None:
    body = f"<h1>題名である</h1>{TEXT}"
    assert read(body, f'<script type="application/ld+json">{script}</script>').title == "題名である"


def test_titles_and_times_of_real_pages_are_right(shared: Path) -> None:
    for entry in json.loads((shared / "real" / "expected.json").read_text(encoding="utf-8")):
        tree = parse_html((shared / "real" / entry["page"]).read_bytes(), "text/html")
        found = find_metadata(tree, entry["url"], blocks_of(tree, RULES.is_box, RULES.is_stamp), RULES)
        assert found.title.split() == entry["title"].split(), entry["page"]
        if entry["published"]:
            assert found.published_at is not None
            told = dt.datetime.fromisoformat(entry["published"])
            assert abs(found.published_at - told) < dt.timedelta(minutes=1), entry["page"]


TRAIL = '<nav class="p-breadcrumbs"><a href="{home}">ホーム</a> &gt; <a href="/society/">社会</a> &gt; <a href="/society/town/">町</a></nav>'


@pytest.mark.parametrize(
    ("body", "head", "section"),
    [
        (TRAIL.format(home="/"), "", "社会"),
        (TRAIL.format(home="https://news.test/").replace("nav", "ol"), "", "社会"),
        (TRAIL.format(home="../").replace('class="p-breadcrumbs"', 'id="pankuzu"').replace("nav", "p"), "", "社会"),
        (TRAIL.format(home="/"), '<meta property="article:section" content="経済">', "経済"),
        ('<nav class="breadcrumb"><a href="/">トップ</a> &gt; <a href="">題名である</a></nav>', "", None),
        ('<nav class="menu"><a href="/sports/">運動</a></nav>', "", None),
    ],
)
def test_the_section_is_declared_or_the_first_step_of_the_trail(body: str, head: str, section: str | None) -> None:
    assert read(f"{body}<h1>題名である</h1>{TEXT}", head).section == section


@pytest.mark.parametrize(
    ("lead", "author"),
    [
        ("【ロンドン＝山田太郎】", "山田太郎"),
        ("【北京=共同】", "共同"),
        ("【北京】", None),
        ("【解説】値下げ＝続報】", None),
    ],
)
def test_a_dateline_names_who_wrote(lead: str, author: str | None) -> None:
    assert read(f"<h1>題名である</h1><p>{lead}町は28日、新しい計画を公開した。</p>{TEXT}").author == author


def test_of_an_outlet_and_a_writer_among_the_authors_the_writer_is_taken() -> None:
    head = '<meta name="author" content="試験出版 Inc."><meta name="cXenseParse:author" content="山田花子">'
    assert read("<h1>題名である</h1>" + TEXT, head).author == "山田花子"
