"""When to ask again: pure rules for feeds, articles and failures.

A feed is polled at its own rhythm within bounds, more rarely while it fails, and never given up. A known article is
visited again at growing intervals for ninety days. The jitter is taken from the address, so that a replay is exact.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import hashlib
import re
from collections.abc import Mapping, Sequence

from flows.capture.client import Response
from flows.model import Source, SourceState

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
SHORTEST, USUAL, LONGEST = dt.timedelta(minutes=15), HOUR, DAY
TOLERANCE = dt.timedelta(minutes=5)
"""An hourly run starts some seconds early or late: what is due within this time is due."""
VISITS_END = 90 * DAY
GIVE_UP = 14 * DAY
"""How long a page that is not there (404, 410) is asked for again."""
_GONE = 410
_QUIET_SHARE = 1 / 42
"""A feed without news for a week is asked every four hours, one without news for six weeks once a day."""
_STEADY = frozenset({"http", "not a feed", "tls", "address", "blocked address", "redirects", "blocked"})
"""Kinds of failure that seldom pass within the hour: they weigh more than a timeout does."""
_BRIEF = 6 * HOUR
"""The longest wait after failures that pass by themselves (the server's, or our own network's), for a feed that
answered within the last ``GIVE_UP``: what it brings meanwhile must not fall out of it unseen."""
_SPARED = "spared"
_MAX_AGE = re.compile(r"max-age\s*=\s*(\d+)", re.IGNORECASE)


def due(
    sources: Sequence[Source], states: Mapping[str, SourceState], now: dt.datetime
) -> list[tuple[Source, SourceState | None]]:
    """The sources that are to be polled now, with what is known of them."""
    return [
        (source, state)
        for source in sources
        if (state := states.get(source.url)) is None
        or state.next_fetch_at is None
        or state.next_fetch_at <= now + TOLERANCE
    ]


def conditional(state: SourceState | None, now: dt.datetime) -> bool:
    """Whether a poll may be conditional: once a day the whole feed is asked for, since some servers keep one ETag."""
    return state is not None and state.last_full_at is not None and now - state.last_full_at < DAY


def retry_after(response: Response, now: dt.datetime) -> dt.timedelta | None:
    """How long the server asks to wait (RFC 9110, 10.2.3), in seconds or until a date by its own clock."""
    said = response.header("retry-after")
    if not said:
        return None
    if said.strip().isascii() and said.strip().isdigit():
        return min(LONGEST, dt.timedelta(seconds=min(int(said), 1_000_000)))
    until, clock = _http_date(said), _http_date(response.header("date") or "") or now
    return None if until is None else min(LONGEST, max(dt.timedelta(), until - clock))


def _http_date(text: str) -> dt.datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def next_poll(
    source: Source,
    state: SourceState | None,
    response: Response,
    now: dt.datetime,
    *,
    failed: bool,
    ttl_minutes: int | None = None,
    new: int = 0,
) -> dt.datetime:
    """When to poll a feed again, between a quarter of an hour and a day from ``now``.

    After a success the longest of: the feed's own interval, what it asks for (TTL, Cache-Control, Retry-After), and,
    where the list fixes no interval, its rhythm by ``new``, the entries that it brought since the poll before. After
    a failure twice as long each time, from the second on four times where its kind seldom passes; never given up.
    What was not asked at all, to spare its host, is asked at its usual interval.
    """
    own = dt.timedelta(minutes=source.interval) if source.interval else USUAL
    if failed and response.error is not None and response.error.kind == _SPARED:
        wait = own
    elif failed:
        before = state.consecutive_failures if state else 0
        steps = before + (1 if before and _steady(response) else 0)
        longest = _BRIEF if not _steady(response) and _alive(state, now) else LONGEST
        wait = LONGEST if response.status == _GONE else min(max(longest, own), own * float(2 ** min(steps, 5)))
        wait += _jitter(source.url) * wait / 10 if before else dt.timedelta()
    else:
        asked = [own, dt.timedelta(minutes=min(ttl_minutes or 0, 24 * 60))]
        age = _MAX_AGE.search(response.header("cache-control") or "")
        if age:
            asked.append(dt.timedelta(seconds=min(int(age[1]), 6 * 3600)))
        wait = max(asked)
        if source.interval is None:
            wait = _rhythm(wait, state, now, new)
    wait = min(LONGEST, max(SHORTEST, wait))
    held = retry_after(response, now)
    return now + (max(wait, held) if held else wait)


def _rhythm(asked: dt.timedelta, state: SourceState | None, now: dt.datetime, new: int) -> dt.timedelta:
    """Half an hour for a feed that brings news poll after poll, longer the longer it has been quiet."""
    last_new = state.last_new_at if state else None
    if new:
        return HOUR / 2 if asked == USUAL and last_new is not None and now - last_new <= 2 * HOUR else asked
    return asked if last_new is None else max(asked, (now - last_new) * _QUIET_SHARE)


def _steady(response: Response) -> bool:
    kind = response.error.kind if response.error else "not a feed"
    passing = response.status in {429, 500, 502, 503, 504}
    return kind in _STEADY and not passing


def _alive(state: SourceState | None, now: dt.datetime) -> bool:
    return state is not None and state.last_success_at is not None and now - state.last_success_at < GIVE_UP


def next_visit(first_seen_at: dt.datetime, published_at: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """When to visit a known article again: after about half its age; None once it is ninety days old."""
    age = now - min(first_seen_at, published_at or first_seen_at)
    if age > VISITS_END:
        return None
    return now + min(7 * DAY, max(HOUR, age / 2)) - TOLERANCE


def next_try(
    url: str, response: Response, failures: int, first_seen_at: dt.datetime, now: dt.datetime
) -> dt.datetime | None:
    """When to ask again for a page that could not be had; None where it is given up.

    A page that is not there is given up after 14 days, any other after 90; what robots.txt disallows is asked a day on,
    what was not asked at all, to spare its host, half an hour on.
    """
    if now - first_seen_at > (GIVE_UP if response.status in {404, _GONE} else VISITS_END):
        return None
    if response.error is not None and response.error.kind == "robots":
        return now + DAY
    if response.error is not None and response.error.kind == _SPARED:
        return now + HOUR / 2
    wait = min(DAY, HOUR / 2 * float(2 ** min(failures, 6)))
    wait += _jitter(url) * wait / 10
    return now + max(wait, retry_after(response, now) or wait)


def _jitter(url: str) -> float:
    return int.from_bytes(hashlib.sha256(url.encode()).digest()[:2]) / 65536
