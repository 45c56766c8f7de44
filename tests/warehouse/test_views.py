"""The views: what is current, derived from what was appended."""

from __future__ import annotations

import pytest

from flows.model import Fetch, Source, TopicScore, Value
from tests.warehouse.samples import (
    START,
    article,
    at,
    entry,
    feed_fetch,
    known_claim,
    observation,
    one,
    page_fetch,
    state,
    url_of,
)
from warehouse.store import Warehouse

FEED = "https://news.example/feed"


def record_fetches(warehouse: Warehouse, *fetches: Fetch) -> None:
    with warehouse.writer() as writer:
        writer.record_fetches("r", fetches)


def test_a_feed_that_was_never_asked_is_a_source(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        writer.record_sources("r", [Source(FEED, "みなと新聞")])
    with warehouse.reader() as reader:
        found = reader.source_states()[FEED]
    assert (found.consecutive_failures, found.last_fetched_at, found.next_fetch_at) == (0, None, None)


def test_failures_of_a_feed_are_counted_from_its_last_success(warehouse: Warehouse) -> None:
    record_fetches(
        warehouse,
        feed_fetch(at(0), 500),
        feed_fetch(at(1), 200, etag='"1"', last_modified="Mon", new_entries=2),
        feed_fetch(at(2), 304),
        feed_fetch(at(3), None),
        feed_fetch(at(4), 200, error="not a feed: a web page"),
        feed_fetch(at(5), 503, error=None, next_fetch_at=at(9)),
    )
    with warehouse.reader() as reader:
        found = reader.source_states()[FEED]
    assert found.consecutive_failures == 3
    assert found.last_error == "HTTP 503"
    assert (found.etag, found.last_modified) == ('"1"', "Mon")
    assert (found.last_fetched_at, found.last_success_at, found.last_full_at) == (at(5), at(2), at(1))
    assert (found.last_new_at, found.next_fetch_at) == (at(1), at(9))


def test_a_feed_that_is_well_again_has_no_error(warehouse: Warehouse) -> None:
    record_fetches(warehouse, feed_fetch(at(0), None), feed_fetch(at(1), 304))
    assert one(warehouse, "SELECT consecutive_failures, last_error FROM sources") == (0, None)


def test_the_validators_are_those_of_the_last_whole_answer(warehouse: Warehouse) -> None:
    record_fetches(warehouse, feed_fetch(at(0), 200, etag='"1"'), feed_fetch(at(1), 200, last_modified="Tue"))
    assert one(warehouse, "SELECT etag, last_modified FROM sources") == (None, "Tue")


def test_of_two_requests_at_one_moment_the_one_recorded_later_is_the_latest(warehouse: Warehouse) -> None:
    record_fetches(warehouse, feed_fetch(at(0), 500, next_fetch_at=at(1)), feed_fetch(at(0), 304, next_fetch_at=at(2)))
    assert one(warehouse, "SELECT consecutive_failures, next_fetch_at FROM sources") == (0, at(2))


@pytest.mark.parametrize(
    ("answers", "last_seen_hour", "gone_hour"),
    [
        ([(1, 304), (2, None), (3, 500)], 1, None),
        ([(1, 304), (2, 404), (3, 410)], 1, 2),
        ([(1, 404), (2, 200)], 2, None),
        ([(1, 410), (2, None)], 0, 1),
    ],
)
def test_an_article_is_gone_from_the_first_404_after_it_last_answered(
    warehouse: Warehouse, answers: list[tuple[int, int | None]], last_seen_hour: int, gone_hour: int | None
) -> None:
    with warehouse.writer() as writer:
        writer.record_articles("r", [article("a", url=url_of("moved"), entry_url=url_of("a"))], [])
        writer.record_fetches("r", [page_fetch("a", at(0), 200)])
        writer.record_fetches("r", [page_fetch("a", at(hour), status, reason="visit") for hour, status in answers])
    gone = at(gone_hour) if gone_hour is not None else None
    assert one(warehouse, "SELECT last_seen_at, gone_at FROM articles") == (at(last_seen_hour), gone)


def test_an_article_that_came_from_a_file_was_seen_when_it_was_read(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        writer.record_articles("r", [article("a", entry_url=None)], [])
    assert one(warehouse, "SELECT first_seen_at, last_seen_at, gone_at FROM articles") == (START, START, None)


def test_an_article_and_its_topics_are_those_of_the_newest_revision(warehouse: Warehouse) -> None:
    old = article("a", topics=(TopicScore("users", 0.9), TopicScore("cost", 0.5)))
    new = article("a", revision=2, title="新", seen_at=at(30), topics=(TopicScore("cost", 0.7, ("費用",)),))
    with warehouse.writer() as writer:
        writer.record_articles("r", [old], [])
        writer.record_articles("s", [new], [])
    assert one(warehouse, "SELECT title, revision, first_seen_at, run_id FROM articles") == ("新", 2, START, "s")
    assert one(warehouse, "SELECT topic, score, terms FROM article_topics") == ("cost", 0.7, ["費用"])


def test_outlets_of_a_claim_are_those_that_affirm_it_in_originals_as_they_stand(warehouse: Warehouse) -> None:
    first, second = article("a"), article("b", publisher="北の経済")
    same_outlet, copy = article("c"), article("d", publisher="写し新聞", duplicate_of="a")
    denier = article("e", publisher="否定日報")
    withdrawn = [article("f", publisher="撤回新報"), article("f", publisher="撤回新報", revision=2, seen_at=at(5))]
    articles = [first, second, same_outlet, copy, denier, *withdrawn]
    said = [observation("c", a) for a in (first, second, same_outlet, copy, withdrawn[0])]
    said.append(observation("c", denier, polarity="denied"))
    with warehouse.writer() as writer:
        writer.record_articles("r", articles, [])
        writer.record_observations("r", said)
        writer.record_changes("r", [], [state(said[0])])
    assert one(warehouse, "SELECT publishers, first_seen_at, last_seen_at FROM claims") == (2, START, START)
    assert one(warehouse, f"SELECT publishers FROM claims_as_of('{at(4)}')") == (3,)


def test_a_late_verdict_counts_from_its_moment_on_and_changes_no_row(warehouse: Warehouse) -> None:
    portal, paper, third = article("a"), article("b", publisher="北の経済"), article("d", publisher="写し新聞")
    with warehouse.writer() as writer:
        writer.record_articles("r", [portal, paper, third], [])
        writer.record_observations("r", [observation("c", a) for a in (portal, paper)])
        writer.record_changes("r", [], [state(observation("c", portal))])
        writer.record_late_copies("s", {"a": ("d", "near")}, at(3))
        writer.record_late_copies("s", {"a": ("b", "exact")}, at(5))
        assert writer.record_late_copies("t", {"a": ("b", "exact")}, at(7)) == 0
    assert one(warehouse, "SELECT publishers FROM claims") == (1,)
    assert one(warehouse, f"SELECT publishers FROM claims_as_of('{at(2)}')") == (2,)
    assert one(warehouse, "SELECT duplicate_of, duplicate_kind FROM articles WHERE article_id = 'a'") == ("b", "exact")
    assert one(warehouse, "SELECT duplicate_of FROM article_revisions WHERE article_id = 'a'") == (None,)
    with warehouse.reader() as reader:
        assert reader.known_articles(["a"])["a"].duplicate_of == "b"
        assert reader.copies_of(["b", "d"]) == {"a": ("b", "exact")}
        readings = {r.article_id: (r.original, r.publisher) for r in reader.readings(["c"])}
        newest = reader.newest_revision(url_of("a"))
        figures = reader.week_facts("2025-W05")
    assert readings == {"a": ("b", "北の経済"), "b": (None, "北の経済")}
    assert newest is not None
    assert (newest.duplicate_of, newest.duplicate_kind) == ("b", "exact")
    assert figures.copies == 1


def test_an_outlet_that_is_cited_is_the_witness_in_place_of_those_that_cite_it(warehouse: Warehouse) -> None:
    agency, paper, other = article("a", publisher="ロイター"), article("b"), article("d", publisher="北の経済")
    said = [
        observation("c", agency),
        observation("c", paper, cites="ロイター"),
        observation("c", other, cites="ロイター"),
    ]
    with warehouse.writer() as writer:
        writer.record_articles("r", [agency, paper, other], [])
        writer.record_observations("r", said)
        writer.record_changes("r", [], [state(said[0])])
    assert one(warehouse, "SELECT publishers FROM claims") == (1,)


def test_a_revision_shows_the_paragraphs_that_it_changed(warehouse: Warehouse) -> None:
    texts = ("一。\n二。\n三。", "一。\n新。\n三。", "一。\n新。\n三。\n四。")
    with warehouse.writer() as writer:
        for number, text in enumerate(texts, 1):
            writer.record_articles("r", [article("a", text=text, revision=number, seen_at=at(number))], [])
    with warehouse.reader() as reader:
        found = reader.query("SELECT revision, added, removed FROM revision_changes ORDER BY revision")[1]
    assert found == [(2, ["新。"], ["二。"]), (3, ["四。"], [])]


def test_a_claim_of_the_baseline_is_held_until_a_run_says_otherwise(warehouse: Warehouse) -> None:
    seen = observation("c", article("a", seen_at=at(3)))
    with warehouse.writer() as writer:
        writer.record_baseline("r", [known_claim("c", Value(low=20e6, unit="persons"))])
    assert one(warehouse, "SELECT status, value_low, publishers, first_seen_at FROM claims") == ("held", 20e6, 0, None)
    with warehouse.writer() as writer:
        writer.record_articles("r", [article("a", seen_at=at(3))], [])
        writer.record_observations("r", [seen])
        writer.record_changes("r", [], [state(seen, "disputed")])
    assert one(warehouse, "SELECT status, value_low, publishers FROM claims") == ("disputed", 30e6, 1)
    assert one(warehouse, f"SELECT status, value_low, publishers FROM claims_as_of('{at(2)}')") == ("held", 20e6, 0)


def test_claims_as_of_a_moment_know_nothing_of_later(warehouse: Warehouse) -> None:
    first, later = article("a"), article("b", publisher="北の経済", seen_at=at(48))
    old = observation("c", first)
    new = observation("c", later, value=Value(low=50e6, unit="persons"))
    other = observation("d", later)
    with warehouse.writer() as writer:
        writer.record_articles("r", [first, later], [])
        writer.record_observations("r", [old, new, other])
        writer.record_changes("r", [], [state(old)])
        writer.record_changes("s", [], [state(new, "disputed"), state(other)])
    with warehouse.reader() as reader:
        columns = "claim_id, status, value_low, publishers, last_seen_at"
        _, then = reader.query(f"SELECT {columns} FROM claims_as_of('{at(47)}')")
        _, now = reader.query(f"SELECT {columns} FROM claims ORDER BY claim_id")
        _, before = reader.query(f"SELECT {columns} FROM claims_as_of($moment)", {"moment": at(-1)})
    assert then == [("c", "held", 30e6, 1, START)]
    assert now == [("c", "disputed", 50e6, 2, at(48)), ("d", "held", 30e6, 1, at(48))]
    assert before == []


def test_pages_wait_until_they_were_had_or_given_up(warehouse: Warehouse) -> None:
    names = ("untried", "had", "due", "early", "given-up")
    with warehouse.writer() as writer:
        writer.record_entries("r", [entry(n) for n in names], START)
        writer.record_entries("r", [entry("due", feed_url="https://other.example/feed")], at(1))
        writer.record_fetches(
            "r",
            [
                page_fetch("had", START, 200, next_fetch_at=at(1)),
                page_fetch("due", START, 500, next_fetch_at=at(1)),
                page_fetch("due", at(1), 500, reason="retry", next_fetch_at=at(2)),
                page_fetch("early", START, None, error="timeout", next_fetch_at=at(5)),
                page_fetch("given-up", START, 404),
            ],
        )
    with warehouse.reader() as reader:
        waiting = {r.canonical_url: r for r in reader.pending_pages(at(3), 10)}
        assert len(reader.pending_pages(at(3), 1)) == 1
    assert waiting.keys() == {url_of("untried"), url_of("due")}
    untried, due = waiting[url_of("untried")], waiting[url_of("due")]
    assert (untried.reason, untried.failures, untried.url) == ("entry", 0, url_of("untried") + "?utm_source=rss")
    assert (untried.title, untried.published_at, untried.first_seen_at) == ("題 untried", START, START)
    assert (due.reason, due.failures, due.feed_url) == ("retry", 2, FEED)


def test_visits_are_due_to_relevant_articles_the_youngest_first(warehouse: Warehouse) -> None:
    articles = [
        article("old", published_at=at(-90)),
        article("young"),
        article("early"),
        article("beside-the-point", relevant=False),
        article("ended"),
        article("moved", url=url_of("elsewhere"), published_at=None),
    ]
    with warehouse.writer() as writer:
        writer.record_articles("r", articles, [])
        writer.record_fetches(
            "r",
            [
                page_fetch("old", START, 200, next_fetch_at=at(1)),
                page_fetch("old", at(1), 304, reason="visit", next_fetch_at=at(2)),
                page_fetch("young", START, 200, next_fetch_at=at(1), etag='"1"'),
                page_fetch("young", at(1), None, reason="visit", next_fetch_at=at(2)),
                page_fetch("early", START, 200, next_fetch_at=at(9)),
                page_fetch("beside-the-point", START, 200, next_fetch_at=at(1)),
                page_fetch("ended", START, 200),
                page_fetch("moved", START, 200, next_fetch_at=at(1)),
            ],
        )
    with warehouse.reader() as reader:
        due = reader.due_visits(at(3), 10)
        assert len(reader.due_visits(at(3), 2)) == 2
    assert [(r.article_id, r.failures, r.etag) for r in due] == [
        ("moved", 0, None),
        ("young", 1, '"1"'),
        ("old", 0, None),
    ]
    assert {r.reason for r in due} == {"visit"}
    assert due[0].canonical_url == url_of("moved")
