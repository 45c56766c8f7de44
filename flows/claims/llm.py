"""What of a language model's answer is taken. Nothing here reaches a network.

Of an answer to what ``asking.py`` asks nothing is believed. A proposal counts only where its evidence stands letter for
letter in the sentence that it names, where its value is what our own parsers read in that evidence, and where its
subject is a name of the text or of the catalogue and of a kind that the attribute can be said of. Qualifiers, modality,
polarity and attribution are filled by the same rules as for every other claim.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flows.claims.asking import OpenSentence
from flows.claims.candidates import Candidate, number_value
from flows.claims.dates import DateSpan
from flows.claims.extract import ArticleReader, Extraction
from flows.claims.frames import Frame, fits, matches
from flows.claims.identity import canonical_name, claim_id, observation_id
from flows.claims.judging import Judged
from flows.claims.markup import MASKS, Item, Marked
from flows.claims.qualifiers import UNTOLD
from flows.claims.quantities import Quantity
from flows.claims.subjects import Subject, suits
from flows.claims.values import overlaps
from flows.model import STATEMENT, KawarabanError, Observation, SetAside, Value
from seeds import Seeds

EXTRACTOR = "llm"
CONFIDENCE = 0.5
"""The confidence of what a model proposed: shown as less sure, whatever the model thinks of itself."""
_NUMERIC = frozenset({"money", "count", "ratio", "percent", "rank", "duration"})
_LONGEST_TEXT = 80
_FENCE = "```"


class BrokenAnswerError(KawarabanError):
    """An answer is no JSON, or JSON of another form than was asked for."""


@dataclasses.dataclass(frozen=True)
class Proposal:
    """A claim as a model proposes it, of the types that the schema asks for; nothing of it is checked yet."""

    sentence: int
    attribute: str
    subject: str
    evidence: str
    qualifiers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    start: str | None = None
    end: str | None = None
    text: str | None = None


@dataclasses.dataclass(frozen=True)
class Checked:
    """What of an answer is taken, and what is not with the reason."""

    observations: tuple[Observation, ...]
    refused: tuple[SetAside, ...]


class _RefusedError(Exception):
    """A proposal does not hold; the message is the reason."""


def proposals_of(answer: str) -> list[Proposal]:
    """The proposals of an answer, which may stand in a fence of Markdown.

    Raises:
        BrokenAnswerError: it is no JSON of the form that was asked for.
    """
    body = answer.strip()
    if body.startswith(_FENCE):
        body = body.removeprefix(_FENCE).removeprefix("json").rpartition(_FENCE)[0]
    try:
        claims = json.loads(body)["claims"]
        return [_proposal(raw) for raw in claims]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise BrokenAnswerError(f"the answer is not the JSON that was asked for: {error!r}"[:200]) from error


def _proposal(raw: Mapping[str, Any]) -> Proposal:
    told = {str(q["name"]): str(q["value"]) for q in raw.get("qualifiers") or ()}
    return Proposal(
        sentence=int(raw["sentence"]),
        attribute=str(raw["attribute"]),
        subject=str(raw["subject"]),
        evidence=str(raw["evidence"]),
        qualifiers=told,
        low=None if raw.get("low") is None else float(raw["low"]),
        high=None if raw.get("high") is None else float(raw["high"]),
        start=None if raw.get("from") is None else str(raw["from"]),
        end=None if raw.get("to") is None else str(raw["to"]),
        text=None if raw.get("text") is None else str(raw["text"]),
    )


def checked(
    proposals: Sequence[Proposal],
    asked: Sequence[OpenSentence],
    reader: ArticleReader,
    extraction: Extraction,
) -> Checked:
    """What of a model's proposals stands, as observations of the extractor ``llm``, and what does not with why.

    Args:
        proposals: in the order of the answer.
        asked: the sentences that were asked about; another sentence's number is refused.
        reader: the article.
        extraction: what the rules found in it: the same claim is not taken twice.
    """
    seeds = reader.knowledge.seeds
    asked_about = {sentence.index for sentence in asked}
    taken: dict[str, Observation] = {}
    refused: list[SetAside] = []
    for proposal in proposals:
        try:
            for observation in _claims(proposal, asked_about, reader):
                if not _known(observation, (*extraction.observations, *taken.values()), seeds):
                    taken[observation.observation_id] = observation
        except _RefusedError as error:
            refused.append(_refusal(proposal, reader, asked_about, str(error)))
    return Checked(tuple(sorted(taken.values(), key=lambda o: (o.char_start, o.observation_id))), tuple(refused))


def _refusal(proposal: Proposal, reader: ArticleReader, asked: set[int], reason: str) -> SetAside:
    start = end = 0
    if proposal.sentence in asked:
        sentence = reader.marked[proposal.sentence].sentence
        start, end = sentence.start, sentence.end
    return SetAside(start, end, proposal.attribute[:_LONGEST_TEXT], f"proposal: {reason}", proposal.evidence[:200])


def _claims(proposal: Proposal, asked_about: set[int], reader: ArticleReader) -> list[Observation]:
    """The claims that a proposal comes to.

    Raises:
        _RefusedError: it does not hold.
    """
    if proposal.sentence not in asked_about:
        raise _RefusedError("another sentence than was asked about")
    frame = next((f for f in reader.knowledge.frames if f.attribute.id == proposal.attribute), None)
    if frame is None:
        raise _RefusedError("no such attribute")
    marked = reader.marked[proposal.sentence]
    subject = _subject(proposal.subject, frame, reader)
    value, start, end = _value(proposal, frame, marked, reader)
    candidate = Candidate(frame, marked.index, start, end, value, 1.0, EXTRACTOR, _told(proposal, frame, reader))
    before = len(reader.aside)
    observations = reader.observe(Judged(candidate, CONFIDENCE, (Subject(subject, 1.0, EXTRACTOR),), learned=False))
    if not observations:
        reasons = [aside.reason for aside in reader.aside[before:]]
        raise _RefusedError(reasons[0] if reasons else "no claim")
    return [dataclasses.replace(o, confidence=CONFIDENCE, extractor=EXTRACTOR) for o in observations]


def _subject(name: str, frame: Frame, reader: ArticleReader) -> str:
    seeds = reader.knowledge.seeds
    wanted = canonical_name(name, seeds)
    named = (*reader.mentions, *reader.scene.title)
    mention = next((m for m in named if canonical_name(m.entity, seeds) == wanted), None)
    if mention is None and wanted in seeds.entities:
        mention = next(iter(reader.knowledge.names.find(seeds.label(wanted))), None)
    if mention is None:
        raise _RefusedError("the subject is no name of the text")
    if not any(suits(mention, kind, reader.scene) for kind in frame.subjects):
        raise _RefusedError("nothing that the attribute can be said of")
    return mention.entity


def _value(proposal: Proposal, frame: Frame, marked: Marked, reader: ArticleReader) -> tuple[Value, int, int]:
    """The value as our own parsers read it in the evidence, and its masked place."""
    sentence = marked.sentence
    if not proposal.evidence.strip() or proposal.evidence not in sentence.text:
        raise _RefusedError("the evidence does not stand in the sentence")
    offset = sentence.text.find(proposal.evidence)
    while offset >= 0:
        start = sentence.start + offset
        span = range(start, start + len(proposal.evidence))
        found = next(_values(proposal, frame, marked, span, reader), None)
        if found is not None:
            return found
        offset = sentence.text.find(proposal.evidence, offset + 1)
    raise _RefusedError("the evidence does not give the value")


def _values(
    proposal: Proposal, frame: Frame, marked: Marked, span: range, reader: ArticleReader
) -> Iterator[tuple[Value, int, int]]:
    kind = frame.attribute.value
    for position, item in marked.ordered:
        if item.start >= span.start and item.end <= span.stop:
            value = _item_value(proposal, frame, item, reader)
            if value is not None:
                yield value, position, position + 1
    first, last = marked.place(span.start), marked.place(span.stop - 1) + 1
    if kind == "status":
        # A name alone says nothing of a status; some words must tell it.
        words = [c for c in marked.masked[first:last] if c not in MASKS.values() and not c.isspace()]
        # Where the frame's own triggers read the evidence, they must read the same.
        read = {status for status, _ in matches(frame, marked.masked[first:last])}
        agreed = not read or proposal.text in read
        if proposal.text in frame.attribute.values and agreed and len(words) >= 2:
            yield Value(text=proposal.text), first, last
    elif (
        kind == "text" and proposal.text and len(proposal.text) <= _LONGEST_TEXT and proposal.text in proposal.evidence
    ):
        yield Value(text=proposal.text), first, last


def _item_value(proposal: Proposal, frame: Frame, item: Item, reader: ArticleReader) -> Value | None:
    """The value of a number, date or name, where it is of the attribute's kind and what was proposed."""
    kind, seeds = frame.attribute.value, reader.knowledge.seeds
    if isinstance(item, Quantity):
        value = number_value(frame, item) if kind in _NUMERIC and fits(frame, item) else None
        return value if value is not None and _same_number(value, proposal) else None
    if isinstance(item, DateSpan):
        told = kind == "date" and _same_days(item, proposal)
        return Value(start=item.first, end=item.last, text=item.text) if told else None
    named = kind == "entity" and canonical_name(item.entity, seeds) == canonical_name(proposal.text or "", seeds)
    return Value(text=item.entity) if named else None


