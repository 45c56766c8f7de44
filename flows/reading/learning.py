"""Learns topic profiles from seed documents: the terms that set the passages of one topic apart from the others'.

A document's topics are known, those of its passages are not: a passage counts for the topics whose cues it has, and a
little for all of its document's topics. Of each topic the terms with the highest TF-IDF are kept, as data without any
sentence; the documents themselves stay outside.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from sudachipy import Dictionary, SplitMode, Tokenizer

from flows.reading.passages import passages
from flows.reading.topic_features import PROFILE_SHARE, TopicTerms, features, masked

KEPT = 60
"""Terms of a profile."""
_EMPTY = re.compile(r"[ぁ-ゖー]+|[\W\d_]+")
"""Words that tell no topic: those in hiragana alone (こと, もの, ため), and signs."""
_LEAST = 2
"""Passages that a term must stand in: fewer tell of a sentence, not of a topic."""
_DISTINCT = 2.0
"""How many times as often as in other topics' passages a term must stand in a topic's."""
_DOCUMENT_SHARE = 0.2
"""What a passage without a cue counts for its document's topics together."""
LONGEST = 20
"""Characters of a term: what is longer is an address or a heading, and a profile holds no piece of a text."""
_FOLDS, _QUIET, _LOWEST, _HIGHEST = 4, 0.95, 0.35, 1.5
"""How the weights of topics without cues are calibrated: parts to hold out in turn, the share of foreign passages that
must stay below, and the bounds of what is found."""
_CHUNK = 8000
"""Characters to tokenize at once: SudachiPy takes 49,149 bytes."""


def learn(documents: Sequence[tuple[str, str, Collection[str]]], terms: TopicTerms) -> dict[str, dict[str, float]]:
    """Topic -> term -> weight, learned from (title, text, topics) of seed documents.

    The weights go from 0 to 1. Those of a topic without cues, which its profile alone decides, are scaled so that of
    the passages of other documents that the profile has not seen few reach ``PROFILE_SHARE`` (cross-validation).

    Args:
        documents: the texts, each with the ids of the topics that it treats.
        terms: the folder's topics and their cues.
    """
    told = [passage for document in documents for passage in _told(*document, terms)]
    profiles = _profiles(told, terms.topics)
    if terms.blind:
        parts = [(told[n::_FOLDS], [p for m, p in enumerate(told) if m % _FOLDS != n]) for n in range(_FOLDS)]
        held_out = [(test, _profiles(seen, terms.topics)) for test, seen in parts]
        for topic in profiles.keys() & terms.blind:
            scale = PROFILE_SHARE / _threshold(topic, held_out)
            profiles[topic] = {term: round(weight * scale, 3) for term, weight in profiles[topic].items()}
    return profiles


@dataclasses.dataclass(frozen=True, slots=True)
class _Told:
    """A passage of a seed document: what it counts for which topics, and its terms."""

    topics: Collection[str]
    """Those of its document."""
    share: Mapping[str, float]
    terms: Sequence[str]
    text: str


def _told(title: str, text: str, topics: Collection[str], terms: TopicTerms) -> Iterator[_Told]:
    parts = passages(text)
    for part, shown in zip(parts, features(title, parts, terms)[1:], strict=True):
        hinted = {topic for feature in shown for topic in terms.weak.get(feature, ())} & terms.blind
        cued = [topic for topic in topics if f"=1 {topic}" in shown or topic in hinted]
        plain, _ = masked(part.plain, terms)
        yield _Told(topics, _share(topics, cued, terms.blind), content_terms(plain), plain)


def _profiles(told: Sequence[_Told], topics: Sequence[str]) -> dict[str, dict[str, float]]:
    counts: dict[str, dict[str, float]] = {topic: {} for topic in topics}
    passages_with: Counter[str] = Counter()
    for passage in told:
        passages_with.update(set(passage.terms))
        for term in passage.terms:
            for topic, weight in passage.share.items():
                if topic in counts:
                    counts[topic][term] = counts[topic].get(term, 0.0) + weight
    frequent = {term for term, number in passages_with.items() if number >= _LEAST and len(term) <= LONGEST}
    found = {topic: _profile(topic, counts, frequent) for topic in topics if counts[topic]}
    return {topic: profile for topic, profile in found.items() if profile}


