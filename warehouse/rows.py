"""Dataclasses as rows, and rows as dataclasses."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from flows.model import (
    Article,
    Change,
    ClaimState,
    Entry,
    Fetch,
    KnownClaim,
    Observation,
    PageRequest,
    Signature,
    TopicScore,
    Value,
    digest_of,
)
from flows.report import Edition, EmergingTopic, Evidence, MailBody, Picture, UnplacedArticle, WeekEmerging

Row = dict[str, Any]


def qualifier_json(qualifiers: Mapping[str, str]) -> str:
    """Qualifiers as JSON with sorted keys, as the warehouse stores and ids hash them."""
    return json.dumps(dict(sorted(qualifiers.items())), ensure_ascii=False)


def value_columns(value: Value) -> Row:
    """A value's columns, the same in every table that holds one."""
    return {
        "value_low": value.low,
        "value_high": value.high,
        "approximate": value.approximate,
        "unit": value.unit,
        "value_text": value.text,
        "value_from": value.start,
        "value_to": value.end,
    }


def value_of(row: Mapping[str, Any], prefix: str = "") -> Value:
    """The value that a row holds, its columns' names behind a prefix."""
    return Value(
        low=row[f"{prefix}value_low"],
        high=row[f"{prefix}value_high"],
        unit=row[f"{prefix}unit"],
        start=row[f"{prefix}value_from"],
        end=row[f"{prefix}value_to"],
        text=row[f"{prefix}value_text"],
        approximate=bool(row[f"{prefix}approximate"]),
    )


def entry_row(entry: Entry, seen_at: dt.datetime) -> Row:
    """A feed's item, by its feed, its address and what the feed calls it."""
    return {
        "entry_id": digest_of("entry", entry.feed_url, entry.canonical_url, entry.title),
        **_plain(entry),
        "first_seen_at": seen_at,
    }


def fetch_row(fetch: Fetch) -> Row:
    """One request."""
    return _plain(fetch)


def article_row(article: Article) -> Row:
    """One state of an article, without its topics."""
    row = _plain(article)
    del row["topics"]
    return row


def article_of(row: Mapping[str, Any]) -> Article:
    """The article that a row of ``article_revisions`` holds, without its topics."""
    return Article(**{f.name: row[f.name] for f in dataclasses.fields(Article) if f.name != "topics"})


def with_topics(article: Article, topics: tuple[TopicScore, ...]) -> Article:
    """An article with the topics that its row does not hold."""
    return dataclasses.replace(article, topics=topics)


def topic_rows(articles: Iterable[Article]) -> list[Row]:
    """The topics of articles, a row each."""
    return [
        {"article_id": a.article_id, "revision": a.revision, "topic": t.topic, "score": t.score, "terms": list(t.terms)}
        for a in articles
        for t in a.topics
    ]


def signature_rows(signatures: Iterable[Signature]) -> list[Row]:
    """The bands of signatures, a row each."""
    return [
        {"article_id": s.article_id, "revision": s.revision, "scheme": s.scheme, "band": n, "hash": band}
        for s in signatures
        for n, band in enumerate(s.bands)
    ]


def observation_row(observation: Observation) -> Row:
    """A place that states a claim."""
    row = _plain(observation)
    del row["value"]
    return row | {"qualifiers": qualifier_json(observation.qualifiers)} | value_columns(observation.value)


def observation_of(row: Mapping[str, Any]) -> Observation:
    """The observation that a row of ``claim_observations`` holds."""
    names = {f.name for f in dataclasses.fields(Observation)} - {"value", "qualifiers"}
    return Observation(
        **{name: row[name] for name in names}, qualifiers=json.loads(row["qualifiers"]), value=value_of(row)
    )


def change_row(change: Change) -> Row:
    """A change."""
    return _plain(change)


def state_row(state: ClaimState) -> Row:
    """Where a claim stands."""
    row = _plain(state)
    del row["value"]
    return row | {"qualifiers": qualifier_json(state.qualifiers)} | value_columns(state.value)


