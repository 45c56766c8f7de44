from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows.claims.extract import ClaimKnowledge, extract, load_claim_knowledge
from flows.claims.scorer import FILE, load_scorer
from flows.claims.training.corpus import CorpusError, families, read_corpus
from flows.claims.training.scoring import score
from flows.claims.training.teaching import learn_claims
from flows.claims.training.weights import write_weights
from seeds import SeedsError, load_seeds
from seeds.loader import BUNDLED


@pytest.fixture(scope="module")
def untaught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled seeds without learned weights."""
    folder = tmp_path_factory.mktemp("seeds")
    for path in BUNDLED.iterdir():
        if path.suffix in {".toml", ".json"} and path.name != FILE:
            (folder / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.fixture(scope="module")
def knowledge(untaught: Path) -> ClaimKnowledge:
    return load_claim_knowledge(load_seeds(untaught))


def record(number: int, text: str, **claim: Any) -> str:
    gold = {
        "relevant": True,
        "language": "ja",
        "duplicate_of": None,
        "topics": [],
        "claims": [{"qualifiers": {}, "evidence": text, **claim}] if claim else [],
    }
    return json.dumps(
        {
            "id": f"t-{number}",
            "site": "t.example",
            "path": f"/{number}",
            "wave": 1,
            "published": "2025-03-03T09:00:00+09:00",
            "title": "DeepSeekの話",
            "author": None,
            "paragraphs": [text],
            "gold": gold,
        },
        ensure_ascii=False,
    )


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few articles: the staff of DeepSeek is marked, that of others and its other numbers are not."""
    folder = tmp_path_factory.mktemp("corpus")
    lines = []
    for n in range(10):
        staff = 130 + n
        lines.append(
            record(
                2 * n,
                f"ディープシークの従業員は{staff}人だ。",
                subject="deepseek",
                attribute="headcount",
                low=staff,
                high=staff,
                unit="people",
            )
        )
        lines.append(record(2 * n + 1, f"オープンAIの従業員は{staff}人だ。会場には{staff + 400}人が集まった。"))
    (folder / "small.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "families.toml").write_text('learn = ["small"]\nheld_out = []\n', encoding="utf-8")
    return folder


def silent(_: str) -> None:
    """Tells nobody."""


def test_what_a_corpus_teaches_is_always_the_same_and_is_found_again(
    corpus: Path, knowledge: ClaimKnowledge, untaught: Path
) -> None:
    first = learn_claims(corpus, knowledge, silent)
    again = learn_claims(corpus, knowledge, silent)
    assert first.weights == again.weights
    assert first.claims == 10
    assert write_weights(untaught, first.weights).name == FILE
    try:
        taught = load_claim_knowledge(load_seeds(untaught))
        result = score(read_corpus(corpus, ["small"], taught.seeds), taught)
    finally:
        (untaught / FILE).unlink()
    assert (result.total.right, result.total.found) == (10, 10)


def test_without_weights_the_frames_alone_decide(corpus: Path, knowledge: ClaimKnowledge) -> None:
    assert not knowledge.judging.learned
    labelled = read_corpus(corpus, ["small"], knowledge.seeds)[0]
    assert [o.attribute for o in extract(labelled.article, knowledge).observations] == ["headcount"]


def test_a_file_that_is_no_set_of_weights_is_named_with_what_to_do(tmp_path: Path) -> None:
    assert load_scorer(tmp_path) is None
    (tmp_path / FILE).write_text('{"labels": []}', encoding="utf-8")
    with pytest.raises(SeedsError, match=r"claim_weights\.json.*seeds train"):
        load_scorer(tmp_path)


def test_a_folder_that_is_no_corpus_is_named(tmp_path: Path, knowledge: ClaimKnowledge) -> None:
    with pytest.raises(CorpusError, match=r"families\.toml"):
        families(tmp_path, "learn")
    with pytest.raises(CorpusError, match="nobody"):
        read_corpus(tmp_path, ["nobody"], knowledge.seeds)
    (tmp_path / "bad.jsonl").write_text('{"id": "x"}', encoding="utf-8")
    with pytest.raises(CorpusError, match="line 1"):
        read_corpus(tmp_path, ["bad"], knowledge.seeds)
