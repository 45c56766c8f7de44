"""A chart as PNG, for mail, whose programs show no SVG: twice its size, on white, with Japanese text."""

from __future__ import annotations

import functools
import io

from noto_cjk_sans_jp_regular import FONT_PATH
from PIL import Image, ImageDraw, ImageFont

from flows.digests.charts import Box, Chart, Dot, Stroke, Words
from flows.digests.style import LIGHT
from flows.digests.text import clean

_SCALE = 2
"""Pixels a unit: screens of phones are that fine."""
_MARGIN = 8
_TITLE = 26
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}
"""Pillow's anchors at the baseline."""


@functools.cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_PATH), size * _SCALE)


def png(chart: Chart) -> bytes:
    """The drawing with its title above it. The same chart gives the same bytes with the same Pillow."""
    width, height = chart.width + 2 * _MARGIN, chart.height + 2 * _MARGIN + _TITLE
    image = Image.new("RGB", (round(width * _SCALE), round(height * _SCALE)), LIGHT["ground"])
    draw = ImageDraw.Draw(image)

    def at(x: float, y: float) -> tuple[float, float]:
        return ((x + _MARGIN) * _SCALE, (y + _MARGIN + _TITLE) * _SCALE)

    draw.text(at(0, -10), _cut(draw, clean(chart.title, 100), chart.width), LIGHT["text"], _font(15), "ls")
    for shape in chart.shapes:
        match shape:
            case Box():
                (left, top), (right, bottom) = at(shape.x, shape.y), at(shape.x + shape.width, shape.y + shape.height)
                draw.rectangle((left, top, max(right - 1, left), max(bottom - 1, top)), LIGHT[shape.colour])
            case Dot():
                low, high = at(shape.x - shape.radius, shape.y - shape.radius), at(shape.x, shape.y)
                draw.ellipse((*low, 2 * high[0] - low[0], 2 * high[1] - low[1]), LIGHT[shape.colour])
            case Stroke():
                draw.line([at(x, y) for x, y in shape.points], LIGHT[shape.colour], round(shape.width * _SCALE))
            case Words():
                anchor = _ANCHORS[shape.anchor]
                draw.text(at(shape.x, shape.y), clean(shape.text), LIGHT[shape.colour], _font(shape.size), anchor)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _cut(draw: ImageDraw.ImageDraw, text: str, width: float) -> str:
    """A title that fits."""
    while text and draw.textlength(text, _font(15)) > width * _SCALE:
        text = f"{text.removesuffix('…')[:-1]}…"
        if text == "…":
            break
    return text
