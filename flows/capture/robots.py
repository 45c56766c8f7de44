"""robots.txt by the rules of RFC 9309, kept between runs for at most a day.

It governs pages, which a feed's author chose; a feed itself is an address that the user listed.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import json
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from protego import Protego

from flows.capture.client import Client, Failure, Response
from flows.capture.config import PRODUCT
from flows.model import digest_of

MAX_AGE = dt.timedelta(hours=24)
"""How long an answer holds (RFC 9309, 2.4)."""
RETRY_AGE = dt.timedelta(hours=1)
"""How long a failure to get one holds: all is disallowed meanwhile, but not for a whole day."""
PATIENCE = dt.timedelta(days=30)
"""For how long a file that cannot be had disallows all; then it counts as missing (RFC 9309, 2.3.1.4)."""
MAX_BYTES = 500 * 1024
"""What is read of a file (RFC 9309, 2.5 asks for at least this)."""
MAX_REDIRECTS = 5
"""Redirects that are followed before the file counts as unavailable (RFC 9309, 2.3.1.2)."""


@dataclasses.dataclass(frozen=True, slots=True)
class Rules:
    """What one origin's robots.txt says, as cached."""

    origin: str
    fetched_at: dt.datetime
    outcome: str
    """``rules``, ``unavailable`` (allow all) or ``unreachable`` (disallow all, for now)."""
    text: str = ""
    detail: str = ""
    failing_since: str | None = None
    """When the file could not be had for the first time since it last could, ISO 8601."""

    def fresh(self, now: dt.datetime) -> bool:
        """Whether it still holds at ``now``; a copy from the future (a replay of the past) does too, for a day."""
        age = abs(now - self.fetched_at)
        return age < (RETRY_AGE if self.outcome == "unreachable" else MAX_AGE)


class Robots:
    """Asks, caches and applies robots.txt for all hosts of a batch."""

    def __init__(
        self, client: Client, folder: Path, now: dt.datetime, report: Callable[[str, Response], None] | None = None
    ) -> None:
        """``folder`` holds the cache, ``now`` is the run's clock, ``report`` hears of each robots.txt fetched."""
        self._client = client
        self._folder = folder
        self._now = now
        self._report = report
        self._known: dict[str, tuple[Rules, Protego]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def refusal(self, url: str) -> Failure | None:
        """Why a page may not be requested; None where it may. Sets the host's pause where a crawl-delay is asked."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        async with self._locks.setdefault(origin, asyncio.Lock()):
            if origin not in self._known:
                rules = await self._rules(origin)
                parsed = Protego.parse(rules.text)
                self._known[origin] = rules, parsed
                delay = parsed.crawl_delay(PRODUCT)
                if delay and parts.hostname:
                    self._client.pacer.set_pause(parts.hostname, min(delay, self._client.config.max_crawl_delay))
        rules, parsed = self._known[origin]
        if rules.outcome == "unreachable":
            return Failure("unreachable", f"robots.txt cannot be had for now ({rules.detail})")
        if rules.outcome == "rules" and not parsed.can_fetch(url, PRODUCT):
            return Failure("robots", "disallowed by robots.txt")
        return None

    async def _rules(self, origin: str) -> Rules:
        cached = self._load(origin)
        if cached is not None and cached.fresh(self._now):
            return cached
        address = f"{origin}/robots.txt"
        response = await self._client.get(address, accept="text/plain, */*;q=0.5", max_redirects=MAX_REDIRECTS)
        if self._report is not None:
            self._report(address, response)
        rules = interpret(origin, response, self._now)
        if response.error is not None and response.error.kind == "spared":
            return cached or rules  # not asked, so there is nothing to remember
        if rules.outcome == "unreachable" and cached is not None and cached.outcome == "rules":
            return cached  # RFC 9309, 2.4: an older copy serves while the file is unreachable
        if rules.outcome == "unreachable":
            since = cached.failing_since if cached is not None else None
            rules = dataclasses.replace(rules, failing_since=since or self._now.isoformat())
            if self._now - dt.datetime.fromisoformat(rules.failing_since or "") > PATIENCE:
                rules = dataclasses.replace(rules, outcome="unavailable")
        self._store(rules)
        return rules

    def _path(self, origin: str) -> Path:
        return self._folder / f"{digest_of(origin)}.json"

    def _load(self, origin: str) -> Rules | None:
        try:
            kept = json.loads(self._path(origin).read_text(encoding="utf-8"))
            fetched_at = dt.datetime.fromisoformat(kept["fetched_at"])
            since = kept.get("failing_since")
            if since is not None:
                dt.datetime.fromisoformat(since)
            return Rules(origin, fetched_at, kept["outcome"], kept["text"], kept["detail"], since)
        except (OSError, ValueError, KeyError, TypeError):
            return None  # a cache that cannot be read is no cache

    def _store(self, rules: Rules) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(rules.origin)
        scratch = path.with_suffix(f".{os.getpid()}.tmp")
        kept = dataclasses.asdict(rules) | {"fetched_at": rules.fetched_at.isoformat()}
        scratch.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        scratch.replace(path)


def interpret(origin: str, response: Response, now: dt.datetime) -> Rules:
    """What an answer to a request for robots.txt means (RFC 9309, 2.3.1).

    2xx: its rules. 4xx and too many redirects: none, all is allowed. 429, 5xx and no answer: all is disallowed for
    now.
    """
    status = response.status
    if response.error is None:
        text = response.body[:MAX_BYTES].decode("utf-8", "replace").lstrip("\ufeff")
        return Rules(origin, now, "rules", text)
    if response.error.kind == "redirects" or (status is not None and 400 <= status < 500 and status != 429):
        return Rules(origin, now, "unavailable", detail=str(response.error))
    return Rules(origin, now, "unreachable", detail=str(response.error))
