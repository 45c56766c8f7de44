"""The kinds of change, one by one, and that history comes out the same in whatever order it is given."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.claims.changes import Outcome, derive
from flows.claims.identity import claim_id, observation_id
from flows.model import JST, ClaimState, KnownClaim, Observation, Reading, Value
from seeds.loader import BUNDLED, Seeds, load_seeds

SEEDS = load_seeds(BUNDLED)
USD = "USD"


def day(number: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(2025, 1, 1, hour, tzinfo=JST) + dt.timedelta(days=number - 1)


@dataclasses.dataclass(frozen=True)
class Said:
    """A statement of a test: what is said of what."""

    value: Value
    attribute: str = "users"
    subject: str = "deepseek"
    past: bool = False
    denied: bool = False


def people(number: float, *, past: bool = False, denied: bool = False) -> Said:
    return Said(Value(low=number, high=number, unit="people"), past=past, denied=denied)


def cost(number: float, *, denied: bool = False) -> Said:
    return Said(Value(low=number, high=number, unit=USD), "training_cost", "deepseek-v3", denied=denied)


def article(
    name: str,
    seen: dt.datetime,
    *said: Said,
    publisher: str = "",
    published: dt.datetime | None = None,
    undated: bool = False,
    revision: int = 1,
    seeds: Seeds = SEEDS,
) -> Reading:
    """One revision of an article; its outlet is called like it unless told otherwise."""
    when = None if undated else published or seen
    observations = []
    for place, one in enumerate(said):
        attribute = seeds.attributes.get(one.attribute)
        qualifiers = dict.fromkeys(attribute.key, "any") if attribute else {}
        claim = claim_id(
            one.subject, one.attribute, qualifiers, one.value.unit, seeds, proposition=one.value.text or ""
        )
        observations.append(
            Observation(
                observation_id=observation_id(
                    claim, name, revision, place, place + 1, one.value, past=one.past, polarity=str(one.denied)
                ),
                claim_id=claim,
                article_id=name,
                revision=revision,
                subject=one.subject,
                attribute=one.attribute,
                qualifiers=qualifiers,
                value=one.value,
                past=one.past,
                modality="asserted",
                polarity="denied" if one.denied else "affirmed",
                attribution=None,
                sentence="",
                char_start=place,
                char_end=place + 1,
                published_at=when,
                seen_at=seen,
            )
        )
    return Reading(name, revision, publisher or name, when, seen, tuple(observations))


def known(said: Said) -> KnownClaim:
    reading = article("seed", day(1), said)
    one = reading.observations[0]
    return KnownClaim(
        one.claim_id, one.subject, one.attribute, one.qualifiers, one.value, past=one.past, polarity=one.polarity
    )


def play(*readings: Reading, baseline: Sequence[KnownClaim] = (), run: dt.datetime | None = None) -> Outcome:
    return derive(readings, baseline, SEEDS, run)


def kinds(outcome: Outcome) -> list[str]:
    return [change.kind for change in outcome.changes]


def only(outcome: Outcome) -> ClaimState:
    assert len(outcome.states) == 1
    return outcome.states[0]


def observed(reading: Reading, place: int = 0) -> str:
    return reading.observations[place].observation_id


# --- the kinds --------------------------------------------------------------------------------------------------------


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


# --- properties -------------------------------------------------------------------------------------------------------

AMOUNTS = st.sampled_from([1e6, 1.02e6, 2e6, 5e6, 1e7])


@st.composite
def histories(draw: st.DrawFn) -> list[Reading]:
    """A few articles with revisions and several claims, seen in runs of which some take in several at once."""
    readings = []
    for number in range(draw(st.integers(1, 6))):
        seen, published = draw(st.integers(1, 6)), draw(st.one_of(st.none(), st.integers(1, 6)))
        for revision in range(1, draw(st.integers(1, 3)) + 1):
            said = [
                (people if draw(st.booleans()) else cost)(draw(AMOUNTS), denied=draw(st.integers(0, 4)) == 0)
                for _ in range(draw(st.integers(0, 3)))
            ]
            said = [dataclasses.replace(one, past=draw(st.integers(0, 4)) == 0) for one in said]
            readings.append(
                article(
                    f"a{number}",
                    day(seen),
                    *said,
                    publisher=f"p{draw(st.integers(1, 3))}",
                    published=day(published) if published else None,
                    undated=published is None,
                    revision=revision,
                )
            )
            seen += draw(st.integers(1, 3))
    return readings


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
