"""Sentences of Japanese articles: prose, headings, list items, table rows and speakers' turns, with their positions."""

from __future__ import annotations

import collections
import dataclasses
import re
from collections.abc import Iterator

_OPENING = "「『(（【〈《〔［[“"
_CLOSING = "」』)）】〉》〕］]”"
_BRACKET = re.compile(rf"[{re.escape(_OPENING + _CLOSING)}。．！？!?]")
_END = "。．！？!?"
_QUOTED_GOES_ON = re.compile(r"[ \u3000]*[\u3041-\u309f、。,）)」』・ー]")
"""Behind 「…。」 the sentence goes on: と述べた, という, など."""

_BULLET = re.compile(
    r"[ \t\u3000]*(?:[・･•●◯○◎◇▪◦∙‣▶►▷▽▼△▲※☆★✓✔➤*＊]|[-–—−](?=[ \u3000])|→"
    r"|[(（]?[0-9０-９]{1,2}[)）.．、](?![0-9０-９])|[①-⑳]|[ア-オ][)）.])[ \t\u3000]*"
)
_HEADING = re.compile(
    r"[ \t\u3000]*(?:[■◆□]|#{1,6}[ \u3000]|【[^】]*】[ \u3000]*$|[〈＜《][^〉＞》]*[〉＞》][ \u3000]*$)"
)
_LABEL = re.compile(
    r"[ \t\u3000]*(?P<speaker>[^\s:：。、「」『』()（）|｜/／0-9０-９][^:：。、|｜/／]{0,19}?)"
    r"[ \u3000]*[:：][ \u3000]*(?=\S)"
)
_SPACED = re.compile(r"[ \t\u3000]*(?P<speaker>[^\s:：。、「」『』()（）0-9０-９]{1,8})[ \u3000]+(?=\S)")
"""A speaker with a space behind the name, as interviews with dashes before their questions have it."""
_QUESTION = re.compile(r"[ \t\u3000]*(?:――|──|——|--|―|—(?=\S))[ \u3000]*(?=\S)")
_LETTER = re.compile(r"[ \t\u3000]*(?P<speaker>[QＱAＡ問答])[0-9０-９]{0,2}[.．:： \u3000][ \u3000]*(?=\S)")
_PERSON = re.compile(
    r"(?:氏|さん|サン|様|CEO|CTO|CFO|社長|会長|教授|記者|博士|先生|編集部|司会|聞き手|議員|大臣|長官|代表|アナ|キャスター)$"
    r"|^(?:Q|A|Ｑ|Ａ|問|答|質問|回答)$"
)
_CELLS = re.compile(r"[|｜\t]")
_FIGURE = re.compile(r"[0-9０-９]")
_ENDING = re.compile(r"[。．！？!?」』)）…](?:[ \u3000]*[(（][^)）]*[)）])?[ \u3000]*$")
_LONGEST_HEADING = 60


ANSWER = "――"
"""Who speaks in an answer without a name behind a question with dashes: the one who is interviewed."""


