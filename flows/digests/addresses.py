"""Where the forms of a digest and its neighbours lie, relative to the folder of digests."""

from __future__ import annotations

import re

from flows.model import digest_of
from flows.wording import Language

DEFAULT_LANGUAGE: Language = "ja"


def digest_file(week: str, lang: str, ending: str) -> str:
    """A digest's file: ``2025-W05.md``, in another language than Japanese ``2025-W05.en.md``."""
    return f"{week}.{ending}" if lang == DEFAULT_LANGUAGE else f"{week}.{lang}.{ending}"


def topic_anchor(topic: str) -> str:
    """The name of a topic's place in a page."""
    return f"topic-{_plain(topic)}"


def claim_anchor(claim_id: str) -> str:
    """The name of a claim's place in a page."""
    return f"claim-{_plain(claim_id)}"


def claim_page(claim_id: str) -> str:
    """The page of a claim with its history."""
    return f"claims/{_plain(claim_id)}.html"


def topic_page(topic: str) -> str:
    """The page of a topic."""
    return f"topics/{_plain(topic)}.html"


def _plain(name: str) -> str:
    """A name as it is where it is plain letters, digits, - and _; else an id made of it."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name) else digest_of(name)
