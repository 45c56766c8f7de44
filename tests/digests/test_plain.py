from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.digests.plain import render_text
from flows.digests.selection import MOST_NEW, select
from seeds import Seeds
from tests.digests.facts import LONG, change, evidence, facts, hostile_week, whole_week


def test_a_change_reads_without_marks(seeds: Seeds) -> None:
    text = render_text(select(facts(change(kind="updated")), seeds), seeds)
    assert "■ 変わったこと\n\n- [更新] DeepSeek — 利用者数(1日当たり): 2000万人 → 3000万人\n" in text
    assert "    新: 「利用者は増えた。」 — テスト新聞 1月28日、題 <http://a.example/1>\n" in text
    assert "**" not in text


def test_what_is_left_out_names_the_page_that_has_it(seeds: Seeds) -> None:
    text = render_text(select(facts(*(change(n) for n in range(MOST_NEW + 2))), seeds), seeds)
    assert "- ほかに2件 (2025-W05.html)\n" in text


def test_hostile_text_stays_on_its_line(seeds: Seeds) -> None:
    text = render_text(select(hostile_week(), seeds), seeds)
    assert not {"\u202e", "\u2066", "\u200b", "\x00", "\r"} & set(text)
    assert "<javascript:" not in text
    assert LONG not in text


@settings(deadline=None)
@given(text=st.text())
def test_no_text_begins_a_line_of_its_own(seeds: Seeds, text: str) -> None:
    bad = evidence(sentence=text, title=text, publisher=text, attribution=text)
    lines = render_text(select(facts(change(evidence=bad, subject=text)), seeds), seeds).encode().splitlines()
    assert len(lines) == len(render_text(select(facts(change()), seeds), seeds).encode().splitlines())


def test_it_is_the_same_in_both_languages_where_articles_speak(seeds: Seeds) -> None:
    digest = select(whole_week(), seeds)
    for text in (render_text(digest, seeds), render_text(digest, seeds, "en")):
        assert "「利用者は増えた。」" in text
        assert "<http://a.example/1>" in text
