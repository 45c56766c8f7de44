"""A digest as mail: plain text and HTML in one message, sent through SMTP to each recipient by itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
import smtplib
import ssl
from collections.abc import Sequence
from email import errors
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses

from flows.digests.selection import Digest
from flows.digests.text import clean
from flows.model import KawarabanError, digest_of
from flows.report import Delivery


class MailError(KawarabanError):
    """A sender address that no mail can carry."""


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


def subject_line(digest: Digest, name: str) -> str:
    """What the week holds, in the subject: DeepSeek週報 2025-W05: 変更3・新規27."""
    changed = len(digest.changed) + len(digest.taken_back)
    return f"{name}週報 {digest.facts.week}: 変更{changed}・新規{digest.new_count}"


def message_id(week: str, recipient: str, sender: str) -> str:
    """The message's id: the same whenever the same digest goes to the same address, so that a repeat is recognized."""
    return f"<digest.{week}.{digest_of(week, recipient)}@{_sender(sender).domain}>"


def build_mail(
    week: str, subject: str, markdown: str, page: str, sender: str, recipient: str, at: dt.datetime
) -> EmailMessage:
    """The message for one recipient.

    A recipient that is no address gets a message to nobody, which ``send`` reports as failed: one wrong entry in a
    list must not cost the others their digest.

    Raises:
        MailError: the sender is no address.
    """
    message = EmailMessage()
    message["Subject"] = clean(subject, 200)
    message["From"] = _sender(sender)
    message["To"] = _address(recipient) or "undisclosed-recipients:;"
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id(week, recipient, sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office programs do not answer it
    message.set_content(markdown)
    message.add_alternative(page, subtype="html")
    return message


def _address(text: str) -> Address | None:
    """The one mail address that a text is, with or without a name; None where it is none, or has a line end in it."""
    found = getaddresses([text])
    if len(found) != 1 or clean(text) != text.strip():
        return None
    name, address = found[0]
    try:
        parsed = Address(display_name=name, addr_spec=address)
    except (ValueError, IndexError, errors.MessageError):
        return None
    return parsed if parsed.username and parsed.domain else None


def _sender(text: str) -> Address:
    address = _address(text)
    if address is None:
        raise MailError(f"{clean(text, 80)!r} is no mail address; set KAWARABAN_MAIL_FROM to one like news@example.org")
    return address


def send(
    messages: Sequence[tuple[str, EmailMessage]], week: str, server: MailServer, at: dt.datetime
) -> list[Delivery]:
    """Sends (recipient, message) pairs, each in a connection of its own; what fails is told, not raised."""
    return [_sent(recipient, message, week, server, at) for recipient, message in messages]


def _sent(recipient: str, message: EmailMessage, week: str, server: MailServer, at: dt.datetime) -> Delivery:
    number = str(message["Message-ID"])
    if _address(recipient) is None:
        return Delivery(week, recipient, number, at, "failed", f"address: {clean(recipient, 80)!r} is no mail address")
    accepted = False
    try:
        with _connection(server) as smtp:
            if server.user:
                smtp.login(server.user, server.password or "")
            smtp.send_message(message)
            accepted = True
    # ValueError: names and passwords that SMTP's ASCII cannot carry.
    except (OSError, smtplib.SMTPException, ValueError) as error:
        # After the server took the message a failed farewell changes nothing: sent again, it would arrive twice.
        if not accepted:
            return Delivery(week, recipient, number, at, "failed", clean(f"{type(error).__name__}: {error}", 500))
    return Delivery(week, recipient, number, at, "sent")


def _connection(server: MailServer) -> smtplib.SMTP:
    if server.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
    smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    if server.security == "starttls":
        try:
            smtp.starttls(context=ssl.create_default_context())
        except (OSError, smtplib.SMTPException):
            smtp.close()
            raise
    return smtp
