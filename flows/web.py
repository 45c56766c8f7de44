"""How the web doubles, hides and refuses articles, as ``web.toml`` of the seeds folder describes it.

Compiled once and handed to the steps as a value, which can travel to other processes.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flows.model import KawarabanError
from seeds import Seeds

FILE = "web.toml"
OUTLETS = frozenset({"news", "official", "listing"})
"""Kinds of sources whose own host is the outlet's; blogs share hosts, and searches bring other outlets' articles."""


class WebRulesError(KawarabanError):
    """``web.toml`` holds what cannot be used; the message says where."""


@dataclasses.dataclass(frozen=True, slots=True)
class Hider:
    """A service whose links do not show the article's address."""

    name: str
    hosts: tuple[str, ...]
    """Of the links."""
    pattern: re.Pattern[str]
    """Of the link; its group ``token`` names the article."""
    finds: tuple[re.Pattern[str], ...] = ()
    """Where on the link's page the address may stand: the group ``address``."""


@dataclasses.dataclass(frozen=True, slots=True)
class Portal:
    """A site that republishes the articles of others."""

    name: str
    hosts: frozenset[str]
    own: frozenset[str] = frozenset()
    """Names of the portal itself, which are no origin."""
    linked: tuple[str, ...] = ()
    """Members of JSON-LD that name the outlet, the surest first."""
    meta: tuple[str, ...] = ()
    lines: tuple[re.Pattern[str], ...] = ()
    """Lines of the page that name it: the group ``outlet``."""


@dataclasses.dataclass(frozen=True, slots=True)
class Wall:
    """A kind of answer that is no page but a refusal; whatever is given must all be there."""

    kind: str
    name: str
    status: frozenset[int] = frozenset()
    header: tuple[tuple[str, re.Pattern[str]], ...] = ()
    host: re.Pattern[str] | None = None
    text: re.Pattern[str] | None = None
    most: int | None = None
    """The largest number of visible characters of such an answer."""


@dataclasses.dataclass(frozen=True, slots=True)
class Discovery:
    """Where to look for a site's feeds."""

    paths: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    links: re.Pattern[str] = re.compile(r"(?!)")
    never: re.Pattern[str] = re.compile(r"(?!)")


@dataclasses.dataclass(frozen=True, slots=True)
class WebRules:
    """All of it; empty by default, which means that every address is what it looks like."""

    doubles: frozenset[str] = frozenset()
    """First labels of hosts that show another host's pages."""
    outlets: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Host -> publisher, of the hosts that ``feeds.toml`` gives to one publisher: its feeds' own and those listed."""
    wrapped: tuple[re.Pattern[str], ...] = ()
    """Links with the address in them: the groups ``address`` and ``secure``."""
    hidden: tuple[Hider, ...] = ()
    portals: tuple[Portal, ...] = ()
    walls: tuple[Wall, ...] = ()
    discovery: Discovery = Discovery()

    def hider(self, url: str) -> Hider | None:
        """The service that hides an article's address behind a link; None where the link is the address."""
        return next((h for h in self.hidden if h.pattern.match(url)), None)

    @property
    def hiding_hosts(self) -> list[str]:
        """The hosts whose links may hide an article's address."""
        return sorted({host for hider in self.hidden for host in hider.hosts})

    def portal(self, url: str) -> Portal | None:
        """The portal that an address belongs to; None where it is the outlet's own."""
        host = (urlsplit(url).hostname or "").lower()
        return next((p for p in self.portals if host in p.hosts), None)

    def same_site(self, one: str, other: str) -> bool:
        """Whether two hosts show the same pages: but for the labels of doubles, or by being one publisher's."""
        one, other = one.lower(), other.lower()
        if self.bare(one) == self.bare(other):
            return True
        return one in self.outlets and self.outlets[one] == self.outlets.get(other)

    def outlet(self, url: str) -> str | None:
        """Whose page an address is, by one name for all its hosts: a portal's or a listed outlet's; None if unknown."""
        portal, host = self.portal(url), (urlsplit(url).hostname or "").lower()
        return portal.name if portal else self.outlets.get(host) or self.outlets.get(host.removeprefix("www."))

    def bare(self, host: str) -> str:
        """A host without the labels of its doubles; two labels stay at least."""
        labels = host.split(".")
        while len(labels) > 2 and labels[0] in self.doubles:
            labels = labels[1:]
        return ".".join(labels)


