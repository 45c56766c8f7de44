"""Clauses: a sentence without the insides of its quotations, the borders in it, and what it asks, supposes or puts
into the past.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Set

from flows.claims.cues import Cues
from flows.claims.speakers import Speaker

FILL = "＿"
"""What stands for each character of a quotation or a bracket that counts as one piece."""
FINISHED = re.compile(r"[っいしんきぎえけげせてねべめれちりびみ]た(?=[一-鿿ァ-ヺA-Za-z「のこ])")
"""A finished act, mostly before the noun that it belongs to: what stands before it is neither planned nor asked."""

_BRACKETED = re.compile(r"[（(][^（）()]*[)）]")
_MARKED = re.compile(r"[「『（(]")
_SUPPOSED = re.compile(r"もし|仮|かり|万|ば、|ら、|ると、")
_CLAUSE = re.compile(r"[^、]*、")
# Where a clause that goes on (し、て、で) ends, and where one ends that stands against the next (が、ものの、).
_LOOSE = re.compile(
    r"(?:[しりきちみびぎいえけせてねめれげべぜ]|おり|ず|で|だが|るが|たが|すが|いが|ものの|ので|[るただい]から|一方|一方で)、"
)
_FIRM = re.compile(r"(?:(?<=[るただすいんせ])(?:が|けれど|けれども|けど)|ものの|のに対し|一方|一方で)、")


@dataclasses.dataclass(frozen=True, slots=True)
class Scope:
    """A stretch of the article's text and what governs it."""

    kind: str
    """``report``, ``estimate``, ``plan``, ``deny``, ``rumour``, ``question``, ``hypothesis`` or ``guess``."""
    start: int
    end: int
    cue: str
    speaker: Speaker | None = None
    inherits: bool = False
    """Whether the speaker is the one who had the word before."""
    holds: bool = False
    """Whether what follows may still be the speaker's (Xによると)."""


@dataclasses.dataclass(frozen=True, slots=True)
class Region:
    """A clause level: its words with quotations and brackets blanked, and where it begins in the article's text."""

    words: str
    offset: int
    quoted: bool = False
    possible: Set[str] | None = None
    """The cues, as they are written, that its words can hold (``Cues.prefilter``); any where None."""

    def matches(self, cue: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """The places of a cue in its words."""
        if self.possible is None or cue.pattern in self.possible:
            return cue.finditer(self.words)
        return iter(())

    def clause_start(self, position: int, *, firm: bool = False) -> int:
        """Where the clause around a position begins; with ``firm`` only が、 and the like are borders."""
        start = 0
        for border in (_FIRM if firm else _LOOSE).finditer(self.words, 0, position):
            start = border.end()
        return start

    def clause_end(self, position: int) -> int:
        """Where the clause around a position ends."""
        border = _LOOSE.search(self.words, position)
        return border.end() if border else len(self.words)


@dataclasses.dataclass(frozen=True, slots=True)
class Quote:
    """A quotation that is speech: what stands between the marks."""

    start: int
    end: int


def blank(text: str) -> tuple[str, list[tuple[int, int]]]:
    """A text with the insides of its quotations and its brackets blanked, and the places of the outer quotations."""
    if not _MARKED.search(text):
        return text, []
    chars, depth, opened, quotes = list(text), 0, 0, []
    for i, char in enumerate(text):
        if char in "「『":
            if depth == 0:
                opened = i
            else:
                chars[i] = FILL
            depth += 1
        elif char in "」』" and depth:
            depth -= 1
            if depth == 0:
                quotes.append((opened + 1, i))
            else:
                chars[i] = FILL
        elif depth:
            chars[i] = FILL
    words = "".join(chars)
    if depth:  # a quotation that never closes is none
        words = words[:opened] + text[opened:].replace("「", FILL).replace("『", FILL)
    return _BRACKETED.sub(lambda m: FILL * len(m[0]), words), quotes


def questions(region: Region, cues: Cues) -> Iterator[Scope]:
    """What a sentence asks or supposes: questions, embedded questions, conditions, the writer's own guesses."""
    words = region.words
    ending = cues.question.search(words, max(0, len(words) - 8))
    if ending and not cues.question_exempt.search(words):
        start = region.clause_start(ending.start(), firm=True)
        # What a finished relative clause tells is not asked: 公開したモデルはどれか.
        for told in FINISHED.finditer(words, start, ending.start()):
            start = told.end()
        yield Scope("question", region.offset + start, region.offset + len(words), ending[0])
    for match in region.matches(cues.embedded):
        yield Scope(
            "question", region.offset + region.clause_start(match.start()), region.offset + match.start(), match[0]
        )
    for match in region.matches(cues.opening):
        yield Scope("hypothesis", region.offset + match.start(), region.offset + len(words), match[0])
    for match in _CLAUSE.finditer(words) if _SUPPOSED.search(words) else ():
        if cues.conditional.search(match[0]) and not cues.conditional_exempt.search(match[0]):
            start = max(match.start(), region.clause_start(match.end() - 1))
            yield Scope("hypothesis", region.offset + start, region.offset + match.end(), match[0][-4:])
    for match in region.matches(cues.guess):
        yield Scope(
            "guess", region.offset + region.clause_start(match.start()), region.offset + match.start(), match[0]
        )


def placed_in_past(text: str, region: Region, span: tuple[int, int], cues: Cues) -> bool:
    """Whether the text itself puts what stands at a span (positions in the article's text) into the past.

    当時は8元, 1月時点では2000万人だった, 首位だった順位, and the old side of 2000万人から3000万人に増えた.
    """
    start, end = span[0] - region.offset, span[1] - region.offset
    words = text[region.offset : region.offset + len(region.words)]
    head = words[region.clause_start(start, firm=True) : start]
    if cues.past_words.search(head) or cues.superseded.search(head):
        return True
    near = words[end:].split("。", 1)[0]
    if cues.past_with.search(head) and cues.past_predicate.search(words[start : region.clause_end(end)]):
        return True
    if cues.old_relative.search(near):
        return True
    return bool(cues.old_side.match(near) and cues.change.search(near[:32]))
