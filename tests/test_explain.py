"""What a language model adds to a run through the flows, and what ``explain`` shows of an article."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.testing.utilities import prefect_test_harness

from flows.demo.world import write_seeds
from flows.explain import explanation
from flows.files import captures_of, files_of
from flows.model import JST
from flows.monitor import RunReport, intake
from flows.rebuild import rebuild
from flows.settings import load_settings
from seeds.loader import BUNDLED
from tests.llm.endpoint import Handler, running
from warehouse.store import Warehouse

PARTNER = "ディープシークは5日、房総フーズの献立づくりの相棒になったと発表した。"


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=90):
        yield


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with seeds without learned weights, so that frames alone decide."""
    write_seeds(BUNDLED, tmp_path / "seeds")
    (tmp_path / "seeds" / "claim_weights.json").unlink(missing_ok=True)
    monkeypatch.setenv("KAWARABAN_DATA", str(tmp_path))
    monkeypatch.setenv("KAWARABAN_SEEDS", str(tmp_path / "seeds"))
    return tmp_path


def import_text(text: str, data: Path, name: str = "a.txt") -> RunReport:
    (data / name).write_text(text, encoding="utf-8")
    now = dt.datetime(2025, 3, 6, 12, tzinfo=JST)
    taken = captures_of(files_of([data / name]), data, f"warc/2025-03-06/{name}.warc.gz", now, now, "P")
    return intake(now, taken.captures)


def ask(query: str) -> list[tuple[Any, ...]]:
    with Warehouse(load_settings().warehouse_path).reader() as reader:
        return reader.query(query)[1]


def test_what_a_language_model_proposes_is_recorded_as_its_explained_and_kept_by_a_rebuild(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {"subject": "DeepSeek", "attribute": "adopted_by", "text": "adopted"}
    told |= {"evidence": "献立づくりの相棒になった", "qualifiers": [{"name": "adopter", "value": "房総フーズ"}]}

    def answer(handler: Handler, asked: dict[str, Any]) -> None:
        number = re.search(rf"\[(\d+)\] {PARTNER}", asked["messages"][1]["content"])
        handler.claim(told | {"sentence": int(number[1]) if number else -1})

    with running() as endpoint:
        endpoint.answer = answer
        monkeypatch.setenv("KAWARABAN_LLM_URL", endpoint.url)
        monkeypatch.setenv("KAWARABAN_LLM_MODEL", "m")
        text = f"ディープシークの提携\n\n{PARTNER}\nディープシークの従業員は160人だ。"
        assert import_text(text, data).failed_model == ()
        endpoint.answer = lambda handler, _: handler.reply(500, b"{}")
        broken = import_text(f"{text}\nディープシークは杭州にある。", data, "b.txt")
        asked = len(endpoint.requests)
        again = rebuild(data / "again.duckdb")
        assert len(endpoint.requests) == asked
    assert len(broken.failed_model) == 1
    assert broken.counts.articles_new == 1
    query = "SELECT value_text, sentence, confidence FROM claim_observations WHERE extractor = 'llm'"
    assert ask(query) == [("adopted", PARTNER, 0.5)]
    lines = explanation("file:a.txt", load_settings()).splitlines()
    assert any("confidence 0.5, llm" in line for line in lines)
    assert any("DeepSeek: headcount 160" in line and line.endswith("rules)") for line in lines)
    assert again.differences == ()
    monkeypatch.setenv("KAWARABAN_WAREHOUSE", str(again.path))
    assert ask(query) == [("adopted", PARTNER, 0.5)]


def test_an_explanation_shows_every_sentence_in_order_with_what_was_found_and_what_was_set_aside(data: Path) -> None:
    body = [
        "ディープシークの従業員は160人だ。",
        "ディープシークの本社は静かだ。",
        "ディープシークの従業員は300人なのか。",
    ]
    import_text("ディープシークの今\n\n" + "\n".join(body), data)
    lines = explanation("file:a.txt", load_settings()).splitlines()
    shown = [lines.index(next(line for line in lines if line.endswith(f"prose: {sentence}"))) for sentence in body]
    assert shown == sorted(shown)
    assert lines[shown[0] + 1].startswith("    + DeepSeek: headcount 160")
    assert lines[shown[1] + 1].startswith("  [")
    assert lines[shown[2] + 1].startswith("    - headcount")
    assert "question" in lines[shown[2] + 1]
