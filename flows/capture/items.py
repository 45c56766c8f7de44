"""What every kind of source is read into before its addresses are normalized, and the text of its titles."""

from __future__ import annotations

import dataclasses
import html
import re

from flows.capture.doctype import harmless
from flows.model import KawarabanError


class FeedError(KawarabanError):
    """What came is no feed: an HTML page, an empty answer, something else."""


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """An entry of any format, before its address is normalized."""

    link: str | None
    guid: str | None
    title: str
    date: str | None
    summary: str
    outlet: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Listing:
    """A source of any format, as its parser leaves it."""

    items: list[Item]
    title: str = ""
    ttl_minutes: int | None = None
    problem: str | None = None
    further: tuple[str, ...] = ()
    """Addresses of the parts in which more of it stands (a sitemap index's sitemaps), those with news first."""


_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|center|cite|code|del|div|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|nobr|ol|p|q|rb|rp|rt|ruby|s|"
    r"small|span|strike|strong|sub|sup|tt|u|ul|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"<(?:script|style)\b.*?</(?:script|style)\s*>", re.IGNORECASE | re.DOTALL)
_ANY_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>", re.DOTALL)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def xml_bytes(text: str) -> bytes:
    """A decoded document as UTF-8 for an XML parser: its declaration, whose encoding no longer holds, replaced."""
    clean = '<?xml version="1.0" encoding="utf-8"?>' + harmless(_NOT_XML.sub("", _DECLARATION.sub("", text, count=1)))
    return clean.encode("utf-8", "replace")


def plain(value: str) -> str:
    """A title without markup: known HTML elements removed, entities decoded once, white space joined.

    ``List<int>`` and other things in angle brackets that are no HTML stay.
    """
    return spaced(html.unescape(_TAG.sub("", value)))


def bare(value: str) -> str:
    """A summary's text: every tag removed, entities decoded once."""
    return spaced(html.unescape(_ANY_TAG.sub(" ", _BLOCK.sub(" ", value))))


def spaced(value: str) -> str:
    """Text with each run of white space as one space."""
    return " ".join(value.split())


def text_of(value: object) -> str:
    """A value that should be text, without white space around it; an empty string for whatever else it is."""
    return value.strip() if isinstance(value, str) else ""


def excerpt(text: str) -> str:
    """The beginning of an answer, to show what came."""
    return repr(spaced(text[:200])[:60])
