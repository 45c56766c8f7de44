"""A digest as mail: plain text and HTML in one message, sent through SMTP to each recipient by itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
import smtplib
import ssl
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from flows.digests.selection import Digest
from flows.model import digest_of


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


@dataclasses.dataclass(frozen=True)
class Delivery:
    """One attempt to send a digest to one address."""

    week: str
    recipient: str
    message_id: str
    sent_at: dt.datetime
    status: str
    """``sent`` or ``failed``."""
    error: str | None = None


def subject_line(digest: Digest, name: str) -> str:
    """What the week holds, in the subject: DeepSeek週報 2025-W05: 変更3・新規27."""
    changed = len(digest.changed) + len(digest.taken_back)
    return f"{name}週報 {digest.facts.week}: 変更{changed}・新規{digest.new_count}"


def message_id(week: str, recipient: str, sender: str) -> str:
    """The message's id: the same whenever the same digest goes to the same address, so that a repeat is recognized."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<digest.{week}.{digest_of(week, recipient)}@{domain}>"


def build_mail(
    week: str, subject: str, markdown: str, page: str, sender: str, recipient: str, at: dt.datetime
) -> EmailMessage:
    """The message for one recipient."""
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"] = _address(sender)
    message["To"] = _address(recipient)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id(week, recipient, sender)
    message.set_content(markdown)
    message.add_alternative(page, subtype="html")
    return message


def _address(text: str) -> Address:
    name, address = parseaddr(" ".join(text.split()))
    return Address(display_name=name, addr_spec=address)


def send(
    messages: Sequence[tuple[str, EmailMessage]], week: str, server: MailServer, at: dt.datetime
) -> list[Delivery]:
    """Sends (recipient, message) pairs, each in a connection of its own; what fails is told, not raised."""
    return [_sent(recipient, message, week, server, at) for recipient, message in messages]


def _sent(recipient: str, message: EmailMessage, week: str, server: MailServer, at: dt.datetime) -> Delivery:
    number = str(message["Message-ID"])
    try:
        with _connection(server) as smtp:
            if server.user:
                smtp.login(server.user, server.password or "")
            smtp.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        return Delivery(week, recipient, number, at, "failed", f"{type(error).__name__}: {error}")
    return Delivery(week, recipient, number, at, "sent")


def _connection(server: MailServer) -> smtplib.SMTP:
    if server.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
    smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    if server.security == "starttls":
        smtp.starttls(context=ssl.create_default_context())
    return smtp
