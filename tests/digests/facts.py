"""Made-up weeks for the tests of the digest."""

from __future__ import annotations

import dataclasses
import datetime as dt

from flows.digests.markdown import render_markdown
from flows.digests.selection import select
from flows.model import JST, Value
from flows.report import (
    ClaimPoint,
    Evidence,
    PageTrouble,
    SilentSource,
    SourceTrouble,
    WeekChange,
    WeekCount,
    WeekEmerging,
    WeekFacts,
)
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


LONG = "長" * 10_000


def moving(*changes: WeekChange) -> WeekFacts:
    """A week whose claims have numbers over time, and a history."""
    days = [NOW - dt.timedelta(days=n) for n in (20, 8, 0)]
    points = tuple(
        ClaimPoint(day, Value(low=n, high=n, unit="people"), changes[0].evidence.publisher)
        for day, n in zip(days, (1e7, 2e7, 3e7), strict=True)
    )
    return facts(
        *changes,
        series={c.claim_id: points for c in changes},
        topic_history=(WeekCount("2025-W04", "pricing", 2), WeekCount("2025-W05", "pricing", 3)),
        claim_history=(WeekCount("2025-W05", "users", 1),),
    )


def whole_week() -> WeekFacts:
    """A week with something of everything."""
    kinds = ("disputed", "denied", "corrected", "retracted", "updated", "new", "corroborated")
    week = moving(*(change(n, kind) for n, kind in enumerate(kinds)))
    return dataclasses.replace(
        week,
        source_troubles=(SourceTrouble("http://a.example/feed", "甲新聞", 2, "timeout: 30 s", None),),
        page_troubles=(PageTrouble("http://a.example/p", "乙新聞", "http: 404 Not Found", 1),),
        silent=(SilentSource("http://a.example/quiet", "丙新聞", NOW),),
        emerging=(WeekEmerging("e", "将棋、対局", ("将棋",), 5, 3, 2, NOW, (("題", "http://a.example/e", "甲"),)),),
    )


def hostile_week() -> WeekFacts:
    """A week in which everything that comes from outside is hostile."""
    bad = evidence(
        sentence=HOSTILE, title=HOSTILE, publisher=HOSTILE, url="javascript:alert(1)", attribution=HOSTILE,
        value=Value(text=HOSTILE), modality=HOSTILE,
    )  # fmt: skip
    long = evidence(2, sentence=LONG, title=LONG, publisher=LONG, url=f"http://a.example/{LONG}", attribution=LONG)
    odd = {"period": HOSTILE, "place": HOSTILE, "<b>": HOSTILE}
    week = moving(
        change(1, "updated", evidence=bad, previous=bad, previous_value=bad.value, subject=HOSTILE, qualifiers=odd),
        change(2, evidence=long, subject=LONG, attribute=HOSTILE),
        change(3, "denied", evidence=bad, status=HOSTILE),
        change(4, "corroborated", evidence=bad, subject=HOSTILE),
    )
    return dataclasses.replace(
        week,
        topics={HOSTILE: 3},
        source_troubles=(SourceTrouble("javascript:alert(1)", HOSTILE, 2, HOSTILE, None),),
        page_troubles=(PageTrouble("javascript:alert(1)", HOSTILE, HOSTILE, 1), PageTrouble(HOSTILE, LONG, LONG, 1)),
        silent=(SilentSource("javascript:alert(1)", HOSTILE, NOW),),
        emerging=(
            WeekEmerging(HOSTILE, HOSTILE, (HOSTILE,), 5, 3, 2, NOW, ((HOSTILE, "javascript:alert(1)", HOSTILE),)),
            WeekEmerging("e", LONG, (LONG,), 5, 3, 2, NOW, ((LONG, LONG, LONG),)),
        ),
    )


def markdown(seeds: Seeds, *changes: WeekChange, **more: object) -> str:
    return render_markdown(select(facts(*changes, **more), seeds), seeds)
