"""``kawaraban feeds``: the list of sources."""

from __future__ import annotations

import typer

from flows.commands.console import DONE, PARTLY, clock, print_table, ready, say

app = typer.Typer(help="The list of sources.", no_args_is_help=True, rich_markup_mode=None)


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
        entries = {u: sum(e.feed_url == u for e in outcome.entries) for u in {s.url for s, _ in part}}
        for (source, _), fetched in zip(part, outcome.fetches, strict=True):
            failed += fetched.error is not None
            state = fetched.error or f"{fetched.status}"
            rows.append((source.publisher, source.url, str(entries[source.url]), state))
        say(f"{len(rows)} of {len(sources)} feeds asked")
    print_table(["publisher", "feed", "entries", "answer"], sorted(rows))
    return PARTLY if failed else DONE
