"""What a qualifier could be, and which of it is likeliest: the place, period, day, counterpart or scope of a claim.

Everything that could fill a key qualifier is gathered with what speaks for it: names and dates of the sentence, of the
sentences before it and of the title, the values that ``qualifiers.toml`` knows words for, what the rules would take,
and that the text does not tell it. A linear model learned from the corpus ranks them (``claim_weights.json``).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence

from flows.claims.anchors import likely_names
from flows.claims.dates import DateSpan
from flows.claims.features import Features, shape_of
from flows.claims.frames import Frame
from flows.claims.markup import GROUPS, MASKS, Marked
from flows.claims.names import Mention
from flows.claims.qualifiers import UNTOLD, Qualifiers, Spot
from flows.claims.words import words

_BACK = 3
"""Sentences that are looked back over."""
_BEFORE, _BEHIND = 24, 14
"""How many characters around the number or trigger are read for words."""
_NUMBERS = frozenset(MASKS[k] for k in GROUPS["num"])
_SHORT = 3
_RUNS = 4


class Fillers:
    """The possible values of one qualifier as they are found, each with the strongest of every feature."""

    def __init__(self, name: str, attribute: str) -> None:
        """Notes them for a qualifier of an attribute."""
        self._name, self._attribute = name, attribute
        self.features: dict[str, Features] = {}

    def note(self, value: str, *told: str, **weighted: float) -> None:
        """Adds what speaks for a value: features of weight 1, and weighted ones."""
        known = self.features.setdefault(value, {})
        for name, weight in (dict.fromkeys(told, 1.0) | weighted).items():
            for key in (f"{self._name}|{name}", f"{self._attribute}.{self._name}|{name}"):
                known[key] = max(known.get(key, 0.0), weight)


def possible_fillers(
    name: str,
    frame: Frame,
    spot: Spot,
    qualifiers: Qualifiers,
    ruled: Sequence[str],
    settled: Mapping[str, str],
) -> dict[str, Features]:
    """Value -> features of everything that could fill a qualifier, in a fixed order.

    Args:
        name: the qualifier.
        frame: the attribute's frame.
        spot: where the candidate stands.
        qualifiers: the rules of the seeds folder.
        ruled: what the rules would take.
        settled: the qualifiers that are known already.
    """
    found = Fillers(name, frame.attribute.id)
    for value in ruled:
        found.note(value, "rule", f"rule={len(ruled) > 1}")
    kinds = frozenset(MASKS[k] for k in qualifiers.kinds(name))
    closed = qualifiers.known(name)
    days = qualifiers.of_days(name)
    if days:
        _of_days(found, spot)
    elif kinds:
        _of_names(found, kinds, spot, qualifiers)
    _of_known(found, closed, spot)
    _of_spans(found, qualifiers.spans(name), spot)
    if not days:
        found.note(UNTOLD, "untold")
    if closed:
        _of_words(found, spot)
    single = len(found.features) == 1
    for value, features in found.features.items():
        if closed or value in {UNTOLD, "world"}:
            for key in (f"{name}={value}", f"{frame.attribute.id}.{name}={value}"):
                features[key] = 1.0
            for other, told in settled.items():
                features[f"{name}={value} where {other}={_form(told)}"] = 1.0
        features[f"{name}|alone={single}"] = 1.0
    return found.features


def _of_known(found: Fillers, closed: Sequence[tuple[str, re.Pattern[str]]], spot: Spot) -> None:
    """The values that the seeds have words for, with where the words stand."""
    for value, pattern in closed:
        found.note(value, "known")
        for back, marked in enumerate(spot.near(2)):
            limit = spot.start if back == 0 else len(marked.masked)
            for match in pattern.finditer(marked.masked):
                side = f"back{back}" if back else "before" if match.end() <= limit else "behind"
                gap = limit - match.end() if match.end() <= limit else match.start() - spot.end
                found.note(value, f"word={side}", **{f"near={side}": math.exp(-max(0, gap) / 10)})


def _of_spans(found: Fillers, spans: Sequence[tuple[str, re.Pattern[str]]], spot: Spot) -> None:
    """The spans of time that stand in the text itself, where a masked sentence shows a date (1日に)."""
    sentence = spot.sentence
    text, limit = sentence.sentence.text, sentence.origins[spot.start] - sentence.start
    for value, pattern in spans:
        for match in pattern.finditer(text):
            side = "before" if match.end() <= limit else "behind"
            gap = limit - match.end() if side == "before" else match.start() - limit
            found.note(value, f"span={side}", **{f"spannear={side}": math.exp(-max(0, gap) / 10)})


def _form(value: str) -> str:
    """What a settled value looks like: a country's code, a part of one, or a name."""
    return value if value == UNTOLD else f"code{len(value.split('-'))}" if value[:2].isupper() else "name"


