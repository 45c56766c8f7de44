"""JSON-LD (schema.org): which object describes the article of a page."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from flows.reading.blocks import squeezed

_ARTICLE = re.compile(r".*(?:Article|Posting|Report|Review|PressRelease)$|.*Article")
_PAGE = re.compile(r"WebPage|ItemPage|Event|Product|Book")
_JSON_WRAP = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|;)\s*$"
)
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
MAX_NESTING = 4


def linked_data(tree: HtmlElement) -> list[Mapping[str, Any]]:
    """Every JSON-LD object that describes an article, those of a whole page behind them."""
    articles, pages = [], []
    for script in tree.iter("script"):
        if (script.get("type") or "").split(";")[0].strip().lower() != "application/ld+json":
            continue
        for item in _objects(_json(script.text or ""), 0):
            kinds = item.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(kind, str) and _ARTICLE.fullmatch(kind) for kind in kinds):
                articles.append(item)
            elif any(isinstance(kind, str) and _PAGE.fullmatch(kind) for kind in kinds):
                pages.append(item)
    return [*articles, *pages]


def _json(text: str) -> Any:
    bare = _JSON_WRAP.sub("", _JSON_WRAP.sub("", text.strip()).strip())
    for candidate in (bare, _TRAILING_COMMA.sub("", bare)):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _objects(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        for item in value:
            yield from _objects(item, depth)
    elif isinstance(value, dict) and depth < MAX_NESTING:
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if isinstance(value.get(key), dict | list):
                yield from _objects(value[key], depth + 1)


def of_this_page(linked: Sequence[Mapping[str, Any]], address: str) -> Mapping[str, Any]:
    """The object that describes this page, where a page also describes others in lists."""
    wanted = _path(address)
    for item in linked:
        told = item.get("mainEntityOfPage")
        told = told.get("@id") or told.get("url") if isinstance(told, dict) else told
        if any(isinstance(u, str) and _path(u) == wanted for u in (told, item.get("url"), item.get("@id"))):
            return item
    return next((item for item in linked if item.get("datePublished")), linked[0] if linked else {})


def _path(address: str) -> str:
    try:
        return urlsplit(address).path.rstrip("/")
    except ValueError:
        return ""


def text_of(value: Any) -> str | None:
    """A string value, the first where there are several; None for anything else."""
    if isinstance(value, list):
        value = value[0] if value else None
    return squeezed(html.unescape(value)) or None if isinstance(value, str) else None


def name_of(value: Any) -> str | None:
    """The name of a person or an organization, given as an object or as a string."""
    if isinstance(value, list):
        value = value[0] if value else None
    return text_of(value.get("name")) if isinstance(value, dict) else text_of(value)
