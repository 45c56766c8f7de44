"""A digest as a mail message: plain text and HTML in one, with the headers that lists of mail are known by."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import email.policy
import re
from email import errors
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses

from flows.digests.text import clean
from flows.model import KawarabanError, digest_of
from flows.report import Edition, MailBody


class MailError(KawarabanError):
    """An address in the settings that no mail can carry."""


@dataclasses.dataclass(frozen=True)
class Letterhead:
    """What is the same in all mail: who sends it, where answers go, how one leaves the list."""

    sender: str
    reply_to: str | None = None
    unsubscribe: tuple[str, ...] = ()
    """``mailto:`` or ``https:`` addresses; a mail to whoever takes answers by default."""


class _Plain(UnstructuredHeader, BaseHeader):
    """Addresses in angle brackets, folded at their commas and never encoded: RFC 2369 knows no encoded words."""

    def fold(self, *, policy: email.policy.Policy) -> str:
        """The header's lines; the standard library would encode an address that is longer than a line."""
        return f"{self.name}: {str(self).replace(', ', f',{policy.linesep} ')}{policy.linesep}"


class _Words(UnstructuredHeader, BaseHeader):
    """Text as encoded words (RFC 2047), each of whole characters.

    The standard library mixes plain and encoded words and loses spaces where they meet at the end of a line.
    """

    max_count = 1

    def fold(self, *, policy: email.policy.Policy) -> str:
        """The header's lines, each of at most 76 characters."""
        text = str(self)
        if text.isascii() and "=?" not in text and len(text) < _LONGEST_PLAIN:
            return f"{self.name}: {text}{policy.linesep}"
        words, word = [], b""
        for character in text:
            letter = character.encode()
            if len(word) + len(letter) > _LONGEST_WORD:
                words.append(word)
                word = b""
            word += letter
        encoded = (f"=?utf-8?b?{base64.b64encode(part).decode()}?=" for part in (*words, word))
        return f"{self.name}: {f'{policy.linesep} '.join(encoded)}{policy.linesep}"


_LONGEST_PLAIN = 60
_LONGEST_WORD = 39
"""Bytes of an encoded word: with its marks and the header's name 76 characters (RFC 2047, 2)."""
_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("subject", _Words)
_HEADERS.map_to_type("list-unsubscribe", _Plain)
POLICY = email.policy.SMTP.clone(header_factory=_HEADERS)


def message_id(week: str, recipient: str, sender: str, copy: int = 1) -> str:
    """The message's id: the same whenever the same digest goes to the same address, so that a repeat is recognized.

    Args:
        week: the digest's week.
        recipient: the address, without a name.
        sender: gives the domain.
        copy: 2 and so on for a digest that its reader has had and is to get anew.
    """
    number = digest_of(week, recipient.casefold(), *([copy] if copy > 1 else []))
    return f"<digest.{week}.{number}@{_known(sender, 'KAWARABAN_MAIL_FROM').domain}>"


def mail_address(text: str) -> Address | None:
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


def build_mail(edition: Edition, head: Letterhead, recipient: Address, at: dt.datetime, copy: int = 1) -> EmailMessage:
    """The message for one recipient. All of it is ASCII: a server needs to know neither 8BITMIME nor SMTPUTF8.

    Raises:
        MailError: the sender or the address for answers is none.
    """
    sender = _known(head.sender, "KAWARABAN_MAIL_FROM")
    message = EmailMessage(policy=POLICY)
    message["Subject"] = clean(edition.subject, 200)
    message["From"] = sender
    message["To"] = recipient
    if head.reply_to:
        message["Reply-To"] = _known(head.reply_to, "KAWARABAN_MAIL_REPLY_TO")
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id(edition.week, recipient.addr_spec, head.sender, copy)
    message["List-Id"] = f"<kawaraban.{sender.domain}>"  # RFC 2919
    message["List-Unsubscribe"] = ", ".join(f"<{address}>" for address in _ways_out(head))  # RFC 2369
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office programs do not answer it
    body = edition.mail or MailBody(edition.markdown, edition.html)
    message.set_content(body.text, cte="base64")
    message.add_alternative(body.html, subtype="html", cte="base64")
    *_, page = message.iter_parts()
    for picture in body.pictures:
        page.add_related(picture.png, "image", "png", cid=f"<{picture.name}>", disposition="inline")
    return message


def _ways_out(head: Letterhead) -> tuple[str, ...]:
    if not head.unsubscribe:
        return (
            f"mailto:{_known(head.reply_to or head.sender, 'KAWARABAN_MAIL_REPLY_TO').addr_spec}?subject=unsubscribe",
        )
    wrong = [a for a in head.unsubscribe if not re.fullmatch(r"(?:mailto:|https?://)[!#-;=?-~]+", a)]
    if wrong:
        raise MailError(
            f"{clean(wrong[0], 80)!r} is no address to unsubscribe at; KAWARABAN_MAIL_UNSUBSCRIBE takes "
            "mailto: and https: addresses, separated by commas"
        )
    return head.unsubscribe


def _known(text: str, setting: str) -> Address:
    address = mail_address(text)
    if address is None:
        raise MailError(f"{clean(text, 80)!r} is no mail address; set {setting} to one like news@example.org")
    return address
