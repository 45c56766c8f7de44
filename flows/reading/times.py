"""Times as pages write them: ISO 8601 and its relatives in markup, Japanese date text in lines.

A time without a zone is read as Japan's. What has no year is no publication time.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import email.utils
import re
import unicodedata

from flows.model import JST

_REIWA = 2018  # the year before the era's first
_DATE = (
    r"(?:(?P<year>(?:19|20)\d\d)\s*[年/.\-]|令和\s*(?P<reiwa>\d{1,2}|元)\s*年)"
    r"\s*(?P<month>\d{1,2})\s*[月/.\-]\s*(?P<day>\d{1,2})(?!\d)\s*日?"
)
_WEEKDAY = r"(?:\s*[((]?\s*(?:[月火水木金土日](?:曜日?)?|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\s*[))]?(?![月火水木金土日年\d]))?"
_CLOCK = (
    r"(?:[\s,T]*(?P<half>午前|午後|AM|PM|am|pm)?\s*(?P<hour>\d{1,2})\s*[:時]\s*(?P<minute>\d{1,2})(?!\d)\s*分?"
    r"(?:\s*:?\s*(?P<second>\d{1,2})(?!\d)\s*秒?)?(?:\.\d+)?\s*(?P<after>AM|PM|am|pm)?)?"
)
_ZONE = r"(?:\s*(?P<zone>Z|JST|UTC|GMT|[+\-]\d\d:?\d\d))?"
_MOMENT = re.compile(_DATE + _WEEKDAY + _CLOCK + _ZONE)
_PACKED = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?")

MAX_LINE, MAX_REST = 160, 48
_MARKS = re.compile(r"[\s|/・,::()\[\]【】―\-]+")


@dataclasses.dataclass(frozen=True, slots=True)
class Stamp:
    """A time that a line of the page shows."""

    moment: dt.datetime
    exact: bool
    """Whether it tells the time of day."""
    updated: bool
    """Whether the line says that it is the time of a change."""
    rest: str = ""
    """What else stands in the line behind the last time."""


def read_time(text: str | None) -> dt.datetime | None:
    """The time that an attribute or a short text gives; midnight where it gives a day alone; None where it gives none.

    Reads ISO 8601, RFC 2822, packed digits (20250128141300) and Japanese dates (2025年1月28日 午後2時13分, 令和7年…).
    """
    plain = unicodedata.normalize("NFKC", text or "").strip()
    if not plain:
        return None
    if packed := _PACKED.fullmatch(plain):
        return _moment(*(int(part or 0) for part in packed.groups()))
    try:
        moment = dt.datetime.fromisoformat(plain)
    except ValueError:
        pass
    else:
        return moment if moment.tzinfo else moment.replace(tzinfo=JST)
    match = _MOMENT.search(plain)
    if match:
        return _read(match)
    try:
        moment = email.utils.parsedate_to_datetime(plain)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def is_exact(moment: dt.datetime) -> bool:
    """Whether a time tells more than the day."""
    return (moment.hour, moment.minute, moment.second) != (0, 0, 0)


def stamps(line: str, updated: re.Pattern[str]) -> list[Stamp]:
    """The times that a line shows which holds little else; none for a line of text with a date in it.

    Args:
        line: a line of the page.
        updated: what a line says before or behind the time of a change.
    """
    if len(line) > MAX_LINE or "。" in line:
        return []
    plain = unicodedata.normalize("NFKC", line)
    matches = list(_MOMENT.finditer(plain))
    if not matches or len(_MARKS.sub("", _MOMENT.sub("", plain))) > MAX_REST:
        return []
    found = []
    for i, match in enumerate(matches):
        before = plain[matches[i - 1].end() if i else 0 : match.start()]
        behind = plain[match.end() : matches[i + 1].start() if i + 1 < len(matches) else len(plain)]
        moment = _read(match)
        if moment is None:
            continue
        changed = bool(updated.search(before[-12:])) or (
            len(matches) == 1 and bool(updated.match(behind.lstrip(" )]")))
        )
        found.append(Stamp(moment, match["hour"] is not None, changed, behind.strip()))
    return found


def _read(match: re.Match[str]) -> dt.datetime | None:
    era = match["reiwa"]
    year = int(match["year"]) if match["year"] else _REIWA + (1 if era == "元" else int(era))
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    half = (match["half"] or match["after"] or "").upper()
    if half in {"午後", "PM"} and hour < 12:
        hour += 12
    elif half in {"午前", "AM"} and hour == 12:
        hour = 0
    moment = _moment(year, int(match["month"]), int(match["day"]), hour, minute, second)
    zone = match["zone"]
    if moment is None or not zone or zone == "JST":
        return moment
    if zone in {"Z", "UTC", "GMT"}:
        return moment.replace(tzinfo=dt.UTC)
    offset = dt.timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    if offset >= dt.timedelta(days=1):
        return moment
    return moment.replace(tzinfo=dt.timezone(-offset if zone[0] == "-" else offset))


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int = 0) -> dt.datetime | None:
    """A time in Japan; 24:30 is half past midnight of the next day, as broadcasters write."""
    late = hour in range(24, 30)
    try:
        moment = dt.datetime(year, month, day, hour % 24 if late else hour, minute, second, tzinfo=JST)
        return moment + dt.timedelta(days=1) if late else moment
    except (ValueError, OverflowError):
        return None
