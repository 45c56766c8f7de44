"""What is done after a run: pages that are old enough leave the archive, where the user has set an age."""

from __future__ import annotations

import datetime as dt

from flows.capture.retention import Removed, remove_old
from flows.settings import Settings
from warehouse.store import Warehouse


def tidy(settings: Settings, now: dt.datetime) -> Removed | None:
    """Removes old days of the archive by the settings; None where nothing was old enough or no age is set."""
    if settings.keep_days is None:
        return None
    needed: list[str] = []
    if settings.keep_pages != "none":
        with Warehouse(settings.warehouse_path).reader() as reader:
            needed = reader.needed_pages(relevant=settings.keep_pages == "relevant")
    removed = remove_old(settings.data, now, settings.keep_days, needed)
    return removed if removed.days or removed.failures else None
