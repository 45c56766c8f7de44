"""The monitoring flow: poll → fetch → read → claims → append, once over all that is due.

Tasks work on batches of a few dozen sources, pages or articles; pages travel between them as references into the
archive. What fails is a row in ``fetches`` and a line to the user, never a failed run.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows import VERSION, progress
from flows.artifacts import show_figures
from flows.capture import aggregators, polling
from flows.capture.collect import PageOutcome, PollOutcome, batches, fetch_pages, poll_sources
from flows.capture.config import CaptureConfig
from flows.claims.extract import Extraction
from flows.claims.identity import known_claims
from flows.emerging import append_emerging, unplaced_of
from flows.llm import with_proposals
from flows.model import Article, Capture, Entry, Fetch, KawarabanError, PageRequest, Source, SourceState
from flows.pages import ReadPage, extract_pages, judge_pages, one_each
from flows.reading.pagination import next_page_url
from flows.report import RunCounts, UnplacedArticle
from flows.settings import Settings, load_settings
from flows.steps import append, cited, claims_in, counted, knowledge_of, tell_copies
from flows.wanted import announced, request_for, sifted, wanted, with_news
from warehouse.store import Warehouse

Say = Callable[[str], None]
BATCH = 50


@dataclasses.dataclass(frozen=True)
class RunReport:
    """What a run did, and which sources and pages failed."""

    run_id: str
    counts: RunCounts
    failed_sources: tuple[str, ...] = ()
    failed_pages: tuple[str, ...] = ()
    silent_sources: tuple[str, ...] = ()
    """Feeds that answer but have brought nothing new for longer than is their habit."""
    hidden: int = 0
    """Entries whose address their service does not tell: kept, and asked for again."""
    failed_model: tuple[str, ...] = ()


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
        web=knowledge_of(settings.seeds)[1].web,
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
    return poll_sources(batch, config, now, functools.partial(progress.advance, "polling"))


@task(cache_policy=NO_CACHE, persist_result=False)
def fetch(batch: list[PageRequest], config: CaptureConfig, archive: str, now: dt.datetime) -> PageOutcome:
    """Fetches a batch of pages into the archive."""
    return fetch_pages(batch, config, archive, now, next_page_url, functools.partial(progress.advance, "fetching"))


@task(cache_policy=NO_CACHE, persist_result=False)
def read(batch: list[Capture], data: Path, seeds: Path, warehouse: Path) -> list[ReadPage]:
    """Reads a batch of captures into articles; what cannot be read carries its error."""
    _, knowledge, _ = knowledge_of(seeds)
    extracted = extract_pages(batch, data, knowledge)
    with Warehouse(warehouse).reader() as reader:
        pages = judge_pages(extracted, reader, knowledge)
    progress.advance("reading", len(batch))
    return pages


@task(cache_policy=NO_CACHE, persist_result=False)
def find_claims(batch: list[Article], seeds: Path) -> list[Extraction]:
    """Finds the claims of a batch of articles."""
    return claims_in(batch, seeds)


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
    say(f"polling {len(due)} of {len(seeds.sources)} feeds")
    progress.begin("polling", len(due))
    polled = _gather(
        poll.submit(part, config, now) for part in batches(due, lambda d: d[0].url, BATCH, settings.workers)
    )
    entries = [entry for outcome in polled for entry in outcome.entries]
    with warehouse.reader() as reader:
        sieved = sifted(reader, entries)
        waiting = reader.pending_pages(now, settings.max_pages, config.web.hiding_hosts, settings.max_hidden)
        changed = {entry.canonical_url: entry for entry in sieved.changed}
        visits = [announced(v, changed, now) for v in reader.due_visits(now, settings.max_visits, changed)]
    feed_fetches = with_news([f for outcome in polled for f in outcome.fetches], sieved.fresh)
    new = [request_for(entry) for entry in sorted(sieved.fresh, key=lambda e: e.canonical_url)]
    requests = wanted([*waiting, *new], visits, settings, config.web)
    say(f"fetching {len(requests)} pages: {len(sieved.fresh)} new, {len(visits)} known to be looked at again")
    progress.begin("fetching", len(requests))
    fetched = _gather(
        fetch.submit(part, config, f"warc/{now:%Y-%m-%d}/{run_id}-{n:02}.warc.gz", now)
        for n, part in enumerate(batches(requests, lambda r: r.url, BATCH, settings.workers))
    )
    captures = [capture for outcome in fetched for capture in outcome.captures]
    fetches = [*feed_fetches, *(f for outcome in fetched for f in outcome.fetches)]
    started = dataclasses.replace(
        RunCounts(),
        sources_polled=len(due),
        sources_failed=sum(f.error is not None for f in feed_fetches if f.reason == "feed"),
        entries_new=len(sieved.fresh),
        pages_fetched=len(captures),
    )
    return _take_in(run_id, now, captures, fetches, [*sieved.fresh, *sieved.changed], started, say)


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
    seeds, _, claims = knowledge_of(settings.seeds)
    warehouse = Warehouse(settings.warehouse_path)
    say(f"reading {len(captures)} pages")
    progress.begin("reading", len(captures))
    pages = _gather(
        read.submit(part, settings.data, settings.seeds, settings.warehouse_path) for part in _parts(captures)
    )
    read_pages = one_each(page for part in pages for page in part)
    with warehouse.reader() as reader:
        articles, late = tell_copies(reader, read_pages)
    say(f"looking for claims in {sum(a.relevant and not a.duplicate_of for a in articles)} articles")
    found = _gather(find_claims.submit(part, settings.seeds) for part in _parts(articles))
    extractions = [extraction for part in found for extraction in part]
    extractions, asked = with_proposals(articles, extractions, claims, settings)
    if settings.llm_url:
        extractions = cited(articles, extractions, settings.seeds)
        say(str(asked))
    unplaced = _gather(find_unplaced.submit(part, settings.seeds) for part in _parts(articles))
    unreadable = [p.error for part in pages for p in part if p.error]
    failed_pages = [f for f in fetches if f.reason in {"entry", "retry", "visit"} and _failed(f)]
    counts = dataclasses.replace(
        counted(counts, articles, extractions), pages_failed=len(failed_pages) + len(unreadable)
    )
    signatures = [page.signature for page in read_pages if page.signature]
    with warehouse.writer() as writer:
        writer.record_sources(run_id, seeds.sources)
        writer.record_baseline(run_id, known_claims(seeds))
        writer.record_fetches(run_id, fetches)
        writer.record_entries(run_id, entries, now)
        changes = append(writer, run_id, now, articles, signatures, late, extractions, seeds)
        append_emerging(writer, run_id, now, articles, [article for part in unplaced for article in part])
        counts = dataclasses.replace(counts, changes=changes)
        flow_name = run_id.split("-")[0]
        writer.record_run(run_id, flow_name, (now, now), "completed", VERSION, counts)
        silent = writer.silent_sources(now) if fetches else {}
    show_figures(run_id, counts)
    failed_sources = [f"{f.feed_url}: {f.error}" for f in fetches if f.reason == "feed" and f.error]
    told = [f"{f.url}: {f.error or f.status}" for f in failed_pages]
    listed = {source.url: source.publisher for source in seeds.sources}
    quiet = [
        f"{listed[url]} {url}: nothing new since {since:%Y-%m-%d %H:%M}"
        for url, since in silent.items()
        if url in listed
    ]
    hidden = sum((f.error or "").startswith(aggregators.HIDDEN) for f in fetches)
    return RunReport(run_id, counts, tuple(failed_sources), (*told, *unreadable), tuple(quiet), hidden, asked.failures)


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
    if fetched.error is None:
        return False
    gone = fetched.reason == "visit" and (fetched.status in {404, 410} or fetched.error.startswith("front page"))
    return not gone and not fetched.error.startswith(("robots", aggregators.HIDDEN))
