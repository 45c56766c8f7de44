"""The kinds of change, one by one, and that history comes out the same in whatever order it is given."""

from __future__ import annotations

import datetime as dt

import pytest

from flows.model import Value
from tests.claims.histories import Said, article, cost, day, kinds, known, observed, only, people, play


def test_a_claim_never_seen_is_new() -> None:
    first = article("a", day(6), cost(5_600_000))
    outcome = play(first)
    (change,) = outcome.changes
    assert (change.kind, change.week, change.changed_at) == ("new", "2025-W02", day(6))
    assert (change.observation_id, change.previous_observation_id) == (observed(first), None)
    state = only(outcome)
    assert (state.status, state.observation_id, state.as_of) == ("held", observed(first), day(6))
    assert state.statement_ja == "DeepSeek-V3 の学習・開発費: 560万ドル"
    assert state.statement_en == "DeepSeek-V3: training or development cost $5.6 million"


def test_a_week_ends_with_sunday_in_tokyo() -> None:
    sunday = dt.datetime(2025, 1, 12, 14, 59, tzinfo=dt.UTC)
    weeks = [play(article("a", sunday + dt.timedelta(minutes=n), people(5))).changes[0].week for n in (0, 1)]
    assert weeks == ["2025-W02", "2025-W03"]


def test_what_the_baseline_knows_is_not_new_and_its_first_outlet_corroborates() -> None:
    baseline = [known(cost(5_576_000))]
    outcome = play(article("a", day(2), cost(5_600_000)), baseline=baseline)
    assert kinds(outcome) == ["corroborated"]
    assert outcome.changes[0].previous_observation_id is None
    assert only(outcome).value == baseline[0].value
    assert only(outcome).observation_id is None


def test_a_state_is_updated_by_a_later_publication() -> None:
    old, new = article("a", day(2), people(20e6)), article("b", day(3), people(30e6))
    outcome = play(old, new)
    assert kinds(outcome) == ["new", "updated"]
    assert outcome.changes[1].previous_observation_id == observed(old)
    assert (only(outcome).status, only(outcome).value.low, only(outcome).as_of) == ("held", 30e6, day(3))


def test_an_article_that_arrives_late_does_not_replace_a_later_one() -> None:
    late = article("b", day(3), people(20e6), published=day(1))
    outcome = play(article("a", day(2), people(30e6)), late)
    assert kinds(outcome) == ["new"]
    assert only(outcome).value.low == 30e6


def test_an_article_without_a_date_counts_from_when_it_was_seen() -> None:
    outcome = play(article("a", day(2), people(30e6)), article("b", day(3), people(20e6), undated=True))
    assert kinds(outcome) == ["new", "updated"]


def test_a_state_of_the_baseline_is_updated_by_any_article() -> None:
    outcome = play(article("a", day(3), people(30e6)), baseline=[known(people(10e6)), known(people(20e6))])
    assert kinds(outcome) == ["updated"]
    assert only(outcome).value.low == 30e6


def test_of_several_values_in_the_baseline_the_newest_that_is_not_past_is_current() -> None:
    baseline = [known(people(10e6)), known(people(20e6)), known(people(5e6, past=True))]
    assert only(play(article("a", day(2), people(20e6)), baseline=baseline)).value.low == 20e6


def test_another_value_of_a_fact_is_disputed_and_the_first_stays() -> None:
    first = article("a", day(2), cost(5_600_000))
    outcome = play(first, article("b", day(3), cost(1_300_000_000)))
    assert kinds(outcome) == ["new", "disputed"]
    assert outcome.changes[1].previous_observation_id == observed(first)
    state = only(outcome)
    assert (state.status, state.observation_id) == ("disputed", observed(first))


def test_a_third_outlet_may_agree_with_either_side_of_a_dispute() -> None:
    outcome = play(
        article("a", day(2), cost(5_600_000)),
        article("b", day(3), cost(1_300_000_000)),
        article("c", day(4), cost(1_290_000_000)),
    )
    assert kinds(outcome) == ["new", "disputed", "corroborated"]


