"""What the flow's tasks call: a batch of feeds polled, a batch of pages fetched and kept.

Plain functions with plain values in and out; each runs its own event loop and opens its own client, so that they can
run in threads, processes or on other machines. Batches keep a host's requests together, which keeps them polite.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from typing import TypeVar

from flows.capture import polling, urls
from flows.capture.archive import ArchiveWriter
from flows.capture.client import FEED_ACCEPT, Client, Failure, Response
from flows.capture.config import CaptureConfig
from flows.capture.feeds import FeedError, ParsedFeed, parse_feed
from flows.capture.robots import Robots
from flows.model import Capture, Entry, Fetch, PageRequest, Source, SourceState

T = TypeVar("T")
NextPage = Callable[[bytes, str, str], str | None]
"""From a page's body, content type and address to the address of the article's next page."""

_UNCHANGED = 304


@dataclasses.dataclass(frozen=True)
class PollOutcome:
    """What a batch of feeds brought."""

    entries: tuple[Entry, ...]
    fetches: tuple[Fetch, ...]


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


def poll_sources(
    batch: Sequence[tuple[Source, SourceState | None]], config: CaptureConfig, now: dt.datetime
) -> PollOutcome:
    """Polls a batch of feeds, conditionally where possible. Failures become fetches with an error, never exceptions."""
    return asyncio.run(_poll_all(batch, config, now))


async def _poll_all(
    batch: Sequence[tuple[Source, SourceState | None]], config: CaptureConfig, now: dt.datetime
) -> PollOutcome:
    async with Client(config) as client:
        done = await asyncio.gather(*(_poll(client, source, state, now) for source, state in batch))
    return PollOutcome(
        entries=tuple(entry for entries, _ in done for entry in entries), fetches=tuple(fetch for _, fetch in done)
    )


async def _poll(
    client: Client, source: Source, state: SourceState | None, now: dt.datetime
) -> tuple[tuple[Entry, ...], Fetch]:
    known = state if polling.conditional(state, now) else None
    response = await client.get(
        source.url,
        accept=FEED_ACCEPT,
        etag=known.etag if known else None,
        last_modified=known.last_modified if known else None,
    )
    feed, error = ParsedFeed(()), str(response.error) if response.error else None
    if response.error is None and response.status != _UNCHANGED:
        try:
            # A large feed takes seconds: beside the loop, so that no other answer is late for it.
            feed = await asyncio.to_thread(parse_feed, response.body, response.content_type, source)
        except FeedError as problem:
            error = f"not a feed: {problem}"
    fetch = Fetch(
        url=source.url,
        requested_at=now,
        reason="feed",
        status=response.status,
        bytes=len(response.raw),
        seconds=round(response.seconds, 3),
        error=error,
        final_url=response.final_url,
        etag=response.header("etag"),
        last_modified=response.header("last-modified"),
        feed_url=source.url,
        next_fetch_at=polling.next_poll(
            source, state, response, now, failed=error is not None, ttl_minutes=feed.ttl_minutes, new=_news(feed, state)
        ),
    )
    return feed.entries, fetch


def _news(feed: ParsedFeed, state: SourceState | None) -> int:
    """The entries of a feed that were published since it last answered, by their own dates."""
    since = state.last_success_at if state else None
    if since is None:
        return len(feed.entries)
    return sum(entry.published_at is not None and entry.published_at > since for entry in feed.entries)


def fetch_pages(
    requests: Sequence[PageRequest],
    config: CaptureConfig,
    archive: str,
    now: dt.datetime,
    next_page: NextPage | None = None,
) -> PageOutcome:
    """Fetches a batch of pages, with the further pages of their articles, and keeps them in one WARC file.

    Args:
        requests: the pages.
        config: the settings.
        archive: the WARC file's path below the data folder.
        now: the run's clock.
        next_page: finds the next page of an article that has several.
    """
    return asyncio.run(_fetch_all(requests, config, archive, now, next_page))


async def _fetch_all(
    requests: Sequence[PageRequest], config: CaptureConfig, archive: str, now: dt.datetime, next_page: NextPage | None
) -> PageOutcome:
    fetches: list[Fetch] = []

    def report(address: str, response: Response) -> None:
        fetches.append(_fetch(address, response, "robots", now))

    with ArchiveWriter(config.data, archive) as writer:
        async with Client(config) as client:
            robots = Robots(client, config.data / "cache" / "robots", now, report)
            done = await asyncio.gather(*(_page(client, robots, writer, r, now, next_page) for r in requests))
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


async def _page(
    client: Client,
    robots: Robots,
    writer: ArchiveWriter,
    request: PageRequest,
    now: dt.datetime,
    next_page: NextPage | None,
) -> tuple[Capture | None, list[Fetch]]:
    response = await client.get(
        request.url, etag=request.etag, last_modified=request.last_modified, allowed=robots.refusal
    )
    if response.error is None and response.status != _UNCHANGED and not response.body.strip():
        response = dataclasses.replace(response, error=Failure("empty", "an answer without a body"))
    first_seen = request.first_seen_at or now
    fetch = dataclasses.replace(
        _fetch(request.url, response, request.reason, now),
        feed_url=request.feed_url or None,
        canonical_url=request.canonical_url,
    )
    if response.error is not None:
        again = polling.next_try(request.url, response, request.failures, first_seen, now)
        if request.reason == "visit" and response.status in {404, 410}:
            # Gone, but pages do come back: it is looked at again as rarely as one that is there.
            again = polling.next_visit(first_seen, request.published_at, now)
        return None, [dataclasses.replace(fetch, next_fetch_at=again)]
    visit = polling.next_visit(first_seen, request.published_at, now)
    if response.status == _UNCHANGED:
        return None, [dataclasses.replace(fetch, next_fetch_at=visit)]
    place = writer.store(response, now, request.reason)
    further, more = await _further(client, robots, writer, response, now, next_page)
    if more:
        # "Not modified" would speak of the first page alone, so an article with several is always asked for whole.
        fetch = dataclasses.replace(fetch, etag=None, last_modified=None)
    if any(page.error for page in more):
        visit = polling.next_try(request.url, response, request.failures, first_seen, now)
    capture = Capture(
        url=request.url,
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
    return capture, [dataclasses.replace(fetch, next_fetch_at=visit, raw_path=place), *more]


async def _further(
    client: Client,
    robots: Robots,
    writer: ArchiveWriter,
    first: Response,
    now: dt.datetime,
    next_page: NextPage | None,
) -> tuple[list[str], list[Fetch]]:
    """The further pages of an article: on its host, none twice, as many as the settings allow."""
    places: list[str] = []
    fetches: list[Fetch] = []
    seen, page = {first.url, first.final_url}, first
    while next_page is not None and len(places) < client.config.max_pages:
        address = await asyncio.to_thread(_following, next_page, page)
        if address is None or address in seen or urls.host_of(address) != urls.host_of(first.final_url):
            break
        seen.add(address)
        page = await client.get(address, allowed=robots.refusal)
        back = page.final_url != address and page.final_url in seen  # redirected to a page that we have
        seen.add(page.final_url)
        place = writer.store(page, now, "page") if page.error is None and not back else None
        fetches.append(dataclasses.replace(_fetch(address, page, "page", now), raw_path=place))
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
