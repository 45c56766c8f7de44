"""Fixtures shared by all tests: folders of outside input, the seeds, a data folder of one's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.environment import prepare
from seeds import Seeds, load_seeds
from seeds.loader import BUNDLED

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def seeds() -> Seeds:
    return load_seeds(BUNDLED)


@pytest.fixture(scope="session", autouse=True)
def _prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Prefect's own files in a folder of the tests, no telemetry, no proxy of the machine's."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "PREFECT_API_URL"):
        os.environ.pop(name, None)
    prepare(tmp_path_factory.mktemp("prefect"))
    yield


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = Path(os.environ.get("SHARED", ROOT.parent / "shared"))
    if not folder.exists():
        pytest.skip("the folder of shared input is not here")
    return folder
