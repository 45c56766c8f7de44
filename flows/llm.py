"""The optional language model: asks an OpenAI-compatible endpoint about the sentences that the rules left open.

What it answers is only proposed; ``flows/claims/llm.py`` decides what is taken. Requests are made one after the other,
with temperature 0, within a budget; whatever fails is told and never stops a run.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from flows.claims import asking, llm
from flows.claims.extract import ArticleReader, ClaimKnowledge, Extraction
from flows.model import Article, KawarabanError
from flows.settings import Settings

IN_A_ROW = 3
"""Failures one after the other, upon which a run asks no more."""

Ask = Callable[[list[dict[str, str]], dict[str, Any]], Awaitable[str]]
"""Messages and the JSON schema of the answer -> the answer's text; raises ``ModelError``."""


class ModelError(KawarabanError):
    """The language model cannot be asked, or gave no usable answer."""


@dataclasses.dataclass(frozen=True)
class ModelReport:
    """What came of asking: how often, how much was taken, what was refused and what failed."""

    calls: int = 0
    taken: int = 0
    refused: int = 0
    unasked: int = 0
    """Open sentences that were not asked about: the budget was used up, or too much failed."""
    failures: tuple[str, ...] = ()

    def __str__(self) -> str:
        rest = f", {self.unasked} sentences not asked about" if self.unasked else ""
        return f"language model: {self.calls} calls, {self.taken} claims taken, {self.refused} proposals refused{rest}"


class ModelClient:
    """An endpoint with its model, asked for one answer at a time."""

    def __init__(self, settings: Settings) -> None:
        """Sets the client library up; nothing is sent yet.

        Raises:
            ModelError: a setting or the client library is missing.
        """
        if not settings.llm_model:
            raise ModelError("KAWARABAN_LLM_URL is set and KAWARABAN_LLM_MODEL is not: name the model to ask")
        try:
            # Heavy, and needed by nobody who has no model.
            import openai
        except ImportError as error:
            raise ModelError(
                "KAWARABAN_LLM_URL needs the package openai: install Kawaraban with its extra llm, or openai beside it"
            ) from error
        self._library = openai
        self._model = settings.llm_model
        self._timeout = settings.llm_timeout
        self._plain = False
        """Whether the endpoint has refused a schema: then the words of the task alone must do."""
        self._client: Any = openai.AsyncOpenAI(
            base_url=settings.llm_url,
            api_key=settings.llm_key or "none",
            timeout=settings.llm_timeout,
            max_retries=0,
        )

    async def ask(self, messages: list[dict[str, str]], schema: dict[str, Any]) -> str:
        """The model's answer to some messages, in all within the time that the settings allow.

        Raises:
            ModelError: there is none in time, the endpoint refuses, or the answer has no text.
        """
        try:
            # The library's own limit is for each read; an endpoint that trickles would never meet it.
            async with asyncio.timeout(self._timeout):
                answer = await self._answer(messages, schema)
            text = answer.choices[0].message.content
        except TimeoutError as error:
            raise ModelError(f"no answer in {self._timeout:g} s") from error
        except self._library.OpenAIError as error:
            raise ModelError(f"{type(error).__name__}: {error}"[:200]) from error
        except (AttributeError, IndexError, TypeError, ValueError) as error:
            raise ModelError(f"what came back is no chat completion: {error!r}"[:200]) from error
        if not isinstance(text, str) or not text.strip():
            raise ModelError("the answer has no text")
        return text

    async def _answer(self, messages: list[dict[str, str]], schema: dict[str, Any]) -> Any:
        """A chat completion; where the endpoint does not know schemas, asked for once more without."""
        asked = {"model": self._model, "messages": messages, "temperature": 0}
        if not self._plain:
            form = {"type": "json_schema", "json_schema": {"name": "claims", "strict": True, "schema": schema}}
            try:
                return await self._client.chat.completions.create(**asked, seed=0, response_format=form)
            except self._library.BadRequestError:
                self._plain = True
        return await self._client.chat.completions.create(**asked)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.close()


def with_proposals(
    articles: Sequence[Article], extractions: Sequence[Extraction], knowledge: ClaimKnowledge, settings: Settings
) -> tuple[list[Extraction], ModelReport]:
    """The extractions of some articles with what the language model adds to them, and what came of asking.

    Without ``KAWARABAN_LLM_URL`` they are what they were. Never raises for what the model, its endpoint or its settings
    do: those are failures of the report.
    """
    if not settings.llm_url:
        return list(extractions), ModelReport()
    # A thread of its own, because the caller may have an event loop already.
    with concurrent.futures.ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, _asked(articles, extractions, knowledge, settings)).result()


async def _asked(
    articles: Sequence[Article], extractions: Sequence[Extraction], knowledge: ClaimKnowledge, settings: Settings
) -> tuple[list[Extraction], ModelReport]:
    try:
        client = ModelClient(settings)
    except ModelError as error:
        return list(extractions), ModelReport(failures=(str(error),))
    try:
        return await proposed(
            articles,
            extractions,
            knowledge,
            client.ask,
            most_calls=settings.llm_calls,
            most_seconds=settings.llm_seconds,
        )
    finally:
        await client.close()


async def proposed(
    articles: Sequence[Article],
    extractions: Sequence[Extraction],
    knowledge: ClaimKnowledge,
    ask: Ask,
    *,
    most_calls: int,
    most_seconds: float,
) -> tuple[list[Extraction], ModelReport]:
    """Asks about the open sentences of each article in turn, one call for an article, and takes what can be checked.

    Args:
        articles: in the order in which they are asked about.
        extractions: what the rules found in each of them.
        knowledge: by which the answers are checked.
        ask: asks the model.
        most_calls: the budget.
        most_seconds: how long the run may go on asking, so that a slow endpoint does not hold it up.
    """
    end = asyncio.get_running_loop().time() + most_seconds
    result = list(extractions)
    report = ModelReport()
    in_a_row = 0
    for number, article in enumerate(articles):
        if not article.relevant or article.duplicate_of is not None:
            continue
        reader = ArticleReader(article, knowledge)
        asked = asking.open_sentences(reader, extractions[number])
        if not asked:
            continue
        spent = report.calls >= most_calls or asyncio.get_running_loop().time() >= end
        if spent or in_a_row >= IN_A_ROW:
            report = dataclasses.replace(report, unasked=report.unasked + len(asked))
            continue
        report = dataclasses.replace(report, calls=report.calls + 1)
        try:
            answer = await ask(asking.messages(article, asked, knowledge), asking.schema(asked, knowledge))
            found = llm.checked(llm.proposals_of(answer), asked, reader, extractions[number])
        except KawarabanError as error:
            in_a_row += 1
            report = dataclasses.replace(report, failures=(*report.failures, f"{article.url}: {error}"))
            continue
        in_a_row = 0
        result[number] = llm.merged(extractions[number], found)
        report = dataclasses.replace(
            report,
            taken=report.taken + len(found.observations),
            refused=report.refused + len(found.refused),
        )
    return result, report
