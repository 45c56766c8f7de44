from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from flows.claims.extract import ClaimKnowledge, extract, load_claim_knowledge
from flows.claims.frames import load_frames
from flows.model import JST, Article, Observation
from seeds import Seeds, SeedsError
from tests.claims.articles import article as made

DAY = dt.datetime(2025, 2, 10, 12, tzinfo=JST)


@pytest.fixture(scope="module")
def knowledge(seeds: Seeds) -> ClaimKnowledge:
    return load_claim_knowledge(seeds)


def article(text: str, **changes: object) -> Article:
    return made(text, **{"published_at": DAY, "seen_at": DAY, **changes})


def found(text: str, attribute: str, knowledge: ClaimKnowledge) -> list[Observation]:
    return [o for o in extract(article(text), knowledge).observations if o.attribute == attribute]


@pytest.mark.parametrize(
    ("text", "attribute", "subject", "low", "high", "unit"),
    [
        (
            "ディープシークは「V3」の学習にかかった費用を約560万ドルと公表した。",
            "training_cost",
            "deepseek-v3",
            5.6e6,
            5.6e6,
            "USD",
        ),
        ("V3の学習費は５６０万ドル未満だった。", "training_cost", "deepseek-v3", 0, 5.6e6, "USD"),
        ("ディープシークの従業員は百六十人だ。", "headcount", "deepseek", 160, 160, "people"),
        ("R1の総パラメータ数は6710億である。", "total_parameters", "deepseek-r1", 6.71e11, 6.71e11, "parameters"),
        ("V3の学習には14兆8000億トークンを使った。", "training_tokens", "deepseek-v3", 1.48e13, 1.48e13, "tokens"),
        ("R1の料金はo1の27分の1だ。", "price_ratio", "deepseek-r1", 1 / 27, 1 / 27, "ratio"),
        (
            "エヌビディアの株価は27日、ディープシークへの警戒から17%下落した。",
            "stock_change",
            "nvidia",
            -17,
            -17,
            "percent",
        ),
        (
            "ディープシークのアプリは日本のApp Storeの無料ランキングで4位に入った。",
            "app_rank",
            "deepseek",
            4,
            4,
            "rank",
        ),
        ("V3の学習は約2カ月で終えた。", "training_duration", "deepseek-v3", 60, 60, "days"),
    ],
)
def test_numbers_of_every_kind_are_found(
    text: str, attribute: str, subject: str, low: float, high: float, unit: str, knowledge: ClaimKnowledge
) -> None:
    claims = found(text, attribute, knowledge)
    assert [(o.subject, o.value.unit) for o in claims] == [(subject, unit)]
    assert claims[0].value.low == pytest.approx(low)
    assert claims[0].value.high == pytest.approx(high)


def test_a_date_is_resolved_against_the_publication(knowledge: ClaimKnowledge) -> None:
    (claim,) = found("ディープシークは1月20日、推論モデル「R1」を公開した。", "release_date", knowledge)
    assert claim.value.start == claim.value.end == dt.date(2025, 1, 20)


def test_a_status_has_its_place_and_scope(knowledge: ClaimKnowledge) -> None:
    (claim,) = found("オーストラリアは政府の端末でディープシークの使用を禁止した。", "ban", knowledge)
    assert (claim.value.text, dict(claim.qualifiers)) == ("banned", {"place": "AU", "scope": "government"})


def test_an_entity_is_found(knowledge: ClaimKnowledge) -> None:
    (claim,) = found("ディープシークは浙江省杭州市に本社を置く。", "headquarters", knowledge)
    assert claim.value.text == "hangzhou"


def test_a_conversion_in_brackets_is_no_second_claim(knowledge: ClaimKnowledge) -> None:
    assert len(found("V3の学習費は557万6000ドル(約8億7000万円)だった。", "training_cost", knowledge)) == 1


def test_a_rivals_figure_is_not_given_to_the_subject(knowledge: ClaimKnowledge) -> None:
    assert not found("o1の料金は出力が60ドルだ。", "api_price", knowledge)


def test_questions_and_hypotheses_are_no_claims(knowledge: ClaimKnowledge) -> None:
    text = "もしV3の学習費が1億ドルなら、話は変わる。V3の学習費は本当に560万ドルなのか。"
    result = extract(article(text), knowledge)
    assert not [o for o in result.observations if o.attribute == "training_cost"]
    assert {s.reason for s in result.set_aside} & {"question", "hypothesis"}


def test_every_claim_stands_at_its_place_in_the_text(knowledge: ClaimKnowledge) -> None:
    text = "序文。\nディープシークの従業員は160人だ。R1の総パラメータ数は6710億である。"
    for observation in extract(article(text), knowledge).observations:
        assert text[observation.char_start : observation.char_end] in observation.sentence
        assert observation.sentence in text


def test_copies_and_other_articles_have_no_claims_of_their_own(knowledge: ClaimKnowledge) -> None:
    text = "ディープシークの従業員は160人だ。"
    assert not extract(article(text, duplicate_of="b"), knowledge).observations
    assert not extract(article(text, relevant=False), knowledge).observations


def test_the_same_text_gives_the_same_observations(knowledge: ClaimKnowledge) -> None:
    text = "ディープシークの従業員は160人だ。V3の学習費は560万ドルだった。"
    assert extract(article(text), knowledge) == extract(article(text), knowledge)


@pytest.mark.parametrize("text", ["", "。", "「" * 500, "\n\n\n", "1" * 3000, "ディープシーク" * 400])
def test_no_text_is_too_strange(text: str, knowledge: ClaimKnowledge) -> None:
    extract(article(text), knowledge)


@pytest.mark.timeout(30)
def test_no_pattern_runs_wild_on_a_long_sentence(knowledge: ClaimKnowledge) -> None:
    parts = (
        "ディープシークの創業者で、",
        "幻方の、は、で、の",
        "学習に使った「H800」を、",
        "公開した、公開された、",
        "100万トークン当たり、",
    )
    for part in (*parts, "".join(parts)):
        extract(article(part * 60 + "。"), knowledge)


def test_a_note_of_correction_repeats_what_was_wrong_and_claims_nothing(knowledge: ClaimKnowledge) -> None:
    text = "ディープシークの従業員は160人だ。\n【訂正】従業員を200人としましたが、160人の誤りでした。"
    assert [o.value.low for o in found(text, "headcount", knowledge)] == [160]


def test_what_is_announced_about_a_model_is_not_its_release(knowledge: ClaimKnowledge) -> None:
    assert not found("ディープシークは12日、「R1」のAPI料金を据え置くと発表した。", "release_status", knowledge)
    assert not found("ディープシークは6日、次期モデル「R2」の公開を延期すると発表した。", "release_date", knowledge)


def test_whoever_is_quoted_does_not_do_what_is_told(knowledge: ClaimKnowledge) -> None:
    text = "調査会社アクアデータによりますと、ディープシークのアプリを1日に使う人は3200万人に増えました。"
    assert not found(text, "adopted_by", knowledge)
    assert [o.value.low for o in found(text, "users", knowledge)] == [32_000_000]


def test_a_table_of_modalities_in_another_form_is_named(seeds: Seeds) -> None:
    released = seeds.attributes["release_status"]
    wrong = dataclasses.replace(released, extra={**released.extra, "by_modality": {"planned": "planned"}})
    changed = dataclasses.replace(seeds, attributes={**seeds.attributes, "release_status": wrong})
    with pytest.raises(SeedsError, match="by_modality of release_status"):
        load_frames(changed)
