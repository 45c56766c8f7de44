"""How much a change matters to a reader: what decides the order within a digest, and what a long week leaves out."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from flows.model import Value
from flows.report import WeekChange
from flows.wording import attribute_of
from seeds import Seeds, SeedsError

LESS_SURE = 0.75
"""The confidence below which a claim that only one outlet tells stands behind the others and is marked."""
_FILE = "digest.toml"
_MOST_OUTLETS = 6
_FAR = math.log(20)
"""Beyond twentyfold a value has become another one, and how far no longer tells anything."""


class Importance:
    """Weighs changes by outlets, topic, size and source; the weights of topics are data (``digest.toml``)."""

    def __init__(self, seeds: Seeds) -> None:
        """Reads the weights of a seeds folder.

        Raises:
            SeedsError: ``digest.toml`` holds a weight that is no number, or a wrong regular expression.
        """
        table = seeds.extra(_FILE)
        self._seeds = seeds
        self._topics = _weights(seeds, table.get("topic_weight", {}))
        try:
            self._anonymous = re.compile(str(table.get("sources", {}).get("anonymous", r"(?!)")))
        except re.error as error:
            raise SeedsError(f"{seeds.folder / _FILE}: anonymous is no regular expression: {error}") from error

    def of(self, change: WeekChange) -> float:
        """The weight of a change; higher is more important.

        An outlet more counts 1 (up to five), the topic's weight doubles, a move of e-fold counts 1, a named source
        half.
        """
        outlets = min(max(change.publishers, 1), _MOST_OUTLETS) - 1
        topic = self._topics.get(attribute_of(change.attribute, self._seeds).topic, 1.0)
        return outlets + 2 * topic + _move(change) + (0.5 if self.named(change) else 0.0)

    def named(self, change: WeekChange) -> bool:
        """Whether the claim has a source that the article names."""
        attribution = change.evidence.attribution
        return bool(attribution) and not self._anonymous.search(str(attribution))

    def key(self, change: WeekChange) -> tuple[bool, float, str]:
        """For sorting: the sure before the less sure, the important first, and never by chance."""
        return (less_sure(change), -round(self.of(change), 9), change.change_id)


def less_sure(change: WeekChange) -> bool:
    """Whether a claim was read with doubt, and no second outlet says the same.

    Two values in one sentence are seldom a change: more likely one of them is somebody else's.
    """
    doubtful = change.evidence.confidence < LESS_SURE and change.publishers < 2
    return doubtful or _of_one_sentence(change)


def _of_one_sentence(change: WeekChange) -> bool:
    new, old = change.evidence, change.previous
    if old is None or change.kind not in {"updated", "disputed"}:
        return False
    return (new.article_id, new.sentence) == (old.article_id, old.sentence)


def _weights(seeds: Seeds, table: Mapping[str, Any]) -> dict[str, float]:
    for topic, weight in table.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            raise SeedsError(f"{seeds.folder / _FILE}: topic_weight of {topic} must be a number, not {weight!r}")
    return {topic: float(weight) for topic, weight in table.items()}


def _middle(value: Value) -> float | None:
    ends = [end for end in (value.low, value.high) if end is not None]
    return sum(ends) / len(ends) if ends else None


def _move(change: WeekChange) -> float:
    """How far a value moved: the logarithm of the factor, 1 for a status or a name that became another one."""
    old, new = change.previous_value, change.evidence.value
    if old is None or change.kind == "new":
        return 0.0
    before, after = _middle(old), _middle(new)
    if before is None or after is None:
        return 1.0
    if before * after <= 0:
        return _FAR if before != after else 0.0
    return min(abs(math.log(after / before)), _FAR)
