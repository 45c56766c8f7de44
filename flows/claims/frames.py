"""Frames: how each attribute is recognized, compiled from ``attributes.toml``.

Nothing here knows an attribute by name. What the file says (cues, patterns, triggers, bounds) is turned into compiled
patterns over masked sentences (``markup.py``), and ``number_score``/``matches`` judge a number or a sentence by them.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Set

from flows.claims.literals import Prefilter
from flows.claims.markup import Marked, compile_pattern
from flows.claims.quantities import Quantity
from seeds import Attribute, Seeds, SeedsError

DEFAULT_KINDS = {
    "money": ("money",),
    "count": ("count",),
    "ratio": ("ratio", "percent"),
    "percent": ("percent",),
    "rank": ("rank",),
    "duration": ("duration",),
}
_ELLIPSIS = "[^。]{0,20}?"
_BEFORE, _BEHIND = 14.0, 6.0
"""How many characters take a cue's weight to a third, before the number and behind it."""


@dataclasses.dataclass(frozen=True)
class Trigger:
    """A pattern that tells a status."""

    value: str
    pattern: re.Pattern[str]


@dataclasses.dataclass(frozen=True)
class Frame:
    """An attribute with everything that recognizes it."""

    attribute: Attribute
    subjects: tuple[str, ...]
    kinds: tuple[str, ...]
    cues: tuple[re.Pattern[str], ...]
    reject: re.Pattern[str] | None
    counters: re.Pattern[str] | None
    low: float
    high: float
    patterns: tuple[re.Pattern[str], ...]
    triggers: tuple[Trigger, ...]
    context: re.Pattern[str] | None
    needs: tuple[str, ...]
    explicit_subject: bool
    signed: bool
    fallback: str | None
    names: tuple[str, ...]
    """The kinds of names that can be the value, or for a status the one who acts."""
    role: str
    """The qualifier that the one who acts fills; empty where the status hangs on no actor."""
    told_on: re.Pattern[str] | None
    """What behind a date says that something was only told on it, and did not happen."""
    hints: re.Pattern[str] | None
    """Words of which a sentence must hold one before an actor is looked for in it."""
    by_modality: Mapping[str, Mapping[str, str]]
    """Modality -> status -> what it becomes in a statement of that modality."""
    by_polarity: Mapping[str, str]

    @functools.cached_property
    def tells(self) -> frozenset[str]:
        """Its triggers and patterns, as they are written."""
        return frozenset(p.pattern for p in (*(t.pattern for t in self.triggers), *self.patterns))

    @functools.cached_property
    def asks(self) -> frozenset[str]:
        """Its cues, as they are written."""
        return frozenset(cue.pattern for cue in self.cues)

    @functools.cached_property
    def kin(self) -> tuple[object, ...]:
        """What decides whom it can be said of: frames with the same have the same subjects at a place."""
        return (self.subjects, "counterpart" in self.attribute.key, self.explicit_subject, self.fallback)


def _compile(where: str, pattern: str) -> re.Pattern[str]:
    try:
        return compile_pattern(pattern.replace("…", _ELLIPSIS))
    except (re.error, KeyError) as error:
        raise SeedsError(f"attributes.toml: {where} has a pattern that cannot be used: {pattern!r}: {error}") from error


def _becomes(name: str, by_modality: Mapping[str, object]) -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for modality, statuses in by_modality.items():
        if not isinstance(statuses, Mapping):
            raise SeedsError(
                f"attributes.toml: by_modality of {name} must tell what each status becomes, "
                'such as { planned = { released = "planned" } }'
            )
        found[modality] = {str(status): str(other) for status, other in statuses.items()}
    return found


