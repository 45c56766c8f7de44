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

_LEADING = "のら・◇◆▽▼●○■□★☆※◎＿"
_LONGEST = 60
"""How far back from its particle a speaker's noun phrase is read."""

_QUOTED = re.compile(
    r"(?P<before>[^ぁ-ゖ、。「」『』\s]*(?:の[^ぁ-ゖ、。「」『』\s]*)*)[「『](?P<name>[^「」『』]+)[」』](?P<tail>[^ぁ-ゖ、。「」\s]{0,6})$"
)
_CLOSED = re.compile("[」』]")
_BRACKET = re.compile(r"[（(][^（）()]*[)）]$")
_PHRASE = re.compile(
    r"(?:[^ぁ-ゖ、。，．「」『』()（）\s【】:：;!！?？|〉》]|の|さん(?=$)|(?<=[A-Za-z]) (?=[A-Za-z]))++(?:ら|たち)?$"
)
_OWN_NAME = re.compile(r"[ァ-ヺー・A-Za-zＡ-Ｚａ-ｚ0-9&＆.\- ]{2,}")
_NAMED_BY = (
    r"{0}(?:「|・)(?P<quoted>[^「」、。ぁ-ん]{{2,20}})|(?P<plain>[一-鿿ァ-ヺー・A-Za-z]{{2,}}{0})(?=[^ァ-ヺ一-鿿])"
)
_KANA = re.compile(r"(?:(?<=[の、(（。・「\n◇▽■●])|^)[ぁ-ん]{2,5}$")
"""Where a name may begin in hiragana (みなとリサーチ, さくら銀行)."""
_SURNAME = re.compile(r"[一-鿿々]{1,3}")
_KIN = re.compile(r"([一-鿿々]{1,3}?)(?=氏|さん|社長|会長|教授|准教授|知事|市長|[（(])")
_TITLE_PART = re.compile(r"氏|社長|会長|教授|准教|知事|市長|官房|長官")
_WHICH = re.compile(r"[^、。はが]{2,10}に(?:携わる|近い)$")


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

    @property
    def listed(self) -> bool:
        """Whether the seeds list it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who says something: the id or name to keep, and where the text names them."""

    name: str
    start: int
    end: int


SPEAKING_KINDS = frozenset({"organization", "person", "authority"})


