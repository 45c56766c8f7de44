"""``kawaraban seeds``: what the seeds folder knows, and learning it from seed documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.console import DONE, print_table, say
from flows.settings import load_settings

app = typer.Typer(help="What the monitor knows beforehand.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def learn(path: Annotated[Path, typer.Argument(help="A folder with the seed documents, text files.")]) -> int:
    """Learns from seed documents what they say on each topic, and writes it to the seeds folder."""
    settings = load_settings()
    from flows.learn import learn_topics

    lesson = learn_topics(path, settings.seeds)
    rows = [(t.topic, " ".join(t.documents) or "none", t.number, "、".join(t.terms)) for t in lesson.topics]
    print_table(["topic", "documents", "terms", "first terms"], rows)
    for note in lesson.notes:
        say(note)
    say(f"written: {lesson.written}")
    return DONE
