"""How digests look: the colours, light and dark, and the style of a page. Nothing is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "ground": "#ffffff",
    "text": "#1b1b1f",
    "muted": "#55565c",
    "link": "#0b51c5",
    "line": "#c9cad1",
    "quote": "#f4f5f8",
    "loud": "#9c1c13",
    "loud-ground": "#fdecea",
    "calm": "#124a9e",
    "calm-ground": "#e8effc",
    "one": "#1d61d1",
    "two": "#b3541e",
}
DARK: Mapping[str, str] = {
    "ground": "#131418",
    "text": "#e7e8ec",
    "muted": "#b4b6bf",
    "link": "#a9c8ff",
    "line": "#45474f",
    "quote": "#1e2026",
    "loud": "#ffb4a9",
    "loud-ground": "#4a1713",
    "calm": "#b9d2ff",
    "calm-ground": "#1b3158",
    "one": "#8ab4f8",
    "two": "#f0a36b",
}
"""The same names as in ``LIGHT``. Every text has a contrast of 4.5 to its ground and more (WCAG 2.2, AA, 1.4.3)."""

TEXTS = (
    *((text, ground) for text in ("text", "muted", "link") for ground in ("ground", "quote")),
    ("loud", "loud-ground"),
    ("calm", "calm-ground"),
)
"""Which colours are read on which."""
MARKS = (("one", "ground"), ("two", "ground"))
"""Which colours are seen on which: 3 and more (1.4.11)."""


def _variables(colours: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


COLOURS = f"""
:root {{ color-scheme: light dark; {_variables(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}
"""
"""The colours as variables of a page, by the names of ``LIGHT``."""

CSS = f"""{COLOURS.rstrip()}
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; max-width: 46rem; padding: 1rem; background: var(--ground); color: var(--text);
  font-family: system-ui, "Hiragino Sans", "Noto Sans JP", "Noto Sans CJK JP", "Yu Gothic UI", sans-serif;
  line-height: 1.75; overflow-wrap: anywhere; }}
h1 {{ font-size: 1.6rem; line-height: 1.3; margin: 0; }}
h2 {{ font-size: 1.25rem; margin: 2.5rem 0 .75rem; border-bottom: 2px solid var(--line); }}
h3 {{ font-size: 1.05rem; margin: 1.75rem 0 .5rem; }}
h4 {{ font-size: 1rem; margin: 0; font-weight: 600; }}
a {{ color: var(--link); }}
a:focus-visible, summary:focus-visible {{ outline: 3px solid var(--link); outline-offset: 2px; }}
nav ul {{ display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: 1rem 0; padding: 0; }}
nav a {{ display: inline-block; padding: .2rem 0; }}
.span, .marks, .source, footer {{ color: var(--muted); font-size: .9rem; }}
.span {{ margin: .25rem 0 1rem; }}
.summary {{ font-size: 1.08rem; }}
.claim {{ margin: 0 0 1.25rem; }}
.claim p {{ margin: .1rem 0; }}
.value {{ font-size: 1.05rem; }}
.kind {{ display: inline-block; padding: 0 .5rem; border-radius: .3rem; font-size: .85rem; font-weight: 600;
  background: var(--calm-ground); color: var(--calm); }}
.loud {{ background: var(--loud-ground); color: var(--loud); }}
figure {{ margin: .5rem 0 0; }}
.side {{ border-left: 4px solid var(--line); background: var(--quote); padding: .4rem .8rem; }}
.side .source {{ background: var(--quote); }}
blockquote {{ margin: 0; }}
ul.plain {{ padding-left: 1.2rem; }} ul.plain li {{ margin: .4rem 0; }}
details > summary {{ cursor: pointer; padding: .4rem 0; color: var(--link); }}
table {{ border-collapse: collapse; }}
th, td {{ text-align: left; padding: .2rem 1rem .2rem 0; border-bottom: 1px solid var(--line); font-weight: normal; }}
td {{ text-align: right; font-variant-numeric: tabular-nums; }}
svg {{ display: block; width: 100%; max-width: 30rem; height: auto; }}
svg text {{ fill: var(--text); font-family: inherit; }}
svg .muted {{ fill: var(--muted); }}
svg .one {{ fill: var(--one); }} svg .two {{ fill: var(--two); }} svg .rule {{ fill: none; stroke: var(--line); }}
svg .curve {{ fill: none; stroke: var(--one); stroke-width: 2; }}
footer {{ margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .75rem; }}
@media print {{ body {{ max-width: none; }} nav {{ display: none; }} }}
"""

MAIL: Mapping[str, str] = {
    "body": f"margin:0 auto;max-width:700px;padding:16px;background:{LIGHT['ground']};color:{LIGHT['text']};"
    "font-family:sans-serif;font-size:16px;line-height:1.7",
    "h1": "font-size:24px;line-height:1.3;margin:0",
    "h2": f"font-size:20px;margin:36px 0 12px;border-bottom:2px solid {LIGHT['line']}",
    "h3": "font-size:17px;margin:24px 0 8px",
    "h4": "font-size:16px;margin:0;font-weight:600",
    "a": f"color:{LIGHT['link']}",
    "figure": "margin:8px 0 0",
    "blockquote": "margin:0",
    "table": "border-collapse:collapse;margin:12px 0",
    "th": f"text-align:left;font-weight:normal;padding:2px 16px 2px 0;border-bottom:1px solid {LIGHT['line']}",
    "td": f"text-align:right;padding:2px 0;border-bottom:1px solid {LIGHT['line']}",
    "img": "display:block;max-width:100%;height:auto",
    "span": f"color:{LIGHT['muted']};font-size:14px;margin:4px 0 16px",
    "summary": "font-size:17px",
    "marks": f"color:{LIGHT['muted']};font-size:14px",
    "source": f"color:{LIGHT['muted']};font-size:14px",
    "claim": "margin:0 0 20px",
    "value": "margin:2px 0;font-size:17px",
    "kind": f"padding:0 8px;font-size:14px;font-weight:600;background:{LIGHT['calm-ground']};color:{LIGHT['calm']}",
    "loud": f"background:{LIGHT['loud-ground']};color:{LIGHT['loud']}",
    "side": f"margin:8px 0 0;border-left:4px solid {LIGHT['line']};background:{LIGHT['quote']};padding:6px 12px",
    "footer": f"color:{LIGHT['muted']};font-size:14px;margin-top:40px;border-top:1px solid {LIGHT['line']}",
}
"""The style that mail programs keep, which is what stands at the elements: by class, or by tag."""
