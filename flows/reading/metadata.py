"""What a page says of itself: title, author, times, outlet, canonical address, section, paywall.

JSON-LD is believed first, then meta elements, then what stands in the page. A time without a zone is Japan's; where the
page tells none, there is none.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from lxml.html import HtmlElement

from flows.model import JST
from flows.reading.blocks import squeezed

_ARTICLE = re.compile(
    r"(?:News|Blog|Tech|Report|Analysis|Opinion)?Article|BlogPosting|NewsArticle|WebPage", re.IGNORECASE
)
_JAPANESE = re.compile(
    r"(?P<y>20\d\d)\s*[年/.\-]\s*(?P<m>\d{1,2})\s*[月/.\-]\s*(?P<d>\d{1,2})日?\s*(?:[(（][日月火水木金土](?:曜日?)?[)）])?"
    r"(?:\s*(?P<ampm>午前|午後|AM|PM)?\s*(?P<H>\d{1,2})\s*(?:時|:|：)\s*(?P<M>\d{1,2})?分?)?"
)
_UPDATED = re.compile(r"更新|改訂|修正|最終")
_SEPARATORS = re.compile(r"\s*(?:[|｜│]|\s[-–—−]\s|[:：]\s|[«»<＜]|\s/\s|／)\s*")


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


def find_metadata(tree: HtmlElement, url: str) -> Metadata:
    """Reads a page's metadata.

    Args:
        tree: the whole page.
        url: its address, against which a relative canonical URL is resolved.
    """
    ld = next(iter(_linked_data(tree)), {})
    meta = _meta(tree)
    site = meta.get("og:site_name") or _name(ld.get("publisher"))
    canonical = next(iter(tree.xpath("//link[translate(@rel,'CANONICAL','canonical')='canonical']/@href")), None)
    return Metadata(
        title=_title(tree, ld, meta, site),
        author=_name(ld.get("author")) or meta.get("author") or _byline(tree),
        published_at=_published(tree, ld, meta),
        modified_at=read_time(str(ld.get("dateModified") or "")) or read_time(meta.get("article:modified_time", "")),
        site_name=site,
        canonical=urljoin(url, canonical.strip()) if canonical else None,
        declared_language=tree.get("lang") or meta.get("content-language"),
        section=_text_of(ld.get("articleSection")) or meta.get("article:section"),
        paywalled=str(ld.get("isAccessibleForFree", "")).casefold() == "false",
    )


def _linked_data(tree: HtmlElement) -> Iterator[Mapping[str, Any]]:
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            document = json.loads(script.text_content(), strict=False)
        except ValueError:
            continue
        queue = document if isinstance(document, list) else [document]
        for item in queue:
            if not isinstance(item, dict):
                continue
            queue = item.get("@graph", [])
            for found in [item, *(queue if isinstance(queue, list) else [])]:
                if isinstance(found, dict) and _ARTICLE.fullmatch(_text_of(found.get("@type")) or ""):
                    yield found


def _text_of(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return value.strip() or None if isinstance(value, str) else None


def _name(value: Any) -> str | None:
    if isinstance(value, list):
        names = [name for item in value if (name := _name(item))]
        return "、".join(names) or None
    if isinstance(value, dict):
        return _text_of(value.get("name"))
    return _text_of(value)


def _meta(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        content = (element.get("content") or "").strip()
        if name and content:
            found.setdefault(name.casefold(), content)
    return found


def _title(tree: HtmlElement, ld: Mapping[str, Any], meta: Mapping[str, str], site: str | None) -> str:
    whole = squeezed(next((t.text_content() for t in tree.iter("title")), ""))
    headings = [squeezed(h.text_content()) for h in tree.iter("h1", "h2")]
    declared = _text_of(ld.get("headline")) or meta.get("og:title") or whole
    declared = without_site(squeezed(declared), site)
    for heading in headings:
        if len(heading) >= 5 and (heading == declared or (heading in whole and declared.startswith(heading[:12]))):
            return heading
    return declared or without_site(whole, site) or (headings[0] if headings else "")


def without_site(title: str, site: str | None) -> str:
    """A title without the site's name (and section names) behind or before it."""
    parts = _SEPARATORS.split(title)
    if len(parts) < 2:
        return title
    if site:
        bare = site.casefold().replace(" ", "")
        while len(parts) > 1 and (bare in parts[-1].casefold().replace(" ", "") or parts[-1].casefold() in bare):
            title = title[: title.rfind(parts.pop())].rstrip(" 　|｜-–—−:：«»<＜/／│")
        return title
    return title


def _byline(tree: HtmlElement) -> str | None:
    for element in tree.xpath("//*[contains(@class,'author') or contains(@class,'byline') or @rel='author']"):
        text = squeezed(element.text_content())
        if 1 < len(text) <= 30:
            return text
    return None


def _published(tree: HtmlElement, ld: Mapping[str, Any], meta: Mapping[str, str]) -> dt.datetime | None:
    told = [
        str(ld.get("datePublished") or ""),
        *(
            meta.get(n, "")
            for n in (
                "article:published_time",
                "datepublished",
                "pubdate",
                "date",
                "dc.date",
                "cxenseparse:recs:publishtime",
            )
        ),
        *tree.xpath("//time[@itemprop='datePublished' or @pubdate]/@datetime"),
        *tree.xpath("//time/@datetime")[:1],
    ]
    best = next((moment for text in told if (moment := read_time(text))), None)
    if best is not None and (best.hour, best.minute) != (0, 0):
        return best
    seen = _in_text(tree)
    if seen is not None and (best is None or seen.date() == best.date()):
        return seen
    return best


def _in_text(tree: HtmlElement) -> dt.datetime | None:
    """The first full date that the page shows, in a line that is not about an update."""
    for text in tree.xpath("//body//text()"):
        line = text.strip()
        if not 8 <= len(line) <= 80 or not _JAPANESE.search(line) or _UPDATED.search(line.split("日")[0][:6]):
            continue
        parent = text.getparent()
        if parent is not None and parent.tag in {"script", "style"}:
            continue
        return read_time(line)
    return None


def read_time(text: str) -> dt.datetime | None:
    """A time as ISO 8601 or as Japanese pages write it (2025年1月28日 午後2時13分); None where there is none."""
    text = text.strip()
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        match = _JAPANESE.search(text)
        if not match:
            return None
        hour, minute = int(match["H"] or 0), int(match["M"] or 0)
        if match["ampm"] in {"午後", "PM"} and hour < 12:
            hour += 12
        zone = re.search(r"([+-])(\d\d):?(\d\d)\s*$", text)
        try:
            moment = dt.datetime(int(match["y"]), int(match["m"]), int(match["d"]), hour % 24, minute, tzinfo=JST)
        except ValueError:
            return None
        if zone:
            offset = dt.timedelta(hours=int(zone[2]), minutes=int(zone[3]))
            moment = moment.replace(tzinfo=dt.timezone(offset if zone[1] == "+" else -offset))
    return moment if moment.tzinfo else moment.replace(tzinfo=JST)
