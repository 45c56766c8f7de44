"""The words of ``speech.toml`` as compiled patterns."""

from __future__ import annotations

import dataclasses
import functools
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seeds import SeedsError

Pattern = re.Pattern[str]


def _any(words: list[str]) -> Pattern:
    return re.compile("|".join(sorted(words, key=len, reverse=True)))


@dataclasses.dataclass(frozen=True, slots=True)
class Cues:
    """What Japanese prose says speech, plans, estimates, denials, questions and the past with."""

    say: Pattern
    """Verbs of saying, named groups ``estimate``, ``deny``, ``report``."""
    announce: Pattern
    disclose: Pattern
    disclosed: Pattern
    passive: Pattern
    """Behind と, without a speaker: groups ``estimate``, ``document``, ``report``."""
    hearsay: Pattern
    before_sou: Pattern
    noun: Pattern
    """と-clause + noun: groups ``estimate``, ``plan``, ``report``."""
    rumour: Pattern
    source: Pattern
    """Xによると, Xの推計では: groups ``by``, ``estimate``, ``report``."""
    document: Pattern
    plan: Pattern
    plan_verb: Pattern
    ahead: Pattern
    nonpast: Pattern
    stative: Pattern
    headline: Pattern
    superseded: Pattern
    deny: Pattern
    rebuttal: Pattern
    contrast: Pattern
    question: Pattern
    question_exempt: Pattern
    embedded: Pattern
    opening: Pattern
    conditional: Pattern
    conditional_exempt: Pattern
    guess: Pattern
    past_words: Pattern
    past_with: Pattern
    past_predicate: Pattern
    fallen: Pattern
    old_side: Pattern
    change: Pattern
    old_relative: Pattern
    narrator: Pattern
    figures: Pattern
    speaker: Pattern
    mute: Pattern
    before: Pattern
    nation: Pattern
    title: Pattern
    voice: Pattern
    house: tuple[str, ...]
    same: Pattern
    generic: Pattern
    few: Pattern


def _group(name: str, words: list[str]) -> str:
    return f"(?P<{name}>{'|'.join(sorted(words, key=len, reverse=True))})"


def _source(raw: Mapping[str, Any]) -> Pattern:
    after = "|".join(raw["after"])
    nouns = f"(?:{_group('estimate', raw['estimate'])}|{_group('report', raw['report'])})(?:によります?と|{after})"
    return re.compile(f"{_group('by', raw['by'])}|{nouns}")


def cues_of(raw: Mapping[str, Any]) -> Cues:
    """Compiles the tables of ``speech.toml``.

    Raises:
        SeedsError: a table is missing or a pattern is no regular expression.
    """
    try:
        say, noun, plan, past, name = raw["say"], raw["noun"], raw["plan"], raw["past"], raw["name"]
        c = re.compile
        return Cues(
            say=c("|".join(_group(kind, say[kind]) for kind in ("deny", "estimate", "report"))),
            announce=_any(raw["announce"]["verbs"]),
            disclose=_any(raw["disclose"]["verbs"]),
            disclosed=c(raw["disclose"]["content"]),
            passive=c("|".join(_group(kind, raw["passive"][kind]) for kind in ("estimate", "document", "report"))),
            hearsay=_any(raw["hearsay"]["patterns"]),
            before_sou=c(raw["hearsay"]["before_sou"]),
            noun=c(
                "|".join(
                    _group(kind, words)
                    for kind, words in (
                        ("estimate", noun["estimate"]),
                        ("plan", plan["nouns"]),
                        ("report", noun["report"]),
                    )
                )
            ),
            rumour=_any(noun["rumour"]),
            source=_source(raw["source"]),
            document=_any(raw["source"]["document"]),
            plan=c(f"(?:{'|'.join(plan['nouns'])}){plan['after']}"),
            plan_verb=_any(plan["verbs"]),
            ahead=_any(plan["ahead"]),
            nonpast=c(plan["nonpast"]),
            stative=c(plan["stative"]),
            headline=c(plan["headline"]),
            superseded=_any(plan["superseded"]),
            deny=_any(raw["deny"]["phrases"]),
            rebuttal=_any(raw["deny"]["rebuttal"]),
            contrast=_any(raw["deny"]["contrast"]),
            question=c(raw["question"]["endings"]),
            question_exempt=c(raw["question"]["exempt"]),
            embedded=_any(raw["question"]["embedded"]),
            opening=_any(raw["hypothesis"]["opening"]),
            conditional=c(raw["hypothesis"]["conditional"]),
            conditional_exempt=c(raw["hypothesis"]["exempt"]),
            guess=_any(raw["hypothesis"]["guess"]),
            past_words=_any(past["words"]),
            past_with=_any(past["with_past"]),
            past_predicate=c(past["predicate"]),
            fallen=_any(past["fallen"]),
            old_side=c(past["old_side"]),
            change=c(past["change"]),
            old_relative=c(past["relative"]),
            narrator=_any(raw["narrator"]["opening"]),
            figures=c(raw["narrator"]["figures"]),
            speaker=c(name["speaker"]),
            mute=c(name["mute"]),
            before=c(name["before"]),
            nation=c(name["nation"]),
            title=c(name["title"]),
            voice=c(name["voice"]),
            house=tuple(name["house"]),
            same=c(name["same"]),
            generic=c(name["generic"]),
            few=c(name["few"]),
        )
    except (KeyError, TypeError) as error:
        raise SeedsError(f"speech.toml is incomplete: {error}") from error
    except re.error as error:
        raise SeedsError(
            f"speech.toml has a pattern that is no regular expression: {error.pattern!r}: {error}"
        ) from error


@functools.lru_cache(maxsize=8)
def load_cues(folder: Path) -> Cues:
    """Reads ``speech.toml`` of a seeds folder.

    Raises:
        SeedsError: the file is missing, no TOML, or incomplete.
    """
    path = folder / "speech.toml"
    try:
        return cues_of(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise SeedsError(f"{path} is missing: KAWARABAN_SEEDS must name a folder that holds it") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SeedsError(f"{path} cannot be read as TOML: {error}") from error
