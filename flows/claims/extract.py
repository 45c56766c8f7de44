"""From an article to its claims: the whole step, in the order in which it happens.

sentences → names, numbers, dates → masked sentences → proposals → judgement → qualifiers, speech → observations
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Mapping

from flows.claims import dates, quantities, sentences
from flows.claims.anchors import Anchor, likely_names
from flows.claims.candidates import Candidate, candidates
from flows.claims.choice import choose
from flows.claims.dates import DateSpan
from flows.claims.fillers import filled, possible_fillers
from flows.claims.frames import Frame, load_frames
from flows.claims.identity import claim_id, observation_id
from flows.claims.judging import Judge, Judged, spot_of
from flows.claims.markup import Marked, mark
from flows.claims.names import Mention, NameFinder, fold_width
from flows.claims.qualifiers import UNTOLD, Qualifiers, Spot
from flows.claims.scorer import load_scorer
from flows.claims.speech import SpeechContext, SpeechCues, load_speech
from flows.claims.subjects import Scene, Subject, resolve, scene_of
from flows.claims.units import Units, load_units
from flows.claims.words import Thesaurus
from flows.model import JST, Article, Observation, SetAside, Value
from seeds import Seeds


@dataclasses.dataclass(frozen=True)
class ClaimKnowledge:
    """Everything that finding claims needs, compiled once for a seeds folder."""

    seeds: Seeds
    names: NameFinder
    frames: tuple[Frame, ...]
    qualifiers: Qualifiers
    units: Units
    speech: SpeechCues
    judging: Judge
    corrections: re.Pattern[str]
    """How a note of correction begins: what it repeats is what was wrong."""


@dataclasses.dataclass(frozen=True)
class Extraction:
    """What an article claims, and what looked like a claim and was not taken."""

    observations: tuple[Observation, ...]
    set_aside: tuple[SetAside, ...]


@dataclasses.dataclass(frozen=True)
class _Telling:
    """What is said of a subject, and how."""

    value: Value
    modality: str
    polarity: str
    attribution: str | None
    past: bool
    confidence: float


def load_claim_knowledge(seeds: Seeds) -> ClaimKnowledge:
    """Compiles names, frames, qualifiers, units and cues of speech.

    Raises:
        SeedsError: a file of the folder is wrong.
    """
    frames, scorer = load_frames(seeds), load_scorer(seeds.folder)
    return ClaimKnowledge(
        seeds=seeds,
        names=NameFinder(seeds),
        frames=frames,
        qualifiers=Qualifiers(seeds),
        units=load_units(seeds.folder),
        speech=load_speech(seeds.folder),
        judging=Judge(frames, Thesaurus(seeds.extra("thesaurus.toml")), scorer),
        corrections=seeds.correction_notes,
    )


def extract(article: Article, knowledge: ClaimKnowledge) -> Extraction:
    """The claims of an article, each with its sentence and position; the same text always gives the same.

    Only a relevant article that is no copy has claims of its own.
    """
    if not article.relevant or article.duplicate_of is not None:
        return Extraction((), ())
    return ArticleReader(article, knowledge).read()


class ArticleReader:
    """One article being read: its sentences with all that is marked in them, and who is meant where."""

    def __init__(self, article: Article, knowledge: ClaimKnowledge) -> None:
        self.article = article
        self.knowledge = knowledge
        text = article.text
        self.day = (article.published_at or article.seen_at).astimezone(JST)
        split = sentences.split(text)
        self.mentions = knowledge.names.find(text)
        found = quantities.parse(text, knowledge.units)
        self.marked = mark(text, split, self.mentions, found, dates.parse(text, self.day, units=knowledge.units))
        self.scene: Scene = scene_of(knowledge.names.find(article.title), self.mentions, knowledge.names)
        self._split = split
        lines = enumerate(fold_width(text).split("\n"))
        self.notes = {number for number, line in lines if knowledge.corrections.search(line)}
        self.aside: list[SetAside] = []

    @functools.cached_property
    def ahead(self) -> dict[int, DateSpan]:
        """The dates by where they start, as they are meant where they are planned."""
        found = dates.parse(self.article.text, self.day, prefer="future", units=self.knowledge.units)
        return {date.start: date for date in found}

    @functools.cached_property
    def speech(self) -> SpeechContext:
        """Who says what in the article."""
        return SpeechContext(
            self.article.text, self._split, self.mentions, self.knowledge.speech, owner=self.scene.company
        )

    def read(self) -> Extraction:
        """The article's claims."""
        kept, left = self._judged()
        for candidate, reason in left:
            if reason != "outscored":
                self._leave(candidate, reason)
        found: dict[str, Observation] = {}
        for judged in kept:
            for observation in self.observe(judged):
                found.setdefault(observation.observation_id, observation)
        return Extraction(tuple(_once(list(found.values()))), tuple(self.aside))

    def _judged(self) -> tuple[list[Judged], list[tuple[Candidate, str]]]:
        """What stands, by the learned scorer, or by the frames alone where the seeds folder has no weights."""
        if self.knowledge.judging.learned:
            return self.knowledge.judging.judge(self.marked, self.scene, self.who, self.actor)
        kept, left = choose(candidates(self.marked, self.knowledge.frames, self.knowledge.judging.prefilter))
        judged = []
        for candidate in kept:
            if candidate.subject is not None:
                subjects, reason = [Subject(candidate.subject, 0.9, "pattern")], ""
            else:
                subjects, reason = resolve(self.marked, candidate.index, candidate.start, candidate.frame, self.scene)
            if subjects:
                judged.append(Judged(candidate, candidate.score, tuple(subjects), learned=False))
            else:
                left.append((candidate, reason))
        return judged, left

    def spot(self, index: int, start: int, end: int, subject: str) -> Spot:
        """A place in the article's masked sentences where qualifiers are sought."""
        return Spot(self.marked, index, start, end, subject, self.scene, self.day.date())

    def who(self, candidate: Candidate) -> list[str]:
        """The actors that the frames see in a status candidate."""
        frame = candidate.frame
        if frame.role == "subject":
            subjects, _ = resolve(self.marked, candidate.index, candidate.start, frame, self.scene)
            return [s.entity for s in subjects]
        spot = self.spot(candidate.index, candidate.start, candidate.end, self.scene.company)
        return [told[frame.role] for told in self.knowledge.qualifiers.fill(frame, spot, candidate.told)]

    def actor(self, frame: Frame, anchor: Anchor) -> str:
        """What an anchor gives the role of a frame: its name, the country of an authority, whom a pronoun means."""
        item = anchor.item
        if frame.role == "place" and not (isinstance(item, Mention) and item.kind == "place"):
            body = item.text if isinstance(item, Mention) else anchor.name
            if self.knowledge.names.public_place.search(body):
                return anchor.name
            return self.knowledge.qualifiers.country_of(body) or ""
        if isinstance(item, Mention) and item.kind == "pronoun":
            if frame.role == "subject":
                return ""
            if self.knowledge.names.speaks_of_itself(item):
                return self._issuer
            spot = self.spot(anchor.index, anchor.start, anchor.end, self.scene.company)
            told = self.knowledge.qualifiers.fill(frame, spot, {})
            name = told[0].get(frame.role, UNTOLD) if told else UNTOLD
            return "" if name == UNTOLD else name
        return anchor.name

    @functools.cached_property
    def _issuer(self) -> str:
        """The body whose notice or release the article is: the first one named in title and text, else the author."""
        company = self.scene.company
        named = [m.entity for m in (*self.scene.title, *self.mentions) if m.kind == "organization"]
        runs = [run.name for marked in self.marked[:2] for run in likely_names(marked, self.scene.trim)]
        return next((name for name in (*named, *runs) if name != company), self.article.author or "")

    def possible_actors(self, frame: Frame, anchor: Anchor) -> list[str]:
        """Whom the sentences around a place could give the role of a frame, where the place itself names nobody."""
        start, _ = spot_of(frame, anchor, self.marked[anchor.index])
        spot = self.spot(anchor.index, start, start + 1, self.scene.company)
        ruled = [told.get(frame.role, UNTOLD) for told in self.knowledge.qualifiers.fill(frame, spot, {})]
        return list(possible_fillers(frame.role, frame, spot, self.knowledge.qualifiers, ruled, {}))

    def _qualified(self, frame: Frame, spot: Spot, told: Mapping[str, str]) -> tuple[list[dict[str, str]], float]:
        """The qualifiers of a candidate, and how sure they are: as learned, or by rule where nothing was learned."""
        qualifiers, weights = self.knowledge.qualifiers, self.knowledge.judging.filler_weights
        return filled(frame, spot, told, qualifiers, weights) if weights else (qualifiers.fill(frame, spot, told), 1.0)

    def _leave(self, candidate: Candidate, reason: str) -> None:
        start, end = self.marked[candidate.index].original(candidate.start, candidate.end)
        self.aside.append(SetAside(start, end, candidate.frame.attribute.id, reason, candidate.value.text or ""))

    def observe(self, judged: Judged) -> list[Observation]:
        """The claims that a candidate comes to, with qualifiers and how it is said; why there are none is set aside."""
        candidate = judged.candidate
        frame, sentence = candidate.frame, self.marked[candidate.index]
        if sentence.sentence.paragraph in self.notes:
            self._leave(candidate, "correction note")
            return []
        start, end = sentence.original(candidate.start, candidate.end)
        said = self.speech.analyse(candidate.index, (start, end))
        subjects = [s for s in judged.subjects if candidate.value.text != s.entity]
        if not said.claim:
            self._leave(candidate, said.reason or "no claim")
            return []
        value, polarity = self._value(candidate, said.modality, said.polarity, start)
        observations = []
        for subject in subjects:
            spot = self.spot(candidate.index, candidate.start, candidate.end, subject.entity)
            mappings, sure = self._qualified(frame, spot, candidate.told)
            for qualifiers in mappings:
                missing = [name for name in frame.needs if qualifiers.get(name, UNTOLD) in {UNTOLD, self.scene.company}]
                if missing:
                    self._leave(candidate, f"no {missing[0]}")
                    continue
                confidence = round(judged.confidence(subject) * (0.5 + 0.5 * sure), 3)
                if judged.learned and confidence < self.knowledge.judging.least:
                    self._leave(candidate, f"unsure: {confidence:.2f}")
                    continue
                past = (said.past or candidate.past) and frame.attribute.nature == "state"
                how = _Telling(value, said.modality, polarity, said.attribution, past, confidence)
                observations.append(self._observation(judged, subject, qualifiers, how, sentence, start, end))
        return observations

    def _value(self, candidate: Candidate, modality: str, polarity: str, start: int) -> tuple[Value, str]:
        frame, value = candidate.frame, candidate.value
        if "counterpart" in frame.attribute.key and frame.attribute.value == "ratio":
            value = _from_own_side(value, self.marked[candidate.index], candidate.start)
        if frame.attribute.value == "status":
            if polarity == "denied" and "denied" in frame.by_polarity:
                return dataclasses.replace(value, text=frame.by_polarity["denied"]), "affirmed"
            if value.text == "denied":
                polarity = "affirmed"
            becomes = frame.by_modality.get(modality, {}).get(value.text or "")
            if becomes:
                return dataclasses.replace(value, text=becomes), polarity
        if value.dated and modality == "planned" and start in self.ahead:
            span = self.ahead[start]
            return Value(start=span.first, end=span.last, text=span.text), polarity
        return value, polarity

    def _observation(
        self,
        judged: Judged,
        subject: Subject,
        qualifiers: dict[str, str],
        how: _Telling,
        sentence: Marked,
        start: int,
        end: int,
    ) -> Observation:
        article, seeds = self.article, self.knowledge.seeds
        attribute = judged.candidate.frame.attribute.id
        claim = claim_id(subject.entity, attribute, qualifiers, how.value.unit, seeds)
        return Observation(
            observation_id=observation_id(
                claim, article.article_id, article.revision, start, end, how.value, polarity=how.polarity, past=how.past
            ),
            claim_id=claim,
            article_id=article.article_id,
            revision=article.revision,
            subject=subject.entity,
            attribute=attribute,
            qualifiers=qualifiers,
            value=how.value,
            past=how.past,
            modality=how.modality,
            polarity=how.polarity,
            attribution=how.attribution,
            sentence=sentence.sentence.text,
            char_start=start,
            char_end=end,
            published_at=article.published_at,
            seen_at=article.seen_at,
            confidence=how.confidence,
            extractor="scorer" if judged.learned else "rules",
        )


