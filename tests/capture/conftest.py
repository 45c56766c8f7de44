"""A loopback site and a configuration that may reach it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.capture.config import CaptureConfig
from tests.capture.server import Site, running


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as site:
        yield site


@pytest.fixture
def config(tmp_path: Path) -> CaptureConfig:
    return CaptureConfig(
        data=tmp_path,
        connect_timeout=5,
        read_timeout=1,
        total_timeout=3,
        max_bytes=200_000,
        max_decoded_bytes=500_000,
        pause=0,
        allow_private=True,
    )
