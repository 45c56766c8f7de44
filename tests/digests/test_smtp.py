from __future__ import annotations

import ssl
from email.headerregistry import Address
from pathlib import Path

import pytest
import trustme

from flows.digests.mail import Letterhead, build_mail
from flows.digests.smtp import MailServer, hand_in
from flows.report import Edition, Outcome
from tests.digests.facts import NOW
from tests.digests.inbox import DROP, Inbox, served

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1: the file that makes it trusted, and the server's context."""
    maker = trustme.CA()
    trusted = tmp_path_factory.mktemp("tls") / "ca.pem"
    maker.cert_pem.write_to_path(str(trusted))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    maker.issue_cert("127.0.0.1").configure_cert(context)
    return trusted, context


def sent(server: MailServer, recipient: str = "a@x.example", text: str = "# 題\n") -> tuple[Outcome, list[str]]:
    """How it ended, and what was told on the way."""
    told: list[str] = []
    edition = Edition("2025-W05", "題", text, "<p>題</p>", "00")
    message = build_mail(edition, Letterhead("k@x.example"), Address(addr_spec=recipient), NOW)
    return hand_in(message, "k@x.example", recipient, server, told.append), told


def test_a_message_arrives_as_it_was_made() -> None:
    inbox = Inbox()
    with served(inbox) as server:
        assert sent(server, text=".\n..\n.x\n終わり\n") == (Outcome("sent"), ["sending", "sent"])
    (to, message), *more = inbox.taken
    assert (to, more) == ("a@x.example", [])
    plain = message.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == ".\n..\n.x\n終わり\n"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_through_tls_with_login(
    security: str, authority: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, context = authority
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    inbox = Inbox()
    with served(inbox, security, context, ("user", "secret")) as server:
        outcome, _ = sent(server)
    assert outcome == Outcome("sent")
    assert inbox.addresses() == ["a@x.example"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_nothing_is_sent_to_a_server_whose_certificate_is_not_trusted(
    security: str, authority: tuple[Path, ssl.SSLContext]
) -> None:
    inbox = Inbox()
    with served(inbox, security, authority[1]) as server:
        outcome, told = sent(server)
    assert (outcome.status, outcome.again, told) == ("failed", False, [])
    assert "certificate" in str(outcome.error).lower()
    assert not inbox.tries


def test_nothing_is_sent_in_the_clear_where_starttls_is_asked_for() -> None:
    inbox = Inbox()
    with served(inbox) as plain:
        outcome, told = sent(MailServer(plain.host, plain.port, "starttls", timeout=10))
    assert (outcome.status, outcome.again, told) == ("failed", False, [])
    assert not inbox.tries


@pytest.mark.parametrize(("password", "error"), [("wrong", "535"), ("パスワード", "ascii")])
def test_a_refused_login_is_told_without_the_password(password: str, error: str) -> None:
    inbox = Inbox()
    with served(inbox, login=("user", "secret")) as server:
        outcome, _ = sent(MailServer(server.host, server.port, "none", "user", password, 10))
    assert (outcome.status, outcome.again) == ("failed", False)
    assert error in str(outcome.error)
    assert password not in str(outcome.error)
    assert not inbox.tries


@pytest.mark.parametrize(
    ("answer", "again"),
    [("451 later", True), ("421 closing", True), ("550 no", False), ("554 spam", False), (DROP, True)],
)
def test_what_may_pass_is_told_from_what_will_not(answer: str, again: bool) -> None:
    with served(Inbox({"a@x.example": [answer]})) as server:
        outcome, told = sent(server)
    assert (outcome.status, outcome.again) == ("failed", again)
    assert answer[:3] in str(outcome.error) or answer == DROP
    assert told == ["sending"]


def test_a_server_that_is_not_there_may_come_back() -> None:
    with served(Inbox()) as server:
        pass
    outcome, told = sent(server)
    assert (outcome.status, outcome.again, told) == ("failed", True, [])
    assert outcome.error


def test_an_odd_farewell_after_the_message_was_taken_is_no_failure() -> None:
    inbox = Inbox(farewell="421 too busy")
    with served(inbox) as server:
        assert sent(server)[0] == Outcome("sent")
    assert len(inbox.taken) == 1
