"""Articles over several pages: where the next page is.

A link counts where it is marked as leading on (``rel=next``, 次のページ, the next number of a pager) and its address is
the page's own but for a page number. So neither the next article nor a list of articles is taken for one.
"""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit

from lxml.html import HtmlElement

from flows.encoding import decode
from flows.reading.blocks import element_text, parse_text

MOST_PAGES = 50
"""A larger number counts articles, not pages."""

SECOND = 2

_QUERY_NAMES = frozenset({"page", "p", "pg", "pn", "paged", "pageno", "page_no", "pagenum", "pno", "cpage_no"})
_ENDING = re.compile(r"(?:\.(?:s?html?|php|aspx?|jsp)|/)$", re.IGNORECASE)
_NUMBERED = re.compile(
    r"^(?P<base>.+?)(?P<sign>/(?:page|p)[/_-]?|[/_-](?:page|p)?|[._]p|p)(?P<number>\d{1,2})$", re.IGNORECASE
)
_NEXT = re.compile(
    r"^[\s>＞»›→▶▷・|]*(?:次|つぎ|続き|つづき)(?:の|を|へ)?\s*(?:ページ|頁|読む)?\s*(?:へ|を読む|に進む|へ進む|に続く)?"
    r"(?:\s*[:：→>＞▶(（「].{0,60})?[\s>＞»›→▶▷]*$|^\s*next(?:\s*page)?[\s>＞»›→]*$|^[>＞»›→]+$",
    re.IGNORECASE,
)
_LINK = re.compile(r"<(?:a|link)\b[^>]*?\bhref\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)


def next_page_url(body: bytes, content_type: str, url: str) -> str | None:
    """The address of the next page of the article that a page shows, or None.

    Args:
        body: the page's content-decoded bytes.
        content_type: the Content-Type header as sent.
        url: the page's own address.
    """
    text, _ = decode(body, content_type)
    if not any(_step(url, html.unescape(href)) for href in set(_LINK.findall(text))):
        return None
    return next_link(parse_text(text), url)


def next_link(tree: HtmlElement, url: str) -> str | None:
    """As ``next_page_url``, for a page that is parsed already."""
    found: list[tuple[int, str]] = []
    leads_back: dict[str, bool] = {}
    for element in tree.iter("link", "a"):
        href = element.get("href")
        step = _step(url, href) if href else None
        if step is None:
            continue
        rank = _rank(element, step.number)
        if rank is None:
            continue
        if step.base is not None:
            if step.base not in leads_back:
                leads_back[step.base] = _leads_back(tree, url, step.base)
            if not leads_back[step.base]:
                continue
        found.append((rank, step.address))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _rank(element: HtmlElement, number: int) -> int | None:
    """How plainly a link is marked as the next page; None for not at all."""
    if "next" in (element.get("rel") or "").lower().split():
        return 0
    if element.tag != "a":
        return None
    text = element_text(element)
    if _NEXT.match(text):
        return 1
    return 2 if re.fullmatch(rf"\D{{0,4}}0?{number}\s*(?:ページ目?|頁)?", text) else None


@dataclasses.dataclass(frozen=True, slots=True)
class _Step:
    """A link from a page to what by its address is the next one."""

    address: str
    number: int
    base: str | None = None
    """For a page that is numbered itself: the article's path, to which the page must lead back."""


def _step(url: str, href: str) -> _Step | None:
    """The step that a link makes; None for an address that is not the page's own with the next page number."""
    if not any(c.isdigit() for c in href):
        return None
    try:
        address: str = urljoin(url, href.strip()).split("#")[0]
        here, there = urlsplit(url), urlsplit(address)
        same_host = here.hostname == there.hostname
    except ValueError:
        return None
    if not same_host or there.scheme not in {"http", "https"} or here.path in {"", "/"}:
        return None
    if _other_query(there) != _other_query(here):
        return None
    plain, told = _plain(here), _query_number(here)
    number = _query_number(there)
    if number is not None:
        if _plain(there) != plain or number != (told or 1) + 1:
            return None
        return _Step(address, number, plain if told else None)
    return _path_step(address, plain, _plain(there)) if told is None else None


def _path_step(address: str, here: str, there: str) -> _Step | None:
    """The step from the first page to the second, or from a numbered page to the one behind it."""
    ahead = _NUMBERED.match(there)
    if ahead is None:
        return None
    number = int(ahead["number"])
    if ahead["base"] == here:
        return _Step(address, number) if number == SECOND else None
    behind = _NUMBERED.match(here)
    if behind is None or behind["base"] != ahead["base"] or not 1 < int(behind["number"]) == number - 1 < MOST_PAGES:
        return None
    return _Step(address, number, ahead["base"])


def _leads_back(tree: HtmlElement, url: str, base: str) -> bool:
    """Whether a numbered page links to the article's first page: else its number counts articles."""
    return any(_is_first(address, base) for address in _addresses(tree, url))


def _is_first(address: SplitResult, base: str) -> bool:
    plain, number = _plain(address), _query_number(address)
    if plain == base:
        return number in {None, 1}
    match = _NUMBERED.match(plain)
    return match is not None and match["base"] == base and int(match["number"]) == 1


def _addresses(tree: HtmlElement, url: str) -> Iterator[SplitResult]:
    host = urlsplit(url).hostname
    for element in tree.iter("a", "link"):
        try:
            address = urlsplit(urljoin(url, (element.get("href") or "#").strip()))
            if address.hostname == host:
                yield address
        except ValueError:
            continue


def _plain(parts: SplitResult) -> str:
    return _ENDING.sub("", parts.path) or "/"


def _query_number(parts: SplitResult) -> int | None:
    for name, value in parse_qsl(parts.query):
        if name.lower() in _QUERY_NAMES and value.isascii() and value.isdigit() and int(value) <= MOST_PAGES:
            return int(value)
    return None


def _other_query(parts: SplitResult) -> list[tuple[str, str]]:
    """The query without its page number and what only counts visits."""
    kept = []
    for name, value in parse_qsl(parts.query):
        paging = name.lower() in _QUERY_NAMES and value.isdigit() and int(value) <= MOST_PAGES
        if not paging and not name.lower().startswith(("utm_", "ref", "from", "fbclid", "gclid")):
            kept.append((name, value))
    return kept
