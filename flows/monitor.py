"""The monitoring flow: poll → fetch → read → claims → append, once over all that is due.

Tasks work on batches of a few dozen sources, pages or articles; pages travel between them as references into the
archive. What fails is a row in ``fetches`` and a line to the user, never a failed run.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows import VERSION
from flows.artifacts import show_figures
from flows.capture import polling, urls
from flows.capture.archive import ArchiveError, read_capture
from flows.capture.collect import PageOutcome, PollOutcome, batches, fetch_pages, poll_sources
from flows.capture.config import CaptureConfig
from flows.claims.changes import derive
from flows.claims.extract import ClaimKnowledge, Extraction, extract, load_claim_knowledge
from flows.claims.identity import known_claims
from flows.emerging import append_emerging, unplaced_of
from flows.model import (
    Article,
    Capture,
    Entry,
    Fetch,
    KawarabanError,
    PageRequest,
    Signature,
    Source,
    SourceState,
    StoredText,
)
from flows.reading.articles import Knowledge, address_of, assess, load_knowledge
from flows.reading.duplicates import Candidate, CopyVerdict, resolve_batch
from flows.reading.extraction import extract_page, join_pages
from flows.reading.pagination import next_page_url
from flows.reading.shingles import signature
from flows.report import RunCounts, UnplacedArticle
from flows.settings import Settings, load_settings
from seeds import Seeds, load_seeds
from warehouse.store import Warehouse, Writer

Say = Callable[[str], None]
BATCH = 50


@dataclasses.dataclass(frozen=True)
class RunReport:
    """What a run did, and which sources and pages failed."""

    run_id: str
    counts: RunCounts
    failed_sources: tuple[str, ...] = ()
    failed_pages: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class ReadPage:
    """A capture, read: the article where it is new or changed, and its signature."""

    capture: Capture
    article: Article | None
    signature: Signature | None
    error: str | None = None


@functools.lru_cache(maxsize=4)
def knowledge_of(folder: Path) -> tuple[Seeds, Knowledge, ClaimKnowledge]:
    """A seeds folder with everything compiled from it, once for each process."""
    seeds = load_seeds(folder)
    return seeds, load_knowledge(seeds), load_claim_knowledge(seeds)


def capture_config(settings: Settings) -> CaptureConfig:
    """The settings of capture among those of the program."""
    return CaptureConfig(
        data=settings.data,
        user_agent=settings.user_agent,
        total_timeout=settings.timeout,
        max_bytes=settings.max_bytes,
        per_host=settings.per_host,
        pause=settings.pause,
        allow_private=settings.allow_private,
    )


def task_runner(settings: Settings) -> TaskRunner[Any]:
    """The runner that the settings ask for.

    Raises:
        KawarabanError: Dask or Ray is asked for and its package is not installed.
    """
    try:
        if settings.runner == "dask":
            from prefect_dask import DaskTaskRunner

            return DaskTaskRunner()  # type: ignore[no-any-return]
        if settings.runner == "ray":
            from prefect_ray import RayTaskRunner

            return RayTaskRunner()  # type: ignore[no-any-return]
    except ImportError as error:
        raise KawarabanError(
            f"KAWARABAN_RUNNER={settings.runner} needs the package prefect-{settings.runner}: install it too"
        ) from error
    return ThreadPoolTaskRunner(max_workers=settings.workers)


@task(cache_policy=NO_CACHE, persist_result=False)
def poll(batch: list[tuple[Source, SourceState | None]], config: CaptureConfig, now: dt.datetime) -> PollOutcome:
    """Polls a batch of feeds."""
    return poll_sources(batch, config, now)


@task(cache_policy=NO_CACHE, persist_result=False)
def fetch(batch: list[PageRequest], config: CaptureConfig, archive: str, now: dt.datetime) -> PageOutcome:
    """Fetches a batch of pages into the archive."""
    return fetch_pages(batch, config, archive, now, next_page_url)


@task(cache_policy=NO_CACHE, persist_result=False)
def read(batch: list[Capture], data: Path, seeds: Path, warehouse: Path) -> list[ReadPage]:
    """Reads a batch of captures into articles; what cannot be read carries its error."""
    _, knowledge, _ = knowledge_of(seeds)
    pages = []
    failed = []
    for capture in batch:
        try:
            first, *others = [
                extract_page(*read_capture(data, place), capture.final_url, knowledge.rules)
                for place in (capture.raw_path, *capture.further)
            ]
            page = join_pages([first, *others]) if others else first
            address = (
                urls.normalize(address_of(page, capture)) if capture.url.startswith("http") else capture.canonical_url
            )
            pages.append((capture, page, address))
        except (ArchiveError, urls.UrlError) as error:
            failed.append(ReadPage(capture, None, None, str(error)))
    with Warehouse(warehouse).reader() as reader:
        known = reader.known_articles(urls.article_id(address) for _, _, address in pages)
    result = failed
    for capture, page, address in pages:
        number = urls.article_id(address)
        article = assess(page, capture, address, number, known.get(number), knowledge)
        if article is not None and number in known:
            article = dataclasses.replace(article, duplicate_of=known[number].duplicate_of)
        bands = signature(article.text) if article is not None and article.relevant else None
        made = Signature(number, article.revision, bands.scheme, bands.bands) if article and bands else None
        result.append(ReadPage(capture, article, made))
    return result


@task(cache_policy=NO_CACHE, persist_result=False)
def find_claims(batch: list[Article], seeds: Path) -> list[Extraction]:
    """Finds the claims of a batch of articles."""
    _, _, knowledge = knowledge_of(seeds)
    return [extract(article, knowledge) for article in batch]


@task(cache_policy=NO_CACHE, persist_result=False)
def find_unplaced(batch: list[Article], seeds: Path) -> list[UnplacedArticle]:
    """Finds the articles of a batch that no topic fits."""
    _, knowledge, _ = knowledge_of(seeds)
    return unplaced_of(batch, knowledge.topics)


@flow(name="monitor", timeout_seconds=3600, validate_parameters=False, persist_result=False)
def monitor(now: dt.datetime, say: Say | None = None) -> RunReport:
    """One monitoring pass over all feeds that are due.

    Args:
        now: the run's clock.
        say: is told of progress.
    """
    say = say or _silent
    settings = load_settings()
    seeds, _, _ = knowledge_of(settings.seeds)
    warehouse, config = Warehouse(settings.warehouse_path), capture_config(settings)
    run_id = run_name(warehouse, "monitor", now)
    with warehouse.reader() as reader:
        due = polling.due(seeds.sources, reader.source_states(), now)
        waiting = reader.pending_pages(now, settings.max_pages)
        visits = reader.due_visits(now, settings.max_visits)
    say(f"polling {len(due)} of {len(seeds.sources)} feeds")
    polled = _gather(
        poll.submit(part, config, now) for part in batches(due, lambda d: d[0].url, BATCH, settings.workers)
    )
    entries = [entry for outcome in polled for entry in outcome.entries]
    with warehouse.reader() as reader:
        known = reader.known_entries([entry.canonical_url for entry in entries])
    fresh = {entry.canonical_url: entry for entry in reversed(entries) if entry.canonical_url not in known}
    feed_fetches = _counted([f for outcome in polled for f in outcome.fetches], list(fresh.values()))
    wanted = _wanted(waiting, fresh.values(), visits, settings.max_pages)
    say(f"fetching {len(wanted)} pages: {len(fresh)} new, {len(visits)} known to be looked at again")
    fetched = _gather(
        fetch.submit(part, config, f"warc/{now:%Y-%m-%d}/{run_id}-{n:02}.warc.gz", now)
        for n, part in enumerate(batches(wanted, lambda r: r.url, BATCH, settings.workers))
    )
    captures = [capture for outcome in fetched for capture in outcome.captures]
    fetches = [*feed_fetches, *(f for outcome in fetched for f in outcome.fetches)]
    started = dataclasses.replace(
        RunCounts(),
        sources_polled=len(due),
        sources_failed=sum(f.error is not None for f in feed_fetches),
        entries_new=len(fresh),
        pages_fetched=len(captures),
    )
    return _take_in(run_id, now, captures, fetches, list(fresh.values()), started, say)


@flow(name="import", timeout_seconds=3600, validate_parameters=False, persist_result=False)
def intake(now: dt.datetime, captures: Sequence[Capture], say: Say | None = None) -> RunReport:
    """Reads captures that were not fetched (imported files), as a run of its own."""
    warehouse = Warehouse(load_settings().warehouse_path)
    return _take_in(run_name(warehouse, "import", now), now, captures, [], [], RunCounts(), say or _silent)


def _take_in(
    run_id: str,
    now: dt.datetime,
    captures: Sequence[Capture],
    fetches: Sequence[Fetch],
    entries: Sequence[Entry],
    counts: RunCounts,
    say: Say,
) -> RunReport:
    settings = load_settings()
    seeds, _, _ = knowledge_of(settings.seeds)
    warehouse = Warehouse(settings.warehouse_path)
    say(f"reading {len(captures)} pages")
    pages = _gather(
        read.submit(part, settings.data, settings.seeds, settings.warehouse_path) for part in _parts(captures)
    )
    articles, signatures = _unique([page for part in pages for page in part])
    articles = _without_copies(warehouse, articles, signatures)
    say(f"looking for claims in {sum(a.relevant and not a.duplicate_of for a in articles)} articles")
    found = _gather(find_claims.submit(part, settings.seeds) for part in _parts(articles))
    extractions = [extraction for part in found for extraction in part]
    unplaced = _gather(find_unplaced.submit(part, settings.seeds) for part in _parts(articles))
    unreadable = [p.error for part in pages for p in part if p.error]
    failed_pages = [f for f in fetches if f.reason in {"entry", "retry", "visit"} and _failed(f)]
    counts = dataclasses.replace(
        counts,
        pages_failed=len(failed_pages) + len(unreadable),
        articles_new=sum(a.revision == 1 for a in articles),
        revisions=sum(a.revision > 1 for a in articles),
        relevant=sum(a.relevant for a in articles),
        copies=sum(a.duplicate_of is not None for a in articles),
        observations=sum(len(e.observations) for e in extractions),
        set_aside=sum(len(e.set_aside) for e in extractions),
    )
    with warehouse.writer() as writer:
        writer.record_sources(run_id, seeds.sources)
        writer.record_baseline(run_id, known_claims(seeds))
        writer.record_fetches(run_id, fetches)
        writer.record_entries(run_id, entries, now)
        writer.record_articles(run_id, articles, signatures)
        append_emerging(writer, run_id, now, articles, [article for part in unplaced for article in part])
        counts = _append_claims(writer, run_id, now, articles, extractions, seeds, counts)
        flow_name = run_id.split("-")[0]
        writer.record_run(run_id, flow_name, (now, now), "completed", VERSION, counts)
    show_figures(run_id, counts)
    failed_sources = [f"{f.feed_url}: {f.error}" for f in fetches if f.reason == "feed" and f.error]
    told = [f"{f.url}: {f.error or f.status}" for f in failed_pages]
    return RunReport(run_id, counts, tuple(failed_sources), (*told, *unreadable))


def _append_claims(
    writer: Writer,
    run_id: str,
    now: dt.datetime,
    articles: Sequence[Article],
    extractions: Sequence[Extraction],
    seeds: Seeds,
    counts: RunCounts,
) -> RunCounts:
    observations = [o for extraction in extractions for o in extraction.observations]
    writer.record_observations(run_id, observations)
    touched = {o.claim_id for o in observations}
    touched |= writer.claims_of_articles([a.article_id for a in articles if a.revision > 1])
    baseline = [known for known in writer.baseline() if known.claim_id in touched]
    outcome = derive(writer.readings(sorted(touched)), baseline, seeds, now)
    changes = writer.record_changes(run_id, outcome.changes, outcome.states)
    return dataclasses.replace(counts, changes=changes)


def run_name(warehouse: Warehouse, flow_name: str, now: dt.datetime) -> str:
    """A run's name: its flow, its clock, and how many runs the warehouse has seen before."""
    with warehouse.reader() as reader:
        number = reader.run_count() + 1
    return f"{flow_name}-{now:%Y%m%dT%H%M%S}-{number}"


