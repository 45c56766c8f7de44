"""Who says something, how sure, whether it is denied, past, or no claim at all.

The words are data (``speech.toml``, compiled in ``cues.py``); ``scope.py`` finds how far each reaches, ``speakers.py``
who has the word. Here the scopes that cover a passage are weighed, and what carries over from one sentence to the next
is followed: a source that goes on being quoted, a rumour that the next sentence denies, an interview's turns.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from flows.claims.clauses import Scope, placed_in_past, questions
from flows.claims.cues import Cues, load_cues
from flows.claims.scope import SentenceScopes
from flows.claims.sentences import ANSWER
from flows.claims.speakers import MentionLike, Speaker, SpeakerFinder

SpeechCues = Cues

_TURN_QUOTE = re.compile(r"^[ \u3000]*(?P<who>[^「」。、:：\s]{1,20}?)?[ \u3000]*「")


class SentenceLike(Protocol):
    """A sentence with its place, as ``sentences.split`` gives it."""

    @property
    def start(self) -> int:
        """Where it begins in the article's text."""

    @property
    def end(self) -> int:
        """Where it ends."""

    @property
    def text(self) -> str:
        """Its words."""

    @property
    def paragraph(self) -> int:
        """The line it belongs to."""

    @property
    def kind(self) -> str:
        """``prose``, ``heading``, ``item``, ``row`` or ``turn``."""

    @property
    def speaker(self) -> str | None:
        """Who speaks in a turn."""


@dataclasses.dataclass(frozen=True, slots=True)
class Speech:
    """How something is said."""

    modality: str = "asserted"
    """``asserted`` (by the article itself), ``reported``, ``estimated`` or ``planned``."""
    polarity: str = "affirmed"
    attribution: str | None = None
    """Who says so: an entity's id, or the name as the text has it without titles."""
    past: bool = False
    """Whether the text itself places the state in the past."""
    claim: bool = True
    """False for questions, conditions and the writer's own guesses."""
    reason: str = ""
    """The words that decided, as ``kind:words`` joined by ``|`` (``deny:事実はない|report:と述べ``); where it is no
    claim, why not: ``question``, ``hypothesis`` or ``guess``."""


def load_speech(folder: Path) -> SpeechCues:
    """The cue words of a seeds folder.

    Raises:
        SeedsError: ``speech.toml`` is missing or wrong.
    """
    return load_cues(folder)


def analyse(
    text: str,
    sentences: Sequence[SentenceLike],
    index: int,
    span: tuple[int, int],
    mentions: Sequence[MentionLike],
    cues: SpeechCues,
) -> Speech:
    """How one passage of a text is said: a ``SpeechContext`` asked once."""
    return SpeechContext(text, sentences, mentions, cues).analyse(index, span)