def _from_own_side(value: Value, sentence: Marked, anchor: int) -> Value:
    """A comparison told from the subject's side: inverted where the text says it of the rival (o3はR1の2倍)."""
    near = [(p, i.kind) for p, i in sentence.ordered if isinstance(i, Mention) and p < anchor]
    if not near or near[-1][1] not in {"model", "product"}:
        return value
    at = near[-1][0]
    told_of_rival = any(kind == "rival" for _, kind in near[:-1]) and sentence.masked[at + 1 : anchor].lstrip(
        "」』"
    ).startswith("の")
    if not told_of_rival or not value.low or not value.high:
        return value
    return dataclasses.replace(value, low=1 / value.high, high=1 / value.low)


def _once(observations: list[Observation]) -> list[Observation]:
    """The same thing said twice in a text is one claim: of equal values the surer, then the first, is kept."""
    kept: dict[tuple[str, object, str, bool], Observation] = {}
    for observation in sorted(observations, key=lambda o: (-o.confidence, o.char_start)):
        value = observation.value
        same = (value.low, value.high, value.start, value.end, None if value.numeric or value.dated else value.text)
        kept.setdefault((observation.claim_id, same, observation.polarity, observation.past), observation)
    return sorted(kept.values(), key=lambda o: (o.char_start, o.observation_id))