def load_web_rules(seeds: Seeds) -> WebRules:
    """Compiles ``web.toml``; a seeds folder without one has no rules.

    Raises:
        WebRulesError: an entry is not as it must be.
        SeedsError: the file is no TOML.
    """
    raw, path = seeds.extra(FILE), seeds.folder / FILE
    try:
        return WebRules(
            doubles=frozenset(raw.get("hosts", {}).get("doubles", ())),
            outlets=_outlets(seeds),
            wrapped=tuple(_pattern(w["pattern"], path, "address") for w in raw.get("wrapped", ())),
            hidden=tuple(
                Hider(
                    h["name"],
                    tuple(host.lower() for host in h["hosts"]),
                    _pattern(h["pattern"], path, "token"),
                    tuple(_pattern(p, path, "address") for p in h.get("finds", ())),
                )
                for h in raw.get("hidden", ())
            ),
            portals=tuple(_portal(p, path) for p in raw.get("portal", ())),
            walls=tuple(_wall(w, path) for w in raw.get("wall", ())),
            discovery=_discovery(raw.get("discovery", {}), path),
        )
    except (KeyError, AttributeError, TypeError) as error:
        raise WebRulesError(f"{path}: an entry is not as the file's head says ({error!r})") from error


def _outlets(seeds: Seeds) -> dict[str, str]:
    owners: dict[str, set[str]] = {}
    for source in seeds.sources:
        own = (urlsplit(source.url).hostname or "",) if source.kind in OUTLETS else ()
        for host in (*own, *source.hosts):
            owners.setdefault(host.lower(), set()).add(source.publisher)
    return {host: publishers.pop() for host, publishers in owners.items() if host and len(publishers) == 1}


def _portal(raw: Mapping[str, Any], path: Path) -> Portal:
    return Portal(
        name=raw["name"],
        hosts=frozenset(h.lower() for h in raw["hosts"]),
        own=frozenset((raw["name"], *raw.get("own", ()))),
        linked=tuple(raw.get("linked", ())),
        meta=tuple(name.lower() for name in raw.get("meta", ())),
        lines=tuple(_pattern(p, path, "outlet") for p in raw.get("lines", ())),
    )


def _wall(raw: Mapping[str, Any], path: Path) -> Wall:
    return Wall(
        kind=raw["kind"],
        name=raw["name"],
        status=frozenset(raw.get("status", ())),
        header=tuple((name.lower(), _pattern(p, path)) for name, p in raw.get("header", {}).items()),
        host=_pattern(raw["host"], path) if "host" in raw else None,
        text=_pattern(raw["text"], path) if "text" in raw else None,
        most=raw.get("most"),
    )


def _discovery(raw: Mapping[str, Any], path: Path) -> Discovery:
    return Discovery(
        paths=tuple(raw.get("paths", ())),
        sitemaps=tuple(raw.get("sitemaps", ())),
        links=_pattern(raw.get("links", "(?!)"), path),
        never=_pattern(raw.get("never", "(?!)"), path),
    )


def _pattern(text: str, path: Path, group: str = "") -> re.Pattern[str]:
    try:
        pattern = re.compile(text, re.IGNORECASE | re.DOTALL)
    except re.error as error:
        raise WebRulesError(f"{path}: {text!r} is no regular expression ({error})") from error
    if group and group not in pattern.groupindex:
        raise WebRulesError(f"{path}: {text!r} has no group {group!r}")
    return pattern
