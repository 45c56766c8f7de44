"""Deliveries over real servers: once to each, whatever fails or is killed on the way."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.delivery import Order, deliver
from flows.digests.mail import MailError, message_id
from flows.model import JST
from flows.outbox import BusyOutboxError, Outbox
from flows.report import Delivery, Edition
from flows.settings import load_settings
from tests.digests.chat import Chat, chatting
from tests.digests.inbox import DROP, Inbox, served
from warehouse.store import Warehouse

NOW = dt.datetime(2025, 2, 3, 7, tzinfo=JST)
WEEK = "2025-W05"
A, B, C = "a@x.example", "b@x.example", "c@x.example"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def _mail(inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with served(inbox) as server:
        for name, value in {
            "DATA": str(tmp_path),
            "SMTP_HOST": server.host,
            "SMTP_PORT": str(server.port),
            "SMTP_SECURITY": "none",
            "MAIL_FROM": "k@x.example",
            "MAIL_TO": f"{A}, Bee <{B}>, {C}",
            "DELIVERY_WAITS": "1,20,300",
        }.items():
            monkeypatch.setenv(f"KAWARABAN_{name}", value)
        yield


def edition(text: str = "一") -> Edition:
    """An edition, recorded as the digest flow does before it sends."""
    made = Edition(WEEK, f"週報 {text}", f"# {text}\n", f"<h1>{text}</h1>", text)
    with Warehouse(load_settings().warehouse_path).writer() as writer:
        writer.record_digest("digest-1", WEEK, NOW, made.markdown, made.html, made.sha256, made.subject)
    return made


class Sent:
    """A call of ``deliver``: what came of it, what was waited and said."""

    def __init__(self, made: Edition, run: int = 1, *, resend: bool = False, to: tuple[str, ...] = ()) -> None:
        self.waits: list[float] = []
        self.said: list[str] = []
        order = Order(made, f"digest-{run}", NOW, resend, to)
        self.deliveries = deliver(order, load_settings(), self.waits.append, self.said.append)

    @property
    def statuses(self) -> dict[str, str]:
        return {d.recipient: d.status for d in self.deliveries}


def recorded() -> list[tuple[str, str, str]]:
    with Warehouse(load_settings().warehouse_path).reader() as reader:
        found = reader.query("SELECT channel, recipient, status FROM deliveries ORDER BY ALL")[1]
    return [(str(channel), str(recipient), str(status)) for channel, recipient, status in found]


@pytest.mark.usefixtures("_mail")
def test_each_recipient_gets_a_digest_once(inbox: Inbox) -> None:
    made = edition()
    assert Sent(made).statuses == {A: "sent", B: "sent", C: "sent"}
    assert Sent(made, 2).deliveries == []
    assert inbox.addresses() == [A, B, C]
    assert [m["To"] for _, m in inbox.taken] == [A, f"Bee <{B}>", C]
    assert [m["Message-ID"] for _, m in inbox.taken] == [message_id(WEEK, r, "k@x.example") for r in (A, B, C)]
    assert {m["Subject"] for _, m in inbox.taken} == {"週報 一"}
    assert recorded() == [("mail", r, "sent") for r in (A, B, C)]


@pytest.mark.usefixtures("_mail")
def test_one_address_written_twice_gets_one_message(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAWARABAN_MAIL_TO", f"{A},Anna <{A.upper()}>")
    Sent(edition())
    assert len(inbox.taken) == 1


@pytest.mark.usefixtures("_mail")
def test_what_fails_for_now_is_tried_again_after_longer_and_longer_waits(inbox: Inbox) -> None:
    inbox.answers = {A: ["451 greylisted", DROP], B: ["550 no such reader"], C: ["421 later"] * 9}
    sent = Sent(edition())
    assert sent.statuses == {A: "sent", B: "failed", C: "failed"}
    assert sent.waits == [1.0, 20.0, 300.0]
    assert any("451 greylisted" in line or "451" in line for line in sent.said)
    assert Counter(inbox.tries) == {A: 3, B: 1, C: 4}
    assert inbox.addresses() == [A]
    assert Counter(recorded()) == {
        ("mail", A, "failed"): 2,
        ("mail", A, "sent"): 1,
        ("mail", B, "failed"): 1,
        ("mail", C, "failed"): 4,
    }


@pytest.mark.usefixtures("_mail")
def test_the_next_run_sends_to_those_that_have_not_had_it(inbox: Inbox) -> None:
    inbox.answers = {B: ["550 mailbox full"]}
    made = edition()
    Sent(made)
    assert Sent(made, 2).statuses == {B: "sent"}
    assert Counter(inbox.addresses()) == {A: 1, B: 1, C: 1}


@pytest.mark.usefixtures("_mail")
def test_an_entry_that_is_no_address_costs_the_others_nothing(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAWARABAN_MAIL_TO", f"nobody,{A}")
    sent = Sent(edition())
    assert sent.statuses == {"nobody": "failed", A: "sent"}
    assert "no mail address" in str(sent.deliveries[0].error)


@pytest.mark.usefixtures("_mail")
def test_a_digest_once_sent_is_not_sent_changed_but_on_purpose(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.answers = {C: ["550 not yet"]}
    Sent(edition("一"))
    changed = edition("二")
    later = Sent(changed, 2)
    assert later.statuses == {C: "sent"}
    assert any("has changed since it was sent" in line for line in later.said)
    assert {m["Subject"] for _, m in inbox.taken} == {"週報 一"}
    anew = Sent(changed, 3, resend=True)
    assert anew.statuses == {A: "sent", B: "sent", C: "sent"}
    ids = {to: [m["Message-ID"] for t, m in inbox.taken if t == to] for to in (A, B, C)}
    assert all(len(set(found)) == 2 for found in ids.values()), "a mailbox must not take the new one for the old"
    monkeypatch.setenv("KAWARABAN_MAIL_TO", f"{A},d@x.example")
    assert Sent(changed, 4).statuses == {"d@x.example": "sent"}
    assert inbox.taken[-1][1]["Subject"] == "週報 二", "who comes later gets what was sent last"


@pytest.mark.usefixtures("_mail")
def test_it_can_be_sent_anew_to_one_alone(inbox: Inbox) -> None:
    made = edition()
    Sent(made)
    assert Sent(made, 2, resend=True, to=(B,)).statuses == {B: "sent"}
    assert Counter(inbox.addresses()) == {A: 1, B: 2, C: 1}
    with pytest.raises(MailError, match="KAWARABAN_MAIL_TO"):
        Sent(made, 3, resend=True, to=("stranger@x.example",))


@pytest.mark.usefixtures("_mail")
def test_a_chat_gets_it_beside_the_mail_by_the_same_book(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with chatting(Chat(503)) as chat:
        monkeypatch.setenv("KAWARABAN_WEBHOOK_URL", chat.url)
        made = edition()
        sent = Sent(made)
        assert Sent(made, 2).deliveries == []
    assert [d.status for d in sent.deliveries if d.channel == "webhook"] == ["sent"]
    assert (chat.tries, len(chat.posted)) == (2, 1)
    assert chat.posted[0]["text"] == "週報 一"
    assert not any("secret" in recipient for _, recipient, _ in recorded())


@pytest.mark.usefixtures("_mail")
def test_a_chat_that_says_nothing_after_it_was_told_is_unclear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAWARABAN_SMTP_HOST")
    with chatting(Chat(0)) as chat:
        monkeypatch.setenv("KAWARABAN_WEBHOOK_URL", chat.url)
        made = edition()
        assert [d.status for d in Sent(made).deliveries] == ["unclear"]
        assert [d.status for d in Sent(made, 2).deliveries] == ["unclear"]
        assert chat.tries == 1
        assert [d.status for d in Sent(made, 3, resend=True).deliveries] == ["sent"]


@pytest.mark.usefixtures("_mail")
def test_two_runs_do_not_send_at_the_same_time() -> None:
    made = edition()
    outbox = Outbox(load_settings().warehouse_path, patience=0.1)
    with (
        outbox.held(),
        pytest.raises(BusyOutboxError, match="another run"),
        Outbox(load_settings().warehouse_path, patience=0.1).held(),
    ):
        Sent(made)


def test_a_torn_line_of_the_journal_is_no_step(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "w.duckdb")
    one = Delivery(WEEK, A, "<1>", NOW, "sending", None, "mail", "00", "d1")
    outbox.note("r", one)
    outbox.path.write_bytes(outbox.path.read_bytes() + b'{"run_id": "r", "we')
    ((run, deliveries),) = outbox.left().items()
    assert (run, [d.status for d in deliveries]) == ("r", ["unclear"])
    outbox.clear()
    assert outbox.left() == {}


CHILD = """
import datetime as dt, sys
from flows.delivery import Order, deliver
from flows.report import Edition
from flows.settings import load_settings
made = Edition("2025-W05", "週報 一", "# 一\\n", "<h1>一</h1>", "一")
now = dt.datetime.fromisoformat(sys.argv[2])
for d in deliver(Order(made, sys.argv[1], now), load_settings(), lambda _: None, print):
    print(d.recipient, d.status)
