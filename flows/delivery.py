"""Delivery: a week's digest to each reader, once.

What is promised, whatever crashes: a digest is never sent twice by itself, and what was not sent is told and sent by
the next run. Between the last byte of a message and the record that it was taken nobody can know: a run that is killed
there leaves the delivery ``unclear``. It is told, not repeated; ``--resend`` repeats it, with the same Message-ID, by
which a mailbox that has it knows it again. A connection that breaks there is another matter: the server has not taken
responsibility (RFC 5321, 6.1), so mail is handed in again, with that same Message-ID.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial

from flows.digests import webhook
from flows.digests.mail import Letterhead, MailError, build_mail, mail_address, message_id
from flows.digests.smtp import MailServer, hand_in
from flows.digests.text import clean
from flows.model import digest_of
from flows.outbox import Outbox
from flows.report import Delivery, Edition, Outcome
from flows.settings import Settings
from warehouse.store import Warehouse

Send = Callable[[Callable[[str], None]], Outcome]
"""Sends one message; calls what it is given with ``sending`` before the first byte goes out, so that it is noted."""
_WEBHOOK_TIMEOUT = 30.0


@dataclasses.dataclass(frozen=True)
class Parcel:
    """A digest for one address: how it is named in records, and how it is sent."""

    channel: str
    recipient: str
    message_id: str
    send: Send

    @property
    def key(self) -> tuple[str, str]:
        """What two parcels to the same address share."""
        return self.channel, self.recipient.casefold()


@dataclasses.dataclass(frozen=True)
class Order:
    """What to send, and how the run that sends it is called."""

    edition: Edition
    run_id: str
    now: dt.datetime
    resend: bool = False
    """Whether those that have had the week's digest get it anew, as it is now."""
    to: tuple[str, ...] = ()
    """The addresses to send to; all that are set by default."""


def letterhead(settings: Settings) -> Letterhead:
    """The settings that all mail shares."""
    return Letterhead(settings.mail_from, settings.mail_reply_to, settings.mail_unsubscribe)


def deliver(
    order: Order, settings: Settings, wait: Callable[[float], None], say: Callable[[str], None]
) -> list[Delivery]:
    """Sends a digest to all that are to have it and have not, and records it.

    Where another edition of the week was sent before, those that are still waiting get that edition, so that all
    readers have the same.

    Args:
        order: what to send.
        settings: the mail server, the recipients, the webhooks, the waits between attempts.
        wait: lets seconds pass.
        say: is told of attempts that failed for now.

    Returns:
        How it ended for each that was sent to, and what an earlier run has left unclear.

    Raises:
        MailError: a sender's address is none, or one to send to is none of those that are set.
        BusyOutboxError: another run is sending.
        WarehouseError: what was done cannot be recorded; it is kept in the outbox for the next run.
    """
    outbox, warehouse = Outbox(settings.warehouse_path), Warehouse(settings.warehouse_path)
    if not (outbox.path.exists() or settings.webhook_url or (settings.smtp_host and settings.mail_to)):
        return []
    with outbox.held():
        _take_in(outbox, warehouse)
        with warehouse.reader() as reader:
            past = reader.past_deliveries(order.edition.week)
            edition = order.edition
            sent = [d.sha256 for d in past if d.status in {"sent", "unclear"} and d.sha256]
            if sent and not order.resend and edition.sha256 not in sent:
                edition = reader.digest_version(edition.week, sent[-1]) or edition
                say(f"{edition.week} has changed since it was sent; what was sent stays (--resend sends it anew)")
        copies = {key: _count(past, key, "sent") for key in {_key(d) for d in past}}
        doubtful = {key for key in copies if not copies[key] and _count(past, key, "unclear")}
        parcels = _chosen(_parcels(edition, order, settings, copies), order.to)
        left = [p for p in parcels if order.resend or not (copies.get(p.key) or p.key in doubtful)]
        done = _rounds(left, edition, order, outbox, (*settings.delivery_waits, None), wait, say)
        _take_in(outbox, warehouse)
    told = [d for d in past if d.status == "unclear" and _key(d) in doubtful and _key(d) in {p.key for p in parcels}]
    return [*done, *({_key(d): d for d in told}.values() if not order.resend else ())]


def _take_in(outbox: Outbox, warehouse: Warehouse) -> None:
    if not outbox.path.exists():
        return
    left = outbox.left()
    if left:
        with warehouse.writer() as writer:
            for run_id, deliveries in left.items():
                writer.record_deliveries(run_id, deliveries)
    outbox.clear()


