"""Decides which proposals stand, and of whom they speak: the learned scorer over everything that a text might claim.

Of all that one number could be, the likeliest is taken; a name may act in several attributes, with one status in each;
a whole sentence speaks only where no name in it does. What stays below the threshold is left aside with a reason.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from flows.claims.anchors import Anchor, Slots
from flows.claims.candidates import Candidate
from flows.claims.features import Sight
from flows.claims.frames import Frame, prefilter_of
from flows.claims.markup import Marked
from flows.claims.pairing import paired
from flows.claims.proposals import Proposal, Proposer, common
from flows.claims.ranking import possible_subjects, rank
from flows.claims.scorer import Scorer, Sums
from flows.claims.subjects import Scene, Subject, resolve
from flows.claims.words import Thesaurus
from seeds import SeedsError

_ASIDE = 0.1
"""What is less likely than this is not worth a line among what was left aside."""


@dataclasses.dataclass(frozen=True)
class Judged:
    """A candidate that stands, with its probability and its subjects."""

    candidate: Candidate
    probability: float
    """How sure it is that the candidate stands: learned, or the frame's score where nothing was learned."""
    subjects: tuple[Subject, ...]
    learned: bool = True

    def confidence(self, subject: Subject) -> float:
        """How sure it is, 0 to 1, that the claim stands of this subject."""
        if self.learned:
            return round(self.probability * (0.5 + 0.5 * subject.score), 3)
        return round(min(1.0, 0.6 * self.probability + 0.4 * subject.score + 0.1), 3)


@dataclasses.dataclass(frozen=True)
class _Scored:
    proposal: Proposal
    probability: float


class Judge:
    """The scorer of a seeds folder with what it needs to see a text."""

    def __init__(self, frames: Sequence[Frame], thesaurus: Thesaurus, scorer: Scorer | None) -> None:
        """Orders the frames by what they hang on; without a scorer nothing can be judged yet."""
        self.frames = tuple(frames)
        self.slots = Slots(frames)
        self.prefilter = prefilter_of(frames)
        self.thesaurus = thesaurus
        self._weights = scorer
        self._frames = {frame.attribute.id: frame for frame in frames}
        self._commons: dict[tuple[str, str], Sums] = {}
        self._masks: dict[str, npt.NDArray[np.bool_]] = {}

    @property
    def learned(self) -> bool:
        """Whether there are weights to judge with."""
        return self._weights is not None

    @property
    def filler_weights(self) -> Mapping[str, float]:
        """The weights of what may fill a qualifier; empty where nothing was learned."""
        return self._weights.fillers if self._weights is not None else {}

    @property
    def least(self) -> float:
        """How sure a claim must be to be said; 0 where nothing was learned."""
        return self._weights.least if self._weights is not None else 0.0

    @property
    def _scorer(self) -> Scorer:
        if self._weights is None:
            raise SeedsError("the seeds folder has no claim_weights.json to judge with")
        return self._weights

    def judge(
        self,
        marked: Sequence[Marked],
        scene: Scene,
        who: Callable[[Candidate], list[str]],
        actor: Callable[[Frame, Anchor], str],
    ) -> tuple[list[Judged], list[tuple[Candidate, str]]]:
        """The candidates of an article that stand, in order of the text, and those left aside with why.

        Args:
            marked: the article's sentences.
            scene: what the article is about.
            who: the actors that a status candidate of the frames names.
            actor: the value that an anchor gives the role of a frame; empty where it gives none.
        """
        scored = self._scored(marked, scene, who)
        kept: list[Judged] = []
        aside: list[tuple[Candidate, str]] = []
        for item in _chosen(scored, self._scorer.threshold):
            for candidate in self.candidates(item.proposal, marked, actor, item.probability):
                subjects = self._subjects(candidate, marked, scene)
                kept.append(Judged(candidate, item.probability, tuple(subjects)))
        for item in scored:
            if _ASIDE <= item.probability < self._scorer.threshold:
                aside.extend(
                    (c, f"unsure: {item.probability:.2f}")
                    for c in self.candidates(item.proposal, marked, actor, item.probability)[:1]
                )
        kept.sort(key=lambda j: (j.candidate.index, j.candidate.start, j.candidate.end))
        return kept, aside

    def _scored(self, marked: Sequence[Marked], scene: Scene, who: Callable[[Candidate], list[str]]) -> list[_Scored]:
        """Every proposal that is likely enough to be worth a word, with its probability."""
        scorer = self._scorer
        proposer = Proposer(marked, self.frames, self.prefilter, self.slots, scene, who)
        anchors = proposer.anchors()
        if not anchors:
            return []
        totals = self._totals(anchors, Sight(marked, scene.company, self.thesaurus, scorer.sentences, scorer.places))
        common = np.array([self._common(proposer.topic(anchor), proposer.title) for anchor in anchors])
        masks = np.array([self._mask(anchor.slot) for anchor in anchors])
        likely = scorer.hopeful(totals + common, masks, _ASIDE)
        return [
            _Scored(p, scorer.probability(p.option.label, total, proposer.shared(p)))
            for anchor, total, labels in zip(anchors, totals, likely, strict=True)
            for p in proposer.proposals(anchor, labels)
        ]

    def _totals(self, anchors: Sequence[Anchor], sight: Sight[int]) -> Sums:
        """What sentence and place add to each label at each anchor: (anchors, labels)."""
        scorer = self._scorer
        totals = np.empty((len(anchors), len(scorer.labels)), dtype=np.float32)
        of_sentences: dict[int, tuple[Sums, Sums]] = {}
        for number, anchor in enumerate(anchors):
            if anchor.index not in of_sentences:
                of_sentences[anchor.index] = scorer.of_sentence(sight.sentence(anchor.index))
            beside, whole = of_sentences[anchor.index]
            totals[number] = whole if anchor.kind == "sentence" else beside + scorer.of_place(sight.place(anchor))
        return totals

    def _mask(self, slot: str) -> npt.NDArray[np.bool_]:
        """Which labels anchors of a slot can have, kept."""
        if slot not in self._masks:
            self._masks[slot] = self._scorer.mask(self.slots.labels(slot))
        return self._masks[slot]

    def _common(self, topic: str, title: str) -> Sums:
        """What topic and title add to each label, kept: there are few of both."""
        if (topic, title) not in self._commons:
            made = [
                common(label, self._frames[label.partition(":")[0]], topic, title)
                if label.partition(":")[0] in self._frames
                else {}
                for label in self._scorer.labels
            ]
            self._commons[topic, title] = self._scorer.known(made)
        return self._commons[topic, title]

    def candidates(
        self,
        proposal: Proposal,
        marked: Sequence[Marked],
        actor: Callable[[Frame, Anchor], str],
        probability: float = 1.0,
    ) -> list[Candidate]:
        """What a proposal that stands is handed on as: the frames' own candidates, or one made of the anchor."""
        anchor, option = proposal.anchor, proposal.option
        frame = option.frame
        told: dict[str, str] = {}
        subject = None
        if frame.role and anchor.kind in {"name", "run"}:
            name = actor(frame, anchor)
            if not name:
                return []
            if frame.role == "subject":
                subject = name
            else:
                told = {frame.role: name}
        rules = proposal.rules
        if rules and anchor.kind == "sentence" and frame.attribute.value == "status":
            return [dataclasses.replace(c, score=probability) for c in rules]
        if rules:
            best = max(rules, key=lambda c: c.score)
            return [
                dataclasses.replace(
                    best, score=probability, told={**best.told, **told}, subject=subject or best.subject
                )
            ]
        start, end = spot_of(frame, anchor, marked[anchor.index])
        return [
            Candidate(
                frame, anchor.index, start, end, option.value, probability, f"{option.label}:{anchor.start}",
                told, subject,
            )
        ]  # fmt: skip

    def _subjects(self, candidate: Candidate, marked: Sequence[Marked], scene: Scene) -> list[Subject]:
        if candidate.subject is not None:
            return [Subject(candidate.subject, 0.9, "pattern")]
        ruled = resolve(marked, candidate.index, candidate.start, candidate.frame, scene)
        if len(ruled[0]) > 1:
            return ruled[0]
        owner = paired(marked, candidate.index, candidate.start)
        if owner is not None and {"model", "product"} & set(candidate.frame.subjects):
            return [Subject(owner, 0.9, "order")]
        possible = possible_subjects(marked, candidate.index, candidate.start, candidate.frame, scene, ruled)
        return rank(possible, self._scorer.subjects)[:1]


