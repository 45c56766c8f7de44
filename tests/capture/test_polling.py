from __future__ import annotations

import datetime as dt

from flows.capture.client import Response
from flows.capture.polling import due, next_poll, next_visit
from flows.model import JST, Source, SourceState

NOW = dt.datetime(2025, 1, 28, 18, tzinfo=JST)
SOURCE = Source("http://a.example/feed", "P")
ANSWER = Response(SOURCE.url, SOURCE.url, status=200)
HOUR = dt.timedelta(hours=1)


def test_an_hourly_run_finds_the_feed_due_even_when_it_starts_early() -> None:
    state = SourceState(SOURCE.url, next_fetch_at=next_poll(SOURCE, None, ANSWER, NOW, failed=False))
    assert due([SOURCE], {SOURCE.url: state}, NOW + HOUR - dt.timedelta(minutes=2))
    assert not due([SOURCE], {SOURCE.url: state}, NOW + HOUR / 2)


def test_a_failing_feed_is_asked_more_rarely_and_never_given_up() -> None:
    waits = [
        next_poll(SOURCE, SourceState(SOURCE.url, consecutive_failures=n), ANSWER, NOW, failed=True) - NOW
        for n in (0, 1, 3, 1000)
    ]
    assert waits == sorted(waits)
    assert waits[0] == HOUR
    assert waits[-1] <= dt.timedelta(days=1)


def test_a_known_article_is_visited_at_growing_intervals_for_ninety_days() -> None:
    moment, seen = NOW, []
    while (following := next_visit(NOW, NOW, moment)) is not None:
        seen.append(following - moment)
        moment = following
    assert seen == sorted(seen)
    assert dt.timedelta(days=90) <= moment - NOW <= dt.timedelta(days=98)
    assert len(seen) < 40
