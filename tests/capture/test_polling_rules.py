"""When to ask again: rules on values, without a network."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.capture.client import Failure, Response
from flows.capture.polling import conditional, due, next_poll, next_try, next_visit, retry_after
from flows.model import JST, Source, SourceState

NOW = dt.datetime(2025, 1, 28, 9, 0, tzinfo=JST)
SOURCE = Source("http://news.example/feed", "例")
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
FINE = Response(SOURCE.url, SOURCE.url, status=200)


def state(**values: object) -> SourceState:
    return dataclasses.replace(SourceState(SOURCE.url), **values)  # type: ignore[arg-type]


def failing(kind: str, status: int | None = None, *headers: tuple[str, str]) -> Response:
    return Response(SOURCE.url, SOURCE.url, status=status, headers=headers, error=Failure(kind, "…"))


def answered(*headers: tuple[str, str]) -> Response:
    return dataclasses.replace(FINE, headers=headers)


def test_a_new_feed_and_one_whose_time_has_come_are_due() -> None:
    for at, expected in [(None, 1), (NOW, 1), (NOW + 4 * MINUTE, 1), (NOW + 6 * MINUTE, 0), (NOW - DAY, 1)]:
        assert len(due([SOURCE], {SOURCE.url: state(next_fetch_at=at)}, NOW)) == expected
    assert due([SOURCE], {}, NOW) == [(SOURCE, None)]


def test_an_hourly_run_polls_every_hour_though_it_starts_early_or_late() -> None:
    clock = NOW
    for drift in (-40, 35, -90, 0, 120, -200):
        following = next_poll(SOURCE, state(last_new_at=clock), FINE, clock, failed=False)
        clock += HOUR + dt.timedelta(seconds=drift)
        assert due([SOURCE], {SOURCE.url: state(next_fetch_at=following)}, clock)


@pytest.mark.parametrize(
    ("response", "ttl", "minutes"),
    [
        (FINE, None, 60),
        (FINE, 30, 60),
        (FINE, 180, 180),
        (FINE, 100_000, 1440),
        (answered(("cache-control", "public, max-age=7200")), None, 120),
        (answered(("cache-control", "max-age=600")), 90, 90),
        (answered(("retry-after", "10800")), None, 180),
        (answered(("retry-after", "99999999")), None, 1440),
    ],
)
def test_the_longest_wish_counts_within_a_day(response: Response, ttl: int | None, minutes: int) -> None:
    assert next_poll(SOURCE, None, response, NOW, failed=False, ttl_minutes=ttl) == NOW + minutes * MINUTE


@pytest.mark.parametrize(("interval", "minutes"), [(5, 15), (20, 20), (240, 240)])
def test_an_interval_in_the_list_is_kept_to(interval: int, minutes: int) -> None:
    quiet = state(last_new_at=NOW - 60 * DAY)
    assert next_poll(dataclasses.replace(SOURCE, interval=interval), quiet, FINE, NOW, failed=False) == (
        NOW + minutes * MINUTE
    )


def test_polling_follows_a_feeds_rhythm() -> None:
    def wait(last_new: dt.timedelta, new: int) -> dt.timedelta:
        return next_poll(SOURCE, state(last_new_at=NOW - last_new), FINE, NOW, failed=False, new=new) - NOW

    assert wait(HOUR, 3) == 30 * MINUTE
    assert wait(9 * HOUR, 3) == HOUR
    assert wait(DAY, 0) == HOUR
    assert wait(7 * DAY, 0) == 4 * HOUR
    assert wait(80 * DAY, 0) == DAY


def test_failures_are_waited_out_ever_longer_and_never_given_up() -> None:
    waits = [
        next_poll(SOURCE, state(consecutive_failures=n), failing("timeout"), NOW, failed=True) - NOW for n in range(40)
    ]
    assert waits[0] == HOUR
    assert waits == sorted(waits)
    assert waits[-1] == DAY


def test_kinds_of_failure_weigh_differently() -> None:
    def wait(response: Response, before: int = 0) -> dt.timedelta:
        return next_poll(SOURCE, state(consecutive_failures=before), response, NOW, failed=True) - NOW

    assert wait(failing("timeout")) == wait(failing("http", 404)) == wait(FINE) == HOUR
    assert 2 * HOUR <= wait(failing("timeout"), 1) == wait(failing("http", 503), 1) < 3 * HOUR
    assert 4 * HOUR <= wait(failing("http", 404), 1) == wait(FINE, 1) < 5 * HOUR
    assert wait(failing("http", 410)) == DAY
    assert wait(failing("http", 429, ("retry-after", "21600"))) == 6 * HOUR


def test_an_outage_of_ours_costs_a_living_feed_hours_and_no_day() -> None:
    """A night without a network fails on every feed; none of them may be left alone for another day because of it."""

    def longest(kind: str, last_success: dt.timedelta) -> dt.timedelta:
        before = state(consecutive_failures=30, last_success_at=NOW - last_success)
        return next_poll(SOURCE, before, failing(kind), NOW, failed=True) - NOW

    for kind in ("dns", "timeout", "refused", "network"):
        assert longest(kind, DAY) <= 7 * HOUR
        assert longest(kind, 15 * DAY) == DAY
    assert longest("http", DAY) == longest("not a feed", DAY) == DAY
    slow = dataclasses.replace(SOURCE, interval=12 * 60)
    before = state(consecutive_failures=3, last_success_at=NOW - DAY)
    assert next_poll(slow, before, failing("dns"), NOW, failed=True) - NOW >= 12 * HOUR


def test_what_was_not_asked_waits_no_longer_for_it() -> None:
    spared = failing("spared")
    assert next_poll(SOURCE, state(consecutive_failures=9), spared, NOW, failed=True) == NOW + HOUR
    assert next_try(SOURCE.url, spared, 9, NOW - 30 * DAY, NOW) == NOW + HOUR / 2


def test_the_jitter_is_a_feeds_own_and_the_same_every_time() -> None:
    def wait(url: str) -> dt.timedelta:
        source = Source(url, "例")
        return next_poll(source, state(consecutive_failures=2), failing("timeout"), NOW, failed=True) - NOW

    waits = [wait(f"http://news.example/{n}") for n in range(50)]
    assert len(set(waits)) == 50
    assert waits == [wait(f"http://news.example/{n}") for n in range(50)]
    assert all(4 * HOUR <= one <= 4.4 * HOUR for one in waits)


def test_retry_after_in_seconds_and_as_a_date_by_the_servers_clock() -> None:
    stamp, until = ("date", "Sun, 05 Jul 2026 10:00:00 GMT"), ("retry-after", "Sun, 05 Jul 2026 12:00:00 GMT")
    assert retry_after(answered(("retry-after", "90")), NOW) == dt.timedelta(seconds=90)
    assert retry_after(answered(stamp, until), NOW) == 2 * HOUR
    assert retry_after(answered(until), NOW) == DAY
    assert retry_after(answered(("retry-after", "Sun, 05 Jul 2020 12:00:00 GMT")), NOW) == dt.timedelta()
    assert retry_after(answered(("retry-after", "soon")), NOW) is None


@given(st.text(max_size=30))
def test_any_retry_after_is_bounded(said: str) -> None:
    wait = retry_after(answered(("retry-after", said)), NOW)
    assert wait is None or dt.timedelta() <= wait <= DAY


def test_once_a_day_a_feed_is_asked_without_a_condition() -> None:
    assert conditional(state(last_full_at=NOW - 23 * HOUR), NOW)
    assert not conditional(state(last_full_at=NOW - DAY), NOW)
    assert not conditional(state(), NOW)
    assert not conditional(None, NOW)


def test_a_known_article_is_visited_ever_more_rarely_for_ninety_days() -> None:
    clock, visits = NOW, []
    while (following := next_visit(NOW, NOW, clock)) is not None:
        visits.append(following - clock)
        clock = following
    assert visits[0] >= 55 * MINUTE
    assert max(visits) <= 7 * DAY
    assert 20 <= len(visits) <= 35
    assert 90 * DAY <= clock - NOW <= 97 * DAY


def test_a_failed_page_is_tried_again_and_given_up_in_the_end() -> None:
    gone, slow = failing("http", 404), failing("timeout")
    waits = [next_try(SOURCE.url, slow, n, NOW, NOW) for n in range(12)]
    assert all(wait is not None and HOUR / 2 <= wait - NOW <= 1.1 * DAY for wait in waits)
    assert waits == sorted(waits)  # type: ignore[type-var]
    assert next_try(SOURCE.url, gone, 3, NOW - 13 * DAY, NOW) is not None
    assert next_try(SOURCE.url, gone, 3, NOW - 15 * DAY, NOW) is None
    assert next_try(SOURCE.url, slow, 3, NOW - 15 * DAY, NOW) is not None
    assert next_try(SOURCE.url, slow, 3, NOW - 91 * DAY, NOW) is None


def test_what_robots_disallow_is_asked_a_day_on() -> None:
    assert next_try(SOURCE.url, failing("robots"), 0, NOW, NOW) == NOW + DAY
