"""What a poll of many quiet feeds costs, beside the library ``reader``: ``python -m tests.benchmarks.polling [ROUNDS]``.

500 feeds on one loopback server, of which 95 % answer 304, once all on one address and once each on an address of its
own (so that no connection is used twice). Both have seen all feeds before, and both write down what they found, we in
DuckDB, ``reader`` in SQLite. ``reader`` is no dependency: ``uv pip install reader sgmllib3k``. Rounds take turns, the
best of each counts; politeness is set to zero, since ``reader`` has none.
"""

from __future__ import annotations

import datetime as dt
import importlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows.capture.collect import PollOutcome, batches, poll_sources
from flows.capture.config import CaptureConfig
from flows.model import JST, Source
from flows.wanted import sifted
from tests.benchmarks.loopback import Loopback, loopback
from warehouse.store import Warehouse

FEEDS, CHANGING = 500, 25
START = dt.datetime(2025, 1, 28, 9, 0, tzinfo=JST)
WORKERS = (1, 10)


class Ours:
    """Polls by the states in the warehouse and appends what came, as a run does, without Prefect."""

    def __init__(self, folder: Path, urls: list[str]) -> None:
        self.config = CaptureConfig(data=folder, allow_private=True, pause=0.0, per_host=20)
        self.warehouse = Warehouse(folder / "kawaraban.duckdb")
        self.sources = [Source(url, "例") for url in urls]
        self.runs = 0

    def update(self) -> int:
        """One pass over all feeds; the number of entries that were new."""
        now = START + self.runs * dt.timedelta(hours=1)
        self.runs += 1
        with self.warehouse.reader() as reader:
            states = reader.source_states()
        outcomes = [
            poll_sources([(source, states.get(source.url)) for source in part], self.config, now)
            for part in batches(self.sources, lambda source: source.url, len(self.sources))
        ]
        return self._record(f"monitor-{self.runs}", outcomes, now)

    def _record(self, run_id: str, outcomes: list[PollOutcome], now: dt.datetime) -> int:
        entries = [entry for outcome in outcomes for entry in outcome.entries]
        assert not [f.error for outcome in outcomes for f in outcome.fetches if f.error]
        with self.warehouse.reader() as reader:
            fresh = sifted(reader, entries).fresh
        with self.warehouse.writer() as writer:
            writer.record_sources(run_id, self.sources)
            writer.record_fetches(run_id, [fetch for outcome in outcomes for fetch in outcome.fetches])
            writer.record_entries(run_id, fresh, now)
        return len(fresh)


class Theirs:
    """``reader`` with a file for a store and a number of threads."""

    def __init__(self, folder: Path, urls: list[str], workers: int) -> None:
        library: Any = importlib.import_module("reader")
        self._reader = library.make_reader(str(folder / f"reader-{workers}.sqlite"))
        self._workers = workers
        for url in urls:
            self._reader.add_feed(url)

    def update(self) -> int:
        """One pass over all feeds; the number of entries that were new."""
        new = 0
        for result in self._reader.update_feeds_iter(scheduled=False, workers=self._workers):
            assert not isinstance(result.value, Exception), result
            new += result.value.new if result.value else 0
        return new


def measured(server: Loopback, update: Callable[[], int]) -> tuple[float, float, int, int]:
    """Seconds, CPU seconds, requests and new entries of one update after the changing feeds have changed."""
    server.publish()
    server.requests()
    wall, cpu = time.perf_counter(), time.process_time()
    new = update()
    return time.perf_counter() - wall, time.process_time() - cpu, server.requests(), new


def compare(place: str, address: Callable[[int], str], rounds: int) -> None:
    """Prints the best round of each for feeds at the addresses."""
    with tempfile.TemporaryDirectory() as name, loopback(CHANGING) as server:
        folder = Path(name)
        urls = [f"http://{address(n)}:{server.port}/feed/{n}" for n in range(FEEDS)]
        every: dict[str, Any] = {"ours": Ours(folder, urls)}
        every |= {f"reader, {n} workers": Theirs(folder, urls, n) for n in WORKERS}
        for one in every.values():
            one.update()  # the first time, everything comes whole
        runs: dict[str, list[tuple[float, float, int, int]]] = {kind: [] for kind in every}
        for _ in range(rounds):
            for kind, one in every.items():
                runs[kind].append(measured(server, one.update))
        print(place)
        best = {
            kind: (min(run[0] for run in figures), min(run[1] for run in figures)) for kind, figures in runs.items()
        }
        for kind, figures in runs.items():
            print(f"  {kind}: {best[kind][0]:.2f} s, {best[kind][1]:.2f} s of CPU, {figures[-1][2]} requests")
        wall, cpu = (min(best[kind][n] for kind in best if kind != "ours") for n in (0, 1))
        print(f"  ours / best of reader: {best['ours'][0] / wall:.2f} (wall), {best['ours'][1] / cpu:.2f} (CPU)")


def main(rounds: int) -> None:
    """Both comparisons."""
    compare("all on one address:", lambda _: "127.0.0.1", rounds)
    compare("each on its own:", lambda n: f"127.1.{n // 250}.{n % 250 + 1}", rounds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
