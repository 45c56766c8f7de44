"""Who speaks: from the noun phrase before a verb of saying, or before によると, to an entity's id or a bare name.

Listed names come as mentions from the caller; open names are recognized by where they stand and how they end. Short
forms (同社, 同紙, 会社, 大学) are resolved to the name that they stand for.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Protocol

from flows.claims.cues import Cues

_PHRASE = re.compile(
    r"(?P<desc>(?:[^ぁ-ゖ、。，．「」『』()（）\s【】:：;!！?？|・]|・(?=[^\s])|の)*)(?:[「『](?P<quoted>[^「」『』]+)[」』])(?P<tail>[^ぁ-ゖ、。「」\s]{0,6})(?:[（(][^（）()]*[)）])?$"
    r"|(?P<plain>(?:[^ぁ-ゖ、。，．「」『』()（）\s【】:：;!！?？|]|の|さん)*?[^ぁ-ゖ、。，．「」『』()（）\s【】:：;!！?？|]?(?:ら|さん)?)(?:[（(][^（）()]*[)）])?$"
)
_RELATIVE = re.compile(r"(?:[たるう]|に携わる|に近い|に詳しい|を知る)$")
_OWN = re.compile(r"[ァ-ヺA-Za-zＡ-Ｚａ-ｚー]")


class MentionLike(Protocol):
    """A listed or open name in the article's text, as the name finder gives it."""

    @property
    def start(self) -> int:
        """Where it begins in the text."""

    @property
    def end(self) -> int:
        """Where it ends."""

    @property
    def entity(self) -> str:
        """The entity's id, or the name where it has none."""

    @property
    def kind(self) -> str:
        """What it names: organization, person, authority, model …"""


