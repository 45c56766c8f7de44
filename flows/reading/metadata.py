"""What a page says of itself: title, author, times, outlet, canonical address, section, paywall.

JSON-LD is believed first, then meta elements, then what the page shows. A time without a zone is Japan's; where the
page tells none, there is none.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from flows.reading.blocks import Block, element_text, squeezed
from flows.reading.cleaning import CleaningRules
from flows.reading.linked_data import linked_data, name_of, of_this_page, text_of
from flows.reading.sections import find_section
from flows.reading.times import is_exact, read_time
from flows.reading.titles import find_title
from flows.reading.visible import Visible, find_visible

_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "article:published",
    "og:published_time",
    "publishdate",
    "publish_date",
    "publish-date",
    "published_time",
    "pubdate",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "dc.date.created",
    "dcterms.created",
    "release_date",
    "date",
)
_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "og:article:modified_time",
    "datemodified",
    "lastupdate",
    "last-modified",
    "lastmod",
    "dcterms.modified",
    "dc.date.modified",
)
_AUTHOR = ("cxenseparse:author", "author", "article:author", "dc.creator", "dcterms.creator", "parsely-author")
_SITE = ("og:site_name", "application-name", "apple-mobile-web-app-title")
_UTC = dt.timedelta(0)


@dataclasses.dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says of itself."""

    title: str
    author: str | None = None
    published_at: dt.datetime | None = None
    modified_at: dt.datetime | None = None
    site_name: str | None = None
    canonical: str | None = None
    declared_language: str | None = None
    section: str | None = None
    paywalled: bool = False


def find_metadata(tree: HtmlElement, url: str, blocks: Sequence[Block], rules: CleaningRules) -> Metadata:
    """Reads a page's metadata.

    Args:
        tree: the whole page.
        url: its address, against which a relative canonical URL is resolved.
        blocks: the lines that the page shows.
        rules: the patterns of the seeds folder, for what lines say of time and author.
    """
    meta = _meta(tree)
    canonical = declared_canonical(tree, url)
    linked = linked_data(tree)
    ld = of_this_page(linked, canonical or url)
    names = [name for name in (*(meta.get(key) for key in _SITE), name_of(ld.get("publisher"))) if name]
    declared = [text for text in (meta.get("og:title"), text_of(ld.get("headline")), meta.get("twitter:title")) if text]
    found = find_title(tree, declared, names)
    site = names[0] if names else found.site
    visible = find_visible(tree, blocks, found.title, site, rules)
    published = _published(tree, ld, meta, visible)
    modified = read_time(text_of(ld.get("dateModified"))) or _first_time(meta, _MODIFIED) or visible.modified
    return Metadata(
        title=found.title,
        author=_author(ld, meta, site) or visible.author or _told_author(ld),
        published_at=published,
        modified_at=modified if modified and (published is None or modified >= published) else None,
        site_name=site,
        canonical=canonical,
        declared_language=_language(tree, meta),
        section=find_section(tree, url, ld, meta, found.title),
        paywalled=_paywalled(ld, meta),
    )


def declared_canonical(tree: HtmlElement, base: str) -> str | None:
    """The canonical URL that a page declares, made absolute; None where it declares none that is http."""
    declared = [
        link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()
    ]
    for href in declared:
        try:
            address: str = urljoin(base, (href or "").strip())
        except ValueError:
            continue
        if href and urlsplit(address).scheme in {"http", "https"}:
            return address
    return None


def _paywalled(ld: Mapping[str, Any], meta: Mapping[str, str]) -> bool:
    free = ld.get("isAccessibleForFree")
    parts = ld.get("hasPart")
    if free is None and isinstance(parts, dict | list):
        parts = parts if isinstance(parts, list) else [parts]
        free = next((p.get("isAccessibleForFree") for p in parts if isinstance(p, dict)), None)
    return str(free).casefold() == "false" or meta.get("article:content_tier", "").casefold() == "locked"


