"""``kawaraban rebuild``: the past read again with today's rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.console import DONE, PARTLY, SHOWN, print_table, ready, say


def rebuild(
    into: Annotated[
        Path | None, typer.Option(help="The new warehouse's file; beside the old one, .rebuilt, by default.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> int:
    """Reads all captures again with today's rules into a new warehouse and shows what differs."""
    settings = ready()
    from flows.monitor import task_runner
    from flows.rebuild import check
    from flows.rebuild import rebuild as flow

    old = settings.warehouse_path
    new = into or old.with_name(f"{old.stem}.rebuilt.duckdb")
    check(new, force, old)
    report = flow.with_options(task_runner=task_runner(settings))(new, force, say)
    say(f"{report.path}: {report.runs} runs, {report.captures} pages read again; {old} is as it was")
    shown = [
        (difference.what if n == 0 else "", difference.count if n == 0 else "", *example)
        for difference in report.differences
        for n, example in enumerate(difference.examples)
    ]
    if shown:
        print_table(["what differs", "count", "for example", "before", "now"], shown)
    else:
        say("nothing differs")
    for line in report.unreadable[:SHOWN]:
        say(f"not read again, what was made of it is kept: {line}")
    if len(report.unreadable) > SHOWN:
        say(f"… and {len(report.unreadable) - SHOWN} more")
    return PARTLY if report.unreadable else DONE