def _silent(_: str) -> None:
    """Tells nobody."""


def _gather(futures: Iterable[PrefectFuture[Any]]) -> list[Any]:
    return [future.result() for future in list(futures)]


def _parts(items: Sequence[Any]) -> list[list[Any]]:
    return [list(items[i : i + BATCH]) for i in range(0, len(items), BATCH)]


def _failed(fetched: Fetch) -> bool:
    gone = fetched.reason == "visit" and fetched.status in {404, 410}
    return fetched.error is not None and not gone and not fetched.error.startswith("robots")


def _counted(fetches: Sequence[Fetch], fresh: Sequence[Entry]) -> list[Fetch]:
    new: dict[str | None, int] = {}
    for entry in fresh:
        new[entry.feed_url] = new.get(entry.feed_url, 0) + 1
    return [dataclasses.replace(f, new_entries=new.get(f.feed_url, 0)) for f in fetches]


def _wanted(
    waiting: Sequence[PageRequest], fresh: Iterable[Entry], visits: Sequence[PageRequest], most: int
) -> list[PageRequest]:
    """The pages to fetch, one for each address: what waits first, then what is new, then what is to be seen again."""
    new = [
        PageRequest(
            url=entry.url,
            canonical_url=entry.canonical_url,
            feed_url=entry.feed_url,
            publisher=entry.publisher,
            title=entry.title,
            published_at=entry.published_at,
        )
        for entry in sorted(fresh, key=lambda e: e.canonical_url)
    ]
    unique = {request.canonical_url: request for request in reversed([*waiting, *new])}
    first = list(reversed(unique.values()))[:most]
    return first + [visit for visit in visits if visit.canonical_url not in unique]


