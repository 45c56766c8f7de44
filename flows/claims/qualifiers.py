"""Fills the key qualifiers of claims as ``qualifiers.toml`` says: by words, by the nearest name, by who acts."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flows.claims.dates import DateSpan
from flows.claims.frames import Frame
from flows.claims.markup import MASKS, Marked, compile_pattern
from flows.claims.names import Mention
from flows.claims.subjects import Scene, actors
from flows.claims.tables import column_heading
from seeds import Seeds

UNTOLD = "any"
_TRADING = 45
"""Days from the publication beyond which a day is no trading day that the figures of a report go with."""
_MEASURES = frozenset({"前日", "前営業日", "前々日", "翌日"})
_PERIODS: Mapping[str, Callable[[dt.date], str]] = {
    "year": lambda day: f"{day.year}",
    "quarter": lambda day: f"{day.year}-Q{(day.month + 2) // 3}",
    "month": lambda day: f"{day:%Y-%m}",
    "day": lambda day: day.isoformat(),
}


@dataclasses.dataclass(frozen=True)
class Spot:
    """Where a candidate stands and what is known of it when its qualifiers are sought."""

    marked: Sequence[Marked]
    index: int
    start: int
    end: int
    """Masked positions of the number or trigger in its sentence."""
    subject: str
    scene: Scene
    day: dt.date
    """The day of publication."""

    @property
    def sentence(self) -> Marked:
        """The sentence it stands in."""
        return self.marked[self.index]

    def near(self, reach: int) -> Iterable[Marked]:
        """Its sentence and as many before it."""
        return (self.marked[i] for i in range(self.index, max(-1, self.index - reach - 1), -1))


class Qualifiers:
    """The rules of a seeds folder, compiled."""

    def __init__(self, seeds: Seeds) -> None:
        """Reads ``qualifiers.toml``.

        Raises:
            SeedsError: the file cannot be read.
        """
        self._rules: dict[str, Mapping[str, Any]] = dict(seeds.extra("qualifiers.toml"))
        self._seeds = seeds
        self._words = {
            name: [(w["value"], compile_pattern(w["re"])) for w in rule.get("words", ())]
            for name, rule in self._rules.items()
        }
        self._spans = [(s["value"], re.compile(s["re"])) for s in self._rules.get("period", {}).get("spans", ())]
        self._worlds = {n: re.compile(r["world"]) for n, r in self._rules.items() if "world" in r}
        self._local = re.compile(self._rules.get("scope", {}).get("government_places", r"(?!)"))
        date = self._rules.get("date", {})
        self._market = re.compile(date.get("market", r"(?!)"))
        self._evening = re.compile(date.get("evening", r"(?!)"))
        self._bodies = [(b["value"], re.compile(b["re"])) for b in self._rules.get("place", {}).get("bodies", ())]
        self._again = {n: re.compile(r["again"]) for n, r in self._rules.items() if "again" in r}
        self._homes = {n: re.compile(r["home"]) for n, r in self._rules.items() if "home" in r}
        self._suffixes = {
            name: [(s["append"], re.compile(s["re"]), re.compile(s["unless"])) for s in rule.get("suffixes", ())]
            for name, rule in self._rules.items()
        }

    def fill(self, frame: Frame, spot: Spot, told: Mapping[str, str]) -> list[dict[str, str]]:
        """The qualifiers of a candidate: one mapping, or several where the text lists who does it (A、Bの2社は).

        What the pattern itself told is kept. A qualifier that the text does not tell is ``any``.
        """
        results: list[dict[str, str]] = [{}]
        for name in frame.attribute.key:
            values = [told[name]] if name in told else self._values(name, frame, spot)
            if name == "scope" and not values and self._local.search(results[0].get("place", "")):
                values = ["government"]
            if not values:
                default = self._rules.get(name, {}).get("default", {})
                values = [default.get(frame.attribute.id, UNTOLD) if isinstance(default, Mapping) else UNTOLD]
            results = [{**r, name: value} for r in results for value in values]
        return results

    def kinds(self, name: str) -> tuple[str, ...]:
        """The kinds of names that can fill a qualifier."""
        rule = self._rules.get(name, {})
        return ("place",) if rule.get("how") == "place" else tuple(rule.get("kinds", ()))

    def of_days(self, name: str) -> bool:
        """Whether a qualifier is a day."""
        return self._rules.get(name, {}).get("how") == "day"

    def known(self, name: str) -> list[tuple[str, re.Pattern[str]]]:
        """The values that a qualifier has words for, with the words."""
        return self._words.get(name, [])

    def spans(self, name: str) -> list[tuple[str, re.Pattern[str]]]:
        """The spans of time that a qualifier has words for in the text as it stands (1日当たり)."""
        return self._spans if self._rules.get(name, {}).get("spans") else []

    def tells_home(self, name: str, masked: str) -> bool:
        """Whether a masked sentence speaks of the country that it does not name (国内)."""
        return name in self._homes and bool(self._homes[name].search(masked))

    def tells_world(self, name: str, masked: str) -> bool:
        """Whether a masked sentence speaks of all of the world."""
        return name in self._worlds and bool(self._worlds[name].search(masked))

    def home(self, name: str, spot: Spot) -> str:
        """The country that 国内 means at a place."""
        return self._home(spot, str(self._rules.get(name, {}).get("home_default", UNTOLD)))

    def _values(self, name: str, frame: Frame, spot: Spot) -> list[str]:
        rule = self._rules.get(name, {})
        how = rule.get("how")
        if how == "word":
            dated = frame.attribute.id in rule.get("dated", ()) and self._dated(spot)
            return self._by_word(name, rule, spot) or ([dated] if dated else [])
        if how == "entity":
            return self._made(frame, rule, self._by_entity(rule, spot))
        if how == "actor":
            return self._by_actor(name, rule, spot)
        if how == "day":
            return [self._day(spot).isoformat()]
        if how == "theme":
            return self._by_theme(name, rule, spot)
        if how == "place":
            return self._by_place(name, rule, frame, spot)
        return []

    def _by_word(self, name: str, rule: Mapping[str, Any], spot: Spot) -> list[str]:
        reach = 0 if spot.sentence.sentence.kind == "row" else int(rule.get("reach", 0))
        for back, marked in enumerate(spot.near(reach)):
            limit = spot.start if back == 0 else len(marked.masked)
            if rule.get("dates") and (named := self._named_period(marked, limit)):
                return [named]
            if rule.get("sentence"):
                for value, pattern in self._words[name]:
                    if pattern.search(marked.masked):
                        return [value]
                continue
            found = [
                (match.end(), -order, value)
                for order, (value, pattern) in enumerate(self._words[name])
                for match in pattern.finditer(marked.masked, 0, limit)
            ]
            if not found and back == 0:
                found = [
                    (-match.start(), -order, value)
                    for order, (value, pattern) in enumerate(self._words[name])
                    for match in pattern.finditer(marked.masked, spot.end, spot.end + 14)
                ]
            if found:
                return [max(found)[2] + self._suffix(name, spot)]
        heading = column_heading(spot.marked, spot.index, spot.start)
        if heading:
            for value, pattern in self._words[name]:
                if pattern.search(heading):
                    return [value]
        return []

    def _named_period(self, marked: Marked, limit: int) -> str | None:
        """The span that the words before a number give it: 1日当たり, 月間."""
        said = marked.sentence.text[: marked.origins[limit] - marked.start]
        found = [(m.end(), value) for value, pattern in self._spans for m in pattern.finditer(said)]
        if found:
            return str(max(found)[1])
        return None

    def _suffix(self, name: str, spot: Spot) -> str:
        for append, pattern, unless in self._suffixes[name]:
            for marked in spot.near(1):
                limit = spot.start if marked is spot.sentence else len(marked.masked)
                hits = [m.end() for m in pattern.finditer(marked.masked, 0, limit)]
                rivals = [m.end() for m in unless.finditer(marked.masked, 0, limit)]
                if hits or rivals:
                    return append if hits and max(hits) > max(rivals, default=-1) else ""
        return ""

    def _dated(self, spot: Spot) -> str | None:
        """The named period of a figure: the nearest year, quarter, month or day before it (2025, 2025-Q1, 2025-02)."""
        before = [
            item
            for p, item in spot.sentence.ordered
            if isinstance(item, DateSpan) and p < spot.start and item.granularity in _PERIODS
        ]
        return _PERIODS[before[-1].granularity](before[-1].first) if before else None

    def _by_entity(self, rule: Mapping[str, Any], spot: Spot) -> list[str]:
        wanted = {MASKS[k] for k in rule.get("kinds", ())}
        for back, marked in enumerate(spot.near(int(rule.get("reach", 0)))):
            anchor = spot.start if back == 0 else len(marked.masked)
            found = [
                (anchor - p if p < anchor else 12 + p - anchor, item.entity)
                for p, item in marked.items.items()
                if marked.masked[p] in wanted
                and isinstance(item, Mention)
                and item.entity not in {spot.subject, spot.scene.company}
            ]
            if found:
                return [min(found)[1]]
        vendors = set(rule.get("vendors", ()))
        named = [i.entity for i in spot.sentence.items.values() if isinstance(i, Mention) and i.entity in vendors]
        return named[:1]

    @staticmethod
    def _made(frame: Frame, rule: Mapping[str, Any], names: list[str]) -> list[str]:
        """Names with products as their makers, for the attributes that ask for makers."""
        if frame.attribute.id not in rule.get("makers_for", ()):
            return names
        makers = [(m["value"], re.compile(m["re"], re.IGNORECASE)) for m in rule.get("makers", ())]
        return [next((value for value, pattern in makers if pattern.match(name)), name) for name in names]

    def _by_actor(self, name: str, rule: Mapping[str, Any], spot: Spot) -> list[str]:
        avoid = frozenset({spot.scene.company, spot.subject, *spot.scene.parents})
        again = self._again.get(name)
        before = [i for p, i in spot.sentence.of_kind("pronoun") if p < spot.start]
        if again and any(isinstance(i, Mention) and again.match(i.text) for i in before):
            return self._same(rule, spot, avoid)
        for kind in rule.get("prefer", ()):
            found = actors(spot.sentence, spot.start, (kind,), avoid)
            if found:
                return list(dict.fromkeys(m.entity for m in found))
        for back, marked in enumerate(spot.near(int(rule.get("reach", 0)))):
            anchor = spot.start if back == 0 else len(marked.masked)
            found = actors(marked, anchor, rule.get("kinds", ()), avoid)
            if found:
                return list(dict.fromkeys(m.entity for m in found))
        return []

    def _same(self, rule: Mapping[str, Any], spot: Spot, avoid: frozenset[str]) -> list[str]:
        """Whom 同委 or 同当局 means: the body of that kind that was named last."""
        for marked in list(spot.near(len(spot.marked)))[1:]:
            named = [
                i.entity for _, i in marked.of_kind(*rule["same"]) if isinstance(i, Mention) and i.entity not in avoid
            ]
            if named:
                return named[-1:]
        return []

    def _day(self, spot: Spot) -> dt.date:
        """The trading day: one that the sentence or the ones before it name, else the day of publication.

        A day that only measures against another (前日の8%安に続いて) counts where it stands at the number.
        """
        for marked in spot.near(len(spot.marked)):
            limit = spot.start if marked is spot.sentence else len(marked.masked)
            days = [
                (p, item)
                for p, item in marked.ordered
                if isinstance(item, DateSpan)
                and item.granularity == "day"
                and (marked is spot.sentence or abs((spot.day - item.first).days) <= _TRADING)
            ]
            before = [(p, item) for p, item in days if p < limit and (limit - p <= 3 or item.text not in _MEASURES)]
            trading = [item for p, item in before if self._market.match(marked.masked, p + 1)]
            if trading or before:
                return (trading or [item for _, item in before])[-1].first
            if marked is spot.sentence and self._evening.search(marked.masked):
                return spot.day - dt.timedelta(days=1)
            after = [item for p, item in days if p > limit and item.text not in _MEASURES]
            if after:
                return after[0].first
        return spot.day

    def _by_theme(self, name: str, rule: Mapping[str, Any], spot: Spot) -> list[str]:
        for marked in spot.near(int(rule.get("reach", 0))):
            text = marked.sentence.text
            for value, pattern in self._words[name]:
                if pattern.search(text):
                    return [value]
        return []

    def _by_place(self, name: str, rule: Mapping[str, Any], frame: Frame, spot: Spot) -> list[str]:
        untold = rule.get("default_for", {}).get(frame.attribute.id)
        reach = 0 if untold else int(rule.get("reach", 0))
        for back, marked in enumerate(spot.near(reach)):
            anchor = spot.start if back == 0 else len(marked.masked)
            world = self._worlds.get(name)
            if untold and world and world.search(marked.masked):
                return ["world"]
            home = self._homes.get(name)
            if untold and home and back == 0 and home.search(marked.masked):
                return [self._home(spot, str(rule.get("home_default", untold)))]
            avoid = frozenset(rule.get("avoid_for", {}).get(frame.attribute.id, ()))
            found = [m for m in actors(marked, anchor, ("place",), avoid) if m.text not in rule.get("ignore", ())]
            if found:
                return list(dict.fromkeys(m.entity for m in found))
            for at, item in marked.items.items():
                if isinstance(item, Mention) and item.kind == "authority" and at <= anchor:
                    code = self.country_of(item.text)
                    if code:
                        return [code]
        return [untold] if untold else []

    def _home(self, spot: Spot, default: str) -> str:
        """The country that 国内 means: the one that the text named last, else where its readers are."""
        for marked in spot.near(len(spot.marked)):
            limit = spot.start if marked is spot.sentence else len(marked.masked)
            named = [
                item.entity
                for p, item in marked.ordered
                if p < limit and isinstance(item, Mention) and item.kind == "place" and len(item.entity) == 2
            ]
            if named:
                return named[-1]
        return default

    def country_of(self, text: str) -> str | None:
        """The country that the name of a body begins with (米商務省), or that it is known to speak for (NASA)."""
        for length in (3, 2, 1):
            entity = self._seeds.entity_id(text[:length])
            known = self._seeds.entities.get(entity)
            if known and known.kind == "place":
                return entity
        return next((value for value, pattern in self._bodies if pattern.match(text)), None)
