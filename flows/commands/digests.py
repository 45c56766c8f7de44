"""``kawaraban digest``: writes a week's digest and sends it."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.console import Now, check_week, clock, failures, ready, say


def digest(
    week: Annotated[
        str | None, typer.Option(help="An ISO week such as 2025-W05; the last full one by default.")
    ] = None,
    now: Now = None,
) -> int:
    """Writes a week's digest, records it, and sends it where mail is set up."""
    ready()
    check_week(week)
    from flows.digest import digest as flow

    report = flow(week, clock(now))
    say(f"{report.week}: {report.path}")
    failed = [f"{d.recipient}: {d.error}" for d in report.deliveries if d.status != "sent"]
    return failures(failed, "mail")
