"""The digest flow: one week → Markdown and HTML → files, warehouse, site, mail and webhook."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import time
from collections.abc import Callable
from email.headerregistry import Address
from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows import VERSION
from flows.artifacts import show_digest
from flows.delivery import Order, deliver, letterhead
from flows.digests.html import render_html
from flows.digests.mail import build_mail, mail_address, subject_line
from flows.digests.markdown import render_markdown
from flows.digests.selection import Digest, select
from flows.model import JST, iso_week
from flows.monitor import knowledge_of, run_name
from flows.report import Delivery, Edition, RunCounts
from flows.settings import Settings, load_settings
from warehouse.store import Warehouse

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
def compose(week: str, settings: Settings) -> tuple[Digest, str, str]:
    """A week's digest, selected, as Markdown and as HTML."""
    seeds, _, _ = knowledge_of(settings.seeds)
    with Warehouse(settings.warehouse_path).reader() as reader:
        facts = reader.week_facts(week)
    digest = select(facts, seeds)
    markdown = render_markdown(digest, seeds)
    return digest, markdown, render_html(markdown, f"{seeds.label(seeds.subject)}週報 {week}")


def write_files(folder: Path, week: str, markdown: str, page: str) -> Path:
    """Writes a digest's files, each replaced whole.

    Returns:
        The Markdown file's path.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for ending, text in (("md", markdown), ("html", page)):
        draft = folder / f"{week}.{ending}.new"
        draft.write_text(text, encoding="utf-8")
        draft.replace(folder / f"{week}.{ending}")
    return folder / f"{week}.md"


@flow(name="digest", timeout_seconds=3600, validate_parameters=False, persist_result=False)
def digest(week: str | None, now: dt.datetime, sending: Sending = SEND, say: Say | None = None) -> DigestReport:
    """Writes a week's digest, records it, brings the site up to date, and sends it where mail or a webhook is set up.

    Args:
        week: an ISO week; the last full one by default.
        now: the run's clock.
        sending: to whom it is sent, if at all; a preview is written aside and nothing else happens.
        say: is told of what failed for now.
    """
    settings = load_settings()
    seeds, _, _ = knowledge_of(settings.seeds)
    chosen = week or last_full_week(now)
    made, markdown, page = compose(chosen, settings)
    subject = subject_line(made, seeds.label(seeds.subject))
    edition = Edition(chosen, subject, markdown, page, hashlib.sha256(markdown.encode()).hexdigest())
    if sending.preview:
        return DigestReport(chosen, preview(edition, settings, now), markdown, ())
    path = write_files(settings.digests_path, chosen, markdown, page)
    warehouse = Warehouse(settings.warehouse_path)
    run_id = run_name(warehouse, "digest", now)
    with warehouse.writer() as writer:
        writer.record_digest(run_id, chosen, now, markdown, page, edition.sha256, subject)
        writer.record_run(run_id, "digest", (now, now), "completed", VERSION, RunCounts())
    show_digest(chosen, markdown, subject)
    order = Order(edition, run_id, now, sending.resend, sending.to)
    deliveries = deliver(order, settings, time.sleep, say or _silent)
    return DigestReport(chosen, path, markdown, tuple(deliveries))


def preview(edition: Edition, settings: Settings, now: dt.datetime) -> Path:
    """Writes a digest's files and its mail into the folder ``preview``, where nothing takes them for what was sent.

    Returns:
        The Markdown file's path.
    """
    path = write_files(settings.digests_path / "preview", edition.week, edition.markdown, edition.html)
    reader = next((a for a in map(mail_address, settings.mail_to) if a), Address(addr_spec="reader@localhost"))
    mail = build_mail(edition, letterhead(settings), reader, now)
    path.with_suffix(".eml").write_bytes(mail.as_bytes())
    return path


def _silent(_: str) -> None:
    """Tells nobody."""
