"""A chart as SVG within a page: its colours are the page's, so that it is dark where the page is."""

from __future__ import annotations

import html

from flows.digests.charts import Box, Chart, Dot, Shape, Stroke, Words
from flows.digests.text import clean

_LONGEST_TEXT = 4000


def svg(chart: Chart, name: str) -> str:
    """The drawing as an ``svg`` element with title and description.

    Args:
        chart: what is drawn.
        name: an id that nothing else in the page has, of letters, digits and hyphens.
    """
    drawn = "".join(_shape(shape) for shape in chart.shapes)
    title, text = (html.escape(clean(t, _LONGEST_TEXT)) for t in (chart.title, chart.text))
    box = f"0 0 {_n(chart.width)} {_n(chart.height)}"
    return (
        f'<svg viewBox="{box}" role="img" aria-labelledby="{name}-title {name}-text">'
        f'<title id="{name}-title">{title}</title><desc id="{name}-text">{text}</desc>{drawn}</svg>'
    )


def _shape(shape: Shape) -> str:
    match shape:
        case Box():
            size = f'width="{_n(shape.width)}" height="{_n(shape.height)}"'
            return f'<rect x="{_n(shape.x)}" y="{_n(shape.y)}" {size} class="{shape.colour}"/>'
        case Dot():
            return f'<circle cx="{_n(shape.x)}" cy="{_n(shape.y)}" r="{_n(shape.radius)}" class="{shape.colour}"/>'
        case Stroke():
            points = " ".join(f"{_n(x)},{_n(y)}" for x, y in shape.points)
            return f'<polyline points="{points}" class="{"rule" if shape.colour == "line" else "curve"}"/>'
        case Words():
            style = f'font-size="{shape.size}" text-anchor="{shape.anchor}"'
            muted = ' class="muted"' if shape.colour == "muted" else ""
            return f'<text x="{_n(shape.x)}" y="{_n(shape.y)}" {style}{muted}>{html.escape(clean(shape.text))}</text>'


def _n(number: float) -> str:
    """A coordinate with two digits at most behind the point."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
