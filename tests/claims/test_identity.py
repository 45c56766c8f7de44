"""What makes two claims the same: names however they are written, key qualifiers, the currency."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from flows.claims.identity import canonical_name, canonical_qualifiers, claim_id, known_claims, observation_id
from flows.model import Value
from seeds.loader import BUNDLED, load_seeds

SEEDS = load_seeds(BUNDLED)


def cid(subject: str, attribute: str, unit: str | None = None, **qualifiers: str) -> str:
    return claim_id(subject, attribute, qualifiers, unit, SEEDS)


def test_a_name_is_its_entity_however_it_is_written() -> None:
    for name in ("deepseek-v3", "DeepSeek-V3", "ＤｅｅｐＳｅｅｋ　Ｖ３", "V3", "v-3", "ディープシークV3"):
        assert canonical_name(name, SEEDS) == "deepseek-v3"
    assert canonical_name("梁文鋒", SEEDS) == "liang-wenfeng"
    assert canonical_name("韓国", SEEDS) == canonical_name("KR", SEEDS) == "KR"


def test_a_product_that_is_not_listed_is_the_same_with_and_without_its_maker_in_front() -> None:
    assert canonical_name("DeepSeek-Nano-9", SEEDS) == canonical_name("Nano 9", SEEDS) == "nano9"
    assert canonical_name("ディープシーク・ナノ", SEEDS) == "ナノ"
    assert canonical_name("DeepSeek", SEEDS) == "deepseek"


def test_models_with_different_numbers_are_different() -> None:
    assert len({canonical_name(name, SEEDS) for name in ("R1", "R10", "R1-0528", "R2", "V3.1", "V3")}) == 6


def test_a_claim_is_its_subject_attribute_and_key_qualifiers() -> None:
    base = cid("deepseek-v3", "benchmark_score", "percent", benchmark="AIME 2024")
    assert cid("V3", "benchmark_score", "percent", benchmark="aime2024") == base
    assert cid("V3", "benchmark_score", None, benchmark="AIME 2024", tester="cisco") == base
    assert cid("V3", "benchmark_score", "percent", benchmark="AIME 2025") != base
    assert cid("R1", "benchmark_score", "percent", benchmark="AIME 2024") != base


def test_a_qualifier_that_is_not_told_is_any() -> None:
    assert cid("deepseek", "users", "people", period="day") == cid(
        "deepseek", "users", "people", period="day", place="any"
    )
    assert canonical_qualifiers("users", {"place": "日本", "note": "x"}, SEEDS) == {"period": "any", "place": "JP"}


def test_money_has_its_currency_as_a_further_key_and_nothing_else_has_its_unit() -> None:
    assert cid("V3", "training_cost", "USD") == cid("V3", "training_cost", "usd")
    assert cid("V3", "training_cost", "USD") != cid("V3", "training_cost", "CNY")
    assert cid("deepseek", "users", "people") == cid("deepseek", "users", None)


def test_a_claim_without_attribute_is_its_proposition() -> None:
    def of(text: str) -> str:
        return claim_id("deepseek", "statement", {}, None, SEEDS, proposition=text)

    assert of("V3 を公開") == of("Ｖ３を公開")
    assert of("V3を公開") != of("R1を公開")


def test_observations_of_one_claim_differ_by_place_revision_value_and_sense() -> None:
    def of(start: int = 0, revision: int = 1, value: Value | None = None, *, past: bool = False) -> str:
        return observation_id("c", "a", revision, start, 9, value or Value(low=5, high=5), past=past)

    assert of() == of(value=Value(low=5.0, high=5.0))
    assert len({of(), of(1), of(revision=2), of(value=Value(low=6, high=6)), of(past=True)}) == 5


def test_the_baseline_has_the_ids_that_articles_give() -> None:
    raw = (
        {"subject": "DeepSeek-V3", "attribute": "training_cost", "low": 5_576_000, "high": 5_576_000, "unit": "USD"},
        {"subject": "deepseek", "attribute": "founder", "text": "梁文鋒", "past": True, "polarity": "denied"},
    )
    cost, founder = known_claims(dataclasses.replace(SEEDS, baseline=raw))
    assert cost.claim_id == cid("V3", "training_cost", "USD")
    assert (cost.value.low, cost.past, cost.polarity) == (5_576_000, False, "affirmed")
    assert (founder.claim_id, founder.past, founder.polarity) == (cid("deepseek", "founder"), True, "denied")
    assert len(known_claims(SEEDS)) == len(SEEDS.baseline)


@given(name=st.text("abXＹ19 -・.モデル試作", min_size=1, max_size=12))
def test_the_canonical_form_of_what_is_no_maker_s_product_is_stable(name: str) -> None:
    once = canonical_name(f"x{name}", SEEDS)
    assert canonical_name(once, SEEDS) == once


def test_ids_are_the_same_in_every_process() -> None:
    code = (
        "from flows.claims.identity import claim_id; from seeds.loader import BUNDLED, load_seeds;"
        "print(claim_id('V3', 'api_price', {'direction': 'input'}, 'USD', load_seeds(BUNDLED)))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=BUNDLED.parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {cid("deepseek-v3", "api_price", "USD", direction="input")}
