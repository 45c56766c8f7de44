"""When two values agree: the widening of numbers, open amounts, dates, status words and names."""

from __future__ import annotations

import datetime as dt
import importlib.util
import math
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.claims.values import overlaps, tolerance, widened
from flows.model import Value
from seeds.loader import BUNDLED, Attribute, load_seeds

SEEDS = load_seeds(BUNDLED)
SHARED = Path(os.environ.get("SHARED", BUNDLED.parent.parent / "shared"))


def of(attribute: str) -> Attribute:
    return SEEDS.attributes[attribute]


def agree(attribute: str, a: Value, b: Value) -> bool:
    forth, back = overlaps(a, b, of(attribute), SEEDS), overlaps(b, a, of(attribute), SEEDS)
    assert forth == back
    return forth


def usd(low: float | None, high: float | None = None, *, approximate: bool = False, text: str | None = None) -> Value:
    return Value(low=low, high=low if high is None else high, unit="USD", approximate=approximate, text=text)


def people(low: float | None, high: float | None) -> Value:
    return Value(low=low, high=high, unit="people")


def percent(number: float) -> Value:
    return Value(low=number, high=number, unit="percent")


def days(start: str, end: str | None = None) -> Value:
    return Value(start=dt.date.fromisoformat(start), end=dt.date.fromisoformat(end or start))


@pytest.mark.parametrize(
    ("number", "approximate", "unit", "expected"),
    [
        (0, False, "usd", 0),
        (0, True, "usd", 0),
        (5_576_000, False, "usd", 500),
        (5_600_000, False, "usd", 50_000),
        (5_000_000, False, "usd", 250_000),
        (-589e9, False, "usd", 0.5e9),
        (5_600_000, True, "usd", 280_000),
        (0.27, False, "usd", 0.005),
        (1, False, "rank", 0.05),
        (96, False, "percent", 0.5),
        (96.5, False, "percent", 0.05),
        (-17, False, "%", 0.5),
        (96, True, "percent", 4.8),
    ],
)
def test_a_number_is_widened_by_half_its_last_digit_but_at_most_a_twentieth(
    number: float, approximate: bool, unit: str, expected: float
) -> None:
    assert tolerance(number, approximate, unit) == pytest.approx(expected)


def test_an_open_amount_reaches_to_1_4_times_its_bound() -> None:
    assert widened(people(20e6, None), of("users")) == pytest.approx((19e6, 28e6 + 500_000))
    low, high = widened(people(0, 14e6), of("users"))
    assert (low, high) == pytest.approx((10e6, 14.5e6), rel=0.06)
    assert widened(people(None, 14e6), of("users"))[0] > 0


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("age", Value(low=40, unit="years")),
        ("training_duration", Value(low=55, unit="days")),
        ("price_ratio", Value(low=20, unit="ratio")),
        ("app_rank", Value(low=1, unit="rank")),
        ("benchmark_score", Value(low=90, unit="percent")),
        ("market_cap_change", Value(low=-589e9, unit="USD")),
    ],
)
def test_what_is_no_amount_of_money_or_things_stays_open(attribute: str, value: Value) -> None:
    assert widened(value, of(attribute))[1] == math.inf


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (usd(5_600_000, approximate=True), usd(5_576_000), True),
        (usd(5_600_000), usd(1_300_000_000), False),
        (usd(0, 6_000_000), usd(5_600_000), True),
        (usd(0, 6_000_000), usd(1_000_000), False),
        (usd(1e9, 9_999_999_999), usd(5e9), True),
        (usd(5_600_000), Value(low=5_600_000, high=5_600_000, unit="usd"), True),
        (usd(5_600_000), Value(low=5_600_000, high=5_600_000, unit="CNY"), False),
        (usd(5_600_000, text="560万ドル"), usd(5_576_000, text="約558万ドル"), True),
    ],
)
def test_amounts_of_money(a: Value, b: Value, same: bool) -> None:
    assert agree("training_cost", a, b) is same


def test_open_amounts_agree_as_far_as_they_reach() -> None:
    assert agree("users", people(20e6, None), people(25e6, 25e6))
    assert not agree("users", people(20e6, None), people(31e6, None))
    assert not agree("users", people(20e6, None), people(40e6, 40e6))


def test_intervals_that_touch_in_one_point_agree() -> None:
    assert widened(people(20e6, None), of("users"))[1] == widened(people(30e6, None), of("users"))[0] == 28.5e6
    assert agree("users", people(20e6, None), people(30e6, None))
    assert agree("stock_change", percent(-11), percent(-12))


def test_percentages_agree_to_half_of_their_last_digit() -> None:
    assert agree("benchmark_score", percent(96), percent(96.4))
    assert not agree("benchmark_score", percent(96), percent(97.2))
    assert not agree("stock_change", percent(-17), percent(17))


def test_shares_and_multiples_are_plain_numbers_and_a_missing_unit_is_the_attribute_s() -> None:
    assert agree("price_ratio", Value(low=20, high=20, unit="倍"), Value(low=20, high=20, unit="ratio"))
    assert agree("benchmark_score", Value(low=96, high=96), percent(96.4))
    assert agree("users", Value(low=5, high=5), people(5, 5))
    assert not agree("users", Value(low=5, high=5, unit="downloads"), people(5, 5))


