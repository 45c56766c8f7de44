"""Does an article say something about the subject, or does it only carry its name?

A mention counts when its sentence says something: a name in a link, in a ranking or in a list of search words does not,
nor does one that is all there is between two separators. What the subject is, and how such lists look, is data
(``seeds/relevance.toml``).
"""

from __future__ import annotations

import dataclasses
import fnmatch
import re
from collections.abc import Sequence

from flows.reading.names import Finder, Mention
from flows.reading.normalize import normalized
from flows.reading.passages import Passage, passages
from seeds.loader import Seeds, SeedsError

_SEPARATORS = re.compile(r"[/|・,、;#]|\s{2,}|\s[-|/]\s")
_QUOTED = re.compile(r"[「『\"][^「」『』\"]{1,30}[」』\"]")
_EMPTY_WORDS = re.compile(r"[\W\d_]|位|など|ほか|等")
_ALIKE = "\0alike"

_LIST_ITEMS = 4
"""Items from which on names between separators are a list."""
_SAYS_SOMETHING = 5
"""Characters beside the name from which on an item without a sentence says something."""
_QUOTED_ITEMS = 3
"""Quotations from which on a sentence with a listing cue is a list of search words."""

_ITEM_BEHIND = re.compile(r"(?:、[^、。]{1,16}){2,}")
"""Behind a name: at least two more items of the list that it heads."""

_WEIGHT_TITLE, _WEIGHT_SENTENCE, _WEIGHT_ENUMERATED = 0.8, 0.7, 0.3
_THRESHOLD = 0.5


@dataclasses.dataclass(frozen=True)
class RelevanceModel:
    """What the monitor is about, and how lists of names look, compiled."""

    names: Finder
    distinct: Finder
    own_context: Finder
    other_context: Finder
    label: re.Pattern[str]
    cues: tuple[str, ...]
    links: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Relevance:
    """The judgement and what it rests on."""

    relevant: bool
    score: float
    """0 to 1: how sure it is that the article says something about the subject."""
    spans: tuple[tuple[int, int], ...] = ()
    """The sentences that decided: their places in the text."""
    reason: str = ""
    """Why not: ``no name``, ``list only`` or ``namesake``."""


def load_relevance(seeds: Seeds) -> RelevanceModel:
    """Compiles ``relevance.toml`` and the spellings of the entities that it names.

    Raises:
        SeedsError: the file is missing, names no entity of ``entities.toml`` or holds a wrong regular expression.
    """
    path = seeds.folder / "relevance.toml"
    raw = seeds.extra("relevance.toml")
    subject, listing = raw.get("subject", {}), raw.get("listing", {})
    patterns = tuple(subject.get("entities", ()))
    chosen = [e for e in seeds.entities.values() if any(fnmatch.fnmatchcase(e.id, p) for p in patterns)]
    if not chosen:
        raise SeedsError(f"{path}: [subject] entities must name what the monitor is about, by ids of entities.toml")
    spellings = {name for entity in chosen for name in entity.names} | set(subject.get("also", ()))
    cores = Finder(subject.get("distinct", ()) or spellings)
    distinct = {s for s in spellings if cores.find_all(normalized(s))} | set(subject.get("also", ()))
    if not distinct:
        raise SeedsError(f"{path}: no spelling of the subject's entities contains one of [subject] distinct")
    alike = dict.fromkeys(raw.get("alike", {}).get("names", ()), _ALIKE)
    try:
        label = re.compile("|".join(f"(?:{p})" for p in listing.get("labels", ())) or r"(?!)")
    except re.error as error:
        raise SeedsError(f"{path}: [listing] labels hold a wrong regular expression: {error}") from error
    context = raw.get("context", {})
    return RelevanceModel(
        names=Finder({s: s for s in spellings} | alike),
        distinct=Finder({s: s for s in distinct} | alike),
        own_context=Finder(context.get("own", ())),
        other_context=Finder(context.get("other", ())),
        label=label,
        cues=tuple(normalized(cue) for cue in listing.get("cues", ())),
        links=tuple(normalized(link) for link in listing.get("links", ())),
    )


