"""The pictures: they show what the week's data say, in bounds, and in words too."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import itertools
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from flows.digests.charts import WIDTH, Box, Chart, Dot, Stroke, Words, charts, curve, text_width
from flows.digests.phrases import Phrases
from flows.digests.png import png
from flows.digests.selection import select
from flows.digests.svg import svg
from flows.model import JST, Value
from flows.report import ClaimPoint, WeekFacts
from flows.wording import Language
from seeds import Seeds
from tests.digests.facts import NOW, change, evidence, facts, hostile_week, moving, whole_week


def drawn(seeds: Seeds, week: WeekFacts, lang: Language = "ja") -> list[Chart]:
    return charts(Phrases(select(week, seeds), seeds, lang))


def test_topics_are_drawn_with_articles_and_claims(seeds: Seeds) -> None:
    (chart,) = drawn(seeds, facts(change(1), change(2), topics={"pricing": 4, "policy": 1}))
    assert chart.title == "話題ごとの記事と主張"
    assert chart.text == (
        "2025-W05の話題ごとの関連記事と、新しい・変わった主張の数。"
        "価格・事業: 記事4、主張2、政府・安全保障・規制: 記事1、主張0。"
    )
    bars = [shape for shape in chart.shapes if isinstance(shape, Box) and shape.x == 0 and shape.height == 9]
    assert [round(bar.width / bars[0].width, 2) for bar in bars[:3]] == [1, 0.5, 0.25]


def test_a_week_without_topics_has_no_picture(seeds: Seeds) -> None:
    assert drawn(seeds, facts(topics={})) == []


def test_a_claim_with_three_numbers_is_drawn_over_time(seeds: Seeds) -> None:
    _, chart = drawn(seeds, moving(change(1, "updated")))
    assert chart.title == "DeepSeekの利用者数(1日当たり)の推移"
    assert "2025年1月8日 1000万人(テスト新聞)、2025年1月20日 2000万人(テスト新聞)、" in chart.text
    dots = [shape for shape in chart.shapes if isinstance(shape, Dot)]
    assert [dot.x for dot in dots] == sorted(dot.x for dot in dots)
    assert dots[0].y > dots[1].y > dots[2].y
    assert (dots[1].x - dots[0].x) / (dots[2].x - dots[0].x) == pytest.approx(12 / 20)
    assert {shape.text for shape in chart.shapes if isinstance(shape, Words)} >= {"1000万人", "2000万人", "3000万人"}


def test_points_of_one_day_are_drawn_too(seeds: Seeds) -> None:
    points = tuple(ClaimPoint(NOW, Value(low=n, high=n, unit="people"), "A") for n in (1.0, 2.0, 3.0))
    _, chart = drawn(seeds, facts(change(1), series={"c1": points}))
    assert sum(isinstance(shape, Dot) for shape in chart.shapes) == 3


def test_of_many_points_those_are_named_that_tell_most_and_no_name_covers_another(seeds: Seeds) -> None:
    values = (5e6, 1e6, *(3e6 + n * 1e4 for n in range(30)), 9e6, 2e6, 4e6)
    points = tuple(
        ClaimPoint(NOW + dt.timedelta(days=n), Value(low=v, high=v, unit="people"), "A") for n, v in enumerate(values)
    )
    _, chart = drawn(seeds, facts(change(1), series={"c1": points}))
    named = [s for s in chart.shapes if isinstance(s, Words) and s.text.endswith("人")]
    assert {"500万人", "100万人", "900万人", "400万人"} <= {s.text for s in named}
    assert len(named) < len(values)
    for one, other in itertools.combinations(named, 2):
        (left, top), (right, bottom) = ends(one)
        (a, b), (c, d) = ends(other)
        assert right < a or c < left or bottom < b or d < top


@pytest.mark.parametrize("values", [(5.0, 1.0, 3.0), (5.0, 3.0, 1.0), (1.0, 5.0, 1.0)])
def test_no_line_runs_through_a_value(seeds: Seeds, values: tuple[float, ...]) -> None:
    points = tuple(
        ClaimPoint(NOW + dt.timedelta(days=n), Value(low=v, high=v, unit="people"), "A") for n, v in enumerate(values)
    )
    _, chart = drawn(seeds, facts(change(1), series={"c1": points}))
    line = next(s for s in chart.shapes if isinstance(s, Stroke) and s.colour == "one")
    for name in (s for s in chart.shapes if isinstance(s, Words) and s.text.endswith("人")):
        (left, top), (right, bottom) = ends(name)
        for (x, y), (a, b) in itertools.pairwise(line.points):
            assert max(x, a) <= left or min(x, a) >= right or max(y, b) <= top or min(y, b) >= bottom


def ends(shape: object) -> list[tuple[float, float]]:
    match shape:
        case Box():
            return [(shape.x, shape.y), (shape.x + shape.width, shape.y + shape.height)]
        case Dot():
            return [(shape.x - shape.radius, shape.y), (shape.x + shape.radius, shape.y + shape.radius)]
        case Stroke():
            return list(shape.points)
        case Words():
            width = text_width(shape.text, shape.size)
            left = shape.x - {"start": 0, "middle": width / 2, "end": width}[shape.anchor]
            return [(left, shape.y - shape.size), (left + width, shape.y)]
    return []


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("week", [whole_week(), hostile_week()])
def test_nothing_is_drawn_outside_the_picture(seeds: Seeds, week: WeekFacts, lang: Language) -> None:
    for chart in drawn(seeds, week, lang):
        for shape in chart.shapes:
            for x, y in ends(shape):
                assert -1 <= x <= WIDTH + 1
                assert -1 <= y <= chart.height


def test_svg_is_sound_named_and_takes_its_colours_from_the_page(seeds: Seeds) -> None:
    for number, chart in enumerate(drawn(seeds, hostile_week())):
        text = svg(chart, f"p{number}")
        root = ElementTree.fromstring(text)
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == f"p{number}-title p{number}-text"
        assert [child.tag for child in root][:2] == ["title", "desc"]
        assert {element.tag for element in root.iter()} <= {
            "svg",
            "title",
            "desc",
            "rect",
            "circle",
            "polyline",
            "text",
        }
        assert not {name for element in root.iter() for name in element.attrib} & {"style", "href", "fill", "onload"}


def test_png_has_its_text_in_japanese(seeds: Seeds) -> None:
    chart = Chart("c", "利用者", "", 40, (Words(0, 30, "価格・事業"),))
    tofu = Chart("c", "利用者", "", 40, (Words(0, 30, "\U000f1234" * 5),))
    other = Chart("c", "利用者", "", 40, (Words(0, 30, "法務・人事"),))
    assert len({png(chart), png(tofu), png(other)}) == 3
    image = Image.open(io.BytesIO(png(chart)))
    assert image.size == ((WIDTH + 16) * 2, (40 + 16 + 26) * 2)
    assert (np.asarray(image.convert("L")) < 128).sum() > 500


def test_the_same_chart_gives_the_same_bytes_and_any_text_can_be_drawn(seeds: Seeds) -> None:
    for chart in drawn(seeds, hostile_week()):
        assert png(chart) == png(dataclasses.replace(chart))
    assert drawn(seeds, facts(change(subject="\U0001f600\u0301" * 900, evidence=evidence(publisher="한글"))))


def test_what_is_only_said_to_be_below_a_bound_is_drawn_at_the_bound() -> None:
    values = [Value(low=5_576_000, high=5_576_000), Value(low=0, high=6_000_000), Value(low=5_600_000, high=5_600_000)]
    moment = dt.datetime(2025, 1, 22, tzinfo=JST)
    points = [ClaimPoint(moment + dt.timedelta(days=n), value, "紙") for n, value in enumerate(values)]
    chart = curve("c", "t", "x", points, lambda value: str(value.high), lambda at: f"{at:%m-%d}")
    dots = [shape.y for shape in chart.shapes if isinstance(shape, Dot)]
    assert dots[1] == min(dots), "the bound is the highest of the three"
