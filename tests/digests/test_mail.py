from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import email
import email.policy
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from flows.digests.mail import MailError, MailServer, build_mail, message_id, send, subject_line
from flows.digests.selection import select
from flows.report import Delivery
from seeds import Seeds
from tests.digests.facts import HOSTILE, NOW, change, facts

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
WEEK = "2025-W05"
SENDER = "Kawaraban <k@x.example>"


class Inbox:
    """What a server took in; ``answers`` refuses by recipient, ``farewell`` answers QUIT."""

    def __init__(self, answers: dict[str, str] | None = None, farewell: str = "221 Bye") -> None:
        self.answers = answers or {}
        self.farewell = farewell
        self.taken: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        refusal = next((self.answers[to] for to in envelope.rcpt_tos if to in self.answers), None)
        if refusal:
            return refusal
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append((list(envelope.rcpt_tos), message))
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return self.farewell


@contextlib.contextmanager
def served(
    inbox: Inbox, security: str = "none", tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None
) -> Iterator[MailServer]:
    """A real SMTP server on a free port of 127.0.0.1, in a thread of its own."""

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
        yield MailServer("127.0.0.1", port, security, user, password, timeout=10)
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1: the file that makes it trusted, and the server's context."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=36500))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    trusted, secret = folder / "cert.pem", folder / "key.pem"
    pem = serialization.Encoding.PEM
    trusted.write_bytes(certificate.public_bytes(pem))
    secret.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, secret)
    return trusted, context


def mail(recipient: str = "a@x.example", subject: str = "題", sender: str = SENDER) -> EmailMessage:
    return build_mail(WEEK, subject, "# 題\n", "<p>題</p>", sender, recipient, NOW)


def sent(server: MailServer, *recipients: str) -> list[Delivery]:
    return send([(r, mail(r)) for r in recipients], WEEK, server, NOW)


def test_the_subject_says_what_the_week_holds(seeds: Seeds) -> None:
    digest = select(facts(change(1), change(2, "updated"), change(3, "denied")), seeds)
    assert subject_line(digest, "DeepSeek") == "DeepSeek週報 2025-W05: 変更2・新規1"


def test_each_recipient_gets_one_message_as_text_and_html() -> None:
    inbox = Inbox()
    with served(inbox) as server:
        deliveries = sent(server, "a@x.example", "Bee <b@x.example>")
    assert [(d.recipient, d.status, d.error) for d in deliveries] == [
        ("a@x.example", "sent", None),
        ("Bee <b@x.example>", "sent", None),
    ]
    assert [to for to, _ in inbox.taken] == [["a@x.example"], ["b@x.example"]]
    message = inbox.taken[0][1]
    assert message["Subject"] == "題"
    assert message["Message-ID"] == deliveries[0].message_id
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == "# 題\n"
    assert page is not None
    assert "<p>題</p>" in page.get_content()


def test_the_message_id_comes_from_week_and_recipient() -> None:
    assert message_id(WEEK, "a@x.example", SENDER) == message_id(WEEK, "a@x.example", SENDER)
    assert message_id(WEEK, "a@x.example", SENDER) != message_id(WEEK, "b@x.example", SENDER)
    assert message_id(WEEK, "a@x.example", SENDER) != message_id("2025-W06", "a@x.example", SENDER)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_through_tls_with_login(
    security: str, authority: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, context = authority
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    inbox = Inbox()
    with served(inbox, security, context, ("user", "secret")) as server:
        (delivery,) = sent(server, "a@x.example")
    assert delivery.error is None
    assert len(inbox.taken) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_nothing_is_sent_to_a_server_whose_certificate_is_not_trusted(
    security: str, authority: tuple[Path, ssl.SSLContext]
) -> None:
    inbox = Inbox()
    with served(inbox, security, authority[1]) as server:
        (delivery,) = sent(server, "a@x.example")
    assert delivery.status == "failed"
    assert "certificate" in str(delivery.error).lower()
    assert not inbox.taken


def test_nothing_is_sent_in_the_clear_where_starttls_is_asked_for() -> None:
    inbox = Inbox()
    with served(inbox) as plain:
        (delivery,) = sent(MailServer(plain.host, plain.port, "starttls", timeout=10), "a@x.example")
    assert delivery.status == "failed"
    assert not inbox.taken


@pytest.mark.parametrize(("password", "error"), [("wrong", "535"), ("パスワード", "ascii")])
def test_a_refused_login_is_told_without_the_password(password: str, error: str) -> None:
    inbox = Inbox()
    with served(inbox, login=("user", "secret")) as server:
        (delivery,) = sent(MailServer(server.host, server.port, "none", "user", password, 10), "a@x.example")
    assert delivery.status == "failed"
    assert error in str(delivery.error)
    assert password not in str(delivery.error)
    assert not inbox.taken


@pytest.mark.parametrize("answer", ["451 later", "550 no"])
def test_a_refused_recipient_costs_the_others_nothing(answer: str) -> None:
    inbox = Inbox({"b@x.example": answer})
    with served(inbox) as server:
        deliveries = sent(server, "a@x.example", "b@x.example", "c@x.example")
    assert [d.status for d in deliveries] == ["sent", "failed", "sent"]
    assert answer[:3] in str(deliveries[1].error)


@pytest.mark.parametrize(
    "wrong", ["nobody", "", "a b@x", "あ@x.example", "a@x.example\r\nBcc: c@x.example", "a@x, b@y"]
)
def test_a_recipient_that_is_no_address_is_told_and_costs_the_others_nothing(wrong: str) -> None:
    inbox = Inbox()
    with served(inbox) as server:
        deliveries = sent(server, wrong, "a@x.example")
    assert [d.status for d in deliveries] == ["failed", "sent"]
    assert "no mail address" in str(deliveries[0].error)
    assert [to for to, _ in inbox.taken] == [["a@x.example"]]


def test_a_sender_that_is_no_address_is_told_to_the_user() -> None:
    with pytest.raises(MailError, match="KAWARABAN_MAIL_FROM"):
        mail(sender="k@x.example\r\nBcc: c@x.example")


def test_no_text_slips_in_a_header() -> None:
    message = mail(subject=f"題\r\nBcc: c@x.example\u2028X-A: b {HOSTILE}")
    parsed = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    assert set(parsed.keys()) == set(mail().keys())
    assert "\u202e" not in str(parsed["Subject"])


def test_a_server_that_is_not_there_is_told() -> None:
    with served(Inbox()) as server:
        pass
    (delivery,) = sent(server, "a@x.example")
    assert delivery.status == "failed"
    assert delivery.error


def test_an_odd_farewell_after_the_message_was_taken_is_no_failure() -> None:
    inbox = Inbox(farewell="421 too busy")
    with served(inbox) as server:
        (delivery,) = sent(server, "a@x.example")
    assert delivery.status == "sent"
    assert len(inbox.taken) == 1
