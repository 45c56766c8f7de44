"""Dates told from another day: yesterday, last week, five days later, this summer, the lunar New Year."""

from __future__ import annotations

import datetime as dt
import re

from flows.claims import calendar
from flows.claims.date_context import NUMBER, Context, Found, Reader, nearest, number_of, years_around

_DAY_WORDS = {
    "今日": 0,
    "きょう": 0,
    "本日": 0,
    "昨日": -1,
    "きのう": -1,
    "一昨日": -2,
    "おととい": -2,
    "明日": 1,
    "あす": 1,
    "あした": 1,
    "明後日": 2,
    "あさって": 2,
    "昨夜": -1,
    "昨晩": -1,
    "ゆうべ": -1,
    "今朝": 0,
    "けさ": 0,
    "今夜": 0,
    "今晩": 0,
    "今夕": 0,
}


def _day_word(match: re.Match[str], context: Context) -> Found | None:
    date = calendar.shifted(context.published, _DAY_WORDS[match[0]])
    return ((date, date) if date else None), "day", False, True


def _day_from_day(match: re.Match[str], context: Context) -> Found | None:
    step = {"前々日": -2, "前日": -1, "同日": 0, "当日": 0, "即日": 0, "翌日": 1, "翌々日": 2}[match[0]]
    base = (
        context.day
        if context.day and (step >= 0 or context.told or context.day < context.published)
        else context.published
    )
    date = calendar.shifted(base, step)
    return ((date, date) if date else None), "day", False, True


def _distance(match: re.Match[str], context: Context) -> Found | None:
    number, unit = number_of(match["n"]), match["unit"]
    sign = -1 if match["way"] == "前" else 1
    base = context.published
    told = match["that"] or context.folded[max(0, match.start() - 2) : match.start()].endswith(("から", "の", "より"))
    if context.latest and (told or (sign > 0 and context.day)):
        base = (context.day or context.latest) if unit in {"日", "週間"} else context.latest
    if match["m"]:
        months = (calendar.shifted_month(base.year, base.month + sign * step) for step in range(1, 13))
        begin = next((month for month in months if month and month.month == number_of(match["m"])), None)
        return (calendar.months_span(begin.year, begin.month, begin.month) if begin else None), "month", False, True
    if unit in {"日", "週間"}:
        date = calendar.shifted(base, sign * number * (1 if unit == "日" else 7))
        if not date:
            return None
        return ((date, date), "day", False, True) if unit == "日" else (_week(date), "week", False, True)
    if unit == "年":
        return calendar.year_span(base.year + sign * number), "year", False, True
    begin = calendar.shifted_month(base.year, base.month + sign * number)
    return (calendar.months_span(begin.year, begin.month, begin.month) if begin else None), "month", False, True


def _week(date: dt.date) -> calendar.Span | None:
    """Monday to Sunday around a day."""
    monday = calendar.shifted(date, -date.weekday())
    sunday = calendar.shifted(monday, 6) if monday else None
    return (monday, sunday) if monday and sunday else None


def _of_week(match: re.Match[str], context: Context) -> Found | None:
    step = {"先々週": -2, "先週": -1, "前週": -1, "今週": 0, "来週": 1, "翌週": 1, "再来週": 2}[match["week"]]
    inside = calendar.shifted(context.published, 7 * step)
    week = _week(inside) if inside else None
    if not week:
        return None
    monday, sunday = week
    if match["weekday"] or match["start"]:
        date = monday + dt.timedelta(days=calendar.WEEKDAYS.index(match["weekday"]) if match["weekday"] else 0)
        return (date, date), "day", False, True
    if match["end"]:
        first = monday + dt.timedelta(days=4 if match["week"] == "前週" else 5)
        return (first, first if match["week"] == "前週" else sunday), "days", False, True
    return week, "week", False, True


def _weekday(match: re.Match[str], context: Context) -> Found | None:
    if match["end"]:
        days, back = [], [5, 6]
    else:
        days = [calendar.WEEKDAYS.index(match["weekday"]) if match["weekday"] else 0]
        back = days
    spans: list[calendar.Span | None] = []
    for step in range(-2, 3):
        inside = calendar.shifted(context.published, 7 * step)
        week = _week(inside) if inside else None
        if week:
            spans.append((week[0] + dt.timedelta(days=back[0]), week[0] + dt.timedelta(days=back[-1])))
    return nearest(spans, context), "days" if match["end"] else "day", False, True


