"""Dates of feeds, in the forms that feeds write."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.capture.dates import parse
from flows.model import JST

NOON = dt.datetime(2025, 1, 28, 12, 0, tzinfo=JST)


@pytest.mark.parametrize(
    "written",
    [
        "2025-01-28T12:00:00+09:00",
        "2025-01-28T03:00:00Z",
        "2025-01-28T03:00:00.123Z",
        "2025-01-28T12:00:00+0900",
        "2025-01-28T12:00",
        "2025-01-28 12:00:00",
        "2025-01-28 12:00:00 JST",
        "2025/1/28 12:00",
        "2025年1月28日 12時00分",
        "2025年01月28日12:00",
        "20250128120000",
        "20250128T120000+0900",
        "Tue, 28 Jan 2025 12:00:00 +0900",
        "Tue, 28 Jan 2025 03:00:00 GMT",
        "Tue, 28 Jan 2025 12:00:00 JST",
        "28 Jan 2025 12:00:00",
        "Tue, 28 Jan 2025 12:00:00",
        "  Tue,  28 Jan 2025\n12:00:00 +0900 ",
    ],
)
def test_one_moment_in_many_notations(written: str) -> None:
    moment = parse(written)
    assert moment is not None
    assert moment.replace(microsecond=0) == NOON


def test_a_day_begins_in_japan_and_its_late_hours_are_the_next_day() -> None:
    assert parse("2025-01-28") == dt.datetime(2025, 1, 28, tzinfo=JST)
    assert parse("2025/01/27 25:30") == dt.datetime(2025, 1, 28, 1, 30, tzinfo=JST)


@pytest.mark.parametrize("written", ["", None, "昨日", "2025-13-45", "0000-00-00 00:00:00", "1月28日", "x" * 200, "31"])
def test_what_is_no_date_is_none(written: str | None) -> None:
    assert parse(written) is None


@given(st.one_of(st.text(max_size=40), st.from_regex(r"\d{1,4}[-/年]\d{1,3}[-/月]\d{1,3}[T日 ]\d{1,3}:\d{1,3}.{0,9}")))
def test_whatever_is_written_gives_an_aware_moment_or_none(text: str) -> None:
    moment = parse(text)
    assert moment is None or moment.tzinfo is not None
