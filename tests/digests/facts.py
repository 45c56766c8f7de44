"""Made-up weeks for the tests of the digest."""

from __future__ import annotations

import dataclasses
import datetime as dt

from flows.digests.markdown import render_markdown
from flows.digests.selection import select
from flows.model import JST, Value
from flows.report import Evidence, WeekChange, WeekFacts
from seeds import Seeds

NOW = dt.datetime(2025, 1, 28, 18, tzinfo=JST)
HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) ![i](http://evil.example/i.png) "
    "**b** ~~s~~ `c` &lt; \u202eterces\u2066 \u200b\x00\r\n# h\n- l\n> q\n1. n\n```\n https://evil.example www.evil.example"
)


def evidence(number: int = 1, low: float = 3e7, **more: object) -> Evidence:
    value = Value(low=low, high=low, unit="people", text=f"{low:.0f}人")
    base = Evidence(
        f"o{number}", value, False, "asserted", "affirmed", None, "利用者は増えた。", "a", "http://a.example/1", "題",
        "テスト新聞", NOW, NOW, 0.9,
    )  # fmt: skip
    return dataclasses.replace(base, **more)  # type: ignore[arg-type]


def change(number: int = 1, kind: str = "new", **more: object) -> WeekChange:
    differs = kind in {"updated", "disputed", "corrected"}
    old = evidence(1000 + number, 2e7, sentence="利用者は少なかった。") if differs else None
    base = WeekChange(
        f"ch{number:03}", f"c{number}", kind, NOW, "deepseek", "users", {"period": "day", "place": "any"}, "held", 1,
        evidence(number), old, old.value if old else None,
    )  # fmt: skip
    return dataclasses.replace(base, **more)  # type: ignore[arg-type]


def facts(*changes: WeekChange, **more: object) -> WeekFacts:
    base = WeekFacts("2025-W05", changes, 3, 6, 10, 8, 2, 1, 4, {"pricing": 3})
    return dataclasses.replace(base, **more)  # type: ignore[arg-type]


def markdown(seeds: Seeds, *changes: WeekChange, **more: object) -> str:
    return render_markdown(select(facts(*changes, **more), seeds), seeds)
