"""What capture costs above its client: ``python -m tests.benchmarks.fetching [ROUNDS]``.

1,000 articles from 50 hosts on loopback, politeness set to zero: ``fetch_pages`` (robots.txt, address guard, limits,
WARC) beside a bare asyncio loop of the same client, httpx, with the same concurrency. The best of some rounds counts.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from flows.capture.collect import fetch_pages
from flows.capture.config import CaptureConfig
from flows.model import JST, PageRequest
from tests.benchmarks.loopback import loopback

ARTICLES, HOSTS, AT_ONCE = 1000, 50, 20
NOW = dt.datetime(2025, 1, 28, 9, 0, tzinfo=JST)


def bare(urls: list[str]) -> int:
    """The loop that everything is measured by: GET, read, count."""

    async def run() -> int:
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        slots = asyncio.Semaphore(AT_ONCE)
        async with httpx.AsyncClient(http2=True, limits=limits, trust_env=False, timeout=30) as client:

            async def one(url: str) -> bytes:
                async with slots:
                    return (await client.get(url)).content

            return sum(map(len, await asyncio.gather(*map(one, urls))))

    return asyncio.run(run())


def ours(urls: list[str]) -> int:
    """A batch as a run works on it, into an archive that is new every time."""
    with tempfile.TemporaryDirectory() as folder:
        config = CaptureConfig(
            data=Path(folder), connections=AT_ONCE, per_host=AT_ONCE, pause=0.0, allow_private=True, total_timeout=60
        )
        outcome = fetch_pages([PageRequest(url, url, "", "例") for url in urls], config, "warc/a.warc.gz", NOW)
        assert len(outcome.captures) == len(urls)
        return sum(fetch.bytes for fetch in outcome.fetches)


def timed(work: Callable[[], int]) -> tuple[float, float, int]:
    """Wall seconds, CPU seconds of this process, and what came out."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - wall, time.process_time() - cpu, result


def main(rounds: int) -> None:
    """Prints the best rounds and their quotient."""
    with loopback() as server:
        urls = [f"http://127.0.0.{n % HOSTS + 1}:{server.port}/article/{n}" for n in range(ARTICLES)]
        bare(urls)
        server.requests()
        best: dict[str, tuple[float, float, int]] = {}
        for _ in range(rounds):
            for name, work in (("bare", bare), ("ours", ours)):
                seconds, cpu, size = timed(lambda work=work: work(urls))  # type: ignore[misc]
                figures = (seconds, cpu, server.requests())
                best[name] = min(best.get(name, figures), figures)
                assert size > 0
        for name, (seconds, cpu, requests) in best.items():
            print(f"{name}: {seconds:.2f} s, {cpu:.2f} s of CPU, {requests} requests")
        print(
            f"ours / bare: {best['ours'][0] / best['bare'][0]:.2f} (wall), {best['ours'][1] / best['bare'][1]:.2f} (CPU)"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
