"""What was found in an article, what was set aside and why, as text."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

from flows.claims.extract import extract
from flows.model import Article, KawarabanError
from flows.monitor import knowledge_of
from flows.reading.relevance import judge
from flows.reading.topics import classify
from flows.settings import Settings
from flows.wording import attribute_of, statement
from warehouse.store import Warehouse


class NotKnownError(KawarabanError):
    """The warehouse has no article at an address."""


def explanation(url: str, settings: Settings) -> str:
    """An article's explanation, made anew with today's rules.

    Raises:
        NotKnownError: the warehouse has no such article.
    """
    with Warehouse(settings.warehouse_path).reader() as reader:
        article = reader.newest_revision(url)
    if article is None:
        raise NotKnownError(f"the warehouse has no article at {url}; the view articles lists those it has")
    return "\n".join(_lines(article, settings))


def _lines(article: Article, settings: Settings) -> Iterator[str]:
    seeds, knowledge, claims = knowledge_of(settings.seeds)
    yield article.title
    yield f"{article.publisher}, {article.published_at}, revision {article.revision}, {article.language}"
    verdict = judge(article.title, article.text, knowledge.relevance)
    yield f"relevant: {article.relevant} (score {verdict.score}{', ' + verdict.reason if verdict.reason else ''})"
    for start, end in verdict.spans[:5]:
        yield f"  {article.text[start:end]}"
    if article.duplicate_of:
        yield f"copy of {article.duplicate_of} ({article.duplicate_kind}): its claims are the original's"
    yield "topics:"
    for topic in classify(article.title, article.text, knowledge.topics):
        yield f"  {topic.topic} {topic.score}: {' '.join(topic.terms)}"
    found = extract(dataclasses.replace(article, duplicate_of=None), claims)
    yield f"claims: {len(found.observations)}"
    for o in found.observations:
        said = statement(o.subject, attribute_of(o.attribute, seeds), o.qualifiers, o.value, seeds, "en")
        tone = (
            f"{o.modality}, {o.polarity}{', past' if o.past else ''}{', by ' + o.attribution if o.attribution else ''}"
        )
        yield f"  [{o.char_start}-{o.char_end}] {said} ({tone}, confidence {o.confidence})"
        yield f"    {o.attribute} {json.dumps(dict(o.qualifiers), ensure_ascii=False)} <- {o.sentence}"
    yield f"set aside: {len(found.set_aside)}"
    for aside in found.set_aside:
        passage = article.text[aside.char_start : aside.char_end]
        yield f"  [{aside.char_start}-{aside.char_end}] {aside.attribute}: {aside.reason}: {passage}"
