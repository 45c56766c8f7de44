"""That history comes out the same in whatever order it is given, and what copies found later do to it."""

from __future__ import annotations

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.model import Reading
from tests.claims.histories import AMOUNTS, article, cost, day, histories, kinds, known, only, people, play


@settings(deadline=None)
@given(data=st.data(), readings=histories(), base=st.lists(AMOUNTS, max_size=2))
def test_the_order_in_which_history_is_given_does_not_matter(
    data: st.DataObject, readings: list[Reading], base: list[float]
) -> None:
    baseline = [known(cost(number)) for number in base]
    shuffled = [
        dataclasses.replace(reading, observations=tuple(data.draw(st.permutations(reading.observations))))
        for reading in data.draw(st.permutations(readings))
    ]
    assert play(*shuffled, baseline=baseline) == play(*readings, baseline=baseline)


@settings(deadline=None)
@given(readings=histories())
def test_the_runs_together_give_what_all_of_history_gives(readings: list[Reading]) -> None:
    runs = sorted({reading.seen_at for reading in readings})
    by_run = [
        change
        for run in runs
        for change in play(*(reading for reading in readings if reading.seen_at <= run), run=run).changes
    ]
    assert by_run == list(play(*readings).changes)
    assert len({change.change_id for change in by_run}) == len(by_run)


@settings(deadline=None)
@given(readings=histories())
def test_one_claim_s_history_does_not_depend_on_another_s(readings: list[Reading]) -> None:
    whole = play(*readings)
    for state in whole.states:
        reduced = [
            dataclasses.replace(
                reading, observations=tuple(o for o in reading.observations if o.claim_id == state.claim_id)
            )
            for reading in readings
        ]
        alone = play(*reduced)
        assert alone.states == (state,)
        assert alone.changes == tuple(change for change in whole.changes if change.claim_id == state.claim_id)


def copied(reading: Reading, original: str) -> Reading:
    """A reading of what was later found to be a copy, told as its original's outlet."""
    return dataclasses.replace(reading, original=original, publisher=original)


def test_an_original_that_turns_up_behind_its_copy_brings_no_change_and_takes_its_place() -> None:
    copy = copied(article("portal", day(1), cost(5e6)), "paper")
    rival = article("rival", day(2), cost(9e6))
    outcome = play(copy, rival, article("paper", day(3), cost(5e6)))
    assert kinds(outcome) == ["new", "disputed"]
    state = only(outcome)
    assert (state.value.low, state.status) == (5e6, "disputed")
    assert state.observation_id == article("paper", day(3), cost(5e6)).observations[0].observation_id


def test_a_claim_is_retracted_with_the_original_though_a_late_copy_still_has_it() -> None:
    copy = copied(article("portal", day(1), people(160)), "paper")
    first = article("paper", day(2), people(160))
    outcome = play(copy, first, article("paper", day(4), revision=2))
    assert kinds(outcome) == ["new", "retracted"]
    assert only(outcome).status == "retracted"


def test_a_copy_that_came_behind_its_original_holds_nothing_either() -> None:
    first = article("paper", day(1), people(160))
    copy = copied(article("portal", day(2), people(160)), "paper")
    assert kinds(play(first, copy, article("paper", day(4), revision=2))) == ["new", "retracted"]


def test_what_only_a_late_copy_says_stays_held() -> None:
    copy = copied(article("portal", day(1), people(160)), "paper")
    assert only(play(copy)).status == "held"
