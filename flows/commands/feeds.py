"""``kawaraban feeds``: the list of sources, how each is doing, and what can be done with it."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.capture import urls
from flows.commands.console import DONE, PARTLY, SHOWN, clock, print_table, ready, say
from flows.model import JST, KawarabanError, Source
from flows.settings import Settings

app = typer.Typer(help="The list of sources, and how each is doing.", rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def feeds(context: typer.Context) -> int:
    """The list of sources, and how each is doing."""
    return DONE if context.invoked_subcommand else status()


@app.command()
def status() -> int:
    """Shows how each source is doing: what it brings, when it answered last, when it is asked next, why it fails."""
    settings = ready()
    from flows.report import SourceCondition
    from seeds.loader import load_sources
    from warehouse.store import Warehouse

    sources = load_sources(settings.seeds)
    with Warehouse(settings.warehouse_path).reader() as reader:
        conditions = reader.source_conditions()
    rows = []
    for source in sources:
        found = conditions.get(source.url) or SourceCondition(source.url, "new")
        share = "" if found.relevant_share is None else f"{found.relevant_share:.0%}"
        rows.append(
            (
                source.publisher,
                source.url,
                found.condition,
                _when(found.last_success_at),
                _when(found.next_fetch_at),
                f"{found.articles_per_week:.1f}",
                share,
                str(found.failures or ""),
                _reason(found.last_error, found.silent_since, found.note),
            )
        )
    print_table(
        ["publisher", "feed", "state", "last success", "next poll", "a week", "relevant", "failures", "reason"], rows
    )
    return DONE


def _when(moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(JST):%Y-%m-%d %H:%M}" if moment else ""


def _reason(error: str | None, silent_since: dt.datetime | None, note: str | None) -> str:
    if error:
        return error
    return f"nothing new since {_when(silent_since)}" if silent_since else (note or "")


@app.command()
def check() -> int:
    """Asks every feed of the list once and shows what came."""
    settings = ready()
    from flows.capture.collect import batches, poll_sources
    from flows.monitor import capture_config
    from seeds import load_seeds

    sources = load_seeds(settings.seeds).sources
    now = clock(None)
    rows: list[tuple[str, str, str, str]] = []
    failed = 0
    for part in batches([(s, None) for s in sources], lambda pair: pair[0].url):
        outcome = poll_sources(part, capture_config(settings), now)
        answers = [fetched for fetched in outcome.fetches if fetched.reason == "feed"]
        for (source, _), fetched in zip(part, answers, strict=True):
            failed += fetched.error is not None
            state = fetched.error or (fetched.note or f"{fetched.status}")
            rows.append((source.publisher, source.url, str(fetched.entries or 0), state))
        say(f"{len(rows)} of {len(sources)} feeds asked")
    print_table(["publisher", "feed", "entries", "answer"], sorted(rows))
    return PARTLY if failed else DONE


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="A site's home page, or a feed itself.")],
    publisher: Annotated[str | None, typer.Option(help="The outlet; what the site calls itself by default.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Add all feeds that are found, not the first alone.")] = False,
    kind: Annotated[str, typer.Option(help="news, official, developer, blog or search.")] = "news",
    links: Annotated[
        str | None, typer.Option(help="Take the page itself as a list of the links that fit this pattern.")
    ] = None,
) -> int:
    """Finds a site's feeds, checks that they are some, and adds them to feeds.toml."""
    settings = ready()
    if links is not None:
        return _add_listing(Source(url, publisher or urls.host_of(url), "listing", links=links), settings)
    from flows.capture.discovery import discover
    from flows.monitor import capture_config
    from seeds.feedlist import add_sources

    site = discover(url, capture_config(settings), clock(None))
    name = publisher or site.name
    chosen = site.feeds if every else site.feeds[:1]
    added, present = add_sources(settings.seeds, [Source(found.url, name, kind) for found in chosen])
    for found in site.feeds:
        told = "added" if found.url in {s.url for s in added} else "found, not added (--all adds it)"
        if found.url in {s.url for s in present}:
            told = "in the list already"
        say(f"{found.way}: {found.url} ({found.title or 'no title'}, {found.entries} entries): {told}")
    say(f"{len(added)} added as {name} to {settings.seeds / 'feeds.toml'}")
    return DONE


def _add_listing(source: Source, settings: Settings) -> int:
    from flows.capture.polls import poll_sources
    from flows.monitor import capture_config
    from seeds.feedlist import add_sources
    from seeds.loader import check_links

    check_links(source.url, source.links)
    outcome = poll_sources([(source, None)], capture_config(settings), clock(None))
    if error := outcome.fetches[0].error:
        raise KawarabanError(f"{source.url} was not added: {error}")
    for entry in outcome.entries[:SHOWN]:
        say(f"{entry.title or 'no title'}: {entry.url}")
    added, _ = add_sources(settings.seeds, [source])
    told = f"added as {source.publisher} to" if added else "in the list already:"
    say(f"{source.url} ({len(outcome.entries)} entries): {told} {settings.seeds / 'feeds.toml'}")
    return DONE


@app.command("import")
def import_list(file: Annotated[Path, typer.Argument(help="An OPML file.")]) -> int:
    """Adds the feeds of an OPML file to feeds.toml."""
    settings = ready()
    from flows.capture.opml import read_opml
    from seeds.feedlist import add_sources

    try:
        body = file.read_bytes()
    except OSError as error:
        raise KawarabanError(f"{file} cannot be read: {error.strerror}") from error
    added, present = add_sources(settings.seeds, read_opml(body))
    for source in added:
        say(f"added: {source.publisher} {source.url}")
    say(f"{len(added)} added to {settings.seeds / 'feeds.toml'}, {len(present)} were in it already")
    return DONE


@app.command()
def export() -> int:
    """Prints the list as OPML."""
    settings = ready()
    from flows.capture.opml import write_opml
    from seeds.loader import load_sources

    sys.stdout.buffer.write(write_opml(load_sources(settings.seeds), "Kawaraban"))
    return DONE
