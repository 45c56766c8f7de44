"""What the flow's tasks call: a batch of feeds polled (``polls.py``), a batch of pages fetched and kept.

Plain functions with plain values in and out; each runs its own event loop and opens its own client, so that they can
run in threads, processes or on other machines. Batches keep a host's requests together, which keeps them polite.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from flows.capture import aggregators, polling, urls
from flows.capture.archive import ArchiveWriter
from flows.capture.client import Client, Failure, Response
from flows.capture.config import CaptureConfig
from flows.capture.polls import PollOutcome, poll_sources
from flows.capture.robots import Robots
from flows.capture.walls import refusal
from flows.model import Capture, Fetch, PageRequest

__all__ = ["PageOutcome", "PollOutcome", "batches", "fetch_pages", "poll_sources"]

T = TypeVar("T")
NextPage = Callable[[bytes, str, str], str | None]
"""From a page's body, content type and address to the address of the article's next page."""

Done = Callable[[], None]
"""Called when one of a batch is through."""

_UNCHANGED = 304
_FRONT = frozenset({"", "/"})


@dataclasses.dataclass(frozen=True)
class PageOutcome:
    """What a batch of pages brought."""

    captures: tuple[Capture, ...]
    fetches: tuple[Fetch, ...]


def batches(items: Sequence[T], address: Callable[[T], str], size: int = 50, most: int = 8) -> list[list[T]]:
    """Splits items so that one host is never in two batches; about ``size`` a batch, at most ``most`` batches."""
    by_host: dict[str, list[T]] = {}
    for item in items:
        by_host.setdefault(urls.host_of(address(item)), []).append(item)
    number = max(1, min(most, -(-len(items) // size)))
    parts: list[list[T]] = [[] for _ in range(number)]
    for group in sorted(by_host.values(), key=len, reverse=True):
        min(parts, key=len).extend(group)
    return [part for part in parts if part]


def fetch_pages(
    requests: Sequence[PageRequest],
    config: CaptureConfig,
    archive: str,
    now: dt.datetime,
    next_page: NextPage | None = None,
    done: Done | None = None,
) -> PageOutcome:
    """Fetches a batch of pages, with the further pages of their articles, and keeps them in one WARC file.

    Args:
        requests: the pages.
        config: the settings.
        archive: the WARC file's path below the data folder.
        now: the run's clock.
        next_page: finds the next page of an article that has several.
        done: is told of each page that is through.
    """
    return asyncio.run(_fetch_all(requests, config, archive, now, next_page, done))


async def _fetch_all(
    requests: Sequence[PageRequest],
    config: CaptureConfig,
    archive: str,
    now: dt.datetime,
    next_page: NextPage | None,
    told: Done | None,
) -> PageOutcome:
    fetches: list[Fetch] = []

    def report(address: str, response: Response) -> None:
        fetches.append(_fetch(address, response, "robots", now))

    with ArchiveWriter(config.data, archive) as writer:
        async with Client(config) as client:
            robots = Robots(client, config.data / "cache" / "robots", now, report)
            run = _Run(client, robots, writer, now, next_page)
            done = await asyncio.gather(*(_told(_page(run, request), told) for request in requests))
    for _, page_fetches in done:
        fetches += page_fetches
    return PageOutcome(tuple(c for c, _ in done if c is not None), tuple(fetches))


def _fetch(address: str, response: Response, reason: str, now: dt.datetime) -> Fetch:
    return Fetch(
        url=address,
        requested_at=now,
        reason=reason,
        status=response.status,
        bytes=len(response.raw),
        seconds=round(response.seconds, 3),
        error=str(response.error) if response.error else None,
        final_url=response.final_url,
        etag=response.header("etag"),
        last_modified=response.header("last-modified"),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Run:
    """What all pages of a batch share."""

    client: Client
    robots: Robots
    writer: ArchiveWriter
    now: dt.datetime
    next_page: NextPage | None


async def _told(page: Awaitable[T], told: Done | None) -> T:
    outcome = await page
    if told is not None:
        told()
    return outcome


async def _asked(run: _Run, request: PageRequest) -> tuple[Response, list[Fetch]]:
    """The answer that is the article's page, by way of the service that hides its address where there is one.

    Returns:
        The answer, and the request that found out the address where one was made.
    """
    web, allowed = run.client.config.web, run.robots.refusal
    response = await run.client.get(
        request.url, etag=request.etag, last_modified=request.last_modified, allowed=allowed
    )
    hider = web.hider(request.url)
    if hider is None or response.error is not None or aggregators.elsewhere(request.url, response.final_url):
        return response, []
    if refusal(response, web) is not None:
        return response, []
    address = aggregators.find_address(response.body, response.content_type, request.url, hider)
    if address is None:
        failure = Failure(aggregators.HIDDEN, f"{hider.name} does not tell it")
        return dataclasses.replace(response, error=failure), []
    found = _fetch(request.url, response, "resolve", run.now)
    found = dataclasses.replace(
        found, final_url=address, canonical_url=request.canonical_url, feed_url=request.feed_url or None
    )
    return await run.client.get(address, allowed=allowed), [found]


def _judged(response: Response, config: CaptureConfig) -> Response:
    """The answer, with an error where it is no page of an article: a wall, nothing at all, the site's front page."""
    if response.status == _UNCHANGED and response.error is None:
        return response
    failure = refusal(response, config.web) if response.error is None or response.error.kind == "http" else None
    if failure is None and response.error is None:
        if not response.body.strip():
            failure = Failure("empty", "an answer without a body")
        elif response.hops and _is_front(response.final_url) and not _is_front(response.url):
            failure = Failure("front page", f"led to {response.final_url}")
    return dataclasses.replace(response, error=failure) if failure is not None else response