"""


class Child:
    """A process of its own that delivers, to be killed at a moment that the server chooses."""

    def __init__(self, run: int) -> None:
        words = [sys.executable, "-c", CHILD, f"digest-{run}", NOW.isoformat()]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=os.environ)

    def kill(self, _: str = "") -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def ended(self) -> tuple[int, str]:
        told, _ = self.process.communicate(timeout=60)
        return self.process.returncode, told


@pytest.mark.usefixtures("_mail")
def test_killed_between_the_taking_and_the_record_nobody_gets_it_twice(inbox: Inbox) -> None:
    edition()
    child = Child(1)
    inbox.on_taken = lambda to: child.kill() if to == B else None
    assert child.ended()[0] == -signal.SIGKILL
    assert inbox.addresses() == [A, B]
    inbox.on_taken = lambda _: None
    code, told = Child(2).ended()
    assert code == 0
    assert Counter(inbox.addresses()) == {A: 1, B: 1, C: 1}
    assert f"{B} unclear" in told, "whether it arrived nobody knows, and the user hears that"
    assert recorded() == [("mail", A, "sent"), ("mail", B, "unclear"), ("mail", C, "sent")]
    assert Sent(edition(), 3, resend=True, to=(B,)).statuses == {B: "sent"}
    first, second = (m["Message-ID"] for to, m in inbox.taken if to == B)
    assert first == second, "a mailbox that has it knows it again"


@pytest.mark.usefixtures("_mail")
def test_killed_after_the_servers_yes_it_is_known_to_be_sent(inbox: Inbox) -> None:
    edition()
    child = Child(1)
    inbox.on_quit = lambda to: child.kill() if to == B else None
    assert child.ended()[0] == -signal.SIGKILL
    inbox.on_quit = lambda _: None
    assert Child(2).ended() == (0, f"{C} sent\n")
    assert Counter(inbox.addresses()) == {A: 1, B: 1, C: 1}
    assert recorded() == [("mail", r, "sent") for r in (A, B, C)]


@pytest.mark.usefixtures("_mail")
@pytest.mark.parametrize("at", [A, B, C])
def test_killed_before_a_message_went_out_all_get_it_once_in_the_end(inbox: Inbox, at: str) -> None:
    edition()
    child = Child(1)
    inbox.on_rcpt = lambda to: child.kill() if to == at else None
    assert child.ended()[0] == -signal.SIGKILL
    inbox.on_rcpt = lambda _: None
    assert Child(2).ended()[0] == 0
    assert Counter(inbox.addresses()) == {A: 1, B: 1, C: 1}
    assert recorded() == [("mail", r, "sent") for r in (A, B, C)]


@pytest.mark.usefixtures("_mail")
def test_killed_before_the_record_is_published_it_is_recorded_by_the_next_run_once(inbox: Inbox) -> None:
    made = edition()
    outbox = Outbox(load_settings().warehouse_path)
    sent = Sent(made).deliveries
    for (
        delivery
    ) in sent:  # as if the process had died after the warehouse was published, before the journal was emptied
        outbox.note("digest-1", delivery)
    assert Sent(made, 2).deliveries == []
    assert recorded() == [("mail", r, "sent") for r in (A, B, C)]
    assert len(inbox.taken) == 3
    assert not outbox.path.exists()
