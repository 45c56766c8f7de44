from __future__ import annotations

import dataclasses

from flows.digests.selection import MOST_NEW, Digest, select
from seeds import Seeds
from tests.digests.facts import change, evidence, facts


def new_ids(digest: Digest) -> list[str]:
    return [c.claim_id for group in digest.new for c in group.changes]


def test_disputes_come_before_updates_and_denials_before_corrections_and_withdrawals(seeds: Seeds) -> None:
    kinds = ("retracted", "updated", "corrected", "new", "disputed", "denied", "corroborated")
    digest = select(facts(*(change(n, kind) for n, kind in enumerate(kinds))), seeds)
    assert [c.kind for c in digest.changed] == ["disputed", "updated"]
    assert [c.kind for c in digest.taken_back] == ["denied", "corrected", "retracted"]
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
    assert not digest.changed
    assert len(digest.taken_back) == 1


def test_the_note_of_a_correction_is_no_denial_beside_it_but_another_articles_is(seeds: Seeds) -> None:
    note = change(2, "denied", claim_id="c1")
    other = change(3, "denied", claim_id="c1", evidence=evidence(3, article_id="b"))
    digest = select(facts(change(1, "corrected"), note, other), seeds)
    assert [c.change_id for c in digest.taken_back] == ["ch003", "ch001"]


def test_a_long_topic_is_cut_and_the_rest_counted(seeds: Seeds) -> None:
    (group,) = select(facts(*(change(n) for n in range(MOST_NEW + 5))), seeds).new
    assert (len(group.changes), group.more, group.attributes) == (MOST_NEW, 5, ("users",))


def test_the_order_of_the_facts_does_not_matter(seeds: Seeds) -> None:
    changes = [change(n, kind) for n, kind in enumerate(["new", "updated", "new", "denied", "corroborated"])]
    one, other = select(facts(*changes), seeds), select(facts(*reversed(changes)), seeds)
    assert dataclasses.replace(one, facts=other.facts) == other
