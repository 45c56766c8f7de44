"""Dates: absolute and relative, resolved against the day of publication, never wider nor narrower than said."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.claims.dates import parse

PUBLISHED = dt.date(2025, 2, 25)
SIGNS = (
    "0123456789０５〇一二三十年月日週間後前末春夏秋冬昨今来去先"
    "翌同第四半期上中下旬初め令和元旧正節曜火()、。の/-〜・から \n"
)
TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from(SIGNS),
        st.characters(),
    )
)
DATES = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
LENGTHS = {
    "day": (1, 1),
    "days": (1, 31),
    "week": (7, 7),
    "part": (8, 16),
    "month": (28, 31),
    "season": (89, 92),
    "quarter": (89, 92),
    "half": (28, 366),
    "year": (365, 366),
}


def spans(text: str, published: dt.date = PUBLISHED, prefer: str = "past") -> list[tuple[str, str]]:
    return [(span.first.isoformat(), span.last.isoformat()) for span in parse(text, published, prefer)]


@given(st.dates(dt.date(1990, 1, 1), dt.date(2039, 12, 31)))
def test_a_full_date_reads_back_from_every_form(date: dt.date) -> None:
    day = date.isoformat()
    for written in (
        f"{date.year}年{date.month}月{date.day}日",
        f"{date:%Y/%m/%d}",
        day,
        f"{date.year}.{date.month}.{date.day}",
        f"平成{date.year - 1988}年{date.month}月{date.day}日",
    ):
        assert spans(f"それは{written}に") == [(day, day)], written


@given(st.dates(dt.date(2000, 1, 1), dt.date(2039, 12, 31)), st.integers(1, 12), st.integers(1, 28))
def test_what_lacks_its_year_is_the_nearest_past_or_future(published: dt.date, month: int, day: int) -> None:
    for prefer in ("past", "future"):
        (full,) = parse(f"{month}月{day}日", published, prefer)
        assert (full.first.month, full.first.day, full.first) == (month, day, full.last)
        assert abs((full.first - published).days) <= 366
        assert full.first <= published if prefer == "past" else full.first >= published
        (alone,) = parse(f"{day}日に発表", published, prefer)
        assert alone.first.day == day
        assert abs((alone.first - published).days) <= 31
        assert alone.first <= published if prefer == "past" else alone.first >= published


@given(TEXTS, DATES, st.sampled_from(["past", "future"]))
def test_no_text_makes_it_raise_and_spans_keep_their_granularity(text: str, published: dt.date, prefer: str) -> None:
    found = parse(text, published, prefer)
    for span in found:
        shortest, longest = LENGTHS[span.granularity]
        assert shortest <= (span.last - span.first).days + 1 <= longest, span
        assert text[span.start : span.end] == span.text
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(TEXTS)
def test_both_preferences_find_the_same_places(text: str) -> None:
    past, future = parse(text, PUBLISHED), parse(text, PUBLISHED, "future")
    assert [span.start for span in past] == [span.start for span in future]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025年1月", "2025-01-01", "2025-01-31"),
        ("昨年12月26日", "2024-12-26", "2024-12-26"),
        ("今月11日", "2025-02-11", "2025-02-11"),
        ("20日", "2025-02-20", "2025-02-20"),
        ("27日", "2025-01-27", "2025-01-27"),
        ("28日(金)", "2025-02-28", "2025-02-28"),
        ("21年12月", "2021-12-01", "2021-12-31"),
        ("15年、仲間と", "2015-01-01", "2015-12-31"),
        ("85年生まれ", "1985-01-01", "1985-12-31"),
        ("昨年末", "2024-12-01", "2024-12-31"),
        ("先月末", "2025-01-21", "2025-01-31"),
        ("先月", "2025-01-01", "2025-01-31"),
        ("来月", "2025-03-01", "2025-03-31"),
        ("2月中旬", "2025-02-11", "2025-02-20"),
        ("二月上旬", "2025-02-01", "2025-02-10"),
        ("2025年春", "2025-03-01", "2025-05-31"),
        ("今夏", "2025-06-01", "2025-08-31"),
        ("2024年冬", "2024-12-01", "2025-02-28"),
        ("2025年終盤", "2025-10-01", "2025-12-31"),
        ("2025年前半", "2025-01-01", "2025-06-30"),
        ("2025年第2四半期", "2025-04-01", "2025-06-30"),
        ("第4四半期", "2024-10-01", "2024-12-31"),
        ("24年4〜12月期", "2024-04-01", "2024-12-31"),
        ("1〜3月期", "2025-01-01", "2025-03-31"),
        ("2025年3月期", "2024-04-01", "2025-03-31"),
        ("2024年度", "2024-04-01", "2025-03-31"),
        ("令和7年2月3日", "2025-02-03", "2025-02-03"),
        ("年初", "2025-01-01", "2025-01-31"),
        ("きのう", "2025-02-24", "2025-02-24"),
        ("先週", "2025-02-17", "2025-02-23"),
        ("先週末", "2025-02-22", "2025-02-23"),
        ("月曜日", "2025-02-24", "2025-02-24"),
        ("先週の金曜日", "2025-02-21", "2025-02-21"),
        ("3日前", "2025-02-22", "2025-02-22"),
        ("旧正月前", "2025-01-15", "2025-01-28"),
        ("27、28日", "2025-01-27", "2025-01-28"),
        ("1月20〜22日", "2025-01-20", "2025-01-22"),
        ("V3、20日", "2025-02-20", "2025-02-20"),
        ("１月２０日", "2025-01-20", "2025-01-20"),
        ("二〇二五年一月", "2025-01-01", "2025-01-31"),
    ],
)
def test_dates_are_resolved(text: str, first: str, last: str) -> None:
    assert spans(text) == [(first, last)]


@pytest.mark.parametrize(
    "text",
    [
        "1日で",
        "3日間",
        "前日比",
        "前年比",
        "24時間",
        "3年以下",
        "1日当たり",
        "3日続伸",
        "4日連続",
        "約20日",
        "2カ月",
        "経験10年",
        "30年以上続いた",
        "10年債",
        "1日5000万回",
        "前週末比",
        "13月",
        "2025年間",
        "99日",
        "R1 1776",
        "AIME 2024",
        "毎年",
    ],
)
def test_spans_of_time_and_comparisons_are_no_dates(text: str) -> None:
    assert parse(text, PUBLISHED) == []


def test_what_follows_a_date_is_counted_from_it() -> None:
    assert spans("5月6日に公開された。公開から10日後には")[1][0] == "2024-05-16"
    assert spans("2023年5月に始め、その2カ月後の7月に")[1] == ("2023-07-01", "2023-07-31")
    assert spans("1月27日に急落し、翌28日に戻した")[1][0] == "2025-01-28"
    assert spans("1月20日に発表し、同日公開した")[1][0] == "2025-01-20"
    assert spans("2023年5月に設立し、11月に公開した")[1] == ("2023-11-01", "2023-11-30")


def test_a_day_follows_the_month_of_the_day_before_it_unless_it_is_the_news() -> None:
    assert spans("1月20日に公開し、27日に急落した", dt.date(2025, 3, 15))[1][0] == "2025-01-27"
    assert spans("1月20日に公開したR1の改良版を28日に公開した", dt.date(2025, 5, 29))[1][0] == "2025-05-28"


def test_a_month_as_a_heading_holds_for_the_days_below() -> None:
    assert spans("【8月】\n20日だとする噂が広まった\n【11月】\n27日に公開", dt.date(2025, 12, 30)) == [
        ("2025-08-01", "2025-08-31"),
        ("2025-08-20", "2025-08-20"),
        ("2025-11-01", "2025-11-30"),
        ("2025-11-27", "2025-11-27"),
    ]


def test_the_future_is_the_callers_word() -> None:
    assert spans("3月に公開する", dt.date(2025, 2, 6)) == [("2024-03-01", "2024-03-31")]
    assert spans("3月に公開する", dt.date(2025, 2, 6), "future") == [("2025-03-01", "2025-03-31")]


def test_an_aware_time_is_read_in_japan() -> None:
    late = dt.datetime(2025, 1, 27, 20, 0, tzinfo=dt.UTC)
    assert parse("きょう", late)[0].first == dt.date(2025, 1, 28)
    assert parse("きょう", late)[0].relative
    assert parse("昨年12月", late)[0].explicit_year
