"""What became of claims: the changes that a history of readings brings, and where each claim stands at its end.

A pure function of history. Readings are taken in the order in which they were processed (by the time of the run, then
by publication), so the result does not depend on the order in which they are given, and replaying the past gives the
changes that were recorded then. No claim's history depends on another's.

The rules, for a claim (subject, attribute, key qualifiers):

- ``new``: never seen before, nor in the baseline;
- ``updated``: a state's later publication gives a value that does not overlap the current one;
- ``disputed``: another value of a fact or event, overlapping none of those known;
- ``corrected``: a revision replaces the value that the same article gave;
- ``retracted``: a revision leaves the claim without its only support;
- ``denied``: someone denies the claim for the first time;
- ``corroborated``: an outlet that is new to the claim gives an overlapping value.

A value that the text places in the past changes nothing, unless the claim was never seen. A doubtful one (confidence
below ``SURE``) that contradicts what is known waits until a second outlet says it too.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from flows.claims.values import overlaps
from flows.model import Change, ClaimState, KnownClaim, Observation, Reading, Value, digest_of, iso_week
from flows.wording import attribute_of, statement
from seeds.loader import Seeds

DENIED = "denied"
SURE = 0.8
"""The confidence from which a value may contradict what is known by itself. With the development world left out of
learning it gives changes other than new a precision and a recall of .60; .9 gives .58 and .51. What the patterns alone
found carries no such probability and is not held back."""
BEFORE_ALL = dt.datetime.min.replace(tzinfo=dt.UTC)
"""The time of publication of the baseline: every article is later."""


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What a history comes to: its changes in the order of their happening, and the claims' states by id."""

    changes: tuple[Change, ...]
    states: tuple[ClaimState, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _Said:
    """A value that was given for a claim: by an observation, or by the baseline where there is none."""

    value: Value
    published: dt.datetime
    observation: Observation | None = None
    past: bool = False
    denied: bool = False

    @property
    def observation_id(self) -> str | None:
        return self.observation.observation_id if self.observation else None

    @property
    def article_id(self) -> str:
        return self.observation.article_id if self.observation else ""


def _published(reading: Reading) -> dt.datetime:
    """When an article came out; where it does not tell, when it was first seen by a run."""
    return reading.published_at or reading.seen_at


def _processed(reading: Reading) -> tuple[dt.datetime, dt.datetime, str, int]:
    return reading.seen_at, _published(reading), reading.article_id, reading.revision


def _in_text(observation: Observation) -> tuple[bool, int, int, str]:
    """The order within an article: that of the text, with what it places in the past behind."""
    return observation.past, observation.char_start, observation.char_end, observation.observation_id


class _History:
    """One claim's history, replayed reading by reading."""

    def __init__(self, claim_id: str, first: Observation, baseline: Sequence[KnownClaim], seeds: Seeds) -> None:
        self.claim_id = claim_id
        self.named: Observation | KnownClaim = baseline[0] if baseline else first
        self.attribute = attribute_of(first.attribute, seeds)
        self.seeds = seeds
        self.baseline = [
            _Said(known.value, BEFORE_ALL, past=known.past, denied=known.polarity == DENIED) for known in baseline
        ]
        self.known = list(self.baseline)
        """Every value that was ever given and not corrected: what another value must overlap to be no dispute."""
        self.current = next((s for s in reversed(self.known) if not (s.past or s.denied)), None)
        """The value that a later publication of a state is compared with."""
        if self.known and self.current is None:
            self.current = self.known[-1]
        self.publishers: set[str] = set()
        self.denials = [s for s in self.known if s.denied]
        self.was_denied = False
        self.said: dict[str, list[_Said]] = {}
        """What each article's newest revision affirms; the first of its values stands for the article."""
        self.copies: dict[str, set[str]] = {}
        """The articles that were found to be an article's copies after they were read."""
        self.waiting: list[tuple[str, _Said]] = []
        """Doubtful values that contradict what is known, with their outlets: they wait for a second one."""
        self.withdrawn: _Said | None = None
        self.moved_at: dt.datetime | None = None
        """When the run saw what last moved the claim."""

    def agree(self, a: _Said, b: _Said) -> bool:
        return overlaps(a.value, b.value, self.attribute, self.seeds)

    def among(self, known: Iterable[_Said], said: _Said) -> _Said | None:
        """The first of the known values that agrees with one."""
        return next((k for k in known if self.agree(k, said)), None)

    def read(self, reading: Reading, observations: Sequence[Observation]) -> Iterator[Change]:
        """Takes in what a revision says about the claim, maybe nothing, and yields the changes that it brings."""
        before = self.said.get(reading.article_id)
        now: list[_Said] = []
        if self.moved_at is None or (observations and not self.said):
            self.moved_at = reading.seen_at
        for observation in observations:
            said = _Said(observation.value, _published(reading), observation, observation.past)
            if observation.polarity == DENIED:
                yield from self._deny(reading, dataclasses.replace(said, denied=True))
                continue
            if said.past and self.known:
                pass
            elif now:
                yield from self._say_again(reading, now[0], said)
            elif before:
                yield from self._revise(reading, before[0], said)
            else:
                yield from self._say(reading, said)
            if not any(said is waiting for _, waiting in self.waiting):
                now.append(said)
        if reading.original is not None:
            self.copies.setdefault(reading.original, set()).add(reading.article_id)
        if now:
            self._hold(reading, now)
        elif before:
            yield from self._withdraw(reading, before[0])

    def _hold(self, reading: Reading, now: list[_Said]) -> None:
        """Keeps what an article affirms; an original speaks for its copies, in the place of the first of them."""
        one_text = {reading.article_id} | self.copies.get(reading.article_id, set())
        if reading.original in self.said:
            return
        if one_text.isdisjoint(self.said):
            self.said[reading.article_id] = now
            return
        self.said = {
            reading.article_id if holder in one_text else holder: now if holder in one_text else said
            for holder, said in self.said.items()
        }

    def _deny(self, reading: Reading, said: _Said) -> Iterator[Change]:
        if not self.among(self.denials, said):
            self.moved_at = reading.seen_at
        if not self.was_denied:
            self.was_denied = True
            yield self._change("denied", reading, said, self.among(self.known, said) or self.current)
        self.denials.append(said)
        self.known.append(said)

    def _say(self, reading: Reading, said: _Said) -> Iterator[Change]:
        """An article that has not spoken of the claim gives a value."""
        if not self.known:
            self._take(said, reading)
            yield self._change("new", reading, said, None)
        elif self.attribute.nature == "state":
            held = self.current
            if held is None or self.agree(held, said):
                yield from self._corroborate(reading, said, held or self.known[0])
            elif said.published >= held.published and not self._waits(reading, said):
                self._take(said, reading)
                yield self._change("updated", reading, said, held)
        elif agreed := self.among(self.known, said):
            yield from self._corroborate(reading, said, agreed)
        elif not self._waits(reading, said):
            held = next((k for k in self.known if not k.denied), self.known[0])
            self.known.append(said)
            self.publishers.add(reading.publisher)
            yield self._change("disputed", reading, said, held)

    def _waits(self, reading: Reading, said: _Said) -> bool:
        """Whether a value that contradicts what is known is too doubtful to move the claim by itself.

        It is more often misread than a value that agrees: it has to be surer, or told by a second outlet.
        """
        heard = said.observation
        if heard is None or heard.confidence >= SURE or heard.extractor == "rules":
            return False
        if any(outlet != reading.publisher and self.agree(waiting, said) for outlet, waiting in self.waiting):
            return False
        self.waiting.append((reading.publisher, said))
        return True

    def _take(self, said: _Said, reading: Reading) -> None:
        """Makes a value the current one, with its outlet as the only witness so far."""
        self.known.append(said)
        self.current = said
        self.publishers = {reading.publisher}

    def _corroborate(self, reading: Reading, said: _Said, held: _Said) -> Iterator[Change]:
        if reading.publisher not in self.publishers:
            self.publishers.add(reading.publisher)
            yield self._change("corroborated", reading, said, held)

    def _say_again(self, reading: Reading, first: _Said, said: _Said) -> Iterator[Change]:
        """An article gives a second value: its first one stays the current, but the second is known from now on."""
        if not self.agree(first, said) and not self.among(self.known, said) and not self._waits(reading, said):
            self.known.append(said)
            yield self._change("updated" if self.attribute.nature == "state" else "disputed", reading, said, first)

    def _revise(self, reading: Reading, before: _Said, said: _Said) -> Iterator[Change]:
        """A revision gives a value where the article gave one before; the same again is no news."""
        if not self.agree(before, said):
            self.known = [k for k in self.known if not self.agree(k, before)] + [said]
            self.current = said
            yield self._change("corrected", reading, said, before)

    def _withdraw(self, reading: Reading, before: _Said) -> Iterator[Change]:
        """A revision no longer says what the article said."""
        del self.said[reading.article_id]
        self.moved_at = reading.seen_at
        self.withdrawn = before
        if not self.said:
            yield self._change("retracted", reading, before, None)

    def _change(self, kind: str, reading: Reading, said: _Said, previous: _Said | None) -> Change:
        observation = said.observation_id
        assert observation is not None  # only articles bring changes
        before = previous.observation_id if previous else None
        if kind != "corroborated":
            self.moved_at = reading.seen_at
        return Change(
            change_id=digest_of("change", self.claim_id, kind, observation, before),
            claim_id=self.claim_id,
            kind=kind,
            week=iso_week(reading.seen_at),
            changed_at=reading.seen_at,
            observation_id=observation,
            previous_observation_id=before,
        )

    def _live(self) -> list[_Said]:
        """The values that articles affirm in their newest revisions, in the order in which the articles came."""
        said = [s for values in self.said.values() for s in values]
        return [s for s in said if not s.past] or said

    def standing(self, live: Sequence[_Said]) -> _Said:
        """The value that the claim has now.

        A state's is the current one as long as somebody affirms it, else the latest that is affirmed; a fact's the
        first that was given and still is, or what its article corrected it to. What nobody affirms any more keeps the
        value that was withdrawn; what was only ever denied has the value that was denied.
        """
        affirmed = [s for s in self.baseline if not s.denied]
        if self.attribute.nature != "state":
            remaining = [*affirmed, *live]
            return remaining[0] if remaining else self.withdrawn or self.denials[0]
        if self.current is not None and self.current in affirmed:
            return self.current
        if self.current is not None:
            supporting = self.among((*self.said.get(self.current.article_id, ()), *live), self.current)
            if supporting:
                return supporting
        if live:
            latest = max(range(len(live)), key=lambda n: (live[n].published, n))
            return live[latest]
        return affirmed[-1] if affirmed else self.withdrawn or self.denials[0]

    def state(self) -> ClaimState:
        """Where the claim stands after everything that was read."""
        live = self._live()
        said = self.standing(live)
        rivals = [s for s in (*self.baseline, *live) if not s.denied and not self.agree(s, said)]
        if not live and self.withdrawn and said is self.withdrawn:
            status = "retracted"
        elif self.among(self.denials, said):
            status = DENIED
        elif self.attribute.nature != "state" and any(not self.among(self.denials, rival) for rival in rivals):
            status = "disputed"
        else:
            status = "held"
        words = (self.named.subject, self.attribute, self.named.qualifiers, said.value, self.seeds)
        assert self.moved_at is not None  # a claim has a history because a reading spoke of it
        return ClaimState(
            claim_id=self.claim_id,
            subject=self.named.subject,
            attribute=self.attribute.id,
            qualifiers=self.named.qualifiers,
            statement_ja=statement(*words, "ja"),
            statement_en=statement(*words, "en"),
            status=status,
            value=said.value,
            as_of=self.moved_at,
            observation_id=said.observation_id,
        )


def derive(
    readings: Sequence[Reading],
    baseline: Sequence[KnownClaim],
    seeds: Seeds,
    run_seen_at: dt.datetime | None,
) -> Outcome:
    """The changes and the states that a history of readings implies.

    Args:
        readings: all that was ever said about the claims in question, in any order: each revision, of articles that
            are no copies, that states one of them or comes after one that did (then maybe without observations).
        baseline: what was known before the first article; only the claims that the readings speak of are looked at.
        seeds: the catalogue of attributes and the names by which values are compared.
        run_seen_at: the time of the run whose changes are wanted; None for those of all history.

    Returns:
        The changes that the readings seen at that time bring (for ``retracted``, the reading that no longer has the
        claim), and the state after all readings of every claim that they speak of.
    """
    known: dict[str, list[KnownClaim]] = {}
    for claim in baseline:
        known.setdefault(claim.claim_id, []).append(claim)
    histories: dict[str, _History] = {}
    spoken: dict[str, set[str]] = {}
    changes: list[Change] = []
    for reading in sorted(readings, key=_processed):
        said: dict[str, list[Observation]] = {}
        for observation in sorted(reading.observations, key=_in_text):
            said.setdefault(observation.claim_id, []).append(observation)
        for claim_id, observations in said.items():
            if claim_id not in histories:
                histories[claim_id] = _History(claim_id, observations[0], known.get(claim_id, ()), seeds)
        earlier = spoken.setdefault(reading.article_id, set())
        for claim_id in (*said, *sorted(earlier - said.keys())):
            brought = histories[claim_id].read(reading, said.get(claim_id, ()))
            changes += [change for change in brought if run_seen_at in {None, change.changed_at}]
        earlier.update(said)
    return Outcome(
        changes=tuple(changes),
        states=tuple(histories[claim_id].state() for claim_id in sorted(histories)),
    )
