"""Which of the names around a number or a statement it is about: every possible subject with what speaks for it.

The weights are learned (``claim_weights.json``); the rule of ``subjects.resolve`` is one voice among others.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping, Sequence

from flows.claims.anchors import likely_names
from flows.claims.features import Features, shape_of
from flows.claims.frames import Frame
from flows.claims.markup import GROUPS, MASKS, Marked
from flows.claims.names import Mention
from flows.claims.pairing import paired
from flows.claims.subjects import Scene, Subject, resolve, suits

_BACK = 6
"""Sentences that are looked back over."""
_CLOSERS = re.compile(
    r"[」』”\"'］\]]*(?:\([^()]{0,24}\)|（[^（）]{0,24}）)?(?:氏|さん|サン|社|株|版|の株価|アプリ|のアプリ)?"
)
_SHORT = 4
_NEAR = 30
"""How many characters before an anchor are read for which of several models is meant."""
_TAKEN = re.compile("[」』]?の[" + "".join(MASKS[k] for k in GROUPS["num"]) + "]")
"""A name with a number of its own behind it: V3.1の12元."""
_PARTICLES = "はもがのをにでとや、"


@dataclasses.dataclass
class Possible:
    """A possible subject, with its features."""

    entity: str
    features: Features


class _Notes:
    """Possible subjects as they are found, each with the strongest of every feature."""

    def __init__(self, attribute: str) -> None:
        self.attribute = attribute
        self.features: dict[str, Features] = {}
        self.kinds: dict[str, str] = {}

    def add(self, entity: str, kind: str, **features: float) -> None:
        self.kinds.setdefault(entity, kind)
        known = self.features.setdefault(entity, {})
        for name, value in features.items():
            known[name] = max(known.get(name, 0.0), value)


def possible_subjects(
    marked: Sequence[Marked],
    index: int,
    anchor: int,
    frame: Frame,
    scene: Scene,
    ruled: tuple[list[Subject], str] | None = None,
) -> list[Possible]:
    """Everybody whom something at a masked position of a sentence could be about, in a fixed order.

    ``ruled`` is what ``resolve`` says of it, where that is known already.
    """
    notes = _Notes(frame.attribute.id)
    _of_sentence(notes, marked[index], anchor, frame, scene)
    if "org" in frame.subjects:
        _of_runs(notes, marked[index], anchor, scene)
    _of_sentences_before(notes, marked, index, frame, scene)
    _of_article(notes, frame, scene)
    owner = paired(marked, index, anchor)
    if owner is not None:
        notes.add(owner, "model", paired=1.0)
    chosen, reason = ruled or resolve(marked, index, anchor, frame, scene)
    for subject in chosen:
        kind = "organization"
        notes.add(subject.entity, kind, **{"rule": 1.0, f"rule={subject.where}": 1.0, "score": subject.score})
    version, models = _version(marked[index].masked, anchor, scene), _by_recency(marked, index, anchor)
    titled = {mention.entity for mention in scene.title}
    for entity, features in notes.features.items():
        kind = notes.kinds[entity]
        if entity in models:
            recent = min(3, models.index(entity))
            features.update({f"recent={recent}": 1.0, f"recent={recent}of{min(4, len(models))}": 1.0})
            for told in (f"main={entity == scene.main_model}", f"title={entity in titled}", f"recent={recent}"):
                features[f"version={version} {told}"] = 1.0
            features[f"version={version} first={entity == models[-1]}"] = 1.0
        own = entity == scene.company
        features.update({f"kind={kind}": 1.0, f"{notes.attribute}={kind}": 1.0, f"company={own}": 1.0})
        features[f"{notes.attribute}company={own}"] = 1.0
        if entity == scene.main_model:
            features["mainmodel"] = 1.0
        if owner is not None:
            features[f"order={entity == owner}"] = 1.0
        if reason:
            features[f"reason={reason}"] = 1.0
    return [Possible(entity, features) for entity, features in notes.features.items()]


def _version(masked: str, anchor: int, scene: Scene) -> str:
    """What the words nearest a position say of the model that is meant: ``old``, ``new``, ``none``."""
    start = max(0, anchor - _NEAR)
    found = [(m.end(), name) for name, told in scene.versions for m in told.finditer(masked, start, anchor)]
    found = found or [
        (-m.start(), name) for name, told in scene.versions for m in told.finditer(masked, anchor, anchor + _NEAR // 2)
    ]
    return max(found)[1] if found else "none"


def _by_recency(marked: Sequence[Marked], index: int, anchor: int) -> list[str]:
    """The watched company's models that were named up to a position, the last one first."""
    found: list[str] = []
    for back in range(index + 1):
        sentence = marked[index - back]
        for position, item in reversed(sentence.ordered):
            if not isinstance(item, Mention) or item.kind not in {"model", "product"}:
                continue
            if (back or position < anchor) and item.entity not in found:
                found.append(item.entity)
    return found


def _meant(item: Mention, scene: Scene) -> str:
    return scene.company if item.kind == "pronoun" else item.entity


def _allowed(item: object, frame: Frame, scene: Scene) -> bool:
    return isinstance(item, Mention) and any(suits(item, kind, scene) for kind in frame.subjects)


