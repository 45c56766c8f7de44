"""Hands one message in at a mail server (RFC 5321), and tells whether to try again where that failed."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from email.message import EmailMessage

from flows.digests.mail import POLICY
from flows.digests.text import clean
from flows.report import Outcome

_LONGEST_ERROR = 500


@dataclasses.dataclass(frozen=True)
class MailServer:
    """Where mail is handed in."""

    host: str
    port: int
    security: str
    """``starttls``, ``tls`` or ``none``."""
    user: str | None = None
    password: str | None = None
    timeout: float = 30.0
    patience: float = 600.0
    """Seconds to wait for the answer to a whole message; who gives up early sends twice (RFC 5321, 4.5.3.2.6)."""


def hand_in(
    message: EmailMessage, sender: str, recipient: str, server: MailServer, step: Callable[[str], None]
) -> Outcome:
    """Sends a message to one address, in a connection of its own; what fails is told, not raised.

    Args:
        message: the message, all ASCII.
        sender: the envelope's sender, an address without a name.
        recipient: the envelope's recipient, an address without a name.
        server: where to.
        step: called with ``sending`` when the server is ready for the message, before the first byte of it goes out:
            up to here the server cannot have it, from here on only its answer tells whether it has. Called with
            ``sent`` as soon as that answer is there.
    """
    body = re.sub(rb"(?m)^\.", b"..", message.as_bytes(policy=POLICY))
    taken = False
    try:
        with _connection(server) as smtp:
            smtp.ehlo_or_helo_if_needed()
            if server.user:
                smtp.login(server.user, server.password or "")
            _expect(250, *smtp.mail(sender))
            _expect(250, *smtp.rcpt(recipient))
            _expect(354, *smtp.docmd("DATA"))
            step("sending")
            smtp.send(body + b".\r\n")
            if smtp.sock is not None:
                smtp.sock.settimeout(server.patience)
            _expect(250, *smtp.getreply())
            taken = True
            step("sent")
    # ValueError: names and passwords that SMTP's ASCII cannot carry.
    except (OSError, smtplib.SMTPException, ValueError) as error:
        # After the server took the message a failed farewell changes nothing: sent again, it would arrive twice.
        if not taken:
            told = clean(f"{type(error).__name__}: {error}", _LONGEST_ERROR)
            return Outcome("failed", told, again=_passing(error))
    return Outcome("sent")


def _expect(wanted: int, code: int, reply: bytes) -> None:
    # 251: the server forwards the mail to where the recipient has moved, which is as good.
    if code != wanted and not (wanted == 250 and code == 251):
        raise smtplib.SMTPResponseException(code, reply.decode("utf-8", "replace"))


def _passing(error: Exception) -> bool:
    """Whether a failure may pass by itself: answers of the 400s, connections that break or cannot be had."""
    if isinstance(error, smtplib.SMTPResponseException):
        return not 500 <= error.smtp_code < 600
    if isinstance(error, (ssl.SSLCertVerificationError, smtplib.SMTPNotSupportedError)):
        return False
    return isinstance(error, (OSError, smtplib.SMTPServerDisconnected)) and not isinstance(error, ValueError)


@contextlib.contextmanager
def _connection(server: MailServer) -> Iterator[smtplib.SMTP]:
    if server.security == "tls":
        context = ssl.create_default_context()
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    try:
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        yield smtp
        smtp.quit()
    finally:
        smtp.close()
