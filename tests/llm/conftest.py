"""The endpoint on loopback, and what claims are found with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flows.claims.extract import ClaimKnowledge, load_claim_knowledge
from seeds import Seeds
from tests.llm.endpoint import Endpoint, running


@pytest.fixture(scope="module")
def knowledge(seeds: Seeds) -> ClaimKnowledge:
    return load_claim_knowledge(seeds)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with running() as endpoint:
        yield endpoint
