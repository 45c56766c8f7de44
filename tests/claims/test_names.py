from __future__ import annotations

import pytest

from flows.claims.names import NameFinder, fold_width
from seeds import Seeds


@pytest.fixture(scope="module")
def names(seeds: Seeds) -> NameFinder:
    return NameFinder(seeds)


def entities(text: str, names: NameFinder) -> list[str]:
    return [m.entity for m in names.find(text)]


def test_width_and_case_make_no_difference(names: NameFinder) -> None:
    assert entities("ＤＥＥＰＳＥＥＫ", names) == entities("DeepSeek", names) == ["deepseek"]


def test_names_end_where_their_word_ends(names: NameFinder) -> None:
    assert "deepseek-r1" not in entities("R10という型番", names)
    assert "meta" not in entities("メタンの排出", names)
    assert "deepseek-v3.1" in entities("V3.1を公開", names)


def test_the_longest_name_wins(names: NameFinder) -> None:
    assert entities("DeepSeek-R1-0528を公開", names) == ["deepseek-r1-0528"]


def test_people_are_known_by_surname_after_their_full_name(names: NameFinder) -> None:
    assert entities("梁文鋒氏が話した。梁氏は40歳。", names).count("liang-wenfeng") == 2


def test_rivals_models_are_told_from_the_subjects_own(names: NameFinder) -> None:
    kinds = {m.entity: m.kind for m in names.find("R1はGPT-4oとo1に並ぶ")}
    assert kinds["deepseek-r1"] == "model"
    assert kinds["gpt-4o"] == kinds["o1"] == "rival"


def test_names_that_no_list_has_are_found_by_their_form(names: NameFinder) -> None:
    assert "みなと銀行" in entities("みなと銀行は", names) or "越後証券" in entities("越後証券は採用した", names)


def test_folding_keeps_positions() -> None:
    text = "㈱ＡＢＣ①ﾃﾞ"
    assert len(fold_width(text)) == len(text)
