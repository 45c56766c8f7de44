"""What a week's digest tells beside its changes: what was before, what fell silent, what came late."""

from __future__ import annotations

import datetime as dt

from flows.model import TopicScore, Value, digest_of
from flows.report import Delivery, MailBody, Picture, WeekCount
from tests.warehouse.samples import (
    article,
    at,
    change,
    feed_fetch,
    known_claim,
    observation,
    record_run,
    state,
)
from warehouse.store import Warehouse, Writer

WEEK = 7 * 24


def sent(week: str, when: dt.datetime, status: str = "sent", sha256: str | None = None) -> Delivery:
    number = digest_of(week, when.isoformat(), status)
    return Delivery(week, "a@x.example", "<1@x>", when, status, sha256=sha256, delivery_id=number)


def told(writer: Writer, name: str, hours: float, low: float = 3e7) -> None:
    """An article that brings a change of the claim ``c``."""
    of = article(name, seen_at=at(hours), published_at=at(hours), topics=(TopicScore("users", 0.9),))
    said = observation("c", of, value=Value(low=low, high=low, unit="persons"))
    writer.record_articles("r", [of], [])
    writer.record_observations("r", [said])
    writer.record_changes("r", [change("updated", said)], [state(said)])
    record_run(writer, at(hours))


def changes(warehouse: Warehouse, week: str) -> list[str]:
    with warehouse.reader() as reader:
        return [c.evidence.article_id for c in reader.week_facts(week).changes]


