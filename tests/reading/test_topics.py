from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from flows.reading.learning import content_terms, learn, profiles_toml, write_profiles
from flows.reading.topic_features import features, load_terms
from flows.reading.topics import THRESHOLD, TopicModel, classify, load_topics, weigh
from seeds import SeedsError, load_seeds
from seeds.loader import BUNDLED

SHARED = Path(os.environ.get("SHARED", BUNDLED.parent.parent / "shared"))


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return load_topics(load_seeds(BUNDLED))


def found(model: TopicModel, title: str, text: str) -> set[str]:
    return {score.topic for score in classify(title, text, model)}


@pytest.mark.parametrize(
    ("title", "text", "topic"),
    [
        ("韓国、公用端末で使用禁止", "韓国の国防省は職員の端末でディープシークを使うことを禁じた。", "policy"),
        ("半導体株が急落", "ディープシークの登場を受け、東京市場でアドバンテストの株価は9%安で引けた。", "market"),
        ("API料金を値下げ", "DeepSeekはAPI料金を100万トークン当たり0.2ドルに引き下げた。", "pricing"),
        ("創業者の素顔", "ディープシーク創業者の梁文鋒氏は広東省の生まれで、浙江大学を卒業した。", "founder"),
        ("新モデル公開", "DeepSeekは30日、後継モデル「V9」を公開した。ベンチマークの正答率は91%だった。", "models"),
        ("学習費の内訳", "V3の学習費は560万ドルで、H800を2048個使ったと論文は記す。", "cost"),
        (
            "会話の記録が流出",
            "DeepSeekのデータベースが外部から閲覧できる状態で、会話の記録が漏えいしていた。",
            "safety",
        ),
        ("重みを配布", "R1の重みはMITライセンスで公開され、商用利用も改変も認められている。", "open_source"),
        ("密輸の疑い", "米商務省は、輸出規制の対象の半導体が第三国を経由してディープシークに渡ったとみる。", "chips"),
        ("無断で蒸留か", "オープンAIは、出力を無断で蒸留に使い規約に違反した証拠があると主張した。", "data_misuse"),
        ("社員は若手ばかり", "DeepSeekの従業員は約150人で、新卒の若手を採用し、職歴は問わない。", "talent"),
        ("銀行が審査に導入", "地方銀行が融資の審査にDeepSeekのR1を導入し、業務に活用し始めた。", "adoption"),
        (
            "注意機構を見直す",
            "論文によれば混合エキスパートと疎な注意機構を組み合わせ、強化学習で鍛えた。",
            "architecture",
        ),
    ],
)
def test_a_sentence_of_substance_gives_its_topic(model: TopicModel, title: str, text: str, topic: str) -> None:
    assert topic in found(model, title, text)


def test_an_article_can_have_several_topics_or_none(model: TopicModel) -> None:
    text = "創業者の梁文鋒氏は浙江大学の出身だ。\n韓国政府は職員の端末での使用を禁止した。\n株価は17%安となった。"
    assert {"founder", "policy", "market"} <= found(model, "ディープシークの1カ月", text)
    assert found(model, "朝の挨拶", "ディープシークという名を、電車の中で初めて耳にした。") == set()
    assert classify("", "", model) == ()


def test_scores_are_shares_over_the_threshold_the_surest_first(model: TopicModel) -> None:
    topics = classify("株価が急落", "ディープシークの登場で株価は17%安となり、時価総額が減った。", model)
    assert [t.score for t in topics] == sorted((t.score for t in topics), reverse=True)
    assert all(THRESHOLD <= t.score <= 1 for t in topics)


def test_a_topic_is_explained_by_its_passage_and_terms(model: TopicModel) -> None:
    text = "ディープシークが話題だ。\n韓国政府は職員の端末での使用を禁止した。"
    best = weigh("きょうの話題", text, model)[0]
    assert best.topic == "policy"
    assert best.passage is not None
    assert text[best.passage.start : best.passage.end] == "韓国政府は職員の端末での使用を禁止した。"
    assert "政府" in best.terms
    assert not any(term[0] in "=~" for term in best.terms)


def test_the_same_text_gives_the_same_scores_whatever_its_typography(model: TopicModel) -> None:
    narrow = "APIの料金は100万トークン当たり2.19ドルで、半額になる。"
    wide = "ＡＰＩの料金は１００万トークン当たり２．１９ドルで、半額になる。"
    assert classify("料金", narrow, model) == classify("料金", wide, model)


