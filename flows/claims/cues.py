"""The words of ``speech.toml`` as compiled patterns."""

from __future__ import annotations

import dataclasses
import functools
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.claims.literals import Prefilter
from seeds import SeedsError

Pattern = re.Pattern[str]


def _any(words: list[str]) -> Pattern:
    return re.compile("|".join(sorted(words, key=len, reverse=True)))


@dataclasses.dataclass(frozen=True)
class Cues:
    """What Japanese prose says speech, plans, estimates, denials, questions and the past with."""

    say: Pattern
    """Verbs of saying, named groups ``estimate``, ``deny``, ``report``."""
    announce: Pattern
    disclose: Pattern
    disclosed_whole: Pattern
    """An object that stands for the sentence before: 結果を公表した."""
    told: Pattern
    """Verbs that hand on the sentence before: と without content."""
    so: Pattern
    """そう before a verb of saying: it stands for the sentence before."""
    as_said: Pattern
    """としている, として."""
    passive: Pattern
    """Behind と, without a speaker: groups ``estimate``, ``document``, ``report``."""
    hearsay: Pattern
    before_sou: Pattern
    nobody: Pattern
    """らしい, 模様だ: told or guessed by nobody in particular; group ``guess``."""
    noun_clause: Pattern
    """という + noun: groups ``of`` (whose), ``estimate``, ``plan``, ``report``."""
    passes_on: Pattern
    rumour: Pattern
    source: Pattern
    """Xによると, Xの推計では: groups ``by``, ``estimate``, ``report``."""
    bracket: Pattern
    """A source in brackets: (みなとリサーチ調べ)."""
    found: Pattern
    """Behind a source: what stands before it is its too (取材で分かった)."""
    document: Pattern
    document_place: Pattern
    """A document as the place of words: 規約には, 論文で."""
    cited: Pattern
    """A document before what it says: 論文に記された."""
    estimating: Pattern
    """Nouns of counting that are estimates."""
    relative: Pattern
    """An act of counting before its noun: はじいた売上高, 推定資産."""
    plan: Pattern
    plan_verb: Pattern
    action: Pattern
    """Nouns of action that a plan may follow at once."""
    ahead: Pattern
    nonpast: Pattern
    stative: Pattern
    headline: Pattern
    superseded: Pattern
    deny: Pattern
    negated: Pattern
    object: Pattern
    """An object before the quotation that denies it."""
    about: Pattern
    denied_by: Pattern
    """否定され: the denier stands before it with に."""
    quoted_rumour: Pattern
    pointing: Pattern
    """A rumour that the sentence before tells: そんな投稿."""
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
    list_opening: Pattern
    speaker: Pattern
    mute: Pattern
    apart: Pattern
    """Hiragana before a name that is no part of it."""
    before: Pattern
    nation: Pattern
    apposition: Pattern
    no_source: Pattern
    """What is no source though it stands before one: 今回の調査では."""
    among: Pattern
    title: Pattern
    voice: Pattern
    house: tuple[str, ...]
    same: Pattern
    generic: Pattern
    few: Pattern

    @functools.cached_property
    def prefilter(self) -> Prefilter:
        """What tells which of the cues some words can hold."""
        fields = (getattr(self, field.name) for field in dataclasses.fields(self))
        return Prefilter(cue for cue in fields if isinstance(cue, re.Pattern))


def _group(name: str, words: list[str]) -> str:
    return f"(?P<{name}>{'|'.join(sorted(words, key=len, reverse=True))})"


def _source(raw: Mapping[str, Any]) -> Pattern:
    after = "|".join(raw["after"])
    nouns = f"(?:{_group('estimate', raw['estimate'])}|{_group('report', raw['report'])})(?:{after})"
    count = f"(?P<count>{'|'.join(raw['count'])})で、"
    return re.compile(f"{_group('by', raw['by'])}|{nouns}|{count}")


def _noun_clause(noun: Mapping[str, Any], plans: list[str]) -> Pattern:
    kinds = {"estimate": noun["estimate"], "plan": plans, "report": noun["report"]}
    of = "(?P<of>[^、。はがをにでとの]{1,16}の)?"
    return re.compile(f"{noun['link']}{of}(?:{'|'.join(_group(kind, words) for kind, words in kinds.items())})")


def _documents(words: list[str]) -> str:
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


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
            disclosed_whole=c(raw["disclose"]["whole"]),
            told=_any(raw["disclose"]["told"]),
            so=c(raw["as"]["so"]),
            as_said=_any(raw["as"]["said"]),
            passive=c("|".join(_group(kind, raw["passive"][kind]) for kind in ("estimate", "document", "report"))),
            hearsay=_any(raw["hearsay"]["patterns"]),
            nobody=c(f"{_group('guess', raw['hearsay']['guess'])}|{'|'.join(raw['hearsay']['nobody'])}"),
            before_sou=c(raw["hearsay"]["before_sou"]),
            noun_clause=_noun_clause(noun, plan["nouns"]),
            passes_on=c(noun["passes_on"]),
            rumour=_any(noun["rumour"]),
            source=_source(raw["source"]),
            bracket=c(raw["source"]["bracket"]),
            found=c(raw["source"]["found"]),
            document=_any(raw["source"]["document"]),
            document_place=c(_documents(raw["source"]["document"]) + raw["source"]["place"]),
            cited=c(_documents(raw["source"]["document"]) + raw["source"]["cited"]),
            estimating=_any(raw["source"]["estimate"]),
            relative=c(f"(?:{'|'.join(raw['relative']['estimate'])})(?=[^、。とのがはで])|{raw['relative']['nouns']}"),
            plan=c(f"(?:{'|'.join(plan['nouns'])}){plan['after']}"),
            plan_verb=_any(plan["verbs"]),
            action=c(plan["action"]),
            ahead=_any(plan["ahead"]),
            nonpast=c(plan["nonpast"]),
            stative=c(plan["stative"]),
            headline=c(plan["headline"]),
            superseded=_any(plan["superseded"]),
            deny=_any(raw["deny"]["phrases"]),
            negated=c(raw["deny"]["negated"]),
            object=c(raw["deny"]["object"]),
            about=c(raw["deny"]["about"]),
            denied_by=_any(raw["deny"]["passive"]),
            pointing=c(raw["deny"]["pointing"]),
            quoted_rumour=c(raw["deny"]["quoted_rumour"]),
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
            list_opening=c(raw["narrator"]["list"]),
            speaker=c(name["speaker"]),
            mute=c(name["mute"]),
            apart=c(name["apart"]),
            before=c(name["before"]),
            nation=c(name["nation"]),
            apposition=c(name["apposition"]),
            no_source=c(name["no_source"]),
            among=c(name["among"]),
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
