"""Emerging topics: articles that the topics fit badly gather into groups by the distinctive terms that they share.

One clear sentence gives an article a topic, yet an article of twenty sentences may be about something else: it fits
where enough of its passages tell a topic. What fits badly is kept with its terms, and joins what came before: groups
by average linkage (Sokal and Michener 1958) over the cosine of the terms' weights (inverse document frequency, Spärck
Jones 1972, counted among the subject's latest articles, so that what all of them say brings nothing together). A topic
keeps its id while it grows, and is named by its own terms.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from flows.model import digest_of
from flows.reading.learning import LONGEST, content_terms
from flows.reading.names import Finder
from flows.reading.normalize import normalized
from flows.reading.passages import passages
from flows.reading.topic_features import NUMBER, masked_as_written
from flows.reading.topics import TopicModel, told_share
from flows.report import EmergingTopic, UnplacedArticle

FITS = 0.15
"""The share of an article's passages that tell a topic from which on the topics fit it."""
LEAST_ARTICLES, LEAST_PUBLISHERS, LEAST_TERMS = 3, 2, 2
"""What makes a group a topic: fewer articles are chance, one outlet's series is no topic of the press, and a single
word is no subject. And most of its articles tell one of its terms in their title: essays share words, not a subject."""
_ALIKE = 0.12
"""The mean cosine of two groups' articles from which on they are one group."""
_MOST, _DISTINCT = 0.5, 4.0
"""The share of a group's articles that must have a term of the group's, and how many times as common it must be there
as among all others."""
_PART = 0.7
"""How much of a term's weight a longer one around it must have to stand for both."""
_TITLE = 2.0
"""How many times as much a term of the title weighs."""
_COUNTED = re.compile(rf"{NUMBER}[年月日時分秒人件回円個歳枚台社%]?")
"""A number with what it counts, which is no word of the text."""
_KEPT, _SHOWN, _NAMED = 200, 8, 3
"""Terms that are kept of an article, and of a topic; those that name it."""

Matrix = npt.NDArray[np.float64]


def unplaced_terms(title: str, text: str, model: TopicModel) -> tuple[float, tuple[str, ...]] | None:
    """How much of an article the topics tell, 0 to 1, and its terms; None where they fit it.

    Args:
        title: the headline.
        text: the body, one paragraph a line.
        model: the topics.
    """
    parts = passages(text)
    fit = told_share(title, parts, model)
    if fit >= FITS:
        return None
    lines = (normalized(title), *(part.plain for part in parts))
    plain = (_COUNTED.sub(NUMBER, masked_as_written(line, model.terms)[0]) for line in lines)
    found = (term for line in plain for term in content_terms(line))
    return round(fit, 3), tuple(dict.fromkeys(term for term in found if len(term) <= LONGEST))[:_KEPT]


def gather(
    unplaced: Sequence[UnplacedArticle],
    background: Sequence[str],
    known: Sequence[EmergingTopic],
    placed: Collection[str] = (),
) -> list[EmergingTopic]:
    """The emerging topics that are new or different from those known.

    Args:
        unplaced: the articles of late that fit badly, whether they are in a topic already or not.
        background: texts of the subject's latest articles that the topics fit.
        known: the emerging topics as earlier runs left them.
        placed: ids of articles that topics have come to fit.

    Returns:
        Topics by their earliest article; one that has fallen apart or gone into another has no articles any more. What
        is not given of a known topic stays with it.
    """
    articles = sorted(unplaced, key=lambda a: (a.first_seen_at, a.article_id))
    common = _frequencies(articles, background)
    weights = {term: math.log((len(articles) + len(background)) / number) for term, number in common.items()}
    made = [
        topic
        for group in _groups(_vectors(articles, weights))
        if (topic := _topic([articles[n] for n in group], articles, common, len(background))) is not None
    ]
    present = {a.article_id for a in articles}.union(placed)
    before = {topic.emerging_id: topic for topic in known}
    result = []
    for topic, emerging_id in zip(made, _ids(made, known), strict=True):
        old = before.pop(emerging_id, None)
        gone = tuple(a for a in old.article_ids if a not in present) if old else ()
        now = EmergingTopic(emerging_id, topic.name, topic.terms, (*gone, *topic.article_ids))
        if now != old:
            result.append(now)
    taken = {a for topic in made for a in topic.article_ids}.union(placed)
    return result + [left for old in before.values() if (left := _left(old, present, taken)) != old]


def _left(old: EmergingTopic, present: Collection[str], taken: Collection[str]) -> EmergingTopic:
    """What is left of a topic that none of those made continues."""
    rest = tuple(a for a in old.article_ids if a not in taken)
    if len(rest) < LEAST_ARTICLES or all(a in present for a in rest):
        rest = ()
    return dataclasses.replace(old, article_ids=rest)


