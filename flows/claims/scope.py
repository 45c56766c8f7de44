"""How far words of saying, planning and denying reach: the parts of a sentence that each of them governs.

A sentence is read at two levels: its own clauses, in which quotations and brackets count as one piece each, and the
sentences inside its quotations. At each level a cue governs a stretch whose borders the grammar sets: Xによると holds
to the end, と発表した reaches back to its subject, 〜する予定 and 〜とみられる to the border of their clause, という to
the beginning, 〜した事実はない to what 〜した belongs to. Nothing is decided here; ``speech.py`` weighs what covers a
claim.
"""

from __future__ import annotations

import re

from flows.claims.actors import Actors
from flows.claims.clauses import FILL, Quote, Region, Scope, blank
from flows.claims.cues import Cues
from flows.claims.denials import aim, denied_clauses
from flows.claims.plans import intention, plans
from flows.claims.speakers import Speaker, SpeakerFinder

_SENTENCE_IN_QUOTE = re.compile(r"[^。！？!?]+[。！？!?]*")
_PREDICATE = re.compile(r"[るたいだすうくつぬむぶぐんねよ]")
_SPEECH_QUOTE = re.compile(r"[るたいだすうくん。！？!?なねよか]$|[はがをに].*[^ぁ-ん]$|。")
_LINK = re.compile(
    r"旨[をがは]|こと[をが]"
    r"|と(?!き|の|ころ|して|する|した|なる|なり|なっ|いう|いった|もに|も(?!述|語|話|説|指|主|報|伝|書|答|言|記))(?:も|は)?"
)
"""What hands its content to a verb of saying."""
_TOLD_THAT = re.compile(r"旨[がをは][^。、]{0,30}?(?=記載|明記|記され|定め|掲載)")
_INQUIRY = re.compile(r"[み見]て(?:調|捜|いる?か)")
"""とみて調べている is an inquiry, no estimate."""
_DIGIT = re.compile(r"[0-9０-９〇一二三四五六七八九十百千万億]")
_THAT = re.compile(r"(?<=た)という(?=[一-鿿ァ-ヺA-Za-z「])")
_IN_BRACKETS = re.compile(r"[（(]([^（）()]{2,20})[)）]")
_CLAUSE_TAIL = re.compile(r"(?:[。、」]|から、|が、|ので、)+$")


