"""Dates told in figures: years, months, days and their parts, with what they lack taken from the context."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from flows.claims import calendar
from flows.claims.date_context import (
    NUMBER,
    Context,
    Found,
    Reader,
    nearest,
    number_of,
    of_year,
    on_weekday,
)

_FREE = r"(?<![A-Za-z0-9〇一二三四五六七八九十百千万億数第.,約])"
_MONTH_PART = "上旬|初旬|中旬|下旬|初め|はじめ|始め|初頭|早々|半ば|前半|後半|末(?![端尾])|終わり"
_YEAR_PART = (
    "初め|はじめ|始め|初頭|早々|年初|序盤|前半|中盤|半ば|後半|終盤|末(?![端尾])|暮れ|上半期|下半期|春(?!節)|夏|秋|冬"
)
_YEAR = (
    rf"(?:{_FREE}(?P<y4>(?:19|20)[0-9]{{2}})年(?![間代])|(?P<yk>[一二][〇零一二三四五六七八九]{{3}})年(?![間代])"
    rf"|(?P<era>令和|平成|昭和|大正|明治)(?P<ey>元|{NUMBER})年(?![間代])|{_FREE}'?(?P<y2>[0-9]{{2}})年(?![間代])"
    r"|(?P<yr>一昨年|おととし|昨年|去年|今年|本年|来年|再来年|前年|翌年|同年)(?!比|同期|並み|度比))(?P<fiscal>度)?"
)
_WEEKDAY = r"(?: ?\((?P<weekday>[月火水木金土日])(?:曜日?)?(?:・?[祝休])?\))?"
_NEWS_DAYS = 7
_JOINT = r"(?:~|-|・|、|および|と|から)"


def _year(match: re.Match[str], context: Context) -> int | None:
    """The year that a match tells; None where it tells none."""
    group = match.groupdict()
    if group["y4"] or group["yk"]:
        return number_of(group["y4"] or group["yk"])
    if group["era"]:
        return calendar.ERAS[group["era"]] + (1 if group["ey"] == "元" else number_of(group["ey"]))
    if group["y2"]:
        short = int(group["y2"])
        century = context.published.year // 100 * 100
        return century + short if short <= context.published.year % 100 + 15 else century - 100 + short
    word = group["yr"]
    if word in {"前年", "翌年", "同年"}:
        base = (context.latest or context.published).year
        return base + {"前年": -1, "翌年": 1, "同年": 0}[word]
    offsets = {"一昨年": -2, "おととし": -2, "昨年": -1, "去年": -1, "今年": 0, "本年": 0, "来年": 1, "再来年": 2}
    return context.published.year + offsets[word] if word else None


def _month(match: re.Match[str], context: Context) -> Found | None:
    group = match.groupdict()
    explicit = any(group[name] for name in ("y4", "yk", "era", "y2", "yr"))
    year = _year(match, context)
    if group["mr"]:
        base = context.latest if context.latest and group["mr"] in {"前月", "翌月", "同月"} else context.published
        step = {"先々月": -2, "先月": -1, "前月": -1, "今月": 0, "同月": 0, "来月": 1, "翌月": 1, "再来月": 2}[
            group["mr"]
        ]
        begin = calendar.shifted_month(base.year, base.month + step)
        if begin is None:
            return None
        year, month, relative = begin.year, begin.month, True
    else:
        month, relative = number_of(group["m"]), bool(group["yr"])
    if not 1 <= month <= 12:
        return None
    if not _spans_fit(group):
        return None
    make, granularity = _within_month(group, month)
    span = make(year) if year is not None else of_year(make, context)
    if year is None and group["weekday"] and not on_weekday(span, group["weekday"]):
        around = [make(context.published.year + step) for step in (0, -1, 1)]
        span = next((other for other in around if on_weekday(other, group["weekday"])), span)
    return span, granularity, explicit, relative


def _together(first: int, joint: str, last: int) -> bool:
    """Whether two numbers with a joint between are one span: 27~28, and 27、28, which follow each other."""
    return first < last if joint[-1:] in {"~", "-"} else first + 1 == last


def _spans_fit(group: dict[str, str | None]) -> bool:
    """Whether what stands joined before the month and before the day belongs to them."""
    if group.get("m0"):
        first, last, joint = number_of(group["m0"]), number_of(group["m"]), group["m_joint"] or ""
        if joint in {"から", "~", "-"}:
            return bool(1 <= first <= 12 and (joint != "から" or group["period"]) and not group["d"])
        if group["m0_word"] or group["d"] or not _together(first, joint, last):
            return False
    return not group.get("d0") or _together(number_of(group["d0"]), group["d_joint"] or "", number_of(group["d"]))


def _within_month(group: dict[str, str | None], month: int) -> tuple[Callable[[int], calendar.Span | None], str]:
    """What makes the days of a month, its part, a day of it or a period of months, given the year; its granularity."""
    first_month, number, first_number = number_of(group.get("m0")), number_of(group["d"]), number_of(group.get("d0"))
    if group["d"]:

        def days(year: int) -> calendar.Span | None:
            last = calendar.day(year, month, number)
            first = calendar.day(year, month, first_number) if first_number else last
            return (first, last) if first and last and first <= last else None

        return days, "days" if first_number else "day"
    if group["period"] and not first_month:
        return lambda year: calendar.months_span(year - 1, month + 1, month + 12), "year"
    if first_month and 1 <= first_month <= 12:
        first = first_month if first_month <= month else first_month - 12
        quarter = group["period"] and month - first == 2
        return lambda year: calendar.months_span(year, first, month), "quarter" if quarter else "half"
    part = group["part"]
    return lambda year: calendar.month_part(year, month, part), "part" if part else "month"


def _of_a_year(match: re.Match[str], context: Context) -> Found | None:
    group = match.groupdict()
    year = _year(match, context)
    if year is None or (
        group["y2"]
        and not (group["part"] or group["quarter"] or group["q"] or group["q0"])
        and not _is_year(match, year, context)
    ):
        return None
    relative = bool(group["yr"])
    written = group["quarter"] or group["q"] or group["q0"]
    if written:
        return calendar.quarter_span(year, number_of(written)), "quarter", True, relative
    if group["part"]:
        granularity = "season" if group["part"] in calendar.SEASONS else "half"
        return (
            calendar.year_part(year, group["part"]),
            "month" if group["part"] in {"末", "暮れ"} else granularity,
            True,
            relative,
        )
    if group["fiscal"]:
        return calendar.months_span(year, 4, 15), "year", True, relative
    return calendar.year_span(year), "year", True, relative


def _is_year(match: re.Match[str], year: int, context: Context) -> bool:
    """Whether 15年 names 2015 and is no span of fifteen years."""
    units, folded = context.units, context.folded
    span_of_time = units.not_a_year.match(folded, match.end())
    if (span_of_time and not units.a_date_still.match(folded, match.end())) or units.tenure_before.search(
        folded[max(0, match.start() - 3) : match.start()]
    ):
        return False
    return bool(match["fiscal"]) or context.published.year - 45 <= year <= context.published.year + 6


def _bare_day(match: re.Match[str], context: Context) -> Found | None:
    group = match.groupdict()
    number, first_number = number_of(group["d"]), number_of(group.get("d0"))
    if first_number and not _together(first_number, group["d_joint"], number):
        return None
    folded = context.folded
    before = folded[max(0, match.start() - 3) : match.start()]
    span_of_time = context.units.not_a_day.match(folded, match.end())
    if (span_of_time and not context.units.a_date_still.match(folded, match.end())) or re.search(
        r"(?:およそ|延べ|計|過去|直近|この|今後|[0-9]年|月間)$", before
    ):
        return None
    if number == 1 and not first_number and context.units.a_days_worth.match(folded, match.end()):
        return None
    if (
        re.match(r"(?:[0-9]+|[一二三四五六]|数)(?:回|時間|件|人|ドル|万|億)", folded[match.end() : match.end() + 6])
        and number == 1
    ):
        return None

    def make(begin: dt.date | None) -> calendar.Span | None:
        last = calendar.day(begin.year, begin.month, number) if begin else None
        first = calendar.day(last.year, last.month, first_number) if last and first_number else last
        return (first, last) if first and last and first <= last else None

    months = [calendar.shifted_month(context.published.year, context.published.month + step) for step in range(-4, 5)]
    granularity = "days" if first_number else "day"
    if group["next"] == "翌" and context.day:
        after = [calendar.shifted_month(context.day.year, context.day.month + step) for step in range(3)]
        return next((s for s in map(make, after) if s and s[0] > context.day), None), granularity, False, False
    if context.heading and context.heading[1] == "month":
        span = make(context.heading[0])
        if span:
            return span, granularity, False, False
    followed = _following(make, context, number)
    if followed:
        return followed, granularity, False, False
    spans = [make(begin) for begin in months]
    fitting = [span for span in spans[3:6] if on_weekday(span, group["weekday"])] if group["weekday"] else []
    return nearest(fitting or spans, context), granularity, False, False


def _following(
    make: Callable[[dt.date | None], calendar.Span | None], context: Context, number: int
) -> calendar.Span | None:
    """The day in the month that its sentence named before: 「1月20日に公開し、27日に急落した」, told in March.

    A day of the last week is rather the news itself: 「1月20日に公開したR1の改良版を28日に公開した」.
    """
    before = context.day_told
    if (
        not before
        or number <= before.day
        or (before.year, before.month)
        >= (
            context.published.year,
            context.published.month,
        )
    ):
        return None
    year, month = context.published.year, context.published.month
    near = nearest([make(calendar.shifted_month(year, month + step)) for step in (-1, 0, 1)], context)
    if near and abs((context.published - near[0]).days) <= _NEWS_DAYS:
        return None
    return make(before)


def _iso(match: re.Match[str], _context: Context) -> Found | None:
    year, month, number = int(match["y"]), int(match["m"]), number_of(match["d"])
    if not match["d"]:
        usable = match["sep"] != "." and len(match["m"]) == 2 and 1 <= month <= 12
        return (calendar.months_span(year, month, month), "month", True, False) if usable else None
    date = calendar.day(year, month, number)
    return ((date, date) if date else None), "day", True, False


def _slashed(match: re.Match[str], context: Context) -> Found | None:
    month, number = int(match["m"]), int(match["d"])

    def make(year: int) -> calendar.Span | None:
        date = calendar.day(year, month, number)
        return (date, date) if date else None

    around = [make(context.published.year + step) for step in (0, -1, 1)]
    span = next((span for span in around if on_weekday(span, match["weekday"])), None)
    return span or of_year(make, context), "day", False, False


def _quarter(match: re.Match[str], context: Context) -> Found | None:
    number = number_of(match["quarter"] or match["q"])
    return of_year(lambda year: calendar.quarter_span(year, number), context), "quarter", False, False


# The lookaheads only make the search fast: they name the characters that a date can begin with.
_ANY_YEAR = rf"(?=[0-9'〇零一二三四五六七八九十令平昭大明昨去今本来再前翌同お先])(?:{_YEAR}[のに、]?)?"
_FIRST_MONTH = rf"(?:{_FREE}(?P<m0>{NUMBER})(?P<m0_word>月?)(?P<m_joint>{_JOINT}))"
_FIRST_DAY = rf"(?:(?P<d0>{NUMBER})(?P<d_joint>日?~|日?-|・|、))"


def _month_pattern(first_month: str, first_day: str) -> re.Pattern[str]:
    """A month with its year, day or part where the text has them; with the first of two months or days before them."""
    return re.compile(
        rf"{_ANY_YEAR}(?:{first_month}(?<![0-9.第数])(?P<m>{NUMBER})月(?![間面刊額例謝給齢])"
        r"|(?P<mr>先々月|先月|今月|来月|再来月|前月|翌月|同月)(?!比|並))(?P<period>期(?!間|待|限))?"
        rf"(?:の?(?:{first_day}(?P<d>{NUMBER})日(?!間|目){_WEEKDAY}|(?P<part>{_MONTH_PART})))?"
    )


def _day_pattern(before: str) -> re.Pattern[str]:
    """A day without a month."""
    return re.compile(
        rf"(?=[0-9一二三四五六七八九十翌同さ去])(?P<next>翌|同|さる|去る)?{before}(?P<d>{NUMBER})日{_WEEKDAY}"
    )


READERS: list[Reader] = [
    (_month_pattern(_FIRST_MONTH + "?", _FIRST_DAY + "?"), _month),
    (_month_pattern("", ""), _month),
    (
        re.compile(
            rf"(?=[0-9'一二令平昭大明昨去今本来再前翌同お]){_YEAR}"
            rf"(?:の?(?:第(?P<quarter>[1-4一二三四])四半期|[Qq](?P<q>[1-4])|(?P<q0>[1-4])[Qq]|(?P<part>{_YEAR_PART})))?"
        ),
        _of_a_year,
    ),
    (_day_pattern(_FREE + _FIRST_DAY), _bare_day),
    (_day_pattern(_FREE), _bare_day),
    (
        re.compile(
            r"(?<![0-9A-Za-z.])(?P<y>(?:19|20)[0-9]{2})(?P<sep>[-/.])(?P<m>[0-9]{1,2})"
            r"(?:(?P=sep)(?P<d>[0-9]{1,2}))?(?![0-9%])"
        ),
        _iso,
    ),
    (
        re.compile(
            r"(?<![0-9/A-Za-z.])(?P<m>[0-9]{1,2})/(?P<d>[0-9]{1,2}) ?\((?P<weekday>[月火水木金土日])(?:曜日?)?\)"
        ),
        _slashed,
    ),
    (
        re.compile(
            r"(?<![0-9一二三四])(?:第(?P<quarter>[1-4一二三四])四半期|(?<![A-Za-z])[Qq](?P<q>[1-4])(?![0-9A-Za-z]))"
        ),
        _quarter,
    ),
]