def load_frames(seeds: Seeds) -> tuple[Frame, ...]:
    """The frames of all attributes that can be recognized.

    Raises:
        SeedsError: a pattern is wrong; the message names the attribute and the pattern.
    """
    frames = []
    for attribute in seeds.attributes.values():
        extra = attribute.extra
        if not any(extra.get(key) for key in ("cues", "patterns", "triggers")):
            continue

        def one(key: str, name: str = attribute.id, source: Mapping[str, object] = extra) -> re.Pattern[str] | None:
            value = source.get(key)
            return _compile(name, str(value)) if value else None

        patterns = tuple(_compile(attribute.id, p) for p in extra.get("patterns", ()))
        if any("value" not in pattern.groupindex for pattern in patterns):
            raise SeedsError(f"attributes.toml: every pattern of {attribute.id} must say which part is the <value=…>")
        reject = "|".join(extra.get("reject", ()))
        frames.append(
            Frame(
                attribute=attribute,
                subjects=tuple(extra.get("subjects", ("company",))),
                kinds=tuple(extra.get("kinds", DEFAULT_KINDS.get(attribute.value, ()))),
                cues=tuple(_compile(attribute.id, cue) for cue in extra.get("cues", ())),
                reject=_compile(attribute.id, reject) if reject else None,
                counters=one("counters"),
                low=float(extra.get("low", 0)),
                high=float(extra.get("high", math.inf)),
                patterns=patterns,
                triggers=tuple(Trigger(t["value"], _compile(attribute.id, t["re"])) for t in extra.get("triggers", ())),
                context=one("context"),
                needs=tuple(extra.get("needs", ())),
                explicit_subject=bool(extra.get("explicit_subject", False)),
                signed=bool(extra.get("signed", False)),
                fallback=extra.get("fallback"),
                names=tuple(extra.get("names", ())),
                role=str(extra.get("role", "")),
                told_on=one("told_on"),
                hints=one("hints"),
                by_modality=_becomes(attribute.id, extra.get("by_modality", {})),
                by_polarity=dict(extra.get("by_polarity", {})),
            )
        )
    return tuple(frames)


def fits(frame: Frame, quantity: Quantity) -> bool:
    """Whether a number can be meant by an attribute: its kind, its unit, its counter and its size."""
    if quantity.kind not in frame.kinds or quantity.denominator or quantity.converted:
        return False
    unit, wanted = quantity.unit, frame.attribute.unit
    exact = bool(unit and wanted and unit == wanted)
    if frame.counters and not exact and not frame.counters.fullmatch(quantity.counter or ""):
        return False
    if quantity.kind == "count" and unit and wanted and unit != wanted and not frame.counters:
        return False
    sizes = [abs(v) for v in (quantity.low, quantity.high) if v is not None]
    if not sizes:
        return False
    if frame.attribute.value == "duration":
        return quantity.day_factor is not None and max(sizes) * quantity.day_factor <= frame.high * (
            365 if wanted == "years" else 1
        )
    return max(sizes) >= frame.low and (quantity.kind == "ratio" or min(sizes) <= frame.high)


def number_score(frame: Frame, marked: Marked, position: int) -> float:
    """How well the words around a number speak for an attribute, 0 to 1.

    Every group of cues must be found; near ones count more, those behind the number less, and those beyond another
    sentence part less again. A rejecting word that is nearer than the cues halves what is left.
    """
    masked = marked.masked
    if not frame.cues:
        return 0.0
    total, nearest = 0.0, 999
    for cue in frame.cues:
        best = 0.0
        for match in cue.finditer(masked):
            if match.end() <= position:
                distance = position - match.end()
                crossed = masked.count("、", match.end(), position)
                weight = math.exp(-distance / _BEFORE / 2) * 0.85**crossed
            else:
                distance = max(0, match.start() - position - 1)
                crossed = masked.count("、", position, match.start())
                weight = 0.9 * math.exp(-distance / _BEHIND / 2) * 0.6**crossed
            if weight > best:
                best = weight
                nearest = min(nearest, distance)
        if best == 0.0:
            return 0.0
        total += best
    score = total / len(frame.cues)
    if frame.reject:
        for match in frame.reject.finditer(masked):
            distance = position - match.end() if match.end() <= position else match.start() - position - 1
            if 0 <= distance <= max(nearest, 8):
                score *= 0.4
                break
    return score


def prefilter_of(frames: Iterable[Frame]) -> Prefilter:
    """What tells which cues, triggers and patterns of some frames can match a masked sentence."""
    return Prefilter(p for f in frames for p in (*f.cues, *(t.pattern for t in f.triggers), *f.patterns))


def matches(frame: Frame, masked: str, possible: Set[str] | None = None) -> Iterator[tuple[str | None, re.Match[str]]]:
    """The places in a masked sentence that the frame's triggers (with their status) or patterns tell, best first.

    Of the ``possible`` ones alone, where it is known which can match the sentence (``prefilter_of``).
    """
    possible = frame.tells if possible is None else possible
    if frame.context and not frame.context.search(masked):
        return
    for trigger in frame.triggers:
        if trigger.pattern.pattern in possible:
            for match in trigger.pattern.finditer(masked):
                yield trigger.value, match
    for pattern in frame.patterns:
        if pattern.pattern in possible:
            for match in pattern.finditer(masked):
                yield None, match
