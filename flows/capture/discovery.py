"""Finds a site's feeds from its home page: what it declares, what it links to, where feeds are kept, its sitemaps.

Every candidate is asked for and read before it is called a feed. Guesses are made only where the site itself names
nothing, on its own host and where robots.txt allows it.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from flows.capture import urls
from flows.capture.client import FEED_ACCEPT, Client, Response
from flows.capture.config import CaptureConfig
from flows.capture.items import spaced
from flows.capture.listings import links_of, parse_html
from flows.capture.polls import read_source
from flows.capture.robots import Robots
from flows.capture.walls import refusal
from flows.encoding import decode
from flows.model import KawarabanError, Source
from flows.web import Discovery

MOST = 30
"""Candidates of one way that are asked for."""
_FEED_TYPES = re.compile(
    r"application/(?:rss|atom|rdf|feed)\+|application/json$|text/(?:xml|rss)|application/xml", re.IGNORECASE
)
_SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class DiscoveryError(KawarabanError):
    """A site that cannot be reached, refuses us, or has no feed that could be found; the message says which."""


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """A feed of a site."""

    url: str
    """Where it answered, after redirects."""
    title: str
    entries: int
    way: str
    """How it was found: ``given``, ``declared``, ``linked``, ``guessed`` or ``sitemap``."""


@dataclasses.dataclass(frozen=True, slots=True)
class Site:
    """A site and its feeds, the surest first."""

    name: str
    """As its home page calls it; the host where it does not."""
    feeds: tuple[Found, ...]


def discover(address: str, config: CaptureConfig, now: dt.datetime) -> Site:
    """Finds the feeds of the site that an address belongs to; a feed's own address is itself what is found.

    Raises:
        DiscoveryError: the site does not answer, refuses us, or no feed could be found.
        UrlError: it is no http address.
    """
    start = urls.split(address if "://" in address else f"https://{address}").geturl()
    return asyncio.run(_discover(start, config, now))


async def _discover(start: str, config: CaptureConfig, now: dt.datetime) -> Site:
    async with Client(config) as client:
        robots = Robots(client, config.data / "cache" / "robots", now)
        home = await client.get(start, allowed=robots.refusal)
        if home.error is not None:
            wall = refusal(home, config.web) if home.error.kind == "http" else None
            raise DiscoveryError(f"{start} cannot be asked for its feeds: {wall or home.error}")
        if (given := _read(home, "given", config)) is not None:
            return Site(given.title or urls.host_of(home.final_url), (given,))
        if (wall := refusal(home, config.web)) is not None:
            raise DiscoveryError(f"{start} cannot be asked for its feeds: {wall}")
        tree = parse_html(decode(home.body, home.content_type)[0])
        search = _Search(client, robots, config)
        rules = config.web.discovery
        for way, addresses in (
            ("declared", list(_declared(tree, home.final_url))),
            ("linked", list(_linked(tree, home.final_url, rules))),
            ("guessed", list(_guesses(home.final_url, rules.paths))),
        ):
            await search.look(way, addresses)
            if search.found:
                break
        if not search.found:
            named = await _named_sitemaps(client, home.final_url)
            await search.look("sitemap", named or list(_guesses(home.final_url, rules.sitemaps)))
        if not search.found:
            raise DiscoveryError(f"{start} names no feed, and none was found where feeds are kept")
        return Site(_name(tree) or urls.host_of(home.final_url), tuple(search.found.values()))


class _Search:
    """What has been found so far, one feed for each address and each list of entries."""

    def __init__(self, client: Client, robots: Robots, config: CaptureConfig) -> None:
        self.client, self.robots, self.config = client, robots, config
        self.found: dict[str, Found] = {}
        self._asked: set[str] = set()
        self._bodies: set[bytes] = set()

    async def look(self, way: str, addresses: Sequence[str]) -> None:
        """Asks for addresses and keeps those that are feeds."""
        wanted = [a for a in dict.fromkeys(addresses) if a not in self._asked][:MOST]
        wanted = [a for a in wanted if not self.config.web.discovery.never.search(a)]
        self._asked.update(wanted)
        # What the site itself calls a feed may be asked for like any feed; what is only guessed is a page like others.
        allowed = None if way == "declared" else self.robots.refusal
        answers = await asyncio.gather(*(self.client.get(a, accept=FEED_ACCEPT, allowed=allowed) for a in wanted))
        for answer in answers:
            feed = _read(answer, way, self.config)
            if feed is None or self.config.web.discovery.never.search(feed.title) or answer.body in self._bodies:
                continue
            self._bodies.add(answer.body)
            self.found.setdefault(feed.url, feed)


def _read(answer: Response, way: str, config: CaptureConfig) -> Found | None:
    """The feed that an answer is; None where it is none."""
    if answer.error is not None:
        return None
    read, feed = read_source(answer, Source(answer.final_url, ""), config)
    if read.error is not None:
        return None
    return Found(answer.final_url, feed.title, len(feed.entries) or len(feed.further), way)


def _declared(tree: HtmlElement, base: str) -> Iterator[str]:
    """What the page's <link> elements call a feed (RSS autodiscovery)."""
    for link in tree.iter("link"):
        rel, kind = (link.get("rel") or "").lower().split(), (link.get("type") or "").strip()
        if "alternate" in rel and _FEED_TYPES.search(kind) and link.get("href"):
            yield from _address(urls.join(base, link.get("href")))


def _linked(tree: HtmlElement, base: str, rules: Discovery) -> Iterator[str]:
    """Links of the page that may lead to a feed, on its own site."""
    site = ".".join(urls.host_of(base).split(".")[-2:])
    for _, address in links_of(tree, base):
        parts = urlsplit(address)
        if rules.links.search(f"{parts.path}?{parts.query}") and urls.host_of(address).endswith(site):
            yield address


def _guesses(base: str, paths: Sequence[str]) -> Iterator[str]:
    """Paths below the page's folder, then at the root."""
    parts = urlsplit(base)
    folder = parts.path.rpartition("/")[0]
    for prefix in dict.fromkeys((folder, "")):
        for path in paths:
            yield from _address(f"{parts.scheme}://{parts.netloc}{prefix}/{path}")


def _address(url: str) -> Iterator[str]:
    try:
        yield urls.split(url).geturl()
    except urls.UrlError:
        return


async def _named_sitemaps(client: Client, base: str) -> list[str]:
    """The sitemaps that robots.txt names, those of news first."""
    parts = urlsplit(base)
    answer = await client.get(f"{parts.scheme}://{parts.netloc}/robots.txt", accept="text/plain")
    if answer.error is not None:
        return []
    named = [a for url in _SITEMAP.findall(answer.body.decode("utf-8", "replace")) for a in _address(url)]
    return sorted(named, key=lambda url: "news" not in urlsplit(url).path.lower())


def _name(tree: HtmlElement) -> str:
    """What a home page calls its site: ``og:site_name``, else the first part of its title."""
    for element in tree.iter("meta"):
        called = (element.get("property") or element.get("name") or "").lower()
        if called == "og:site_name" and (name := spaced(element.get("content") or "")):
            return name
    title = tree.find(".//title")
    return re.split(r"\s*[|｜–—]\s*|\s+-\s+", spaced(title.text_content()))[0] if title is not None else ""
