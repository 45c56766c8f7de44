"""How values, qualifiers and claims read, in Japanese and in English."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.model import Value
from flows.wording import attribute_of, name_words, qualifier_words, statement, value_words
from seeds.loader import BUNDLED, Seeds, load_seeds

SEEDS = load_seeds(BUNDLED)


def words(attribute: str, value: Value) -> tuple[str, str]:
    found = attribute_of(attribute, SEEDS)
    return value_words(value, found, SEEDS, "ja"), value_words(value, found, SEEDS, "en")


def amount(low: float | None, high: float | None, unit: str, **more: object) -> Value:
    return Value(low=low, high=high, unit=unit, approximate=bool(more.get("about")), text=str(more.get("text") or ""))


@pytest.mark.parametrize(
    ("attribute", "value", "ja", "en"),
    [
        ("training_cost", amount(5.6e6, 5.6e6, "USD"), "560万ドル", "$5.6 million"),
        ("training_cost", amount(5.6e6, 5.6e6, "USD", about=True), "約560万ドル", "about $5.6 million"),
        ("training_cost", amount(5_576_000, 5_576_000, "USD"), "557万6000ドル", "$5.576 million"),
        ("training_cost", amount(0, 6e6, "USD"), "600万ドル未満", "less than $6 million"),
        ("training_cost", amount(None, 6e6, "USD", text="600万ドル以下"), "600万ドル以下", "up to $6 million"),
        ("training_cost", amount(5e8, None, "USD"), "5億ドル超", "more than $500 million"),
        ("gpus_owned", amount(50_000, None, "GPUs", text="5万個以上"), "5万基以上", "at least 50,000 GPUs"),
        ("funding", amount(1e9, 9_999_999_999, "USD"), "数十億ドル", "$1 billion to $10 billion"),
        ("downloads", amount(1000, 9999, "downloads"), "数千回", "1,000 to 9,999 downloads"),
        ("funding", amount(6e8, 7e8, "USD"), "6億〜7億ドル", "$600 million to $700 million"),
        ("market_cap_change", amount(-5.89e11, -5.89e11, "USD"), "-5890億ドル", "-$589 billion"),
        ("api_price", amount(0.27, 0.27, "USD"), "0.27ドル", "$0.27"),
        ("api_price", amount(0.0028, 0.0028, "USD"), "0.0028ドル", "$0.0028"),
        ("api_price", amount(8, 8, "CNY"), "8元", "8 yuan"),
        ("assets_managed", amount(6e10, 6e10, "CNY"), "600億元", "60 billion yuan"),
        ("valuation", amount(1e6, 1e6, "XYZ"), "100万 XYZ", "1 million XYZ"),
        ("training_tokens", amount(1.48e13, 1.48e13, "tokens"), "14兆8000億トークン", "14.8 trillion tokens"),
        ("total_parameters", amount(6.71e11, 6.71e11, "parameters"), "6710億", "671 billion"),
        ("context_length", amount(128_000, 128_000, "tokens"), "12万8000トークン", "128,000 tokens"),
        ("training_gpu_hours", amount(2_788_000, 2_788_000, "GPU hours"), "278万8000時間", "2.788 million GPU hours"),
        ("headcount", amount(1, 1, "people"), "1人", "1 person"),
        ("age", amount(39, 39, "years"), "39歳", "39"),
        ("hiring_experience", amount(3, 5, "years"), "3〜5年", "3 to 5 years"),
        ("training_duration", amount(55, 55, "days"), "55日", "55 days"),
        ("price_ratio", amount(0.03, 0.03, "ratio"), "3%", "3%"),
        ("price_ratio", amount(0, 0.05, "ratio"), "5%未満", "less than 5%"),
        ("price_ratio", amount(0.5, 0.5, "ratio"), "0.5倍", "0.5 times"),
        ("price_ratio", amount(1 / 30, 0.05, "ratio"), "3.3333〜5%", "3.3333 to 5%"),
        ("price_ratio", amount(1 / 30, 1 / 30, "ratio"), "30分の1", "1/30"),
        ("app_rank", amount(1, 1, "rank"), "1位", "No. 1"),
        ("benchmark_score", amount(79.8, 79.8, "percent"), "79.8%", "79.8%"),
        ("stock_change", amount(-17, -17, "percent"), "-17%", "-17%"),
        ("stock_change", amount(-13, -5, "percent"), "-5〜-13%", "-5 to -13%"),
        ("benchmark_score", Value(low=90, high=90), "90%", "90%"),
        ("ban", Value(text="banned"), "禁止", "banned"),
        ("adopted_by", Value(text="planned"), "採用予定", "planned"),
        ("ban", Value(text="unheard_of"), "unheard_of", "unheard_of"),
        ("founder", Value(text="liang-wenfeng"), "梁文鋒", "Liang Wenfeng"),
        ("data_location", Value(text="CN"), "中国", "China"),
        ("license", Value(text="MIT"), "MIT", "MIT"),
        ("founder", Value(), "値なし", "no value"),
    ],
)
def test_values(attribute: str, value: Value, ja: str, en: str) -> None:
    assert words(attribute, value) == (ja, en)


@pytest.mark.parametrize(
    ("start", "end", "ja", "en"),
    [
        ("2025-01-20", "2025-01-20", "2025年1月20日", "20 January 2025"),
        ("2025-01-01", "2025-01-31", "2025年1月", "January 2025"),
        ("2024-02-01", "2024-02-29", "2024年2月", "February 2024"),
        ("2023-01-01", "2023-12-31", "2023年", "2023"),
        ("2023-01-01", "2024-12-31", "2023〜2024年", "2023–2024"),
        ("2025-03-01", "2025-05-31", "2025年3月〜5月", "March to May 2025"),
        ("2024-12-01", "2025-02-28", "2024年12月〜2025年2月", "December 2024 to February 2025"),
        ("2025-05-01", "2025-05-10", "2025年5月1日〜10日", "1 to 10 May 2025"),
        ("2025-01-20", "2025-02-03", "2025年1月20日〜2月3日", "20 January to 3 February 2025"),
        ("2024-12-26", "2025-01-03", "2024年12月26日〜2025年1月3日", "26 December 2024 to 3 January 2025"),
    ],
)
def test_dates_at_their_granularity(start: str, end: str, ja: str, en: str) -> None:
    value = Value(start=dt.date.fromisoformat(start), end=dt.date.fromisoformat(end), text="as the text has it")
    assert words("release_date", value) == (ja, en)


@pytest.mark.parametrize(
    ("attribute", "qualifiers", "ja", "en"),
    [
        ("ban", {"place": "KR", "scope": "government"}, "韓国、政府・公的機関", "South Korea, government"),
        ("ban", {"place": "US-TX", "scope": "any"}, "テキサス州", "Texas"),
        ("ban", {"place": "NO"}, "ノルウェー", "Norway"),
        ("ban", {"place": "汐見野市"}, "汐見野市", "汐見野市"),
        ("users", {"period": "month", "place": "world"}, "1カ月当たり、世界", "per month, worldwide"),
        ("users", {"period": "any", "place": "any"}, "", ""),
        ("revenue", {"period": "2025-Q1"}, "2025年第1四半期", "Q1 2025"),
        ("revenue", {"period": "2025-02"}, "2025年2月", "February 2025"),
        ("revenue", {"period": "2025"}, "2025年", "2025"),
        ("revenue", {"period": "2025-13"}, "2025-13", "2025-13"),
        ("stock_change", {"date": "2025-01-27"}, "2025年1月27日", "27 January 2025"),
        ("price_ratio", {"counterpart": "o1"}, "対OpenAI o1", "against OpenAI o1"),
        ("api_price", {"direction": "output_offpeak"}, "割引時間帯の出力", "off-peak output"),
        ("benchmark_score", {"benchmark": "AIME 2024"}, "AIME 2024", "AIME 2024"),
        ("attack_success_rate", {"tester": "cisco"}, "Ciscoの試験", "tested by Cisco"),
        ("founded", {"place": "KR"}, "", ""),
    ],
)
def test_qualifiers(attribute: str, qualifiers: dict[str, str], ja: str, en: str) -> None:
    found = attribute_of(attribute, SEEDS)
    assert (qualifier_words(found, qualifiers, SEEDS, "ja"), qualifier_words(found, qualifiers, SEEDS, "en")) == (
        ja,
        en,
    )


def said(subject: str, attribute: str, qualifiers: dict[str, str], value: Value) -> tuple[str, str]:
    found = attribute_of(attribute, SEEDS)
    return (
        statement(subject, found, qualifiers, value, SEEDS, "ja"),
        statement(subject, found, qualifiers, value, SEEDS, "en"),
    )


def test_a_statement_tells_subject_attribute_qualifiers_and_value() -> None:
    assert said("deepseek-v3", "training_cost", {}, amount(5.6e6, 5.6e6, "USD")) == (
        "DeepSeek-V3 の学習・開発費: 560万ドル",
        "DeepSeek-V3: training or development cost $5.6 million",
    )
    assert said("deepseek", "ban", {"place": "KR", "scope": "app_store"}, Value(text="banned")) == (
        "DeepSeek の利用・提供の制限(韓国、アプリ配信): 禁止",
        "DeepSeek: ban or restriction (South Korea, app stores) banned",
    )
    assert said("liang-wenfeng", "age", {}, amount(39, 39, "years")) == ("梁文鋒の年齢: 39歳", "Liang Wenfeng: age 39")


def test_an_abbreviation_keeps_its_capitals() -> None:
    price = said("V4-Pro", "api_price", {"direction": "input"}, amount(2, 2, "CNY"))[1]
    assert price == "V4-Pro: API price per million tokens (input) 2 yuan"


def test_a_statement_without_attribute_is_subject_and_text() -> None:
    assert said("deepseek", "statement", {}, Value(text="論文を公開した")) == (
        "DeepSeek: 論文を公開した",
        "DeepSeek: 論文を公開した",
    )


def test_every_status_word_of_the_catalogue_has_a_label_in_both_languages() -> None:
    for attribute in SEEDS.attributes.values():
        for status in attribute.values:
            ja, en = words(attribute.id, Value(text=status))
            assert not ja.isascii(), (attribute.id, status)
            assert "_" not in en, (attribute.id, status)


def test_every_unit_of_the_catalogue_has_a_pattern() -> None:
    units = SEEDS.extra("labels.toml")["unit"]
    assert {attribute.unit for attribute in SEEDS.attributes.values() if attribute.unit} <= units.keys()


def test_every_listed_name_reads_in_english() -> None:
    unreadable = {
        entity for entity in SEEDS.entities if not name_words(entity, SEEDS, "en").isascii() and entity.isascii()
    }
    assert unreadable == set()


def test_a_folder_without_labels_still_gives_statements(tmp_path: Path) -> None:
    for name, text in {
        "attributes.toml": '[price]\nja="値段"\nen="Price"\nvalue="money"\nnature="state"\nkey=[]\ntopic="t"',
        "entities.toml": '[organization]\nacme = ["Acme"]',
        "topics.toml": "",
        "claims.toml": "",
        "feeds.toml": "",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    seeds: Seeds = load_seeds(tmp_path)
    found = statement("acme", attribute_of("price", seeds), {}, Value(low=0, high=5, unit="USD"), seeds, "ja")
    assert found == "Acme の値段: <5 USD"


@given(number=st.integers(0, 10**17))
def test_no_digit_is_lost_in_japanese(number: int) -> None:
    text = words("users", amount(number, number, "people"))[0].removesuffix("人")
    total, rest = 0, text
    for unit, size in (("京", 10**16), ("兆", 10**12), ("億", 10**8), ("万", 10**4)):
        head, found, tail = rest.partition(unit)
        if found:
            total, rest = total + int(head) * size, tail
    assert total + int(rest or 0) == number


@given(number=st.floats(1e-3, 1e15, allow_nan=False).filter(lambda number: number != 1))
def test_english_keeps_four_digits(number: float) -> None:
    text = words("users", amount(number, number, "people"))[1].removesuffix(" people")
    head, _, size = text.partition(" ")
    scale = {"": 1, "million": 10**6, "billion": 10**9, "trillion": 10**12}[size]
    assert float(head.replace(",", "")) * scale == pytest.approx(number, rel=1e-3, abs=1e-4)
