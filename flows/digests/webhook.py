"""A digest as a message for a chat's incoming webhook: Slack's JSON, which Mattermost, Discord and others take too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
from markdown_it import MarkdownIt
from markdown_it.token import Token

from flows.digests.text import clean
from flows.model import digest_of
from flows.report import Edition, Outcome

MOST_BLOCKS = 45
MOST_TEXT = 12_000
"""Slack takes 50 blocks in a message and cuts long ones; what is left out is counted."""
_LONGEST_HEADER = 150
_Element = dict[str, Any]


def address_words(url: str) -> str:
    """How a webhook is named in records: its host and a mark. The address itself is a secret, who has it may post."""
    return f"{urlsplit(url).hostname or 'webhook'}/{digest_of('webhook', url, size=8)}"


def payload(edition: Edition, link: str | None = None) -> dict[str, Any]:
    """The digest as ``{"text": …, "blocks": […]}``.

    Text goes in as elements of rich text, where nothing is markup, so what articles say stays what they say; ``text``
    is what clients without blocks and notifications show.

    Args:
        edition: what to send.
        link: where the digest can be read as a page.
    """
    blocks: list[_Element] = []
    room = MOST_TEXT
    left_out = 0
    for block, length in _blocks(MarkdownIt("commonmark", {"html": False}).parse(edition.markdown)):
        if len(blocks) < MOST_BLOCKS and length <= room and not left_out:
            blocks.append(block)
            room -= length
        else:
            left_out += 1
    if left_out:
        blocks.append(_paragraph([{"type": "text", "text": f"……ほかに{left_out}段落", "style": {"italic": True}}]))
    if link:
        blocks.append(_paragraph([{"type": "link", "url": link, "text": "この週報をページで読む"}]))
    return {"text": _escaped(edition.subject) + (f"\n{link}" if link else ""), "blocks": blocks}


def post(url: str, message: dict[str, Any], number: str, timeout: float, step: Callable[[str], None]) -> Outcome:
    """Posts a message; what fails is told, not raised.

    A connection that cannot be had is tried again. One that breaks after the message went out is not: no chat
    recognizes a repeat.

    Args:
        url: the webhook.
        message: the payload.
        number: the delivery's id, for servers that know the header Idempotency-Key.
        timeout: seconds for each step.
        step: called with ``sending`` before the first byte goes out.
    """
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        return Outcome("failed", "address: KAWARABAN_WEBHOOK_URL takes http and https addresses")
    step("sending")
    try:
        answer = httpx.post(url, json=message, headers={"Idempotency-Key": number}, timeout=timeout)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
        return Outcome("failed", clean(f"{type(error).__name__}: {error}", 300), again=True)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Outcome("unclear", clean(f"{type(error).__name__}: {error}", 300))
    if answer.is_success:
        return Outcome("sent")
    told = clean(f"HTTP {answer.status_code}: {answer.text[:200]}", 300)
    return Outcome("failed", told, again=answer.status_code in {408, 425, 429, 500, 502, 503, 504})


def _blocks(tokens: list[Token]) -> Iterator[tuple[_Element, int]]:
    """Slack's blocks for a document's tokens, each with the length of its text. List items keep their depth."""
    depth = 0
    heading = False
    items: list[tuple[int, list[_Element]]] = []
    for token in tokens:
        if token.type == "bullet_list_open":
            depth += 1
        elif token.type == "bullet_list_close":
            depth -= 1
        elif token.type in {"heading_open", "heading_close"}:
            heading = token.type == "heading_open"
        elif token.type == "inline":
            elements = _inline(token.children or [])
            if depth > 1:
                items.append((depth - 1, elements))
                continue
            if items:
                yield _listed(items)
            items = [(0, elements)] if depth else []
            if heading:
                plain = clean(_plain(elements), _LONGEST_HEADER)
                yield {"type": "header", "text": {"type": "plain_text", "text": plain, "emoji": False}}, len(plain)
            elif not depth:
                yield _paragraph(elements), len(_plain(elements))
    if items:
        yield _listed(items)


def _listed(items: list[tuple[int, list[_Element]]]) -> tuple[_Element, int]:
    """One item of a list with what stands below it."""
    lists = [
        {"type": "rich_text_list", "style": "bullet", "indent": min(depth, 6), "elements": [_section(elements)]}
        for depth, elements in items
    ]
    return {"type": "rich_text", "elements": lists}, sum(len(_plain(elements)) for _, elements in items)


def _inline(tokens: list[Token]) -> list[_Element]:
    elements: list[_Element] = []
    bold, url = 0, ""
    for token in tokens:
        if token.type in {"strong_open", "strong_close"}:
            bold += 1 if token.type == "strong_open" else -1
        elif token.type in {"link_open", "link_close"}:
            url = str(token.attrGet("href") or "") if token.type == "link_open" else ""
        elif token.type in {"text", "code_inline", "softbreak", "hardbreak"}:
            text = token.content if token.type in {"text", "code_inline"} else " "
            if not text:
                continue
            style = {name: True for name, on in (("bold", bold > 0), ("code", token.type == "code_inline")) if on}
            kind = {"type": "link", "url": url} if url.startswith(("http://", "https://")) else {"type": "text"}
            elements.append({**kind, "text": text} | ({"style": style} if style else {}))
    return elements or [{"type": "text", "text": " "}]


def _plain(elements: list[_Element]) -> str:
    return "".join(str(element["text"]) for element in elements)


def _section(elements: list[_Element]) -> _Element:
    return {"type": "rich_text_section", "elements": elements}


def _paragraph(elements: list[_Element]) -> _Element:
    return {"type": "rich_text", "elements": [_section(elements)]}


def _escaped(text: str) -> str:
    """Text for Slack's ``text``, in which three characters mean something."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