def _gap(spot: Spot, position: int) -> tuple[str, str]:
    """On which side of the number or trigger something stands in its sentence, and what lies between."""
    masked = spot.sentence.masked
    if position < spot.start:
        return "before", masked[position + 1 : spot.start]
    return "behind", masked[spot.end : position]


def _place(found: Fillers, value: str, spot: Spot, back: int, marked: Marked, position: int, order: int) -> None:
    """What speaks for something that stands at a masked position of the sentence or of one before it."""
    particle = marked.masked[position + 1 : position + 3]
    behind = particle[:1] if particle[:1] not in MASKS.values() else "<"
    if back:
        same = marked.sentence.paragraph == spot.sentence.sentence.paragraph
        found.note(value, f"back={back}", f"back={back}{behind}", f"paragraph={same}", f"order={back}{min(order, 3)}")
        return
    side, gap = _gap(spot, position)
    commas, numbers = min(3, gap.count("、")), sum(char in _NUMBERS for char in gap)
    found.note(
        value,
        "here",
        f"side={side}{behind}",
        f"behind={particle if len(particle) == 2 and particle[1] not in MASKS.values() else behind}",
        f"order={side}{min(order, 4)}",
        f"commas={side}{commas}",
        f"numbers={side}{min(2, numbers)}",
        **{f"distance={side}": math.exp(-len(gap) / 12)},
    )
    if len(gap) <= _SHORT:
        found.note(value, f"gap={side}{gap}")


def _of_names(found: Fillers, kinds: frozenset[str], spot: Spot, qualifiers: Qualifiers) -> None:
    """Names of the qualifier's kinds, nearest first; for places the country of a body that is named, too."""
    for back, marked in enumerate(spot.near(_BACK)):
        anchor = spot.start if back == 0 else len(marked.masked)
        orders = {"before": 0, "behind": 0}
        for position in sorted(marked.items, key=lambda p: (abs(p - anchor), p)):
            item = marked.items[position]
            if not isinstance(item, Mention) or item.entity in {spot.subject, spot.scene.company}:
                continue
            side = "before" if position < anchor else "behind"
            if marked.masked[position] in kinds:
                orders[side] += 1
                _place(found, item.entity, spot, back, marked, position, orders[side])
                found.note(
                    item.entity, f"kind={item.kind}", f"listed={item.listed}", f"length={min(8, len(item.entity))}"
                )
            elif MASKS["place"] in kinds and (country := qualifiers.country_of(item.text)):
                found.note(country, f"country={back}", f"country={item.kind}")
        if MASKS["organization"] in kinds:
            _of_runs(found, spot, back, marked, anchor)
    for mention in spot.scene.title:
        if MASKS.get(mention.kind) in kinds and mention.entity != spot.scene.company:
            found.note(mention.entity, "title")
    if MASKS["place"] in kinds:
        _of_home(found, spot, qualifiers)


def _of_runs(found: Fillers, spot: Spot, back: int, marked: Marked, anchor: int) -> None:
    """What may be names of bodies that no list knows, nearest first."""
    runs = sorted(likely_names(marked, spot.scene.trim), key=lambda run: (abs(run.start - anchor), run.start))
    for order, run in enumerate(runs[:_RUNS], 1):
        _place(found, run.name, spot, back, marked, run.start if run.start >= anchor else run.end - 1, order)
        found.note(run.name, "run", f"shape={shape_of(run.name)}", f"ends={run.name[-1:]}", f"ends={run.name[-2:]}")


