"""What a week's digest is made of."""

from __future__ import annotations

from flows.model import Article, Observation, Source, TopicScore, Value
from tests.warehouse.samples import (
    append_world,
    article,
    at,
    change,
    entry,
    feed_fetch,
    known_claim,
    observation,
    page_fetch,
    record_run,
    state,
    url_of,
)
from warehouse.store import Warehouse

FEED = "https://news.example/feed"
WEEK = 7 * 24


def test_a_week_without_a_run_has_nothing(warehouse: Warehouse) -> None:
    with warehouse.reader() as reader:
        facts = reader.week_facts("2025-W05")
    assert (facts.week, facts.changes, facts.runs, facts.articles, facts.first) == ("2025-W05", (), 0, 0, True)


def test_figures_count_what_came_first_within_the_week(warehouse: Warehouse) -> None:
    topics = (TopicScore("users", 0.9), TopicScore("cost", 0.8))
    articles = [
        article("before", seen_at=at(-10)),
        article("before", revision=2, seen_at=at(1)),
        article("monday", seen_at=at(-9), topics=topics),
        article("copy", publisher="写し新聞", duplicate_of="monday", seen_at=at(1), topics=topics),
        article("weather", publisher="天気", relevant=False, seen_at=at(2)),
        article("sunday", seen_at=at(WEEK - 9.01), topics=topics[:1]),
        article("after", seen_at=at(WEEK - 9)),
    ]
    with warehouse.writer() as writer:
        record_run(writer, at(-20))
        for a in articles:
            record_run(writer, a.seen_at)
        writer.record_articles("r", articles, [])
        writer.record_fetches("r", [feed_fetch(at(0), 200), feed_fetch(at(1), 304), feed_fetch(at(WEEK), 304)])
    with warehouse.reader() as reader:
        facts = reader.week_facts("2025-W05")
        assert reader.week_facts("2025-W04").first
    assert (facts.runs, facts.sources, facts.first) == (5, 1, False)
    assert (facts.articles, facts.relevant, facts.copies, facts.revisions, facts.publishers) == (4, 3, 1, 1, 2)
    assert facts.topics == {"users": 2, "cost": 1}


def updated(warehouse: Warehouse) -> tuple[Article, Observation, Observation]:
    """A claim of the baseline that one article confirms and, a week later, another one updates."""
    first, second = article("a"), article("b", publisher="北の経済", seen_at=at(WEEK), title="更新")
    old = observation("c", first, value=Value(low=20e6, unit="persons"))
    new = observation("c", second, value=Value(low=50e6, unit="persons"), attribution="deepseek", modality="reported")
    with warehouse.writer() as writer:
        writer.record_baseline("r", [known_claim("c", Value(low=10e6, unit="persons"))])
        writer.record_articles("r", [first, second], [])
        writer.record_observations("r", [old, new])
        writer.record_changes("r", [change("updated", old)], [state(old)])
        writer.record_changes("s", [change("disputed", new, old)], [state(new, "disputed")])
    return second, old, new


def test_a_change_comes_with_both_sides_and_their_sources(warehouse: Warehouse) -> None:
    of, old, new = updated(warehouse)
    with warehouse.reader() as reader:
        (found,) = reader.week_facts("2025-W06").changes
    assert (found.kind, found.status, found.publishers, found.subject) == ("disputed", "disputed", 2, "deepseek")
    assert found.qualifiers == new.qualifiers
    assert found.evidence.value == new.value
    assert (found.evidence.title, found.evidence.url, found.evidence.publisher) == (of.title, of.url, of.publisher)
    assert (found.evidence.attribution, found.evidence.sentence) == ("deepseek", of.text)
    assert found.previous is not None
    assert found.previous.observation_id == old.observation_id
    assert found.previous_value == old.value


def test_where_no_article_said_it_before_the_baseline_gives_the_value_held(warehouse: Warehouse) -> None:
    updated(warehouse)
    with warehouse.reader() as reader:
        (found,) = reader.week_facts("2025-W05").changes
    assert found.previous is None
    assert found.previous_value == Value(low=10e6, unit="persons")


def test_a_past_week_is_told_as_it_was_known_when_it_ended(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        append_world(writer, "monitor-1")
        writer.record_fetches("r", [feed_fetch(at(2), None)])
    with warehouse.reader() as reader:
        then = reader.week_facts("2025-W05")
    later = article("z", publisher="北の経済", seen_at=at(WEEK))
    said = observation("c", later, value=Value(low=90e6, unit="persons"))
    with warehouse.writer() as writer:
        record_run(writer, at(WEEK))
        writer.record_sources("r", [Source("https://other.example/feed", "よその新聞")])
        writer.record_fetches("r", [feed_fetch(at(WEEK), 200), page_fetch("z", at(WEEK), 200)])
        writer.record_articles("r", [later], [])
        writer.record_observations("r", [said])
        writer.record_changes("r", [change("disputed", said)], [state(said, "disputed")])
    with warehouse.reader() as reader:
        assert reader.week_facts("2025-W05") == then
        assert len(reader.week_facts("2025-W06").changes) == 1


def test_feeds_that_failed_are_told_with_their_last_success(warehouse: Warehouse) -> None:
    other = "https://other.example/feed"
    with warehouse.writer() as writer:
        writer.record_sources("r", [Source(FEED, "みなと新聞")])
        writer.record_fetches(
            "r",
            [
                feed_fetch(at(-20), 200),
                feed_fetch(at(1), None),
                feed_fetch(at(2), 503, error=None),
                feed_fetch(at(1), 304, feed_url=other),
                feed_fetch(at(WEEK), 200),
            ],
        )
    with warehouse.reader() as reader:
        (trouble,) = reader.week_facts("2025-W05").source_troubles
    assert (trouble.feed_url, trouble.publisher, trouble.failures) == (FEED, "みなと新聞", 2)
    assert (trouble.last_error, trouble.last_success_at) == ("HTTP 503", at(-20))


def test_pages_that_were_not_had_are_told_in_the_week_in_which_they_were_new(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        writer.record_entries("r", [entry("lost"), entry("had")], at(0))
        writer.record_fetches(
            "r",
            [
                page_fetch("lost", at(1), None, error="timeout: no answer in 30 s"),
                page_fetch("had", at(1), 503),
                page_fetch("lost", at(2), 403, reason="retry"),
                page_fetch("had", at(2), 200, reason="retry"),
                page_fetch("known", at(2), 404, reason="visit"),
                page_fetch("lost", at(WEEK), 503, reason="retry"),
            ],
        )
    with warehouse.reader() as reader:
        (trouble,) = reader.week_facts("2025-W05").page_troubles
        assert reader.week_facts("2025-W06").page_troubles == ()
    assert (trouble.url, trouble.publisher, trouble.error, trouble.attempts) == (
        *(url_of("lost"), "みなと新聞"),
        *("HTTP 403", 2),
    )
