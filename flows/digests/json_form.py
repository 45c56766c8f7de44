"""A digest as JSON for programs: everything that the other forms show, and what long weeks leave out of them.

The keys are stable: keys are added, none is renamed or changes its meaning without another ``version``.

    version     1
    week        "2025-W05"; first_day, last_day: its Monday and Sunday
    language    of ``title``, ``summary`` and everything called ``…_words``
    title, summary
    counts      changed, new, corroborated
    changed     changes, what matters first: disputed, denied, corrected, retracted, updated
    new         [{topic, topic_words, changes}], the topics with the most important claims first
    corroborated  changes: known claims that further articles tell
    emerging    [{emerging_id, name, terms, articles, new_articles, publishers, first_seen_at,
                examples: [{title, url, publisher}]}]: what articles that fit no topic have in common
    figures     runs, sources, articles, relevant, copies, revisions, publishers; first_week
    topics      [{topic, topic_words, articles, claims}]
    troubles    feeds [{feed_url, publisher, failures, last_error, last_success_at}],
                silent [{feed_url, publisher, last_new_at}], pages [{url, publisher, error, attempts}]
    history     articles [{week, topic, count}], claims [{week, attribute, count}]: this week and those before it

A change: change_id, claim_id, kind, changed_at, subject, attribute, qualifiers, status, publishers, subject_words,
attribute_words, value, value_words, previous_value, previous_value_words (None where there is none), late (whether its
article is dated before the week), shown (whether the other forms show it), evidence, previous, series (the numbers that
articles gave the claim over time: [{at, value, publisher}]).

Evidence: observation_id, value, past, modality, polarity, attribution, confidence, sentence, article_id, url, title,
publisher, published_at, seen_at, partial (whether the article's text breaks off); the sentence as it was written.

A value: low, high, unit, from, to, text, approximate. Times are ISO 8601 in Asia/Tokyo, days ISO 8601.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from flows.digests.addresses import DEFAULT_LANGUAGE
from flows.digests.phrases import Phrases
from flows.digests.selection import MOST_AGAIN, MOST_CHANGED, Digest
from flows.digests.summary import summary
from flows.model import JST, Value
from flows.report import Evidence, WeekChange, WeekEmerging
from flows.wording import Language, attribute_of, subject_words
from seeds import Seeds

VERSION = 1
_INERT = re.compile(
    r"[<>&\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""What could do something where the file is shown or pasted into a page; as an escape it is the same to a program."""


def render_json(digest: Digest, seeds: Seeds, lang: Language = DEFAULT_LANGUAGE) -> str:
    """The digest of a week as JSON, two spaces deep. The same facts give the same text.

    Raises:
        LanguageError: there are no words for the language.
    """
    text = json.dumps(digest_data(digest, seeds, lang), ensure_ascii=False, indent=2, allow_nan=False)
    return _INERT.sub(_escape, text) + "\n"


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}" if found[0].isascii() else json.dumps(found[0])[1:-1]


