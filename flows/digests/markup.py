"""HTML element by element: text is escaped where it enters, and a style goes to a class or to the element itself."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import NewType

from flows.digests.text import LONGEST_SENTENCE, clean

Html = NewType("Html", str)
"""HTML in which nothing foreign is left that could do something."""

_VOID = frozenset({"img", "br", "meta", "link"})
Element = Callable[..., Html]


def text(foreign: str, longest: int = LONGEST_SENTENCE) -> Html:
    """Foreign text as HTML: one line of visible characters, nothing active, cut with an ellipsis where it is long."""
    return Html(html.escape(clean(foreign, longest)))


def own(words: str) -> Html:
    """Text of our own as HTML."""
    return Html(html.escape(words))


def joined(parts: list[Html], between: str = "") -> Html:
    """Parts in a row."""
    return Html(html.escape(between).join(parts))


def element(tag: str, *children: Html, style: str = "", **attributes: str | None) -> Html:
    """An element whose style is told by its class.

    Args:
        tag: its name.
        children: what is in it.
        style: its classes.
        attributes: further ones; an underscore stands for a hyphen, None leaves one out.
    """
    return _written(tag, children, {"class": style or None} | attributes)


def styled(styles: Mapping[str, str]) -> Element:
    """Makes elements that carry their style themselves, as mail programs want it.

    Args:
        styles: CSS by class, or by tag where no class has one.
    """

    def inline(tag: str, *children: Html, style: str = "", **attributes: str | None) -> Html:
        found = ";".join(styles[name] for name in (style.split() or [tag]) if name in styles)
        # Neither anchors within mail nor landmarks mean anything to its programs.
        kept = {k: v for k, v in attributes.items() if k not in {"id", "aria_labelledby"}}
        return _written(tag, children, {"style": found or None} | kept)

    return inline


def _written(tag: str, children: tuple[Html, ...], attributes: Mapping[str, str | None]) -> Html:
    said = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in _VOID:
        return Html(f"<{tag}{said}>")
    return Html(f"<{tag}{said}>{''.join(children)}</{tag}>")
