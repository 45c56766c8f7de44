from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.reading.normalize import content_hash, normalized, skeleton

TEXTS = st.text() | st.text("ａ１１２年ｶﾞが「」、。〜～－—-'’\u3000 \u200b\r\n\u2028ﬁ①㎏℃", max_size=40)


@settings(deadline=None)
@given(TEXTS)
def test_normalizing_twice_changes_nothing_more(text: str) -> None:
    assert normalized(normalized(text)) == normalized(text)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_a_normalized_text_has_the_hash_of_its_original(title: str, text: str) -> None:
    assert content_hash(normalized(title), normalized(text)) == content_hash(title, text)


@settings(deadline=None)
@given(TEXTS)
def test_a_skeleton_is_the_same_for_a_text_spread_over_lines(text: str) -> None:
    assert skeleton("\n\n".join(normalized(text).split("\n"))) == skeleton(text)


def test_width_blanks_quotes_and_dashes_are_one_spelling() -> None:
    assert normalized("“Ｒ１”は　３月〜５月に―\r\n\r\n公開") == '"R1"は 3月~5月に-\n公開'


def test_typography_alone_makes_no_other_hash() -> None:
    plain = content_hash("22日に公開", "価格は1,000円、0.5%の値下げ。「R1」が対象だ。")
    assert content_hash("２２日に公開", "価格は１０００円、０．５％の値下げ。\n『R1』が対象だ。") == plain


def test_another_number_makes_another_hash() -> None:
    assert content_hash("", "下落率は0.5%だった") != content_hash("", "下落率は05%だった")
    assert content_hash("", "5930億ドル減った") != content_hash("", "5890億ドル減った")
    assert content_hash("見出し", "本文") != content_hash("見出し本文", "")
