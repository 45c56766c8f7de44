"""The language model behind a real server on loopback: what is asked, what is taken, and what never stops a run."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from flows.claims import asking, llm
from flows.claims.extract import ArticleReader, ClaimKnowledge, Extraction, load_claim_knowledge
from flows.llm import IN_A_ROW, ModelClient, ModelError, ModelReport, proposed, with_proposals
from flows.model import Article, Observation, SetAside
from flows.settings import Settings, SettingsError, load_settings
from seeds import Seeds
from tests.claims.articles import article
from tests.endpoint import Answer, Endpoint, running

STAFF = "深圳に構えた拠点で、ディープシークは3月時点で240人を抱える。"
COST = "ディープシークの「V3」を仕上げるのに要したのは約560万ドルだったという。"
BAN = "台湾の役所では、ディープシークに触れることが許されない。"
BANNED = "台湾の役所では、ディープシークの利用が禁止された。"
BEGUN = "ディープシークが産声を上げたのは2023年7月だ。"
ASKED = "ディープシークの従業員は300人なのだろうか。"


@pytest.fixture(scope="module")
def knowledge(seeds: Seeds) -> ClaimKnowledge:
    return load_claim_knowledge(seeds)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with running() as endpoint:
        yield endpoint


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


# --- broken answers ---------------------------------------------------------------------------------------------------

BROKEN: dict[str, tuple[Answer, str]] = {
    "no JSON": (lambda handler, _: handler.say("申し訳ありませんが"), "not the JSON"),
    "cut off": (lambda handler, _: handler.say('{"claims": [{"sentence": 0,'), "not the JSON"),
    "another form": (lambda handler, _: handler.say('{"claims": {"a": 1}}'), "not the JSON"),
    "a list": (lambda handler, _: handler.say("[]"), "not the JSON"),
    "a number too large": (
        lambda handler, _: handler.say('{"claims": [' + json.dumps(claim("x", "headcount", low=0))[:-1] + ', "low": 1e999, "sentence": Infinity}]}'),
        "not the JSON",
    ),
    "empty": (lambda handler, _: handler.say(""), "no text"),
    "nothing": (lambda handler, _: handler.say(None), "no text"),
    "no choices": (lambda handler, _: handler.reply(200, b'{"choices": []}'), "no chat completion"),
    "no completion": (lambda handler, _: handler.reply(200, b"<html>", "text/html"), "no chat completion"),
    "half JSON": (lambda handler, _: handler.reply(200, b'{"choices": '), "no chat completion"),
    "500": (lambda handler, _: handler.reply(500, b"{}"), "InternalServerError"),
    "429": (lambda handler, _: handler.reply(429, b"{}"), "RateLimitError"),
    "401": (lambda handler, _: handler.reply(401, b'{"error": {"message": "no"}}'), "AuthenticationError"),
    "404": (lambda handler, _: handler.reply(404, b"{}"), "NotFoundError"),
    "400": (lambda handler, _: handler.reply(400, b"{}"), "BadRequestError"),
}  # fmt: skip


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_answer_is_a_failure_that_is_told_and_changes_nothing(
    how: str, endpoint: Endpoint, knowledge: ClaimKnowledge
) -> None:
    endpoint.answer, message = BROKEN[how]
    extraction, report = run(endpoint, knowledge, [article(STAFF)])
    assert extraction == left_open(STAFF)
    assert len(report.failures) == 1
    assert message in report.failures[0]
    assert "secret" not in report.failures[0]


@pytest.mark.parametrize("how", ["stall", "trickle"])
def test_an_endpoint_that_stalls_or_trickles_is_given_up_in_time(
    how: str, endpoint: Endpoint, knowledge: ClaimKnowledge
) -> None:
    endpoint.answer = lambda handler, _: handler.stall() if how == "stall" else handler.trickle()
    extraction, report = run(endpoint, knowledge, [article(STAFF)], llm_timeout=0.3)
    assert extraction == left_open(STAFF)
    assert len(report.failures) == 1


def test_an_endpoint_that_is_not_there_is_a_failure(endpoint: Endpoint, knowledge: ClaimKnowledge) -> None:
    settings = settings_for(endpoint, llm_url="http://127.0.0.1:1/v1")
    found, report = with_proposals([article(STAFF)], [left_open(STAFF)], knowledge, settings)
    assert found == [left_open(STAFF)]
    assert "APIConnectionError" in report.failures[0]


def test_an_endpoint_that_knows_no_schema_is_asked_without(endpoint: Endpoint, knowledge: ClaimKnowledge) -> None:
    told = claim("240人を抱える", "headcount", low=240, high=240)

    def answer(handler: Any, asked: dict[str, Any]) -> None:
        if "response_format" in asked:
            handler.reply(400, b'{"error": {"message": "unknown parameter"}}')
        else:
            handler.claim(told)

    endpoint.answer = answer
    _, report = run(endpoint, knowledge, [article(STAFF, article_id=n) for n in "ab"])
    assert report.taken == 2
    assert len(endpoint.requests) == 3


# --- budget and settings ----------------------------------------------------------------------------------------------


def test_a_run_keeps_to_its_budget_and_tells_what_it_did_not_ask(endpoint: Endpoint, knowledge: ClaimKnowledge) -> None:
    articles = [article(STAFF, article_id=n) for n in "abcd"]
    _, report = run(endpoint, knowledge, articles, llm_calls=3)
    assert len(endpoint.requests) == report.calls == 3
    assert report.unasked == 1
    _, report = run(endpoint, knowledge, articles, llm_calls=0)
    assert (report.calls, report.unasked) == (0, 4)
    assert "4 sentences not asked about" in str(report)


def test_a_run_asks_no_more_once_its_time_is_up(knowledge: ClaimKnowledge) -> None:
    async def ask(*_: object) -> str:
        raise AssertionError("asked")

    report = asyncio.run(
        proposed([article(STAFF)], [left_open(STAFF)], knowledge, ask, most_calls=9, most_seconds=0)
    )[1]  # fmt: skip
    assert (report.calls, report.unasked) == (0, 1)


def test_failures_in_a_row_end_the_asking_and_one_that_passes_does_not(
    endpoint: Endpoint, knowledge: ClaimKnowledge
) -> None:
    articles = [article(STAFF, article_id=n) for n in "abcdef"]
    endpoint.answer = lambda handler, _: handler.reply(500, b"{}")
    _, report = run(endpoint, knowledge, articles)
    assert (report.calls, len(report.failures)) == (IN_A_ROW, IN_A_ROW)
    assert report.unasked == 6 - IN_A_ROW
    endpoint.requests.clear()
    endpoint.answer = lambda handler, _: (
        handler.claim() if len(endpoint.requests) % IN_A_ROW == 0 else handler.reply(500, b"{}")
    )
    _, report = run(endpoint, knowledge, articles)
    assert report.calls == 6


def test_a_setting_or_library_that_is_missing_is_told_and_stops_nothing(
    endpoint: Endpoint, knowledge: ClaimKnowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelError, match="KAWARABAN_LLM_MODEL"):
        ModelClient(settings_for(endpoint, llm_model=None))
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(ModelError, match="extra llm"):
        ModelClient(settings_for(endpoint))
    extraction, report = run(endpoint, knowledge, [article(STAFF)])
    assert extraction == left_open(STAFF)
    assert "extra llm" in report.failures[0]


@pytest.mark.parametrize("url", ["nonsense", "ftp://x.example/", "http://", "http://[::1"])
def test_an_address_that_is_none_is_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAWARABAN_LLM_URL", url)
    with pytest.raises(SettingsError, match="KAWARABAN_LLM_URL"):
        load_settings()


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
