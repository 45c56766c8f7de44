"""From a page to an article: who it is, whether it is new, its language, relevance and topics."""

from __future__ import annotations

import dataclasses
import re
from urllib.parse import urlsplit

from flows.model import Article, Capture, KnownArticle, Page
from flows.reading.cleaning import CleaningRules, load_rules
from flows.reading.language import detect
from flows.reading.normalize import content_hash, normalized
from flows.reading.passages import passages
from flows.reading.relevance import RelevanceModel, judge, load_relevance
from flows.reading.topics import TopicModel, classify, load_topics
from flows.web import WebRules, load_web_rules
from seeds import Seeds


@dataclasses.dataclass(frozen=True)
class Knowledge:
    """Everything that reading needs, compiled once for a seeds folder."""

    rules: CleaningRules
    relevance: RelevanceModel
    topics: TopicModel
    correction: re.Pattern[str]
    """A note that the article was put right."""
    language: str = "ja"
    """The language of the articles that are kept."""
    web: WebRules = dataclasses.field(default_factory=WebRules)
    """Which hosts are one site, and which are portals."""


def load_knowledge(seeds: Seeds) -> Knowledge:
    """Compiles the cleaning rules, the subject and the topics.

    Raises:
        SeedsError: a file of the folder is wrong.
        RulesError: ``boilerplate.toml`` is.
    """
    return Knowledge(
        rules=load_rules(seeds.folder),
        relevance=load_relevance(seeds),
        topics=load_topics(seeds),
        correction=seeds.correction_notes,
        web=load_web_rules(seeds),
    )


def address_of(page: Page, capture: Capture, web: WebRules | None = None) -> str:
    """The article's own address: what the page declares as canonical on its site, else where the request ended."""
    declared = page.canonical
    if declared and not _elsewhere(declared, capture, web or WebRules()) and urlsplit(declared).path not in {"", "/"}:
        return declared
    return capture.final_url


def assess(
    page: Page, capture: Capture, url: str, article_id: str, known: KnownArticle | None, knowledge: Knowledge
) -> Article | None:
    """The article that a page shows, judged; None where nothing but typography changed since it was last read.

    Args:
        page: what extraction found.
        capture: where it comes from.
        url: the article's canonical URL.
        article_id: the id of it.
        known: the article as earlier runs left it.
        knowledge: the compiled seeds.
    """
    title = page.title or capture.title
    fingerprint = content_hash(title, page.text)
    if known is not None and known.content_hash == fingerprint:
        return None
    language = detect(page.text, title, page.declared_language)
    sentences = passages(page.text) if language == knowledge.language else []
    relevant = bool(sentences) and judge(title, page.text, knowledge.relevance, sentences).relevant
    return Article(
        article_id=article_id,
        url=url,
        feed_url=capture.feed_url,
        publisher=capture.publisher or page.site_name or urlsplit(capture.canonical_url).hostname or "",
        title=title,
        author=page.author,
        published_at=page.published_at or capture.published_at,
        modified_at=page.modified_at,
        language=language,
        relevant=relevant,
        text=page.text,
        content_hash=fingerprint,
        revision=known.revision + 1 if known else 1,
        seen_at=capture.fetched_at,
        raw_path=capture.raw_path,
        partial=page.partial,
        paywalled=page.paywalled,
        entry_url=capture.canonical_url,
        origin=page.origin,
        declared_original=_declared_original(page, capture, knowledge.web),
        section=page.section,
        correction=bool(knowledge.correction.search(normalized(page.text))),
        topics=classify(title, page.text, knowledge.topics, sentences) if relevant else (),
    )


def _declared_original(page: Page, capture: Capture, web: WebRules) -> str | None:
    return page.canonical if page.canonical and _elsewhere(page.canonical, capture, web) else None


def _elsewhere(canonical: str, capture: Capture, web: WebRules) -> bool:
    """Whether a declared canonical URL is another page's: on a host that is not of the page's site."""
    there = (urlsplit(canonical).hostname or "").removeprefix("www.")
    here = ((urlsplit(u).hostname or "").removeprefix("www.") for u in (capture.canonical_url, capture.final_url))
    return not any(there == host or web.same_site(there, host) for host in here)
