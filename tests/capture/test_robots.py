"""robots.txt by RFC 9309, and its cache."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
from collections.abc import Sequence

import pytest

from flows.capture.client import Client, Failure, Response
from flows.capture.config import CaptureConfig
from flows.capture.robots import Robots
from flows.model import JST
from tests.capture.server import Site

NOW = dt.datetime(2025, 1, 28, 9, 0, tzinfo=JST)
HOUR = dt.timedelta(hours=1)


def refusals(config: CaptureConfig, urls: Sequence[str], now: dt.datetime = NOW) -> list[str | None]:
    reported: list[tuple[str, Response]] = []

    async def ask() -> list[Failure | None]:
        async with Client(config) as client:
            robots = Robots(client, config.data / "robots", now, lambda url, answer: reported.append((url, answer)))
            return list(await asyncio.gather(*(robots.refusal(url) for url in urls)))

    found = [failure.kind if failure else None for failure in asyncio.run(ask())]
    assert all(url.endswith("/robots.txt") for url, _ in reported)
    return found


def test_rules_for_us_go_before_rules_for_all(site: Site, config: CaptureConfig) -> None:
    rules = "User-agent: *\nDisallow: /\n\nUser-agent: kawaraban\nDisallow: /members/\nAllow: /members/free$\n"
    site.page("/robots.txt", ("\ufeff" + rules).encode())
    paths = ["/", "/news/1.html", "/members/1", "/members/free", "/members/free/2"]
    assert refusals(config, [site.root + p for p in paths]) == [None, None, "robots", None, "robots"]
    assert site.asked("/robots.txt") == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, None),
        (401, None),
        (403, None),
        (410, None),
        (429, "unreachable"),
        (500, "unreachable"),
        (503, "unreachable"),
    ],
)
def test_a_missing_file_allows_all_and_a_failing_server_nothing(
    site: Site, config: CaptureConfig, status: int, kind: str | None
) -> None:
    site.page("/robots.txt", b"User-agent: *\nDisallow: /x", status)
    assert refusals(config, [f"{site.root}/a"]) == [kind]


def test_redirects_are_followed_and_endless_ones_count_as_missing(site: Site, config: CaptureConfig) -> None:
    site.moved("/robots.txt", "/elsewhere.txt")
    site.page("/elsewhere.txt", b"User-agent: *\nDisallow: /a")
    assert refusals(config, [f"{site.root}/a"]) == ["robots"]
    site.moved("/elsewhere.txt", "/robots.txt")
    assert refusals(config, [f"{site.root}/a"], NOW + 25 * HOUR) == [None]


def test_no_answer_disallows_for_now(site: Site, config: CaptureConfig) -> None:
    site.routes["/robots.txt"] = lambda handler: setattr(handler, "close_connection", True)
    assert refusals(config, [f"{site.root}/a"]) == ["unreachable"]


def test_an_answer_holds_for_a_day_between_runs(site: Site, config: CaptureConfig) -> None:
    site.page("/robots.txt", b"User-agent: *\nDisallow: /a")
    for hours, asked in [(0, 1), (1, 1), (23, 1), (24, 2)]:
        assert refusals(config, [f"{site.root}/a"], NOW + hours * HOUR) == ["robots"]
        assert site.asked("/robots.txt") == asked


def test_a_failure_holds_for_an_hour_and_older_rules_serve_meanwhile(site: Site, config: CaptureConfig) -> None:
    site.page("/robots.txt", b"", 500)
    for hours, asked in [(0, 1), (0.5, 1), (1, 2)]:
        assert refusals(config, [f"{site.root}/a"], NOW + hours * HOUR) == ["unreachable"]
        assert site.asked("/robots.txt") == asked
    site.page("/robots.txt", b"User-agent: *\nDisallow: /a")
    assert refusals(config, [f"{site.root}/a", f"{site.root}/b"], NOW + 2 * HOUR) == ["robots", None]
    site.page("/robots.txt", b"", 500)
    assert refusals(config, [f"{site.root}/a", f"{site.root}/b"], NOW + 30 * HOUR) == ["robots", None]


def test_a_damaged_cache_is_no_cache(site: Site, config: CaptureConfig) -> None:
    site.page("/robots.txt", b"User-agent: *\nDisallow: /a")
    refusals(config, [f"{site.root}/a"])
    (kept,) = (config.data / "robots").iterdir()
    kept.write_text("{")
    assert refusals(config, [f"{site.root}/a"]) == ["robots"]


def test_a_crawl_delay_becomes_the_hosts_pause_within_bounds(site: Site, config: CaptureConfig) -> None:
    site.page("/robots.txt", b"User-agent: *\nCrawl-delay: 500\n")

    async def pause() -> float:
        async with Client(dataclasses.replace(config, max_crawl_delay=7)) as client:
            await Robots(client, config.data / "robots", NOW).refusal(f"{site.root}/a")
            return client.pacer.pause_of("127.0.0.1")

    assert asyncio.run(pause()) == 7


def test_a_file_that_cannot_be_had_for_a_month_counts_as_missing(site: Site, config: CaptureConfig) -> None:
    site.page("/robots.txt", b"", 500)
    for days, kind in [(0, "unreachable"), (15, "unreachable"), (30, "unreachable"), (31, None), (31.5, None)]:
        assert refusals(config, [f"{site.root}/a"], NOW + days * 24 * HOUR) == [kind]
    site.page("/robots.txt", b"User-agent: *\nDisallow: /a")
    assert refusals(config, [f"{site.root}/a"], NOW + 33 * 24 * HOUR) == ["robots"]


def test_a_file_that_was_not_asked_for_is_asked_for_next_time(site: Site, config: CaptureConfig) -> None:
    site.page("/robots.txt", b"User-agent: *\nDisallow: /x")
    assert refusals(dataclasses.replace(config, batch_time=-1), [f"{site.root}/a"]) == ["unreachable"]
    assert refusals(config, [f"{site.root}/a"]) == [None]
    assert site.asked("/robots.txt") == 1
