"""How far a run is, on standard error: bars on a terminal, a plain line for each quarter elsewhere."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from flows import progress
from flows.commands.console import say

WORTH = 20
"""Steps from which a stage is worth lines of its own."""


@contextlib.contextmanager
def shown() -> Iterator[Callable[[str], None]]:
    """Shows the progress of what runs within the block.

    Yields:
        How to tell the user something meanwhile.
    """
    if sys.stderr.isatty():
        with _bars() as tell:
            yield tell
    else:
        with progress.listening(quarters(say)):
            yield say


@contextlib.contextmanager
def _bars() -> Iterator[Callable[[str], None]]:
    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def listen(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        with progress.listening(listen):
            yield lambda text: console.print(text, markup=False)


def quarters(tell: Callable[[str], None]) -> progress.Listener:
    """A listener that tells of each quarter of a stage once, where the stage is long enough."""
    told: dict[str, int] = {}

    def listen(stage: str, done: int, total: int) -> None:
        quarter = 4 * done // total if total else 0
        if total >= WORTH and told.get(stage, 0) < quarter < 4:
            told[stage] = quarter
            tell(f"{stage}: {done} of {total}")

    return listen