def digest_data(digest: Digest, seeds: Seeds, lang: Language = DEFAULT_LANGUAGE) -> dict[str, Any]:
    """The same as plain dicts, lists, strings and numbers."""
    phrases = Phrases(digest, seeds, lang)
    facts = digest.facts
    return {
        "version": VERSION,
        "week": facts.week,
        "first_day": digest.days[0].isoformat(),
        "last_day": digest.days[1].isoformat(),
        "language": lang,
        "title": phrases.title(),
        "summary": summary(phrases),
        "counts": {
            "changed": len(digest.changed),
            "new": digest.new_count,
            "corroborated": len(digest.corroborated),
        },
        "changed": _changes(phrases, digest.changed, MOST_CHANGED),
        "new": [
            {
                "topic": group.topic,
                "topic_words": phrases.topic(group.topic),
                "changes": _changes(phrases, (*group.changes, *group.rest), len(group.changes)),
            }
            for group in digest.new
        ],
        "corroborated": _changes(phrases, digest.corroborated, MOST_AGAIN),
        "emerging": [_emerging(topic) for topic in facts.emerging],
        "figures": {
            "runs": facts.runs,
            "sources": facts.sources,
            "articles": facts.articles,
            "relevant": facts.relevant,
            "copies": facts.copies,
            "revisions": facts.revisions,
            "publishers": facts.publishers,
            "first_week": facts.first,
        },
        "topics": [
            {"topic": topic, "topic_words": phrases.topic(topic), "articles": articles, "claims": claims}
            for topic, articles, claims in phrases.topics()
        ],
        "troubles": {
            "feeds": [_plain(t) for t in sorted(facts.source_troubles, key=lambda t: t.feed_url)],
            "silent": [_plain(t) for t in sorted(facts.silent, key=lambda t: t.feed_url)],
            "pages": [_plain(t) for t in sorted(facts.page_troubles, key=lambda t: t.url)],
        },
        "history": {
            "articles": [{"week": c.week, "topic": c.name, "count": c.count} for c in facts.topic_history],
            "claims": [{"week": c.week, "attribute": c.name, "count": c.count} for c in facts.claim_history],
        },
    }


def _changes(phrases: Phrases, changes: Iterable[WeekChange], shown: int) -> list[dict[str, Any]]:
    return [_change(phrases, change, number < shown) for number, change in enumerate(changes)]


def _change(phrases: Phrases, change: WeekChange, shown: bool) -> dict[str, Any]:
    seeds, lang = phrases.seeds, phrases.lang
    old = change.previous_value
    return {
        "change_id": change.change_id,
        "claim_id": change.claim_id,
        "kind": change.kind,
        "changed_at": _moment(change.changed_at),
        "subject": _sound(change.subject),
        "attribute": _sound(change.attribute),
        "qualifiers": {_sound(name): _sound(said) for name, said in sorted(change.qualifiers.items())},
        "status": change.status,
        "publishers": change.publishers,
        "subject_words": _sound(subject_words(change.subject, seeds, lang)),
        "attribute_words": _sound(str(getattr(attribute_of(change.attribute, seeds), lang))),
        "value": _value(change.evidence.value),
        "value_words": _sound(phrases.new_value(change)),
        "previous_value": _value(old) if old else None,
        "previous_value_words": _sound(phrases.value(old, change)) if old else None,
        "late": phrases.digest.late(change),
        "shown": shown,
        "evidence": _evidence(change.evidence),
        "previous": _evidence(change.previous) if change.previous else None,
        "series": [
            {"at": _moment(point.at), "value": _value(point.value), "publisher": _sound(point.publisher)}
            for point in phrases.digest.facts.series.get(change.claim_id, ())
        ],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return _plain(evidence) | {"value": _value(evidence.value)}


def _emerging(topic: WeekEmerging) -> dict[str, Any]:
    examples = [{"title": _sound(t), "url": _sound(u), "publisher": _sound(p)} for t, u, p in topic.examples]
    return _plain(topic) | {"terms": [_sound(term) for term in topic.terms], "examples": examples}


def _value(value: Value) -> dict[str, Any]:
    return {
        "low": value.low,
        "high": value.high,
        "unit": value.unit,
        "from": value.start.isoformat() if value.start else None,
        "to": value.end.isoformat() if value.end else None,
        "text": _sound(value.text) if value.text is not None else None,
        "approximate": value.approximate,
    }


def _plain(item: Any) -> dict[str, Any]:
    """A dataclass's fields, its times as text; a nested value is left to whoever knows it."""
    return {field.name: _json(getattr(item, field.name)) for field in dataclasses.fields(item) if field.name != "value"}


def _json(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return _moment(value)
    return _sound(value) if isinstance(value, str) else value


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(JST).isoformat()


def _sound(text: str) -> str:
    """Text that UTF-8 can write: half a surrogate pair cannot be."""
    return "".join("\ufffd" if unicodedata.category(c) == "Cs" else c for c in text) if not text.isascii() else text
