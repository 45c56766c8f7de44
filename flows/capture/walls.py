"""Answers that are refusals: a bot wall, a consent wall, a login, a status that says no. Their looks are data."""

from __future__ import annotations

import functools

from flows.capture import urls
from flows.capture.client import Failure, Response
from flows.capture.items import bare
from flows.web import Wall, WebRules

BLOCKED = "blocked"
"""The kind of failure: the source is there and answers, but not to us."""
_HEAD = 20_000
"""Characters of an answer in which a wall's text is sought."""
_HIGH = bytes(range(0x80, 0x100))


def refusal(response: Response, rules: WebRules) -> Failure | None:
    """The wall that an answer shows instead of what was asked for; None where it shows none."""
    if response.status is None:
        return None
    answer = _Answer(response)
    for wall in rules.walls:
        if not _fits(wall, response):
            continue
        if wall.most is not None and answer.longer_than(wall.most):
            continue
        if wall.text is not None and not wall.text.search(answer.text):
            continue
        told = f" {response.reason_phrase}" if response.reason_phrase else ""
        return Failure(BLOCKED, f"{wall.kind} ({wall.name}), HTTP {response.status}{told}")
    return None


class _Answer:
    """An answer's text, made when it is needed: nearly all answers are articles, and told by their length."""

    def __init__(self, response: Response) -> None:
        self._body = response.body

    @functools.cached_property
    def text(self) -> str:
        return self._body[: 4 * _HEAD].decode("utf-8", "replace")[:_HEAD]

    @functools.cached_property
    def _visible(self) -> int:
        return len(bare(self.text))

    @functools.cached_property
    def _beyond_ascii(self) -> int:
        return len(self._body) - len(self._body.translate(None, _HIGH))

    def longer_than(self, most: int) -> bool:
        """Whether it shows more characters; so many bytes beyond ASCII are no script, whatever the encoding."""
        return self._beyond_ascii > 3 * most or self._visible > most


def _fits(wall: Wall, response: Response) -> bool:
    if wall.status and response.status not in wall.status:
        return False
    if any(not pattern.search(response.header(name) or "") for name, pattern in wall.header):
        return False
    if wall.host is None:
        return True
    # A host is a wall only where a redirect led to it: whoever lists its address wants it.
    there = urls.host_of(response.final_url)
    return there != urls.host_of(response.url) and wall.host.search(there) is not None
