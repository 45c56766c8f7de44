"""Who says it, how sure, denied, past, or no claim: by scope, on sentences of our own."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.claims import sentences
from flows.claims.cues import cues_of, load_cues
from flows.claims.names import NameFinder
from flows.claims.speech import Speech, SpeechContext, analyse, load_speech
from seeds import SeedsError, load_seeds
from seeds.loader import BUNDLED

NAMES = NameFinder(load_seeds(BUNDLED))
CUES = load_speech(BUNDLED)
SHARED = Path(os.environ.get("SHARED", Path(__file__).resolve().parents[3] / "shared"))


def said(text: str, target: str) -> Speech:
    """How the first occurrence of a target in a text is said."""
    split = sentences.split(text)
    at = text.index(target)
    index = next(i for i, s in enumerate(split) if s.start <= at < s.end)
    context = SpeechContext(text, split, NAMES.find(text), CUES, owner="deepseek")
    return context.analyse(index, (at, at + len(target)))


@pytest.mark.parametrize(
    ("text", "target", "who"),
    [
        ("調査会社のみなとリサーチによると、DeepSeekのアプリは国内で120万人が使う。", "120万人", "みなとリサーチ"),
        ("みなとリサーチの調べで、国内の利用者は120万人に上ることが分かった。", "120万人", "みなとリサーチ"),
        ("国内の利用者は120万人だと、調査会社のみなとリサーチが公表した。", "120万人", "みなとリサーチ"),
        (
            "米調査会社「ポートランド・データ」は、利用者が300万人に増えたと発表しました。",
            "300万人",
            "ポートランド・データ",
        ),
        (
            "米紙ニューポート・タイムズは、DeepSeekの従業員が200人に達したと伝えている。",
            "200人",
            "ニューポート・タイムズ",
        ),
        ("香港紙の香江日報が30日報じたところによると、従業員は200人に増えた。", "200人", "香江日報"),
        ("フォーブス誌の長者番付によれば、梁氏の資産は115億ドル。", "115億ドル", "フォーブス"),
        ("「利用者は120万人を超えた」。DeepSeekの広報担当者はそう話す。", "120万人", "deepseek"),
        ("利用者は120万人を超えた。DeepSeekが25日発表した。", "120万人", "deepseek"),
        ("DeepSeekは25日、利用者が120万人を超えたことを明らかにした。", "120万人", "deepseek"),
        ("DeepSeekは利用者数を120万人としている。", "120万人", "deepseek"),
        ("梁文鋒氏は「値下げは終わらない。利益率は7割ある」と語った。", "7割", "liang-wenfeng"),
        ("売上高は2億ドルに達したと関係者は明かす。", "2億ドル", "関係者"),
        ("売上高は2億ドル程度とされる。", "2億ドル程度", None),
        ("売上高は2億ドルに上るらしい。", "2億ドル", None),
        ("売上高は2億ドルに達した(みなとリサーチ調べ)。", "2億ドル", "みなとリサーチ"),
    ],
)
def test_reported_with_its_speaker(text: str, target: str, who: str | None) -> None:
    speech = said(text, target)
    assert (speech.modality, speech.attribution) == ("reported", who)


@pytest.mark.parametrize(
    ("text", "target", "who"),
    [
        ("V3の学習費は557万6000ドル、と論文は記す。", "557万6000ドル", "deepseek"),
        ("プライバシーポリシーには、データを中国に保存すると書かれている。", "中国に保存", "deepseek"),
        ("同社の資料では、利益率は545%だという。", "545%", "deepseek"),
        ("V3の論文に記された学習費557万6000ドルは安い。", "557万6000ドル", "deepseek"),
    ],
)
def test_a_document_speaks_for_its_maker(text: str, target: str, who: str) -> None:
    speech = said(text, target)
    assert (speech.modality, speech.attribution) == ("reported", who)


@pytest.mark.parametrize(
    ("text", "target", "who"),
    [
        ("従業員は200人に達した模様だ。", "200人", None),
        ("従業員は200人前後と推定されている。", "200人前後", None),
        ("アナリストの間では、学習費は1億ドルに達したとの見方が多い。", "1億ドル", "アナリスト"),
        ("東都証券のアナリスト、森田健氏は学習費を1億ドルと見積もっている。", "1億ドル", "森田健"),
        ("さくら総研の佐伯主任研究員は「学習費は1億ドル近い」と分析する。", "1億ドル", "佐伯"),
        ("調査会社オムニテックの推計を基にすると、売上高は2億ドルを超える。", "2億ドル", "オムニテック"),
        ("オムニテックは売上高が2億ドルを超えたとの推計を公表した。", "2億ドル", "オムニテック"),
        ("オムニテックがはじいた売上高は2億ドルだ。", "2億ドル", "オムニテック"),
    ],
)
def test_estimated(text: str, target: str, who: str | None) -> None:
    speech = said(text, target)
    assert (speech.modality, speech.attribution) == ("estimated", who)


@pytest.mark.parametrize(
    ("text", "target", "who"),
    [
        ("DeepSeekは5月にR2を公開する予定だ。", "5月", None),
        ("DeepSeekはR2を5月に公開する方針を固めた。", "5月", None),
        ("DeepSeekは5月にもR2を公開するとみられる。", "5月", None),
        ("DeepSeekは来年、従業員を300人に増やす。", "300人", None),
        ("料金は7月1日から2元になる。", "2元", None),
        ("同社は年内に1000人を採用したい考えだ。", "1000人", None),
        ("V4の公開は秋以降になりそうだ。", "秋", None),
        ("DeepSeekは来春、東京に拠点を開くと明らかにした。", "来春", "deepseek"),
        ("関係者によると、DeepSeekは来月にも20億ドルを調達する見込みという。", "20億ドル", "関係者"),
    ],
)
def test_planned_whoever_tells_it(text: str, target: str, who: str | None) -> None:
    speech = said(text, target)
    assert (speech.modality, speech.attribution) == ("planned", who)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("DeepSeekは5月にR2を公開した。", "5月"),
        ("料金は2元になる。", "2元"),
        ("1月末に首位だったアプリの順位は38位に沈む。", "38位"),
        ("イタリアの個人データ保護当局は30日、DeepSeekの利用を禁じた。", "利用を禁じ"),
        ("学習費は560万ドルではなく、13億ドルだった。", "13億ドル"),
        ("V3は安いだけではなく、性能でもo1に並ぶ71%を記録した。", "71%"),
        ("計画を繰り上げて社内にR1を導入した。", "導入し"),
        ("データを漏らしたのではないかとみて調べている。", "漏らした"),
    ],
)
def test_the_bare_fact_is_asserted_and_affirmed(text: str, target: str) -> None:
    speech = said(text, target)
    assert (speech.modality, speech.polarity, speech.attribution) == ("asserted", "affirmed", None)


@pytest.mark.parametrize(
    ("text", "target", "who"),
    [
        ("DeepSeekは、20億ドルを調達するとの報道を否定した。", "20億ドル", "deepseek"),
        ("20億ドルを調達するとの報道が流れたが、DeepSeekは即座に打ち消した。", "20億ドル", "deepseek"),
        (
            "DeepSeekが20億ドルを調達するとの報道について、同社は「事実ではない」とコメントした。",
            "20億ドル",
            "deepseek",
        ),
        ("SNSでは20億ドルを調達するとの投稿が出回った。DeepSeekは「デマだ」としている。", "20億ドル", "deepseek"),
        ("「20億ドルを調達した」。そんな投稿が広がったが、DeepSeekは否定した。", "20億ドル", "deepseek"),
        ("R2の8月公開説について、DeepSeekは「誤報だ」と回答した。", "8月", "deepseek"),
        ("DeepSeekは「禁輸品を使った事実はない」と述べた。", "禁輸品を使った", "deepseek"),
        ("DeepSeekは禁輸品を使っていないと主張する。", "禁輸品を使って", "deepseek"),
        ("エヌビディアは密輸の指摘を「作り話だ」と一蹴した。", "密輸の指摘", "nvidia"),
        ("韓国政府はDeepSeekの全面禁止は考えていないと説明した。", "全面禁止は考えて", "韓国政府"),
        ("学習費が560万ドルだったわけではない。", "560万ドル", None),
        ("学習費は560万ドルではなく、13億ドルだった。", "560万ドル", None),
    ],
)
def test_denied(text: str, target: str, who: str | None) -> None:
    speech = said(text, target)
    assert (speech.modality, speech.polarity, speech.attribution) == ("reported", "denied", who)
    assert "deny:" in speech.reason


def test_a_denial_keeps_to_its_own_scope() -> None:
    text = "DeepSeekは、H100を5万個持つとの指摘を否定し、学習に使ったのは2048個だと説明している。"
    assert said(text, "5万個").polarity == "denied"
    assert said(text, "2048個").polarity == "affirmed"


def test_an_accuser_who_is_named_keeps_his_claim_when_the_accused_denies_it() -> None:
    text = "OpenAIは、DeepSeekが出力を蒸留に使ったと訴えた。DeepSeekは「根拠がない」とこの主張を退けた。"
    speech = said(text, "蒸留に使った")
    assert (speech.polarity, speech.attribution) == ("affirmed", "openai")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("学習費は本当に560万ドルだったのか。", "560万ドル"),
        ("――R1の学習費は600万ドルでしたか。", "600万ドル"),
        ("学習費が560万ドルなら、投資家は慌てるだろう。", "560万ドル"),
        ("もし利用者が1億人に達すれば、サーバーは足りなくなる。", "1億人"),
        ("仮に学習費を560万ドルとしよう。", "560万ドル"),
        ("次のモデルは1兆パラメータになるかもしれない。", "1兆"),
        ("利用者が1億人に達したかどうかは分からない。", "1億人"),
        ("DeepSeekには利用者を1億人に増やしてほしい。", "1億人"),
    ],
)
def test_questions_conditions_and_guesses_are_no_claims(text: str, target: str) -> None:
    speech = said(text, target)
    assert not speech.claim
    assert speech.reason in {"question", "hypothesis", "guess"}


def test_what_somebody_guesses_is_a_claim() -> None:
    assert said("さくら総研の佐伯氏は「学習費は1億ドルを超えるだろう」とみる。", "1億ドル").claim


def test_what_a_finished_relative_clause_tells_is_not_asked() -> None:
    assert said("10月20日に公開した新モデル、もう試しましたか?", "10月20日").claim


@pytest.mark.parametrize(
    ("text", "target", "past"),
    [
        ("1月時点では利用者は2000万人だった。", "2000万人", True),
        ("利用者は1月の2000万人から3000万人に増えた。", "2000万人", True),
        ("利用者は1月の2000万人から3000万人に増えた。", "3000万人", False),
        ("出力の料金は従来の8元から4元に下がる。", "8元", True),
        ("出力の料金を8元から4元へ引き下げた。", "4元", False),
        ("これまで8元だった料金は、きょうから4元になる。", "8元", True),
        ("当初は5月に公開する計画だったが、7月に先送りした。", "5月", True),
        ("利用者は昨年末には40万人いたが、足元では7万人にとどまる。", "40万人", True),
        ("利用者は昨年末には40万人いたが、足元では7万人にとどまる。", "7万人", False),
        ("社員は1年前の100人に対し、200人になった。", "100人", True),
        ("比率は5%から13%の間に収まる。", "5%", False),
        ("利用者は27日時点で3000万人に上る。", "3000万人", False),
    ],
)
def test_what_the_text_itself_places_in_the_past(text: str, target: str, past: bool) -> None:
    assert said(text, target).past is past


def test_one_source_goes_on_while_its_figures_do() -> None:
    text = (
        "さくら総研の試算では、学習費は1億ドルに上る。内訳は人件費が4000万ドル、設備が6000万ドルだ。"
        "一方、DeepSeekの社員は200人を超えた。"
    )
    assert said(text, "4000万ドル").attribution == "さくら総研"
    assert said(text, "4000万ドル").modality == "estimated"
    assert said(text, "200人").modality == "asserted"


def test_hearsay_is_the_last_speakers() -> None:
    text = "香港紙の香江日報は、社員の旅券が集められたと報じた。旅券は親会社が保管しているという。"
    assert said(text, "親会社が保管").attribution == "香江日報"


def test_turns_of_an_interview_are_their_speakers() -> None:
    text = (
        "森田健社長に聞いた。\n――学習費をどうみますか。\n森田氏:DeepSeekの学習費は1億ドルですよ。"
        "\n――社員は?\n森田氏:150人です。"
    )
    speech = said(text, "1億ドル")
    assert (speech.modality, speech.attribution) == ("reported", "森田健")


def test_speaker_before_a_quotation_of_its_own() -> None:
    text = "森田氏「社員は150人です」\n「学習費は1億ドルです」"
    assert said(text, "150人").attribution == "森田"
    assert said(text, "1億ドル").attribution == "森田"


def test_headline_that_ends_with_a_direction_is_a_plan() -> None:
    assert said("■R2を5月公開へ\n本文はここに続く。", "5月").modality == "planned"


def test_the_shorthand_answers_like_the_context() -> None:
    text = "DeepSeekは25日、利用者が120万人を超えたと発表した。"
    at = text.index("120万人")
    speech = analyse(text, sentences.split(text), 0, (at, at + 5), NAMES.find(text), CUES)
    assert speech == said(text, "120万人")


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="「」『』()、。はがをにとのもいうたるよ述べ発表DeepSeek12万人?か\n", max_size=120), st.data())
def test_any_text_is_answered_and_always_alike(text: str, data: st.DataObject) -> None:
    split = sentences.split(text)
    if not split:
        return
    index = data.draw(st.integers(0, len(split) - 1))
    start = data.draw(st.integers(split[index].start, split[index].end - 1))
    span = (start, data.draw(st.integers(start + 1, split[index].end)))
    first = SpeechContext(text, split, NAMES.find(text), CUES).analyse(index, span)
    assert first == SpeechContext(text, split, NAMES.find(text), CUES).analyse(index, span)
    assert first.modality in {"asserted", "reported", "estimated", "planned"}


def test_a_seeds_folder_without_cues_is_said(tmp_path: Path) -> None:
    with pytest.raises(SeedsError, match=r"speech\.toml is missing"):
        load_cues(tmp_path)


def test_an_incomplete_file_names_what_is_missing() -> None:
    with pytest.raises(SeedsError, match="say"):
        cues_of({})


@pytest.mark.skipif(not (SHARED / "eval/dev/articles.jsonl").exists(), reason="the labelled articles are not here")
def test_labelled_figures_are_said_as_they_are_marked() -> None:
    right = told = 0
    for line in (SHARED / "eval/dev/articles.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        text = "\n".join(record["paragraphs"])
        split = sentences.split(text)
        context = SpeechContext(text, split, NAMES.find(text), CUES, owner="deepseek")
        for claim in record["gold"].get("claims", []):
            at = text.find(claim["evidence"])
            middle = at + len(claim["evidence"]) // 2
            index = next((i for i, s in enumerate(split) if s.start <= middle < s.end), None)
            if at >= 0 and index is not None:
                told += 1
                right += context.analyse(index, (middle, middle + 1)).modality == claim["modality"]
    assert right / told >= 0.9
