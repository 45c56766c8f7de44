"""What may fill a qualifier, and who is meant by a body that is only called what it is."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from flows.claims import quantities
from flows.claims.extract import ArticleReader, ClaimKnowledge, extract, load_claim_knowledge
from flows.claims.fillers import filled, likeliest, possible_fillers
from flows.claims.judging import Judge
from flows.claims.names import NameFinder
from flows.claims.scorer import load_scorer
from flows.claims.units import load_units
from flows.model import JST, Observation
from seeds import Seeds
from tests.claims.articles import article

DAY = dt.datetime(2025, 2, 13, 18, tzinfo=JST)


@pytest.fixture(scope="module")
def knowledge(seeds: Seeds) -> ClaimKnowledge:
    return load_claim_knowledge(seeds)


def told(text: str, attribute: str, knowledge: ClaimKnowledge, **changes: object) -> list[Observation]:
    made = article(text, published_at=DAY, seen_at=DAY, **changes)
    return [o for o in extract(made, knowledge).observations if o.attribute == attribute]


def gathered(text: str, attribute: str, name: str, number: str, knowledge: ClaimKnowledge) -> set[str]:
    """What could fill a qualifier of a number that stands in the last sentence of a text."""
    reader = ArticleReader(article(text, published_at=DAY, seen_at=DAY), knowledge)
    frame = next(f for f in knowledge.frames if f.attribute.id == attribute)
    index = len(reader.marked) - 1
    start = next(p for p, i in reader.marked[index].items.items() if i.text == number)
    spot = reader.spot(index, start, start + 1, "deepseek")
    return set(possible_fillers(name, frame, spot, knowledge.qualifiers, [], {}))


def test_everything_named_near_a_number_is_gathered_and_that_nothing_is_told(knowledge: ClaimKnowledge) -> None:
    text = "韓国で人気だ。チェコでは8万人が毎月使う。"
    assert {"KR", "CZ", "any"} <= gathered(text, "users", "place", "8万人", knowledge)
    assert {"day", "week", "month", "total", "any"} <= gathered(text, "users", "period", "8万人", knowledge)


def test_a_body_that_no_list_knows_may_be_the_tester(knowledge: ClaimKnowledge) -> None:
    text = "カモメ総研がR1を試した。攻撃は87%で通った。"
    assert "カモメ総研" in gathered(text, "attack_success_rate", "tester", "87%", knowledge)


def test_trading_days_are_those_that_are_named_and_those_about_the_publication(knowledge: ClaimKnowledge) -> None:
    days = gathered("12日にはエヌビディアが3%安となった。", "stock_change", "date", "3%", knowledge)
    assert {"2025-02-12", "2025-02-13", "2025-02-11"} <= days


def test_what_a_pattern_told_is_kept(knowledge: ClaimKnowledge) -> None:
    frame = next(f for f in knowledge.frames if f.attribute.id == "users")
    reader = ArticleReader(article("日本では8万人が使う。"), knowledge)
    spot = reader.spot(0, 4, 5, "deepseek")
    results, sure = filled(frame, spot, {"place": "KR", "period": "day"}, knowledge.qualifiers, {})
    assert results == [{"place": "KR", "period": "day"}]
    assert sure == 1.0


def test_the_likeliest_value_is_as_sure_as_it_stands_out() -> None:
    possible = {"day": {"a": 1.0}, "month": {"b": 1.0}}
    assert likeliest(possible, {}) == ("day", 0.5)
    value, sure = likeliest(possible, {"b": 3.0})
    assert value == "month"
    assert 0.9 < sure < 1.0


@pytest.mark.parametrize(
    ("text", "place", "period"),
    [
        ("ディープシークのアプリの利用者は、韓国で1日に120万人に上る。", "KR", "day"),
        ("ディープシークの月間利用者は世界で3000万人に達した。", "world", "month"),
    ],
)
def test_users_have_their_place_and_period(text: str, place: str, period: str, knowledge: ClaimKnowledge) -> None:
    (claim,) = told(text, "users", knowledge)
    assert claim.qualifiers == {"place": place, "period": period}


def test_what_is_not_sure_enough_is_set_aside_with_how_sure_it_was(knowledge: ClaimKnowledge) -> None:
    text = "ディープシークのアプリの利用者は、韓国で1日に120万人に上る。"
    (claim,) = told(text, "users", knowledge)
    scorer = load_scorer(knowledge.seeds.folder)
    assert scorer is not None
    strict = dataclasses.replace(scorer, least=claim.confidence + 0.001)
    judging = Judge(knowledge.frames, knowledge.judging.thesaurus, strict)
    result = extract(article(text), dataclasses.replace(knowledge, judging=judging))
    assert not [o for o in result.observations if o.attribute == "users"]
    assert f"unsure: {claim.confidence:.2f}" in {a.reason for a in result.set_aside}


def test_places_listed_without_what_they_are_are_known(seeds: Seeds) -> None:
    names = NameFinder(seeds)
    told_of = [
        ("鳥取、三重の両県は禁じた", ["JP-31", "JP-24"]),
        ("テキサス(1月31日)、ニューヨーク(2月10日)、バージニア(同11日)の3州", ["US-TX", "US-NY", "US-VA"]),
        ("福島さん、宮崎さんの2人", []),
    ]
    for text, places in told_of:
        assert [m.entity for m in names.find(text) if m.kind == "place"] == places


def test_a_city_is_no_stock_market(seeds: Seeds) -> None:
    assert not [m for m in NameFinder(seeds).find("ニューヨーク市場で売られた") if m.kind == "place"]


def test_a_body_in_its_own_notice_is_the_one_that_gives_it(knowledge: ClaimKnowledge) -> None:
    text = "北嶺工科大学からのお知らせです。本学では、DeepSeekの利用を禁止します。"
    (claim,) = told(text, "use_forbidden_by", knowledge, title="北嶺工科大学におけるDeepSeekの利用について")
    assert claim.qualifiers["company"] == "北嶺工科大学"


@pytest.mark.parametrize(
    ("text", "number", "leaning"),
    [
        ("ASMLの下落率は一時11%に達した", "11%", -1),
        ("万象雲は7.5%上げている", "7.5%", 1),
        ("下げて始まった。東宝は5%だ", "5%", 0),
        ("浪濤信息も続伸し、2.2%水準を切り上げた", "2.2%", 1),
    ],
)
def test_the_sentence_tells_which_way_an_amount_moves(text: str, number: str, leaning: int, seeds: Seeds) -> None:
    found = quantities.parse(text, load_units(seeds.folder))
    assert next(q for q in found if q.text == number).leaning == leaning
