"""The index of the search: a script file a week, so that a new week adds a file and touches no other.

Pages that are opened from a disk may load scripts but no data, so the index is data within scripts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flows.digests.addresses import claim_page
from flows.digests.site.frame import KINDS
from flows.digests.site.words import head_words, value_of_claim
from flows.digests.text import clean
from flows.history import SearchEntry
from flows.model import JST
from seeds import Seeds

LONGEST_SENTENCE = 160


def entries_script(week: str, entries: Sequence[SearchEntry], seeds: Seeds) -> str:
    """A week's part of the index: what each of its claims said last in the week, and the names that go with it."""
    last = {entry.claim_id: entry for entry in entries}
    rows = [_row(last[claim], seeds) for claim in sorted(last)]
    names = {
        subject: " ".join(clean(name, 60) for name in seeds.entities[subject].names)
        for subject in sorted({e.subject for e in last.values()})
        if subject in seeds.entities
    }
    return (
        f"kawaraban.add({_script_json(week)}, {_script_json(names)}, [\n"
        + ",\n".join(map(_script_json, rows))
        + "\n]);\n"
    )


def weeks_script(weeks: Sequence[str]) -> str:
    """The list of the index's parts, the newest first."""
    return f"const kawarabanWeeks = {_script_json(sorted(weeks, reverse=True))};\n"


def _row(entry: SearchEntry, seeds: Seeds) -> list[Any]:
    return [
        claim_page(entry.claim_id),
        clean(entry.subject, 60),
        head_words(entry.subject, entry.attribute, entry.qualifiers, seeds),
        value_of_claim(entry.value, entry.attribute, seeds),
        KINDS.get(entry.kind, clean(entry.kind, 20)),
        clean(entry.sentence, LONGEST_SENTENCE),
        clean(entry.publisher, 60),
        f"{entry.changed_at.astimezone(JST):%Y-%m-%d}",
    ]


def _script_json(value: Any) -> str:
    """JSON that is also a script wherever it stands: nothing in it can end a script element or a line."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