def _is_front(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in _FRONT and not parts.query


async def _page(run: _Run, request: PageRequest) -> tuple[Capture | None, list[Fetch]]:
    now = run.now
    response, before = await _asked(run, request)
    response = _judged(response, run.client.config)
    first_seen = request.first_seen_at or now
    fetch = dataclasses.replace(
        _fetch(request.url, response, request.reason, now),
        feed_url=request.feed_url or None,
        canonical_url=request.canonical_url,
    )
    if response.error is not None:
        again = polling.next_try(request.url, response, request.failures, first_seen, now)
        if response.error.kind == aggregators.HIDDEN:
            again = aggregators.next_look(request.failures, now)
        if request.reason == "visit" and response.status in {404, 410}:
            # Gone, but pages do come back: it is looked at again as rarely as one that is there.
            again = polling.next_visit(first_seen, request.published_at, now)
        return None, [*before, dataclasses.replace(fetch, next_fetch_at=again)]
    visit = polling.next_visit(first_seen, request.published_at, now)
    if response.status == _UNCHANGED:
        return None, [dataclasses.replace(fetch, next_fetch_at=visit)]
    place = run.writer.store(response, now, request.reason)
    further, more = await _further(run, response)
    if more:
        # "Not modified" would speak of the first page alone, so an article with several is always asked for whole.
        fetch = dataclasses.replace(fetch, etag=None, last_modified=None)
    if any(page.error for page in more):
        visit = polling.next_try(request.url, response, request.failures, first_seen, now)
    capture = Capture(
        url=response.url,
        final_url=response.final_url,
        canonical_url=request.canonical_url,
        fetched_at=now,
        raw_path=place,
        content_type=response.content_type,
        feed_url=request.feed_url or None,
        publisher=request.publisher,
        title=request.title,
        published_at=request.published_at,
        further=tuple(further),
    )
    return capture, [*before, dataclasses.replace(fetch, next_fetch_at=visit, raw_path=place), *more]


async def _further(run: _Run, first: Response) -> tuple[list[str], list[Fetch]]:
    """The further pages of an article: on its host, none twice, as many as the settings allow."""
    places: list[str] = []
    fetches: list[Fetch] = []
    seen, page = {first.url, first.final_url}, first
    while run.next_page is not None and len(places) < run.client.config.max_pages:
        address = await asyncio.to_thread(_following, run.next_page, page)
        if address is None or address in seen or urls.host_of(address) != urls.host_of(first.final_url):
            break
        seen.add(address)
        page = await run.client.get(address, allowed=run.robots.refusal)
        back = page.final_url != address and page.final_url in seen  # redirected to a page that we have
        seen.add(page.final_url)
        place = run.writer.store(page, run.now, "page") if page.error is None and not back else None
        fetches.append(dataclasses.replace(_fetch(address, page, "page", run.now), raw_path=place))
        if place is None:
            break
        places.append(place)
    return places, fetches


def _following(next_page: NextPage, page: Response) -> str | None:
    """The address of the page after this one, as far as one can be found."""
    try:
        address = next_page(page.body, page.content_type, page.final_url)
        return urls.normalize(address, page.final_url) if address else None
    except Exception:  # noqa: BLE001 - a page that cannot be read is told by the reading step; it must not stop a batch
        return None
