"""The server of the benchmarks: bare and fast, in a process of its own, on every address of 127.0.0.0/8.

``/feed/N`` is a feed with ten entries, which answers 304 to its own ETag unless N is among the changing ones;
``/article/N`` is a page of some 40 kB. It counts what it is asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import random
from collections.abc import Iterator
from multiprocessing.connection import Connection

SENTENCES = (
    "中国の新興企業ディープシークは新しい推論モデルを公開したと発表した。",
    "利用者は一か月で二倍に増え、半導体の調達にも関心が集まっている。",
    "関係者によると、次の版は春までに公開される見通しだという。",
    "市場では株価が大きく動き、各社の投資計画への影響が論じられた。",
)


def feed(number: int, edition: int) -> bytes:
    """A feed of ten entries; every edition has one that the edition before had not."""
    items = "".join(
        f"<item><title>記事{number}-{n}</title><link>/article/{number}-{n}</link><guid>{number}-{n}</guid>"
        f"<pubDate>Tue, 28 Jan 2025 {n % 24:02}:00:00 +0900</pubDate><description>{SENTENCES[n % 4]}</description></item>"
        for n in range(edition, edition + 10)
    )
    head = f"<title>フィード{number}</title><link>/</link><description>例</description>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def article(number: str) -> bytes:
    """A page of about 40 kB, no two alike."""
    chance = random.Random(number)
    body = "".join(f"<p>{''.join(chance.choices(SENTENCES, k=3))}{chance.random()}</p>" for _ in range(40))
    menu = "".join(f'<li><a href="/section/{n}?{chance.random()}">欄{n}</a></li>' for n in range(250))
    return (
        f"<!doctype html><html lang='ja'><head><meta charset='utf-8'><title>記事{number}</title></head><body>"
        f"<nav><ul>{menu}</ul></nav><article><h1>記事{number}</h1>{body}</article></body></html>"
    ).encode()


class _Conversation(asyncio.Protocol):
    def __init__(self, server: _Server) -> None:
        self._server = server
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while b"\r\n\r\n" in self._waiting:
            head, _, self._waiting = self._waiting.partition(b"\r\n\r\n")
            self._transport.write(self._server.answer(head.decode("latin-1")))


class _Server:
    def __init__(self, changing: int) -> None:
        self._changing = changing
        self._pages: dict[str, bytes] = {}
        self.edition = 0
        self.requests = 0

    def answer(self, head: str) -> bytes:
        self.requests += 1
        path = head.split(" ", 2)[1]
        _, kind, number = ([*path.split("/", 2), "", ""])[:3]
        if kind == "feed":
            edition = self.edition if int(number) < self._changing else 0
            tag = f'"{number}-{edition}"'
            if f"if-none-match: {tag}" in head.lower():
                return f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode()
            return _ok(feed(int(number), edition), f"application/rss+xml\r\nETag: {tag}")
        if kind == "article":
            if path not in self._pages:
                self._pages[path] = article(number)
            return _ok(self._pages[path], "text/html; charset=utf-8")
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def _ok(body: bytes, kind: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _serve(pipe: Connection, changing: int) -> None:
    async def run() -> None:
        server = _Server(changing)
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(lambda: _Conversation(server), "0.0.0.0", 0, backlog=2000)
        pipe.send(listening.sockets[0].getsockname()[1])
        while True:
            word = await loop.run_in_executor(None, pipe.recv)
            if word == "stop":
                return
            if word == "publish":
                server.edition += 1
            pipe.send(server.requests)
            server.requests = 0

    asyncio.run(run())


class Loopback:
    """The running server."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.port: int = pipe.recv()

    def publish(self) -> None:
        """Gives the changing feeds a new entry each."""
        self._pipe.send("publish")
        self._pipe.recv()

    def requests(self) -> int:
        """How many requests came since this was last asked."""
        self._pipe.send("count")
        return int(self._pipe.recv())


@contextlib.contextmanager
def loopback(changing: int = 0) -> Iterator[Loopback]:
    """Starts the server; feeds with a number below ``changing`` change when told to."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there, changing), daemon=True)
    process.start()
    try:
        yield Loopback(here)
    finally:
        here.send("stop")
        process.join()
