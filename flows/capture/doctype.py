"""Document types made harmless: of what a feed declares, only entities that stand for a few characters are kept.

A parser that expands entities which name others can be made to work for minutes by a kilobyte ("billion laughs").
"""

from __future__ import annotations

import re

_PROLOGUE = re.compile(r"(?:\s+|<\?[^>]{0,1000}\?>|<!--.*?-->)*", re.DOTALL)
_DOCTYPE = re.compile(r"""<!DOCTYPE\b(?:[^\[>"']|"[^"]*"|'[^']*')*""", re.IGNORECASE)
_SUBSET_END = re.compile(r""""[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|<!--.*?(?:-->|\Z)|(?P<end>\]\s*>)""", re.DOTALL)
_ENTITY = re.compile(
    r"""<!ENTITY\s+([\w.-]{1,50})\s+(?:"((?:[^"<&%]|&\#\w{1,8};){0,200})"|'((?:[^'<&%]|&\#\w{1,8};){0,200})')\s*>"""
)
_MOST = 300
"""Entities that are kept; HTML has some 250."""


def harmless(text: str) -> str:
    """An XML document without its internal declarations, but for those entities that name no other entity."""
    prologue = _PROLOGUE.match(text)
    begin = _DOCTYPE.match(text, prologue.end() if prologue else 0)
    if begin is None or text[begin.end() : begin.end() + 1] != "[":
        return text
    end = next((found for found in _SUBSET_END.finditer(text, begin.end() + 1) if found["end"]), None)
    if end is None:
        return text[: begin.start()] + text[begin.end() + 1 :]
    found = [match.groups(default="") for match in _ENTITY.finditer(text, begin.end(), end.start())][:_MOST]
    # A line for each, in double quotes: feedparser sees no others.
    kept = "".join(
        f'<!ENTITY {name} "{(double or single).replace(chr(34), "&#34;")}">\n' for name, double, single in found
    )
    subset = f"[\n{kept}]" if kept else ""
    return f"{text[: begin.start()]}\n<!DOCTYPE{begin.group()[9:]}{subset}>{text[end.end() :]}"
