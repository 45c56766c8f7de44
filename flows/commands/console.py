"""What all commands share: exit codes, the clock, messages and tables."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from flows.digests.labels import languages
from flows.environment import prepare
from flows.model import JST
from flows.settings import Settings, load_settings
from flows.wording import Language

DONE, FAILED, PARTLY = 0, 1, 3
SHOWN = 10
Now = Annotated[str | None, typer.Option("--now", help="The run's clock, ISO 8601; the real time by default.")]


def say(text: str) -> None:
    """Tells the user something, on standard error."""
    Console(stderr=True, highlight=False).print(text, markup=False, soft_wrap=True)


def clock(now: str | None) -> dt.datetime:
    """The time that a ``--now`` names, in Japan where it tells no zone; the real time by default.

    Raises:
        typer.BadParameter: it is no ISO 8601 time.
    """
    if now is None:
        return dt.datetime.now(JST).replace(microsecond=0)
    try:
        moment = dt.datetime.fromisoformat(now)
    except ValueError as error:
        raise typer.BadParameter(f"--now takes a time such as 2025-01-28T18:00:00+09:00, not {now!r}") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=JST)


def check_week(week: str | None) -> None:
    """Refuses what is no ISO week.

    Raises:
        typer.BadParameter: it is not of the form ``2025-W05``, or the year has no such week.
    """
    if week is None:
        return
    try:
        year, number = week.split("-W")
        dt.date.fromisocalendar(int(year), int(number), 1)
    except ValueError as error:
        raise typer.BadParameter(f"--week takes an ISO week such as 2025-W05, not {week!r}") from error


def check_language(lang: str | None) -> Language | None:
    """A language that digests can be written in; None where none is asked for.

    Raises:
        typer.BadParameter: there are no words for it.
    """
    known = next((language for language in languages() if language == lang), None)
    if lang is not None and known is None:
        raise typer.BadParameter(f"--lang takes {' or '.join(languages())}, not {lang!r}")
    return known


def ready() -> Settings:
    """The settings, with the data folder and Prefect's home set up."""
    settings = load_settings()
    prepare(settings.data)
    return settings


def informed() -> Settings:
    """The settings, ready, with a seeds folder that can be used: what is wrong with it is told before anything runs.

    Raises:
        SeedsError: a file of the seeds folder is wrong.
    """
    settings = ready()
    from flows.steps import knowledge_of

    knowledge_of(settings.seeds)
    return settings


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Prints a plain table on standard output."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    Console(width=None if sys.stdout.isatty() else 200).print(table, markup=False)


def failures(failed: Sequence[str], what: str) -> int:
    """Tells the user what failed, the first ten by name, and gives the exit code."""
    tell_some(failed, f"{what} failed, left for the next run", "; all are in the table fetches")
    return PARTLY if failed else DONE


def tell_some(lines: Sequence[str], what: str, more: str = "") -> None:
    """Tells the user the first ten of some lines, and how many more there are."""
    for line in lines[:SHOWN]:
        say(f"{what}: {line}")
    if len(lines) > SHOWN:
        say(f"… and {len(lines) - SHOWN} more{more}")