@dataclasses.dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and where it stands: ``text`` is the part of the whole from ``start`` to ``end``, no space around."""

    start: int
    end: int
    text: str
    paragraph: int
    """The line that it belongs to, counted from 0 with the empty ones."""
    kind: str
    """``prose``, ``heading``, ``item`` (of a list), ``row`` (of a table) or ``turn`` (of a speaker)."""
    speaker: str | None = None
    """Who speaks in a turn, as the text names him; ``Q`` for the asking side of an interview without names."""


def split(text: str) -> list[Sentence]:
    """The sentences of a text whose paragraphs are lines, in order: they cover all but the space between them.

    A sentence ends at 。！？ or with its line, but not inside quotation marks or brackets. Never raises.
    """
    lines = list(_lines(text))
    speakers = _speakers(text, lines)
    sentences: list[Sentence] = []
    talk: str | None = None
    dashed = False
    for paragraph, start, end in lines:
        kind, speaker, body = _classify(text, start, end, speakers)
        if kind == "turn":
            talk, dashed = speaker, _QUESTION.match(text, start, end) is not None
        elif kind in {"heading", "row"} or not talk:
            talk = None
        elif kind == "prose" and talk == "Q" and (text[body] in "「『" or dashed):
            kind, speaker = "turn", ANSWER if text[body] not in "「『" else "A"
        # A marker (the bullet, the speaker's name) belongs to the first sentence of its line.
        for first, last in _ends(text, start, body, end):
            sentences.append(Sentence(first, last, text[first:last], paragraph, kind, speaker))
    return sentences


def _lines(text: str) -> Iterator[tuple[int, int, int]]:
    """Number, start and end of every line that is not empty, without the space around it."""
    position = 0
    for number, line in enumerate(text.split("\n")):
        stripped = line.strip()
        if stripped:
            start = position + (len(line) - len(line.lstrip()))
            yield number, start, start + len(stripped)
        position += len(line) + 1


def _speakers(text: str, lines: list[tuple[int, int, int]]) -> frozenset[str]:
    """The labels that are speakers: people, and whatever labels whole sentences again and again in one text."""
    counts: collections.Counter[str] = collections.Counter()
    for _, start, end in lines:
        label = _LABEL.match(text, start, end)
        if label and ("。" in text[label.end() : end] or text[end - 1] in "？?。"):
            counts[label["speaker"]] += 1
    asked = any(_QUESTION.match(text, start, end) for _, start, end in lines)
    if asked:
        named = (_SPACED.match(text, start, end) for _, start, end in lines)
        spaced = collections.Counter(match["speaker"] for match in named if match)
        counts.update({speaker: count for speaker, count in spaced.items() if count > 1 and not _BULLET.match(speaker)})
    return frozenset(
        speaker
        for speaker, count in counts.items()
        if count > 1 or _PERSON.search(speaker) or (asked and len(speaker) <= 8 and not _BULLET.match(speaker))
    )


def _classify(text: str, start: int, end: int, speakers: frozenset[str]) -> tuple[str, str | None, int]:
    """The kind of a line, its speaker, and where its words begin behind marker and speaker."""
    letter = _LETTER.match(text, start, end)
    if letter:
        return (
            "turn",
            {"Ｑ": "Q", "問": "Q", "Ａ": "A", "答": "A"}.get(letter["speaker"], letter["speaker"]),
            letter.end(),
        )
    question = _QUESTION.match(text, start, end)
    if question:
        return "turn", "Q", question.end()
    quoted = re.match(r"「([^」]{1,12})」[ \u3000]*[:：]", text[start : min(end, start + 20)])
    if quoted:
        return "turn", quoted[1], start + quoted.end()
    label = _LABEL.match(text, start, end)
    label = label if label and label["speaker"] in speakers else _SPACED.match(text, start, end)
    if label and label["speaker"] in speakers:
        return "turn", label["speaker"], label.end()
    finished = bool(_ENDING.search(text, max(start, end - 24), end))
    heading = _HEADING.match(text, start, end)
    if heading and (not finished or end - start <= _LONGEST_HEADING):
        return "heading", None, heading.end() if heading.end() < end else start
    if _CELLS.search(text, start, end) and (not finished or text.count("|", start, end) > 1):
        return "row", None, start
    bullet = _BULLET.match(text, start, end)
    if bullet and bullet.end() < end:
        if _figures(text, bullet.end(), end) and not finished:
            return "row" if _tabular(text, bullet.end(), end) else "item", None, bullet.end()
        return "item", None, bullet.end()
    if finished:
        return "prose", None, start
    if _tabular(text, start, end):
        return "row", None, start
    return ("heading" if end - start <= _LONGEST_HEADING else "prose"), None, start


def _figures(text: str, start: int, end: int) -> int:
    return len(_FIGURE.findall(text, start, end))


def _tabular(text: str, start: int, end: int) -> bool:
    """Whether a line without a full stop is a name and figures in cells: 「V3 0.27ドル/1.10ドル」."""
    cells = re.split(r"[ \t\u3000/／]+", text[start:end])
    filled = [cell for cell in cells[1:] if _FIGURE.search(cell)]
    return len(cells) >= 2 and len(filled) * 2 >= len(cells) and len(filled) >= 2 and "、" not in text[start:end]


def _ends(text: str, start: int, body: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence of a line; the first begins at the line's marker."""
    depth, opened = 0, body
    first = start
    if text.count("「", body, end) != text.count("」", body, end):
        # A quotation that is not closed in its line holds nothing together.
        depth = -1_000_000
    position = body
    while True:
        match = _BRACKET.search(text, position, end)
        if match is None:
            break
        position = match.end()
        sign = match[0]
        if sign in _OPENING:
            depth += 1
            opened = match.start() if depth == 1 else opened
        elif sign in _CLOSING:
            depth = max(depth - 1, 0) if depth >= 0 else depth
            inner = text[position - 2]
            if depth == 0 and inner in "。！？" and sign in "」』" and not _QUOTED_GOES_ON.match(text, position, end):
                yield from _piece(text, first, position)
                first = position
        elif depth <= 0 and _stops(text, match.start(), end):
            while (
                position < end and text[position] in _END + "」』）)" and depth <= 0 and text[position] not in _OPENING
            ):
                position += 1
            yield from _piece(text, first, position)
            first = position
    yield from _piece(text, first, end)


def _stops(text: str, position: int, end: int) -> bool:
    """Whether a mark ends a sentence: not the point of a number, nor the mark in a name (Yahoo!ニュース)."""
    sign = text[position]
    before = text[position - 1 : position]
    after = text[position + 1 : min(position + 2, end)]
    if sign == "．":
        return not (before.isdigit() or after.isdigit() or before.isascii())
    if sign in "!！":
        return not after or after.isspace() or not (before.isascii() and before.isalpha())
    if sign == "?":
        return not after or not (after.isascii() and after.isalnum())
    return True


def _piece(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without the space around it, unless nothing is left."""
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        first = start + len(piece) - len(piece.lstrip())
        yield first, first + len(stripped)