def _of_sentence(notes: _Notes, sentence: Marked, anchor: int, frame: Frame, scene: Scene) -> None:
    nearest = 0
    for position in sorted(sentence.items, key=lambda p: (abs(p - anchor), p)):
        item = sentence.items[position]
        if not isinstance(item, Mention) or not _allowed(item, frame, scene):
            continue
        side = "before" if position < anchor else "behind"
        particle = _particle(sentence.masked, position)
        nearest += 1
        gap = sentence.masked[position + 1 : anchor] if side == "before" else sentence.masked[anchor + 1 : position]
        features = {
            "here": 1.0, f"here={side}": 1.0, f"here={notes.attribute}": 1.0, f"{side}={particle}": 1.0,
            f"{notes.attribute}={side}{particle}": 0.7, f"near={min(nearest, 4)}": 1.0,
            f"distance={side}": math.exp(-len(gap) / 15), f"commas={side}{min(3, gap.count('、'))}": 1.0,
        }  # fmt: skip
        if len(gap) <= _SHORT:
            features[f"gap={side}{gap}"] = features[f"{notes.attribute}gap={side}{gap}"] = 1.0
        if side == "before" and _TAKEN.match(sentence.masked, position + 1) and len(gap) > _SHORT:
            features["taken"] = 1.0
        if scene.modifies.match(sentence.masked, position + 1):
            features["modifies"] = 1.0
        if position == anchor:
            features["itself"] = 1.0
        notes.add(_meant(item, scene), item.kind, **features)


def _of_runs(notes: _Notes, sentence: Marked, anchor: int, scene: Scene) -> None:
    """What may be names, where anybody can be the subject: the nearest ones before the anchor."""
    runs = [run for run in likely_names(sentence, scene.trim) if run.end <= anchor]
    for order, run in enumerate(reversed(runs[-3:]), 1):
        gap = sentence.masked[run.end : anchor]
        features = {
            "run": 1.0, f"run={order}": 1.0, f"runparticle={gap[:1]}": 1.0, "distance=run": math.exp(-len(gap) / 15),
            f"runends={run.name[-1:]}": 1.0, f"runends={run.name[-2:]}": 1.0, f"runshape={shape_of(run.name)}": 1.0,
            f"runcommas={min(3, gap.count('、'))}": 1.0,
        }  # fmt: skip
        if len(gap) <= _SHORT:
            features[f"rungap={gap}"] = 1.0
        notes.add(run.name, "run", **features)


def _of_sentences_before(notes: _Notes, marked: Sequence[Marked], index: int, frame: Frame, scene: Scene) -> None:
    for back in range(1, min(_BACK, index) + 1):
        sentence = marked[index - back]
        same = sentence.sentence.paragraph == marked[index].sentence.paragraph
        for position, item in reversed(sentence.names):
            if not _allowed(item, frame, scene):
                continue
            topical = _particle(sentence.masked, position) in "はもが"
            features = {
                f"back={back}": 1.0, f"back={back}{topical}": 1.0, f"paragraph={same}": 1.0, "back": 1.0 / back,
                f"back={notes.attribute}": 1.0 / back,
            }  # fmt: skip
            if sentence.sentence.kind == "heading":
                features["heading"] = 1.0 / back
            notes.add(_meant(item, scene), item.kind, **features)


def _of_article(notes: _Notes, frame: Frame, scene: Scene) -> None:
    for mention in scene.title:
        if _allowed(mention, frame, scene):
            notes.add(mention.entity, mention.kind, **{"title": 1.0, f"title={notes.attribute}": 1.0})
    for entity, name in ((scene.main_model, "model"), (scene.main_person, "person"), (scene.company, "organization")):
        if entity and any(_kind_fits(kind, name, entity, scene) for kind in frame.subjects):
            notes.add(entity, name, main=1.0)
    if frame.fallback:
        notes.add(frame.fallback, "organization", fallback=1.0)
    if set(frame.subjects) & {"model", "product"} and not notes.features:
        notes.add(scene.company, "organization", last=1.0)


def _kind_fits(kind: str, name: str, entity: str, scene: Scene) -> bool:
    if kind in {"model", "product"}:
        return name == "model"
    if kind == "person":
        return name == "person"
    if kind == "parent":
        return entity in scene.parents
    return kind == "company" and entity == scene.company


def _particle(masked: str, position: int) -> str:
    behind = masked[position + 1 :]
    closer = _CLOSERS.match(behind)
    char = behind[closer.end() if closer else 0 :][:1]
    if char in _PARTICLES:
        return char
    return "<" if char in MASKS.values() else "."


def rank(possible: Sequence[Possible], weights: Mapping[str, float]) -> list[Subject]:
    """The possible subjects, likeliest first, each with how sure it is among them (0 to 1, together 1)."""
    sums = [sum(weights.get(name, 0.0) * value for name, value in p.features.items()) for p in possible]
    top = max(sums, default=0.0)
    parts = [math.exp(s - top) for s in sums]
    ranked = sorted(zip(parts, range(len(parts)), strict=True), key=lambda pair: (-pair[0], pair[1]))
    return [Subject(possible[n].entity, part / sum(parts), "ranked") for part, n in ranked]
