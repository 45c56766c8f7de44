"""Emerging topics in a run: what the new articles that no topic fits add to those of late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from flows.model import Article
from flows.reading.emerging import gather, unplaced_terms
from flows.reading.topics import TopicModel
from flows.report import UnplacedArticle
from warehouse.store import Writer

WINDOW = dt.timedelta(days=182)
"""How long ago an article may have been first seen to gather with new ones: what takes longer does not emerge."""
MOST_UNPLACED, MOST_TEXTS = 400, 300
"""Articles that are compared, and those that tell which terms are common: a run costs the same, however many are
stored."""


def unplaced_of(articles: Iterable[Article], model: TopicModel) -> list[UnplacedArticle]:
    """Those of some articles that are relevant, no copies, and that the topics fit badly."""
    return [
        UnplacedArticle(a.article_id, a.revision, a.publisher, a.title, *found, a.seen_at)
        for a in articles
        if a.relevant and a.duplicate_of is None and (found := unplaced_terms(a.title, a.text, model))
    ]


def append_emerging(
    writer: Writer, run_id: str, now: dt.datetime, articles: Sequence[Article], unplaced: Sequence[UnplacedArticle]
) -> int:
    """Appends a run's unplaced articles, and the emerging topics where they make a difference.

    Args:
        writer: has the run's articles already.
        run_id: the run.
        now: the run's clock.
        articles: what the run read, new articles and revisions.
        unplaced: those of them that the topics fit badly.

    Returns:
        How many emerging topics are new or different.
    """
    writer.record_unplaced(run_id, unplaced)
    if not unplaced and all(a.revision == 1 for a in articles):
        return 0
    window = writer.unplaced_window(now - WINDOW, MOST_UNPLACED)
    badly = {a.article_id for a in window}
    placed = {a.article_id for a in articles if a.revision > 1} - badly
    known = writer.emerging_of(sorted(badly | placed))
    topics = gather(window, writer.placed_texts(now - WINDOW, MOST_TEXTS), known, placed)
    return writer.record_emerging(run_id, topics, now)