def test_an_outlet_corroborates_once() -> None:
    outcome = play(
        article("a", day(2), cost(5_600_000), publisher="甲"),
        article("b", day(3), cost(5_600_000), publisher="甲"),
        article("c", day(4), cost(5_576_000), publisher="乙"),
        article("d", day(5), cost(5_576_000), publisher="乙"),
    )
    assert kinds(outcome) == ["new", "corroborated"]


def test_an_update_needs_new_witnesses() -> None:
    outcome = play(
        article("a", day(2), people(20e6), publisher="甲"),
        article("b", day(3), people(30e6), publisher="乙"),
        article("c", day(4), people(30e6), publisher="甲"),
    )
    assert kinds(outcome) == ["new", "updated", "corroborated"]


def test_a_revision_corrects_its_article() -> None:
    wrong = article("a", day(2), cost(56_000_000))
    right = article("a", day(3), cost(5_600_000), revision=2, published=day(2))
    outcome = play(wrong, right)
    assert kinds(outcome) == ["new", "corrected"]
    assert outcome.changes[1].previous_observation_id == observed(wrong)
    assert (only(outcome).value.low, only(outcome).status) == (5_600_000, "held")


def test_a_revision_that_says_the_same_changes_nothing() -> None:
    outcome = play(article("a", day(2), cost(5_600_000)), article("a", day(3), cost(5_580_000), revision=2))
    assert kinds(outcome) == ["new"]


def test_a_dispute_ends_when_one_side_is_corrected() -> None:
    outcome = play(
        article("a", day(2), cost(5_600_000)),
        article("b", day(3), cost(560_000_000)),
        article("b", day(4), cost(5_600_000), revision=2),
    )
    assert kinds(outcome) == ["new", "disputed", "corrected"]
    assert only(outcome).status == "held"


def test_a_correction_of_one_side_leaves_the_value_of_the_other() -> None:
    outcome = play(
        article("a", day(2), cost(5_600_000)),
        article("b", day(3), cost(560_000_000)),
        article("b", day(4), cost(56_000_000), revision=2),
    )
    assert (only(outcome).value.low, only(outcome).status) == (5_600_000, "disputed")


def test_a_claim_without_its_only_support_is_retracted() -> None:
    said = article("a", day(2), cost(5_600_000))
    outcome = play(said, article("a", day(9), revision=2))
    assert kinds(outcome) == ["new", "retracted"]
    change = outcome.changes[1]
    assert (change.observation_id, change.changed_at, change.week) == (observed(said), day(9), "2025-W02")
    assert (only(outcome).status, only(outcome).value.low) == ("retracted", 5_600_000)


def test_a_claim_with_another_support_is_not_retracted() -> None:
    outcome = play(
        article("a", day(2), cost(5_600_000)),
        article("b", day(3), cost(5_600_000)),
        article("a", day(4), revision=2),
    )
    assert kinds(outcome) == ["new", "corroborated"]
    assert only(outcome).status == "held"


def test_a_state_falls_back_on_what_is_still_affirmed() -> None:
    stays = article("a", day(2), people(20e6))
    outcome = play(stays, article("b", day(3), people(30e6)), article("b", day(4), revision=2))
    assert kinds(outcome) == ["new", "updated"]
    assert (only(outcome).observation_id, only(outcome).as_of) == (observed(stays), day(4))


def test_a_retracted_claim_that_is_said_again_is_held() -> None:
    again = article("a", day(4), cost(5_600_000), revision=3)
    outcome = play(article("a", day(2), cost(5_600_000)), article("a", day(3), revision=2), again)
    assert kinds(outcome) == ["new", "retracted"]
    assert (only(outcome).status, only(outcome).as_of) == ("held", day(4))


def test_a_claim_of_the_baseline_outlives_the_article_that_drops_it() -> None:
    outcome = play(
        article("a", day(2), cost(5_600_000)), article("a", day(3), revision=2), baseline=[known(cost(5_576_000))]
    )
    assert kinds(outcome) == ["corroborated", "retracted"]
    assert only(outcome).status == "held"


