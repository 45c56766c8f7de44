"""What the scorer learns from: every proposal of every labelled article, with whether its claim was marked there."""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Iterator, Sequence

from flows.claims.anchors import Anchor
from flows.claims.extract import ArticleReader, ClaimKnowledge
from flows.claims.features import Features, Sight
from flows.claims.fillers import possible_fillers
from flows.claims.frames import Frame
from flows.claims.identity import canonical_name
from flows.claims.judging import spot_of
from flows.claims.markup import kind_of
from flows.claims.names import Mention
from flows.claims.proposals import Proposal, Proposer
from flows.claims.ranking import possible_subjects
from flows.claims.scorer import SENTENCE_WEIGHT, WHOLE, labels_of
from flows.claims.training.corpus import Labelled, Mark
from flows.claims.values import overlaps
from flows.claims.words import PLACES_BY_NAME, SENTENCES_BY_NAME

RULE_SILENCE = 0.3
"""The share of proposals whose frame is made silent: frames were written with these texts in view and are surer of them
than of any other, so that without it the scorer would trust them too much."""

FILLER_SILENCE = 0.5
"""The same for the rules of qualifiers."""

KEPT = 3
"""Of the proposals that no frame supports and no mark confirms, one in so many is learned from, for all of them."""


@dataclasses.dataclass(frozen=True)
class Example:
    """One thing to decide: its features by name, and whether it stands."""

    article: int
    features: Features
    stands: bool
    weight: float = 1.0
    """How many examples it speaks for."""


@dataclasses.dataclass(frozen=True)
class Lessons:
    """What there is to learn from an article: which proposals stand, of whom they speak, and their qualifiers."""

    claims: list[Example]
    subjects: list[Example]
    fillers: list[Example]


def examples_of(number: int, labelled: Labelled, knowledge: ClaimKnowledge) -> Lessons:
    """The proposals and the possible subjects of an article, decided by its marks.

    What the article says at a place other than the marked one is neither right nor wrong, and left out.
    """
    reader = ArticleReader(labelled.article, knowledge)
    judge = knowledge.judging
    sight = Sight(reader.marked, reader.scene.company, judge.thesaurus, SENTENCES_BY_NAME, PLACES_BY_NAME)
    proposer = Proposer(reader.marked, judge.frames, judge.prefilter, judge.slots, reader.scene, reader.who)
    truth = _Truth(labelled, reader)
    claims: list[Example] = []
    subjects: list[Example] = []
    fillers: list[Example] = []
    sentences: dict[int, Features] = {}
    for anchor in proposer.anchors():
        at = anchor.index
        if at not in sentences:
            sentences[at] = sight.sentence(at)
        place = sight.place(anchor)
        for proposal in proposer.proposals(anchor):
            marks = truth.marks(anchor, proposal)
            if marks is None:
                continue
            chance = _chance(labelled, proposal)
            common = not marks and not proposal.rules
            if common and chance * KEPT >= 1.0:
                continue
            features = named(proposal, proposer.shared(proposal), sentences[at], place, silent=chance < RULE_SILENCE)
            claims.append(Example(number, features, bool(marks), KEPT if common else 1.0))
            if marks:
                fillers += _fillers(number, proposal, reader, marks, silent=chance < FILLER_SILENCE)
            if marks and not (proposal.option.frame.role == "subject" and anchor.kind in {"name", "run"}):
                subjects += list(_subjects(number, proposal, reader, marks))
    return Lessons(claims, subjects, fillers)


def named(
    proposal: Proposal, shared: Features, sentence: Features, place: Features, *, silent: bool = False
) -> Features:
    """A proposal's features with the names that its labels give them; with the frame's voice left out if asked."""
    found = {k: v for k, v in shared.items() if not (silent and k.startswith(("rule", "kept")))}
    whole = proposal.anchor.kind == "sentence"
    for label in labels_of(proposal.option.label):
        for name, value in sentence.items():
            found[f"{label}|{WHOLE}{name}" if whole else f"{label}|{name}"] = value * (
                1.0 if whole else SENTENCE_WEIGHT
            )
        for name, value in place.items():
            found[f"{label}|{name}"] = value
    return found


def _chance(labelled: Labelled, proposal: Proposal) -> float:
    """A number from 0 to 1 that is always the same for a proposal, and as good as chance."""
    anchor = proposal.anchor
    told = f"{labelled.number} {proposal.option.label} {anchor.index} {anchor.start} {anchor.kind}"
    return zlib.crc32(told.encode()) / 2**32