def spot_of(frame: Frame, anchor: Anchor, sentence: Marked) -> tuple[int, int]:
    """Where a status is said: at the words that hint at it, behind the actor if there are any."""
    if frame.attribute.value != "status" or frame.hints is None:
        return anchor.start, anchor.end
    hint = frame.hints.search(sentence.masked, anchor.end if anchor.kind != "sentence" else 0)
    hint = hint or frame.hints.search(sentence.masked)
    return (hint.start(), hint.end()) if hint else (anchor.start, anchor.end)


def _chosen(scored: Sequence[_Scored], threshold: float) -> list[_Scored]:
    """The best proposals above the threshold, one for each thing that can be said at a place."""
    best: dict[tuple[object, ...], _Scored] = {}
    for item in scored:
        if item.probability < threshold:
            continue
        anchor, attribute = item.proposal.anchor, item.proposal.option.frame.attribute.id
        several = anchor.kind not in {"number", "date"}
        key = (anchor.index, anchor.start, anchor.end, anchor.kind, attribute if several else "")
        if key not in best or item.probability > best[key].probability:
            best[key] = item
    kept: list[_Scored] = []
    for item in sorted(best.values(), key=lambda i: -i.probability):
        anchor, frame = item.proposal.anchor, item.proposal.option.frame
        rivals = [
            k.proposal.anchor
            for k in kept
            if k.proposal.option.frame is frame and k.proposal.anchor.index == anchor.index
        ]
        overlapped = any(r.start < anchor.end and anchor.start < r.end and r.kind != "sentence" for r in rivals)
        if anchor.kind != "sentence" and overlapped:
            continue
        kept.append(item)
    acting = {
        (k.proposal.anchor.index, k.proposal.option.frame.attribute.id)
        for k in kept
        if k.proposal.anchor.kind in {"name", "run"}
    }
    return [
        k
        for k in kept
        if k.proposal.anchor.kind != "sentence"
        or not k.proposal.option.frame.role
        or (k.proposal.anchor.index, k.proposal.option.frame.attribute.id) not in acting
    ]