def _same_number(value: Value, proposal: Proposal) -> bool:
    """Whether a proposed interval is the one that was read, up to rounding; an end left out need not be proposed."""
    if proposal.low is None and proposal.high is None:
        return False
    ends = [(value.low, proposal.low), (value.high, proposal.high)]
    return all(said is None or read is None or abs(said - read) <= 0.01 * abs(read) for read, said in ends) and any(
        said is not None and read is not None for read, said in ends
    )


def _same_days(span: DateSpan, proposal: Proposal) -> bool:
    try:
        start = dt.date.fromisoformat(proposal.start or "")
        end = dt.date.fromisoformat(proposal.end) if proposal.end else start
    except ValueError:
        return False
    return start <= end and start >= span.first and end <= span.last


def _told(proposal: Proposal, frame: Frame, reader: ArticleReader) -> dict[str, str]:
    """The key qualifiers of a proposal that are names of the text; all others are filled by our own rules."""
    seeds = reader.knowledge.seeds
    names = [m for m in reader.mentions if m.kind != "pronoun"]
    named = {canonical_name(name, seeds): m.entity for m in names for name in (m.text, m.entity)}
    told = {}
    for name in frame.attribute.key:
        said = named.get(canonical_name(proposal.qualifiers.get(name, UNTOLD), seeds))
        if said is not None:
            told[name] = said
    return told


