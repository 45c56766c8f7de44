"""The rebuild flow: all captures of a warehouse read again with today's rules, into a new warehouse.

Run by run, in the order in which they were and with their clocks, so that revisions, copies, claims and changes come
out as if today's program had run all along. What was asked of the network and what was sent stays as it was.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows import VERSION
from flows.claims.extract import Extraction
from flows.claims.identity import known_claims
from flows.claims.llm import EXTRACTOR, merged, restored
from flows.emerging import append_emerging, unplaced_of
from flows.model import Article, Capture, KawarabanError
from flows.pages import ExtractedPage, ReadPage, extract_pages, judge_pages, one_each, signature_of
from flows.report import Difference, RunCounts
from flows.settings import load_settings
from flows.steps import append, claims_in, counted, knowledge_of, tell_copies
from seeds import Seeds
from warehouse.compare import differences
from warehouse.rebuild import Rebuild, rebuilding

BATCH = 50
WEEK = 7 * 24 * 3600


class RebuildError(KawarabanError):
    """A rebuild of nothing, or one that would overwrite something; the message says which."""


@dataclasses.dataclass(frozen=True)
class RebuildReport:
    """What a rebuild did and what came out otherwise."""

    path: Path
    runs: int
    captures: int
    unreadable: tuple[str, ...]
    """Captures that are missing or damaged, as error messages; the articles that were made of them are kept."""
    differences: tuple[Difference, ...]


@task(cache_policy=NO_CACHE, persist_result=False)
def read_again(batch: list[Capture], data: Path, seeds: Path) -> list[ExtractedPage]:
    """Reads a batch of captures out of the archive."""
    return extract_pages(batch, data, knowledge_of(seeds)[1])


def check(into: Path, force: bool, source: Path) -> None:
    """Refuses what a rebuild must not do.

    Raises:
        RebuildError: there is no warehouse, the new file exists and may not be replaced, or it is the warehouse itself.
    """
    if not source.exists():
        raise RebuildError(f"there is no warehouse {source} to rebuild")
    if into.resolve() == source.resolve():
        raise RebuildError(f"{into} is the warehouse itself, which a rebuild does not touch; name another file")
    if into.exists() and not force:
        raise RebuildError(f"{into} exists already; name another file with --into, or replace it with --force")


@flow(name="rebuild", timeout_seconds=WEEK, validate_parameters=False, persist_result=False)
def rebuild(into: Path, force: bool = False, say: Callable[[str], None] | None = None) -> RebuildReport:
    """Reads everything again into a new file beside the warehouse, which is not touched.

    Args:
        into: the new warehouse's file.
        force: whether a file that is there may be replaced.
        say: is told of progress.

    Raises:
        RebuildError: see ``check``.
        WarehouseError: the warehouse cannot be read or the file not written.
    """
    settings = load_settings()
    source = settings.warehouse_path
    check(into, force, source)
    seeds = knowledge_of(settings.seeds)[0]
    captures, unreadable = 0, []
    with rebuilding(source, into) as new:
        runs = new.past_runs()
        for number, row in enumerate(runs, 1):
            found = new.past_captures(row["run_id"])
            if found or row["flow"] == "monitor":
                new.record_baseline(row["run_id"], known_claims(seeds))
            if found:
                unreadable += _replay(new, row["run_id"], row["started_at"], found, row, seeds)
                captures += len(found)
            else:
                new.carry_run(row)
            new.commit()
            if say and (number % 100 == 0 or number == len(runs)):
                say(f"{number} of {len(runs)} runs, {captures} pages read again")
        found_differences = differences(new)
    return RebuildReport(into, len(runs), captures, tuple(unreadable), tuple(found_differences))


def _replay(
    new: Rebuild, run_id: str, now: dt.datetime, captures: Sequence[Capture], row: dict[str, object], seeds: Seeds
) -> list[str]:
    """One run's captures, read and appended; returns what could not be read."""
    settings = load_settings()
    knowledge = knowledge_of(settings.seeds)[1]
    parts = [list(captures[i : i + BATCH]) for i in range(0, len(captures), BATCH)]
    futures = [read_again.submit(part, settings.data, settings.seeds) for part in parts]
    extracted = [page for future in futures for page in future.result()]
    pages = [_kept(page, new) for page in judge_pages(extracted, new, knowledge)]
    read = one_each(pages)
    articles, late = tell_copies(new, read)
    extractions = _with_past_proposals(new, articles, claims_in(articles, settings.seeds), seeds)
    signatures = [page.signature for page in read if page.signature]
    counts = counted(_counts_of(row), articles, extractions)
    changes = append(new, run_id, now, articles, signatures, late, extractions, seeds)
    append_emerging(new, run_id, now, articles, unplaced_of(articles, knowledge.topics))
    new.carry_run(row, dataclasses.replace(counts, changes=changes), VERSION)
    return [page.error for page in pages if page.error]


def _with_past_proposals(
    new: Rebuild, articles: Sequence[Article], extractions: Sequence[Extraction], seeds: Seeds
) -> list[Extraction]:
    """The extractions with what a language model once added to the same texts: none is asked again."""
    past = new.past_proposals(EXTRACTOR, {(a.article_id, a.revision): a.text for a in articles})
    return [
        merged(extraction, restored(said, extraction, seeds))
        if (said := past.get((article.article_id, article.revision)))
        else extraction
        for article, extraction in zip(articles, extractions, strict=True)
    ]


def _kept(page: ReadPage, new: Rebuild) -> ReadPage:
    """A page whose capture cannot be read: the revision that was once made of it, under the number that it has now."""
    article = new.past_article(page.capture.raw_path) if page.error else None
    if article is None:
        return page
    known = new.known_articles([article.article_id]).get(article.article_id)
    if known is not None and known.content_hash == article.content_hash:
        return page
    article = dataclasses.replace(
        article,
        revision=known.revision + 1 if known else 1,
        duplicate_of=known.duplicate_of if known else None,
        duplicate_kind=None,
    )
    return dataclasses.replace(page, article=article, signature=signature_of(article), known=known)


def _counts_of(row: dict[str, object]) -> RunCounts:
    return RunCounts(**{name: int(str(row[name])) for name in RunCounts.__dataclass_fields__})
