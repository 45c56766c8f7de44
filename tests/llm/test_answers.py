"""The language model behind a real server on loopback: what is asked, and what of an answer is taken."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from flows.claims import asking, llm
from flows.claims.extract import ArticleReader, ClaimKnowledge, Extraction
from flows.llm import ModelReport, with_proposals
from flows.settings import Settings
from tests.claims.articles import article
from tests.llm.asking import ASKED, BAN, BANNED, BEGUN, COST, STAFF, answered, claim, left_open, only, run, settings_for
from tests.llm.endpoint import Endpoint

# --- good answers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told", "value"),
    [
        (STAFF, claim("240人を抱える", "headcount", low=240, high=240), (240, 240, "people", None, None)),
        (
            COST,
            claim("要したのは約560万ドル", "training_cost", subject="V3", low=5.6e6, high=5.6e6),
            (5.6e6, 5.6e6, "USD", None, None),
        ),
        (
            BEGUN,
            claim("産声を上げたのは2023年7月", "founded", since="2023-07-01", to="2023-07-31"),
            (None, None, None, "2023-07-01", "2023-07-31"),
        ),
    ],
)
def test_a_proposal_whose_evidence_and_value_stand_in_the_text_is_taken(
    text: str, told: dict[str, Any], value: tuple[Any, ...], endpoint: Endpoint, knowledge: ClaimKnowledge
) -> None:
    extraction, report = answered(endpoint, knowledge, text, told)
    o = only(extraction)
    days = (str(o.value.start) if o.value.start else None, str(o.value.end) if o.value.end else None)
    assert (o.value.low, o.value.high, o.value.unit, *days) == value
    assert (o.attribute, o.extractor, o.confidence) == (told["attribute"], llm.EXTRACTOR, llm.CONFIDENCE)
    assert o.sentence == text
    assert text[o.char_start : o.char_end] in told["evidence"]
    assert (report.calls, report.taken, report.refused, report.failures) == (1, 1, 0, ())


def test_a_status_must_be_one_of_the_attributes_words_and_its_qualifiers_names_of_the_text(
    endpoint: Endpoint, knowledge: ClaimKnowledge
) -> None:
    told = [{"name": "place", "value": "台湾"}, {"name": "scope", "value": "出まかせ"}]
    extraction, _ = answered(
        endpoint, knowledge, BAN, claim("触れることが許されない", "ban", text="banned", qualifiers=told)
    )
    o = only(extraction)
    assert o.value.text == "banned"
    assert o.qualifiers["place"] == "TW"
    assert o.qualifiers["scope"] != "出まかせ"


def test_speech_is_read_by_our_own_rules_whatever_the_model_says(endpoint: Endpoint, knowledge: ClaimKnowledge) -> None:
    text = "ディープシークが抱えるのは240人だとの報道を、同社は否定した。"
    extraction, _ = answered(endpoint, knowledge, text, claim("240人", "headcount", low=240, high=240))
    assert only(extraction).polarity == "denied"


def test_an_answer_in_a_fence_is_read_and_a_claim_that_was_found_is_not_taken_twice(
    endpoint: Endpoint, knowledge: ClaimKnowledge
) -> None:
    body = json.dumps({"claims": [claim("240人を抱える", "headcount", low=240, high=240)] * 2})
    endpoint.answer = lambda handler, _: handler.say(f"```json\n{body}\n```")
    extraction, report = run(endpoint, knowledge, [article(STAFF)])
    assert only(extraction).attribute == "headcount"
    assert report.taken == 1


# --- what is asked ----------------------------------------------------------------------------------------------------


def test_the_request_carries_the_schema_the_open_sentences_and_settings_that_do_not_vary(
    endpoint: Endpoint, knowledge: ClaimKnowledge
) -> None:
    answered(endpoint, knowledge, f"{STAFF}\n{BAN}")
    asked = endpoint.requests[0]
    assert asked["model"] == "m"
    assert asked["temperature"] == 0
    assert endpoint.keys == ["Bearer secret"]
    form = asked["response_format"]["json_schema"]
    assert form["strict"]
    item = form["schema"]["properties"]["claims"]["items"]
    assert item["properties"]["sentence"]["enum"] == [0, 1]
    assert set(item["required"]) == set(item["properties"])
    assert "headcount" in item["properties"]["attribute"]["enum"]
    told = asked["messages"][1]["content"]
    assert f"[0] {STAFF}" in told
    assert f"[1] {BAN}" in told


def test_nothing_is_asked_where_nothing_is_open(endpoint: Endpoint, knowledge: ClaimKnowledge) -> None:
    quiet = article("ディープシークはよく知られている。")
    settings = settings_for(endpoint)
    found, report = with_proposals([quiet], [Extraction((), ())], knowledge, settings)
    copy = article(STAFF, duplicate_of="b")
    with_proposals([copy], [left_open(STAFF)], knowledge, settings)
    assert (found, report) == ([Extraction((), ())], ModelReport())
    assert endpoint.requests == []


def test_without_an_endpoint_nothing_changes(knowledge: ClaimKnowledge) -> None:
    extraction = left_open(STAFF)
    assert with_proposals([article(STAFF)], [extraction], knowledge, Settings()) == ([extraction], ModelReport())


def test_sentences_that_give_a_claim_or_name_others_alone_are_not_open(knowledge: ClaimKnowledge) -> None:
    text = f"{STAFF}\nオープンAIは500人を抱える。\n{BAN}"
    reader = ArticleReader(article(text), knowledge)
    open_ = asking.open_sentences(reader, left_open(text))
    assert [s.text for s in open_] == [STAFF, BAN]
    settled = with_claim(reader, text)
    assert [s.text for s in asking.open_sentences(reader, settled)] == [BAN]


def with_claim(reader: ArticleReader, text: str) -> Extraction:
    asked = [asking.OpenSentence(0, STAFF, "set aside")]
    proposal = llm.Proposal(0, "headcount", "DeepSeek", "240人", low=240, high=240)
    extraction = left_open(text)
    return llm.merged(extraction, llm.checked([proposal], asked, reader, extraction))


def test_what_was_taken_once_is_restored_unless_the_rules_find_it_by_now(knowledge: ClaimKnowledge) -> None:
    reader = ArticleReader(article(STAFF), knowledge)
    taken = with_claim(reader, STAFF).observations
    seeds = knowledge.seeds
    assert llm.restored(taken, Extraction((), ()), seeds).observations == taken
    assert llm.restored(taken, Extraction(taken, ()), seeds).observations == ()
    gone = [dataclasses.replace(o, attribute="no_more") for o in taken]
    assert llm.restored(gone, Extraction((), ()), seeds).observations == ()


# --- wrong and invented answers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told", "reason"),
    [
        (STAFF, claim("250人を抱える", "headcount", low=250, high=250), "evidence does not stand"),
        (STAFF, claim("240 人を抱える", "headcount", low=240, high=240), "evidence does not stand"),
        (STAFF, claim("", "headcount", low=240, high=240), "evidence does not stand"),
        (STAFF, claim("240人を抱える", "headcount", low=2400, high=2400), "does not give the value"),
        (STAFF, claim("40人を抱える", "headcount", low=40, high=40), "does not give the value"),
        (STAFF, claim("深圳に構えた拠点", "headcount", low=240, high=240), "does not give the value"),
        (STAFF, claim("240人を抱える", "headcount"), "does not give the value"),
        (STAFF, claim("240人を抱える", "total_parameters", low=240, high=240), "can be said of"),
        (STAFF, claim("240人を抱える", "headcount", subject="月光科技", low=240, high=240), "no name of the text"),
        (STAFF, claim("240人を抱える", "headcount", subject="", low=240, high=240), "no name of the text"),
        (STAFF, claim("240人を抱える", "nonsense", low=240, high=240), "no such attribute"),
        (STAFF, claim("240人を抱える", "headcount", sentence=7, low=240, high=240), "another sentence"),
        (STAFF, claim("240人を抱える", "headcount", sentence=-1, low=240, high=240), "another sentence"),
        (BEGUN, claim("2023年7月", "founded", since="2022-07-01"), "does not give the value"),
        (BEGUN, claim("2023年7月", "founded", since="いつか"), "does not give the value"),
        (BAN, claim("触れることが許されない", "ban", text="burned"), "does not give the value"),
        (BAN, claim("ディープシーク", "ban", text="banned"), "does not give the value"),
        (BANNED, claim("利用が禁止された", "ban", text="lifted"), "does not give the value"),
        (ASKED, claim("従業員は300人", "headcount", low=300, high=300), "question"),
    ],
)
def test_what_cannot_be_checked_is_refused_with_the_reason(
    text: str, told: dict[str, Any], reason: str, endpoint: Endpoint, knowledge: ClaimKnowledge
) -> None:
    extraction, report = answered(endpoint, knowledge, text, told)
    assert not extraction.observations
    refused = [aside for aside in extraction.set_aside if aside.reason.startswith("proposal: ")]
    assert len(refused) == 1
    assert reason in refused[0].reason
    assert (report.taken, report.refused, report.failures) == (0, 1, ())


def test_a_wrong_proposal_does_not_spoil_the_good_one_beside_it(endpoint: Endpoint, knowledge: ClaimKnowledge) -> None:
    good = claim("240人を抱える", "headcount", low=240, high=240)
    invented = claim("上海に900人", "headcount", low=900, high=900)
    extraction, report = answered(endpoint, knowledge, STAFF, invented, good)
    assert only(extraction).value.low == 240
    assert (report.taken, report.refused) == (1, 1)


# --- whatever a model says --------------------------------------------------------------------------------------------


@given(
    st.text()
    | st.recursive(
        st.none() | st.floats() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["claims", "sentence", "evidence"]), x),
    ).map(json.dumps)
)
@hypothesis_settings(max_examples=200)
def test_reading_an_answer_gives_proposals_or_the_typed_error(answer: str) -> None:
    with contextlib.suppress(llm.BrokenAnswerError):
        assert isinstance(llm.proposals_of(answer), list)


@given(
    attribute=st.sampled_from(["headcount", "founded", "ban", "training_cost", "parent_company", "license"]),
    evidence=st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda ends: COST[min(ends) : max(ends)])
    | st.text(),
    subject=st.sampled_from(["DeepSeek", "V3", "deepseek-v3", "幻方量化"]) | st.text(max_size=5),
    low=st.none() | st.sampled_from([5.6e6, 560.0, 3.0]) | st.floats(),
    text=st.none() | st.sampled_from(["banned", "V3", "約560万ドル"]) | st.text(max_size=8),
    sentence=st.integers(-2, 3),
)
@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_taken_always_has_its_evidence_and_its_value_in_the_sentence(
    attribute: str, evidence: str, subject: str, low: float | None, text: str | None, sentence: int,
    knowledge: ClaimKnowledge,
) -> None:  # fmt: skip
    proposal = llm.Proposal(sentence, attribute, subject, evidence, low=low, high=low, text=text)
    reader = ArticleReader(article(COST), knowledge)
    asked = [asking.OpenSentence(0, COST, "set aside")]
    found = llm.checked([proposal], asked, reader, Extraction((), ()))
    for o in found.observations:
        assert evidence
        assert evidence in COST
        assert COST[o.char_start : o.char_end] in evidence
        assert low is None or not o.value.numeric or o.value.low == low == 5.6e6
    assert len(found.refused) + len(found.observations) >= 1