class SpeechContext:
    """An article's sentences, read once and ready to be asked about any passage."""

    def __init__(
        self,
        text: str,
        sentences: Sequence[SentenceLike],
        mentions: Sequence[MentionLike],
        cues: SpeechCues,
        owner: str | None = None,
    ) -> None:
        """Reads an article's text with its sentences and names, in order of position.

        ``owner`` is the entity that unnamed documents (論文によると) belong to; by default the organization named most.
        """
        self._text = text
        self._sentences = sentences
        self._cues = cues
        self._finder = SpeakerFinder(text, mentions, cues, owner)
        self._scopes: list[list[Scope]] = []
        self._readings: list[SentenceScopes] = []
        self._voice = "report"
        """Whether whoever spoke last reported or estimated."""
        self._follow()

    # --- from sentence to sentence ------------------------------------------------------------------------------------

    def _follow(self) -> None:
        carried: Scope | None = None
        spoken: Speaker | None = None
        for index, sentence in enumerate(self._sentences):
            reading = SentenceScopes(
                self._text[sentence.start : sentence.end], sentence.start, self._cues, self._finder
            )
            self._readings.append(reading)
            scopes = [self._inheriting(s) for s in reading.scopes]
            turn = self._turn(index, reading, spoken)
            if turn is not None:
                scopes.append(turn)
                spoken = turn.speaker
            if carried is not None:
                carried = self._carried(index, carried, reading, scopes)
            self._scopes.append(scopes)
            self._hand_back(index, reading)
            for scope in sorted((s for s in scopes if s.speaker is not None), key=lambda s: s.end):
                if scope.speaker is not None and scope.speaker.name and not scope.inherits and scope is not carried:
                    self._finder.remember(scope.speaker)
                    if scope.kind in ("report", "estimate") and not turn:
                        spoken = scope.speaker
                        self._voice = scope.kind
            holding = [
                s
                for s in scopes
                if s.holds and s is not carried and s.speaker is not None and s.start != sentence.start
            ]
            carried = holding[-1] if holding else carried

    def _inheriting(self, scope: Scope) -> Scope:
        """A scope without a speaker of its own gets the one who had the word, or was spoken of, last."""
        if not scope.inherits or scope.speaker is not None:
            return scope
        finder = self._finder
        owner = Speaker(finder.owner, scope.start, scope.start) if finder.owner else None
        kind = self._voice if scope.cue.startswith("という") and finder.latest is not None else scope.kind
        return dataclasses.replace(scope, kind=kind, speaker=finder.latest or finder.topic or owner)

    def _turn(self, index: int, reading: SentenceScopes, spoken: Speaker | None) -> Scope | None:
        """An interview's turn, or a sentence that is a quotation from beginning to end."""
        sentence = self._sentences[index]
        if sentence.kind == "turn" and sentence.speaker == "Q":
            return None
        if sentence.kind == "turn" and sentence.speaker == ANSWER:
            guest = spoken or self._finder.latest
            return Scope("report", sentence.start, sentence.end, ANSWER, guest) if guest else None
        if sentence.kind == "turn" and sentence.speaker and sentence.speaker != "A":
            named = Speaker(self._finder.named(sentence.speaker), sentence.start, sentence.start)
            return Scope("report", sentence.start, sentence.end, sentence.speaker + ":", named)
        lead = _TURN_QUOTE.match(sentence.text)
        if lead is None or not reading.quotes or reading.quotes[-1].end < sentence.end - 2:
            return None
        if len(reading.quotes) > 1 or reading.quotes[0].start != sentence.start + lead.end():
            return None
        if lead["who"]:
            speaker = self._finder.before(sentence.start + lead.end("who"), sentence.start)
            return None if speaker is None else Scope("report", sentence.start, sentence.end, "「」", speaker)
        return Scope("report", sentence.start, sentence.end, "「」", spoken)

    def _carried(self, index: int, carried: Scope, reading: SentenceScopes, scopes: list[Scope]) -> Scope | None:
        """Goes on with the source of the sentences before while their figures go on; None where it has ended."""
        sentence, before = self._sentences[index], self._sentences[index - 1]
        if sentence.paragraph != before.paragraph and sentence.kind != "item":
            return None
        if self._cues.narrator.match(sentence.text):
            return None
        if any(s.kind in ("report", "estimate") and s.speaker is not None and not s.inherits for s in scopes):
            return None
        if not self._cues.figures.search(reading.region.words):
            return carried if self._cues.list_opening.search(sentence.text) else None
        scopes.append(dataclasses.replace(carried, start=sentence.start, end=sentence.end))
        return carried

    def _hand_back(self, index: int, reading: SentenceScopes) -> None:
        """What a sentence says of the one before: who told it, or that it is not so."""
        if index == 0:
            return
        before, scopes = self._sentences[index - 1], self._scopes[-2]
        told = any(s.kind in ("report", "estimate") and s.speaker is not None for s in scopes)
        if reading.backward is not None and not told:
            scopes.append(Scope("report", before.start, before.end, "が伝えた", reading.backward))
        if reading.denier is None:
            return
        struck = [(s.start, s.end) for s in scopes if s.kind == "rumour"]
        if not struck and not told and self._cues.pointing.search(reading.region.words):
            struck = [(before.start, before.end)]
        if struck:
            scopes.append(dataclasses.replace(reading.denier, start=struck[-1][0], end=struck[-1][1]))

    # --- one passage --------------------------------------------------------------------------------------------------

    def analyse(self, index: int, span: tuple[int, int]) -> Speech:
        """How the passage at a span of the article's text, in the sentence with this index, is said."""
        covering = [s for s in self._scopes[index] if s.start < span[1] and span[0] < s.end]
        doubt = self._doubt(index, span, covering)
        if doubt:
            return Speech(claim=False, reason=doubt)
        denials = [s for s in covering if s.kind == "deny"]
        told = [s for s in covering if s.kind in ("report", "estimate")]
        plans = [s for s in covering if s.kind == "plan"] or self._headline(index)
        negated = any(s.speaker is not None for s in told) and self._cues.negated.match(
            self._text[span[1] : span[1] + 12]
        )
        if negated and not denials:
            denials = [Scope("deny", span[0], span[1], negated[0])]
        kinds = {s.kind for s in told}
        modality = "asserted"
        if plans:
            modality = "planned"
        elif denials:
            modality = "reported"
        elif told:
            modality = "estimated" if "estimate" in kinds else "reported"
        speaker = self._speaker(denials) or self._speaker(told) or self._speaker(plans)
        reason = "|".join(f"{s.kind}:{s.cue}" for s in (*denials, *plans, *told))
        past = placed_in_past(self._text, self._readings[index].region, span, self._cues)
        return Speech(modality, "denied" if denials else "affirmed", speaker, past, True, reason)

    @staticmethod
    def _speaker(told: list[Scope]) -> str | None:
        """The speaker of the narrowest scope that has one."""
        named = [s for s in told if s.speaker is not None]
        if not named:
            return None
        narrow = min(named, key=lambda s: (s.inherits, s.end - s.start))
        return narrow.speaker.name if narrow.speaker else None

    def _headline(self, index: int) -> list[Scope]:
        sentence = self._sentences[index]
        if sentence.kind == "heading" and self._cues.headline.search(sentence.text):
            return [Scope("plan", sentence.start, sentence.end, sentence.text[-2:])]
        return []

    def _doubt(self, index: int, span: tuple[int, int], covering: list[Scope]) -> str:
        """The kind of doubt in which the writer leaves a passage; empty where he does not.

        What somebody is said to have said stays a claim in a sentence that asks why, and so does his guess; his
        questions and conditions are none.
        """
        sentence = self._sentences[index]
        reported = any(
            s.kind in ("report", "estimate")
            and s.speaker is not None
            and (s.start, s.end) != (sentence.start, sentence.end)
            for s in covering
        )
        for region in self._readings[index].regions:
            if not (region.offset < span[1] and span[0] < region.offset + len(region.words)):
                continue
            for doubt in questions(region, self._cues):
                if not (doubt.start < span[1] and span[0] < doubt.end):
                    continue
                if region.quoted and doubt.kind == "guess":
                    continue
                if reported and not region.quoted:
                    continue
                return doubt.kind
        return ""