def _known(observation: Observation, others: Sequence[Observation], seeds: Seeds) -> bool:
    """Whether a claim with a value that agrees was found before."""
    attribute = seeds.attributes[observation.attribute]
    return any(
        o.claim_id == observation.claim_id and overlaps(o.value, observation.value, attribute, seeds) for o in others
    )


def restored(past: Sequence[Observation], extraction: Extraction, seeds: Seeds) -> Checked:
    """What was once taken of a model's proposals for the same text, for a rebuild, which asks no model.

    What today's rules find by themselves, and what fits no attribute any more, is left out; ids are today's.
    """
    kept = []
    for o in past:
        if o.attribute in seeds.attributes:
            claim = claim_id(o.subject, o.attribute, o.qualifiers, o.value.unit, seeds)
            place = (o.article_id, o.revision, o.char_start, o.char_end)
            number = observation_id(claim, *place, o.value, polarity=o.polarity, past=o.past)
            now = dataclasses.replace(o, claim_id=claim, observation_id=number)
            if not _known(now, extraction.observations, seeds):
                kept.append(now)
    return Checked(tuple(kept), ())


def merged(extraction: Extraction, found: Checked) -> Extraction:
    """An extraction with what a model added; a statement whose sentence now gives a claim is left out."""
    claimed = [o.sentence for o in found.observations]
    kept = [o for o in extraction.observations if o.attribute != STATEMENT or o.sentence not in claimed]
    observations = sorted((*kept, *found.observations), key=lambda o: (o.char_start, o.observation_id))
    return Extraction(tuple(observations), (*extraction.set_aside, *found.refused))
