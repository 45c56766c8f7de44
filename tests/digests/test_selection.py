from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from flows.digests.importance import Importance, less_sure
from flows.digests.selection import MOST_NEW, Digest, select
from flows.model import STATEMENT, Value
from flows.report import ClaimPoint, WeekChange
from seeds import Seeds, SeedsError
from tests.digests.facts import NOW, change, evidence, facts, markdown


def new_ids(digest: Digest) -> list[str]:
    return [c.claim_id for group in digest.new for c in group.changes]


def test_disputes_come_first_then_denials_corrections_withdrawals_and_updates(seeds: Seeds) -> None:
    kinds = ("retracted", "updated", "corrected", "new", "disputed", "denied", "corroborated")
    digest = select(facts(*(change(n, kind) for n, kind in enumerate(kinds))), seeds)
    assert [c.kind for c in digest.changed] == ["disputed", "denied", "corrected", "retracted", "updated"]
    assert [c.kind for c in digest.corroborated] == ["corroborated"]


def test_new_claims_are_ordered_by_outlets_then_by_confidence_and_named_source(seeds: Seeds) -> None:
    sure, doubtful = evidence(confidence=0.9), evidence(confidence=0.5)
    changes = [
        change(1, evidence=doubtful),
        change(2, evidence=sure),
        change(3, evidence=evidence(confidence=0.9, attribution="pipc")),
        change(4, evidence=doubtful, publishers=3),
    ]
    assert new_ids(select(facts(*changes), seeds)) == ["c4", "c3", "c2", "c1"]


def test_a_claim_told_twice_stands_once_at_its_best_place(seeds: Seeds) -> None:
    again = change(9, claim_id="c1", publishers=1)
    digest = select(facts(again, change(2, publishers=5), change(1, publishers=9)), seeds)
    assert new_ids(digest) == ["c1", "c2"]


def test_what_changed_is_not_told_again_as_new_or_corroborated(seeds: Seeds) -> None:
    changes = [change(1, "updated"), change(2, claim_id="c1"), change(3, "corroborated", claim_id="c1")]
    digest = select(facts(*changes), seeds)
    assert len(digest.changed) == 1
    assert not digest.new
    assert not digest.corroborated


def test_one_value_is_one_change_however_it_was_worded_and_another_value_is_another(seeds: Seeds) -> None:
    reworded = evidence(2, value=dataclasses.replace(evidence().value, text="三千万人"))
    changes = [
        change(1, "disputed"),
        change(2, "updated", claim_id="c1", evidence=reworded),
        change(3, "updated", claim_id="c1", evidence=evidence(3, 4e7)),
    ]
    digest = select(facts(*changes), seeds)
    assert [(c.kind, c.evidence.value.low) for c in digest.changed] == [("disputed", 3e7), ("updated", 4e7)]


def test_a_correction_is_not_told_again_as_an_update(seeds: Seeds) -> None:
    digest = select(facts(change(1, "corrected"), change(2, "updated", claim_id="c1")), seeds)
    assert [c.kind for c in digest.changed] == ["corrected"]


def test_the_note_of_a_correction_is_no_denial_beside_it_but_another_articles_is(seeds: Seeds) -> None:
    note = change(2, "denied", claim_id="c1")
    other = change(3, "denied", claim_id="c1", evidence=evidence(3, article_id="b"))
    digest = select(facts(change(1, "corrected"), note, other), seeds)
    assert [c.change_id for c in digest.changed] == ["ch003", "ch001"]


def test_a_long_topic_is_cut_and_the_rest_counted(seeds: Seeds) -> None:
    (group,) = select(facts(*(change(n) for n in range(MOST_NEW + 5))), seeds).new
    assert (len(group.changes), group.more, group.count) == (MOST_NEW, 5, MOST_NEW + 5)
    assert {c.claim_id for c in (*group.changes, *group.rest)} == {f"c{n}" for n in range(MOST_NEW + 5)}


def test_the_order_of_the_facts_does_not_matter(seeds: Seeds) -> None:
    changes = [change(n, kind) for n, kind in enumerate(["new", "updated", "new", "denied", "corroborated"])]
    one, other = select(facts(*changes), seeds), select(facts(*reversed(changes)), seeds)
    assert dataclasses.replace(one, facts=other.facts) == other


def test_topics_come_in_the_order_of_their_most_important_claim(seeds: Seeds) -> None:
    changes = [change(1, attribute="age"), change(2, attribute="ban"), change(3, attribute="age", publishers=4)]
    assert [g.topic for g in select(facts(*changes), seeds).new] == ["founder", "policy"]
    assert [g.topic for g in select(facts(*changes[:2]), seeds).new] == ["policy", "founder"]


def test_a_source_without_a_name_counts_less_than_a_named_one_and_than_none_no_less(seeds: Seeds) -> None:
    importance = Importance(seeds)
    named, nameless, none = (change(evidence=evidence(attribution=a)) for a in ("調査会社A", "複数の関係者", None))
    assert importance.of(named) > importance.of(nameless) == importance.of(none)


