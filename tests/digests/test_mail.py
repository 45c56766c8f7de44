from __future__ import annotations

import email
import email.policy
from email.headerregistry import Address
from email.message import EmailMessage

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.digests.mail import Letterhead, MailError, build_mail, mail_address, message_id
from flows.digests.phrases import Phrases
from flows.digests.selection import select
from flows.digests.text import clean
from flows.report import Edition
from seeds import Seeds
from tests.digests.facts import HOSTILE, NOW, change, facts

WEEK = "2025-W05"
SENDER = "Kawaraban <k@x.example>"
HEAD = Letterhead(SENDER)


def mail(subject: str = "題", page: str = "<p>題</p>", head: Letterhead = HEAD) -> EmailMessage:
    return build_mail(Edition(WEEK, subject, "# 題\n", page, "00"), head, Address(addr_spec="a@x.example"), NOW)


def read_back(message: EmailMessage) -> EmailMessage:
    parsed = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def test_the_subject_says_what_the_week_holds(seeds: Seeds) -> None:
    digest = select(facts(change(1), change(2, "updated"), change(3, "denied")), seeds)
    assert Phrases(digest, seeds, "ja").subject() == "DeepSeek週報 2025-W05: 変更2・新規1"
    assert Phrases(digest, seeds, "en").subject() == "DeepSeek weekly 2025-W05: 2 changed, 1 new"


def test_a_message_is_text_and_html_with_the_headers_of_a_list() -> None:
    parsed = read_back(mail("DeepSeek週報 2025-W05: 変更3・新規27"))
    assert parsed["Subject"] == "DeepSeek週報 2025-W05: 変更3・新規27"
    assert parsed["From"] == "Kawaraban <k@x.example>"
    assert parsed["To"] == "a@x.example"
    assert parsed["List-Id"] == "<kawaraban.x.example>"
    assert parsed["List-Unsubscribe"] == "<mailto:k@x.example?subject=unsubscribe>"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert "Reply-To" not in parsed
    assert parsed["Date"].datetime == NOW
    plain, page = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == "# 題\n"
    assert page is not None
    assert "<p>題</p>" in page.get_content()


def test_answers_and_farewells_go_where_the_settings_say() -> None:
    way = "https://lists.x.example/unsubscribe/" + "0123456789abcdef" * 8
    ways = (way, "mailto:leave@x.example?subject=a,b")
    parsed = read_back(mail(head=Letterhead(SENDER, "編集部 <desk@x.example>", ways)))
    assert parsed["Reply-To"].addresses[0].addr_spec == "desk@x.example"
    assert parsed["Reply-To"].addresses[0].display_name == "編集部"
    assert parsed["List-Unsubscribe"] == f"<{way}>, <mailto:leave@x.example?subject=a,b>"
    answered = read_back(mail(head=Letterhead(SENDER, "desk@x.example")))
    assert answered["List-Unsubscribe"] == "<mailto:desk@x.example?subject=unsubscribe>"


@pytest.mark.parametrize("way", ["javascript:x", "https://x.example/>\r\nBcc: <c@x.example", "mailto:あ@x.example"])
def test_a_way_out_that_is_none_is_told_to_the_user(way: str) -> None:
    with pytest.raises(MailError, match="KAWARABAN_MAIL_UNSUBSCRIBE"):
        mail(head=Letterhead(SENDER, None, (way,)))


def test_a_message_is_ascii_with_short_lines_whatever_is_in_it() -> None:
    raw = mail("題" * 90, "<p>" + "長い行" * 5000 + "</p>").as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.splitlines()) <= 998
    assert all(len(line) <= 78 for line in raw.splitlines() if b"=?" in line)


def test_the_message_id_comes_from_week_recipient_and_copy() -> None:
    one = message_id(WEEK, "a@x.example", SENDER)
    assert one == message_id(WEEK, "A@x.example", SENDER)
    others = {
        message_id(WEEK, "b@x.example", SENDER),
        message_id("2025-W06", "a@x.example", SENDER),
        message_id(WEEK, "a@x.example", SENDER, 2),
    }
    assert len(others | {one}) == 4
    assert one.endswith("@x.example>")


def test_a_sender_that_is_no_address_is_told_to_the_user() -> None:
    with pytest.raises(MailError, match="KAWARABAN_MAIL_FROM"):
        mail(head=Letterhead("k@x.example\r\nBcc: c@x.example"))


@pytest.mark.parametrize(
    "wrong", ["nobody", "", "a b@x", "あ@x.example", "a@x.example\r\nBcc: c@x.example", "a@x, b@y"]
)
def test_what_is_no_address_is_none(wrong: str) -> None:
    assert mail_address(wrong) is None


@settings(deadline=None)
@example("000000000000¡¡¡¡¡¡¡𐀀𐀀𐀀 ¡ ¡")
@given(st.text(max_size=300))
def test_every_subject_arrives_as_it_is_and_brings_no_header(text: str) -> None:
    parsed = read_back(mail(f"題 {text}"))
    assert set(parsed.keys()) == set(mail().keys())
    lines = mail(f"題 {text}").as_bytes().split(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(len(line) <= 76 for line in lines if line.startswith((b"Subject", b" =?")))
    assert " ".join(str(parsed["Subject"]).split()) == clean(f"題 {text}", 200)


def test_no_text_slips_in_a_header() -> None:
    parsed = read_back(mail(f"題\r\nBcc: c@x.example\u2028X-A: b {HOSTILE}"))
    assert set(parsed.keys()) == set(mail().keys())
    assert "\u202e" not in str(parsed["Subject"])
