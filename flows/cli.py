"""The ``kawaraban`` command. Messages to the user go to standard error, results to standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from flows import VERSION
from flows.commands import digests, feeds, replay, seeds
from flows.commands.console import DONE, FAILED, Now, clock, failures, informed, print_table, ready, say, tell_some
from flows.commands.progress import shown
from flows.model import KawarabanError
from flows.settings import load_settings
from warehouse.store import Warehouse

app = typer.Typer(
    help="Watches what is said in Japanese about DeepSeek: claims, what changed, who said it first.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
app.add_typer(feeds.app, name="feeds")
app.add_typer(seeds.app, name="seeds")
app.command()(digests.digest)
app.command()(replay.rebuild)


@app.command()
def run(now: Now = None) -> int:
    """One monitoring pass over all feeds that are due."""
    settings = informed()
    from flows.housekeeping import tidy
    from flows.monitor import monitor, task_runner

    moment = clock(now)
    with shown() as tell:
        report = monitor.with_options(task_runner=task_runner(settings))(moment, tell)
    counts = report.counts
    say(
        f"{report.run_id}: {counts.entries_new} new entries, {counts.pages_fetched} pages, "
        f"{counts.articles_new} new articles ({counts.relevant} relevant, {counts.copies} copies), "
        f"{counts.revisions} revisions, {counts.observations} claims seen, {counts.changes} changes"
    )
    tell_some(report.failed_model, "language model")
    tell_some(report.silent_sources, "source silent against its habit")
    if report.hidden:
        say(f"{report.hidden} links do not tell their article's address; they are kept and asked for again")
    removed = tidy(settings, moment)
    if removed is not None:
        say(str(removed))
    failed_sources, failed_pages = failures(report.failed_sources, "source"), failures(report.failed_pages, "page")
    return failed_sources or failed_pages


@app.command()
def serve() -> int:
    """Runs both on their schedules: monitoring every hour, the digest on Mondays at 07:00 in Japan."""
    ready()
    from flows.serve import serve as start

    start()
    return DONE


@app.command()
def demo() -> int:
    """Plays a small bundled news world offline and shows the last digest."""
    ready()
    from flows.demo.play import play

    print(play(say))  # noqa: T201 - the result
    return DONE


@app.command("import")
def import_files(
    paths: Annotated[list[Path], typer.Argument(help="Text, HTML or WARC files, or folders of them.")],
    published: Annotated[str | None, typer.Option(help="When they were published, where they do not say.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Their outlet, where they do not say.")] = None,
    now: Now = None,
) -> int:
    """Takes in articles from files."""
    settings = informed()
    from flows.files import captures_of, files_of, passes
    from flows.imports import unread
    from flows.monitor import intake, run_name

    moment = clock(now)
    when = clock(published) if published else None
    run_id = run_name(Warehouse(settings.warehouse_path), "import", moment)
    files = files_of(paths)
    taken = captures_of(files, settings.data, f"warc/{moment:%Y-%m-%d}/{run_id}.warc.gz", moment, when, publisher)
    failed = list(taken.failures)
    for captures in passes(unread(taken.captures, settings)):
        report = intake(moment, captures, say)
        counts = report.counts
        failed += report.failed_pages
        tell_some(report.failed_model, "language model")
        say(
            f"{report.run_id}: {len(captures)} pages of {len(files)} files, {counts.articles_new} new articles "
            f"({counts.relevant} relevant), {counts.revisions} revisions, {counts.observations} claims seen, "
            f"{counts.changes} changes"
        )
    return failures(failed, "file")


@app.command()
def explain(url: Annotated[str, typer.Argument(help="An article's address.")]) -> int:
    """What was found in an article, what was set aside and why."""
    settings = ready()
    from flows.explain import explanation

    print(explanation(url, settings))  # noqa: T201 - the result
    return DONE


@app.command()
def sql(query: Annotated[str, typer.Argument(help='Such as "SELECT * FROM claims LIMIT 10".')]) -> int:
    """A read-only query of the warehouse."""
    with Warehouse(load_settings().warehouse_path).reader() as reader:
        columns, rows = reader.query(query)
    print_table(columns, rows)
    return DONE


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
        say(f"kawaraban: {error}")
        sys.exit(FAILED)
    except Exception as error:
        usage = getattr(error, "exit_code", None)
        if usage is None or not hasattr(error, "format_message"):
            raise
        say(f"kawaraban: {error.format_message()}")
        sys.exit(usage)
    sys.exit(result if isinstance(result, int) else DONE)
