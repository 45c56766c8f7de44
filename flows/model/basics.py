"""What every step needs: the zone of weeks, the error that a user hears, ids."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")
"""The zone in which weeks are counted and in which a time without a zone is read."""


class KawarabanError(Exception):
    """A failure to tell the user about: what happened, where, and what to do."""


def digest_of(*parts: object, size: int = 16) -> str:
    """A content-derived id: the first ``size`` hex digits of SHA-256 over the parts in canonical JSON."""
    canonical = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:size]


def iso_week(moment: dt.datetime) -> str:
    """The ISO week in Asia/Tokyo in which a moment falls, such as ``2025-W05``."""
    year, week, _ = moment.astimezone(JST).isocalendar()
    return f"{year}-W{week:02d}"
