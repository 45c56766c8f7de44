"""A chat's incoming webhook on loopback, and what was posted to it."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Chat:
    """What was posted; ``answers`` are the statuses to answer with, one after the other, 0 for a broken connection."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.posted: list[dict[str, Any]] = []
        self.tries = 0
        self.url = ""


@contextlib.contextmanager
def chatting(chat: Chat) -> Iterator[Chat]:
    """The webhook on a free port of 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def do_POST(self) -> None:
            chat.tries += 1
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = chat.answers.pop(0) if chat.answers else 200
            if status == 200:
                chat.posted.append(message)
            if status:
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    chat.url = f"http://127.0.0.1:{server.server_port}/services/T0/secret"
    try:
        yield chat
    finally:
        server.shutdown()
        server.server_close()