class SpeakerFinder:
    """Finds speakers in one article's text."""

    def __init__(self, text: str, mentions: Sequence[MentionLike], cues: Cues, owner: str | None = None) -> None:
        """Takes a text and the names in it, in order of position.

        ``owner`` is the entity that an unnamed document (論文によると) and 会社 belong to; by default the listed
        organization that the text names most.
        """
        self.text = text
        self._cues = cues
        self._mentions = [m for m in mentions if m.listed]
        self._by_end = {m.end: m for m in mentions if m.listed or m.end - m.start > 2}
        self.owner = owner or self._most_named()
        self._said: list[Speaker] = []
        self._topics: list[Speaker] = []

    def _most_named(self) -> str | None:
        counts: dict[str, int] = {}
        for mention in self._mentions:
            if mention.kind == "organization":
                counts[mention.entity] = counts.get(mention.entity, 0) + 1
        for mention in self._mentions:  # a maker's models speak for it: deepseek-v3 for deepseek
            maker = mention.entity.partition("-")[0]
            if mention.kind == "model" and maker in counts:
                counts[maker] += 1
        return max(counts, key=lambda name: counts[name]) if counts else None

    def remember(self, speaker: Speaker) -> None:
        """Keeps a speaker as one that 同社, 同紙 or 大学 may stand for later."""
        self._said.append(speaker)

    def notice(self, topic: Speaker) -> None:
        """Keeps somebody whom a sentence is about, whether or not they say something."""
        self._topics.append(topic)

    @property
    def topic(self) -> Speaker | None:
        """Whom the text was about last."""
        return self._topics[-1] if self._topics else None

    @property
    def latest(self) -> Speaker | None:
        """Who spoke last."""
        return self._said[-1] if self._said else None

    def before(self, end: int, left: int, *, source: bool = False) -> Speaker | None:
        """The speaker whose noun phrase ends at ``end`` and begins at ``left`` or later; None where it names none.

        With ``source`` the place (before によると, の推計では) shows that it speaks, whatever form the name has.
        """
        text = self.text[max(left, end - _LONGEST) : end]
        bracket = _BRACKET.search(text) if text.endswith((")", "）")) else None
        if bracket:
            text = text[: bracket.start()]
        offset = max(left, end - _LONGEST)
        quoted = _QUOTED.search(text) if _CLOSED.search(text[-7:]) else None
        if quoted:
            return self._quoted(quoted, offset)
        phrase = _PHRASE.search(text)
        if phrase is None:
            return None
        words = phrase[0].lstrip(_LEADING)
        start = offset + phrase.end() - len(words)
        if words:
            kana = _KANA.search(self.text, max(left, start - 6), start)
            if kana and not self._cues.apart.search(kana[0]):
                words, start = kana[0] + words, start - len(kana[0])
        if not words:
            return None
        found = self._plain(words, start, left)
        if found is not None or not source:
            return found
        owner, _, _ = words.rpartition("の")
        if owner and self.can_speak(owner, start + len(owner)):
            return self._plain(owner, start, left)
        if self._cues.no_source.search(words) or self._cues.document.search(words) or end in self._by_end:
            return None
        return self._open(words, start, end, left) if len(words) > 1 else None

    def named(self, name: str) -> str:
        """A speaker's label (梁氏, 相沢) as the name to keep: the listed person, or the whole name in the text."""
        bare = self._bare(name)
        for mention in self._mentions:
            if mention.kind in SPEAKING_KINDS and self.text[mention.start : mention.end] == bare:
                return mention.entity
        for mention in self._mentions:
            if mention.kind == "person" and self.text[mention.start : mention.end].startswith(bare):
                return mention.entity
        return self._full_name(bare, len(self.text))

    def _quoted(self, phrase: re.Match[str], offset: int) -> Speaker | None:
        """調査会社「アップシグナル」: the name inside, if what stands around it describes somebody who can speak."""
        before, tail = phrase["before"], phrase["tail"]
        start, end = offset + phrase.start("name"), offset + phrase.end("name")
        inner = self._by_end.get(end)
        if inner is not None and inner.listed and inner.start == start:
            return Speaker(inner.entity, start, end) if inner.kind in SPEAKING_KINDS else None
        describes = (tail and self._cues.speaker.search(tail)) or self._cues.speaker.search(before)
        return Speaker(phrase["name"], start, end) if describes or before.endswith("サイト") else None

    def _plain(self, phrase: str, start: int, left: int) -> Speaker | None:
        end = start + len(phrase)
        listed = self._listed(phrase, start, end)
        if listed is not None:
            return listed if listed.name else None
        short = self._short_form(phrase, start, end)
        if short is not None:
            return short
        return self._open(phrase, start, end, left) if self.can_speak(phrase, end) else None

    def _listed(self, phrase: str, start: int, end: int) -> Speaker | None:
        """A mention at the phrase's end, or the one whose voice (広報担当者, 副社長) the phrase is.

        A speaker without a name says that the phrase is a listed name that does not speak (a model, a place).
        """
        for mention in reversed(self._mentions):
            if mention.end <= start:
                break
            if mention.start < start or mention.end > end:
                continue
            rest = self.text[mention.end : end]
            if mention.kind not in SPEAKING_KINDS:
                if not rest and (mention.kind != "place" or not self._cues.speaker.search(phrase)):
                    return Speaker("", start, end)
                if not rest and mention.start == start:
                    return Speaker(mention.entity, start, end)
                continue
            if not rest or self._cues.title.fullmatch(rest) or self._speaks_for(mention, rest):
                return Speaker(mention.entity, mention.start, end)
        return None

    def _speaks_for(self, mention: MentionLike, rest: str) -> bool:
        return mention.kind != "person" and bool(self._cues.voice.match(rest))

    def _short_form(self, phrase: str, start: int, end: int) -> Speaker | None:
        """同社, 同紙, 会社, 大学 and their voices: the name that they stand for."""
        for house in self._cues.house:
            if phrase == house or (phrase.startswith(house) and self._cues.voice.match(phrase[len(house) :])):
                name = self._house(house, start)
                return Speaker(name, start, end) if name else None
        if self._cues.voice.fullmatch(phrase):
            name = self._house("同社", start)
            return Speaker(name, start, end) if name else None
        match = self._cues.same.match(phrase)
        if match is None:
            return None
        ending = match["kind"] or match["bare"] or phrase[1:]
        for speaker in reversed(self._said):
            if speaker.end <= start and ending[-2:] in self.text[max(0, speaker.start - 12) : speaker.end + 3]:
                return Speaker(speaker.name, start, end)
        kinds = {"person"} if ending == "氏" else SPEAKING_KINDS - {"person"}
        for mention in reversed(self._mentions):
            if mention.end <= start and mention.kind in kinds and (ending == "氏" or self._called(mention, ending)):
                return Speaker(mention.entity, start, end)
        written = list(re.finditer(_NAMED_BY.format(re.escape(ending)), self.text[:start]))
        if written:
            return Speaker(written[-1]["quoted"] or written[-1]["plain"], start, end)
        return Speaker(self._said[-1].name, start, end) if self._said and match["kind"] else None

    def _called(self, mention: MentionLike, ending: str) -> bool:
        return self.text[mention.start : mention.end].endswith(ending[-2:])

    def _house(self, house: str, position: int) -> str | None:
        """同社 is the organization that was named or spoke last, 会社 the article's subject."""
        if house != "同社":
            return self.owner
        paragraph = self.text.rfind("\n", 0, position)
        before = [s for s in (*self._said, *self._topics) if paragraph < s.end <= position]
        if before:
            return max(before, key=lambda s: s.end).name
        for mention in reversed(self._mentions):
            if paragraph < mention.end <= position and mention.kind == "organization":
                return mention.entity
        return self.owner

    def can_speak(self, phrase: str, end: int) -> bool:
        """Whether a noun phrase that ends at ``end`` has the form of somebody who can say something."""
        mention = self._by_end.get(end)
        if mention is not None:
            return mention.kind in SPEAKING_KINDS
        if self._cues.speaker.search(phrase):
            return True
        before, _, head = phrase.rpartition("の")
        if self._cues.mute.search(head) and "・" not in head:
            return False
        if before and self._cues.apposition.search(before):
            return not self._by_end.get(end - len(head) - 1)
        described = self._cues.before.match(head)
        if described and described.end() < len(head):
            return True
        nation = self._cues.nation.match(head)
        return bool(_OWN_NAME.fullmatch(head[nation.end() :] if nation else head))

    def _open(self, phrase: str, start: int, end: int, left: int) -> Speaker | None:
        """An unlisted name: the last noun of the phrase without what describes it and without titles."""
        few = self._cues.few.match(phrase)
        if few:
            if not phrase.startswith("別の"):
                phrase, start = phrase[few.end() :], start + few.end()
            return Speaker(self._bare(phrase), start, end)
        head, position = phrase, start
        while (place := head.find("の")) >= 0:
            tail = head[place + 1 :]
            if self._cues.generic.match(self._bare(tail)) or self._cues.title.fullmatch(tail):
                break
            head, position = tail, position + place + 1
        described = self._cues.before.match(head)
        if described and described.end() < len(head) and not self._cues.generic.match(head):
            head, position = head[described.end() :], position + described.end()
        nation = self._cues.nation.match(head)
        if nation:
            head, position = head[nation.end() :], position + nation.end()
        if self._cues.generic.match(head):
            which = _WHICH.search(self.text[left:position])
            if which and position == start:
                head, position = which[0] + head, position - len(which[0])
            return Speaker(self._bare(head), position, end)
        bare = self._bare(head)
        return Speaker(self._full_name(bare, position), position, end) if bare else None

    def _bare(self, name: str) -> str:
        """A name without titles (氏, 教授, 社) and plurals."""
        bare = name
        while True:
            shorter = self._cues.title.sub("", bare)
            if shorter == bare or not shorter:
                break
            bare = shorter
        return re.sub(r"(?:ら|たち)$", "", bare) or name

    def _full_name(self, surname: str, position: int) -> str:
        """相沢 -> 相沢拓也, where the text has given the whole name before."""
        if not _SURNAME.fullmatch(surname):
            return surname
        place = self.text.find(surname)
        while 0 <= place < position:
            given = _KIN.match(self.text, place + len(surname))
            if given and not _TITLE_PART.search(given[1]):
                return surname + given[1]
            place = self.text.find(surname, place + 1)
        return surname
