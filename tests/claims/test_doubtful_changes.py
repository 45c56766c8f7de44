"""What a doubtful value may do to a claim that is known."""

from __future__ import annotations

import dataclasses

from flows.claims.changes import SURE
from flows.model import Reading
from tests.claims.histories import Said, article, cost, day, kinds, only, people, play

DOUBT = SURE - 0.1


def heard(name: str, number: int, said: Said, confidence: float, extractor: str = "scorer") -> Reading:
    """An article whose value was found with so much confidence."""
    made = article(name, day(number), said)
    unsure = (dataclasses.replace(o, confidence=confidence, extractor=extractor) for o in made.observations)
    return dataclasses.replace(made, observations=tuple(unsure))


def test_a_doubtful_value_that_contradicts_waits_and_leaves_the_claim_as_it_is() -> None:
    outcome = play(article("a", day(1), people(1e6)), heard("b", 2, people(9e6), DOUBT))
    assert kinds(outcome) == ["new"]
    assert only(outcome).status == "held"
    assert only(outcome).value.low == 1e6


def test_a_sure_value_and_one_of_the_patterns_alone_move_the_claim_by_themselves() -> None:
    for moved in (heard("b", 2, people(9e6), SURE), heard("b", 2, people(9e6), DOUBT, "rules")):
        assert kinds(play(article("a", day(1), people(1e6)), moved)) == ["new", "updated"]


def test_a_second_outlet_makes_a_doubtful_value_count_and_the_same_outlet_does_not() -> None:
    first, doubted = article("a", day(1), cost(5e6)), heard("b", 2, cost(9e8), DOUBT)
    assert kinds(play(first, doubted, heard("c", 3, cost(9e8), DOUBT))) == ["new", "disputed"]
    again = heard("b2", 3, cost(9e8), DOUBT)
    again = dataclasses.replace(again, publisher=doubted.publisher)
    assert kinds(play(first, doubted, again)) == ["new"]


def test_a_doubtful_value_may_be_new_and_may_agree() -> None:
    outcome = play(heard("a", 1, people(1e6), 0.5), heard("b", 2, people(1e6), 0.5))
    assert kinds(outcome) == ["new", "corroborated"]