# --- meta elements ----------------------------------------------------------------------------------------------------


def _meta(tree: HtmlElement) -> dict[str, str]:
    """The page's meta elements by lower-case name, the first of each; archives write ``value`` for ``content``."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        attributes = element.attrib
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        name = name or attributes.get("http-equiv")
        content = attributes.get("content") or attributes.get("value") or ""
        if name and (text := squeezed(content)):
            found.setdefault(name.strip().casefold(), text)
    return found


def _language(tree: HtmlElement, meta: Mapping[str, str]) -> str | None:
    told = tree.get("lang") or tree.get("xml:lang") or meta.get("content-language") or meta.get("og:locale")
    return told.strip() or None if told else None


def _author(ld: Mapping[str, Any], meta: Mapping[str, str], site: str | None) -> str | None:
    """Who wrote, by JSON-LD or meta elements: persons before organizations, never the site itself or an address."""
    people: list[str] = []
    others: list[str] = []
    for key in ("author", "creator"):
        value = ld.get(key)
        for item in value if isinstance(value, list) else [value]:
            name = name_of(item)
            if name and not _is_address(name) and name != site and name != name_of(ld.get("publisher")):
                person = not isinstance(item, dict) or item.get("@type") != "Organization"
                target = people if person else others
                if name not in target:
                    target.append(name)
    if people or others:
        return "、".join(people or others)
    told = (meta.get(key) for key in _AUTHOR)
    return next((name for name in told if name and not _is_address(name) and name != site), None)


def _told_author(ld: Mapping[str, Any]) -> str | None:
    """Whoever JSON-LD names as author, the outlet itself included."""
    name = name_of(ld.get("author"))
    return name if name and not _is_address(name) else None


def _is_address(name: str) -> bool:
    return "://" in name or name.startswith(("www.", "@"))


# --- times ------------------------------------------------------------------------------------------------------------


def _first_time(meta: Mapping[str, str], names: Sequence[str]) -> dt.datetime | None:
    moments = [moment for name in names if (moment := read_time(meta.get(name)))]
    return next((moment for moment in moments if is_exact(moment)), moments[0] if moments else None)


def _published(
    tree: HtmlElement, ld: Mapping[str, Any], meta: Mapping[str, str], visible: Visible
) -> dt.datetime | None:
    """When it was published: what is declared, made exact or put right by what the page shows."""
    told = [
        read_time(text_of(ld.get("datePublished"))),
        _first_time(meta, _PUBLISHED),
        *(
            read_time(element.get("content") or element.get("datetime") or element_text(element))
            for element in tree.iter("time", "span", "meta", "div", "p", "abbr")
            if element.get("itemprop") == "datePublished" or element.get("pubdate") is not None
        ),
    ]
    declared = [moment for moment in told if moment is not None]
    best = next((moment for moment in declared if is_exact(moment)), declared[0] if declared else None)
    if best is None:
        return visible.published or read_time(text_of(ld.get("dateCreated")))
    if not is_exact(best):
        closer = (m for m in visible.moments if is_exact(m) and m.date() == best.date())
        return next(closer, best)
    return _in_its_zone(best, visible)


def _in_its_zone(declared: dt.datetime, visible: Visible) -> dt.datetime:
    """A time declared in UTC whose clock the page shows as Japan's was tagged wrongly: the page is right."""
    if declared.utcoffset() != _UTC or any(_same_minute(moment, declared) for moment in visible.moments):
        return declared
    for moment in visible.moments:
        if is_exact(moment) and moment.utcoffset() != _UTC and _same_clock(moment, declared):
            return moment
    return declared


def _same_minute(a: dt.datetime, b: dt.datetime) -> bool:
    return abs(a - b) < dt.timedelta(minutes=1)


def _same_clock(a: dt.datetime, b: dt.datetime) -> bool:
    return a.replace(second=0, microsecond=0, tzinfo=None) == b.replace(second=0, microsecond=0, tzinfo=None)
