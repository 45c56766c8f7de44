"""A week in the warehouse: everything that its digest is made of, as it was known when the week ended."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

from flows.model import JST, Value, iso_week
from flows.report import (
    ClaimPoint,
    PageTrouble,
    SilentSource,
    SourceTrouble,
    WeekChange,
    WeekCount,
    WeekFacts,
)
from warehouse import rows
from warehouse.schema import WarehouseError

Ask = Callable[..., list[rows.Row]]
"""Runs one of the queries by its name, with its parameters."""
HISTORY = 8
"""Weeks that the history of topics and claims goes back, this one included."""


def week_facts(ask: Ask, week: str) -> WeekFacts:
    """Everything that a week's digest is made of; see ``Reader.week_facts``."""
    span = _span(ask, week)
    since = {"since": _monday(week) - dt.timedelta(weeks=HISTORY - 1), "stop": span["stop"]}
    figures = ask("week_figures", **span)[0]
    baseline = {row["claim_id"]: rows.value_of(row) for row in ask("week_baseline", stop=span["stop"])}
    changes = tuple(_week_change(row, baseline) for row in ask("week_changes", **span))
    claims = sorted({change.claim_id for change in changes})
    series = ask("week_series", claims=claims, stop=span["stop"])
    return WeekFacts(
        week=week,
        changes=changes,
        runs=figures["runs"],
        sources=figures["sources"],
        articles=figures["articles"],
        relevant=figures["relevant"],
        copies=figures["copies"],
        revisions=figures["revisions"],
        publishers=figures["publishers"],
        topics={row["topic"]: row["articles"] for row in ask("week_topics", **span)},
        source_troubles=tuple(
            SourceTrouble(**row) for name in ("week_source_troubles", "week_hidden_links") for row in ask(name, **span)
        ),
        page_troubles=tuple(PageTrouble(**row) for row in ask("week_page_troubles", **span)),
        emerging=tuple(rows.week_emerging_of(row) for row in ask("week_emerging", **span)),
        first=figures["first_week"],
        silent=tuple(SilentSource(**row) for row in ask("week_silent_sources", **span)),
        topic_history=tuple(WeekCount(**row) for row in ask("week_topic_history", **since)),
        claim_history=tuple(WeekCount(**row) for row in ask("week_claim_history", **since)),
        series={claim: _points(found) for claim, found in itertools.groupby(series, key=lambda row: row["claim_id"])},
    )


def _monday(week: str) -> dt.datetime:
    year, number = week.split("-W")
    return dt.datetime.combine(dt.date.fromisocalendar(int(year), int(number), 1), dt.time(), JST)


def _span(ask: Ask, week: str) -> dict[str, dt.datetime]:
    """The moments between which a week's digest tells what was seen.

    Its Monday and the next; or, where the digest of the week or of the one before it was sent before that week ended,
    the moment of sending: what came later was told to nobody yet, and goes to the next digest.
    """
    monday = _monday(week)
    before = iso_week(monday - dt.timedelta(days=1))
    sent = {row["week"]: row["sent_at"] for row in ask("week_cuts", week=week, before=before)}

    def end(of: str, regular: dt.datetime) -> dt.datetime:
        # What a run saw at the very moment of sending was in the digest.
        return min(regular, sent[of] + dt.timedelta(microseconds=1)) if of in sent else regular

    return {"start": end(before, monday), "stop": end(week, monday + dt.timedelta(days=7))}


def _points(found: Any) -> tuple[ClaimPoint, ...]:
    """A claim's numbers in their order; what several articles say on one day counts once."""
    points: dict[tuple[dt.date, Value], ClaimPoint] = {}
    for row in found:
        value = rows.value_of(row)
        day = row["said_at"].astimezone(JST).date()
        points.setdefault(
            (day, Value(low=value.low, high=value.high)), ClaimPoint(row["said_at"], value, row["publisher"])
        )
    return tuple(points.values())


def _week_change(row: Mapping[str, Any], baseline: Mapping[str, Value]) -> WeekChange:
    evidence, previous = rows.evidence_of(row, "now_"), rows.evidence_of(row, "old_")
    if evidence is None:
        raise WarehouseError(f"change {row['change_id']} names an observation that is not there")
    held = previous.value if previous else (None if row["kind"] == "new" else baseline.get(row["claim_id"]))
    return WeekChange(
        change_id=row["change_id"],
        claim_id=row["claim_id"],
        kind=row["kind"],
        changed_at=row["changed_at"],
        subject=row["subject"],
        attribute=row["attribute"],
        qualifiers=json.loads(row["qualifiers"]),
        status=row["status"],
        publishers=row["publishers"],
        evidence=evidence,
        previous=previous,
        previous_value=held,
    )