def _of_home(found: Fillers, spot: Spot, qualifiers: Qualifiers) -> None:
    """What 国内 or 世界 means, and the place that the text speaks of most."""
    home = qualifiers.home("place", spot)
    for back, marked in enumerate(spot.near(1)):
        if qualifiers.tells_home("place", marked.masked):
            found.note(home, f"home={back}")
        if qualifiers.tells_world("place", marked.masked):
            found.note("world", f"world={back}")
    counts: dict[str, int] = {}
    for marked in spot.marked:
        for _, item in marked.of_kind("place"):
            if isinstance(item, Mention):
                counts[item.entity] = counts.get(item.entity, 0) + 1
    if counts:
        most = max(counts.values())
        for value, count in counts.items():
            if count == most and value in found.features:
                found.note(value, f"main={min(3, len(counts))}")


def _of_days(found: Fillers, spot: Spot) -> None:
    """Days of the sentence and the ones before it, the day of publication and the two before."""
    for back, marked in enumerate(spot.near(_BACK)):
        anchor = spot.start if back == 0 else len(marked.masked)
        orders = {"before": 0, "behind": 0}
        days = [p for p, i in marked.items.items() if isinstance(i, DateSpan) and i.granularity == "day"]
        for position in sorted(days, key=lambda p: (abs(p - anchor), p)):
            item = marked.items[position]
            if not isinstance(item, DateSpan):
                continue
            side = "before" if position < anchor else "behind"
            orders[side] += 1
            value = item.first.isoformat()
            _place(found, value, spot, back, marked, position, orders[side])
            found.note(value, f"text={item.text[-3:]}", f"ago={_ago(spot.day, item.first)}")
            if item.first.weekday() > 4:
                found.note(value, "weekend")
    told = {word[:4] for _, _, word in words(spot.sentence.masked)}
    for ago in range(3):
        day = spot.day - dt.timedelta(days=ago)
        found.note(day.isoformat(), f"published-{ago}", f"published-{ago}weekend={day.weekday() > 4}")
        found.note(day.isoformat(), *(f"published-{ago}{word}" for word in sorted(told)))


def _ago(published: dt.date, day: dt.date) -> str:
    days = (published - day).days
    return str(days) if -1 <= days <= 4 else "ahead" if days < 0 else "weeks" if days < 45 else "long"


def _of_words(found: Fillers, spot: Spot) -> None:
    """The words around the number or trigger, for qualifiers with a closed set of values."""
    near: Features = {}
    for first, last, word in words(spot.sentence.masked):
        near[f"s{word[:6]}"] = 0.5
        if last <= spot.start and last > spot.start - _BEFORE:
            near[f"b{word[:6]}"] = max(near.get(f"b{word[:6]}", 0.0), math.exp((last - spot.start) / 12))
        elif first >= spot.end and first < spot.end + _BEHIND:
            near[f"a{word[:6]}"] = max(near.get(f"a{word[:6]}", 0.0), math.exp((spot.end - first) / 10))
    for value in list(found.features):
        for word, weight in near.items():
            found.note(value, **{f"{value}:{word}": weight})


def likeliest(possible: Mapping[str, Features], weights: Mapping[str, float]) -> tuple[str, float]:
    """The likeliest value of a qualifier and how sure it is among the possible ones (0 to 1)."""
    sums = {v: sum(weights.get(n, 0.0) * w for n, w in features.items()) for v, features in possible.items()}
    best = max(sums, key=lambda value: sums[value])
    return best, 1.0 / sum(math.exp(max(-50.0, s - sums[best])) for s in sums.values())


def filled(
    frame: Frame, spot: Spot, told: Mapping[str, str], qualifiers: Qualifiers, weights: Mapping[str, float]
) -> tuple[list[dict[str, str]], float]:
    """The qualifiers of a candidate as learned, and how sure they are (0 to 1).

    One mapping, or several where the likeliest is one of those that the text lists (A、Bの2社は). What the pattern
    itself told is kept.
    """
    ruled = qualifiers.fill(frame, spot, told)
    results: list[dict[str, str]] = [{}]
    sure = 1.0
    for name in frame.attribute.key:
        values = list(dict.fromkeys(each[name] for each in ruled))
        if name not in told:
            possible = possible_fillers(name, frame, spot, qualifiers, values, results[0])
            best, probability = likeliest(possible, weights)
            sure *= probability
            values = values if best in values else [best]
        results = [{**result, name: value} for result in results for value in values]
    return results, sure