def _frequencies(articles: Sequence[UnplacedArticle], background: Sequence[str]) -> dict[str, int]:
    """In how many articles each term stands that two unplaced ones share."""
    counts = Counter(term for article in articles for term in set(article.terms))
    shared = {term: number for term, number in sorted(counts.items()) if number > 1}
    finder = Finder(list(shared))
    for text in background:
        for term in {mention.key for mention in finder.find_all(normalized(text))}:
            shared[term] += 1
    return shared


def _vectors(articles: Sequence[UnplacedArticle], weights: Mapping[str, float]) -> Matrix:
    """Articles × terms, each row of length 1 (or 0 where an article shares no term)."""
    index = {term: n for n, term in enumerate(weights)}
    rows = np.zeros((len(articles), len(index)))
    for number, article in enumerate(articles):
        title = normalized(article.title).casefold()
        for term in article.terms:
            if term in index:
                rows[number, index[term]] = weights[term] * (_TITLE if term.casefold() in title else 1.0)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1.0)


def _groups(vectors: Matrix) -> list[list[int]]:
    """The rows in groups, by average linkage; the earliest row of a group stands first."""
    groups: list[list[int]] = [[n] for n in range(len(vectors))]
    # Rounded, so that the last digits of a sum, which differ between machines, decide nothing.
    alike = (vectors @ vectors.T).round(6)
    alike = np.maximum(alike, alike.T)
    np.fill_diagonal(alike, -1.0)
    while len(groups) > 1:
        # The first of the highest, so above the diagonal.
        first, second = divmod(int(alike.argmax()), len(groups))
        if alike[first, second] < _ALIKE:
            break
        sizes = len(groups[first]), len(groups[second])
        merged = (alike[first] * sizes[0] + alike[second] * sizes[1]) / sum(sizes)
        alike[first], alike[:, first] = merged, merged
        groups[first] += groups[second]
        groups[second] = []
        alike[second], alike[:, second], alike[first, first] = -1.0, -1.0, -1.0
    return [sorted(group) for group in groups if group]


def _topic(
    group: Sequence[UnplacedArticle], articles: Sequence[UnplacedArticle], common: Mapping[str, int], background: int
) -> EmergingTopic | None:
    """A group as a topic; None where it is too small or has too little of its own."""
    if len(group) < LEAST_ARTICLES or len({a.publisher for a in group}) < LEAST_PUBLISHERS:
        return None
    inside = Counter(term for article in group for term in set(article.terms) & common.keys())
    titles = [normalized(article.title).casefold() for article in group]
    others = len(articles) + background - len(group)
    weighed: dict[str, float] = {}
    for term, number in inside.items():
        share, elsewhere = number / len(group), (common[term] - number) / max(others, 1)
        if share >= _MOST and share >= _DISTINCT * elsewhere:
            title = sum(term.casefold() in t for t in titles) / len(group)
            weighed[term] = share * (1 + title) * math.log((others + len(group)) / common[term])
    terms = _best(weighed)
    headed = sum(any(term.casefold() in title for term in terms) for title in titles)
    if len(terms) < LEAST_TERMS or headed < _MOST * len(group):
        return None
    return EmergingTopic("", "・".join(terms[:_NAMED]), tuple(terms), tuple(a.article_id for a in group))


def _best(weighed: Mapping[str, float]) -> list[str]:
    """The terms that weigh most, without those that say nothing beside others: a part of one that weighs about as much
    (日経 beside 日経平均), or one with a better one in it."""
    whole = [t for t in weighed if not any(t != u and t in u and weighed[u] >= _PART * weighed[t] for u in weighed)]
    kept: list[str] = []
    for term in sorted(whole, key=lambda t: (-weighed[t], t)):
        if len(kept) < _SHOWN and not any(term in other or other in term for other in kept):
            kept.append(term)
    return kept


def _ids(made: Sequence[EmergingTopic], known: Sequence[EmergingTopic]) -> list[str]:
    """Each topic's id: that of the known one with which it shares most articles, else one of its articles'."""
    pairs = sorted(
        (-len(set(topic.article_ids) & set(old.article_ids)), number, old.emerging_id)
        for number, topic in enumerate(made)
        for old in known
        if not set(old.article_ids).isdisjoint(topic.article_ids)
    )
    given: dict[int, str] = {}
    for _, number, emerging_id in pairs:
        if number not in given and emerging_id not in given.values():
            given[number] = emerging_id
    taken = {old.emerging_id for old in known} | set(given.values())
    for number, topic in enumerate(made):
        if number not in given:
            given[number] = next(i for a in topic.article_ids if (i := _id_of(a)) not in taken)
    return [given[number] for number in range(len(made))]


def _id_of(article_id: str) -> str:
    return digest_of("emerging", article_id)
