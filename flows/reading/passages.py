"""A text as sentences with their places: what relevance and topics are judged by."""

from __future__ import annotations

import dataclasses
import re

from flows.reading.normalize import normalized

_OPENING, _CLOSING = "「『（(〈《【“", "」』）)〉》】”"
_BREAK_OR_BRACKET = re.compile(rf"[。！？!?]+|[{re.escape(_OPENING + _CLOSING)}]")


@dataclasses.dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, or a line that is none, of a text."""

    start: int
    """Where it begins in the text, in code points."""
    end: int
    plain: str
    """Its words, normalized."""
    sentence: bool
    """Whether it ends like a sentence, not like a heading or an item of a list."""


def passages(text: str) -> list[Passage]:
    """The sentences of a text, line by line; full stops within quotations and brackets do not end one."""
    found: list[Passage] = []
    start = 0
    for line in text.splitlines(keepends=True):
        found.extend(_of_line(line, start))
        start += len(line)
    return found


def _of_line(line: str, offset: int) -> list[Passage]:
    cuts, depth, last = [], 0, 0
    for mark in _BREAK_OR_BRACKET.finditer(line):
        if mark.group() in _OPENING:
            depth += 1
        elif mark.group() in _CLOSING:
            depth = max(depth - 1, 0)
        elif depth == 0:
            cuts.append((last, mark.end(), True))
            last = mark.end()
    cuts.append((last, len(line.rstrip()), False))
    return [
        Passage(offset + start, offset + end, plain, ended or plain.endswith(("」", "』", "」と")))
        for start, end, ended in cuts
        if (plain := normalized(line[start:end]))
    ]
