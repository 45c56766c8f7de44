"""Articles over several pages: where the next one is."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urljoin, urlsplit

from lxml.html import HtmlElement

from flows.reading.blocks import parse_html

_NEXT = re.compile(r"^(?:次(?:の)?(?:ページ)?(?:へ|を読む)?|続きを読む|next(?: page)?)[ 　>＞»→]*$", re.IGNORECASE)
_NUMBERED = re.compile(r"(?P<stem>.+?)[/_-](?:p|page)?[/_-]?(?P<number>\d{1,2})", re.IGNORECASE)
_ENDING = re.compile(r"\.html?$")
_SECOND = 2


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
    """Whether an address is the page behind a page: the same address with the next number, or with a first one."""
    here, there = urlsplit(url), urlsplit(address)
    if here.hostname != there.hostname:
        return False
    asked = _query_page(there.query)
    if asked is not None:
        return here.path == there.path and asked == (_query_page(here.query) or 1) + 1
    plain, numbered = _ENDING.sub("", here.path).rstrip("/"), _ENDING.sub("", there.path).rstrip("/")
    match = _NUMBERED.fullmatch(numbered)
    if match is None:
        return False
    number, before = int(match["number"]), _NUMBERED.fullmatch(plain)
    if number == _SECOND:
        return match["stem"] == plain
    return before is not None and before["stem"] == match["stem"] and int(before["number"]) == number - 1


def _query_page(query: str) -> int | None:
    fields = parse_qs(query)
    said = next((fields[name][0] for name in ("page", "p", "pg") if name in fields), "")
    return int(said) if said.isdigit() else None
