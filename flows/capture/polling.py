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
    """How long the server asks to wait (RFC 9110, 10.2.3), in seconds or until a date."""
    said = response.header("retry-after")
    if not said:
        return None
    if said.strip().isdigit():
        return dt.timedelta(seconds=min(int(said), 30 * 86400))
    try:
        until = email.utils.parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(dt.timedelta(), (until if until.tzinfo else until.replace(tzinfo=dt.UTC)) - now)


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
    """When to poll a feed again."""
    own = dt.timedelta(minutes=source.interval) if source.interval else USUAL
    if failed:
        failures = (state.consecutive_failures if state else 0) + 1
        wait = min(LONGEST, own * float(2 ** min(failures - 1, 5)))
        wait += _jitter(source.url) * wait / 10 if failures > 1 else dt.timedelta()
    else:
        asked = [own, dt.timedelta(minutes=min(ttl_minutes or 0, 24 * 60))]
        age = _MAX_AGE.search(response.header("cache-control") or "")
        if age:
            asked.append(dt.timedelta(seconds=min(int(age[1]), 6 * 3600)))
        wait = max(asked)
        last_new = now if new else (state.last_new_at if state else None)
        if source.interval is None and last_new is not None and now - last_new > 7 * DAY:
            wait = max(wait, 4 * HOUR)  # a feed without news for a week is asked six times a day
    wait = min(LONGEST, max(SHORTEST, wait))
    held = retry_after(response, now)
    return now + (max(wait, held) if held else wait)


def next_visit(first_seen_at: dt.datetime, published_at: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    """When to visit a known article again: after about half its age; None once it is ninety days old."""
    age = now - min(first_seen_at, published_at or first_seen_at)
    if age > VISITS_END:
        return None
    return now + min(7 * DAY, max(HOUR, age / 2)) - TOLERANCE


def next_try(
    url: str, response: Response, failures: int, first_seen_at: dt.datetime, now: dt.datetime
) -> dt.datetime | None:
    """When to ask again for a page that could not be had; None where it is given up."""
    if response.status in {404, 410} and now - first_seen_at > GIVE_UP:
        return None
    if response.error is not None and response.error.kind == "robots":
        return now + DAY
    wait = min(DAY, HOUR / 2 * float(2 ** min(failures, 6)))
    wait += _jitter(url) * wait / 10
    return now + max(wait, retry_after(response, now) or wait)


def _jitter(url: str) -> float:
    return int.from_bytes(hashlib.sha256(url.encode()).digest()[:2]) / 65536
