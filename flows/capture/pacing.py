"""Whose turn it is: the pause and the number of requests at a time that hold for each host."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


class Pacer:
    """At most ``per_host`` requests at a time to a host, and a pause between the starts of two."""

    def __init__(
        self,
        per_host: int,
        pause: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        budget: float = math.inf,
    ) -> None:
        """``pause`` is in seconds of ``clock``, and ``sleep`` waits as many; no turn begins ``budget`` seconds on."""
        self._per_host = per_host
        self._pause = pause
        self._clock = clock
        self._sleep = sleep
        self._end = clock() + budget
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._next_start: dict[str, float] = {}
        self._pauses: dict[str, float] = {}

    def pause_of(self, host: str) -> float:
        """The pause that holds for a host."""
        return self._pauses.get(host, self._pause)

    def set_pause(self, host: str, seconds: float) -> None:
        """Makes the pause for one host at least this long (a crawl-delay)."""
        self._pauses[host] = max(self._pause, seconds)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[bool]:
        """Waits until a request to the host may start, and holds its slot; False, at once, where that is too late."""
        async with self._slots.setdefault(host, asyncio.Semaphore(self._per_host)):
            clock = self._clock()
            start = max(clock, self._next_start.get(host, 0.0))
            if start > self._end:
                yield False
                return
            self._next_start[host] = start + self.pause_of(host)
            if start > clock:
                await self._sleep(start - clock)
            yield True