class SentenceScopes:
    """The scopes of one sentence."""

    def __init__(self, text: str, offset: int, cues: Cues, finder: SpeakerFinder) -> None:
        """Reads a sentence that begins at ``offset`` of the article's text."""
        self._text, self._offset, self._cues, self._finder = text, offset, cues, finder
        self._actors = Actors(text, offset, cues, finder)
        words, quotes = blank(text)
        self.region = Region(words, offset, possible=cues.prefilter.possible(words))
        self.quotes = [
            Quote(offset + a, offset + b)
            for a, b in quotes
            if (b - a > 5 and _SPEECH_QUOTE.search(text[a:b])) or (b - a > 1 and cues.rebuttal.search(text[a:b]))
        ]
        self.scopes: list[Scope] = []
        self.backward: Speaker | None = None
        """Who the sentence before is ascribed to (X紙が伝えた), where this one says no more than that."""
        self.denier: Scope | None = None
        """A denial whose object stands in an earlier sentence."""
        topic = self._actors.topic(self.region)
        if topic is not None:
            finder.notice(topic)
        self.regions = [self.region]
        for quote in self.quotes:
            inner = text[quote.start - offset : quote.end - offset]
            for part in _SENTENCE_IN_QUOTE.finditer(inner):
                said = blank(part[0])[0]
                possible = cues.prefilter.possible(said)
                self.regions.append(Region(said, quote.start + part.start(), quoted=True, possible=possible))
        for region in self.regions:
            self._read(region)
        if self.denier is not None:
            struck, self.denier = aim(self.denier, self.scopes, self.region, text, cues)
            self.scopes += struck

    # --- a level --------------------

    def _read(self, region: Region) -> None:
        self._sources(region)
        self._sayings(region)
        if "と" in region.words or "旨" in region.words:
            self._passives(region)
            self._nouns(region)
        self._hearsay(region)
        self._plans(region)
        self._denials(region)

    def _add(
        self,
        region: Region,
        kind: str,
        start: int,
        end: int,
        cue: str,
        speaker: Speaker | None = None,
        *,
        inherits: bool = False,
        holds: bool = False,
    ) -> None:
        if end > start:
            self.scopes.append(Scope(kind, region.offset + start, region.offset + end, cue, speaker, inherits, holds))

    # --- Xによると, Xの推計では, 論文に記された --------------------

    def _sources(self, region: Region) -> None:
        cues, words = self._cues, region.words
        for match in region.matches(cues.source):
            named = match["by"] is None
            estimate = match["estimate"] or (match["count"] and cues.estimating.match(match["count"]))
            left = max(region.clause_start(match.start()), words.rfind("、", 0, match.start()) + 1)
            speaker = (
                self._actors.maker(region, match.start(), left)
                if named
                else self._actors.noun_phrase(region, match.start(), left, source=True)
            )
            noun = match["report"] or ""
            if named and speaker is None and match.start() > left and not self._opens(words, left, match.start()):
                continue
            if speaker is None and (
                cues.document.match(noun) or cues.document.search(words[left : match.start()][-8:])
            ):
                speaker = self._actors.owner(region, match.start())
            start = 0 if cues.found.match(words, match.end()) else match.end()
            self._add(
                region,
                "estimate" if estimate else "report",
                start,
                len(words),
                match[0],
                speaker,
                inherits=speaker is None,
                holds=True,
            )
        for match in cues.bracket.finditer(self._text) if not region.quoted else ():
            end = self._offset + match.end("who")
            speaker = self._finder.before(end, self._offset + match.start("who"))
            kind = "estimate" if match["estimate"] else "report"
            self._add(region, kind, region.clause_start(match.start()), match.start(), match[0], speaker)
        for match in region.matches(cues.cited):
            speaker = self._actors.maker(
                region, match.start(), region.clause_start(match.start())
            ) or self._actors.owner(region, match.start())
            self._add(region, "report", match.end(), region.clause_end(match.end()), match[0], speaker)
        for match in region.matches(cues.relative):
            left = region.clause_start(match.start())
            speaker = self._actors.agent(region, left, match.start())
            self._add(region, "estimate", match.end(), region.clause_end(match.end()), match[0], speaker)

    @staticmethod
    def _opens(words: str, left: int, position: int) -> bool:
        """Whether a noun of counting has a modifier that makes it a source: の, する, した, a bracket, or nothing."""
        return words[position - 1] in "のるたうじ」" + FILL or position - left <= 1

    # --- と述べた, と推計する, を明らかにした --------------------

    def _sayings(self, region: Region) -> None:
        cues, words = self._cues, region.words
        left, last = 0, None
        for verb in region.matches(cues.say):
            at = verb.start()
            if at < left:
                continue
            kind = "estimate" if verb["estimate"] else "report"
            link = self._link(words, left, at, adjacent=kind == "estimate" and len(verb[0]) <= 3)
            if kind == "estimate" and _INQUIRY.match(words, at):
                continue
            if link is None:
                if verb["deny"]:
                    speaker = self._actors.subject(region, left, at, at) or last
                    self._denial(region, left, at, verb[0], speaker)
                elif not region.quoted and kind == "report":
                    last = self._disclosed(region, left, at, last) or last
                continue
            speaker = self._actors.subject(region, left, link, at)
            inherits = False
            if speaker is None:
                speaker, inherits = last, last is None
            start = self._content_start(region, left, link, speaker)
            self._add(region, kind, start, link, words[link:at] + verb[0], speaker, inherits=inherits)
            self._intention(region, start, link, at)
            if verb["deny"]:
                struck = cues.object.search(words, left, link)
                if struck:
                    self._add(
                        region,
                        "deny",
                        self._content_start(region, left, struck.start(), speaker),
                        struck.start(),
                        verb[0],
                        speaker,
                    )
                self._denial(region, left, at, verb[0], speaker)
            last, left = speaker, verb.end()

    def _link(self, words: str, left: int, verb: int, *, adjacent: bool) -> int | None:
        """Where the と stands that hands a verb its content, or None where it has none."""
        found = None
        for match in _LINK.finditer(words, max(left, verb - 32), verb):
            at = match.start()
            before = words[at - 1 : at]
            if adjacent and match.end() != verb:
                continue
            between = words[match.end() : verb]
            if "。" in between or "、" in between[1:] or (found is not None and match[0][0] != "と"):
                continue
            if before == "、":
                before = words[at - 2 : at - 1]
            piece = words[max(left, words.rfind("、", 0, at - 1) + 1) : at]
            if match[0][0] != "と" and match.end() != verb:
                continue
            if (
                before in "」』"
                or _PREDICATE.match(before)
                or _DIGIT.search(piece[-14:])
                or (match.end() == verb and before == FILL)
            ):
                found = at
        return found

    def _content_start(self, region: Region, left: int, link: int, speaker: Speaker | None) -> int:
        """Where the content begins: behind its subject, or behind が、 where the subject does not stand before it."""
        if speaker is not None and left <= speaker.end - region.offset <= link:
            return speaker.end - region.offset
        return max(left, region.clause_start(link, firm=True))

    def _intention(self, region: Region, start: int, link: int, verb: int) -> None:
        plan = intention(region, start, link, verb, self._cues)
        if plan is not None:
            self._add(region, "plan", plan.start, plan.end, plan.cue)

    def _disclosed(self, region: Region, left: int, at: int, last: Speaker | None) -> Speaker | None:
        """を明らかにした: the content is the object; without an object it is the sentence before."""
        cues, words = self._cues, region.words
        verb = cues.disclose.match(words, at)
        speaker = self._actors.subject(region, left, at, at)
        if verb and words[at - 1 : at] in ("を", "も"):
            start = self._content_start(region, left, at, speaker)
            if speaker is not None or last is not None:
                self._add(region, "report", start, at, "を" + verb[0], speaker or last)
            if cues.disclosed_whole.search(words[:at]) and not cues.figures.search(words[start:at]) and len(words) < 60:
                self.backward = speaker
            return speaker
        bare = len(words) < 50 and words[at - 1 : at] not in ("を", "も", "と")
        if cues.so.search(words[:at]) or (bare and speaker is not None and cues.told.match(words, at)):
            self.backward = speaker
        return None

    # --- とみられる, とされる, と記されている --------------------

    def _passives(self, region: Region) -> None:
        cues, words = self._cues, region.words
        for match in region.matches(cues.passive):
            at = match.start()
            link = at - 1 if words[at - 1 : at] == "と" else at - 2
            if words[link : link + 1] != "と" or words[link + 1 : at] not in ("", "も", "は"):
                continue
            start = region.clause_start(link)
            self._intention(region, start, link, at)
            if match["document"] and words[link - 1 : link] == "」" and not cues.document_place.search(words, 0, at):
                continue  # 「…」と表示される tells what a screen shows
            if match["document"]:
                self._written(region, link, at, match[0])
            elif match["estimate"]:
                self._add(region, "estimate", start, link, "と" + match[0])
            else:
                self._add(region, "report", start, link, "と" + match[0])
        for match in _TOLD_THAT.finditer(words):
            self._written(region, match.start(), match.end(), match[0])
        for match in region.matches(cues.as_said):
            speaker = self._actors.subject(region, 0, match.start(), match.start())
            start = self._content_start(region, 0, match.start(), speaker)
            self._add(region, "report", start, match.start() + 1, match[0], speaker, inherits=speaker is None)

    def _written(self, region: Region, link: int, at: int, cue: str) -> None:
        """規約には…と記されている: the document's maker says it."""
        cues, words = self._cues, region.words
        speaker, start, inherits = None, 0, True
        for match in cues.document_place.finditer(words, 0, at):
            if match.end() <= link or match.start() > link:
                speaker = self._actors.maker(region, match.start(), 0) or self._actors.owner(region, match.start())
                start, inherits = (match.end() if match.end() <= link else 0), False
                break
        self._add(region, "report", start, link, "と" + cue, speaker, inherits=inherits)

    # --- との推計, という報道 --------------------

    def _nouns(self, region: Region) -> None:
        cues, words = self._cues, region.words
        for match in region.matches(cues.noun_clause):
            kind = "estimate" if match["estimate"] else "plan" if match["plan"] else "report"
            speaker = None
            if match["of"]:
                speaker = self._actors.noun_phrase(region, match.end("of") - 1, match.start("of"))
            behind = self._text[region.offset - self._offset + match.end() :]
            bracket = _IN_BRACKETS.match(behind)
            if speaker is None and bracket and kind == "estimate":
                end = region.offset + match.end() + bracket.end(1)
                speaker = self._finder.before(end, region.offset + match.end() + 1)
            told = cues.passes_on.match(words, match.end())
            among = cues.among.search(words, 0, match.start())
            if speaker is None and among and kind == "estimate":
                speaker = self._actors.noun_phrase(region, among.start())
            if speaker is None and told:
                speaker = self._actors.subject(region, 0, match.start(), match.start())
            place = cues.document_place.search(words, 0, match.start())
            if speaker is None and place:
                speaker = self._actors.maker(region, place.start(), 0) or self._actors.owner(region, place.start())
            start = (
                self._content_start(region, 0, match.start(), speaker)
                if speaker is not None
                else region.clause_start(match.start())
            )
            self._add(region, kind, start, match.start(), match[0], speaker, inherits=bool(told) and speaker is None)
            if cues.rumour.search(match[0]) and speaker is None:
                self._add(region, "rumour", region.clause_start(match.start(), firm=True), match.start(), match[0])
                plan = intention(region, start, match.start(), match.start(), cues, timed=True)
                if plan is not None:
                    self._add(region, "plan", plan.start, plan.end, plan.cue)
        for match in region.matches(cues.quoted_rumour):
            at = match.start()
            start = max(0, words.rfind("「", 0, at)) if match[0][0] == "」" else region.clause_start(at)
            self._add(region, "rumour", start, match.end() - 1, match[0])
        for match in _THAT.finditer(words):
            self._add(region, "report", region.clause_start(match.start()), match.start(), match[0])

    # --- という。, そうだ。 --------------------

    def _hearsay(self, region: Region) -> None:
        cues, words = self._cues, region.words
        left = 0
        for match in region.matches(cues.hearsay):
            if match[0].startswith("そう") and not cues.before_sou.search(words[: match.start()]):
                continue
            self._add(region, "report", left, match.start(), match[0], inherits=True)
            left = match.end()
        for match in region.matches(cues.nobody):
            kind = "estimate" if match["guess"] else "report"
            self._add(region, kind, region.clause_start(match.start()), match.start(), match[0])

    # --- 予定, 計画 --------------------

    def _plans(self, region: Region) -> None:
        for plan in plans(region, self._cues):
            at = plan.end
            speaker = self._actors.subject(region, 0, at, at) if plan.passed_on else None
            self._add(region, "plan", plan.start, at, plan.cue, speaker)

    # --- 事実はない, ではなく, と否定した --------------------

    def _denials(self, region: Region) -> None:
        cues, words = self._cues, region.words
        self.scopes += denied_clauses(region, cues)
        rebuttal = cues.rebuttal.search(words)
        if rebuttal and self.denier is None:
            self.denier = Scope("deny", region.offset, region.offset, rebuttal[0])
        for match in region.matches(cues.denied_by):
            agent = words.rfind("に", 0, match.start())
            speaker = self._actors.noun_phrase(region, agent, 0) if agent > 0 else None
            self._denial(region, 0, match.start(), match[0], speaker)

    def _denial(self, region: Region, left: int, at: int, cue: str, speaker: Speaker | None) -> None:
        """Notes who denies; what is denied is the object, or a rumour that stands before."""
        end = at
        if region.words[at - 1 : at] in ("を", "も"):
            start = self._content_start(region, max(left, region.clause_start(at)), at, speaker)
            for quote in self.quotes:
                if start <= quote.end - region.offset < end:
                    start = quote.end - region.offset + 1
            self._add(region, "deny", start, end - 1, cue, speaker)
        self.denier = Scope("deny", region.offset + at, region.offset + at, cue, speaker)
