"""Sentences: where they end, what stays whole, and what kind of line they stand in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.claims.sentences import split

TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("あア漢。！？!?「」『』()（）【】・■●1.:：―|/ \u3000\n\t\rQA氏、"), st.characters()
    )
)


@given(TEXTS)
def test_sentences_cover_all_that_is_no_space_in_order(text: str) -> None:
    position = 0
    for sentence in split(text):
        assert position <= sentence.start < sentence.end
        assert text[position : sentence.start].strip() == ""
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
        assert sentence.paragraph == text.count("\n", 0, sentence.start)
        assert "\n" not in sentence.text
        position = sentence.end
    assert text[position:].strip() == ""


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("公開した。話題になった。", ["公開した。", "話題になった。"]),
        ("本当か？そうだ！", ["本当か？", "そうだ！"]),
        ("氏は「安い。速い。」と述べた。次へ。", ["氏は「安い。速い。」と述べた。", "次へ。"]),
        ("氏は「安い」。次へ。", ["氏は「安い」。", "次へ。"]),
        ("「安い。」「速い。」", ["「安い。」", "「速い。」"]),
        ("同社(杭州市。浙江省)は公開した。", ["同社(杭州市。浙江省)は公開した。"]),
        ("「閉じない引用。続き。", ["「閉じない引用。", "続き。"]),
        ("「外は『中。』だ。」と話す。", ["「外は『中。』だ。」と話す。"]),
        ("Yahoo!ニュースが報じた。3.5%だ。", ["Yahoo!ニュースが報じた。", "3.5%だ。"]),
        ("公開した。(共同)", ["公開した。", "(共同)"]),
        ("前の行\n次の行", ["前の行", "次の行"]),
    ],
)
def test_where_sentences_end(text: str, sentences: list[str]) -> None:
    assert [sentence.text for sentence in split(text)] == sentences


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("中国の新興企業が公開した。", "prose"),
        ("■ まず料金から", "heading"),
        ("【海外】", "heading"),
        ("### 価格戦争", "heading"),
        ("自由記述より", "heading"),
        ("・台湾:政府機関での使用を制限した。", "item"),
        ("1. 公式サイトを開きます。", "item"),
        ("▽学習期間:3週間", "item"),
        ("・DeepSeek-V3 0.27ドル/1.10ドル", "row"),
        ("総パラメータ数 | 1.6兆 | 2840億", "row"),
        ("【ローマ】イタリアで29日、姿を消した。", "prose"),
    ],
)
def test_kinds_of_lines(line: str, kind: str) -> None:
    assert {sentence.kind for sentence in split(line)} == {kind}


def test_speakers_have_their_turns() -> None:
    found = split("――安さの理由は。\n梁文鋒:計算しただけです。赤字でもない。\n――今後は。\n梁文鋒:変えません。")
    assert [(sentence.kind, sentence.speaker) for sentence in found] == [
        ("turn", "Q"),
        ("turn", "梁文鋒"),
        ("turn", "梁文鋒"),
        ("turn", "Q"),
        ("turn", "梁文鋒"),
    ]
    assert [(s.kind, s.speaker) for s in split("Q:なぜですか。\nA:安いからです。")] == [("turn", "Q"), ("turn", "A")]


def test_an_answer_in_quotes_belongs_to_the_interview() -> None:
    assert [s.speaker for s in split("――要点は。\n「強化学習です。それだけです」")] == ["Q", "A"]


def test_a_label_is_no_speaker() -> None:
    assert [sentence.kind for sentence in split("注意:料金は税別です。")] == ["prose"]
