"""The changes agree with those of the reference, on the development world and on any history."""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.claims.changes import derive
from flows.claims.identity import claim_id, observation_id
from flows.model import KnownClaim, Observation, Reading, Value
from seeds.loader import BUNDLED, Seeds, baseline_value, load_seeds
from tests.claims.histories import AMOUNTS, USD, cost, histories, known, play

SHARED = Path(os.environ.get("SHARED", BUNDLED.parent.parent / "shared"))


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """The module that derives the expected changes, where it is at hand."""
    path = SHARED / "eval" / "gold.py"
    if not path.exists():
        pytest.skip(f"the reference is not at {path}")
    spec = importlib.util.spec_from_file_location("gold_reference", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["gold_reference"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def contract_seeds(tmp_path_factory: pytest.TempPathFactory, reference: ModuleType) -> Seeds:
    """The names and attributes that the reference compares by."""
    folder = tmp_path_factory.mktemp("seeds")
    for name in ("attributes.toml", "entities.toml", "topics.toml"):
        shutil.copyfile(SHARED / "contract" / name, folder / name)
    for name in ("claims.toml", "feeds.toml"):
        (folder / name).write_text("", encoding="utf-8")
    shutil.copyfile(BUNDLED / "makers.toml", folder / "makers.toml")
    return load_seeds(folder)


def raw_claims(raw: Iterable[Mapping[str, Any]], seeds: Seeds) -> list[tuple[str, Value, Mapping[str, str]]]:
    """Marked claims with their id, value and qualifiers in our form."""
    found: list[tuple[str, Value, Mapping[str, str]]] = []
    for one in raw:
        value = baseline_value(one)
        qualifiers = one.get("qualifiers") or {}
        found.append((claim_id(one["subject"], one["attribute"], qualifiers, value.unit, seeds), value, qualifiers))
    return found


def marked(record: Mapping[str, Any], gold: Any, revision: int, seeds: Seeds, names: dict[str, object]) -> Reading:
    """A record of the newsroom as the reading of the run at its wave's time."""
    url = gold.url(record)
    seen, published = gold.waves[record["wave"]], dt.datetime.fromisoformat(str(record["published"]))
    raw = record["gold"].get("claims", [])
    observations = []
    for place, (one, ours, theirs) in enumerate(zip(raw, raw_claims(raw, seeds), gold.claims(record), strict=True)):
        claim, value, qualifiers = ours
        assert names.setdefault(claim, theirs.key) == theirs.key, "two keys of the reference share an id"
        polarity, past = one.get("polarity", "affirmed"), bool(one.get("past"))
        observations.append(
            Observation(
                observation_id=observation_id(
                    claim, url, revision, place, place + 1, value, polarity=polarity, past=past
                ),
                claim_id=claim,
                article_id=url,
                revision=revision,
                subject=one["subject"],
                attribute=one["attribute"],
                qualifiers=qualifiers,
                value=value,
                past=past,
                modality=one.get("modality", "asserted"),
                polarity=polarity,
                attribution=one.get("attribution"),
                sentence=one.get("evidence", ""),
                char_start=place,
                char_end=place + 1,
                published_at=published,
                seen_at=seen,
            )
        )
    publisher = gold.sites[record["site"]]["name"]
    return Reading(url, revision, publisher, published, seen, tuple(observations))


def compared(changes: Iterable[tuple[str, str, object, str, object]]) -> list[str]:
    return sorted(map(repr, changes))


def test_the_changes_of_the_development_world_are_those_of_the_reference(
    reference: ModuleType, contract_seeds: Seeds
) -> None:
    gold = reference.Gold(SHARED / "eval" / "dev")
    names: dict[str, object] = {}
    revisions: dict[str, int] = {}
    readings: list[Reading] = []
    for record in gold.visible():
        if not record["gold"].get("relevant") or record["gold"].get("duplicate_of"):
            continue
        url = gold.url(record)
        revisions[url] = revisions.get(url, 0) + 1
        readings.append(marked(record, gold, revisions[url], contract_seeds, names))
    assert len(set(names.values())) == len(names), "one key of the reference has two ids"

    raw = json.loads((SHARED / "eval" / "dev" / "baseline.json").read_text(encoding="utf-8"))
    baseline = [
        KnownClaim(claim, str(one["subject"]), str(one["attribute"]), qualifiers, value)
        for one, (claim, value, qualifiers) in zip(raw, raw_claims(raw, contract_seeds), strict=True)
    ]
    outcome = derive(readings, baseline, contract_seeds, None)
    said = {o.observation_id: o for reading in readings for o in reading.observations}
    ours = [
        (c.week, c.kind, names[c.claim_id], said[c.observation_id].article_id, said[c.observation_id].value.low)
        for c in outcome.changes
    ]
    theirs = [(c.week, c.kind, c.key, c.url, c.value.low if c.value else None) for c in gold.changes()]
    assert compared(ours) == compared(theirs)


@dataclasses.dataclass
class World:
    """Readings of a test in the form in which the reference reads a newsroom."""

    readings: list[Reading]
    baseline: list[object]
    attributes: Mapping[str, Any]
    read_claim: Callable[[dict[str, Any]], Any]

    @property
    def waves(self) -> dict[dt.datetime, dt.datetime]:
        return {reading.seen_at: reading.seen_at for reading in self.readings}

    def visible(self) -> list[dict[str, Any]]:
        ordered = sorted(
            self.readings, key=lambda r: (r.seen_at, r.published_at or r.seen_at, r.article_id, r.revision)
        )
        return [
            {
                "wave": reading.seen_at,
                "published": (reading.published_at or reading.seen_at).isoformat(),
                "site": reading.publisher,
                "url": reading.article_id,
                "gold": {"relevant": True},
                "claims": reading.observations,
            }
            for reading in ordered
        ]

    def url(self, record: Mapping[str, Any]) -> str:
        return str(record["url"])

    def week(self, wave: dt.datetime) -> str:
        year, week, _ = wave.isocalendar()
        return f"{year}-W{week:02d}"

    def claims(self, record: Mapping[str, Any]) -> list[object]:
        return [
            self.read_claim(
                {
                    "subject": o.subject,
                    "attribute": o.attribute,
                    "qualifiers": o.qualifiers,
                    "low": o.value.low,
                    "high": o.value.high,
                    "unit": o.value.unit,
                    "polarity": o.polarity,
                    "past": o.past,
                }
            )
            for o in record["claims"]
        ]


@settings(deadline=None)
@given(readings=histories(), base=st.lists(AMOUNTS, max_size=2))
def test_the_changes_of_any_history_are_those_of_the_reference(
    reference: ModuleType, readings: list[Reading], base: list[float]
) -> None:
    baseline = [known(cost(number)) for number in base]
    raw = [
        {"subject": b.subject, "attribute": b.attribute, "low": b.value.low, "high": b.value.high, "unit": USD}
        for b in baseline
    ]
    attributes = reference.ATTRIBUTES
    world = World(readings, [reference.read_claim(one) for one in raw], attributes, reference.read_claim)
    said = {o.observation_id: o for reading in readings for o in reading.observations}
    ours = [
        (
            c.week,
            c.kind,
            said[c.observation_id].attribute,
            said[c.observation_id].article_id,
            said[c.observation_id].value.low,
        )
        for c in play(*readings, baseline=baseline).changes
    ]
    theirs = [(c.week, c.kind, c.key[1], c.url, c.value.low) for c in reference.derive(world)]
    assert compared(ours) == compared(theirs)