def _season(match: re.Match[str], context: Context) -> Found | None:
    year = context.published.year + {"今": 0, "この": 0, "昨": -1, "一昨": -2, "来": 1, "翌": 1}[match["which"]]
    if match["season"] == "冬" and context.published.month <= 2:
        year -= 1
    return calendar.year_part(year, match["season"]), "season", True, True


def _of_this_year(match: re.Match[str], context: Context) -> Found | None:
    word = match[0]
    if word == "年内":
        return calendar.year_span(context.published.year), "year", False, True
    months = {"年初": (1, 1), "年明け": (1, 1), "年始": (1, 1), "年末": (12, 12), "年の瀬": (12, 12), "年央": (6, 7)}[
        word
    ]
    future = context.future and word in {"年明け", "年始", "年初"}
    make = [calendar.months_span(year, *months) for year in years_around(context)]
    span = nearest(make, context)
    if future and span and span[0] <= context.published:
        span = calendar.months_span(context.published.year + 1, *months)
    return span, "half" if word == "年央" else "month", False, True


def _of_this_month(match: re.Match[str], context: Context) -> Found | None:
    date = context.published
    part = None if match["part"] == "内" else match["part"]
    return calendar.month_part(date.year, date.month, part), "part" if part else "month", False, True


def _lunar(match: re.Match[str], context: Context) -> Found | None:
    known = {date.year: date for date in context.units.lunar_new_year}
    offset = {"今年": 0, "昨年": -1, "去年": -1, "来年": 1, None: 0}[match["which"]]
    before, after = {None: (0, 6), "前": (-14, -1), "明け": (7, 20), "後": (7, 20)}[match["side"]]

    def make(year: int) -> calendar.Span | None:
        date = known.get(year)
        return (date + dt.timedelta(days=before), date + dt.timedelta(days=after)) if date else None

    if match["y"] or match["which"]:
        year = int(match["y"]) if match["y"] else context.published.year + offset
        return make(year), "days", True, not match["y"]
    return nearest([make(year) for year in years_around(context)], context), "days", False, False


_FREE = r"(?<![A-Za-z0-9〇一二三四五六七八九十百千万億数第.,約])"
READERS: list[Reader] = [
    (
        re.compile(
            r"一昨日|明後日|今日(?!的)|きょう(?![だう])|本日|昨日|きのう|おととい|明日|あす(?=[のにはか、])|あした(?=[のにはか、])"
            r"|あさって|昨夜|昨晩|ゆうべ|今朝|けさ|今夜|今晩|今夕"
        ),
        _day_word,
    ),
    (re.compile(r"(?:前々日|前日|同日|翌々日|翌日|当日|即日)(?!比|並)"), _day_from_day),
    (
        re.compile(
            rf"(?=[そ0-9一二三四五六七八九十])(?P<that>その)?{_FREE}(?P<n>{NUMBER})"
            rf"(?P<unit>日|週間|カ月|か月|ヶ月|ヵ月|年)(?P<way>前|後)(?![場半者期編])(?:の(?P<m>{NUMBER})月)?"
        ),
        _distance,
    ),
    (
        re.compile(
            r"(?P<week>先々週|先週|前週|今週|来週|再来週|翌週)(?!末?比)の?"
            r"(?:(?P<weekday>[月火水木金土日])曜日?|(?P<end>末)(?!比)|(?P<start>初め|明け))?"
        ),
        _of_week,
    ),
    (
        re.compile(
            r"(?=[月火水木金土日週])(?<![一二三四五六七八九十毎])"
            r"(?:(?P<weekday>[月火水木金土日])曜日?|(?<![先前今来])(?P<end>週末)(?!比)|(?P<start>週明け))"
        ),
        _weekday,
    ),
    (re.compile(r"(?P<which>今|昨|来|この|翌|一昨)(?P<season>[春夏秋冬])(?![休場季眠着])"), _season),
    (
        re.compile(r"(?<![今昨去来前一翌同0-9])年(?:初(?!来)|末(?!年始)|明け|の瀬|内(?=[にのは、])|始|央)"),
        _of_this_year,
    ),
    (
        re.compile(r"(?<![0-9一二三四五六七八九十今先来同前翌毎])月(?P<part>末|内|初め|半ば)(?=[にまのは、で])"),
        _of_this_month,
    ),
    (
        re.compile(
            r"(?=[今昨来去2春旧])(?:(?P<which>今年|昨年|来年|去年)の?|(?P<y>20[0-9]{2})年の?)?"
            r"(?:旧正月|春節)(?:\((?:旧正月|春節)\))?(?P<side>前|明け|後)?"
        ),
        _lunar,
    ),
]
