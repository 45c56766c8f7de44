"""What a sentence shows of topics: cue terms, names by the part they play, words, and where the sentence stands.

A feature is a string, so that weights can be read and written as data:

============ ===========================================================================================
``停止``       a cue of ``topics.toml``, or a word (katakana, Latin, two or three kanji)
``a&b``      both in one sentence
``@id``      a name, by entity or by the group that it belongs to
``=1 topic`` a strong cue of the topic; ``=2``, ``=3`` two and three of them; ``=near`` beside the subject,
             ``=other`` beside another company alone, ``=title`` in the title; ``=learned`` terms of its profile,
             ``=much`` twice as many
``~place``   ``~title``, ``~sentence``, ``~item``, ``~lead``; ``~near`` the subject, or ``~other`` names alone
============ ===========================================================================================
"""

from __future__ import annotations

import dataclasses
import fnmatch
import re
from collections.abc import Iterable, Mapping, Sequence

from flows.reading.names import Finder
from flows.reading.normalize import normalized
from flows.reading.passages import Passage
from seeds import Seeds

NUMBER = "#"
_NAME = "◇"
_NUMBERS = re.compile(r"\d[\d,.]*(?:[万億兆千百]+\d*)*|[〇一二三四五六七八九十百千]+(?=[年月日人個枚%割倍位])")
_SCALES = re.compile(r"#[万億兆千百]+")
_WORDS = re.compile(r"[ァ-ヺー]{2,}|[a-z][a-z.+-]+|[一-鿿々]{2,}|#%?[^\W\d_a-zぁ-ゖ]?")
_LABEL = re.compile(r"[ァ-ヺーa-z一-鿿々]{2,}")
_LEAD = 3
"""Passages at a text's beginning that count as its lead."""
PROFILE_SHARE = 0.5
"""The weight of a topic's profile terms in a sentence from which on the sentence resembles the seed documents'."""


@dataclasses.dataclass(frozen=True)
class TopicTerms:
    """The terms of a seeds folder's topics, compiled."""

    topics: tuple[str, ...]
    names: Finder
    groups: Mapping[str, tuple[str, ...]]
    """Entity -> the features of its name."""
    atoms: Finder
    cues: Mapping[str, tuple[tuple[str, frozenset[str]], ...]]
    """Part of a cue -> the cues that begin with it, each with all of its parts."""
    strong: Mapping[str, tuple[str, ...]]
    """Cue -> the topics that it tells by itself."""
    weak: Mapping[str, tuple[str, ...]]
    profiles: Mapping[str, tuple[tuple[str, float], ...]]
    """Term -> (topic, weight): what the seed documents say when they treat it."""
    learned: Finder
    blind: frozenset[str]
    """The topics without cues and hints, which have the words of their labels for hints."""


def load_terms(seeds: Seeds, profiles: Mapping[str, Mapping[str, float]]) -> TopicTerms:
    """Compiles the cues of ``topics.toml`` and the profiles (topic -> term -> weight)."""
    raw = seeds.extra("topics.toml")
    told = [topic if topic.get("cues") or topic.get("hints") else _labelled(topic) for topic in raw.get("topic", ())]
    named = {name: tuple(patterns) for name, patterns in raw.get("groups", {}).items()}
    groups = {
        entity.id: (
            f"@{entity.id}",
            f"@{entity.kind}",
            *(f"@{g}" for g, patterns in named.items() if any(fnmatch.fnmatchcase(entity.id, p) for p in patterns)),
        )
        for entity in seeds.entities.values()
        if entity.kind != "place"
    }
    strong, weak = _by_cue(told, "cues"), _by_cue(told, "hints")
    cues: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for cue in {**strong, **weak}:
        cues.setdefault(cue.split("&")[0], []).append((cue, frozenset(cue.split("&"))))
    atoms = {atom for found in cues.values() for _, parts in found for atom in parts}
    by_term: dict[str, list[tuple[str, float]]] = {}
    for topic, terms in profiles.items():
        for term, weight in terms.items():
            by_term.setdefault(term, []).append((topic, weight))
    return TopicTerms(
        topics=tuple(seeds.topics),
        names=Finder({name: e.id for e in seeds.entities.values() if e.kind != "place" for name in e.names}),
        groups=groups,
        atoms=Finder(atom for atom in atoms if not atom.startswith("@")),
        cues={first: tuple(found) for first, found in cues.items()},
        strong=strong,
        weak=weak,
        profiles={term: tuple(found) for term, found in by_term.items()},
        learned=Finder(list(by_term)),
        blind=frozenset(str(t["id"]) for t in raw.get("topic", ()) if not (t.get("cues") or t.get("hints"))),
    )


