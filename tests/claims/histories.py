"""Histories of a claim, made of what articles say of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

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