def folder_with(tmp_path: Path, topics: str) -> Path:
    for name in ("attributes.toml", "feeds.toml"):
        (tmp_path / name).write_bytes((BUNDLED / name).read_bytes())
    (tmp_path / "entities.toml").write_text('[organization]\nhayabusa = ["はやぶさ精機"]\n', encoding="utf-8")
    (tmp_path / "claims.toml").write_text("", encoding="utf-8")
    (tmp_path / "topics.toml").write_text(topics, encoding="utf-8")
    return tmp_path


TOPICS = """
[groups]
subject = ["hayabusa"]
[[topic]]
id = "factory"
cues = ["工場", "生産ライン", "工場&稼働"]
[[topic]]
id = "sport"
"""


def test_other_topics_need_other_data_alone(tmp_path: Path) -> None:
    model = load_topics(load_seeds(folder_with(tmp_path, TOPICS)))
    assert found(model, "新工場", "はやぶさ精機の工場が稼働し、生産ラインが動き出した。") == {"factory"}
    assert found(model, "人事", "はやぶさ精機は社長の交代を決めた。") == set()


def test_profiles_are_learned_from_documents_as_terms_without_sentences(tmp_path: Path) -> None:
    seeds = load_seeds(folder_with(tmp_path, TOPICS))
    documents = [
        (
            "工場",
            "新しい工場では溶接ロボットが働く。\n生産ラインの溶接ロボットは夜も動く。\n工場の溶接ロボットを増やす。",
            ["factory"],
        ),
        ("野球", "社会人野球の決勝に進んだ。\n社会人野球で優勝した。\n社会人野球の監督が語る。", ["sport"]),
    ]
    profiles = learn(documents, load_terms(seeds, {}))
    assert "溶接ロボット" in profiles["factory"]
    assert "社会人野球" in profiles["sport"]
    assert all(0 < weight < 3 and len(term) < 20 for terms in profiles.values() for term, weight in terms.items())
    assert profiles == learn(documents, load_terms(seeds, {}))
    before = weigh("決勝", "社会人野球の決勝で勝った。", load_topics(seeds))[0]
    write_profiles(tmp_path / "topic_profiles.toml", profiles)
    after = weigh("決勝", "社会人野球の決勝で勝った。", load_topics(load_seeds(tmp_path)))[0]
    assert (after.topic, after.score > before.score) == ("sport", True)


def test_terms_are_words_and_pairs_of_words_as_they_are_written() -> None:
    assert content_terms("輸出規制は#枚のことだ") == ["輸出", "規制", "輸出規制"]


def test_profiles_with_quotes_stay_toml(tmp_path: Path) -> None:
    path = tmp_path / "topic_profiles.toml"
    write_profiles(path, {"factory": {'"\\引用': 0.5}})
    assert profiles_toml({"factory": {'"\\引用': 0.5}}) == path.read_text(encoding="utf-8")
    assert load_topics(load_seeds(folder_with(tmp_path, TOPICS))).terms.profiles == {'"\\引用': (("factory", 0.5),)}


@pytest.mark.parametrize("damage", ["{", "[]", '{"weights": {}}', '{"biases": {}, "weights": {"a": 1}}'])
def test_damaged_weights_are_reported_with_their_file(tmp_path: Path, damage: str) -> None:
    (folder_with(tmp_path, TOPICS) / "topic_weights.json").write_text(damage, encoding="utf-8")
    with pytest.raises(SeedsError, match=r"topic_weights\.json"):
        load_topics(load_seeds(tmp_path))


def test_damaged_profiles_are_reported_with_their_file(tmp_path: Path) -> None:
    (folder_with(tmp_path, TOPICS) / "topic_profiles.toml").write_text('factory = "工場"\n', encoding="utf-8")
    with pytest.raises(SeedsError, match=r"topic_profiles\.toml"):
        load_topics(load_seeds(tmp_path))


def test_the_bundled_weights_speak_of_topics_and_features_that_exist(model: TopicModel) -> None:
    raw = json.loads((BUNDLED / "topic_weights.json").read_text(encoding="utf-8"))
    assert set(raw["biases"]) == set(model.terms.topics)
    assert {topic for row in raw["weights"].values() for topic in row} <= set(model.terms.topics)
    entities = {feature for names in model.terms.groups.values() for feature in names}
    asked = {part for cues in model.terms.cues.values() for _, parts in cues for part in parts if part[0] == "@"}
    assert asked <= entities


def test_features_tell_names_numbers_and_places(model: TopicModel) -> None:
    title, body = features("DeepSeekの話", [], model.terms)[0], "x"
    assert {"@deepseek", "@subject", "~title", "~near"} <= title
    assert body not in title


@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the seed documents are not at hand")
def test_no_profile_term_is_a_sentence_of_a_seed_document() -> None:
    profiles = load_seeds(BUNDLED).extra("topic_profiles.toml")
    assert max(len(term) for terms in profiles.values() for term in terms) <= 20
