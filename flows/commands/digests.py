"""``kawaraban digest``: writes a week's digest and sends it."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.console import DONE, PARTLY, Now, check_language, check_week, clock, failures, informed, say


def digest(
    week: Annotated[
        str | None, typer.Option(help="An ISO week such as 2025-W05; the last full one by default.")
    ] = None,
    now: Now = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Only writes it, and its mail, into the folder preview.")
    ] = False,
    resend: Annotated[bool, typer.Option("--resend", help="Sends it also to those that have had it.")] = False,
    lang: Annotated[str | None, typer.Option(help="ja or en; what KAWARABAN_LANG says by default.")] = None,
    revise: Annotated[
        bool, typer.Option("--revise", help="Writes a new edition also where the last one was sent.")
    ] = False,
    to: Annotated[list[str] | None, typer.Option(help="Sends it to this recipient alone, of those set.")] = None,
) -> int:
    """Writes a week's digest, records it, and sends it where mail or a webhook is set up."""
    informed()
    check_week(week)
    if preview and (resend or to):
        raise typer.BadParameter("--preview sends nothing: leave out --resend and --to")
    from flows.digest import Sending
    from flows.digest import digest as flow

    report = flow(week, clock(now), Sending(preview, resend, tuple(to or ())), say, check_language(lang), revise=revise)
    say(f"{report.week}: {report.path}")
    failed = [f"{d.recipient}: {d.error}" for d in report.deliveries if d.status == "failed"]
    for unclear in (d for d in report.deliveries if d.status == "unclear"):
        say(
            f"delivery unclear, not repeated by itself: {unclear.recipient}: {unclear.error}; "
            f"to send it again: kawaraban digest --week {report.week} --resend --to {unclear.recipient}"
        )
    return failures(failed, "delivery") or (PARTLY if any(d.status == "unclear" for d in report.deliveries) else DONE)
