"""What a run wants: which entries are new, which pages are to be fetched, and in which order."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence

from flows.capture import urls
from flows.capture.identity import Sifted, sift
from flows.model import Entry, Fetch, PageRequest
from flows.settings import Settings
from flows.web import WebRules
from warehouse.store import Reader


def sifted(reader: Reader, entries: Sequence[Entry]) -> Sifted:
    """What is new among the entries, and what a feed now calls by another title."""
    places = {entry.canonical_url for entry in entries}
    known = reader.entries_at(places | {form for place in places for form in urls.forms(place)})
    unknown = sift(entries, known, ()).fresh
    return sift(entries, known, reader.entries_by_guid(unknown))


def with_news(fetches: Sequence[Fetch], fresh: Sequence[Entry]) -> list[Fetch]:
    """The polls with how many new entries each brought."""
    new: dict[str | None, int] = {}
    for entry in fresh:
        new[entry.feed_url] = new.get(entry.feed_url, 0) + 1
    return [dataclasses.replace(f, new_entries=new.get(f.feed_url, 0) if f.reason == "feed" else 0) for f in fetches]


def request_for(entry: Entry) -> PageRequest:
    """The request for the page that an entry promises."""
    return PageRequest(
        url=entry.url,
        canonical_url=entry.canonical_url,
        feed_url=entry.feed_url,
        publisher=entry.publisher,
        title=entry.title,
        published_at=entry.published_at,
    )


def announced(visit: PageRequest, changed: Mapping[str, Entry], now: dt.datetime) -> PageRequest:
    """A visit with what the feed now says of its page, where that has changed: it is as good as new."""
    entry = changed.get(visit.canonical_url)
    if entry is None:
        return visit
    published = entry.published_at or visit.published_at
    return dataclasses.replace(visit, title=entry.title, published_at=published, first_seen_at=now)


def wanted(
    first: Sequence[PageRequest], visits: Sequence[PageRequest], settings: Settings, web: WebRules
) -> list[PageRequest]:
    """The pages to fetch, one for each address: what waits and what is new, links that hide, what is seen again."""
    requests = {request.canonical_url: request for request in reversed(first)}
    plain: list[PageRequest] = []
    veiled: list[PageRequest] = []
    for request in reversed(requests.values()):
        (veiled if web.hider(request.url) else plain).append(request)
    veiled.sort(key=lambda request: request.failures)
    again = [visit for visit in visits if visit.canonical_url not in requests]
    return [*plain[: settings.max_pages], *veiled[: settings.max_hidden], *again]