def _threshold(topic: str, held_out: Sequence[tuple[Sequence[_Told], Mapping[str, Mapping[str, float]]]]) -> float:
    """The weight of a topic's terms that few passages of documents on other topics reach."""
    foreign = sorted(
        sum(weight for term, weight in profiles.get(topic, {}).items() if term in passage.text)
        for passages_, profiles in held_out
        for passage in passages_
        if topic not in passage.topics
    )
    reached = foreign[math.ceil(_QUIET * len(foreign)) - 1] if foreign else PROFILE_SHARE
    return min(max(reached, _LOWEST), _HIGHEST)


def _share(topics: Collection[str], cued: Collection[str], blind: Collection[str]) -> dict[str, float]:
    """What a passage counts for each topic of its document: ``blind`` are the topics that have no cues to go by."""
    if cued:
        return dict.fromkeys(cued, 1.0 / len(cued))
    return {topic: (1.0 if topic in blind else _DOCUMENT_SHARE) / len(topics) for topic in topics}


def profiles_toml(profiles: Mapping[str, Mapping[str, float]]) -> str:
    """Profiles as the TOML that ``topics.load_topics`` reads."""
    lines = [
        "# What the seed documents say when they treat a topic: term = weight. Written by `kawaraban seeds learn`."
    ]
    for topic, weights in profiles.items():
        lines += ["", f"[{topic}]"]
        for term, weight in sorted(weights.items(), key=lambda item: (-item[1], item[0])):
            escaped = term.replace("\\", "\\\\").replace('"', '\\"')
            lines.append(f'"{escaped}" = {weight}')
    return "\n".join(lines) + "\n"


def write_profiles(path: Path, profiles: Mapping[str, Mapping[str, float]]) -> None:
    """Writes profiles to a file of a seeds folder, replaced whole.

    Raises:
        OSError: the file cannot be written.
    """
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(profiles_toml(profiles), encoding="utf-8")
    draft.replace(path)


def content_terms(text: str) -> list[str]:
    """The nouns of a masked text, and the pairs of nouns that stand together, as they are written."""
    found: list[str] = []
    for chunk in (text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK)):
        before = ""
        for morpheme in _tokenizer().tokenize(chunk, SplitMode.C):
            word, (kind, detail, part, *_) = morpheme.surface(), morpheme.part_of_speech()
            noun = kind == "名詞" and detail != "数詞" and not _EMPTY.fullmatch(word) and part != "人名"
            if noun and len(word) > 1:
                found.append(word)
            if noun and before:
                found.append(before + word)
            before = word if noun else ""
    return found


def _profile(topic: str, counts: Mapping[str, Mapping[str, float]], frequent: Collection[str]) -> dict[str, float]:
    """The topic's terms with the highest TF-IDF, where a document is all that counts for one topic."""
    own = counts[topic]
    totals = {t: sum(weights.values()) for t, weights in counts.items()}
    weighed = {}
    for term, number in own.items():
        if number < 1.0 or term not in frequent:
            continue
        share = number / totals[topic]
        elsewhere = sum(counts[t].get(term, 0.0) / totals[t] for t in counts if t != topic and totals[t])
        if share * (len(counts) - 1) >= _DISTINCT * elsewhere:
            weighed[term] = (1 + math.log(number)) * math.log(1 + len(counts) * share / (share + elsewhere))
    best = sorted(weighed, key=lambda term: (-weighed[term], term))[:KEPT]
    top = max((weighed[term] for term in best), default=1.0)
    return {term: round(weighed[term] / top, 3) for term in best}


@functools.cache
def _tokenizer() -> Tokenizer:
    return Dictionary().create()


def documents_in(folder: Path, files: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str, Collection[str]]]:
    """(title, text, topics) of the documents in a folder, from file name -> topics; the first line is the title.

    Raises:
        OSError: a file cannot be read.
        UnicodeDecodeError: a file is no UTF-8.
    """
    for name, topics in files.items():
        title, _, text = (folder / name).read_text(encoding="utf-8").partition("\n")
        yield title, text, topics
