from __future__ import annotations

import dataclasses
import datetime as dt
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from flows.digests.html import render_html
from flows.digests.markdown import escaped, link, render_markdown
from flows.digests.selection import MOST_NEW, select
from flows.model import JST, Value
from flows.report import Evidence, SourceTrouble, WeekChange, WeekFacts
from seeds import Seeds

NOW = dt.datetime(2025, 1, 28, 18, tzinfo=JST)
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) **b** \u202e\r\nBcc: a@b.example `c` # h"


def evidence(
    number: int, low: float, sentence: str = "利用者は増えた。", title: str = "題", url: str = "http://a.example/1"
) -> Evidence:
    value = Value(low=low, high=low, unit="people", text=f"{low:.0f}人")
    return Evidence(
        f"o{number}", value, False, "reported", "affirmed", None, sentence, "a", url, title, "テスト新聞", NOW, NOW, 0.9
    )


def change(number: int, kind: str = "new", **changes: object) -> WeekChange:
    old = evidence(1000 + number, 20_000_000) if kind in {"updated", "disputed", "corrected"} else None
    fields: dict[str, object] = {
        "change_id": f"ch{number:03}", "claim_id": f"c{number}", "kind": kind, "changed_at": NOW, "subject": "deepseek",
        "attribute": "users", "qualifiers": {"period": "day", "place": "any"}, "status": "held", "publishers": 1,
        "evidence": evidence(number, 30_000_000), "previous": old, "previous_value": old.value if old else None,
    }  # fmt: skip
    return WeekChange(**{**fields, **changes})  # type: ignore[arg-type]


def facts(*changes: WeekChange, **more: object) -> WeekFacts:
    base = WeekFacts("2025-W05", changes, 3, 6, 10, 8, 2, 1, 4, {"pricing": 3})
    return dataclasses.replace(base, **more)  # type: ignore[arg-type]


def markdown(seeds: Seeds, *changes: WeekChange, **more: object) -> str:
    return render_markdown(select(facts(*changes, **more), seeds), seeds)


def test_a_change_shows_old_and_new_with_sentence_outlet_date_and_link(seeds: Seeds) -> None:
    text = markdown(seeds, change(1, "updated"))
    assert "2000万人 → **3000万人**" in text
    assert "「利用者は増えた。」" in text
    assert "テスト新聞 1月28日" in text
    assert "(<http://a.example/1>)" in text


def test_what_changed_comes_before_what_is_new(seeds: Seeds) -> None:
    text = markdown(seeds, change(1), change(2, "denied"), change(3, "updated"))
    assert text.index("## 変わったこと") < text.index("## 否定・訂正・撤回") < text.index("## 新しい主張")


def test_a_long_week_is_cut_with_a_count(seeds: Seeds) -> None:
    digest = select(facts(*(change(n) for n in range(MOST_NEW + 5))), seeds)
    assert digest.new[0].more == 5
    assert "ほかに5件" in render_markdown(digest, seeds)


def test_a_quiet_week_says_so_and_a_week_without_runs_is_not_called_quiet(seeds: Seeds) -> None:
    assert "静かな週でした" in markdown(seeds)
    assert "見ていません" in markdown(seeds, runs=0)


def test_gaps_are_told(seeds: Seeds) -> None:
    trouble = SourceTrouble("http://a.example/feed", "テスト新聞", 3, "timeout: 30 s", None)
    assert "timeout" in markdown(seeds, source_troubles=(trouble,))


def test_the_same_facts_give_the_same_bytes_in_any_order(seeds: Seeds) -> None:
    changes = [change(n, kind) for n, kind in enumerate(["new", "updated", "new", "denied"])]
    assert markdown(seeds, *changes) == markdown(seeds, *reversed(changes))


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_hostile_text_is_text_in_every_form(seeds: Seeds) -> None:
    bad = evidence(1, 3e7, HOSTILE, HOSTILE, "javascript:alert(1)")
    text = markdown(seeds, change(1, evidence=bad))
    page = render_html(text, HOSTILE)
    tags = Tags()
    tags.feed(page)
    assert not {"script", "img", "iframe"} & {tag for tag, _ in tags.found}
    assert all(str(a.get("href")).startswith("http") for tag, a in tags.found if tag == "a")
    assert "\u202e" not in text
    assert "&lt;script&gt;" in page


def test_escaping_leaves_nothing_active_and_reads_the_same() -> None:
    rendered = MarkdownIt("commonmark", {"html": False}).renderInline(escaped("*a* _b_ [c](d) <e> `f` & # 1. ~"))
    assert rendered == "*a* _b_ [c](d) &lt;e&gt; `f` &amp; # 1. ~"
    assert len(escaped("あ" * 10_000)) <= 300
    assert link("x", "javascript:alert(1)") == "x"
