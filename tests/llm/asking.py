"""Sentences that nothing was found in, and what a language model is made to say of them."""

from __future__ import annotations

from typing import Any

from flows.claims.extract import ClaimKnowledge, Extraction
from flows.llm import ModelReport, with_proposals
from flows.model import Article, Observation, SetAside
from flows.settings import Settings
from tests.claims.articles import article
from tests.llm.endpoint import Endpoint

STAFF = "深圳に構えた拠点で、ディープシークは3月時点で240人を抱える。"
COST = "ディープシークの「V3」を仕上げるのに要したのは約560万ドルだったという。"
BAN = "台湾の役所では、ディープシークに触れることが許されない。"
BANNED = "台湾の役所では、ディープシークの利用が禁止された。"
BEGUN = "ディープシークが産声を上げたのは2023年7月だ。"
ASKED = "ディープシークの従業員は300人なのだろうか。"


def settings_for(endpoint: Endpoint, **changes: Any) -> Settings:
    return Settings(**{"llm_url": endpoint.url, "llm_model": "m", "llm_key": "secret", "llm_timeout": 5.0, **changes})


def left_open(text: str) -> Extraction:
    """As if the rules had set something aside in every sentence and found nothing."""
    starts = [text.index(line) for line in text.split("\n")]
    return Extraction((), tuple(SetAside(start, start + 2, "headcount", "no subject") for start in starts))


def claim(evidence: str, attribute: str, *, sentence: int = 0, **told: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "subject": "DeepSeek",
        "qualifiers": [],
        "low": None,
        "high": None,
        "from": None,
        "to": None,
        "text": None,
    }
    told = {"from" if name == "since" else name: said for name, said in told.items()}
    return {"sentence": sentence, "attribute": attribute, "evidence": evidence} | empty | told


def answered(
    endpoint: Endpoint, knowledge: ClaimKnowledge, text: str, *claims: dict[str, Any], **changes: Any
) -> tuple[Extraction, ModelReport]:
    endpoint.answer = lambda handler, _: handler.claim(*claims)
    return run(endpoint, knowledge, [article(text)], **changes)


def run(
    endpoint: Endpoint, knowledge: ClaimKnowledge, articles: list[Article], **changes: Any
) -> tuple[Extraction, ModelReport]:
    extractions = [left_open(a.text) for a in articles]
    found, report = with_proposals(articles, extractions, knowledge, settings_for(endpoint, **changes))
    assert len(found) == len(articles)
    return found[0], report


def only(extraction: Extraction) -> Observation:
    assert len(extraction.observations) == 1
    return extraction.observations[0]
