"""Which outlet a claim comes from: where a sentence names another outlet as its source, that one and not the one that
cites it, so that ten papers with one agency's figure are one witness.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

from seeds.loader import Seeds, SeedsError, folded


@dataclasses.dataclass(frozen=True, slots=True)
class Outlets:
    """The outlets that can be told from other sources, as ``outlets.toml`` and the list of feeds name them."""

    names: Mapping[str, str]
    """Every spelling, folded -> the name that is kept."""
    endings: re.Pattern[str]
    excluded: re.Pattern[str]
    strip: re.Pattern[str]


def load_outlets(seeds: Seeds) -> Outlets:
    """The outlets of a seeds folder; none but the feeds' publishers where it has no ``outlets.toml``.

    Raises:
        SeedsError: a pattern is no regular expression.
    """
    table = seeds.extra("outlets.toml")
    names: dict[str, str] = {}
    publishers = [source.publisher for source in seeds.sources if source.kind == "news"]
    for first, *others in (*table.get("spellings", ()), *([name] for name in publishers)):
        kept = names.get(folded(first), first)
        for name in (first, *others):
            names.setdefault(folded(name), kept)
    # A publisher of the feeds keeps the name that its own articles are stored under.
    for publisher in publishers:
        group = names[folded(publisher)]
        names.update({spelling: publisher for spelling, kept in names.items() if kept == group})
    try:
        patterns = [re.compile(table.get(key, r"(?!)")) for key in ("endings", "not_outlets", "strip")]
    except re.error as error:
        path = seeds.folder / "outlets.toml"
        raise SeedsError(f"{path} holds a wrong regular expression: {error}") from error
    return Outlets(names, *patterns)


def cited_outlet(attribution: str | None, publisher: str, outlets: Outlets) -> str | None:
    """The other outlet that an attribution names; None where it names none, or the article's own.

    Args:
        attribution: who says so, by the text.
        publisher: the outlet of the article.
        outlets: those that are known.
    """
    if attribution is None:
        return None
    cited = _outlet(attribution, outlets)
    if cited is None or folded(cited) == folded(_outlet(publisher, outlets) or publisher):
        return None
    return cited


def _outlet(name: str, outlets: Outlets) -> str | None:
    bare = outlets.strip.sub("", name) or name
    known = outlets.names.get(folded(name)) or outlets.names.get(folded(bare))
    if known is not None:
        return known
    return bare if outlets.endings.search(bare) and not outlets.excluded.search(bare) else None