def baseline_row(known: KnownClaim, edition: int, position: int) -> Row:
    """A claim of the baseline, by its edition and place in it."""
    return {
        "edition": edition,
        "position": position,
        "claim_id": known.claim_id,
        "subject": known.subject,
        "attribute": known.attribute,
        "qualifiers": qualifier_json(known.qualifiers),
        **value_columns(known.value),
        "source": known.source,
        "past": known.past,
        "polarity": known.polarity,
    }


def baseline_of(row: Mapping[str, Any]) -> KnownClaim:
    """The claim that a row of ``baseline_claims`` holds."""
    return KnownClaim(
        claim_id=row["claim_id"],
        subject=row["subject"],
        attribute=row["attribute"],
        qualifiers=json.loads(row["qualifiers"]),
        value=value_of(row),
        source=row["source"],
        past=row["past"],
        polarity=row["polarity"],
    )


def evidence_of(row: Mapping[str, Any], prefix: str) -> Evidence | None:
    """What one article said, from columns behind a prefix; None where the row has none."""
    if row[f"{prefix}observation_id"] is None:
        return None
    names = {f.name for f in dataclasses.fields(Evidence)} - {"value"}
    return Evidence(**{name: row[f"{prefix}{name}"] for name in names}, value=value_of(row, prefix))


def edition_of(row: Mapping[str, Any]) -> Edition:
    """A digest as it was recorded."""
    names = {f.name for f in dataclasses.fields(Edition)} - {"subject", "mail"}
    mail = mail_of(row["mail"]) if row["mail"] else None
    return Edition(**{name: row[name] for name in names}, subject=row["subject"] or row["week"], mail=mail)


def mail_json(mail: MailBody) -> str:
    """The parts of a mail as one text."""
    pictures = [{"name": p.name, "text": p.text, "png": base64.b64encode(p.png).decode()} for p in mail.pictures]
    return json.dumps({"text": mail.text, "html": mail.html, "pictures": pictures}, ensure_ascii=False)


def mail_of(text: str) -> MailBody:
    """The parts of a mail from such a text."""
    parts = json.loads(text)
    pictures = tuple(Picture(p["name"], base64.b64decode(p["png"]), p["text"]) for p in parts["pictures"])
    return MailBody(parts["text"], parts["html"], pictures)


def unplaced_row(unplaced: UnplacedArticle) -> Row:
    """An article that the topics fit badly, without what its revision tells."""
    return {
        "article_id": unplaced.article_id,
        "revision": unplaced.revision,
        "fit": unplaced.fit,
        "terms": list(unplaced.terms),
    }


def emerging_row(topic: EmergingTopic) -> Row:
    """An emerging topic."""
    return {
        "emerging_id": topic.emerging_id,
        "name": topic.name,
        "terms": list(topic.terms),
        "article_ids": list(topic.article_ids),
    }


def emerging_of(row: Mapping[str, Any]) -> EmergingTopic:
    """The emerging topic that a row describes."""
    return EmergingTopic(row["emerging_id"], row["name"], tuple(row["terms"]), tuple(row["article_ids"]))


def week_emerging_of(row: Mapping[str, Any]) -> WeekEmerging:
    """The emerging topic of a week that a row describes."""
    examples = tuple((s["title"], s["url"], s["publisher"]) for s in row["sources"])
    plain = {name: value for name, value in row.items() if name not in {"sources", "terms"}}
    return WeekEmerging(**plain, terms=tuple(row["terms"]), examples=examples)


def request_of(row: Mapping[str, Any]) -> PageRequest:
    """The request for a page that a row describes."""
    return PageRequest(**{f.name: row[f.name] for f in dataclasses.fields(PageRequest) if f.name in row})


def _plain(item: Any) -> Row:
    return {field.name: getattr(item, field.name) for field in dataclasses.fields(item)}
