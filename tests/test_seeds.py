"""The bundled seeds: every file loads, every claim fits its attribute, every id is known, nothing stands twice."""

from __future__ import annotations

import collections
import datetime as dt
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from seeds.loader import BUNDLED, Attribute, Seeds, baseline_value, load_seeds

NUMERIC = {"money", "count", "ratio", "percent", "rank", "duration"}
UNITS = {"ratio": "ratio", "percent": "percent", "rank": "rank"}
ENTITY_QUALIFIERS = {"gpu", "counterpart", "tester", "adopter", "company", "maker", "institution", "authority"}
FIELDS = {
    *("subject", "attribute", "qualifiers", "low", "high", "unit", "approx", "from", "to", "text"),
    *("past", "modality", "polarity", "attribution", "source"),
}
KINDS = {"news", "search", "developer", "official", "blog", "listing"}


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return load_seeds(BUNDLED)


@pytest.fixture(scope="module")
def texts(seeds: Seeds) -> Mapping[str, bytes]:
    """The seed documents' bytes by id, where their folder is at hand."""
    shared = Path(os.environ.get("SHARED", BUNDLED.parent.parent / "shared")) / "seeds"
    if not shared.is_dir():
        pytest.skip(f"the seed documents are not at {shared}")
    return {document.id: (shared / document.file).read_bytes() for document in seeds.documents}


def names_of(claim: Mapping[str, Any], attribute: Attribute) -> Iterator[str]:
    """Whatever in a claim names an entity: subject, attribution, an entity as value, entities as qualifiers."""
    yield claim["subject"]
    if "attribution" in claim:
        yield claim["attribution"]
    if attribute.value == "entity":
        yield claim["text"]
    for key, value in claim["qualifiers"].items():
        if key in ENTITY_QUALIFIERS and value != "any":
            yield value


def value_faults(claim: Mapping[str, Any], attribute: Attribute) -> Iterator[str]:
    """What is wrong with a claim's value, going by the kind of value of its attribute."""
    value, kind = baseline_value(claim), attribute.value
    if kind in NUMERIC:
        if not value.numeric:
            yield "has no number"
        if value.low is not None and value.high is not None and value.low > value.high:
            yield "has low above high"
        if kind == "money" and value.unit not in {"USD", "CNY", "JPY", "EUR"}:
            yield f"has {value.unit} for a currency"
        if kind != "money" and value.unit != (attribute.unit or UNITS.get(kind)):
            yield f"has unit {value.unit}"
    elif value.numeric or value.unit:
        yield "has a number"
    if (kind == "date") != value.dated:
        yield "has a date that its attribute does not want, or none"
    if value.start and value.end and value.start > value.end:
        yield "has from after to"
    if (kind in {"status", "entity", "text"}) != (value.text is not None):
        yield "has a text that its attribute does not want, or none"
    if kind == "status" and value.text not in attribute.values:
        yield f"has status {value.text}, none of {attribute.values}"


def test_the_baseline_holds_enough_claims_of_every_document(seeds: Seeds) -> None:
    sources = collections.Counter(claim["source"] for claim in seeds.baseline)
    assert sources.total() >= 45
    assert set(sources) == {document.id for document in seeds.documents}


def test_every_baseline_claim_fits_its_attribute(seeds: Seeds) -> None:
    faults = []
    for claim in seeds.baseline:
        attribute = seeds.attributes[claim["attribute"]]
        found = list(value_faults(claim, attribute))
        if not set(claim) <= FIELDS:
            found.append(f"has unknown fields {set(claim) - FIELDS}")
        if set(claim["qualifiers"]) != set(attribute.key):
            found.append(f"wants the qualifiers {attribute.key}")
        if claim["modality"] not in {"asserted", "reported", "estimated", "planned"}:
            found.append(f"has modality {claim['modality']}")
        if claim["polarity"] not in {"affirmed", "denied"}:
            found.append(f"has polarity {claim['polarity']}")
        faults += [f"{fault}: {dict(claim)}" for fault in found]
    assert not faults


def test_baseline_claims_name_entities_by_their_ids(seeds: Seeds) -> None:
    """A name that has an entry stands as its id, and what looks like an id is one."""
    for claim in seeds.baseline:
        for name in names_of(claim, seeds.attributes[claim["attribute"]]):
            assert seeds.entity_id(name) == name, claim
            assert name in seeds.entities or not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name), claim
        place = claim["qualifiers"].get("place", "any")
        assert place in {"any", "world"} or place in seeds.entities, claim


def test_no_baseline_claim_stands_twice(seeds: Seeds) -> None:
    identities = collections.Counter(
        (
            *(claim["source"], claim["subject"], claim["attribute"], claim["polarity"]),
            *(tuple(sorted(claim["qualifiers"].items())), baseline_value(claim)),
        )
        for claim in seeds.baseline
    )
    assert [identity for identity, times in identities.items() if times > 1] == []


def test_baseline_dates_are_days_and_texts_are_no_sentences(seeds: Seeds) -> None:
    for claim in seeds.baseline:
        for side in ("from", "to"):
            assert type(claim.get(side)) in {dt.date, type(None)}, claim
        assert "。" not in claim.get("text", ""), claim
        assert len(claim.get("text", "")) <= 30, claim


def test_documents_treat_the_topics_that_name_them(seeds: Seeds) -> None:
    assert len({document.id for document in seeds.documents}) == len(seeds.documents) == 5
    for document in seeds.documents:
        assert document.about
        assert set(document.topics) == {topic.id for topic in seeds.topics.values() if document.id in topic.seeds}


def test_documents_are_the_files_that_the_manifest_says(seeds: Seeds, texts: Mapping[str, bytes]) -> None:
    for document in seeds.documents:
        assert hashlib.sha256(texts[document.id]).hexdigest() == document.sha256, document.file


def test_no_passage_of_a_seed_document_is_in_the_seeds(seeds: Seeds, texts: Mapping[str, bytes]) -> None:
    ours = "\n".join(path.read_text(encoding="utf-8") for path in sorted(BUNDLED.glob("*.toml")))
    for document in seeds.documents:
        ours = ours.replace(document.title, "")
    for name, raw in texts.items():
        for line in raw.decode("utf-8").splitlines():
            passages = (line[i : i + 20] for i in range(len(line) - 19))
            assert [passage for passage in passages if passage in ours] == [], name


def test_feeds_are_many_distinct_web_addresses(seeds: Seeds) -> None:
    assert len(seeds.sources) >= 55
    assert len({source.url for source in seeds.sources}) == len(seeds.sources)
    for source in seeds.sources:
        parts = urlsplit(source.url)
        assert parts.scheme in {"http", "https"}, source
        assert re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}", parts.hostname or ""), source
        assert source.url.isascii(), source
        assert not re.search(r"\s", source.url), source
        assert source.kind in KINDS, source
        assert source.publisher.strip() == source.publisher != "", source
        assert all(re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}", host) for host in source.hosts), source


def test_a_host_of_articles_belongs_to_one_publisher(seeds: Seeds) -> None:
    owners = collections.defaultdict(set)
    for source in seeds.sources:
        for host in source.hosts or (urlsplit(source.url).hostname,):
            owners[host].add(source.publisher)
    assert {host: names for host, names in owners.items() if len(names) > 1} == {}
