"""Labelled articles: one JSON record a line, as ``tests/corpus/README.md`` describes them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flows.claims.identity import canonical_name, claim_id
from flows.claims.values import overlaps
from flows.model import Article, KawarabanError, Value
from seeds import Seeds
from seeds.loader import Attribute, baseline_value

FAMILIES = "families.toml"


class CorpusError(KawarabanError):
    """A folder of labelled articles cannot be read."""


@dataclasses.dataclass(frozen=True)
class Mark:
    """A claim that an article was marked with."""

    claim_id: str
    subject: str
    """In the form in which names are compared."""
    attribute: Attribute
    qualifiers: Mapping[str, str]
    value: Value
    modality: str
    polarity: str
    past: bool
    start: int
    end: int
    """Where its evidence stands in the article's text."""


@dataclasses.dataclass(frozen=True)
class Labelled:
    """An article with its claims."""

    family: str
    number: str
    article: Article
    claims: tuple[Mark, ...]


def families(folder: Path, part: str) -> tuple[str, ...]:
    """The families of a corpus that are there to ``learn`` from or ``held_out`` to measure with.

    Raises:
        CorpusError: the folder has no ``families.toml`` or it lacks the part.
    """
    path = folder / FAMILIES
    try:
        return tuple(tomllib.loads(path.read_text(encoding="utf-8"))[part])
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise CorpusError(f"{path} must list the families of articles under learn and held_out: {error}") from error


def read_corpus(folder: Path, names: Sequence[str], seeds: Seeds) -> list[Labelled]:
    """The relevant articles of some families that are no copies, with their claims, in the order of the files.

    Raises:
        CorpusError: a file is missing or a record is wrong; the message names it.
    """
    found = []
    for name in names:
        path = folder / f"{name}.jsonl"
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise CorpusError(f"{path} cannot be read: {error}") from error
        for number, line in enumerate(lines, 1):
            try:
                record = json.loads(line)
                gold = record["gold"]
                if gold["relevant"] and not gold.get("duplicate_of") and gold.get("language", "ja") == "ja":
                    found.append(_labelled(name, record, seeds))
            except (ValueError, KeyError, TypeError) as error:
                raise CorpusError(f"{path}, line {number}, is no labelled article: {error!r}") from error
    return found


def _labelled(family: str, record: Mapping[str, Any], seeds: Seeds) -> Labelled:
    published = dt.datetime.fromisoformat(record["published"])
    text = "\n".join(record["paragraphs"])
    article = Article(
        article_id=record["id"],
        url=record["path"],
        feed_url=None,
        publisher=record["site"],
        title=record["title"],
        author=record.get("author"),
        published_at=published,
        modified_at=None,
        language="ja",
        relevant=True,
        text=text,
        content_hash="",
        revision=1,
        seen_at=published,
        raw_path="",
    )
    claims: list[Mark] = []
    for raw in record["gold"].get("claims", []):
        claim = _mark(raw, text, seeds)
        known = (o for o in claims if o.claim_id == claim.claim_id)
        if not any(overlaps(o.value, claim.value, claim.attribute, seeds) for o in known):
            claims.append(claim)
    return Labelled(family, record["id"], article, tuple(claims))


def _mark(raw: Mapping[str, Any], text: str, seeds: Seeds) -> Mark:
    start = text.find(raw["evidence"])
    attribute = seeds.attributes[raw["attribute"]]
    value = baseline_value(raw)
    qualifiers = {k: str(v) for k, v in (raw.get("qualifiers") or {}).items() if v is not None and k in attribute.key}
    return Mark(
        claim_id=claim_id(raw["subject"], attribute.id, qualifiers, value.unit, seeds),
        subject=canonical_name(raw["subject"], seeds),
        attribute=attribute,
        qualifiers={name: canonical_name(told, seeds) for name, told in qualifiers.items()},
        value=value,
        modality=raw.get("modality", "asserted"),
        polarity=raw.get("polarity", "affirmed"),
        past=bool(raw.get("past")),
        start=start,
        end=start + len(raw["evidence"]),
    )
