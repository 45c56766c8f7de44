"""Reads a seeds folder into typed, checked data.

Another subject than DeepSeek is another folder with the same files; nothing here knows what they speak of.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from flows.model import KawarabanError, Source, Value

BUNDLED = Path(__file__).resolve().parent
"""The seeds folder that comes with the program."""

VALUE_KINDS = frozenset(
    {"money", "count", "ratio", "percent", "rank", "date", "duration", "status", "entity", "text"},
)
NATURES = frozenset({"fact", "state", "event"})
QUERY = "{query}"
"""What stands in a feed's address for the words that it searches for."""


class SeedsError(KawarabanError):
    """A file of the seeds folder is missing, is no TOML, or says something that cannot be."""


@dataclasses.dataclass(frozen=True, slots=True)
class Attribute:
    """A predicate that claims are about, as ``attributes.toml`` describes it."""

    id: str
    ja: str
    en: str
    value: str
    nature: str
    key: tuple[str, ...]
    topic: str
    unit: str | None = None
    values: tuple[str, ...] = ()
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """What more the file says of it: how it is recognized in text."""


@dataclasses.dataclass(frozen=True, slots=True)
class Entity:
    """Something that claims name, with the spellings it goes by."""

    id: str
    kind: str
    """The group of ``entities.toml``: organization, person, model, gpu, authority, place …"""
    names: tuple[str, ...]

    @property
    def label(self) -> str:
        """The spelling to show: the first that the file lists."""
        return self.names[0]


@dataclasses.dataclass(frozen=True, slots=True)
class Topic:
    """What an article can be about."""

    id: str
    ja: str
    en: str
    about: str
    seeds: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Document:
    """A seed document as the manifest describes it; its text stays outside."""

    id: str
    file: str
    title: str
    sha256: str = ""
    """Of the file as it was read; empty where the manifest does not tell."""
    publisher: str | None = None
    date: str | None = None
    about: str = ""
    topics: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Seeds:
    """A seeds folder, read."""

    folder: Path
    attributes: Mapping[str, Attribute]
    entities: Mapping[str, Entity]
    topics: Mapping[str, Topic]
    sources: tuple[Source, ...]
    baseline: tuple[Mapping[str, Any], ...]
    """The claims of ``claims.toml`` as the file has them."""
    documents: tuple[Document, ...]

    @functools.cached_property
    def spellings(self) -> Mapping[str, str]:
        """Every spelling, folded -> the entity's id; where two share one, the first of the file has it."""
        found: dict[str, str] = {}
        for entity in self.entities.values():
            for name in (entity.id, *entity.names):
                found.setdefault(folded(name), entity.id)
        return found

    @functools.cached_property
    def subject(self) -> str:
        """The id of the entity that the monitor watches, as ``names.toml`` names it."""
        return str(self.extra("names.toml").get("subject", {}).get("company", ""))

    @functools.cached_property
    def correction_notes(self) -> re.Pattern[str]:
        """How notes of correction look (``corrections.toml``), to be sought line by line in text of half width.

        Raises:
            SeedsError: one of the patterns is no regular expression.
        """
        notes = self.extra("corrections.toml").get("notes", ())
        try:
            return re.compile("|".join(f"(?:{note})" for note in notes) or r"(?!)", re.MULTILINE)
        except re.error as error:
            path = self.folder / "corrections.toml"
            raise SeedsError(f"{path}: notes hold a wrong regular expression: {error}") from error

    def entity_id(self, name: str) -> str:
        """The id of the entity that goes by a name, or the name itself where none does."""
        return self.spellings.get(folded(name), name)

    def label(self, entity: str) -> str:
        """The spelling to show for an entity's id; a name that has no entry is shown as it is."""
        known = self.entities.get(entity)
        return known.label if known else entity

    def extra(self, name: str) -> Mapping[str, Any]:
        """A further file of the folder, parsed; an empty mapping where there is none.

        Raises:
            SeedsError: the file is no TOML.
        """
        path = self.folder / name
        return _toml(path) if path.exists() else {}


def folded(name: str) -> str:
    """A name without regard to width, case, spaces, hyphens and middle dots, for comparison."""
    dropped = " -_・‐‑–—　"
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c not in dropped)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SeedsError(f"{path} is missing: KAWARABAN_SEEDS must name a folder that holds it") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SeedsError(f"{path} cannot be read as TOML: {error}") from error


def _attribute(path: Path, name: str, raw: dict[str, Any]) -> Attribute:
    known = {field.name for field in dataclasses.fields(Attribute)}
    try:
        attribute = Attribute(
            id=name,
            ja=raw["ja"],
            en=raw["en"],
            value=raw["value"],
            nature=raw["nature"],
            key=tuple(raw["key"]),
            topic=raw["topic"],
            unit=raw.get("unit"),
            values=tuple(raw.get("values", ())),
            extra={key: value for key, value in raw.items() if key not in known},
        )
    except KeyError as error:
        raise SeedsError(f"{path}: attribute {name} does not say its {error}") from error
    if attribute.value not in VALUE_KINDS:
        raise SeedsError(
            f"{path}: attribute {name} has value = {attribute.value!r}, which is none of {sorted(VALUE_KINDS)}"
        )
    if attribute.nature not in NATURES:
        raise SeedsError(
            f"{path}: attribute {name} has nature = {attribute.nature!r}, which is none of {sorted(NATURES)}"
        )
    return attribute