def judge(title: str, text: str, model: RelevanceModel, sentences: Sequence[Passage] | None = None) -> Relevance:
    """Judges whether an article says something about the subject.

    Args:
        title: the headline, which says something wherever it has a distinct name.
        text: the body, one paragraph a line.
        model: the subject.
        sentences: the text's passages where the caller has them already.
    """
    headline = normalized(title)
    parts = passages(text) if sentences is None else sentences
    in_title = _mentions(headline, model.distinct)
    if not in_title and not any(_mentions(part.plain, model.distinct) for part in parts):
        return Relevance(relevant=False, score=0.0, reason="no name")
    if _is_namesake("\n".join([headline, *(part.plain for part in parts)]), model):
        return Relevance(relevant=False, score=0.1, reason="namesake")
    doubt = 1 - _WEIGHT_TITLE if in_title and not model.label.match(headline) else 1.0
    spans: list[tuple[int, int]] = []
    for part, weight in _weighted(parts, model):
        doubt *= 1 - weight
        spans.append((part.start, part.end))
    score = round(1 - doubt, 3)
    relevant = score >= _THRESHOLD
    return Relevance(relevant, score, tuple(spans), "" if relevant else "list only")


def _mentions(plain: str, finder: Finder) -> list[Mention]:
    return [mention for mention in finder.find(plain) if mention.key != _ALIKE]


def _is_namesake(plain: str, model: RelevanceModel) -> bool:
    own = {mention.key for mention in model.own_context.find_all(plain)}
    other = {mention.key for mention in model.other_context.find_all(plain)}
    return len(other) > len(own)


def _weighted(parts: Sequence[Passage], model: RelevanceModel) -> list[tuple[Passage, float]]:
    """The passages that say something about the subject, with how much each is worth as evidence."""
    found: list[tuple[Passage, float]] = []
    in_list = False
    for part in parts:
        # A heading such as 【関連記事】 makes a list of the lines below it, up to the next sentence.
        labelled = bool(model.label.match(part.plain))
        in_list = labelled or (in_list and not part.sentence)
        mentions = _mentions(part.plain, model.names)
        if not mentions or in_list or any(link in part.plain for link in model.links):
            continue
        if weight := max(_weight(part, mention, model) for mention in mentions):
            found.append((part, weight))
    return found


def _weight(part: Passage, mention: Mention, model: RelevanceModel) -> float:
    if not part.sentence:
        return _WEIGHT_SENTENCE if _item_says_something(part.plain, mention) else 0.0
    quoted = [m.span() for m in _QUOTED.finditer(part.plain)]
    within = any(start <= mention.start and mention.end <= end for start, end in quoted)
    if within and len(quoted) >= _QUOTED_ITEMS and any(cue in part.plain for cue in model.cues):
        return 0.0
    if any(cue in part.plain for cue in model.cues) and _ITEM_BEHIND.match(part.plain, mention.end):
        return 0.0
    return _WEIGHT_ENUMERATED if _among_examples(part.plain, mention) else _WEIGHT_SENTENCE


def _item_says_something(plain: str, mention: Mention) -> bool:
    """Whether a line that is no sentence says more than the name: in a list, within the name's own item."""
    items, start = [], 0
    for separator in _SEPARATORS.finditer(plain):
        items.append((start, separator.start()))
        start = separator.end()
    items.append((start, len(plain)))
    whole = (0, len(plain))
    own = next((i for i in items if i[0] <= mention.start < i[1]), whole) if len(items) >= _LIST_ITEMS else whole
    rest = plain[own[0] : mention.start] + plain[mention.end : own[1]]
    return len(_EMPTY_WORDS.sub("", rest)) >= _SAYS_SOMETHING or bool(re.search(r"\d.*[%円元ドル]", rest))


def _among_examples(plain: str, mention: Mention) -> bool:
    """Whether the name is one of several examples (A、B、Cなど) rather than what the sentence speaks of."""
    before, after = plain[: mention.start], plain[mention.end :]
    tail = re.match(r"(?:[」』)]|、[^、。]{1,20}){0,6}(?:[」』)]?)(?:など|等の|といった|をはじめ)", after)
    if not tail:
        return False
    siblings = re.search(r"((?:[^、。「」(]{1,20}[、・/]){2,}[「『(]?)$", before)
    others = len(re.findall(r"[、・/]", siblings.group())) if siblings else 0
    return others + tail.group().count("、") >= _LIST_ITEMS - 1