def test_what_comes_after_a_digest_was_sent_goes_to_the_next_one(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        told(writer, "monday", 0)
        writer.record_deliveries("r", [sent("2025-W05", at(24))])
    before = changes(warehouse, "2025-W05")
    with warehouse.writer() as writer:
        told(writer, "friday", 96)
        told(writer, "next", WEEK)
    assert changes(warehouse, "2025-W05") == before == ["monday"]
    assert changes(warehouse, "2025-W06") == ["friday", "next"]


def test_what_a_run_saw_at_the_moment_of_sending_is_told_once(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        told(writer, "monday", 0)
        writer.record_deliveries("r", [sent("2025-W05", at(0)), sent("2025-W05", at(48))])
        told(writer, "tuesday", 24)
    assert changes(warehouse, "2025-W05") == ["monday"]
    assert changes(warehouse, "2025-W06") == ["tuesday"]


def test_a_digest_that_was_only_tried_or_sent_after_its_week_cuts_nothing(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        told(writer, "monday", 0)
        told(writer, "friday", 96)
        writer.record_deliveries("r", [sent("2025-W05", at(24), "failed"), sent("2025-W05", at(WEEK))])
        told(writer, "next", WEEK)
    assert changes(warehouse, "2025-W05") == ["monday", "friday"]
    assert changes(warehouse, "2025-W06") == ["next"]


def test_the_value_held_before_is_that_of_the_baseline_of_then(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        writer.record_baseline("monitor-20250127T09", [known_claim("c", Value(low=1e7, unit="persons"))])
        told(writer, "monday", 0)
        writer.record_baseline(f"monitor-{at(WEEK):%Y%m%dT%H}", [known_claim("c", Value(low=9e7, unit="persons"))])
        record_run(writer, at(WEEK))
    with warehouse.reader() as reader:
        (found,) = reader.week_facts("2025-W05").changes
    assert found.previous_value == Value(low=1e7, unit="persons")


def test_a_claims_numbers_come_in_their_order_each_day_once(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        told(writer, "c", 2 * WEEK, 3e7)
        told(writer, "a", 0, 1e7)
        told(writer, "again", 1, 1e7)
        told(writer, "b", WEEK, 2e7)
        told(writer, "later", 3 * WEEK, 4e7)
        bound = article("bound", seen_at=at(2))
        less = observation("c", bound, value=Value(low=0, high=6e6, unit="persons"))
        writer.record_articles("r", [bound], [])
        writer.record_observations("r", [less])
    with warehouse.reader() as reader:
        series = reader.week_facts("2025-W07").series
    assert [(point.at, point.value.low) for point in series["c"]] == [
        (at(0), 1e7),
        (at(WEEK), 2e7),
        (at(2 * WEEK), 3e7),
    ]


def test_topics_and_claims_are_counted_for_the_weeks_before(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        told(writer, "old", -8 * WEEK)
        told(writer, "a", 0)
        told(writer, "b", WEEK)
        told(writer, "c", WEEK + 1, 4e7)
        told(writer, "later", 2 * WEEK)
    with warehouse.reader() as reader:
        facts = reader.week_facts("2025-W06")
    assert facts.topic_history == (WeekCount("2025-W05", "users", 1), WeekCount("2025-W06", "users", 2))
    assert facts.claim_history == (WeekCount("2025-W05", "users", 1), WeekCount("2025-W06", "users", 1))


def test_a_feed_that_answers_and_brings_nothing_though_it_used_to_is_silent(warehouse: Warehouse) -> None:
    brings = [feed_fetch(at(n * WEEK), 200, new_entries=2) for n in (-4, -3, -1)]
    seldom = [feed_fetch(at(n * WEEK), 200, new_entries=2, feed_url="https://seldom.example") for n in (-4, -1)]
    failing = [feed_fetch(at(n * WEEK), 200, new_entries=2, feed_url="https://down.example") for n in (-3, -2, -1)]
    lively = [feed_fetch(at(n * WEEK), 200, new_entries=2, feed_url="https://news.example/2") for n in (-3, -2, -1, 0)]
    now = [
        feed_fetch(at(1), 304),
        feed_fetch(at(1), 304, feed_url="https://seldom.example"),
        feed_fetch(at(1), 503, feed_url="https://down.example"),
        feed_fetch(at(1), 304, feed_url="https://news.example/2"),
    ]
    with warehouse.writer() as writer:
        writer.record_fetches("r", [*brings, *seldom, *failing, *lively, *now])
    with warehouse.reader() as reader:
        (silent,) = reader.week_facts("2025-W05").silent
        assert not reader.week_facts("2025-W06").silent
    assert (silent.feed_url, silent.last_new_at) == ("https://news.example/feed", at(-WEEK))


def test_editions_are_appended_by_language_and_come_back_byte_for_byte(warehouse: Warehouse) -> None:
    mail = MailBody("文\r\n", "<p>文</p>", (Picture("p@k", bytes(range(256)), "図"),))
    with warehouse.writer() as writer:
        assert writer.record_digest("r", "2025-W05", at(0), "一", "<p>一", "1", "題", json="{}", mail=mail)
        assert not writer.record_digest("r", "2025-W05", at(1), "一", "<p>別", "1", "題", json="{}", mail=mail)
        assert writer.record_digest("r", "2025-W05", at(2), "一", "<p>一", "1", "題", json="{ }", mail=mail)
        assert writer.record_digest("r", "2025-W05", at(3), "one", "<p>one", "3", "title", lang="en")
    with warehouse.reader() as reader:
        japanese, english = reader.latest_digest("2025-W05"), reader.latest_digest("2025-W05", "en")
        assert reader.query("SELECT lang, version FROM digests")[1] == [("ja", 2)]
        assert reader.latest_digest("2025-W06") is None
    assert japanese is not None
    assert (japanese.version, japanese.edition.html, japanese.edition.json) == (2, "<p>一", "{ }")
    assert japanese.edition.mail == mail
    assert english is not None
    assert (english.version, english.edition.markdown, english.edition.mail) == (1, "one", None)


def test_an_edition_counts_as_sent_when_it_was_or_may_have_been(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        writer.record_digest("r", "2025-W05", at(0), "一", "<p>一", "1")
        writer.record_digest("r", "2025-W05", at(0), "one", "<p>one", "2", lang="en")
        writer.record_deliveries("r", [sent("2025-W05", at(1), "failed", "2"), sent("2025-W05", at(1), "unclear", "1")])
    with warehouse.reader() as reader:
        found = [reader.latest_digest("2025-W05", lang) for lang in ("ja", "en")]
    assert [edition.sent for edition in found if edition] == [True, False]
