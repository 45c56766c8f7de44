"""A capture's bytes as a page: its text, cleaned, and what it says of itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from flows.encoding import decode
from flows.model import Page
from flows.reading.blocks import parse_text
from flows.reading.body import find_body
from flows.reading.cleaning import CleaningRules
from flows.reading.metadata import find_metadata, read_time

_SHORT_TITLE = 120
_HEAD_LINES = 8


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
        return _text_page(text)
    tree = parse_text(text)
    meta = find_metadata(tree, url)
    found = find_body(tree, meta.title, rules)
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
        partial=found.pitched or found.teased,
    )


def _text_page(text: str) -> Page:
    """A text file: the first line that has any text is the title, the others are the body."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").split("\n")]
    lines = [line for line in lines if line]
    title = lines[0] if lines and len(lines[0]) <= _SHORT_TITLE else ""
    body = lines[1:] if title else lines
    published = next((t for line in body[:_HEAD_LINES] if len(line) <= 40 and (t := read_time(line))), None)
    return Page(title=title, text="\n".join(body), published_at=published)


def join_pages(pages: Sequence[Page]) -> Page:
    """An article's pages as one: the first page's metadata, the text of all without what they repeat."""
    first, *others = pages
    lines = first.text.split("\n")
    seen = set(lines)
    for page in others:
        lines += [line for line in page.text.split("\n") if line not in seen and line != first.title]
        seen.update(lines)
    partial = pages[-1].partial
    return dataclasses.replace(first, text="\n".join(line for line in lines if line), partial=partial)
