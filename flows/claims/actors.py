"""Who acts in a sentence: the subject of a verb of saying, the maker of a document, whom a sentence is about."""

from __future__ import annotations

import itertools
import re

from flows.claims.clauses import Region
from flows.claims.cues import Cues
from flows.claims.speakers import Speaker, SpeakerFinder

_PREDICATE = re.compile(r"[るたいだすうくつぬむぶぐんねよ]")
_ABOUT = re.compile(r"を(?:巡|めぐ)って|について")
_TOPIC = re.compile(r"(?<=[^ぁ-よりるれろわを、。\s])[はがも]")
_AGENT = re.compile(r"[がのも]")
_BRACKET_SPEAKER = re.compile(r"」([（(][^（）()]{2,20}[)）])$")


class Actors:
    """Finds who acts in the regions of one sentence."""

    def __init__(self, text: str, offset: int, cues: Cues, finder: SpeakerFinder) -> None:
        """Takes a sentence that begins at ``offset`` of the article's text."""
        self._text, self._offset, self._cues, self._finder = text, offset, cues, finder

    def noun_phrase(self, region: Region, end: int, left: int = 0, *, source: bool = False) -> Speaker | None:
        """The speaker whose noun phrase ends at a position of the region."""
        return self._finder.before(region.offset + end, region.offset + left, source=source)

    def maker(self, region: Region, position: int, left: int) -> Speaker | None:
        """Whose document or count it is: Xの推計, Xが示した資料, X推計."""
        words = region.words
        if words[position - 1 : position] == "の":
            return self.noun_phrase(region, position - 1, left, source=True)
        if _PREDICATE.match(words[position - 1 : position]):
            return self.agent(region, region.clause_start(position), position)
        return self.noun_phrase(region, position, left)

    def agent(self, region: Region, left: int, position: int) -> Speaker | None:
        """Who did what a clause before a noun tells: the last Xが or Xの in it that can act."""
        for match in reversed(list(_AGENT.finditer(region.words, left, position))):
            speaker = self.noun_phrase(region, match.start(), left)
            if speaker is not None:
                return speaker
        return None

    def owner(self, region: Region, position: int) -> Speaker | None:
        """Whose a document is that the text gives no maker of: the article's subject."""
        at = region.offset + position
        return Speaker(self._finder.owner, at, at) if self._finder.owner else None

    def subject(self, region: Region, left: int, link: int, verb: int) -> Speaker | None:
        """Who says it: behind the content (…とXは述べた), else the first topic before it, else the first subject."""
        words = region.words
        for match in _TOPIC.finditer(words, min(link + 1, verb), verb):
            speaker = self.noun_phrase(region, match.start(), link + 1)
            if speaker is not None:
                return speaker
            if self._cues.document.search(words, link + 1, match.start()):
                return self.owner(region, match.start())
        for particles in ("はも", "が"):
            for match in _TOPIC.finditer(words, left, link):
                if match[0] in particles:
                    speaker = self.noun_phrase(region, match.start(), left)
                    if speaker is not None:
                        return speaker
        for match in self._cues.among.finditer(words, left, link):
            speaker = self.noun_phrase(region, match.start(), left)
            if speaker is not None:
                return speaker
        bracket = _BRACKET_SPEAKER.search(self._text[: link + region.offset - self._offset])
        if bracket and not region.quoted:
            end = self._offset + bracket.end() - 1
            return self._finder.before(end, self._offset + bracket.start(1) + 1)
        return None

    def topic(self, region: Region) -> Speaker | None:
        """Whom the sentence is about: its first topic that could also speak."""
        about = _ABOUT.search(region.words, 0, 40)
        if about:
            speaker = self.noun_phrase(region, about.start())
            if speaker is not None:
                return speaker
        for match in itertools.islice(_TOPIC.finditer(region.words), 3):
            if match[0] != "も" and (match[0] == "は" or match.start() < 40):
                speaker = self.noun_phrase(region, match.start())
                if speaker is not None:
                    return speaker
        return None
