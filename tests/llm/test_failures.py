"""The language model behind a real server on loopback: what goes wrong is told and never stops a run."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import pytest

from flows.claims.extract import ClaimKnowledge
from flows.llm import IN_A_ROW, ModelClient, ModelError, proposed, with_proposals
from flows.settings import SettingsError, load_settings
from tests.claims.articles import article
from tests.llm.asking import STAFF, claim, left_open, run, settings_for
from tests.llm.endpoint import Answer, Endpoint

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
