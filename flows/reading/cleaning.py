"""What of a page is no part of its article: boxes by their names, lines by how they read; all as data.

``seeds/boilerplate.toml`` holds the knowledge, this module applies it. Two degrees keep articles whole: lines that are
set like the article's own paragraphs lose only what can stand in no article; what is set otherwise has to show that it
belongs.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

from lxml.html import HtmlElement

from flows.model import KawarabanError

RULES_FILE = "boilerplate.toml"
MAX_LINE = 200
"""Longer lines are text: no line pattern is tried on them."""

GUARD = 0.4
"""A box with a larger share of the page's sentences is no box, whatever it is called."""

UNBOXED = frozenset({"html", "body", "main", "h1"})
MAX_JUDGED = 20_000

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class RulesError(KawarabanError):
    """The file of patterns is missing, is no TOML or holds a pattern that does not compile."""


@dataclasses.dataclass(frozen=True)
class CleaningRules:
    """The patterns of a seeds folder, compiled."""

    box_tags: frozenset[str]
    box_roles: frozenset[str]
    box_words: frozenset[str]
    always: re.Pattern[str]
    pitch: re.Pattern[str]
    teaser: re.Pattern[str]
    stamp: re.Pattern[str]
    aside: re.Pattern[str]
    tail: re.Pattern[str]
    polite: re.Pattern[str]
    """How a line ends that speaks to the reader."""
    updated: re.Pattern[str]
    """What stands beside the time of a change."""
    byline: re.Pattern[str]
    """What stands before the name of who wrote."""
    dateline: re.Pattern[str]
    """How an article begins that says where it was written and by whom: the group ``name``."""

    _judged: dict[str, bool] = dataclasses.field(default_factory=dict, init=False, compare=False, repr=False)
    """Class and id names that were looked at before: they repeat on a page and between pages."""

    def is_box(self, element: HtmlElement) -> bool:
        """Whether an element's tag, role, class or id says that it is no part of an article."""
        if element.tag in self.box_tags:
            return True
        attributes = element.attrib
        if not attributes:
            return False
        if attributes.get("role") in self.box_roles:
            return True
        names = f"{attributes.get('class', '')} {attributes.get('id', '')}"
        return len(names) > 1 and element.tag not in UNBOXED and self._named_box(names)

    def _named_box(self, names: str) -> bool:
        known = self._judged.get(names)
        if known is None:
            if len(self._judged) > MAX_JUDGED:
                self._judged.clear()
            known = self._judged[names] = any(word.lower() in self.box_words for word in _WORDS.findall(names))
        return known

    def is_stamp(self, line: str) -> bool:
        """Whether a line holds nothing but a publication time and perhaps who wrote."""
        return len(line) <= MAX_LINE and self.stamp.search(folded(line)) is not None

    def is_alien(self, line: str) -> bool:
        """Whether a folded line can stand in no article: an advertisement, a credit, a stamp, a paywall's pitch."""
        return len(line) <= MAX_LINE and bool(
            self.always.search(line) or self.stamp.search(line) or self.pitch.search(line) or self.tail.search(line)
        )

    def is_chatter(self, line: str) -> bool:
        """Whether a folded line speaks of the site, not of the article's matter."""
        return len(line) <= MAX_LINE and bool(
            self.always.search(line) or self.aside.search(line) or self.stamp.search(line)
        )


def folded(line: str) -> str:
    """A line as the patterns are written for."""
    return unicodedata.normalize("NFKC", line).strip()


def load_rules(seeds_folder: Path) -> CleaningRules:
    """The cleaning rules of a seeds folder, compiled.

    Raises:
        RulesError: ``boilerplate.toml`` is missing or wrong; the message names the entry.
    """
    path = seeds_folder / RULES_FILE
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        boxes, lines = raw["boxes"], raw["lines"]
        return CleaningRules(
            box_tags=frozenset(boxes["tags"]),
            box_roles=frozenset(boxes["roles"]),
            box_words=frozenset(word.lower() for word in boxes["words"]),
            always=_lines(path, "always", lines["always"]),
            pitch=_lines(path, "pitch", lines["pitch"]),
            teaser=_lines(path, "teaser", lines["teaser"]),
            stamp=_lines(path, "stamp", lines["stamp"]),
            aside=_lines(path, "aside", lines["aside"]),
            tail=_lines(path, "tail", lines["tail"]),
            polite=_compiled(path, "signs", raw["signs"]["polite"]),
            updated=_compiled(path, "signs", raw["signs"]["updated"]),
            byline=_compiled(path, "signs", raw["signs"]["byline"]),
            dateline=_compiled(path, "signs", raw["signs"].get("dateline", r"(?!)")),
        )
    except FileNotFoundError as error:
        raise RulesError(f"{path} is missing: KAWARABAN_SEEDS must name a folder that holds it") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesError(f"{path} cannot be read as TOML: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise RulesError(f"{path} is incomplete or has an entry of the wrong kind: {error}") from error


def _lines(path: Path, name: str, raw: dict[str, Any]) -> re.Pattern[str]:
    whole = [rf"\A(?:{pattern})\Z" for pattern in raw.get("whole", ())]
    return _compiled(path, f"lines.{name}", "|".join([*whole, *raw.get("part", ())]))


def _compiled(path: Path, name: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise RulesError(f"{path}: a pattern of [{name}] is no regular expression: {error}") from error
