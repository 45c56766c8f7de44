"""What of an import is news: a file that is taken in twice, or states older than those we have, add nothing."""

from __future__ import annotations

from collections.abc import Sequence

from flows.capture.archive import ArchiveError, read_capture
from flows.model import Capture
from flows.reading.extraction import extract_page
from flows.reading.normalize import content_hash
from flows.settings import Settings
from flows.steps import knowledge_of
from warehouse.store import Warehouse


def unread(captures: Sequence[Capture], settings: Settings) -> list[Capture]:
    """The captures whose page was never read in the same state at the same address; unreadable ones stay."""
    with Warehouse(settings.warehouse_path).reader() as reader:
        known = reader.known_states([capture.canonical_url for capture in captures])
    _, knowledge, _ = knowledge_of(settings.seeds)
    fresh = []
    for capture in captures:
        states = known.get(capture.canonical_url)
        if states:
            try:
                page = extract_page(*read_capture(settings.data, capture.raw_path), capture.final_url, knowledge.rules)
            except ArchiveError:
                pass  # the run that reads it tells
            else:
                if content_hash(page.title or capture.title, page.text) in states:
                    continue
        fresh.append(capture)
    return fresh
