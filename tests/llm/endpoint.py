"""A server on loopback that speaks the protocol of chat completions, well or badly, as a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    endpoint: Endpoint

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.endpoint.requests.append(asked)
        self.endpoint.keys.append(self.headers.get("Authorization"))
        if self.path != "/v1/chat/completions":
            self.reply(404, b"{}")
        else:
            self.endpoint.answer(self, asked)

    def reply(self, status: int, body: bytes, content_type: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def say(self, content: str | None) -> None:
        """A chat completion with this text."""
        message = {"role": "assistant", "content": content}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        whole = {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
        self.reply(200, json.dumps(whole).encode())

    def claim(self, *claims: dict[str, Any]) -> None:
        """A chat completion with these claims in the form that was asked for."""
        self.say(json.dumps({"claims": list(claims)}, ensure_ascii=False))

    def stall(self) -> None:
        """Nothing, until the server is closed."""
        self.endpoint.closing.wait(30)

    def trickle(self) -> None:
        """An answer that begins and never ends, a byte every few hundredths of a second."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "100000")
        self.end_headers()
        while not self.endpoint.closing.wait(0.03):
            try:
                self.wfile.write(b" ")
            except OSError:
                return


Answer = Callable[[Handler, dict[str, Any]], None]


class Endpoint:
    """How requests are answered, and what was asked."""

    def __init__(self) -> None:
        self.answer: Answer = lambda handler, _: handler.claim()
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.closing = threading.Event()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@contextmanager
def running() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("BoundHandler", (Handler,), {"endpoint": endpoint}))
    server.daemon_threads = True
    endpoint.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.closing.set()
        server.shutdown()
        server.server_close()
