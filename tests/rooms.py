"""The demo's newsroom, with the program set up to read it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.demo.newsroom import Newsroom
from flows.demo.world import write_seeds
from seeds.loader import BUNDLED


@contextlib.contextmanager
def opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """Serves the demo's world; the environment names ``folder`` for data and seeds and the newsroom as proxy."""
    write_seeds(BUNDLED, folder / "seeds")
    with Newsroom() as room:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, room.proxy_url)
        monkeypatch.setenv("KAWARABAN_DATA", str(folder))
        monkeypatch.setenv("KAWARABAN_SEEDS", str(folder / "seeds"))
        monkeypatch.setenv("KAWARABAN_PAUSE", "0")
        yield room
