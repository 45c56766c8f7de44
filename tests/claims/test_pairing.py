from __future__ import annotations

import datetime as dt

import pytest

from flows.claims.extract import ArticleReader, ClaimKnowledge, load_claim_knowledge
from flows.claims.pairing import paired
from flows.claims.quantities import Quantity
from flows.claims.tables import column_heading
from flows.model import JST, Article
from seeds import load_seeds
from seeds.loader import BUNDLED

NOW = dt.datetime(2026, 4, 27, 9, tzinfo=JST)


@pytest.fixture(scope="module")
def knowledge() -> ClaimKnowledge:
    return load_claim_knowledge(load_seeds(BUNDLED))


def read(text: str, knowledge: ClaimKnowledge) -> ArticleReader:
    article = Article(
        "a",
        "https://news.example/a",
        None,
        "紙",
        "DeepSeekの新モデル",
        None,
        NOW,
        None,
        "ja",
        True,
        text,
        "h",
        1,
        NOW,
        "r",
    )
    return ArticleReader(article, knowledge)


def owners(text: str, knowledge: ClaimKnowledge) -> dict[str, str | None]:
    """Every number of the last sentence -> whose it is by order."""
    reader = read(text, knowledge)
    last = reader.marked[-1]
    return {
        item.text: paired(reader.marked, last.index, position)
        for position, item in sorted(last.items.items())
        if isinstance(item, Quantity)
    }


def test_each_of_the_numbers_behind_sorezore_belongs_to_the_name_of_its_place(knowledge: ClaimKnowledge) -> None:
    found = owners("正答率は、V3とR1でそれぞれ59.1%、79.8%だった。", knowledge)
    assert found == {"59.1%": "deepseek-v3", "79.8%": "deepseek-r1"}


def test_more_numbers_than_names_give_no_owner(knowledge: ClaimKnowledge) -> None:
    assert set(owners("R1はそれぞれ59.1%、79.8%だった。", knowledge).values()) == {None}


def test_the_former_and_the_latter_are_the_two_named_before(knowledge: ClaimKnowledge) -> None:
    text = "公開したのはV4-ProとV4-Flashだ。前者が1兆6000億パラメータ、後者が2840億パラメータである。"
    assert list(owners(text, knowledge).values()) == ["V4-Pro", "V4-Flash"]


def test_sorezore_reaches_back_to_former_and_latter(knowledge: ClaimKnowledge) -> None:
    text = "V4-ProとV4-Flashの2本立てだ。前者と後者で動くのはそれぞれ490億と130億だ。"
    assert list(owners(text, knowledge).values())[-2:] == ["V4-Pro", "V4-Flash"]


def test_a_name_in_brackets_behind_a_number_owns_it(knowledge: ClaimKnowledge) -> None:
    found = owners("総パラメータ数は6850億(V3.1)、6710億(V3)である。", knowledge)
    assert list(found.values()) == ["deepseek-v3.1", "deepseek-v3"]


def test_a_cell_of_a_table_is_read_under_the_head_of_its_column(knowledge: ClaimKnowledge) -> None:
    reader = read("モデル | 入力 | 出力\nV3 | 2元 | 8元\nR1 | 4元 | 16元", knowledge)
    row = reader.marked[-1]
    heads = {
        item.text: column_heading(reader.marked, row.index, position)
        for position, item in row.items.items()
        if isinstance(item, Quantity)
    }
    assert heads == {"4元": "入力", "16元": "出力"}


def test_what_stands_in_no_table_has_no_head(knowledge: ClaimKnowledge) -> None:
    reader = read("出力は16元だ。", knowledge)
    assert column_heading(reader.marked, 0, 4) is None
