"""Pages and mail: valid, readable by everyone, loading nothing, and text wherever articles speak."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.digests.html import render_html, render_mail
from flows.digests.selection import MOST_AGAIN, MOST_CHANGED, MOST_NEW, Digest, select
from flows.digests.style import DARK, LIGHT, MARKS, TEXTS
from flows.report import MailBody, PageTrouble, SilentSource, SourceTrouble, WeekFacts
from flows.wording import Language
from seeds import Seeds
from tests.digests.facts import HOSTILE, LONG, NOW, change, evidence, facts, hostile_week, moving, whole_week

PIECES = (
    *("<script>", "<img src=x onerror=a>", "[x](javascript:a)", "![i](http://e)", "</style>", "</title>", "</svg>"),
    *("<a href='data:x'>", '"', "'", "&", "{n}", "%s", "\n", "\u202e", "\ud800", "a"),
)
SAFE = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "nav", "section", "article"),
    *("h1", "h2", "h3", "h4", "p", "ul", "li", "strong", "span", "a", "figure", "figcaption", "blockquote", "details"),
    *("summary", "table", "tbody", "tr", "th", "td", "svg", "desc", "rect", "circle", "polyline", "text", "div", "img"),
}


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    @property
    def names(self) -> set[str]:
        return {tag for tag, _ in self.found}

    def values(self, name: str) -> list[str]:
        return [str(attributes[name]) for _, attributes in self.found if name in attributes]


def page(seeds: Seeds, week: WeekFacts, lang: Language = "ja", *, linked: bool = False) -> str:
    return render_html(select(week, seeds), seeds, lang, linked=linked)


def mail(seeds: Seeds, week: WeekFacts, lang: Language = "ja") -> MailBody:
    return render_mail(select(week, seeds), seeds, lang)


def check(text: str) -> Tags:
    """What every page must keep: valid HTML, ids once, references that lead somewhere, headings in order."""
    html5lib.HTMLParser(strict=True).parse(text)
    tags = Tags(text)
    assert tags.names <= SAFE, tags.names - SAFE
    ids = tags.values("id")
    assert len(ids) == len(set(ids))
    assert {part for value in tags.values("aria-labelledby") for part in value.split()} <= set(ids)
    assert {href[1:] for href in tags.values("href") if href.startswith("#")} <= set(ids)
    levels = [int(tag[1]) for tag, _ in tags.found if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert not [name for _, attributes in tags.found for name in attributes if name.startswith("on")]
    return tags


WEEKS = {
    "whole": whole_week(),
    "quiet": facts(),
    "unwatched": facts(runs=0),
    "first": facts(change(), first=True),
    "hostile": hostile_week(),
    "long": facts(
        *(change(n, "updated") for n in range(MOST_CHANGED + 3)),
        *(change(100 + n) for n in range(MOST_NEW + 3)),
        *(change(200 + n, "corroborated") for n in range(MOST_AGAIN + 3)),
    ),
}


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("name", WEEKS)
def test_pages_of_all_weeks_are_valid_and_well_built(seeds: Seeds, name: str, lang: Language) -> None:
    text = page(seeds, WEEKS[name], lang)
    tags = check(text)
    assert text.startswith(f'<!DOCTYPE html>\n<html lang="{lang}">')
    assert [tag for tag in ("header", "main", "footer", "nav") if tag in tags.names] == [
        "header",
        "main",
        "footer",
        "nav",
    ]
    assert '<meta name="viewport" content="width=device-width' in text


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("name", WEEKS)
def test_mail_of_all_weeks_is_valid_and_carries_its_style_itself(seeds: Seeds, name: str, lang: Language) -> None:
    body = mail(seeds, WEEKS[name], lang)
    tags = check(body.html)
    assert not {"style", "svg", "details", "nav"} & tags.names
    assert not tags.values("class")
    assert sorted(tags.values("src")) == sorted(f"cid:{picture.name}" for picture in body.pictures)
    assert tags.values("alt") == [picture.text for picture in body.pictures]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: the ratio of two colours' relative luminances."""

    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_colours_can_be_read_in_light_and_dark(colours: dict[str, str]) -> None:
    assert set(colours) == set(LIGHT)
    assert all(contrast(colours[text], colours[ground]) >= 4.5 for text, ground in TEXTS)
    assert all(contrast(colours[mark], colours[ground]) >= 3 for mark, ground in MARKS)


