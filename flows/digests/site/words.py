"""How the site writes claims: always in the same words as the digests."""

from __future__ import annotations

from collections.abc import Mapping

from flows.digests.text import clean
from flows.model import Value
from flows.wording import attribute_of, qualifier_words, subject_words, value_words
from seeds import Seeds

LONGEST_VALUE = 120


def head_words(subject: str, attribute: str, qualifiers: Mapping[str, str], seeds: Seeds) -> str:
    """Whom a claim is about and what of it: DeepSeek — 利用者数(1日). Not escaped."""
    known = attribute_of(attribute, seeds)
    where = qualifier_words(known, qualifiers, seeds, "ja")
    return clean(f"{subject_words(subject, seeds, 'ja')} — {known.ja}" + (f"({where})" if where else ""), 200)


def value_of_claim(value: Value, attribute: str, seeds: Seeds) -> str:
    """A claim's value in words. Not escaped."""
    return clean(value_words(value, attribute_of(attribute, seeds), seeds, "ja"), LONGEST_VALUE)


def topic_words(topic: str, seeds: Seeds) -> str:
    """A topic as readers know it. Not escaped."""
    return seeds.topics[topic].ja if topic in seeds.topics else (topic or "その他")


def topic_of(attribute: str, seeds: Seeds) -> str:
    """The topic of an attribute; "" where it has none."""
    return attribute_of(attribute, seeds).topic


def site_name(seeds: Seeds) -> str:
    """What the site is called: DeepSeek週報."""
    return f"{seeds.label(seeds.subject)}週報"
