"""Serves a news world on loopback: a forward proxy that answers for the world's hosts and for no others."""

from __future__ import annotations

import datetime as dt
import email.utils
import hashlib
import html
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from flows.demo.world import FOLDER, World, load_world
from flows.model import JST

_CODECS = {"shift_jis": "cp932", "euc-jp": "euc_jp"}
_MENU = "トップ 経済 国際 科学 くらし 会員登録 ログイン"
_RANKING = ("梅雨入りはいつごろ", "DeepSeekの使い方をおさらい", "夏の電気代を抑える工夫")
_FOOT = "記事の無断転載を禁じます 会社概要 お問い合わせ"

Record = Mapping[str, Any]


class Newsroom:
    """A running world; ``wave`` is the moment that it shows, ``hits`` the requests that it saw."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Binds a free port; serving begins with ``with``."""
        self.world: World = load_world(folder)
        self.wave = self.world.waves[0][0]
        self.hits: dict[str, int] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))

    def __enter__(self) -> Self:
        """Starts serving."""
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops serving."""
        self._server.shutdown()
        self._server.server_close()

    @property
    def proxy_url(self) -> str:
        """What to set ``HTTP_PROXY`` to."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, host: str, path: str) -> tuple[int, str, bytes]:
        """Status, media type and body for an address."""
        self.hits[host + path] = self.hits.get(host + path, 0) + 1
        site = self.world.sites.get(host)
        if site is None:
            return 502, "text/plain", b"this world has no such host\n"
        charset = str(site["charset"])
        if path == "/robots.txt":
            rules = "".join(f"Disallow: {p}\n" for p in site.get("disallow", ()))
            return 200, "text/plain", f"User-agent: *\n{rules}".encode()
        if path == "/feed.xml":
            media, text = _feed(host, site, self.world, self.wave)
            charset = "utf-8" if site["feed"] == "json" else charset
            return 200, f"{media}; charset={charset}", _encoded(text, charset)
        record = self.world.online(self.wave).get((host, path))
        if record is not None:
            return 200, f"text/html; charset={charset}", _encoded(_page(record, site), charset)
        appeared = any((r["site"], r["path"]) == (host, path) and r["wave"] <= self.wave for r in self.world.records)
        return (410 if appeared else 404), "text/html", b"<h1>not here</h1>"


def _handler(room: Newsroom) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            host = parts.hostname or (self.headers.get("Host") or "").split(":")[0]
            status, media, body = room.answer(host, parts.path)
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if status == 200 and self.headers.get("If-None-Match") == tag:
                status, body = 304, b""
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
            if status in {200, 304}:
                self.send_header("ETag", tag)
            self.end_headers()
            self.wfile.write(body)

    return Handler


def _encoded(text: str, charset: str) -> bytes:
    return text.encode(_CODECS.get(charset, charset), "xmlcharrefreplace")


def _page(record: Record, site: Mapping[str, Any]) -> str:
    title, published = html.escape(record["title"]), str(record["published"])
    when = dt.datetime.fromisoformat(published).astimezone(JST)
    stamp = f"{when:%Y年%-m月%-d日 %-H時%M分}"
    url = f"http://{record['site']}{record['path']}"
    head = [
        f'<meta charset="{site["charset"]}"><title>{title} | {site["name"]}</title>',
        f'<link rel="canonical" href="{record.get("canonical", url)}">',
    ]
    ranking = "".join(f"<li>{html.escape(line)}</li>" for line in _RANKING)
    template = site["template"]
    if template == "news":
        data = {
            "@type": "NewsArticle",
            "headline": record["title"],
            "datePublished": published,
            "author": {"name": record["author"]},
        }
        head.append(f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>')
    else:
        head.append(f'<meta property="article:published_time" content="{published}">')
    lines = [html.escape(p) for p in record["paragraphs"]]
    body = "<br><br>".join(lines) if template == "table" else "".join(f"<p>{line}</p>" for line in lines)
    inner = {
        "news": f"<nav>{_MENU}</nav><main><article><h1>{title}</h1><time datetime='{published}'>{stamp}</time>"
        f"<div class='body'>{body}</div></article></main><aside><h2>ランキング</h2><ol>{ranking}</ol></aside>",
        "plain": f"<h1>{title}</h1><p>{stamp}</p>{body}",
        "blog": f"<div id='menu'>{_MENU}</div><div class='entry'><h2>{title}</h2><p class='date'>{stamp}</p>"
        f"<div class='entry-body'>{body}</div></div><div class='sidebar'><h3>人気記事</h3><ul>{ranking}</ul></div>",
        "table": f"<table><tr><td>{_MENU}</td></tr><tr><td><h1>{title}</h1><small>{stamp}</small><div>{body}</div></td>"
        f"<td><b>ランキング</b><ol>{ranking}</ol></td></tr></table>",
    }[template]
    foot = f"<footer>{_FOOT}</footer>"
    return f'<!DOCTYPE html><html lang="ja"><head>{"".join(head)}</head><body>{inner}{foot}</body></html>'


def _feed(host: str, site: Mapping[str, Any], world: World, wave: int) -> tuple[str, str]:
    found = [r for (h, _), r in world.online(wave).items() if h == host]
    records = sorted(found, key=lambda r: str(r["published"]), reverse=True)[:15]
    items = [(f"http://{host}{r['path']}{r.get('tracking', '')}", r["title"], str(r["published"])) for r in records]
    kind, name, esc = site["feed"], html.escape(str(site["name"])), html.escape
    declaration = f'<?xml version="1.0" encoding="{site["charset"]}"?>'
    if kind == "json":
        entries = [{"id": u, "url": u, "title": t, "date_published": p} for u, t, p in items]
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": site["name"], "items": entries}
        return "application/feed+json", json.dumps(feed, ensure_ascii=False)
    if kind == "atom":
        entries_xml = "".join(
            f"<entry><id>{esc(u)}</id><title>{esc(t)}</title><link href='{esc(u)}'/><updated>{p}</updated>"
            f"<published>{p}</published></entry>"
            for u, t, p in items
        )
        atom = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{name}</title><id>http://{host}/</id>{entries_xml}</feed>"
        return "application/atom+xml", declaration + atom
    if kind == "rdf":
        rdf_items = "".join(
            f"<item rdf:about='{esc(u)}'><title>{esc(t)}</title><link>{esc(u)}</link><dc:date>{p}</dc:date></item>"
            for u, t, p in items
        )
        spaces = (
            "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' "
            "xmlns:dc='http://purl.org/dc/elements/1.1/'"
        )
        channel = f"<channel rdf:about='http://{host}/'><title>{name}</title><link>http://{host}/</link></channel>"
        return "application/rdf+xml", f"{declaration}<rdf:RDF {spaces}>{channel}{rdf_items}</rdf:RDF>"
    rss_items = "".join(
        f"<item><title>{esc(t)}</title><link>{esc(u)}</link><guid>{esc(u)}</guid>"
        f"<pubDate>{email.utils.format_datetime(dt.datetime.fromisoformat(p))}</pubDate></item>"
        for u, t, p in items
    )
    return (
        "application/rss+xml",
        f"{declaration}<rss version='2.0'><channel><title>{name}</title>{rss_items}</channel></rss>",
    )
