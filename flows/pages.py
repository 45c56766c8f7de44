"""Captures to articles: which article a page is, in which state, and what reading makes of it.

An article is named by its canonical address, but addresses lie: templates declare one canonical address for all their
pages, and some sites put a new text under an old address. So a page is what an address has stood for only if it says
so: by its title or by its text. A wholly different text under a canonical address that is not where the page came
from has an article of its own under its own address; one that came under its own address, and later, is a new article
with the same ``url`` and an id derived from address and publication time; any other is a revision.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from flows.capture import urls
from flows.capture.archive import ArchiveError, read_capture
from flows.capture.identity import key
from flows.model import Article, Capture, KnownArticle, Page, Signature, StoredText, digest_of
from flows.reading.articles import Knowledge, address_of, assess
from flows.reading.extraction import extract_page, join_pages
from flows.reading.normalize import skeleton
from flows.reading.origins import find_origin
from flows.reading.shingles import overlap, shingles, signature
from warehouse.reader import Reader

ALIKE = 0.2
"""Share of the shorter text's 5-grams that a revision keeps: two texts on one subject share less than a tenth."""
LATER = dt.timedelta(hours=1)
"""By how much a text must be younger than another to be a new article in its place."""


@dataclasses.dataclass(frozen=True)
class ExtractedPage:
    """A capture with what its bytes show; what cannot be read carries its error instead."""

    capture: Capture
    page: Page | None
    address: str = ""
    """The canonical URL that the page declares, or its own."""
    own: str = ""
    """The address that answered."""
    error: str | None = None


@dataclasses.dataclass(frozen=True)
class ReadPage:
    """A capture, read: the article where it is new or changed, and its signature."""

    capture: Capture
    article: Article | None
    signature: Signature | None
    error: str | None = None
    known: KnownArticle | None = None
    """The article as earlier runs left it."""


def extract_pages(captures: Iterable[Capture], data: Path, knowledge: Knowledge) -> list[ExtractedPage]:
    """Reads captures out of the archive below ``data``, the further pages of an article joined to its first."""
    result = []
    for capture in captures:
        try:
            page = _page(capture, data, knowledge)
            web = capture.url.startswith("http")
            address = urls.normalize(address_of(page, capture, knowledge.web)) if web else capture.canonical_url
            result.append(ExtractedPage(capture, page, address, _own(capture)))
        except (ArchiveError, urls.UrlError) as error:
            result.append(ExtractedPage(capture, None, error=str(error)))
    return result


def _page(capture: Capture, data: Path, knowledge: Knowledge) -> Page:
    bodies = [read_capture(data, place) for place in (capture.raw_path, *capture.further)]
    first, *others = [extract_page(*body, capture.final_url, knowledge.rules) for body in bodies]
    page = join_pages([first, *others]) if others else first
    portal = knowledge.web.portal(capture.final_url)
    if portal is None:
        return page
    return dataclasses.replace(page, origin=find_origin(*bodies[0], capture.final_url, portal, knowledge.rules))


def _own(capture: Capture) -> str:
    return urls.normalize(capture.final_url) if capture.url.startswith("http") else capture.canonical_url


def judge_pages(extracted: Sequence[ExtractedPage], reader: Reader, knowledge: Knowledge) -> list[ReadPage]:
    """The articles that pages show, with language, relevance and topics, where they are new or changed."""
    places = {address for e in extracted if e.page for address in (e.address, e.own)}
    wanted = places | {form for place in places for form in urls.forms(place)}
    stored: dict[str, list[StoredText]] = {}
    for text in sorted(reader.texts_by_url(sorted(wanted)), key=lambda t: (t.first_seen_at, t.article_id)):
        stored.setdefault(key(text.url), []).append(text)
    named = [identify(e.page, e.address, e.own, stored) if e.page else ("", "") for e in extracted]
    known = reader.known_articles(sorted({number for number, _ in named if number}))
    result = []
    for item, (number, address) in zip(extracted, named, strict=True):
        if item.page is None:
            result.append(ReadPage(item.capture, None, None, item.error))
            continue
        before = known.get(number)
        # A search feed's name for an outlet is not ours, and what a portal shows is the portal's page.
        outlet = knowledge.web.outlet(address) if item.capture.feed_url else None
        capture = dataclasses.replace(item.capture, publisher=outlet or item.capture.publisher)
        article = assess(item.page, capture, address, number, before, knowledge)
        if article is not None:
            article = dataclasses.replace(
                article,
                duplicate_of=before.duplicate_of if before else None,
                declared_original=_normalized(article.declared_original),
            )
        result.append(ReadPage(item.capture, article, signature_of(article), known=before))
    return result


