"""What differs between a warehouse and the one that it was rebuilt from."""

from __future__ import annotations

from flows.report import Difference
from warehouse.rebuild import Rebuild


def differences(rebuild: Rebuild, few: int = 5) -> list[Difference]:
    """What came out otherwise than before: articles, where claims stand, changes; in a fixed order.

    Args:
        rebuild: the new warehouse with the old one beside it, everything appended.
        few: how many examples of each kind are given.
    """
    found: dict[str, Difference] = {}
    for row in rebuild.compared(few):
        example = (row["about"] or "", row["old"] or "", row["new"] or "")
        known = found.get(row["what"])
        examples = (*known.examples, example) if known else (example,)
        found[row["what"]] = Difference(row["what"], row["count"], examples)
    return list(found.values())
