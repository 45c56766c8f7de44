"""Who says something, how sure, whether it is denied, past, or no claim at all.

The words are data (``speech.toml``, compiled in ``cues.py``); here is the grammar that joins them: what stands before a
number in its sentence (sources, topics), what stands behind it (the と-clause and its verb, plans, denials), and what
carries over from the sentence before.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from flows.claims.cues import Cues, load_cues
from flows.claims.names import Mention
from flows.claims.sentences import Sentence

SpeechCues = Cues

_CLAUSE = 60
"""How far behind a number its predicate is looked for."""


@dataclasses.dataclass(frozen=True, slots=True)
class Speech:
    """How something is said."""

    modality: str = "asserted"
    polarity: str = "affirmed"
    attribution: str | None = None
    past: bool = False
    claim: bool = True
    reason: str = ""


def load_speech(folder: Path) -> SpeechCues:
    """The cue words of a seeds folder.

    Raises:
        SeedsError: ``speech.toml`` is missing or wrong.
    """
    return load_cues(folder)


class SpeechContext:
    """An article's sentences, ready to be asked."""

    def __init__(self, text: str, sentences: Sequence[Sentence], mentions: Sequence[Mention], cues: SpeechCues) -> None:
        """Takes an article's text with its sentences and names."""
        self._text = text
        self._sentences = sentences
        self._mentions = mentions
        self._cues = cues

    def analyse(self, index: int, span: tuple[int, int]) -> Speech:
        """How the passage at a span of the article's text, in the sentence with this index, is said."""
        sentence = self._sentences[index]
        head = self._text[sentence.start : span[0]]
        tail = self._text[span[1] : sentence.end]
        inside = self._text[span[0] : span[1]]
        reason = self._no_claim(sentence, head, tail)
        if reason:
            return Speech(claim=False, reason=reason)
        polarity = "denied" if self._denied(inside, tail) else "affirmed"
        modality, attribution = self._voice(index, head, tail)
        if self._planned(head, inside, tail, sentence):
            modality = "planned"
        if polarity == "denied" and modality == "asserted":
            modality = "reported"
        return Speech(modality, polarity, attribution, self._past(head, tail), True, "")

    def _no_claim(self, sentence: Sentence, head: str, tail: str) -> str:
        cues, whole = self._cues, sentence.text
        quoted = head.count("「") > head.count("」")
        if not quoted and cues.question.search(whole) and not cues.question_exempt.search(whole):
            return "question"
        if sentence.kind == "turn" and whole.endswith(("?", "？", "か。")):
            return "question"
        clause = tail.split("、", 1)[0]
        if cues.opening.search(head[-40:]):
            return "hypothesis"
        if cues.conditional.search(clause) and not cues.conditional_exempt.search(clause):
            return "hypothesis"
        if cues.embedded.search(clause[:14]):
            return "question"
        return "guess" if cues.guess.search(tail[:24]) and not quoted else ""

    def _denied(self, inside: str, tail: str) -> bool:
        cues = self._cues
        near = tail[:_CLAUSE]
        stop = near.find("。")
        near = near[:stop] if stop >= 0 else near
        if cues.contrast.match(tail[:8]) or cues.contrast.search(inside[-6:]):
            return True
        if cues.deny.search(near[:32]) or cues.deny.search(inside[-12:] + near[:12]):
            return True
        found = cues.say.search(near)
        if found and found["deny"]:
            return "と" in near[: found.start()] or "を" in near[: found.start()]
        return bool(cues.rebuttal.search(near))

    def _planned(self, head: str, inside: str, tail: str, sentence: Sentence) -> bool:
        cues = self._cues
        near = inside[-10:] + tail[:28]
        stop = near.find("。")
        near = near[:stop] if stop >= 0 else near
        if cues.plan.search(near) or cues.plan_verb.search(near):
            return True
        if sentence.kind == "heading" and cues.headline.search(sentence.text):
            return True
        predicate = near.split("、", 1)[0].rstrip("と")
        ahead = cues.ahead.search(head[-24:] + inside)
        return bool(ahead and cues.nonpast.search(predicate) and not cues.stative.search(predicate))

    def _past(self, head: str, tail: str) -> bool:
        cues = self._cues
        clause_head = head.rsplit("、", 1)[-1]
        if cues.past_words.search(clause_head) or cues.superseded.search(clause_head):
            return True
        near = tail.split("。", 1)[0]
        clause_tail = near.split("、", 1)[0]
        if cues.past_with.search(clause_head) and cues.past_predicate.search(clause_tail):
            return True
        if cues.old_relative.search(near):
            return True
        old = cues.old_side.match(near)
        return bool(
            old and cues.change.search(near[:32]) and near.startswith(("から", "より", "だったものが", "だったのが"))
        )

    def _voice(self, index: int, head: str, tail: str) -> tuple[str, str | None]:
        cues = self._cues
        sentence = self._sentences[index]
        near = tail.split("。", 1)[0]
        source = cues.source.search(head)
        if source is None and len(near) < _CLAUSE:
            source = cues.source.search(near)
        said = cues.say.search(near)
        linked = said is not None and any(m in near[: said.start() + 1] for m in ("と", "との", "を", "」"))
        passive = cues.passive.search(near)
        hearsay = cues.hearsay.search(near)
        noun = cues.noun.search(near[:20])
        kind = "asserted"
        if source:
            kind = "estimated" if source.groupdict().get("estimate") else "reported"
        if said is not None and linked:
            kind = "estimated" if said["estimate"] else "reported"
        elif passive:
            kind = "estimated" if passive["estimate"] else "reported"
        elif hearsay and kind == "asserted":
            kind = "reported"
        if noun and noun["estimate"]:
            kind = "estimated"
        if sentence.kind == "turn" and sentence.speaker and kind == "asserted":
            return "reported", sentence.speaker
        if kind == "asserted":
            return kind, None
        return kind, self._speaker(sentence, head, source.start() if source else None)

    def _speaker(self, sentence: Sentence, head: str, source: int | None) -> str | None:
        """Who speaks: the name right before the source's words, else the sentence's topic."""
        limit = sentence.start + (source if source is not None else len(head))
        before = [m for m in self._mentions if sentence.start <= m.start and m.end <= limit and _can_speak(m)]
        if source is not None and before and before[-1].end >= limit - 14:
            return before[-1].entity
        for mention in before:
            behind = self._text[mention.end : mention.end + 14]
            if any(particle in behind for particle in ("は", "が", "によ")):
                return mention.entity
        return None


def _can_speak(mention: Mention) -> bool:
    return mention.kind in {"organization", "person", "authority"}