def _unique(pages: Sequence[ReadPage]) -> tuple[list[Article], list[Signature]]:
    """One state for each article, in an order that does not depend on the batches."""
    found: dict[str, tuple[Article, Signature | None]] = {}
    for page in sorted(pages, key=lambda p: (p.capture.canonical_url, p.capture.raw_path)):
        if page.article is not None:
            found.setdefault(page.article.article_id, (page.article, page.signature))
    return [a for a, _ in found.values()], [s for _, s in found.values() if s is not None]


def _without_copies(
    warehouse: Warehouse, articles: Sequence[Article], signatures: Sequence[Signature]
) -> list[Article]:
    """The articles with those that are copies marked."""
    new = [a for a in articles if a.relevant and a.duplicate_of is None]
    declared = {a.declared_original: a.article_id for a in new if a.declared_original}
    with warehouse.reader() as reader:
        stored = {k: [_candidate(t) for t in v] for k, v in reader.copy_candidates(signatures).items()}
        for text in reader.texts_by_url(declared):
            stored.setdefault(declared[text.url], []).append(_candidate(text))
    verdicts: Mapping[str, CopyVerdict] = resolve_batch([_new_candidate(a) for a in new], stored)
    return [
        dataclasses.replace(a, duplicate_of=v.original_id, duplicate_kind=v.kind)
        if (v := verdicts.get(a.article_id)) and a.revision == 1
        else a
        for a in articles
    ]


def _candidate(text: StoredText) -> Candidate:
    return Candidate(
        text.article_id, text.url, text.publisher, text.text, text.published_at, text.first_seen_at, text.duplicate_of
    )


def _new_candidate(article: Article) -> Candidate:
    return Candidate(
        article.article_id,
        article.url,
        article.publisher,
        article.text,
        article.published_at,
        article.seen_at,
        None,
        article.declared_original,
    )