@dataclasses.dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who says something: the id or name to keep, and where the text names them."""

    name: str
    start: int
    end: int


SPEAKING_KINDS = frozenset({"organization", "person", "authority"})
PLACES = "place"


class SpeakerFinder:
    """Finds speakers in one article's text.

    Args:
        text: the article's text.
        mentions: names in it, in order of position.
        cues: the words of ``speech.toml``.
        owner: the entity that an unnamed document (論文によると) and 会社 belong to; by default the organization that
            the text names most.
    """

    def __init__(self, text: str, mentions: Sequence[MentionLike], cues: Cues, owner: str | None = None) -> None:
        """Indexes the mentions by their ends."""
        self.text = text
        self._cues = cues
        self._by_end = {m.end: m for m in mentions}
        self._by_start = {m.start: m for m in mentions}
        self._mentions = mentions
        self.owner = owner or self._most_named(mentions)
        self._named: list[Speaker] = []

    @staticmethod
    def _most_named(mentions: Sequence[MentionLike]) -> str | None:
        counts: dict[str, int] = {}
        for mention in mentions:
            if mention.kind == "organization":
                counts[mention.entity] = counts.get(mention.entity, 0) + 1
        return max(counts, key=lambda name: counts[name]) if counts else None

    def remember(self, speaker: Speaker) -> None:
        """Keeps a speaker as one that 同社, 同紙 or 大学 may stand for later."""
        self._named.append(speaker)

    def before(self, end: int, start: int) -> Speaker | None:
        """The speaker whose noun phrase ends at ``end``, looking no further left than ``start``; None where it is none."""
        phrase = _PHRASE.search(self.text, start, end) if end - start < 80 else _PHRASE.search(self.text, end - 80, end)
        if phrase is None or phrase.start() == end:
            return None
        if phrase["quoted"]:
            return self._quoted(phrase)
        return self._plain(phrase["plain"] or "", phrase.start("plain"), start)

    def _quoted(self, phrase: re.Match[str]) -> Speaker | None:
        """調査会社「アップシグナル」: the name inside, if what stands before it describes somebody who can speak."""
        desc, name, tail = phrase["desc"], phrase["quoted"], phrase["tail"]
        start, end = phrase.start("quoted"), phrase.end("quoted")
        inner = self._by_end.get(end)
        if tail and self._cues.speaker.search(tail):
            return self._speaker(name, start, end)
        if inner is not None and inner.kind not in SPEAKING_KINDS:
            return None
        if inner is not None or self._cues.speaker.search(desc) or desc.endswith("サイト"):
            return self._speaker(inner.entity if inner else name, start, end)
        return None

    def _plain(self, phrase: str, start: int, left: int) -> Speaker | None:
        phrase_start = start
        while phrase[:1] in "のら・":
            if not phrase:
                return None
            phrase, phrase_start = phrase[1:], phrase_start + 1
        end = phrase_start + len(phrase)
        if not phrase:
            return None
        listed = self._listed(phrase, phrase_start, end)
        if listed is not None:
            return listed
        resolved = self._short_form(phrase, phrase_start, end)
        if resolved is not None:
            return resolved
        if not self.can_speak(phrase, end):
            return None
        return self._open(phrase, phrase_start, end, left)

    def _listed(self, phrase: str, start: int, end: int) -> Speaker | None:
        """A mention at the phrase's end, or one whose voice (広報担当者, 副社長) the phrase is."""
        for mention in reversed(self._mentions):
            if mention.start < start or mention.end > end:
                if mention.end <= start:
                    break
                continue
            if mention.kind not in SPEAKING_KINDS and not (mention.kind == PLACES and mention.end == end):
                continue
            rest = self.text[mention.end : end]
            if mention.kind == PLACES and not self._cues.speaker.search(phrase):
                return None
            if (
                not rest
                or self._cues.title.fullmatch(rest)
                or (mention.kind != "person" and self._cues.voice.match(rest))
            ):
                return Speaker(mention.entity, mention.start, end)
            if "の" in rest and not self._cues.generic.match(rest.rpartition("の")[2]):
                return None
        return None

    def _short_form(self, phrase: str, start: int, end: int) -> Speaker | None:
        """同社, 同紙, 会社, 大学 and their voices: the name that they stand for."""
        for house in self._cues.house:
            if phrase.startswith(house) and (phrase == house or self._cues.voice.match(phrase[len(house) :])):
                name = self._last_house(house, start)
                return Speaker(name, start, end) if name else None
        match = self._cues.same.match(phrase)
        if match is None:
            return None
        ending = match["kind"] or match["bare"] or phrase[1:]
        for speaker in reversed(self._named):
            if speaker.end <= start and self._is_a(speaker, ending):
                return Speaker(speaker.name, start, end)
        if ending == "氏":
            for mention in reversed(self._mentions):
                if mention.end <= start and mention.kind == "person":
                    return Speaker(mention.entity, start, end)
        return Speaker(self._named[-1].name, start, end) if self._named and match["kind"] else None

    def _is_a(self, speaker: Speaker, ending: str) -> bool:
        around = self.text[max(0, speaker.start - 12) : speaker.end + 3]
        head = {"レポート": "", "報告書": "", "両者": ""}.get(ending, ending[-2:])
        return head in around

    def _last_house(self, house: str, position: int) -> str | None:
        """The company that 同社 stands for: the speaker or the organization named last before it; 会社 is the subject's."""
        if house != "同社":
            return self.owner
        best: tuple[int, str] | None = None
        for mention in reversed(self._mentions):
            if mention.end <= position and mention.kind == "organization":
                best = (mention.end, mention.entity)
                break
        for speaker in reversed(self._named):
            if speaker.end <= position:
                if best is None or speaker.end >= best[0] - 40:
                    return speaker.name
                break
        return best[1] if best else self.owner

    def can_speak(self, phrase: str, end: int) -> bool:
        """Whether a noun phrase has the form of somebody who can say something."""
        mention = self._by_end.get(end)
        if mention is not None:
            return mention.kind in SPEAKING_KINDS
        if self._cues.speaker.search(phrase):
            return True
        head = phrase.rpartition("の")[2]
        if self._cues.mute.search(head):
            return False
        return bool(
            re.fullmatch(
                r"(?:米|英|仏|独|伊|中国|韓国)?[ァ-ヺー・A-Za-zＡ-Ｚａ-ｚ][ァ-ヺー・A-Za-zＡ-Ｚａ-ｚ&＆ ]{2,}", head
            )
        )

    def _open(self, phrase: str, start: int, end: int, left: int) -> Speaker | None:
        """An unlisted name: the last noun of the phrase without what describes it and without titles."""
        few = self._cues.few.match(phrase)
        if few:
            if not phrase.startswith("別の"):
                phrase, start = phrase[few.end() :], start + few.end()
            return self._speaker(phrase, start, end)
        head, position = phrase, start
        while True:
            place = head.rfind("の")
            tail = head[place + 1 :]
            if place < 0:
                break
            if self._cues.generic.match(tail) or self._cues.title.fullmatch(tail):
                break
            head, position = tail, position + place + 1
        before = self._cues.before.match(head)
        if before and before.end() < len(head) and not self._cues.generic.match(head):
            rest = head[before.end() :]
            if _OWN.match(rest) or before.end() > 2:
                head, position = rest, position + before.end()
        nation = self._cues.nation.match(head)
        if nation and nation.end() < len(head):
            head, position = head[nation.end() :], position + nation.end()
        if self._cues.generic.match(head):
            return self._generic(head, position, end, left)
        return self._speaker(head, position, end)

    def _generic(self, head: str, start: int, end: int, left: int) -> Speaker:
        """開発に携わる技術者: a common noun keeps the clause that says which one."""
        before = self.text[left:start]
        relative = re.search(r"(?:[^、。はが]{2,10}に(?:携わる|近い))$", before)
        if relative and head not in ("関係者",):
            return Speaker(before[relative.start() :] + head, left + relative.start(), end)
        return Speaker(head, start, end)

    def _speaker(self, name: str, start: int, end: int) -> Speaker | None:
        bare = name
        while True:
            shorter = self._cues.title.sub("", bare)
            if shorter == bare or not shorter or (len(shorter) < 2 and not bare.endswith(("氏", "知事", "長官"))):
                break
            bare = shorter
        bare = re.sub(r"ら$", "", bare)
        return Speaker(self._full_name(bare, start), start, end) if bare else None

    def _full_name(self, surname: str, position: int) -> str:
        """相沢 -> 相沢拓也, where the text has given the whole name before."""
        if not re.fullmatch(r"[一-鿿々]{1,3}", surname):
            return surname
        place = self.text.find(surname)
        while 0 <= place < position:
            match = re.compile(surname + r"([一-鿿々]{1,3}?)(?=氏|さん|社長|会長|教授|准教授|知事|市長|[（(])").match(
                self.text, place
            )
            if match and not re.search(r"氏|社長|会長|教授|准教|知事|市長|官房|長官", match[1]):
                return match[0]
            place = self.text.find(surname, place + 1)
        return surname
