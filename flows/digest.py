"""The digest flow: one week → Markdown and HTML → files, warehouse, site, mail and webhook."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Callable
from email.headerregistry import Address
from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows import VERSION
from flows.artifacts import show_digest
from flows.delivery import Order, deliver, letterhead
from flows.digests.addresses import digest_file
from flows.digests.editions import files_of, render, settle
from flows.digests.mail import build_mail, mail_address
from flows.digests.selection import select
from flows.model import JST, iso_week
from flows.monitor import run_name
from flows.report import Delivery, Edition, RunCounts
from flows.settings import Settings, load_settings
from flows.site import update_site
from flows.steps import knowledge_of
from flows.wording import Language
from warehouse.store import Warehouse, Writer

Say = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Sending:
    """To whom a digest is sent, if at all."""

    preview: bool = False
    resend: bool = False
    to: tuple[str, ...] = ()


SEND = Sending()


@dataclasses.dataclass(frozen=True)
class DigestReport:
    """What became of a digest."""

    week: str
    path: Path
    markdown: str
    deliveries: tuple[Delivery, ...]


def last_full_week(now: dt.datetime) -> str:
    """The ISO week that ended last, in Japan."""
    return iso_week(now.astimezone(JST) - dt.timedelta(days=7))


@task(cache_policy=NO_CACHE, persist_result=False)
def compose(week: str, settings: Settings, lang: Language) -> Edition:
    """A week's digest in all its forms, as the warehouse has it now."""
    seeds, _, _ = knowledge_of(settings.seeds)
    with Warehouse(settings.warehouse_path).reader() as reader:
        facts = reader.week_facts(week)
    return render(select(facts, seeds), seeds, lang)


def write_files(folder: Path, edition: Edition) -> Path:
    """Writes a digest's files, each replaced whole.

    Returns:
        The Markdown file's path.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files_of(edition).items():
        draft = folder / f"{name}.new"
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(folder / name)
    return folder / digest_file(edition.week, edition.lang, "md")


@flow(name="digest", timeout_seconds=3600, validate_parameters=False, persist_result=False)
def digest(
    week: str | None,
    now: dt.datetime,
    sending: Sending = SEND,
    say: Say | None = None,
    lang: Language | None = None,
    *,
    revise: bool = False,
) -> DigestReport:
    """Writes a week's digest, records it, and sends it where mail or a webhook is set up.

    An edition that was sent stands as it is, whatever the warehouse says later.

    Args:
        week: an ISO week; the last full one by default.
        now: the run's clock.
        sending: to whom it is sent, if at all; a preview is written aside and nothing else happens.
        say: is told of what failed for now, and where another edition would be written now than was.
        lang: the language of labels and values; the one that is set by default.
        revise: whether to write a new edition also where the last one was sent.
    """
    settings = load_settings()
    say = say or _silent
    chosen = week or last_full_week(now)
    made = compose(chosen, settings, lang or settings.lang)
    if sending.preview:
        return DigestReport(chosen, preview(made, settings, now), made.markdown, ())
    warehouse = Warehouse(settings.warehouse_path)
    run_id = run_name(warehouse, "digest", now)
    with warehouse.writer() as writer:
        standing = settle(made, writer.latest_digest(chosen, made.lang), revise=revise)
        edition = standing.edition
        if standing.fresh:
            _record(writer, run_id, edition, now)
        writer.record_run(run_id, "digest", (now, now), "completed", VERSION, RunCounts())
    if standing.note:
        say(standing.note)
    path = write_files(settings.digests_path, edition)
    update_site(settings, knowledge_of(settings.seeds)[0])
    show_digest(chosen, edition.markdown, edition.subject)
    order = Order(edition, run_id, now, sending.resend, sending.to)
    deliveries = deliver(order, settings, time.sleep, say)
    return DigestReport(chosen, path, edition.markdown, tuple(deliveries))


def _record(writer: Writer, run_id: str, edition: Edition, now: dt.datetime) -> None:
    writer.record_digest(
        run_id,
        edition.week,
        now,
        edition.markdown,
        edition.html,
        edition.sha256,
        edition.subject,
        lang=edition.lang,
        json=edition.json,
        mail=edition.mail,
    )


def preview(edition: Edition, settings: Settings, now: dt.datetime) -> Path:
    """Writes a digest's files and its mail into the folder ``preview``, where nothing takes them for what was sent.

    Returns:
        The Markdown file's path.
    """
    path = write_files(settings.digests_path / "preview", edition)
    reader = next((a for a in map(mail_address, settings.mail_to) if a), Address(addr_spec="reader@localhost"))
    mail = build_mail(edition, letterhead(settings), reader, now)
    path.with_suffix(".eml").write_bytes(mail.as_bytes())
    return path


def _silent(_: str) -> None:
    """Tells nobody."""
