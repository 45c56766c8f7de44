"""What was found in an article, what was set aside and why, as text."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence

from flows.claims.extract import ClaimKnowledge
from flows.claims.llm import EXTRACTOR
from flows.claims.sentences import split
from flows.claims.statements import extract_all
from flows.model import Article, KawarabanError, Observation
from flows.reading.emerging import FITS
from flows.reading.passages import passages
from flows.reading.relevance import judge
from flows.reading.topics import THRESHOLD, Decision, TopicModel, decisions, told_share
from flows.report import EmergingTopic
from flows.settings import Settings
from flows.steps import knowledge_of
from flows.wording import attribute_of, statement
from seeds import Seeds
from warehouse.store import Warehouse

JUST_SHORT = 0.1
"""The score from which on a topic below the threshold is worth telling."""


class NotKnownError(KawarabanError):
    """The warehouse has no article at an address."""


def explanation(url: str, settings: Settings) -> str:
    """An article's explanation, made anew with today's rules.

    Raises:
        NotKnownError: the warehouse has no such article.
    """
    with Warehouse(settings.warehouse_path).reader() as reader:
        article = reader.newest_revision(url)
        recorded = reader.observations_of(article.article_id, article.revision) if article else []
        gathered = reader.emerging_of([article.article_id]) if article else []
    if article is None:
        raise NotKnownError(f"the warehouse has no article at {url}; the view articles lists those it has")
    return "\n".join(_lines(article, gathered, recorded, settings))


def _topics(article: Article, model: TopicModel) -> Iterator[str]:
    """Each topic with the passages and terms that decided, those that fell just short, and how well they fit."""
    found = decisions(article.title, article.text, model)
    treated = [d for d in found if d.score >= THRESHOLD]
    yield f"topics: {len(treated)} (threshold {THRESHOLD})"
    for decision in treated:
        yield from _decision(decision, article)
    if short := [d for d in found if JUST_SHORT <= d.score < THRESHOLD]:
        yield "topics that fell short:"
        for decision in short:
            yield from _decision(decision, article)
    fit = told_share(article.title, passages(article.text), model)
    verdict = "" if fit >= FITS else f", less than {FITS:.0%}: may belong to an emerging topic"
    yield f"fit: {fit:.0%} of its passages tell a topic{verdict}"


def _decision(decision: Decision, article: Article) -> Iterator[str]:
    yield f"  {decision.topic} {decision.score}"
    for told in decision.told:
        where = told.passage
        place = f"[{where.start}-{where.end}]" if where else "[title]"
        said = article.text[where.start : where.end] if where else article.title
        yield f"    {place} {told.chance} {' '.join(told.terms)} <- {said.strip()}"


def _lines(
    article: Article, gathered: Sequence[EmergingTopic], recorded: Sequence[Observation], settings: Settings
) -> Iterator[str]:
    _, knowledge, claims = knowledge_of(settings.seeds)
    yield article.title
    yield f"{article.publisher}, {article.published_at}, revision {article.revision}, {article.language}"
    verdict = judge(article.title, article.text, knowledge.relevance)
    yield f"relevant: {article.relevant} (score {verdict.score}{', ' + verdict.reason if verdict.reason else ''})"
    for start, end in verdict.spans[:5]:
        yield f"  {article.text[start:end]}"
    if article.partial:
        yield f"partial: the text breaks off{' at a paywall' if article.paywalled else ''}"
    if article.duplicate_of:
        yield f"copy of {article.duplicate_of} ({article.duplicate_kind}): its claims are the original's"
    yield from _topics(article, knowledge.topics)
    for emerging in gathered:
        yield f"emerging topic: {emerging.name} ({len(emerging.article_ids)} articles; {' '.join(emerging.terms)})"
    yield from _sentences(article, recorded, claims)


def _sentences(article: Article, recorded: Sequence[Observation], claims: ClaimKnowledge) -> Iterator[str]:
    """Every sentence in order, with the claims found in it (+) and what was set aside (-) with the reason."""
    found = extract_all(dataclasses.replace(article, duplicate_of=None), claims)
    proposed = [o for o in recorded if o.extractor == EXTRACTOR]
    observations = (*found.observations, *proposed)
    yield f"claims: {len(observations)}, set aside: {len(found.set_aside)}"
    for sentence in split(article.text):
        span = range(sentence.start, sentence.end)
        kind = f"{sentence.kind} of {sentence.speaker}" if sentence.speaker else sentence.kind
        yield f"  [{sentence.start}-{sentence.end}] {kind}: {sentence.text}"
        for observation in observations:
            if observation.char_start in span:
                yield from _claim(observation, article, claims.seeds)
        for aside in found.set_aside:
            if aside.char_start in span:
                passage = article.text[aside.char_start : aside.char_end]
                detail = f" ({aside.detail})" if aside.detail and aside.detail != passage else ""
                yield f"    - {aside.attribute}{detail}: {aside.reason}: {passage}"


def _claim(o: Observation, article: Article, seeds: Seeds) -> Iterator[str]:
    said = statement(o.subject, attribute_of(o.attribute, seeds), o.qualifiers, o.value, seeds, "en")
    tone = f"{o.modality}, {o.polarity}{', past' if o.past else ''}{', by ' + o.attribution if o.attribution else ''}"
    yield f"    + {said} ({tone}, confidence {o.confidence}, {o.extractor})"
    qualifiers = json.dumps(dict(o.qualifiers), ensure_ascii=False)
    yield f"      {o.attribute} {qualifiers} <- {article.text[o.char_start : o.char_end]}"
