"""What all pages of the site share: the frame, escaping, links, dates."""

from __future__ import annotations

import datetime as dt
import html

from flows.digests.addresses import claim_page
from flows.digests.text import clean, web_address
from flows.model import JST

STATUS = {"held": "維持", "disputed": "食い違い", "denied": "否定あり", "retracted": "撤回"}
KINDS = {
    "new": "新規",
    "updated": "更新",
    "disputed": "食い違い",
    "corrected": "訂正",
    "retracted": "撤回",
    "denied": "否定",
    "corroborated": "追認",
}
MODALITY = {"reported": "伝聞", "estimated": "推定", "planned": "予定"}


def esc(text: str, longest: int | None = None) -> str:
    """Foreign text as HTML text, also within an attribute."""
    return html.escape(clean(text, longest))


def anchor(text: str, url: str) -> str:
    """A link to an article where its address is one that a reader may be sent to, else the text alone."""
    label = esc(text, 120) or "記事"
    address = web_address(url)
    return f'<a href="{html.escape(address)}" rel="noreferrer">{label}</a>' if address else label


def claim_link(claim_id: str, label: str, up: str) -> str:
    """A link to a claim's page; ``up`` leads from the page that holds it to the site's folder."""
    return f'<a href="{up}{claim_page(claim_id)}">{label}</a>'


def day(moment: dt.datetime) -> str:
    """A day in Japan, for readers and for programs."""
    local = moment.astimezone(JST)
    return f'<time datetime="{local:%Y-%m-%d}">{local.year}年{local.month}月{local.day}日</time>'


def badge(status: str) -> str:
    """Where a claim stands, where it does not simply hold."""
    return "" if status == "held" else f' <span class="badge {esc(status)}">{esc(STATUS.get(status, status))}</span>'


def page(title: str, name: str, body: str, up: str, scripts: tuple[str, ...] = ()) -> str:
    """A whole page.

    Should anything active ever pass, the browser still loads and runs nothing but the site's own script (Content
    Security Policy Level 3).

    Args:
        title: the page's title, not escaped.
        name: what the site is called, not escaped.
        body: HTML of the main part, which begins with its heading.
        up: leads from the page to the site's folder: "" or "../".
        scripts: addresses of the site's scripts that the page runs.
    """
    script_source = "'self'" if scripts else "'none'"
    policy = (
        f"default-src 'none'; style-src 'self'; script-src {script_source}; img-src 'self'; base-uri 'none'; "
        "form-action 'none'"
    )
    tags = "".join(f'<script src="{up}{script}" defer></script>\n' for script in scripts)
    return (
        f'<!DOCTYPE html>\n<html lang="ja">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{esc(title)}</title>\n"
        f'<link rel="stylesheet" href="{up}style.css">\n'
        f'<link rel="alternate" type="application/atom+xml" title="{esc(name)}" href="{up}feed.xml">\n{tags}'
        f'</head>\n<body>\n<a class="skip" href="#main">本文へ</a>\n'
        f'<header><p class="name"><a href="{up}index.html">{esc(name)}</a></p>\n'
        f'<nav aria-label="サイト"><a href="{up}index.html#weeks">週報</a> <a href="{up}index.html#topics">話題</a> '
        f'<a href="{up}index.html#search">検索</a> <a href="{up}feed.xml">フィード</a></nav></header>\n'
        f'<main id="main">\n{body}</main>\n'
        f"<footer><p>記事の文はそのまま引用し、出典に結んでいます。</p></footer>\n</body>\n</html>\n"
    )
