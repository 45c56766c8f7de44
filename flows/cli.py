"""The ``kawaraban`` command. Messages to the user go to standard error, results to standard output."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from flows import VERSION
from flows.environment import prepare
from flows.model import JST, KawarabanError
from flows.settings import Settings, load_settings
from warehouse.store import Warehouse

app = typer.Typer(
    help="Watches what is said in Japanese about DeepSeek: claims, what changed, who said it first.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
feeds_app = typer.Typer(help="The list of sources.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(feeds_app, name="feeds")

DONE, FAILED, PARTLY = 0, 1, 3
_SHOWN = 10
Now = Annotated[str | None, typer.Option("--now", help="The run's clock, ISO 8601; the real time by default.")]


def _say(text: str) -> None:
    Console(stderr=True, highlight=False).print(text, markup=False)


def _clock(now: str | None) -> dt.datetime:
    if now is None:
        return dt.datetime.now(JST).replace(microsecond=0)
    try:
        moment = dt.datetime.fromisoformat(now)
    except ValueError as error:
        raise typer.BadParameter(f"--now takes a time such as 2025-01-28T18:00:00+09:00, not {now!r}") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=JST)


def _ready() -> Settings:
    settings = load_settings()
    prepare(settings.data)
    return settings


def _print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    Console(width=None if sys.stdout.isatty() else 200).print(table, markup=False)


@app.command()
def run(now: Now = None) -> int:
    """One monitoring pass over all feeds that are due."""
    settings = _ready()
    from flows.monitor import monitor, task_runner

    report = monitor.with_options(task_runner=task_runner(settings))(_clock(now), _say)
    counts = report.counts
    _say(
        f"{report.run_id}: {counts.entries_new} new entries, {counts.pages_fetched} pages, "
        f"{counts.articles_new} new articles ({counts.relevant} relevant, {counts.copies} copies), "
        f"{counts.revisions} revisions, {counts.observations} claims seen, {counts.changes} changes"
    )
    return _failures(report.failed_sources, "source") or _failures(report.failed_pages, "page")


def _failures(failed: Sequence[str], what: str) -> int:
    for line in failed[:_SHOWN]:
        _say(f"{what} failed, left for the next run: {line}")
    if len(failed) > _SHOWN:
        _say(f"… and {len(failed) - _SHOWN} more; all are in the table fetches")
    return PARTLY if failed else DONE


@app.command()
def digest(
    week: Annotated[
        str | None, typer.Option(help="An ISO week such as 2025-W05; the last full one by default.")
    ] = None,
    now: Now = None,
) -> int:
    """Writes a week's digest, records it, and sends it where mail is set up."""
    _ready()
    _check_week(week)
    from flows.digest import digest as flow

    report = flow(week, _clock(now))
    _say(f"{report.week}: {report.path}")
    failed = [f"{d.recipient}: {d.error}" for d in report.deliveries if d.status != "sent"]
    return _failures(failed, "mail")


def _check_week(week: str | None) -> None:
    if week is None:
        return
    try:
        year, number = week.split("-W")
        dt.date.fromisocalendar(int(year), int(number), 1)
    except ValueError as error:
        raise typer.BadParameter(f"--week takes an ISO week such as 2025-W05, not {week!r}") from error


@app.command()
def serve() -> int:
    """Runs both on their schedules: monitoring every hour, the digest on Mondays at 07:00 in Japan."""
    _ready()
    from flows.serve import serve as start

    start()
    return DONE


@app.command()
def demo() -> int:
    """Plays a small bundled news world offline and shows the last digest."""
    _ready()
    from flows.demo.play import play

    print(play(_say))  # noqa: T201 - the result
    return DONE


@app.command("import")
def import_files(
    paths: Annotated[list[Path], typer.Argument(help="Text, HTML or WARC files, or folders of them.")],
    published: Annotated[str | None, typer.Option(help="When they were published, where they do not say.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Their outlet, where they do not say.")] = None,
    now: Now = None,
) -> int:
    """Takes in articles from files."""
    settings = _ready()
    from flows.files import captures_of, files_of
    from flows.monitor import intake, run_name

    clock = _clock(now)
    when = _clock(published) if published else None
    run_id = run_name(Warehouse(settings.warehouse_path), "import", clock)
    files = files_of(paths)
    captures = captures_of(files, settings.data, f"warc/{clock:%Y-%m-%d}/{run_id}.warc.gz", clock, when, publisher)
    report = intake(clock, captures, _say)
    counts = report.counts
    _say(
        f"{report.run_id}: {len(files)} files, {counts.articles_new} new articles ({counts.relevant} relevant), "
        f"{counts.observations} claims seen, {counts.changes} changes"
    )
    return _failures(report.failed_pages, "file")


@app.command()
def explain(url: Annotated[str, typer.Argument(help="An article's address.")]) -> int:
    """What was found in an article, what was set aside and why."""
    settings = _ready()
    from flows.explain import explanation

    print(explanation(url, settings))  # noqa: T201 - the result
    return DONE


@app.command()
def sql(query: Annotated[str, typer.Argument(help='Such as "SELECT * FROM claims LIMIT 10".')]) -> int:
    """A read-only query of the warehouse."""
    with Warehouse(load_settings().warehouse_path).reader() as reader:
        columns, rows = reader.query(query)
    _print_table(columns, rows)
    return DONE


@feeds_app.command("check")
def feeds_check() -> int:
    """Asks every feed of the list once and shows what came."""
    settings = _ready()
    from flows.capture.collect import batches, poll_sources
    from flows.monitor import capture_config
    from seeds import load_seeds

    sources = load_seeds(settings.seeds).sources
    clock = _clock(None)
    rows: list[tuple[str, str, str, str]] = []
    failed = 0
    for part in batches([(s, None) for s in sources], lambda pair: pair[0].url):
        outcome = poll_sources(part, capture_config(settings), clock)
        entries = {u: sum(e.feed_url == u for e in outcome.entries) for u in {s.url for s, _ in part}}
        for (source, _), fetched in zip(part, outcome.fetches, strict=True):
            failed += fetched.error is not None
            state = fetched.error or f"{fetched.status}"
            rows.append((source.publisher, source.url, str(entries[source.url]), state))
        _say(f"{len(rows)} of {len(sources)} feeds asked")
    _print_table(["publisher", "feed", "entries", "answer"], sorted(rows))
    return PARTLY if failed else DONE


@app.command()
def version() -> int:
    """The program's version."""
    print(VERSION)  # noqa: T201 - the result
    return DONE


def main() -> None:
    """The entry point: exit code 0 done, 1 failed, 2 wrong usage, 3 done but some source failed."""
    command: Callable[..., Any] = typer.main.get_command(app)
    try:
        result = command(standalone_mode=False)
    except KawarabanError as error:
        _say(f"kawaraban: {error}")
        sys.exit(FAILED)
    except Exception as error:
        usage = getattr(error, "exit_code", None)
        if usage is None or not hasattr(error, "format_message"):
            raise
        _say(f"kawaraban: {error.format_message()}")
        sys.exit(usage)
    sys.exit(result if isinstance(result, int) else DONE)