def signature_of(article: Article | None) -> Signature | None:
    """The signature of a relevant article; None for any other and for one without a letter."""
    if article is None or not article.relevant:
        return None
    made = signature(article.text)
    return Signature(article.article_id, article.revision, made.scheme, made.bands) if made.bands else None


def _normalized(url: str | None) -> str | None:
    try:
        return urls.normalize(url) if url else None
    except urls.UrlError:
        return None


def identify(page: Page, declared: str, own: str, stored: Mapping[str, Sequence[StoredText]]) -> tuple[str, str]:
    """Which article a page is.

    Args:
        page: what was read.
        declared: the canonical address that it declares, or its own.
        own: the address that answered.
        stored: the articles known under these addresses by the addresses' keys, those seen first first.

    Returns:
        The article's id and canonical URL.
    """
    for address in dict.fromkeys((declared, own)):
        for text in reversed(stored.get(key(address), ())):
            if _same(page, text):
                return text.article_id, text.url
    address = declared
    there = stored.get(key(declared), ())
    if there and key(own) != key(declared):
        address, there = own, stored.get(key(own), ())
    if not there:
        return urls.article_id(address), address
    newest = there[-1]
    if page.published_at and newest.published_at and page.published_at - newest.published_at > LATER:
        return digest_of(newest.url, page.published_at.astimezone(dt.UTC).isoformat()), newest.url
    return newest.article_id, newest.url


def _same(page: Page, text: StoredText) -> bool:
    """Whether a page is a state of a stored article: same title, or a text that shares enough with it."""
    title = skeleton(page.title)
    if title and title == skeleton(text.title):
        return True
    if not page.text or not text.text:
        return page.text == text.text
    if page.text == text.text:
        return True
    return _kept(page.text, text.text) >= ALIKE


def _kept(one: str, other: str) -> float:
    """How much of the shorter of two texts stands in the longer one."""
    shorter, longer = sorted((one, other), key=len)
    return overlap(shingles(shorter), shingles(longer))[1]


def one_each(pages: Iterable[ReadPage]) -> list[ReadPage]:
    """One state for each article of a run, in an order that does not depend on the batches.

    Two new pages that claim one address with wholly different texts are two articles: the second is known by where it
    came from. Two that are one text under forms of one address are one.
    """
    found: dict[str, tuple[ReadPage, Article]] = {}
    texts: set[tuple[str, str]] = set()
    for page in sorted(pages, key=lambda p: (p.capture.canonical_url, p.capture.raw_path)):
        if page.article is None:
            continue
        article, first = page.article, found.get(page.article.article_id)
        if first is not None and article.revision == 1 and _different(first[1], article):
            page, article = _by_its_own(page, article)
        place = (key(article.url), article.content_hash)
        if article.article_id not in found and (article.revision > 1 or place not in texts):
            found[article.article_id] = (page, article)
        texts.add(place)
    return [page for page, _ in found.values()]


def _different(one: Article, other: Article) -> bool:
    if one.content_hash == other.content_hash or skeleton(one.title) == skeleton(other.title):
        return False
    return bool(one.text and other.text) and _kept(one.text, other.text) < ALIKE


def _by_its_own(page: ReadPage, article: Article) -> tuple[ReadPage, Article]:
    address = _own(page.capture)
    number = urls.article_id(address)
    article = dataclasses.replace(article, article_id=number, url=address)
    signed = dataclasses.replace(page.signature, article_id=number) if page.signature else None
    return dataclasses.replace(page, article=article, signature=signed), article