def test_a_page_knows_the_dark_loads_nothing_and_allows_nothing_to_run(seeds: Seeds) -> None:
    text = page(seeds, whole_week())
    assert "prefers-color-scheme: dark" in text
    assert "default-src 'none'" in text
    assert not Tags(text).values("src")
    assert "url(" not in text
    assert "@import" not in text


def test_both_sides_of_a_change_stand_with_their_sentences_and_sources(seeds: Seeds) -> None:
    text = page(seeds, facts(change(kind="updated")))
    assert "2000万人 → <strong>3000万人</strong>" in text
    assert "<blockquote>利用者は増えた。</blockquote>" in text
    assert "<blockquote>利用者は少なかった。</blockquote>" in text
    assert '<a href="http://a.example/1" rel="noreferrer">題</a>' in text


def test_what_articles_say_is_marked_as_japanese_in_an_english_page(seeds: Seeds) -> None:
    text = page(seeds, facts(change(kind="updated")), "en")
    assert '<blockquote lang="ja">利用者は増えた。</blockquote>' in text
    assert "20 million people → <strong>30 million people</strong>" in text


def test_a_page_keeps_what_a_long_week_leaves_out_and_mail_counts_it(seeds: Seeds) -> None:
    text = page(seeds, WEEKS["long"])
    assert all(f'id="claim-c{n}"' in text for n in (MOST_CHANGED + 2, 100 + MOST_NEW + 2))
    assert text.count("<summary>ほかに3件</summary>") == 3
    assert mail(seeds, WEEKS["long"]).html.count("ほかに3件") == 3


def test_a_claim_that_moved_twice_has_its_place_once(seeds: Seeds) -> None:
    twice = (change(1, "disputed"), change(2, "updated", claim_id="c1", evidence=evidence(3, 4e7)))
    check(page(seeds, facts(*twice)))


def test_claims_and_topics_are_linked_where_their_pages_are(seeds: Seeds) -> None:
    linked, alone = page(seeds, facts(change()), linked=True), page(seeds, facts(change()))
    assert 'href="claims/c1.html"' in linked
    assert 'href="topics/pricing.html"' in linked
    assert "claims/" not in alone
    check(linked)


def test_gaps_are_told(seeds: Seeds) -> None:
    week = facts(
        source_troubles=(SourceTrouble("http://a.example/f", "甲", 2, "timeout: 30 s", NOW),),
        page_troubles=(PageTrouble("http://a.example/p", "乙", "robots: disallowed", 1),),
        silent=(SilentSource("http://a.example/g", "丙", NOW),),
    )
    text = re.sub(r"<[^>]+>", "", page(seeds, week))
    assert "フィード 甲: 時間内に答えがない: 30 s (2回、最後の成功は1月28日)" in text
    assert "記事 乙 http://a.example/p: robots.txtで断られている (1回)" in text
    assert "フィード 丙: 答えるが、1月28日を最後に新着がない" in text


def test_hostile_facts_are_text_in_pages_and_mail(seeds: Seeds) -> None:
    digest = select(hostile_week(), seeds)
    for text in (render_html(digest, seeds, linked=True), render_mail(digest, seeds).html):
        tags = check(text)
        assert all(
            href.startswith(("#", "2025-W05", "claims/", "topics/", "index.html")) for href in tags.values("href")
        )
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert not {"\u202e", "\u2066", "\u200b", "\x00", "\r"} & set(text)
        assert LONG not in text
        text.encode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(text=st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_text_makes_anything_active(seeds: Seeds, text: str) -> None:
    bad = evidence(sentence=text, title=text, publisher=text, url=text, attribution=text)
    week = moving(change(kind="updated", evidence=bad, subject=text, qualifiers={"period": text, "place": text}))
    digest: Digest = select(week, seeds)
    for made in (render_html(digest, seeds), render_mail(digest, seeds).html):
        made.encode()
        hrefs = check(made).values("href")
        assert all(href.lower().startswith(("http:", "https:", "#", "2025-w05")) for href in hrefs)


def test_the_same_facts_give_the_same_bytes(seeds: Seeds) -> None:
    assert page(seeds, whole_week()) == page(seeds, whole_week())
    assert mail(seeds, whole_week()) == mail(seeds, whole_week())


def test_a_hostile_title_of_the_page_stays_a_title(seeds: Seeds) -> None:
    assert HOSTILE not in page(seeds, facts(change(subject=HOSTILE)))
