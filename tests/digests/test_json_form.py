from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.digests.json_form import VERSION, digest_data, render_json
from flows.digests.selection import MOST_NEW, select
from flows.model import Value
from flows.report import WeekFacts
from flows.wording import Language
from seeds import Seeds
from tests.digests.facts import HOSTILE, LONG, change, evidence, facts, hostile_week, whole_week


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("week", [whole_week(), hostile_week(), facts(), facts(runs=0)])
def test_it_reads_back_as_what_was_written(seeds: Seeds, week: WeekFacts, lang: Language) -> None:
    digest = select(week, seeds)
    text = render_json(digest, seeds, lang)
    assert json.loads(text) == digest_data(digest, seeds, lang)
    assert text == render_json(digest, seeds, lang)


def test_its_keys_are_those_that_are_documented(seeds: Seeds) -> None:
    data = digest_data(select(whole_week(), seeds), seeds)
    assert data["version"] == VERSION == 1
    assert list(data) == [
        *("version", "week", "first_day", "last_day", "language", "title", "summary", "counts", "changed", "new"),
        *("corroborated", "emerging", "figures", "topics", "troubles", "history"),
    ]
    assert list(data["changed"][0]) == [
        *("change_id", "claim_id", "kind", "changed_at", "subject", "attribute", "qualifiers", "status", "publishers"),
        *("subject_words", "attribute_words", "value", "value_words", "previous_value", "previous_value_words"),
        *("late", "shown", "evidence", "previous", "series"),
    ]
    assert set(data["changed"][0]["evidence"]) == {
        *("observation_id", "value", "past", "modality", "polarity", "attribution", "confidence", "sentence"),
        *("article_id", "url", "title", "publisher", "published_at", "seen_at", "partial"),
    }
    assert list(data["changed"][0]["value"]) == ["low", "high", "unit", "from", "to", "text", "approximate"]
    assert data["counts"] == {"changed": 5, "new": 1, "corroborated": 1}
    assert data["changed"][0]["evidence"]["published_at"] == "2025-01-28T18:00:00+09:00"
    assert data["history"]["articles"][0] == {"week": "2025-W04", "topic": "pricing", "count": 2}


def test_what_long_weeks_leave_out_is_there_and_marked(seeds: Seeds) -> None:
    data = digest_data(select(facts(*(change(n) for n in range(MOST_NEW + 2))), seeds), seeds)
    assert [c["shown"] for c in data["new"][0]["changes"]] == [True] * MOST_NEW + [False] * 2


def test_sentences_are_whole_and_as_they_were_written(seeds: Seeds) -> None:
    data = json.loads(render_json(select(facts(change(evidence=evidence(sentence=HOSTILE + LONG))), seeds), seeds))
    assert data["new"][0]["changes"][0]["evidence"]["sentence"] == HOSTILE + LONG


def test_hostile_text_does_nothing_where_the_file_is_shown(seeds: Seeds) -> None:
    text = render_json(select(hostile_week(), seeds), seeds)
    assert not set("<>&\u202e\u2066\u200b\x00\r\u2028") & set(text)


@settings(deadline=None)
@given(text=st.text())
def test_any_text_comes_back(seeds: Seeds, text: str) -> None:
    bad = evidence(sentence=text, title=text, publisher=text, url=text, attribution=text, value=Value(text=text))
    written = render_json(select(facts(change(evidence=bad, subject=text)), seeds), seeds)
    back = json.loads(written.encode())
    assert back["new"][0]["changes"][0]["evidence"]["sentence"].encode() == text.encode(errors="replace")