def check_links(place: str, links: object) -> None:
    """Refuses a pattern of articles' addresses that is none.

    Raises:
        SeedsError: it is missing or no regular expression; the message begins with ``place``.
    """
    if not isinstance(links, str):
        raise SeedsError(f"{place}: a listing needs links, a regular expression of its articles' addresses")
    try:
        re.compile(links)
    except re.error as error:
        raise SeedsError(f"{place}: links is no regular expression: {links!r} ({error})") from error


def _sources(path: Path, raw: Mapping[str, Any]) -> list[Source]:
    """The sources that a ``[[feed]]`` describes: one, or one for each query where the address has ``{query}`` in it.

    Raises:
        SeedsError: it has no address or publisher, its pattern is none, or the query and the address do not fit.
    """
    if not isinstance(raw.get("url"), str) or not isinstance(raw.get("publisher"), str):
        raise SeedsError(f"{path}: every [[feed]] needs a url and a publisher; this one has neither or one: {raw}")
    url, links, asked = raw["url"], raw.get("links"), raw.get("query")
    if (QUERY in url) != (asked is not None):
        raise SeedsError(f"{path}: {url}: a feed with {QUERY} in its url needs a query, and no other feed may have one")
    if raw.get("kind") == "listing" or links is not None:
        check_links(f"{path}: {url}", links)
    queries = [asked] if asked is None or isinstance(asked, str) else list(asked)
    return [
        Source(
            url=url if query is None else url.replace(QUERY, quote_plus(query)),
            publisher=raw["publisher"],
            kind=raw.get("kind", "news"),
            interval=raw.get("interval"),
            hosts=tuple(raw.get("hosts", ())),
            links=links,
            query=query,
        )
        for query in queries
    ]


def _document(path: Path, raw: dict[str, Any]) -> Document:
    try:
        return Document(
            id=raw["id"],
            file=raw["file"],
            title=raw["title"],
            sha256=raw.get("sha256", ""),
            publisher=raw.get("publisher"),
            date=str(raw["date"]) if "date" in raw else None,
            about=raw.get("about", ""),
            topics=tuple(raw.get("topics", ())),
        )
    except KeyError as error:
        raise SeedsError(f"{path}: a [[document]] has no {error}: {raw}") from error


def load_sources(folder: Path) -> tuple[Source, ...]:
    """The list of sources alone.

    Raises:
        SeedsError: ``feeds.toml`` is missing or wrong.
    """
    path = folder / "feeds.toml"
    listed = _toml(path).get("feed", [])
    if not isinstance(listed, list) or not all(isinstance(raw, dict) for raw in listed):
        raise SeedsError(f"{path}: feed is no list of [[feed]] tables")
    return tuple(source for raw in listed for source in _sources(path, raw))


def load_seeds(folder: Path) -> Seeds:
    """Reads and checks a seeds folder.

    Raises:
        SeedsError: a file is missing or wrong; the message names the file, the entry and what is expected.
    """
    attributes_path = folder / "attributes.toml"
    attributes = {
        name: _attribute(attributes_path, name, raw)
        for name, raw in _toml(attributes_path).items()
        if isinstance(raw, dict) and "value" in raw
    }
    entities = {
        name: Entity(id=name, kind=kind, names=tuple(spellings))
        for kind, group in _toml(folder / "entities.toml").items()
        for name, spellings in group.items()
    }
    topics = {
        raw["id"]: Topic(
            id=raw["id"],
            ja=raw.get("ja", raw["id"]),
            en=raw.get("en", raw["id"]),
            about=raw.get("about", ""),
            seeds=tuple(raw.get("seeds", ())),
        )
        for raw in _toml(folder / "topics.toml").get("topic", [])
    }
    documents_path = folder / "documents.toml"
    documents = tuple(
        _document(documents_path, raw)
        for raw in (_toml(documents_path).get("document", []) if documents_path.exists() else [])
    )
    claims = _toml(folder / "claims.toml").get("claim", [])
    for claim in claims:
        if claim.get("attribute") not in attributes:
            raise SeedsError(f"{folder / 'claims.toml'}: no attribute is called {claim.get('attribute')!r}: {claim}")
    return Seeds(
        folder=folder,
        attributes=attributes,
        entities=entities,
        topics=topics,
        sources=load_sources(folder),
        baseline=tuple(claims),
        documents=documents,
    )


def _day(value: object) -> dt.date | None:
    if value is None or isinstance(value, dt.date):
        return value
    return dt.date.fromisoformat(str(value))


def baseline_value(raw: Mapping[str, Any]) -> Value:
    """The value of a claim as ``claims.toml`` writes it: low, high, unit, approx, from, to, text."""
    start, end = _day(raw.get("from")), _day(raw.get("to") or raw.get("from"))
    return Value(
        low=raw.get("low"),
        high=raw.get("high"),
        unit=raw.get("unit"),
        start=start,
        end=end,
        text=raw.get("text"),
        approximate=bool(raw.get("approx", False)),
    )
