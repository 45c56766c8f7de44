"""Amounts: every way of writing a number reads back as that number, and the words around it are understood."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.claims.numerals import fold, number_at
from flows.claims.quantities import Quantity, parse
from flows.claims.units import load_units
from seeds.loader import SeedsError

KANJI = "〇一二三四五六七八九"
SIGNS = (
    "0123456789０５〇一二十百千万億兆数何割分の倍%％ドル元円約超以上未満から〜～-/().,、。年月日時間人個GPUV3KMB「」 \n"
)
TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from(SIGNS),
        st.characters(),
    )
)


def wide(written: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in written)


def grouped(number: int, small: Callable[[int], str] = str) -> str:
    parts = []
    for scale, word in ((10**12, "兆"), (10**8, "億"), (10**4, "万"), (1, "")):
        number, rest = divmod(number, scale) if scale > 1 else (number, 0)
        if number:
            parts.append(small(number) + word)
        number = rest
    return "".join(parts)


def small_kanji(number: int) -> str:
    written = ""
    for place, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, place)
        if digit:
            written += ("" if digit == 1 and word else KANJI[digit]) + word
    return written


def only(text: str) -> Quantity:
    found = parse(text)
    assert len(found) == 1, [quantity.text for quantity in found]
    return found[0]


@given(st.integers(1, 10**15))
def test_any_number_reads_back_from_every_form(number: int) -> None:
    forms = [
        str(number),
        f"{number:,}",
        wide(str(number)),
        wide(f"{number:,}"),
        grouped(number),
        wide(grouped(number)),
        grouped(number, lambda part: f"{part:,}"),
        grouped(number, small_kanji),
    ]
    for form in forms:
        quantity = only(f"費用は{form}ドルだった")
        assert (quantity.low, quantity.high, quantity.unit, quantity.kind) == (number, number, "USD", "money"), form
        assert quantity.text == f"{form}ドル"


@given(st.integers(1, 99_999), st.integers(0, 2), st.sampled_from(["", "万", "億", "兆", "K", "M", "B", "T"]))
def test_decimals_read_back_with_their_scale_and_precision(digits: int, decimals: int, scale: str) -> None:
    factor = {"": 1, "万": 10**4, "億": 10**8, "兆": 10**12, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}[scale]
    written = f"{digits / 10**decimals:.{decimals}f}"
    quantity = only(f"学習量は{written}{scale}トークン")
    assert quantity.low == quantity.high == pytest.approx(digits * factor / 10**decimals, rel=1e-12)
    if decimals:
        assert quantity.precision == pytest.approx(factor / 10**decimals)


@given(st.integers(1, 99), st.integers(2, 9999))
def test_fractions_read_back(part: int, whole: int) -> None:
    quantity = only(f"費用は{whole}分の{part}になる")
    assert quantity.kind == "ratio"
    assert quantity.low == pytest.approx(part / whole)
    if part < whole:
        assert only(f"費用は{part}/{whole}になる").low == pytest.approx(part / whole)


@given(st.integers(1, 9), st.integers(1, 9))
def test_tenths_read_back_as_percent(tenths: int, hundredths: int) -> None:
    for written in (f"{tenths}割{hundredths}分", f"{KANJI[tenths]}割{KANJI[hundredths]}分"):
        quantity = only(f"全体の{written}")
        assert (quantity.low, quantity.high, quantity.kind) == (
            tenths * 10 + hundredths,
            tenths * 10 + hundredths,
            "percent",
        )


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.sampled_from(["〜", "～", "-", "–"]))
def test_ranges_read_back(one: int, other: int, joint: str) -> None:
    quantity = only(f"価格は{one}元{joint}{other}元だ")
    assert (quantity.low, quantity.high, quantity.unit) == (min(one, other), max(one, other), "CNY")


@given(TEXTS)
def test_no_text_makes_it_raise_and_positions_hold(text: str) -> None:
    found = parse(text)
    assert len(fold(text)) == len(text)
    for quantity in found:
        assert text[quantity.start : quantity.end] == quantity.text
        assert 0 <= quantity.start <= quantity.core_start < quantity.core_end <= quantity.end <= len(text)
        assert quantity.low is None or quantity.high is None or quantity.low <= quantity.high
    assert all(a.core_end <= b.core_start for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("数十億ドル", 10**9, 9_999_999_999, "USD"),
        ("数千人", 1000, 9999, "people"),
        ("十数社", 11, 19, None),
        ("百数十人", 110, 199, "people"),
        ("600万ドル未満", 0, 6_000_000, "USD"),
        ("5万個以上", 50_000, None, None),
        ("160万回を超えて", 1_600_000, None, None),
        ("150人に満たない", 0, 150, "people"),
        ("利益率は2割に届かない", 0, 20, "percent"),
        ("1000億元(約2兆円)を超えた", 100_000_000_000, None, "CNY"),
        ("100億元を突破し", 10**10, None, "CNY"),
        ("三百余人", 300, None, "people"),
        ("少なくとも6万個", 60_000, None, None),
        ("3年以下", 0, 3, "years"),
        ("5%-13%", 5, 13, "percent"),
        ("5〜6万人", 50_000, 60_000, "people"),
        ("100〜1万人", 100, 10_000, "people"),
        ("2、3割", 20, 30, "percent"),
        ("10億ドルから1500億ドルまでの", 10**9, 150 * 10**9, "USD"),
        ("20分の1から40分の1にとどまる", 1 / 40, 1 / 20, "ratio"),
        ("20分の1以下", 0, 0.05, "ratio"),
        ("半分", 0.5, 0.5, "ratio"),
        ("2倍", 2, 2, "ratio"),
        ("671Bパラメーター", 671 * 10**9, 671 * 10**9, "parameters"),
        ("6710億のパラメータ", 671 * 10**9, 671 * 10**9, "parameters"),
        ("128Kトークン", 128_000, 128_000, "tokens"),
        ("278万8000GPU時間", 2_788_000, 2_788_000, "GPU hours"),
        ("$5.576M", 5_576_000, 5_576_000, "USD"),
        ("5億香港ドル", 5 * 10**8, 5 * 10**8, "HKD"),
        ("二・一九ドル", 2.19, 2.19, "USD"),
        ("5セント", 0.05, 0.05, "USD"),
        ("首位", 1, 1, "rank"),
        ("第2位", 2, 2, "rank"),
    ],
)
def test_intervals_are_as_said(text: str, low: float | None, high: float | None, unit: str | None) -> None:
    quantity = parse(text)[0]
    assert (quantity.low, quantity.high) == (
        None if low is None else pytest.approx(low),
        None if high is None else pytest.approx(high),
    )
    assert quantity.unit == unit
    assert quantity.open == (low is None or high is None)


@pytest.mark.parametrize(
    "text",
    [
        "約560万ドル",
        "およそ560万ドル",
        "560万ドル程度",
        "560万ドル前後",
        "560万ドルほど",
        "560万ドル近く",
        "560万ドル弱",
    ],
)
def test_hedges_leave_the_interval_and_mark_it(text: str) -> None:
    quantity = only(text)
    assert (quantity.low, quantity.high, quantity.approximate, quantity.text) == (5_600_000, 5_600_000, True, text)


@pytest.mark.parametrize(
    "text",
    [
        "R1",
        "V3",
        "GPT-4",
        "H800",
        "Janus-Pro-7B",
        "AIME 2024",
        "MATH-500",
        "R1-0528",
        "iPhone16",
        "第2四半期",
        "2025年1月27日",
        "2桁成長",
        "一元化",
        "世界一人気",
        "三次元",
        "四国",
        "10時30分",
        "数字",
        "20代",
        "5年目",
        "3割り当て",
        "2025-01-20",
    ],
)
def test_names_dates_and_ordinals_are_no_amounts(text: str) -> None:
    assert parse(f"それは{text}である") == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3週間", 21),
        ("2カ月", 60),
        ("1年半", 547.5),
        ("198時間", 8.25),
        ("14日間", 14),
        ("1日で", 1),
        ("半年", 182.5),
        ("1年3カ月", 455),
    ],
)
def test_durations_count_days(text: str, days: float) -> None:
    assert only(text).days[0] == only(text).days[1] == pytest.approx(days)


def test_conversions_in_brackets_are_marked() -> None:
    first, second = parse("費用は557万6000ドル(約8億7000万円)で済んだ")
    assert (first.converted, second.converted, second.approximate) == (False, True, True)


def test_a_particle_verb_bounds_round_numbers_alone() -> None:
    assert only("投資は5億ドルを上回る").high is None
    assert only("V3の85.5%を上回った").high == 85.5


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("17%安", (-17, -17)),
        ("株価が8.6%下落した", (-8.6, -8.6)),
        ("時価総額は5890億ドル減り", (-589e9, -589e9)),
        ("1兆円余り減った", (None, -1e12)),
        ("5930億ドルの時価総額を", (593e9, 593e9)),
        ("5930億ドル(約92兆円)目減りした", (-593e9, -593e9)),
        ("マイナス3.1%", (-3.1, -3.1)),
        ("下落率は17%", (-17, -17)),
        ("7割5分引き", (-75, -75)),
        ("3%高", (3, 3)),
        ("3000万人に増えた", (3e7, 3e7)),
    ],
)
def test_rises_and_falls(text: str, signed: tuple[float | None, float | None]) -> None:
    assert parse(text)[0].signed == signed


def test_listed_percentages_share_their_fall() -> None:
    assert [q.delta for q in parse("Aが17.4%、Bが11.7%の下落を演じた")] == [-1, -1]
    assert [q.delta for q in parse("下落率はAが11.1%、Bが9%だった")] == [-1, -1]


@pytest.mark.parametrize(
    "text", ["8元から2元に引き下げ", "8元を2元に", "8元→2元", "8元だったものが2元に", "15.6%から71.0%まで伸びた"]
)
def test_a_change_is_no_range(text: str) -> None:
    assert [quantity.from_to for quantity in parse(text)] == ["from", "to"]


@pytest.mark.parametrize(
    "text",
    [
        "100万トークン当たり入力が0.55ドル",
        "出力は0.55ドル/100万トークン",
        "0.55ドル(100万トークンあたり)",
        "100万トークン0.55ドル",
    ],
)
def test_prices_know_what_they_are_for(text: str) -> None:
    price = next(quantity for quantity in parse(text) if quantity.kind == "money")
    assert price.per == "100万トークン"
    assert [quantity.denominator for quantity in parse(text) if quantity.unit == "tokens"] == [True]


def test_a_maximum_keeps_what_it_is_for_capacities() -> None:
    quantity = only("最大12万8000トークン")
    assert (quantity.low, quantity.high, quantity.maximum) == (0, 128_000, True)


def test_a_number_alone_in_brackets_is_marked() -> None:
    assert (only("梁文鋒氏(40)").bracketed, only("梁文鋒氏(40)").kind) == (True, "plain")


def test_number_at_reads_only_from_its_place() -> None:
    number = number_at("abc12", 3)
    assert number is not None
    assert number.low == 12
    assert number_at("abc12", 0) is None


def test_other_units_are_another_folder(tmp_path: Path) -> None:
    with pytest.raises(SeedsError, match=r"units\.toml"):
        load_units(tmp_path)
    (tmp_path / "units.toml").write_text("[money", encoding="utf-8")
    with pytest.raises(SeedsError, match="TOML"):
        load_units(tmp_path)
