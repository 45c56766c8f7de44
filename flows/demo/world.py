"""The embedded news world: its sites, articles and moments, as data of our own writing."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
"""The world that comes with the program."""


@dataclasses.dataclass(frozen=True)
class World:
    """Sites by host, records of articles in order, and the moments at which the world is looked at."""

    sites: Mapping[str, Mapping[str, Any]]
    records: tuple[Mapping[str, Any], ...]
    waves: tuple[tuple[int, dt.datetime], ...]

    def online(self, wave: int) -> dict[tuple[str, str], Mapping[str, Any]]:
        """(host, path) -> the newest record that has appeared at a wave and is not withdrawn."""
        pages: dict[tuple[str, str], Mapping[str, Any]] = {}
        for record in sorted(self.records, key=lambda r: int(r["wave"])):
            if record["wave"] <= wave:
                pages[record["site"], record["path"]] = record
        return {key: r for key, r in pages.items() if r.get("gone_at_wave", wave + 1) > wave}


def load_world(folder: Path = FOLDER) -> World:
    """Reads a world's folder: ``sites.json``, ``articles.jsonl``, ``waves.json``."""
    lines = (folder / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    waves = json.loads((folder / "waves.json").read_text(encoding="utf-8"))
    return World(
        sites=json.loads((folder / "sites.json").read_text(encoding="utf-8")),
        records=tuple(json.loads(line) for line in lines if line.strip()),
        waves=tuple((wave["wave"], dt.datetime.fromisoformat(wave["now"])) for wave in waves),
    )


def write_seeds(source: Path, target: Path, world: Path = FOLDER) -> None:
    """Copies a seeds folder, with the world's feeds and baseline in place of its own."""
    target.mkdir(parents=True, exist_ok=True)
    for file in source.iterdir():
        if file.suffix in {".toml", ".json"}:
            shutil.copy(file, target / file.name)
    for name in ("feeds.toml", "claims.toml"):
        shutil.copy(world / name, target / name)
