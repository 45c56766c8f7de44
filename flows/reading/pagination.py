"""Articles over several pages: where the next one is."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urljoin, urlsplit

from lxml.html import HtmlElement

from flows.reading.blocks import parse_html

_NEXT = re.compile(r"^(?:次(?:の)?(?:ページ)?(?:へ|を読む)?|続きを読む|next(?: page)?)[ 　>＞»→]*$", re.IGNORECASE)
_NUMBER = re.compile(r"(?:[/_-](?:p|page)?[/_-]?|[?&](?:p|page|pg)=)(\d{1,2})(?:\.html?|/)?$", re.IGNORECASE)

_MOST_PAGES = 40


def next_page_url(body: bytes, content_type: str, url: str) -> str | None:
    """The address of the next page of the article that a page shows, or None.

    A link counts where the page marks it as the next (``rel=next``, 次のページへ) and its address differs from the
    page's by nothing but a page number, so that the next article or a list of articles is never taken for it.
    """
    if (
        b"next" not in body.lower()
        and "次".encode() not in body
        and b"\xbc\xa1" not in body
        and b"\x8e\x9f" not in body
    ):
        return None
    tree = parse_html(body, content_type)
    for element in tree.iter("link", "a"):
        href = element.get("href")
        if href and _marked(element):
            address = str(urljoin(url, href.strip()).split("#")[0])
            if _follows(url, address):
                return address
    return None


def _marked(element: HtmlElement) -> bool:
    if "next" in (element.get("rel") or "").casefold().split():
        return True
    return element.tag == "a" and bool(_NEXT.match((element.text_content() or "").strip()))


def _follows(url: str, address: str) -> bool:
    here, there = urlsplit(url), urlsplit(address)
    if here.hostname != there.hostname:
        return False
    number, before = _page(address), _page(url) or 1
    if number is None or number != before + 1:
        return False
    return _stem(url) == _stem(address)


def _page(url: str) -> int | None:
    query = parse_qs(urlsplit(url).query)
    for name in ("page", "p", "pg"):
        if query.get(name, [""])[0].isdigit():
            return int(query[name][0])
    match = _NUMBER.search(urlsplit(url).path)
    return int(match[1]) if match else None


def _stem(url: str) -> str:
    """The address without its page number and ending."""
    parts = urlsplit(url)
    path = re.sub(r"\.html?$", "", parts.path).rstrip("/")
    number = _page(parts.path)
    if number is not None and number < _MOST_PAGES and not _query_paged(parts.query):
        path = re.sub(r"[/_-](?:p|page)?[/_-]?\d{1,2}$", "", path)
    return f"{parts.hostname}{path}"


def _query_paged(query: str) -> bool:
    return any(name in parse_qs(query) for name in ("page", "p", "pg"))
