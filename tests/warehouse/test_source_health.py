"""How sources are doing: refused, broken, empty, silent against their own habit; what they bring; what a week is told."""

from __future__ import annotations

import pytest

from flows.model import Source
from tests.warehouse.samples import (
    START,
    article,
    at,
    change,
    entry,
    feed_fetch,
    observation,
    page_fetch,
    state,
    url_of,
)
from warehouse.store import Warehouse, Writer

FEED = "https://news.example/feed"
DAY = 24


def habit(writer: Writer, every: float, times: int, start: float = 0, feed: str = FEED) -> float:
    """News every some hours, and the hour of the last."""
    fetches = [feed_fetch(at(start + every * n), 200, new_entries=1, entries=9, feed_url=feed) for n in range(times)]
    writer.record_fetches("r", fetches)
    return start + every * (times - 1)


def quiet(writer: Writer, start: float, hours: float) -> None:
    writer.record_fetches("r", [feed_fetch(at(start + n), 304) for n in range(1, int(hours) + 1)])


@pytest.mark.parametrize(
    ("every", "times", "hours", "silent"),
    [(2, 20, 60, True), (2, 20, 40, False), (2, 5, 60, False), (7 * DAY, 8, 60, False), (DAY, 8, 5 * DAY, True), (DAY, 8, 3 * DAY, False)],
)  # fmt: skip
def test_a_source_is_silent_by_its_own_habit(
    warehouse: Warehouse, every: float, times: int, hours: float, silent: bool
) -> None:
    with warehouse.writer() as writer:
        last = habit(writer, every, times)
        quiet(writer, last, hours)
        assert writer.silent_sources(at(last + hours)) == ({FEED: at(last)} if silent else {})
        assert writer.source_conditions()[FEED].condition == ("silent" if silent else "ok")
        assert writer.silent_sources(at(last + 1)) == {}


