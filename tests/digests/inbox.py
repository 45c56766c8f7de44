"""A real SMTP server on loopback, and what it took in."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import ssl
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from flows.digests.smtp import MailServer

DROP = "drop"
"""An answer that is none: the connection breaks."""


class Inbox:
    """What a server took in.

    ``answers`` holds for an address the answers to its messages, one after the other; without one it is taken.
    ``on_rcpt``, ``on_taken`` and ``on_quit`` are called with the address when it is named, when its message was taken
    (before the server says so), and when the client says farewell.
    """

    def __init__(self, answers: dict[str, list[str]] | None = None, farewell: str = "221 Bye") -> None:
        self.answers = answers or {}
        self.farewell = farewell
        self.taken: list[tuple[str, EmailMessage]] = []
        self.raw: list[bytes] = []
        self.tries: list[str] = []
        self.on_rcpt: Callable[[str], None] = lambda _: None
        self.on_taken: Callable[[str], None] = lambda _: None
        self.on_quit: Callable[[str], None] = lambda _: None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        self.on_rcpt(address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        (to,) = envelope.rcpt_tos
        self.tries.append(to)
        answer = self.answers[to].pop(0) if self.answers.get(to) else ""
        if answer == DROP:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            return "250 nobody hears this"
        if answer:
            return answer
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.raw.append(envelope.content)
        self.taken.append((to, message))
        self.on_taken(to)
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.on_quit(self.tries[-1] if self.tries else "")
        return self.farewell

    def addresses(self) -> list[str]:
        """Whom messages were taken for, in order."""
        return [to for to, _ in self.taken]


@contextlib.contextmanager
def served(
    inbox: Inbox, security: str = "none", tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None
) -> Iterator[MailServer]:
    """The server on a free port of 127.0.0.1, in a thread of its own."""

    def known(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        return AuthResult(success=given == login, handled=False)

    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        starttls = tls if security == "starttls" else None
        return SMTP(
            inbox, hostname="test", loop=loop, tls_context=starttls, require_starttls=starttls is not None,
            authenticator=known, auth_required=login is not None, auth_require_tls=False,
        )  # fmt: skip

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    opening = loop.create_server(protocol, "127.0.0.1", 0, ssl=tls if security == "tls" else None)
    server = asyncio.run_coroutine_threadsafe(opening, loop).result(10)
    try:
        port = server.sockets[0].getsockname()[1]
        user, password = login or (None, None)
        yield MailServer("127.0.0.1", port, security, user, password, timeout=10, patience=10)
    finally:
        asyncio.run_coroutine_threadsafe(_closed(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _closed(server: asyncio.Server) -> None:
    server.close()
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
