"""A batch of sources polled: conditionally where possible, an index of sitemaps with its parts; failures are rows."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence

from flows.capture import polling
from flows.capture.client import FEED_ACCEPT, PAGE_ACCEPT, Client, Failure, Response
from flows.capture.config import CaptureConfig
from flows.capture.feeds import FeedError, ParsedFeed, parse_feed
from flows.capture.walls import refusal
from flows.model import Entry, Fetch, Source, SourceState

_UNCHANGED = 304
_LISTING = "listing"


@dataclasses.dataclass(frozen=True)
class PollOutcome:
    """What a batch of feeds brought."""

    entries: tuple[Entry, ...]
    fetches: tuple[Fetch, ...]


def poll_sources(
    batch: Sequence[tuple[Source, SourceState | None]],
    config: CaptureConfig,
    now: dt.datetime,
    done: Callable[[], None] | None = None,
) -> PollOutcome:
    """Polls a batch of feeds, conditionally where possible. Failures become fetches with an error, never exceptions.

    Args:
        batch: the sources, with what is known of them.
        config: the settings.
        now: the run's clock.
        done: is told of each source that is through.

    Returns:
        The entries, and the requests in the batch's order: one with reason ``feed`` for each source, behind it those
        for the parts of an index.
    """
    return asyncio.run(_poll_all(batch, config, now, done))


async def _poll_all(
    batch: Sequence[tuple[Source, SourceState | None]],
    config: CaptureConfig,
    now: dt.datetime,
    told: Callable[[], None] | None,
) -> PollOutcome:
    async def one(source: Source, state: SourceState | None) -> tuple[tuple[Entry, ...], list[Fetch]]:
        outcome = await _poll(client, source, state, now)
        if told is not None:
            told()
        return outcome

    async with Client(config) as client:
        done = await asyncio.gather(*(one(source, state) for source, state in batch))
    return PollOutcome(
        entries=tuple(entry for entries, _ in done for entry in entries),
        fetches=tuple(fetch for _, fetches in done for fetch in fetches),
    )


async def _poll(
    client: Client, source: Source, state: SourceState | None, now: dt.datetime
) -> tuple[tuple[Entry, ...], list[Fetch]]:
    known = state if polling.conditional(state, now) else None
    response = await client.get(
        source.url,
        accept=PAGE_ACCEPT if source.kind == _LISTING else FEED_ACCEPT,
        etag=known.etag if known else None,
        last_modified=known.last_modified if known else None,
    )
    # A large feed takes seconds: beside the loop, so that no other answer is late for it.
    response, feed = await asyncio.to_thread(read_source, response, source, client.config)
    parts: list[Fetch] = []
    if feed.further:
        feed, parts = await _with_parts(client, source, feed, now)
        if parts and all(part.error for part in parts):
            response = dataclasses.replace(
                response, error=Failure("not a feed", f"no part can be read: {parts[0].error}")
            )
    unchanged = response.error is not None or response.status == _UNCHANGED
    fetch = Fetch(
        url=source.url,
        requested_at=now,
        reason="feed",
        status=response.status,
        bytes=len(response.raw),
        seconds=round(response.seconds, 3),
        error=str(response.error) if response.error else None,
        final_url=response.final_url,
        # "Not modified" would speak of the index alone, so that an index is always asked for whole.
        etag=None if feed.further else response.header("etag"),
        last_modified=None if feed.further else response.header("last-modified"),
        feed_url=source.url,
        next_fetch_at=polling.next_poll(
            source,
            state,
            response,
            now,
            failed=response.error is not None,
            ttl_minutes=feed.ttl_minutes,
            new=_news(feed, state),
        ),
        entries=None if unchanged else len(feed.entries),
        note=feed.problem,
    )
    return feed.entries, [fetch, *parts]


def read_source(response: Response, source: Source, config: CaptureConfig) -> tuple[Response, ParsedFeed]:
    """What an answer brings; the answer carries an error where it is a wall or no feed."""
    if response.error is None and response.status == _UNCHANGED:
        return response, ParsedFeed(())
    failure = response.error
    if failure is None:
        try:
            return response, parse_feed(response.body, response.content_type, source, config.web)
        except FeedError as problem:
            failure = Failure("not a feed", str(problem))
    wall = refusal(response, config.web) if failure.kind in {"http", "not a feed"} else None
    return dataclasses.replace(response, error=wall or failure), ParsedFeed(())


async def _with_parts(
    client: Client, source: Source, index: ParsedFeed, now: dt.datetime
) -> tuple[ParsedFeed, list[Fetch]]:
    """An index with the entries of its parts; parts of parts are not followed."""
    answers = await asyncio.gather(*(client.get(address, accept=FEED_ACCEPT) for address in index.further))
    entries: dict[str, Entry] = {}
    fetches = []
    for address, answer in zip(index.further, answers, strict=True):
        read, part = await asyncio.to_thread(read_source, answer, source, client.config)
        for entry in part.entries:
            entries.setdefault(entry.canonical_url, entry)
        fetches.append(
            Fetch(
                url=address,
                requested_at=now,
                reason="part",
                status=read.status,
                bytes=len(read.raw),
                seconds=round(read.seconds, 3),
                error=str(read.error) if read.error else None,
                final_url=read.final_url,
                feed_url=source.url,
                entries=None if read.error else len(part.entries),
                note=part.problem,
            )
        )
    return dataclasses.replace(index, entries=tuple(entries.values())), fetches


def _news(feed: ParsedFeed, state: SourceState | None) -> int:
    """The entries of a feed that were published since it last answered, by their own dates."""
    since = state.last_success_at if state else None
    if since is None:
        return len(feed.entries)
    return sum(entry.published_at is not None and entry.published_at > since for entry in feed.entries)
