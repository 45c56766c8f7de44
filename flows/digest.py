"""The digest flow: one week → Markdown and HTML → files, warehouse, mail."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows import VERSION
from flows.digests.html import render_html
from flows.digests.mail import MailServer, build_mail, send, subject_line
from flows.digests.markdown import render_markdown
from flows.digests.selection import Digest, select
from flows.model import JST, iso_week
from flows.monitor import run_name
from flows.report import Delivery, RunCounts
from flows.settings import Settings, load_settings
from flows.steps import knowledge_of
from warehouse.store import Warehouse


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


@flow(name="digest", timeout_seconds=900, validate_parameters=False, persist_result=False)
def digest(week: str | None, now: dt.datetime) -> DigestReport:
    """Writes a week's digest, records it, and mails it where mail is set up.

    Args:
        week: an ISO week; the last full one by default.
        now: the run's clock.
    """
    settings = load_settings()
    seeds, _, _ = knowledge_of(settings.seeds)
    chosen = week or last_full_week(now)
    made, markdown, page = compose(chosen, settings)
    path = write_files(settings.digests_path, chosen, markdown, page)
    warehouse = Warehouse(settings.warehouse_path)
    run_id = run_name(warehouse, "digest", now)
    with warehouse.writer() as writer:
        writer.record_digest(run_id, chosen, now, markdown, page, hashlib.sha256(markdown.encode()).hexdigest())
        writer.record_run(run_id, "digest", (now, now), "completed", VERSION, RunCounts())
    deliveries = _mail(chosen, made, markdown, page, settings, seeds.label(seeds.subject), now)
    if deliveries:
        with warehouse.writer() as writer:
            writer.record_deliveries(run_id, [dataclasses.asdict(d) for d in deliveries])
    return DigestReport(chosen, path, markdown, tuple(deliveries))


def _mail(
    week: str, made: Digest, markdown: str, page: str, settings: Settings, name: str, now: dt.datetime
) -> list[Delivery]:
    """Sends to the recipients that have not had this week's digest yet."""
    if not settings.smtp_host or not settings.mail_to:
        return []
    with Warehouse(settings.warehouse_path).reader() as reader:
        had = reader.recipients_had(week)
    server = MailServer(
        settings.smtp_host, settings.smtp_port, settings.smtp_security, settings.smtp_user, settings.smtp_password
    )
    subject = subject_line(made, name)
    messages = [
        (recipient, build_mail(week, subject, markdown, page, settings.mail_from, recipient, now))
        for recipient in settings.mail_to
        if recipient not in had
    ]
    return send(messages, week, server, now)