def features(title: str, parts: Sequence[Passage], terms: TopicTerms) -> list[set[str]]:
    """The features of the title and of each passage of a text, in order: one set more than there are passages."""
    found: list[set[str]] = []
    before = False
    for place, plain in enumerate((normalized(title), *(part.plain for part in parts))):
        shown = _content(plain, terms)
        subject = "@subject" in shown
        if place == 0:
            shown.add("~title")
        else:
            shown.add("~sentence" if parts[place - 1].sentence else "~item")
            if place <= _LEAD:
                shown.add("~lead")
        near, other = subject or before, not subject and not shown.isdisjoint(("@rival", "@organization"))
        shown.update(mark for mark, holds in (("~near", near), ("~other", other)) if holds)
        shown.update(_summary(shown, terms, title=place == 0, near=near, other=other))
        found.append(shown)
        before = subject
    return found


def profile_terms(plain: str, topic: str, terms: TopicTerms) -> list[str]:
    """The terms of a topic's profile in a normalized text, those that weigh most first."""
    found = {mention.key for mention in terms.learned.find_all(masked(plain, terms)[0])}
    weights = {term: weight for term in found for other, weight in terms.profiles[term] if other == topic}
    return sorted(weights, key=lambda term: (-weights[term], term))


def masked(plain: str, terms: TopicTerms) -> tuple[str, set[str]]:
    """A normalized text casefolded, its names and numbers replaced by signs, and the features of the names."""
    text, names = masked_as_written(plain, terms)
    return text.casefold(), names


def masked_as_written(plain: str, terms: TopicTerms) -> tuple[str, set[str]]:
    """Like ``masked``, with its capitals."""
    pieces, last = [], 0
    names: set[str] = set()
    for mention in terms.names.find(plain):
        names.update(terms.groups[mention.key])
        pieces += [plain[last : mention.start], _NAME]
        last = mention.end
    text = _NUMBERS.sub(NUMBER, "".join((*pieces, plain[last:])))
    return _SCALES.sub(NUMBER, text), names


def _content(plain: str, terms: TopicTerms) -> set[str]:
    text, shown = masked(plain, terms)
    atoms = {mention.key for mention in terms.atoms.find_all(text)} | shown
    shown.update(cue for atom in atoms for cue, parts in terms.cues.get(atom, ()) if parts <= atoms)
    shown.update(_words(text))
    weights: dict[str, float] = {}
    for term in {mention.key for mention in terms.learned.find_all(text)}:
        for topic, weight in terms.profiles[term]:
            weights[topic] = weights.get(topic, 0.0) + weight
    shown.update(f"=learned {topic}" for topic, weight in weights.items() if weight >= PROFILE_SHARE)
    shown.update(f"=much {topic}" for topic, weight in weights.items() if weight >= 2 * PROFILE_SHARE)
    return shown


def _words(text: str) -> Iterable[str]:
    for word in _WORDS.findall(text):
        if "一" <= word[0] <= "鿿":
            yield from (word[i : i + n] for n in (2, 3) for i in range(len(word) - n + 1))
        else:
            yield word


def _summary(shown: set[str], terms: TopicTerms, *, title: bool, near: bool, other: bool) -> set[str]:
    counts: dict[str, int] = {}
    for cue in shown:
        for topic in terms.strong.get(cue, ()):
            counts[topic] = counts.get(topic, 0) + 1
    found: set[str] = set()
    for topic, number in counts.items():
        found.update(f"={n} {topic}" for n in (1, 2, 3) if number >= n)
        marks = (("near", near), ("other", other), ("title", title))
        found.update(f"={mark} {topic}" for mark, holds in marks if holds)
    return found


def _labelled(topic: Mapping[str, object]) -> dict[str, object]:
    """A topic that tells no terms, with the words of its label as hints."""
    label = normalized(str(topic.get("ja", ""))).casefold()
    return {**topic, "hints": _LABEL.findall(label)}


def _by_cue(topics: Iterable[Mapping[str, object]], field: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for topic in topics:
        listed = topic.get(field, ())
        for cue in listed if isinstance(listed, list) else ():
            key = normalized(str(cue)).casefold()
            found[key] = (*found.get(key, ()), str(topic["id"]))
    return found
