"""The Atom feed of the digests (RFC 4287). Ids come from the subject and the week: they never change."""

from __future__ import annotations

import datetime as dt
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

from markdown_it import MarkdownIt

from flows.digests.addresses import digest_file
from flows.digests.site.words import site_name
from flows.digests.text import clean
from flows.history import DigestLine
from flows.model import JST
from seeds import Seeds

MOST_ENTRIES = 26
"""Weeks in the feed: half a year."""
_ATOM = "http://www.w3.org/2005/Atom"
_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def feed_xml(digests: Sequence[DigestLine], texts: Mapping[str, str], seeds: Seeds, site_url: str | None) -> str:
    """The feed.

    Args:
        digests: the newest first.
        texts: week -> the digest as Markdown, whose beginning is the entry's summary.
        seeds: name the subject.
        site_url: where the site can be reached; without it links are relative to the feed.
    """
    ET.register_namespace("", _ATOM)
    base = f"{site_url.rstrip('/')}/" if site_url else ""
    name = clean(site_name(seeds))
    number = uuid.uuid5(uuid.NAMESPACE_URL, f"kawaraban:{seeds.subject}")
    feed = ET.Element(f"{{{_ATOM}}}feed", {"xml:lang": "ja"})
    shown = digests[:MOST_ENTRIES]
    _add(feed, "id", number.urn)
    _add(feed, "title", name)
    _add(feed, "updated", _moment(max((d.updated_at for d in shown), default=_NEVER)))
    _add(ET.SubElement(feed, f"{{{_ATOM}}}author"), "name", "Kawaraban")
    _add(feed, "link", rel="self", type="application/atom+xml", href=f"{base}feed.xml")
    _add(feed, "link", rel="alternate", type="text/html", href=f"{base}index.html")
    for digest in shown:
        entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
        _add(entry, "id", uuid.uuid5(number, digest.week).urn)
        _add(entry, "title", clean(digest.subject, 200))
        _add(entry, "published", _moment(digest.published_at))
        _add(entry, "updated", _moment(digest.updated_at))
        _add(
            entry, "link", rel="alternate", type="text/html", href=base + digest_file(digest.week, digest.lang, "html")
        )
        _add(entry, "summary", opening(texts.get(digest.week, "")) or clean(digest.subject, 200))
    ET.indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}\n'


def opening(markdown: str) -> str:
    """What a digest says before its first section, as plain text."""
    lines = []
    heading = ""
    for token in MarkdownIt("commonmark").parse(markdown):
        if token.type == "heading_open":
            if token.tag != "h1":
                break
            heading = token.tag
        elif token.type == "heading_close":
            heading = ""
        elif token.type == "inline" and not heading:
            shown = (t.content for t in token.children or [] if t.type in {"text", "code_inline"})
            lines.append(clean("".join(shown)))
    return clean(" ".join(lines), 2000)


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes).text = text


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(JST).isoformat(timespec="seconds")
