"""A capture's bytes as a page: its text, cleaned, and what it says of itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from flows.encoding import decode
from flows.model import Page
from flows.reading.blocks import blocks_of, compact, parse_text
from flows.reading.body import find_body
from flows.reading.cleaning import CleaningRules
from flows.reading.metadata import find_metadata
from flows.reading.pagination import next_link
from flows.reading.times import stamps

_SHORT_TITLE = 120
_HEAD_LINES = 6
_LONG_LINE = 20


def extract_page(body: bytes, content_type: str, url: str, rules: CleaningRules) -> Page:
    """Reads a page or a text file. Never raises on bad markup: what has no text gives an empty one.

    Args:
        body: the content-decoded bytes.
        content_type: the Content-Type header as sent.
        url: the page's address.
        rules: the cleaning patterns of the seeds folder.
    """
    text, _ = decode(body, content_type)
    if content_type.startswith("text/plain"):
        return _text_page(text, rules)
    tree = parse_text(text)
    following = next_link(tree, url)
    blocks = blocks_of(tree, rules.is_box, rules.is_stamp)
    meta = find_metadata(tree, url, blocks, rules)
    found = find_body(tree, blocks, meta.title, rules)
    return Page(
        title=meta.title,
        text="\n".join(found.lines),
        author=meta.author,
        published_at=meta.published_at,
        modified_at=meta.modified_at,
        site_name=meta.site_name,
        canonical=meta.canonical,
        declared_language=meta.declared_language,
        section=meta.section,
        paywalled=meta.paywalled or found.pitched,
        partial=found.pitched or found.teased or following is not None,
        next_page=following,
    )


def _text_page(text: str, rules: CleaningRules) -> Page:
    """A text file: the first line is the title unless it is a paragraph, a line that is nothing but a time tells it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    title = lines[0] if lines and not _is_paragraph(lines[0]) else ""
    body = lines[1:] if title else lines
    times = [
        stamp.moment for line in body[:_HEAD_LINES] if rules.is_stamp(line) for stamp in stamps(line, rules.updated)
    ]
    published = times[0] if len({moment.date() for moment in times}) == 1 else None
    return Page(title=title, text="\n".join(body), published_at=published)


def _is_paragraph(line: str) -> bool:
    return len(line) > _SHORT_TITLE or (len(line) > _SHORT_TITLE // 2 and line.endswith("。"))


def join_pages(pages: Sequence[Page]) -> Page:
    """An article's pages as one: the first page's metadata, the text of all without what further pages repeat.

    Args:
        pages: the pages in order, at least one.
    """
    first = pages[0]
    lines = first.text.splitlines()
    seen = {compact(line) for line in (first.title, *lines)}
    for page in pages[1:]:
        for i, line in enumerate(page.text.splitlines()):
            flat = compact(line)
            if flat in seen and (i < _HEAD_LINES or len(flat) >= _LONG_LINE):
                continue
            seen.add(flat)
            lines.append(line)
    last = pages[-1]
    return dataclasses.replace(
        first,
        text="\n".join(lines),
        paywalled=any(page.paywalled for page in pages),
        partial=last.partial,
        next_page=last.next_page,
    )
