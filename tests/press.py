"""A press of the tests' own on loopback: outlets whose pages a test publishes, changes, takes away and brings back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from flows.demo.newsroom import Newsroom
from flows.demo.world import World
from flows.model import JST
from flows.monitor import RunReport, monitor
from flows.settings import load_settings
from seeds.loader import BUNDLED
from warehouse.store import Warehouse

START = dt.datetime(2025, 5, 12, 9, tzinfo=JST)
OUTLETS = {"minato.example": "みなと新聞", "kita.example": "北の経済", "portal.example": "街角ポータル"}
SITE = {"charset": "utf-8", "feed": "rss", "template": "news"}


class Press(Newsroom):
    """The outlets; every publication is a new state, ``answers`` puts another answer in a page's place."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World({host: SITE | {"name": name} for host, name in OUTLETS.items()}, (), ((1, START),))
        self.answers: dict[str, tuple[int, str, bytes]] = {}

    def answer(self, host: str, path: str) -> tuple[int, str, bytes]:
        status, kind, body = super().answer(host, path)
        return self.answers.get(host + path, (status, kind, body))

    def publish(self, host: str, path: str, title: str, paragraphs: str, hours: float = 0, **more: Any) -> None:
        self.wave += 1
        record = {
            "id": f"r{self.wave}",
            "site": host,
            "path": path,
            "wave": self.wave,
            "published": (START + dt.timedelta(hours=hours)).isoformat(),
            "title": title,
            "author": "編集部",
            "paragraphs": paragraphs.splitlines(),
        }
        records = (*self.world.records, record | more)
        self.world = World(self.world.sites, records, self.world.waves)

    def run(self, hours: float) -> RunReport:
        return monitor(START + dt.timedelta(hours=hours))


@contextmanager
def printing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Press]:
    """A press, with the environment of a monitor that reads it and keeps its data in a folder."""
    seeds = folder / "seeds"
    seeds.mkdir()
    for file in BUNDLED.iterdir():
        if file.suffix in {".toml", ".json"}:
            (seeds / file.name).write_bytes(file.read_bytes())
    feeds = [f'[[feed]]\nurl = "http://{host}/feed.xml"\npublisher = "{name}"\n' for host, name in OUTLETS.items()]
    (seeds / "feeds.toml").write_text("\n".join(feeds), encoding="utf-8")
    (seeds / "claims.toml").write_text("", encoding="utf-8")
    with Press() as press:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, press.proxy_url)
        monkeypatch.setenv("KAWARABAN_DATA", str(folder))
        monkeypatch.setenv("KAWARABAN_SEEDS", str(seeds))
        monkeypatch.setenv("KAWARABAN_PAUSE", "0")
        yield press


def ask(query: str) -> list[tuple[Any, ...]]:
    """The rows of a query of the published warehouse."""
    with Warehouse(load_settings().warehouse_path).reader() as reader:
        return reader.query(query)[1]