def _subjects(number: int, proposal: Proposal, reader: ArticleReader, marks: Sequence[Mark]) -> Iterator[Example]:
    anchor, frame = proposal.anchor, proposal.option.frame
    start = proposal.rules[0].start if proposal.rules else spot_of(frame, anchor, reader.marked[anchor.index])[0]
    right = {mark.subject for mark in marks}
    for possible in possible_subjects(reader.marked, anchor.index, start, frame, reader.scene):
        stands = canonical_name(possible.entity, reader.knowledge.seeds) in right
        yield Example(number, possible.features, stands)


def _fillers(
    number: int, proposal: Proposal, reader: ArticleReader, marks: Sequence[Mark], *, silent: bool
) -> Iterator[Example]:
    """What could fill the qualifiers of a proposal, decided by its marks; a value that nobody gathered teaches none."""
    anchor, frame = proposal.anchor, proposal.option.frame
    if not frame.attribute.key:
        return
    told, (start, end) = {}, spot_of(frame, anchor, reader.marked[anchor.index])
    if proposal.rules:
        told, start, end = dict(proposal.rules[0].told), proposal.rules[0].start, proposal.rules[0].end
    if frame.role and anchor.kind in {"name", "run"}:
        told[frame.role] = reader.actor(frame, anchor)
    seeds, rules = reader.knowledge.seeds, reader.knowledge.qualifiers
    spot = reader.spot(anchor.index, start, end, reader.scene.company if frame.role else marks[0].subject)
    ruled = rules.fill(frame, spot, told)
    settled: dict[str, str] = {}
    for name in frame.attribute.key:
        right = {mark.qualifiers.get(name) for mark in marks}
        values = list(dict.fromkeys(each[name] for each in ruled))
        if name in told:
            settled[name] = told[name]
            continue
        possible = possible_fillers(name, frame, spot, rules, values, settled)
        stands = {value: canonical_name(value, seeds) in right for value in possible}
        if not any(stands.values()):
            return
        settled[name] = next(value for value, right_one in stands.items() if right_one)
        for value, features in possible.items():
            yield Example(number, {k: v for k, v in features.items() if not (silent and "|rule" in k)}, stands[value])


class _Truth:
    """An article's marks, to be asked which of them a proposal is."""

    def __init__(self, labelled: Labelled, reader: ArticleReader) -> None:
        self._claims = labelled.claims
        self._reader = reader
        self._seeds = reader.knowledge.seeds

    def marks(self, anchor: Anchor, proposal: Proposal) -> list[Mark] | None:
        """The marks that a proposal tells; empty where it is wrong, None where the same is marked elsewhere."""
        frame = proposal.option.frame
        sentence = self._reader.marked[anchor.index]
        here: list[Mark] = []
        elsewhere = False
        for mark in self._claims:
            if mark.attribute.id != frame.attribute.id or not self._same(mark, anchor, proposal):
                continue
            if anchor.kind == "sentence" or frame.role:
                inside = mark.start < sentence.sentence.end and sentence.start < mark.end
            else:
                inside = mark.start <= sentence.origins[anchor.start] < mark.end
            if inside:
                here.append(mark)
            else:
                elsewhere = True
        return here or (None if elsewhere else [])

    def _same(self, mark: Mark, anchor: Anchor, proposal: Proposal) -> bool:
        frame, value = proposal.option.frame, proposal.option.value
        if not overlaps(value, mark.value, mark.attribute, self._seeds):
            return False
        if not frame.role:
            return True
        wanted = mark.subject if frame.role == "subject" else mark.qualifiers.get(frame.role, "")
        if anchor.kind != "sentence":
            return self._name(self._reader.actor(frame, anchor)) == wanted
        if any(self._name(name) == wanted for name in self._named(frame, anchor)):
            return False  # a name of the sentence tells it
        if frame.role == "subject":
            return True
        return wanted in {self._name(name) for name in self._reader.possible_actors(frame, anchor)}

    def _named(self, frame: Frame, anchor: Anchor) -> Iterator[str]:
        for position, item in self._reader.marked[anchor.index].items.items():
            if isinstance(item, Mention) and (kind_of(item) in frame.names or item.kind == "pronoun"):
                yield self._reader.actor(frame, Anchor(anchor.index, position, position + 1, "name", item, item.entity))

    def _name(self, name: str) -> str:
        return canonical_name(name, self._seeds)
