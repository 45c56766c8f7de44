"""Which entries are the same article: by address, by the feed's own id, and by what the feed says of them.

Addresses that differ in http or https, in a ``www`` or in a slash at the end name one page. A feed's id (GUID) counts
only together with title and time, since some sites give one id to all; a title that changes under a known address
means that the page behind it may be another one, so that it is to be looked at again.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

from flows.capture import urls
from flows.model import Entry, KnownEntry

MOST_TITLES = 10
"""Titles of one address that are followed: a feed that counts comments in its titles never comes to an end."""


@dataclasses.dataclass(frozen=True, slots=True)
class Sifted:
    """The entries of a run, sifted."""

    fresh: tuple[Entry, ...]
    """Those of articles that no feed has brought before, one an article."""
    changed: tuple[Entry, ...]
    """Those that a feed has brought before and now calls by another title, under the address known before."""


def key(url: str) -> str:
    """What is the same of all addresses that name one page: no scheme, no ``www``, no slash at the end."""
    if not url.startswith("http"):
        return url
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    return urlunsplit(("", parts.netloc.removeprefix("www."), path, parts.query, ""))


def sift(entries: Iterable[Entry], known: Sequence[KnownEntry], moved: Sequence[KnownEntry]) -> Sifted:
    """Tells what is new among a run's entries.

    Args:
        entries: as polled, in order; of several of one article the first counts.
        known: what feeds have brought before under these addresses or other forms of them.
        moved: what feeds have brought before under the entries' ids.
    """
    before: dict[str, list[KnownEntry]] = {}
    for old in known:
        before.setdefault(key(old.canonical_url), []).append(old)
    by_guid: dict[tuple[str, str | None], list[KnownEntry]] = {}
    for old in moved:
        by_guid.setdefault((old.feed_url, old.guid), []).append(old)
    fresh: dict[str, Entry] = {}
    changed: dict[str, Entry] = {}
    for entry in entries:
        place = key(entry.canonical_url)
        if place in before:
            if _renamed(entry, before[place]):
                address = before[place][0].canonical_url
                changed.setdefault(place, dataclasses.replace(entry, canonical_url=address))
        elif not _moved(entry, by_guid):
            fresh.setdefault(place, entry)
    return Sifted(tuple(fresh.values()), tuple(changed.values()))


def _renamed(entry: Entry, before: Sequence[KnownEntry]) -> bool:
    """Whether the feed that brought an entry before now calls it by a title that it never had there."""
    titles = {_folded(old.title) for old in before if old.feed_url == entry.feed_url}
    return bool(titles) and len(titles) < MOST_TITLES and bool(entry.title) and _folded(entry.title) not in titles


def _moved(entry: Entry, by_guid: Mapping[tuple[str, str | None], Sequence[KnownEntry]]) -> bool:
    """Whether an entry has only got another address: same feed, same id, same site, same title, same time."""
    if entry.guid is None or entry.published_at is None or not entry.title:
        return False
    return any(
        old.published_at == entry.published_at
        and _folded(old.title) == _folded(entry.title)
        and urls.host_of(old.canonical_url) == urls.host_of(entry.canonical_url)
        for old in by_guid.get((entry.feed_url, entry.guid), ())
    )


def _folded(title: str) -> str:
    return "".join(unicodedata.normalize("NFKC", title).casefold().split())
