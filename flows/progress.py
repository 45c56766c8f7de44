"""How far a run is, for whoever watches it.

A flow says what it begins, its tasks say what is through, a listener shows it. Within one process all tasks are heard;
where a task runner works in other processes, only what the flow itself says is.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

Listener = Callable[[str, int, int], None]
"""Is told of a stage, how many of it are through, and how many there are."""


class _Board:
    """The stages of the run that is under way, and who listens."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.listener: Listener | None = None
        self.stages: dict[str, tuple[int, int]] = {}

    def put(self, stage: str, done: int, total: int) -> None:
        with self.lock:
            self.stages[stage] = (done, total)
            if self.listener is not None:
                self.listener(stage, done, total)

    def add(self, stage: str, number: int) -> None:
        with self.lock:
            if stage not in self.stages:
                return
            done, total = self.stages[stage]
            self.stages[stage] = (min(total, done + number), total)
            if self.listener is not None:
                self.listener(stage, *self.stages[stage])


_BOARD = _Board()


@contextlib.contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Has a listener told of all progress in this process while the block runs."""
    _BOARD.listener, _BOARD.stages = listener, {}
    try:
        yield
    finally:
        _BOARD.listener = None


def begin(stage: str, total: int) -> None:
    """Begins a stage of so many steps."""
    _BOARD.put(stage, 0, total)


def advance(stage: str, number: int = 1) -> None:
    """Says that further steps of a stage are through."""
    _BOARD.add(stage, number)
