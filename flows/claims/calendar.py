"""Spans of days by the names that the year has for them: seasons, quarters, thirds of a month. Pure arithmetic."""

from __future__ import annotations

import datetime as dt

Span = tuple[dt.date, dt.date]

SEASONS = {"春": 3, "夏": 6, "秋": 9, "冬": 12}
"""The month with which a season of three months begins; winter reaches into the next year."""

YEAR_PARTS = {
    "初め": (1, 1),
    "初頭": (1, 1),
    "はじめ": (1, 1),
    "始め": (1, 1),
    "年初": (1, 1),
    "早々": (1, 1),
    "序盤": (1, 3),
    "前半": (1, 6),
    "上半期": (1, 6),
    "中盤": (5, 8),
    "半ば": (5, 8),
    "後半": (7, 12),
    "下半期": (7, 12),
    "終盤": (10, 12),
    "末": (12, 12),
    "年末": (12, 12),
    "暮れ": (12, 12),
}
"""Part of a year -> first and last month."""

MONTH_PARTS = {
    "上旬": (1, 10),
    "初旬": (1, 10),
    "初め": (1, 10),
    "はじめ": (1, 10),
    "始め": (1, 10),
    "初頭": (1, 10),
    "早々": (1, 10),
    "中旬": (11, 20),
    "半ば": (11, 20),
    "下旬": (21, 31),
    "末": (21, 31),
    "終わり": (21, 31),
    "前半": (1, 15),
    "後半": (16, 31),
}
"""Part of a month -> first and last day."""

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
"""Era -> the year before its first."""

WEEKDAYS = "月火水木金土日"


def year_span(year: int) -> Span | None:
    """All of a year, or None where the calendar has no such year."""
    return months_span(year, 1, 12)


def months_span(year: int, first: int, last: int) -> Span | None:
    """From the first day of a month to the last day of another of the same year (13 is January of the next)."""
    begin, end = shifted_month(year, first), shifted_month(year, last + 1)
    if begin is None or end is None:
        return None
    return begin, end - dt.timedelta(days=1)


def shifted_month(year: int, month: int) -> dt.date | None:
    """The first day of a month counted on beyond 1 to 12, or None outside of the calendar."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return dt.date(year, month, 1) if 1 <= year < dt.MAXYEAR else None


def month_part(year: int, month: int, part: str | None) -> Span | None:
    """A month or a part of it (上旬, 末 …)."""
    whole = months_span(year, month, month)
    if whole is None or part is None or part not in MONTH_PARTS:
        return whole
    first, last = MONTH_PARTS[part]
    begin, end = whole
    return begin.replace(day=first), (end if last > end.day else begin.replace(day=last))


def year_part(year: int, part: str) -> Span | None:
    """A part of a year: 前半, 末, 春 … ; None for a part that is none."""
    if part in SEASONS:
        return months_span(year, SEASONS[part], SEASONS[part] + 2)
    months = YEAR_PARTS.get(part)
    return months_span(year, *months) if months else None


def quarter_span(year: int, quarter: int) -> Span | None:
    """A quarter of the calendar year; None where it is not 1 to 4."""
    return months_span(year, quarter * 3 - 2, quarter * 3) if 1 <= quarter <= 4 else None


def day(year: int, month: int, number: int) -> dt.date | None:
    """A day, or None where the calendar has no such day."""
    try:
        return dt.date(year, month, number)
    except ValueError:
        return None


def shifted(date: dt.date, days: int) -> dt.date | None:
    """A day so many days on, or None outside of the calendar."""
    try:
        return date + dt.timedelta(days=days)
    except OverflowError:
        return None
