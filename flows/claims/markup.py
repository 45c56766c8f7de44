"""A sentence with all that is known about it: names, numbers and dates, each masked by one character.

Frames (``frames.py``) are written against the masked sentence, in which a name, an amount or a date counts as a single
character of its kind, whatever its length: 「<org>は<date>に<money>で」. So one pattern fits every name and number, and
distances between words do not depend on how long the names between them are.
"""

from __future__ import annotations

import bisect
import dataclasses
import functools
import re
from collections.abc import Sequence

from flows.claims.dates import DateSpan
from flows.claims.names import Mention
from flows.claims.quantities import Quantity
from flows.claims.sentences import Sentence

Item = Mention | Quantity | DateSpan

KINDS = (
    "organization",
    "person",
    "model",
    "rival",
    "product",
    "gpu",
    "authority",
    "place",
    "benchmark",
    "pronoun",
    "money",
    "count",
    "ratio",
    "percent",
    "rank",
    "duration",
    "plain",
    "date",
)
"""What a masked character can stand for."""

MASKS = {kind: chr(0xE000 + number) for number, kind in enumerate(KINDS)}
GROUPS = {
    "org": ("organization",),
    "auth": ("authority", "organization"),
    "name": ("organization", "person", "model", "rival", "product", "authority", "pronoun"),
    "own": ("model", "product"),
    "actor": ("organization", "person", "authority", "pronoun"),
    "num": ("money", "count", "ratio", "percent", "rank", "duration", "plain"),
    "dur": ("duration",),
    "bench": ("benchmark",),
}
"""Short names that patterns may use for several kinds."""

_TOKEN = re.compile(r"(?<!\?P)<(?:(\w+)=)?(\w+)>")
_SPELLED = {"title": r"[^「」、。]{3,48}(?=」|を|と)"}
"""Kinds that are no masked character but words: the name of a work as it stands."""


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A frame's pattern as a regular expression over masked sentences.

    ``<money>`` stands for an amount, ``<value=org>`` for an organization that is the claim's value, ``<place=place>``
    for a place that fills the qualifier ``place``.

    Raises:
        re.error: the pattern is no regular expression.
        KeyError: it names a kind that does not exist.
    """

    def replace(match: re.Match[str]) -> str:
        role, kind = match[1], match[2]
        if kind in _SPELLED:
            return f"(?P<{role}>{_SPELLED[kind]})"
        characters = "".join(MASKS[k] for k in GROUPS.get(kind, (kind,)))
        before = pattern[: match.start()]
        if before.rfind("[") > before.rfind("]"):  # inside a class of characters already
            return characters
        return f"(?P<{role}>[{characters}])" if role else f"[{characters}]"

    return re.compile(_TOKEN.sub(replace, pattern))


@dataclasses.dataclass(frozen=True)
class Marked:
    """A masked sentence: what stands where, in masked and in original positions."""

    sentence: Sentence
    index: int
    masked: str
    origins: tuple[int, ...]
    """The position in the article's text of each masked character, and of the sentence's end."""
    items: dict[int, Item]
    """Masked position -> what is masked there."""

    @property
    def start(self) -> int:
        """The sentence's start in the article's text."""
        return self.sentence.start

    @functools.cached_property
    def ordered(self) -> list[tuple[int, Item]]:
        """The items with their masked positions, in order."""
        return sorted(self.items.items(), key=lambda placed: placed[0])

    @functools.cached_property
    def names(self) -> list[tuple[int, Mention]]:
        """The names with their masked positions, in order."""
        return [(p, i) for p, i in self.ordered if isinstance(i, Mention)]

    def place(self, position: int) -> int:
        """The masked position of a position in the article's text (of the item that covers it)."""
        return max(0, bisect.bisect_right(self.origins, position) - 1)

    def of_kind(self, *kinds: str) -> list[tuple[int, Item]]:
        """The items of some kinds, with their masked positions, in order."""
        wanted = {MASKS[k] for k in kinds}
        return [(p, i) for p, i in self.ordered if self.masked[p] in wanted]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span in the article's text of a span of masked positions."""
        last = self.items.get(end - 1)
        return self.origins[start], last.end if last is not None else self.origins[end - 1] + 1


def kind_of(item: Item) -> str:
    """The kind that masks an item."""
    if isinstance(item, DateSpan):
        return "date"
    return item.kind if item.kind in MASKS else "product"


def mark(
    text: str,
    sentences: Sequence[Sentence],
    mentions: Sequence[Mention],
    quantities: Sequence[Quantity],
    dates: Sequence[DateSpan],
) -> list[Marked]:
    """Masks every sentence of an article. Where spans overlap, names come before dates before numbers."""
    spans: list[Item] = []
    ranked: list[Item] = [*mentions, *dates, *quantities]
    for item in ranked:
        at = bisect.bisect_left([s.start for s in spans], item.start)
        before = spans[at - 1] if at else None
        after = spans[at] if at < len(spans) else None
        if (before is None or before.end <= item.start) and (after is None or item.end <= after.start):
            spans.insert(at, item)
    result = []
    cursor = 0
    for number, sentence in enumerate(sentences):
        while cursor < len(spans) and spans[cursor].end <= sentence.start:
            cursor += 1
        masked: list[str] = []
        origins: list[int] = []
        items: dict[int, Item] = {}
        position, at = sentence.start, cursor
        while position < sentence.end:
            item_here = spans[at] if at < len(spans) and spans[at].start == position else None
            origins.append(position)
            if item_here is not None and item_here.end <= sentence.end:
                items[len(masked)] = item_here
                masked.append(MASKS[kind_of(item_here)])
                position = item_here.end
                at += 1
            else:
                if item_here is not None:
                    at += 1
                masked.append(text[position])
                position += 1
        origins.append(sentence.end)
        result.append(Marked(sentence, number, "".join(masked), tuple(origins), items))
    return result