@pytest.mark.parametrize(("old", "new"), [(1e6, 3e7), (3e7, 1e6), (0.0, 5.0), (-1.0, 5.0)])
def test_a_larger_move_matters_more(seeds: Seeds, old: float, new: float) -> None:
    small = change(1, "updated", evidence=evidence(low=2.1e7))
    large = change(2, "updated", evidence=evidence(low=new), previous_value=Value(low=old, high=old))
    digest = select(facts(small, large), seeds)
    assert [c.claim_id for c in digest.changed] == ["c2", "c1"]


def test_what_two_outlets_say_is_not_less_sure(seeds: Seeds) -> None:
    doubtful = evidence(confidence=0.5)
    assert less_sure(change(evidence=doubtful))
    assert not less_sure(change(evidence=doubtful, publishers=2))


def test_the_steps_of_one_claim_stand_together_in_their_order(seeds: Seeds) -> None:
    def step(number: int, claim: str, hours: int, low: float, **more: object) -> WeekChange:
        said = evidence(number, low, published_at=NOW + dt.timedelta(hours=hours), sentence=f"{hours}時の文。")
        return change(number, "updated", claim_id=claim, evidence=said, **more)

    last, first = step(1, "a", 9, 9e9, publishers=4), step(2, "a", 1, 4e7)
    between, beside = step(3, "b", 5, 5e7, publishers=3), step(4, "c", 1, 6e7)
    digest = select(facts(last, first, between, beside), seeds)
    assert [c.change_id for c in digest.changed] == ["ch004", "ch002", "ch001", "ch003"]


def test_two_values_of_one_sentence_are_less_sure_to_be_a_change_and_come_last(seeds: Seeds) -> None:
    one = change(1, "disputed", previous=evidence(9, 2e7))
    two = change(2, "updated")
    assert less_sure(one)
    assert not less_sure(two)
    assert [c.claim_id for c in select(facts(one, two), seeds).changed] == ["c2", "c1"]


def test_claims_of_one_sentence_stand_side_by_side(seeds: Seeds) -> None:
    one, other = evidence(sentence="一つ。"), evidence(sentence="二つ。")
    changes = [change(1, evidence=one), change(2, evidence=other, publishers=2), change(3, evidence=one, publishers=3)]
    assert new_ids(select(facts(*changes), seeds)) == ["c3", "c1", "c2"]


def test_three_different_numbers_over_time_are_worth_a_picture(seeds: Seeds) -> None:
    points = tuple(ClaimPoint(NOW, Value(low=n, high=n), "A") for n in (1.0, 2.0, 3.0))
    series = {"c1": points, "c2": points[:2], "c3": points[:1] * 3}
    digest = select(facts(*(change(n) for n in (1, 2, 3)), series=series), seeds)
    assert [c.claim_id for c in digest.curves] == ["c1"]


def test_states_are_drawn_before_facts(seeds: Seeds) -> None:
    points = tuple(ClaimPoint(NOW, Value(low=n, high=n), "A") for n in (1.0, 2.0, 3.0))
    fact, state = change(1, "updated", attribute="training_cost"), change(2)
    assert (seeds.attributes["training_cost"].nature, seeds.attributes["users"].nature) == ("fact", "state")
    digest = select(facts(fact, state, series={"c1": points, "c2": points}), seeds)
    assert [c.claim_id for c in digest.curves] == ["c2", "c1"]


def test_an_article_dated_before_the_week_is_late_except_in_the_first_week(seeds: Seeds) -> None:
    old = change(evidence=evidence(published_at=NOW - dt.timedelta(days=9)))
    assert select(facts(old), seeds).late(old)
    assert not select(facts(old, first=True), seeds).late(old)
    assert not select(facts(), seeds).late(change())


@pytest.mark.parametrize("text", ['[topic_weight]\npolicy = "much"', '[sources]\nanonymous = "("'])
def test_wrong_weights_are_told_with_their_file(seeds: Seeds, tmp_path: Path, text: str) -> None:
    (tmp_path / "digest.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SeedsError, match=r"digest\.toml"):
        select(facts(), dataclasses.replace(seeds, folder=tmp_path))


def test_a_folder_without_weights_will_do(seeds: Seeds, tmp_path: Path) -> None:
    assert new_ids(select(facts(change()), dataclasses.replace(seeds, folder=tmp_path))) == ["c1"]


def test_a_statement_that_fits_no_attribute_is_shown_once_a_second_outlet_tells_it(seeds: Seeds) -> None:
    told = evidence(value=Value(text="提携: BYD、2025年3月5日"), confidence=0.3)
    kinds = ("new", "denied", "retracted", "updated", "disputed")
    alone = [change(n, kind, attribute=STATEMENT, evidence=told) for n, kind in enumerate(kinds)]
    assert select(facts(*alone), seeds).quiet
    again = change(9, "corroborated", claim_id="c0", attribute=STATEMENT, evidence=told, publishers=2)
    digest = select(facts(*alone, again), seeds)
    assert digest.quiet
    assert [c.claim_id for c in digest.corroborated] == ["c0"]
    assert "DeepSeek — 発言・記述: 提携: BYD、2025年3月5日" in markdown(seeds, *alone, again)
