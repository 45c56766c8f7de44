from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.reading.relevance import Relevance, RelevanceModel, judge, load_relevance
from seeds import SeedsError, load_seeds
from seeds.loader import BUNDLED

Judge = Callable[[str, str], Relevance]


@pytest.fixture(scope="module")
def judged() -> Judge:
    model: RelevanceModel = load_relevance(load_seeds(BUNDLED))
    return lambda title, text: judge(title, text, model)


@pytest.mark.parametrize(
    "text",
    [
        "東京市場は続落した。\n中国ディープシークの台頭で半導体株に売りが出た。\n円は155円台だった。",
        "AI企業の「ＤｅｅｐＳｅｅｋ」が新しいモデルを出した。",
        "深度求索は杭州に本社を置く人工知能の会社だ。",
        "梁文鋒氏が首相の座談会に招かれた。人工知能の分野からはただ一人だった。",
        "モデル一覧\nDeepSeek-R1:入力0.55ドル、出力2.19ドル",
        "当社はChatGPT、Gemini、DeepSeekの3つのAIについて社内での利用を禁じた。",
    ],
)
def test_one_sentence_that_says_something_is_enough(judged: Judge, text: str) -> None:
    assert judged("きょうの話題", text).relevant


@pytest.mark.parametrize(
    "text",
    [
        "梅が見頃を迎えた。\n【関連】中国ディープシークのアプリが首位に（海外面）／首相の演説（総合面）",
        "新しい表計算の機能が出た。\n注目のキーワード:ChatGPT/Copilot/DeepSeek/Claude",
        "多かった順に「電池 軽い」「DeepSeek アプリ」「加湿器 手入れ」でした。",
        "検索ランキング\n1位 造船(3)\n2位 ディープシーク(11)\n3位 全固体電池(6)\n首位は政府の方針で関心を集めた。",
        "選択肢の表を更新しました。\nChatGPT:米国/Claude:米国/DeepSeek:中国/Gemini:米国",
        "電池の比較です。\n#DeepSeek #AI #生成AI",
        "来月の催しです。\n関連記事\nDeepSeekのアプリを試した感想\nDeepSeekの料金を比べる",
        "各社のAI（ChatGPT、Gemini、Claude、Copilot、DeepSeekなど）が使える端末が発売された。",
    ],
)
def test_a_name_in_a_list_a_link_or_a_ranking_is_not(judged: Judge, text: str) -> None:
    verdict = judged("きょうの話題", text)
    assert not verdict.relevant
    assert verdict.reason == "list only"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("深海の探査計画「ディープ・シーク」が始動", "水深6000メートルの海底を探る。中国の機器は使わない。"),
        ("無人探査機DEEP SEEKERが潜航", "深海の生き物を撮った。"),
        ("深海資源株が高い", "ディープシー・リソーシズは13%高。"),
        ("次世代ディープシークエンスの受託", "DNAの配列を読む。"),
    ],
)
def test_other_things_named_alike_are_told_apart(judged: Judge, title: str, text: str) -> None:
    assert not judged(title, text).relevant


def test_a_short_model_name_counts_only_beside_a_distinct_one(judged: Judge) -> None:
    assert not judged("新型バイク「R1」発表", "V3エンジンを積む。").relevant
    verdict = judged("DeepSeekの新型", "きのう公開された。\nR1は数学に強い。")
    assert verdict.relevant


def test_model_names_do_not_match_within_longer_ones(judged: Judge) -> None:
    assert not judged("通信", "mydeepseekerという利用者がAIの写真を載せた。").relevant
    assert judged("通信", "DeepSeekV3の重みが公開された。").relevant


def test_the_spans_are_the_sentences_that_decided(judged: Judge) -> None:
    text = "円は上昇した。中国ディープシークのAIが売りを誘った。\n銀行株は高い。"
    assert [text[start:end] for start, end in judged("市況", text).spans] == ["中国ディープシークのAIが売りを誘った。"]


def test_without_the_name_nothing_is_said(judged: Judge) -> None:
    assert judged("梅が見頃", "園内は無料。") == Relevance(relevant=False, score=0.0, reason="no name")


def test_a_folder_that_names_no_subject_is_refused(tmp_path: Path) -> None:
    for name in ("topics.toml", "attributes.toml", "entities.toml", "feeds.toml", "claims.toml"):
        (tmp_path / name).write_bytes((BUNDLED / name).read_bytes())
    (tmp_path / "relevance.toml").write_text('[subject]\nentities = ["nobody"]\n', encoding="utf-8")
    with pytest.raises(SeedsError, match=r"relevance\.toml"):
        load_relevance(load_seeds(tmp_path))


def test_another_subject_is_another_folder(tmp_path: Path) -> None:
    for name in ("topics.toml", "attributes.toml", "feeds.toml", "claims.toml"):
        (tmp_path / name).write_bytes((BUNDLED / name).read_bytes())
    (tmp_path / "claims.toml").write_text("", encoding="utf-8")
    (tmp_path / "entities.toml").write_text('[organization]\nhayabusa = ["はやぶさ精機"]\n', encoding="utf-8")
    (tmp_path / "relevance.toml").write_text('[subject]\nentities = ["hayabusa"]\n', encoding="utf-8")
    model = load_relevance(load_seeds(tmp_path))
    assert judge("新工場", "はやぶさ精機は長野に工場を建てる。", model).relevant
    assert not judge("新工場", "DeepSeekはAIを公開した。", model).relevant
