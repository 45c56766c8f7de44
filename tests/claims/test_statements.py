from __future__ import annotations

from pathlib import Path

import pytest

from flows.claims.changes import derive
from flows.claims.extract import ArticleReader, ClaimKnowledge, extract, load_claim_knowledge
from flows.claims.statements import SUREST, extract_all, statement_cues, statements
from flows.model import STATEMENT, Observation, Reading
from seeds import Seeds, SeedsError, load_seeds
from tests.claims.articles import DAY, article


@pytest.fixture(scope="module")
def knowledge(seeds: Seeds) -> ClaimKnowledge:
    return load_claim_knowledge(seeds)


def said(text: str, knowledge: ClaimKnowledge, **changes: object) -> list[Observation]:
    """The statements of a text in which nothing else is found, whatever the catalogue may find in it."""
    return statements(ArticleReader(article(text, **changes), knowledge), ())


def kept(text: str, knowledge: ClaimKnowledge, **changes: object) -> list[Observation]:
    return [o for o in extract_all(article(text, **changes), knowledge).observations if o.attribute == STATEMENT]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "ディープシークは3月5日、中国の自動車大手BYDと業務提携すると発表した。",
            "中国のBYDは5日、DeepSeekと提携することを明らかにした。",
        ),
        (
            "梁文鋒氏は3月2日、北京でマイクロソフトの幹部と会談した。",
            "マイクロソフトの首脳とは、梁文鋒氏が2日に北京で面会している。",
        ),
        (
            "ディープシークは地元の杭州に約3億元を寄付すると発表した。",
            "杭州は、ディープシークから3億200万元の寄付を受けることを明らかにした。",
        ),
        (
            "ディープシークは5日、アリババからの出資を否定した。",
            "ディープシークは3月5日、アリババの出資を受け入れる事実はないと否定した。",
        ),
    ],
)
def test_two_outlets_wordings_of_one_statement_are_one_claim(one: str, other: str, knowledge: ClaimKnowledge) -> None:
    first, second = said(one, knowledge), said(other, knowledge)
    assert {o.claim_id for o in first} & {o.claim_id for o in second}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "ディープシークは5日、BYDと提携すると発表した。",
            "ディープシークは5日、アリババと提携すると発表した。",
        ),
        (
            "ディープシークは地元の杭州に3億元を寄付すると発表した。",
            "ディープシークは地元の杭州に5億元を寄付すると発表した。",
        ),
        (
            "ディープシークは5日、BYDと提携すると発表した。",
            "ディープシークは2月5日、BYDと提携すると発表した。",
        ),
        (
            "ディープシークは5日、BYDと提携すると発表した。",
            "ディープシークは5日、BYDを提訴したと発表した。",
        ),
        (
            "ディープシークは5日、アリババの出資を受けると発表した。",
            "ディープシークは5日、アリババの出資を受けるとの報道を否定した。",
        ),
        (
            "ディープシークは5日、社内の保育所の運営者を発表した。",
            "ディープシークは5日、学生の論文コンテストの結果を発表した。",
        ),
    ],
)
def test_statements_that_differ_in_a_name_a_figure_a_day_or_their_polarity_are_two(
    one: str, other: str, knowledge: ClaimKnowledge
) -> None:
    first, second = said(one, knowledge), said(other, knowledge)
    assert len(first) == len(second) == 1
    assert first[0].claim_id != second[0].claim_id


@pytest.mark.parametrize(
    "text",
    [
        "ディープシークはBYDと提携するのだろうか。",
        "ディープシークがBYDと提携すれば、3月にも発表する。",
        "ディープシークはBYDと提携すべきだと述べた。",
        "ディープシークとBYDの提携は3月にも発表される可能性がある。",
        "BYDは5日、アリババと提携すると発表した。",
        "ディープシークはよく知られた会社だ。",
        "ディープシークは近く発表する。",
        "関連記事: ディープシークは5日、BYDと提携すると発表した。",
    ],
)
def test_questions_conditions_opinions_and_what_says_nothing_are_no_statements(
    text: str, knowledge: ClaimKnowledge
) -> None:
    assert not said(text, knowledge)


def test_a_sentence_that_gives_a_claim_gives_no_statement(knowledge: ClaimKnowledge) -> None:
    text = "ディープシークの従業員は3月5日時点で160人だと発表した。"
    assert extract(article(text), knowledge).observations
    assert not kept(text, knowledge)


def test_claims_stay_what_they_were_beside_statements(knowledge: ClaimKnowledge) -> None:
    text = "ディープシークの従業員は160人だ。\nディープシークは5日、BYDと提携すると発表した。"
    found = extract_all(article(text), knowledge)
    claims = tuple(o for o in found.observations if o.attribute != STATEMENT)
    assert claims == extract(article(text), knowledge).observations
    assert len(found.observations) == len(claims) + 1


def test_statements_are_few_and_less_sure_and_stand_where_they_say(knowledge: ClaimKnowledge) -> None:
    names = ["BYD", "アリババ", "マイクロソフト", "テンセント", "百度"]
    text = "\n".join(
        f"ディープシークは{day}日、{name}と提携すると発表した。" for day, name in enumerate(names, start=1)
    )
    found = said(text, knowledge)
    assert len(found) == 3
    assert all(o.confidence <= SUREST and text[o.char_start : o.char_end] == o.sentence for o in found)
    assert found == said(text, knowledge)


def test_copies_and_irrelevant_articles_state_nothing(knowledge: ClaimKnowledge) -> None:
    text = "ディープシークは5日、BYDと提携すると発表した。"
    assert not kept(text, knowledge, duplicate_of="b")
    assert not kept(text, knowledge, relevant=False)


def test_a_second_outlet_corroborates_a_statement(knowledge: ClaimKnowledge) -> None:
    texts = {
        "P": "ディープシークは3月5日、中国の自動車大手BYDと業務提携すると発表した。",
        "Q": "中国のBYDは5日、DeepSeekと提携することを明らかにした。",
    }
    readings = [
        Reading(name, 1, name, DAY, DAY, tuple(said(text, knowledge, article_id=name, publisher=name)))
        for name, text in texts.items()
    ]
    outcome = derive(readings, [], knowledge.seeds, None)
    assert [change.kind for change in outcome.changes] == ["new", "corroborated"]
    assert outcome.states[0].statement_ja == "DeepSeek: 提携: BYD、2025年3月5日"


def test_a_folder_without_cues_has_no_statements_and_a_wrong_file_is_named(seeds: Seeds, tmp_path: Path) -> None:
    for path in seeds.folder.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "statements.toml").unlink()
    assert statement_cues(load_seeds(tmp_path)) is None
    assert not said("ディープシークは5日、BYDと提携すると発表した。", load_claim_knowledge(load_seeds(tmp_path)))
    (tmp_path / "statements.toml").write_text("[choice]\nmost = 3\n", encoding="utf-8")
    with pytest.raises(SeedsError, match=r"statements\.toml"):
        statement_cues(load_seeds(tmp_path))
