"""A digest as one HTML page: readable on a phone, dark where the reader's device is, no scripts, nothing remote."""

from __future__ import annotations

import html

import nh3
from markdown_it import MarkdownIt

from flows.digests.text import clean

_STYLE = """
:root { color-scheme: light dark; }
body { max-width: 44rem; margin: 0 auto; padding: 1rem; line-height: 1.8; font-family: system-ui, sans-serif;
  overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; border-bottom: 1px solid; padding-bottom: .2rem; }
h3 { font-size: 1.05rem; } ul { padding-left: 1.2rem; } li { margin: .4rem 0; } li li { font-size: .92rem; }
a { color: #0b57d0; } @media (prefers-color-scheme: dark) { a { color: #a8c7fa; } }
"""
_TAGS = {"h1", "h2", "h3", "p", "ul", "li", "strong", "em", "a", "code", "blockquote", "br"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""Should anything active ever pass, the browser still loads and runs nothing (Content Security Policy Level 3)."""


def render_html(markdown: str, title: str) -> str:
    """A complete page from a digest's Markdown; only the tags that a digest needs survive."""
    body = MarkdownIt("commonmark", {"html": False}).render(markdown)
    safe = nh3.clean(body, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https"})
    return (
        f'<!DOCTYPE html>\n<html lang="ja">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(clean(title))}</title>\n"
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{safe}</main>\n</body>\n</html>\n"
    )
