"""What is said not to be so: by its own clause (〜した事実はない), or as a rumour that somebody denies."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from flows.claims.clauses import Region, Scope
from flows.claims.cues import Cues

_BORDERS = "、はがをもに"


def denied_clauses(region: Region, cues: Cues) -> Iterator[Scope]:
    """What a region itself denies: 〜した事実はない, 560万ドルではなく, and in a quotation 〜は事実ではない."""
    words, offset = region.words, region.offset
    negative = "な" in words or "あり" in words or "存在" in words or "ござ" in words
    for match in region.matches(cues.deny) if negative else ():
        yield Scope("deny", offset + region.clause_start(match.start()), offset + match.start(), match[0])
    for match in region.matches(cues.contrast) if negative else ():
        border = max(words.rfind(mark, 0, match.start()) for mark in _BORDERS)
        yield Scope("deny", offset + border + 1, offset + match.start(), match[0])
    if region.quoted:
        for match in region.matches(cues.rebuttal):
            yield Scope("deny", offset, offset + match.start(), match[0])


def aim(
    denier: Scope, scopes: Sequence[Scope], region: Region, text: str, cues: Cues
) -> tuple[list[Scope], Scope | None]:
    """What a denial strikes: the nearest rumour before it, or what 〜について names.

    ``region`` is the sentence's own level, ``text`` its words. Where nothing in the sentence is struck, the denial is
    handed back, now with its speaker, for the sentence before.
    """
    if denier.speaker is None:
        said = [s for s in scopes if s.speaker is not None and s.kind == "report"]
        denier = dataclasses.replace(denier, speaker=said[-1].speaker if said else None)
    rumours = [s for s in scopes if s.kind == "rumour" and s.start <= denier.end]
    if rumours:
        near = max(rumours, key=lambda s: s.end)
        return [dataclasses.replace(denier, start=near.start, end=near.end)], None
    about = cues.about.search(region.words)
    if about:
        return [dataclasses.replace(denier, start=region.offset, end=region.offset + about.start())], None
    if any(
        s.kind == "deny" and cues.figures.search(text, s.start - region.offset, s.end - region.offset) for s in scopes
    ):
        return [], None
    return [], denier