def test_a_source_that_fails_is_not_called_silent(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        last = habit(writer, 2, 20)
        writer.record_fetches("r", [feed_fetch(at(last + n), 500, error="http: 500") for n in range(1, 100)])
        assert writer.silent_sources(at(last + 100)) == {}
        assert writer.source_conditions()[FEED].condition == "failing"


def test_conditions_tell_new_blocked_failing_empty_and_sound_apart(warehouse: Warehouse) -> None:
    names = ["new", "blocked", "failing", "empty", "ok", "recovered"]
    with warehouse.writer() as writer:
        writer.record_sources("r", [Source(n, n) for n in names])
        writer.record_fetches(
            "r",
            [
                feed_fetch(START, 403, feed_url="blocked", error="blocked: bot wall (X), HTTP 403"),
                feed_fetch(START, None, feed_url="failing"),
                feed_fetch(START, 200, feed_url="empty", entries=0, note="no JSON Feed version"),
                feed_fetch(START, 200, feed_url="ok", entries=3),
                feed_fetch(at(1), 304, feed_url="ok"),
                feed_fetch(START, 403, feed_url="recovered", error="blocked: x"),
                feed_fetch(at(1), 200, feed_url="recovered", entries=1),
            ],
        )
        found = writer.source_conditions()
    assert [found[name].condition for name in names] == ["new", "blocked", "failing", "empty", "ok", "ok"]
    assert found["empty"].note == "no JSON Feed version"
    assert (found["blocked"].failures, found["blocked"].last_error) == (1, "blocked: bot wall (X), HTTP 403")


def test_what_a_source_brings_is_counted_by_the_week(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        writer.record_fetches("r", [feed_fetch(START, 200), feed_fetch(at(14 * DAY), 304)])
        fresh = [article(str(n), relevant=n < 3, seen_at=at(n * DAY)) for n in range(12)]
        writer.record_articles("r", [*fresh, article("0", revision=2, seen_at=at(DAY))], [])
        found = writer.source_conditions()[FEED]
    assert (found.articles_per_week, found.relevant_share) == (6, 0.25)


def test_a_week_is_told_of_refusal_and_hidden_addresses(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        writer.record_sources("r", [Source(FEED, "みなと新聞"), Source("s", "検索")])
        writer.record_fetches("r", [feed_fetch(at(1), 403, feed_url="s", error="blocked: login wall (x), HTTP 200")])
        hidden = {"error": "hidden address: 検索 does not tell it", "feed_url": "s"}
        fetches = [page_fetch(n, at(2), 200, raw_path=None, **hidden) for n in ("a", "b")]
        writer.record_fetches("r", [*fetches, page_fetch("b", at(3), 200, reason="retry", feed_url="s")])
    with warehouse.reader() as reader:
        facts = reader.week_facts("2025-W05")
        assert reader.week_facts("2025-W07").source_troubles == ()
    assert [(t.last_error.partition(":")[0], t.publisher, t.failures) for t in facts.source_troubles] == [
        ("blocked", "検索", 1),
        ("hidden address", "検索", 1),
    ]
    assert facts.page_troubles == ()


def test_links_that_hide_are_asked_for_by_themselves_the_newest_and_least_asked_first(warehouse: Warehouse) -> None:
    def hidden(name: str) -> str:
        return f"https://search.example/{name}"

    with warehouse.writer() as writer:
        for hour, name in enumerate(["old", "tried", "new", "found"]):
            writer.record_entries("r", [entry(name, url=hidden(name), canonical_url=hidden(name))], at(hour))
        writer.record_entries("r", [entry("plain")], START)
        told = {"error": "hidden address: x", "raw_path": None, "next_fetch_at": at(4)}
        writer.record_fetches("r", [page_fetch("tried", at(1), 200, canonical_url=hidden("tried"), **told)])
        resolved = page_fetch(
            "found",
            at(3),
            200,
            canonical_url=hidden("found"),
            reason="resolve",
            final_url=url_of("found"),
            raw_path=None,
        )
        failed = page_fetch("found", at(3), 500, canonical_url=hidden("found"), next_fetch_at=at(4))
        writer.record_fetches("r", [resolved, failed])
    hosts = ["search.example"]
    with warehouse.reader() as reader:
        asked = [r.url for r in reader.pending_pages(at(5), 9, hosts, 2)]
        assert len(reader.pending_pages(at(5), 1, hosts, 9)) == 4
        assert len(reader.pending_pages(at(5), 9)) == 5
    assert sorted(asked[:2]) == [url_of("found"), url_of("plain") + "?utm_source=rss"]
    assert asked[2:] == [hidden("new"), hidden("old")]
    title = "他の媒体がすでに伝えた長い題の記事"
    with warehouse.writer() as writer:
        writer.record_entries("r", [entry("had", url=hidden("had"), canonical_url=hidden("had"), title=title)], at(4))
        writer.record_articles("r", [article("elsewhere", title=title)], [])
        last = [r.url for r in writer.pending_pages(at(5), 0, hosts, 9)][-1]
    assert last == hidden("had")


def test_what_a_portal_republishes_is_no_second_witness(warehouse: Warehouse) -> None:
    own, shown = article("own"), article("shown", publisher="ポータル", origin="みなと新聞", published_at=at(1))
    other = article("other", publisher="ポータル", published_at=at(2))
    with warehouse.writer() as writer:
        writer.record_articles("r", [own, shown, other], [])
        said = [observation("c", a) for a in (own, shown)]
        writer.record_observations("r", said)
        writer.record_changes("r", [change("new", said[0])], [state(said[0])])
        assert writer.query("SELECT publishers FROM claims")[1] == [(1,)]
        assert {reading.publisher for reading in writer.readings(["c"])} == {"みなと新聞"}
        writer.record_observations("r", [observation("c", other)])
        assert writer.query("SELECT publishers FROM claims")[1] == [(2,)]


def test_what_a_feed_calls_by_another_title_is_seen_again_at_once_whatever_it_is_about(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        articles = [
            article("edited", published_at=at(-48)),
            article("young", published_at=at(-48)),
            article("other", relevant=False),
        ]
        writer.record_articles("r", [*articles, article("edited", revision=2, published_at=at(-48))], [])
        writer.record_fetches("r", [page_fetch(n, START, 200, next_fetch_at=at(1)) for n in ("young", "edited")])
        writer.record_fetches("r", [page_fetch("other", START, 200, next_fetch_at=at(99))])
        due = writer.due_visits(at(2), 9, [url_of("other")])
    assert [r.article_id for r in due] == ["other", "edited", "young"]


def test_an_address_that_has_stood_for_two_articles_is_visited_for_the_newer(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        writer.record_articles(
            "r",
            [article("first"), article("second", url=url_of("first"), entry_url=url_of("first"), seen_at=at(9))],
            [],
        )
        writer.record_fetches("r", [page_fetch("first", at(9), 200, next_fetch_at=at(10))])
        (due,) = writer.due_visits(at(11), 9)
        newest = writer.newest_revision(url_of("first"))
    assert newest is not None
    assert due.article_id == newest.article_id == "second"