def _key(delivery: Delivery) -> tuple[str, str]:
    address = mail_address(delivery.recipient) if delivery.channel == "mail" else None
    return delivery.channel, (address.addr_spec if address else delivery.recipient).casefold()


def _count(past: Sequence[Delivery], key: tuple[str, str], status: str) -> int:
    return sum(_key(d) == key and d.status == status for d in past)


def _parcels(edition: Edition, order: Order, settings: Settings, copies: dict[tuple[str, str], int]) -> list[Parcel]:
    """One parcel for each address that is set."""
    head = letterhead(settings)
    server = MailServer(
        settings.smtp_host or "",
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_user,
        settings.smtp_password,
    )
    parcels = []
    for text in settings.mail_to if settings.smtp_host else ():
        address = mail_address(text)
        shown = address.addr_spec if address else clean(text, 80)
        number = copies.get(("mail", shown.casefold()), 0) + 1
        if address is None:
            send: Send = partial(_refused, shown)
        else:
            message = build_mail(edition, head, address, order.now, number)
            sender = mail_address(settings.mail_from)
            send = partial(hand_in, message, sender.addr_spec if sender else "", shown, server)
        parcels.append(Parcel("mail", shown, message_id(edition.week, shown, settings.mail_from, number), send))
    for url in settings.webhook_url:
        name = webhook.address_words(url)
        mark = digest_of(edition.week, name, copies.get(("webhook", name.casefold()), 0) + 1)
        page = f"{settings.site_url.rstrip('/')}/{edition.week}.html" if settings.site_url else None
        send = partial(webhook.post, url, webhook.payload(edition, page), mark, _WEBHOOK_TIMEOUT)
        parcels.append(Parcel("webhook", name, f"digest.{edition.week}.{mark}", send))
    return list({parcel.key: parcel for parcel in reversed(parcels)}.values())[::-1]


def _refused(shown: str, step: Callable[[str], None]) -> Outcome:  # noqa: ARG001 - as all that send
    """A recipient that is no address: one wrong entry in a list must not cost the others their digest."""
    return Outcome("failed", f"address: {shown!r} is no mail address")


def _chosen(parcels: list[Parcel], to: Sequence[str]) -> list[Parcel]:
    if not to:
        return parcels
    wanted = {address.casefold() for address in to}
    unknown = sorted(wanted - {p.recipient.casefold() for p in parcels})
    if unknown:
        raise MailError(
            f"{clean(unknown[0], 80)!r} is none of the recipients that are set: KAWARABAN_MAIL_TO names them"
        )
    return [p for p in parcels if p.recipient.casefold() in wanted]


def _rounds(
    parcels: list[Parcel],
    edition: Edition,
    order: Order,
    outbox: Outbox,
    pauses: Sequence[float | None],
    wait: Callable[[float], None],
    say: Callable[[str], None],
) -> list[Delivery]:
    """Attempts for all, then again for those that failed for now, after longer and longer pauses."""
    done: dict[tuple[str, str], Delivery] = {}
    waiting = parcels
    for number, pause in enumerate(pauses):
        later = []
        for parcel in waiting:
            done[parcel.key], again = _attempt(parcel, edition, order, outbox, number)
            if again:
                later.append(parcel)
        waiting = later
        if not waiting or pause is None:
            break
        for parcel in waiting:
            say(f"{parcel.recipient}: {done[parcel.key].error}; trying again in {pause:g} s")
        wait(pause)
    return list(done.values())


def _attempt(parcel: Parcel, edition: Edition, order: Order, outbox: Outbox, number: int) -> tuple[Delivery, bool]:
    """One attempt, journalled before the message goes out and after; and whether another makes sense."""
    attempt = Delivery(
        week=edition.week,
        recipient=parcel.recipient,
        message_id=parcel.message_id,
        sent_at=order.now,
        status="sending",
        channel=parcel.channel,
        sha256=edition.sha256,
        delivery_id=digest_of("delivery", order.run_id, *parcel.key, number),
    )
    outcome = parcel.send(lambda status: outbox.note(order.run_id, dataclasses.replace(attempt, status=status)))
    ended = dataclasses.replace(attempt, status=outcome.status, error=outcome.error)
    outbox.note(order.run_id, ended)
    return ended, outcome.again
