"""The labelled articles themselves, and what the claims must reach on them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from flows.claims.extract import load_claim_knowledge
from flows.claims.training.corpus import families, read_corpus
from flows.claims.training.scoring import score
from seeds import Seeds

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
NAMES = sorted(path.stem for path in CORPUS.glob("*.jsonl"))


def test_every_family_is_either_learned_from_or_held_out() -> None:
    learned, held_out = families(CORPUS, "learn"), families(CORPUS, "held_out")
    assert sorted((*learned, *held_out)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_mark_has_its_evidence_letter_for_letter_and_fits_the_catalogue(name: str, seeds: Seeds) -> None:
    for line in (CORPUS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        for claim in record["gold"].get("claims", []):
            attribute = seeds.attributes[claim["attribute"]]
            assert any(claim["evidence"] in paragraph for paragraph in record["paragraphs"]), record["id"]
            assert set(claim.get("qualifiers") or {}) <= set(attribute.key), record["id"]
            assert not attribute.values or claim["text"] in attribute.values, record["id"]


def test_claims_on_articles_that_nobody_wrote_rules_for_stay_above_the_pinned_figures(seeds: Seeds) -> None:
    pinned = tomllib.loads((CORPUS / "families.toml").read_text(encoding="utf-8"))["pinned"]["held_out"]
    total = score(read_corpus(CORPUS, families(CORPUS, "held_out"), seeds), load_claim_knowledge(seeds)).total
    assert total.precision >= pinned["precision"]
    assert total.recall >= pinned["recall"]
