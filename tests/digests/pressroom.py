"""Weeks of a small made-up press in a real warehouse, hostile texts among them, for the tests of the site."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from flows.digests.editions import render
from flows.digests.selection import select
from flows.model import Article, Observation, Value, digest_of
from flows.report import RunCounts
from flows.settings import Settings, load_settings
from seeds import load_seeds
from seeds.loader import BUNDLED
from tests.digests.facts import HOSTILE
from tests.warehouse.samples import START, article, change, observation, state
from warehouse.store import Warehouse, Writer

WEEKS = ("2025-W05", "2025-W06", "2025-W07")
EVIL = f"{HOSTILE} \ufffe\ufdd0\U0001fffe </title></script><!-- ]]> "


def at_week(number: int) -> dt.datetime:
    return START + dt.timedelta(days=7 * number)


def people(number: float, **more: Any) -> dict[str, Any]:
    return {"value": Value(low=number, high=number, unit="people", text=f"{number:.0f}人"), **more}


class Pressroom:
    """A warehouse to which weeks are added one by one."""

    def __init__(self, settings: Settings) -> None:
        self.warehouse = Warehouse(settings.warehouse_path)
        self.runs = 0

    def run(self, number: int, *said: Observation, articles: tuple[Article, ...], kinds: tuple[str, ...]) -> None:
        """A monitoring run in a week: articles, what they say, and what becomes of the claims."""
        self.runs += 1
        run_id = f"monitor-{self.runs}"
        with self.warehouse.writer() as writer:
            writer.record_articles(run_id, articles, [])
            writer.record_observations(run_id, said)
            for one, kind in zip(said, kinds, strict=True):
                before = self._before(writer, one)
                status = {"disputed": "disputed", "denied": "denied"}.get(kind, "held")
                writer.record_changes(run_id, [change(kind, one, before)], [state(one, status)])
            moment = at_week(number)
            writer.record_run(run_id, "monitor", (moment, moment), "completed", "0", RunCounts())

    def _before(self, writer: Writer, one: Observation) -> Observation | None:
        told = [o for r in writer.readings([one.claim_id]) for o in r.observations]
        return next((o for o in reversed(told) if o.observation_id != one.observation_id), None)

    def digest(self, number: int, note: str = "") -> None:
        """A week's digest, recorded as the flow does; ``note`` makes it another edition."""
        self.runs += 1
        moment, seeds = at_week(number + 1), load_seeds(BUNDLED)
        with self.warehouse.writer() as writer:
            made = render(select(writer.week_facts(WEEKS[number]), seeds), seeds, "ja")
            run_id, text = f"digest-{self.runs}", made.markdown + note
            writer.record_digest(
                run_id,
                made.week,
                moment,
                text,
                made.html,
                digest_of(text),
                made.subject,
                json=made.json,
                mail=made.mail,
            )
            writer.record_run(run_id, "digest", (moment, moment), "completed", "0", RunCounts())

    def week(self, number: int) -> None:
        """One of the three weeks, without its digest."""
        seen = at_week(number)
        one = article(
            f"a{number}", seen_at=seen, published_at=seen, publisher=("みなと新聞", "山手時報", "こえ放送")[number]
        )
        told = observation(
            "users", one, seen_at=seen, qualifiers={"period": "day", "place": "any"}, **people(1e7 * (number + 1))
        )
        kind = ("new", "updated", "disputed")[number]
        said, articles, kinds = [told], [one], [kind]
        if number == 1:
            evil = article("evil", seen_at=seen, title=EVIL * 20, publisher=EVIL, url="javascript:alert(1)")
            about = {"subject": EVIL, "attribution": EVIL, "sentence": EVIL * 100, "published_at": None}
            free = observation("evil", evil, attribute="statement", value=Value(text=EVIL), seen_at=seen, **about)
            long = observation(
                "long", evil, attribute="headcount", qualifiers={}, sentence="長" * 10_000, seen_at=seen, **people(160)
            )
            said, articles, kinds = [told, free, long], [one, evil], [kind, "new", "denied"]
        self.run(number, *said, articles=tuple(articles), kinds=tuple(kinds))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("KAWARABAN_DATA", str(tmp_path))
    return load_settings()
