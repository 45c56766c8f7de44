"""Plays the embedded world through the real flows: a run at each of its moments, a digest for each week."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from flows.demo.newsroom import Newsroom
from flows.demo.world import write_seeds
from flows.digest import digest
from flows.model import iso_week
from flows.monitor import monitor, task_runner
from flows.settings import load_settings


def play(say: Callable[[str], None]) -> str:
    """Plays all weeks into the folder ``demo`` of the data folder, anew each time.

    Returns:
        The last digest's Markdown.
    """
    settings = load_settings()
    folder = settings.data / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    write_seeds(settings.seeds, folder / "seeds")
    shown = ""
    with Newsroom() as room:
        _point_to(room.proxy_url, folder)
        runner = task_runner(load_settings())
        waves = room.world.waves
        for number, (wave, now) in enumerate(waves):
            room.wave = wave
            say(f"— {now:%Y-%m-%d %H:%M} —")
            report = monitor.with_options(task_runner=runner)(now, None)
            counts = report.counts
            say(f"{counts.articles_new} new articles, {counts.revisions} revisions, {counts.changes} changes")
            week = iso_week(now)
            if number + 1 == len(waves) or iso_week(waves[number + 1][1]) != week:
                made = digest(week, now)
                shown = made.markdown
                say(f"digest {made.path}")
    say(f"all of it is kept in {folder}; to ask it in SQL, set KAWARABAN_DATA to that folder")
    return shown


def _point_to(proxy: str, folder: Path) -> None:
    """The environment of the demo: its world behind the proxy, its own data."""
    os.environ.update(
        HTTP_PROXY=proxy,
        http_proxy=proxy,
        KAWARABAN_DATA=str(folder),
        KAWARABAN_SEEDS=str(folder / "seeds"),
        KAWARABAN_PAUSE="0",
    )
    channels = ("KAWARABAN_SMTP_HOST", "KAWARABAN_WEBHOOK_URL")
    for name in ("KAWARABAN_WAREHOUSE", "KAWARABAN_DIGESTS", *channels, "ALL_PROXY", "all_proxy"):
        os.environ.pop(name, None)