def test_dates_agree_where_they_share_a_day() -> None:
    assert agree("release_date", days("2025-01-20"), days("2025-01-01", "2025-01-31"))
    assert not agree("release_date", days("2025-01-20"), days("2025-01-21"))
    assert agree("release_date", Value(start=dt.date(2025, 1, 20)), days("2025-01-20"))
    assert not agree("release_date", days("2025-01-20"), Value(low=20, high=20))


def test_status_words_agree_when_they_are_the_same() -> None:
    assert agree("ban", Value(text="banned"), Value(text="banned"))
    assert not agree("openness", Value(text="open"), Value(text="planned_open"))


@pytest.mark.parametrize(
    ("attribute", "a", "b", "same"),
    [
        ("founder", "liang-wenfeng", "梁文鋒", True),
        ("founder", "liang-wenfeng", "徐進", False),
        ("license", "MIT", "MITライセンス", True),
        ("license", "Apache 2.0", "Ａｐａｃｈｅ－２．０", True),
        ("education", "情報通信工学の修士号", "修士号", True),
        ("education", "ab", "abc", False),
        ("education", "士", "修士号", False),
        ("chip_supplier", "H800", "エヌビディア", True),
        ("chip_supplier", "昇騰", "huawei", True),
        ("chip_supplier", "昇騰", "H20", False),
        ("derived_model", "H800", "エヌビディア", False),
        ("birthplace", "広東省湛江市", "zhanjiang", True),
    ],
)
def test_names_and_texts(attribute: str, a: str, b: str, same: bool) -> None:
    assert agree(attribute, Value(text=a), Value(text=b)) is same


def test_a_text_never_agrees_with_a_number_or_with_nothing() -> None:
    assert not agree("founder", Value(text="梁文鋒"), Value(low=1, high=1))
    assert not agree("founder", Value(text="梁文鋒"), Value())
    assert not agree("founder", Value(text=""), Value(text=""))


# --- properties -------------------------------------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.integers(-(10**12), 10**12).map(float),
    st.floats(-1e6, 1e6, allow_nan=False),
    st.sampled_from([0.0, 1.0, 0.03, 96.0, 5.6e6, 5.576e6, 1e9, 9_999_999_999.0]),
)
NAMES = st.sampled_from(
    ["V3", "DeepSeek-V3", "deepseek", "ディープシークR1", "H800", "エヌビディア", "MIT", "", "修士", "修士号"]
)
DAYS = st.dates(dt.date(2023, 1, 1), dt.date(2026, 12, 31))


@st.composite
def values(draw: st.DrawFn, attribute: Attribute) -> Value:
    """A value of the attribute's kind, sometimes of another."""
    kind = attribute.value if draw(st.integers(0, 9)) else draw(st.sampled_from(["money", "date", "text"]))
    if kind == "status":
        return Value(text=draw(st.sampled_from(attribute.values or ("a", "b"))))
    if kind == "date":
        first, last = sorted((draw(DAYS), draw(DAYS)))
        return Value(start=first, end=draw(st.sampled_from([first, last])))
    if kind in {"entity", "text"}:
        return Value(text=draw(NAMES))
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    open_end = draw(st.integers(0, 5))
    unit = draw(st.sampled_from(["USD", "CNY"])) if kind == "money" else attribute.unit or attribute.value
    return Value(
        low=None if open_end == 1 else low,
        high=None if open_end == 2 else draw(st.sampled_from([low, high])) if open_end != 1 else high,
        unit=unit,
        approximate=draw(st.booleans()),
    )


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Attribute, Value, Value]:
    attribute = SEEDS.attributes[draw(st.sampled_from(sorted(SEEDS.attributes)))]
    return attribute, draw(values(attribute)), draw(values(attribute))


@given(pair=pairs())
def test_overlap_is_symmetric(pair: tuple[Attribute, Value, Value]) -> None:
    attribute, a, b = pair
    assert overlaps(a, b, attribute, SEEDS) == overlaps(b, a, attribute, SEEDS)


@given(pair=pairs())
def test_a_value_agrees_with_itself(pair: tuple[Attribute, Value, Value]) -> None:
    attribute, a, _ = pair
    assert a.text == "" or overlaps(a, a, attribute, SEEDS)


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """The module that defines overlap, where it is at hand."""
    path = SHARED / "eval" / "gold.py"
    if not path.exists():
        pytest.skip(f"the reference is not at {path}")
    spec = importlib.util.spec_from_file_location("gold_overlap", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["gold_overlap"] = module
    spec.loader.exec_module(module)
    return module


@settings(max_examples=1000, deadline=None)
@given(pair=pairs())
def test_overlap_is_that_of_the_reference(reference: ModuleType, pair: tuple[Attribute, Value, Value]) -> None:
    attribute, a, b = pair
    theirs = [
        reference.read_claim(
            {
                "subject": "deepseek",
                "attribute": attribute.id,
                "low": v.low,
                "high": v.high,
                "unit": v.unit,
                "from": v.start.isoformat() if v.start else None,
                "to": v.end.isoformat() if v.end else None,
                "text": v.text,
                "approx": v.approximate,
            }
        ).value
        for v in (a, b)
    ]
    assert overlaps(a, b, attribute, SEEDS) == theirs[0].overlaps(theirs[1])
