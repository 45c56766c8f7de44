"""Dates of feeds, in the forms that feeds really write; in Japanese time where no zone is given."""

from __future__ import annotations

import datetime as dt
import email.utils
import re
from zoneinfo import ZoneInfo

from flows.model import JST

_NUMERIC = re.compile(
    r"""(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*(?:[-/.月]\s*(?P<day>\d{1,2})\s*日?)?
    (?:\s*T?\s*(?P<hour>\d{1,2})\s*[:時]\s*(?P<minute>\d{1,2})\s*分?
       (?:\s*:?\s*(?P<second>\d{1,2})(?:[.,]\d+)?\s*秒?)?)?
    \s*(?P<zone>Z|UTC|GMT|JST|[+-]\d{2}:?\d{2}|[+-]\d{2})?\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
"""ISO 8601 and its relatives: 2025-01-28T09:00:00+09:00, 2025/01/28 09:00, 2025年1月28日 9時00分."""

_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?\s*(Z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE)
_NAMED_OFFSETS = {"JST": "+0900", "KST": "+0900", "CST": None, "CET": "+0100", "CEST": "+0200", "BST": "+0100"}
_YEARS = range(1990, 2200)


def parse(text: str | None, zone: ZoneInfo = JST) -> dt.datetime | None:
    """An aware moment from a date as feeds write it; None where it cannot be told.

    Reads ISO 8601 with variants, RFC 822/5322 and Japanese dates; without a zone of its own it is a time in ``zone``.
    """
    if not text or len(text) > 100:
        return None
    clean = " ".join(text.split())
    moment = _numeric(clean) or _compact(clean) or _rfc822(clean)
    if moment is None or moment.year not in _YEARS:
        return None
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment


def _numeric(text: str) -> dt.datetime | None:
    found = _NUMERIC.match(text)
    if not found:
        return None
    part = found.groupdict()
    fields = [part["year"], part["month"], part["day"] or "1", part["hour"], part["minute"], part["second"]]
    return _moment([int(field or 0) for field in fields], part["zone"])


def _compact(text: str) -> dt.datetime | None:
    found = _COMPACT.match(text)
    return _moment([int(field or 0) for field in found.groups()[:6]], found.group(7)) if found else None


def _moment(fields: list[int], zone: str | None) -> dt.datetime | None:
    year, month, day, hour, minute, second = fields
    try:
        moment = dt.datetime(year, month, day, 0, 0, min(second, 59), tzinfo=_offset(zone))
        # 24:00 and Japan's 25:30 are hours of the next day
        return moment + dt.timedelta(hours=hour, minutes=minute) if hour < 30 and minute < 60 else None
    except (ValueError, OverflowError):
        return None


def _offset(zone: str | None) -> dt.tzinfo | None:
    if not zone:
        return None
    name = zone.upper()
    if name in {"Z", "UTC", "GMT"}:
        return dt.UTC
    if name == "JST":
        return JST
    digits = name[1:].replace(":", "").ljust(4, "0")
    delta = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return dt.timezone(-delta if name[0] == "-" else delta)


def _rfc822(text: str) -> dt.datetime | None:
    words = text.split(" ")
    if words[-1].upper() in _NAMED_OFFSETS:
        words[-1] = _NAMED_OFFSETS[words[-1].upper()] or ""
    try:
        return email.utils.parsedate_to_datetime(" ".join(words).strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