def test_a_claim_is_denied_once() -> None:
    said = article("a", day(2), cost(5_600_000))
    outcome = play(
        said, article("b", day(3), cost(5_600_000, denied=True)), article("c", day(4), cost(5_600_000, denied=True))
    )
    assert kinds(outcome) == ["new", "denied"]
    assert outcome.changes[1].previous_observation_id == observed(said)
    assert (only(outcome).status, only(outcome).observation_id) == ("denied", observed(said))


def test_a_claim_that_was_only_denied_is_denied_with_the_value_denied() -> None:
    denial = article("a", day(2), cost(5_600_000, denied=True))
    outcome = play(denial)
    assert kinds(outcome) == ["denied"]
    assert (only(outcome).status, only(outcome).observation_id) == ("denied", observed(denial))


def test_a_denial_of_the_other_value_settles_a_dispute() -> None:
    outcome = play(
        article("a", day(2), cost(5_600_000)),
        article("b", day(3), cost(1_300_000_000)),
        article("c", day(4), cost(1_300_000_000, denied=True)),
    )
    assert (only(outcome).status, only(outcome).value.low) == ("held", 5_600_000)


def test_what_is_affirmed_after_a_denial_is_not_new() -> None:
    outcome = play(article("a", day(2), people(20e6, denied=True)), article("b", day(3), people(30e6)))
    assert kinds(outcome) == ["denied", "corroborated"]
    assert (only(outcome).status, only(outcome).value.low) == ("held", 30e6)


def test_a_value_in_the_past_changes_nothing() -> None:
    outcome = play(article("a", day(2), people(30e6)), article("b", day(3), people(20e6, past=True)))
    assert kinds(outcome) == ["new"]
    assert only(outcome).value.low == 30e6


def test_a_value_in_the_past_is_new_where_nothing_was_known() -> None:
    assert kinds(play(article("a", day(2), people(20e6, past=True)))) == ["new"]


def test_the_old_and_the_new_side_of_one_sentence_are_one_change() -> None:
    outcome = play(article("a", day(2), people(20e6, past=True), people(30e6)))
    assert kinds(outcome) == ["new"]
    assert only(outcome).value.low == 30e6


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [(people(20e6), people(30e6), "updated"), (cost(5_600_000), cost(1_300_000_000), "disputed")],
)
def test_a_second_value_in_one_article_is_a_change_of_its_own(first: Said, second: Said, kind: str) -> None:
    both = article("a", day(2), first, second)
    outcome = play(both)
    assert kinds(outcome) == ["new", kind]
    assert outcome.changes[1].previous_observation_id == observed(both)


def test_the_same_value_twice_in_one_article_is_one() -> None:
    assert kinds(play(article("a", day(2), cost(5_600_000), cost(5_576_000)))) == ["new"]


def test_a_statement_without_attribute_has_a_history_too() -> None:
    said = Said(Value(text="DeepSeekは論文を公開した"), "statement")
    outcome = play(article("a", day(2), said), article("b", day(3), said), article("a", day(4), revision=2))
    assert kinds(outcome) == ["new", "corroborated"]
    assert only(outcome).statement_ja == "DeepSeek: DeepSeekは論文を公開した"


def test_only_the_changes_of_the_run_are_given_but_the_state_of_all() -> None:
    history = (
        article("a", day(2), cost(5_600_000)),
        article("b", day(3), cost(5_600_000)),
        article("a", day(4), revision=2),
        article("b", day(5), revision=2),
    )
    everything = play(*history)
    by_run = [play(*history[:n], run=history[n - 1].seen_at) for n in range(1, 5)]
    assert [kinds(outcome) for outcome in by_run] == [["new"], ["corroborated"], [], ["retracted"]]
    assert [change for outcome in by_run for change in outcome.changes] == list(everything.changes)
    assert by_run[-1].states == everything.states
