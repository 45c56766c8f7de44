"""What a text says will be: 〜する予定, 〜する計画を明らかにした, 来月公開する, 公開すると発表した."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from flows.claims.clauses import FINISHED, Region
from flows.claims.cues import Cues

_NONPAST = re.compile(r"[るうすくつぬむぶぐ]")
_TAIL = re.compile(r"(?:[。、」]|から、|が、|ので、)+$")


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """A stretch of a region that is planned."""

    start: int
    end: int
    cue: str
    passed_on: bool = False
    """Whether the clause goes on to say who told it: 計画を明らかにした."""


def plans(region: Region, cues: Cues) -> Iterator[Plan]:
    """The plans that nouns (予定), verbs (を計画する) and times that lie ahead (来月…する) tell in a region."""
    words = region.words
    for match in region.matches(cues.plan):
        at = match.start()
        before = words[at - 1 : at]
        if (
            _NONPAST.match(before)
            or before == "の"
            or words[at - 2 : at] in ("との", "いう", "たい")
            or cues.action.search(words[:at])
        ):
            told = cues.passes_on.match(words, match.end()) or cues.passes_on.match(words, match.end() - 1)
            yield Plan(unfinished(region, at), at, match[0], bool(told))
    for match in region.matches(cues.plan_verb):
        yield Plan(unfinished(region, match.start()), match.start(), match[0])
    for match in region.matches(cues.ahead):
        end = region.clause_end(match.end())
        clause = _TAIL.sub("", words[match.start() : end])
        if cues.nonpast.search(clause) and not cues.stative.search(clause) and not FINISHED.search(clause):
            yield Plan(region.clause_start(match.start()), end, match[0])


def unfinished(region: Region, position: int) -> int:
    """Where a plan begins that ends at a position: with its clause, but behind what a relative clause tells as done."""
    start = region.clause_start(position)
    for done in FINISHED.finditer(region.words, start, position):
        start = done.end()
    return start


def intention(region: Region, start: int, link: int, verb: int, cues: Cues, *, timed: bool = False) -> Plan | None:
    """搭載すると発表した: what stands between ``start`` and its と at ``link``, where it is told as coming.

    A plain non-past verb before an announcement is a plan; before another verb (and always with ``timed``) only with
    a time that lies ahead.
    """
    content = region.words[start:link]
    if not cues.nonpast.search(content) or cues.stative.search(content):
        return None
    clause = max(start, region.clause_start(link))
    once = cues.action.search(re.sub(r"(?:する|される)$", "", content)) and content.endswith("る")
    if not timed and (once or cues.announce.match(region.words, verb)):
        return Plan(clause, link, content[-4:] + "と")
    if cues.ahead.search(region.words, clause, link):
        return Plan(clause, link, content[-4:] + "と")
    return None
