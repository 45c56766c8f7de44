"""What is appended comes back as it was, once."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.model import Fetch, KnownClaim, Observation, Signature, Source, Value, digest_of
from tests.warehouse.samples import (
    START,
    append_world,
    article,
    at,
    change,
    entry,
    feed_fetch,
    known_claim,
    observation,
    one,
    page_fetch,
    row_counts,
    state,
    url_of,
)
from warehouse.store import Warehouse


def test_the_same_batch_twice_adds_rows_to_runs_and_fetches_alone(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        append_world(writer, "monitor-1")
    with warehouse.reader() as reader:
        before = row_counts(reader)
    assert all(before[t] for t in before if t != "deliveries")
    with warehouse.writer() as writer:
        append_world(writer, "monitor-2", at(1))
        append_world(writer, "monitor-3", at(2))
    with warehouse.reader() as reader:
        after = row_counts(reader)
    assert after == before | {"runs": 3, "fetches": 6}


def test_of_rows_with_the_same_key_in_one_batch_the_first_is_kept(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        assert writer.record_articles("r", [article("a", title="first"), article("a", title="second")], []) == 1
        assert (
            writer.record_entries("r", [entry("a"), entry("a"), entry("a", feed_url="https://b.example/")], START) == 2
        )
    assert one(warehouse, "SELECT title FROM articles") == ("first",)


def test_moments_keep_their_microsecond_in_any_zone(warehouse: Warehouse) -> None:
    exact = dt.datetime(2025, 3, 30, 3, 30, 0, 123457, tzinfo=ZoneInfo("Europe/Berlin"))
    with warehouse.writer() as writer:
        writer.record_articles("r", [article("a", published_at=exact)], [])
    assert one(warehouse, "SELECT published_at FROM articles") == (exact,)


def test_times_look_the_same_whatever_the_machine_thinks_of_zones(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    with warehouse.writer() as writer:
        writer.record_articles("r", [article("a")], [])
    assert one(warehouse, "SELECT published_at::VARCHAR FROM articles") == ("2025-01-27 09:00:00+09",)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.tuples(*[st.text(st.characters(codec="utf-8"), max_size=40)] * 2), min_size=20, max_size=40))
def test_any_text_comes_back_letter_for_letter(tmp_path: Path, texts: list[tuple[str, str]]) -> None:
    articles = [article(str(n), title=title, text=text) for n, (title, text) in enumerate(texts)]
    said = [observation("c", a, qualifiers={a.title: a.text}) for a in articles]
    warehouse = Warehouse(tmp_path / digest_of(texts))
    with warehouse.writer() as writer:
        writer.record_articles("r", articles, [])
        writer.record_observations("r", said)
    with warehouse.reader() as reader:
        assert {t.article_id: (t.title, t.text) for t in reader.texts_by_url(a.url for a in articles)} == {
            a.article_id: (a.title, a.text) for a in articles
        }
        found = {o.observation_id: o for r in reader.readings(["c"]) for o in r.observations}
    assert found == {o.observation_id: o for o in said}


def test_half_a_character_and_a_number_that_is_none_stop_nothing(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        of = article("a", text="a\udc80b\0c", title="\ud83d")
        writer.record_articles("r", [of], [])
        writer.record_observations("r", [observation("c", of, value=Value(low=math.inf, high=1e300))])
    assert one(warehouse, "SELECT text, title, value_low, value_high FROM articles, claim_observations") == (
        *("a?b\0c", "?"),
        *(None, 1e300),
    )


def test_a_page_of_many_megabytes_is_taken_in(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        writer.record_articles("r", [article("a", text="長" * 8_000_000)], [])
    assert one(warehouse, "SELECT length(text) FROM articles") == (8_000_000,)


def test_a_folder_may_have_any_name(warehouse: Warehouse) -> None:
    strange = Warehouse(warehouse.path.parent / "it's [a] folder {b}*" / "週報 %s.duckdb")
    with strange.writer() as writer:
        writer.record_articles("r", [article("a")], [])
    assert one(strange, "SELECT count(*) FROM articles") == (1,)


@pytest.mark.parametrize(
    "value",
    [
        Value(low=1 / 3, high=5.576e6, unit="USD", text="557万6000ドル", approximate=True),
        Value(high=-0.1, unit="percent"),
        Value(start=dt.date(2025, 1, 1), end=dt.date(2025, 1, 31), text="1月"),
        Value(text="banned"),
    ],
)
def test_every_kind_of_value_comes_back(warehouse: Warehouse, value: Value) -> None:
    of = article("a")
    seen = observation("c", of, value=value)
    known = KnownClaim("c", "deepseek", "users", {"place": "日本"}, value, "doc", past=True, polarity="denied")
    with warehouse.writer() as writer:
        writer.record_articles("r", [of], [])
        writer.record_observations("r", [seen])
        writer.record_baseline("r", [known])
    with warehouse.reader() as reader:
        assert reader.baseline() == [known]
        assert [r.observations for r in reader.readings(["c"])] == [(seen,)]


def test_a_baseline_that_changed_is_a_new_edition(warehouse: Warehouse) -> None:
    first, second = known_claim("c", Value(low=1, unit="persons")), known_claim("d", Value(low=2, unit="persons"))
    with warehouse.writer() as writer:
        assert writer.record_baseline("r", [first, second]) == 2
        assert writer.record_baseline("r", [first, second]) == 0
        assert writer.record_baseline("r", [second]) == 1
        assert writer.baseline() == [second]
    assert one(warehouse, "SELECT claim_id FROM claims") == ("d",)


def test_a_state_is_recorded_when_it_differs(warehouse: Warehouse) -> None:
    seen = observation("c", article("a"))
    with warehouse.writer() as writer:
        for status in ("held", "held", "disputed", "held"):
            writer.record_changes("r", [], [state(seen, status)])
    assert one(warehouse, "SELECT list(status ORDER BY state_no) FROM claim_states") == (["held", "disputed", "held"],)


def test_a_digest_is_recorded_when_it_differs(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        assert writer.record_digest("r", "2025-W05", START, "one", "", "1")
        assert not writer.record_digest("r", "2025-W05", at(1), "one", "", "1")
        assert writer.record_digest("r", "2025-W05", at(2), "two", "", "2")
    assert one(warehouse, "SELECT markdown, version FROM digests") == ("two", 2)


def test_a_feed_is_recorded_when_its_publisher_differs(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        assert writer.record_sources("r", [Source("u", "old"), Source("v", "v")]) == 2
        assert writer.record_sources("r", [Source("u", "new"), Source("v", "v")]) == 1
    with warehouse.reader() as reader:
        assert reader.query("SELECT feed_url, publisher FROM sources ORDER BY 1")[1] == [("u", "new"), ("v", "v")]


def test_what_is_known_is_told_by_address_and_id(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        writer.record_entries("r", [entry("a")], START)
        writer.record_articles("r", [article("a"), article("a", revision=2, content_hash="a2", seen_at=at(5))], [])
    with warehouse.reader() as reader:
        assert [e.canonical_url for e in reader.entries_at([url_of("a"), url_of("b")])] == [url_of("a")]
        assert reader.entries_at([]) == []
        again = [entry("new"), entry("a"), entry("a", feed_url="https://b.example/"), entry("x", guid=None)]
        assert [e.canonical_url for e in reader.entries_by_guid(again)] == [url_of("a")]
        known = reader.known_articles(["a", "b"])
        assert known.keys() == {"a"}
        assert (known["a"].revision, known["a"].content_hash, known["a"].first_seen_at) == (2, "a2", START)
        assert [t.article_id for t in reader.texts_by_url([url_of("a"), url_of("b")])] == ["a"]


def test_copies_are_sought_among_other_articles_of_the_same_scheme_and_band(warehouse: Warehouse) -> None:
    articles = [article(n) for n in ("same", "swapped", "other", "scheme")] + [article("same", revision=2, text="new")]
    with warehouse.writer() as writer:
        writer.record_articles(
            "r",
            articles,
            [
                Signature("same", 1, "s", (-7, 8)),
                Signature("swapped", 1, "s", (8, -7)),
                Signature("other", 1, "s", (1, 2)),
                Signature("scheme", 1, "t", (-7, 8)),
            ],
        )
    with warehouse.reader() as reader:
        found = reader.copy_candidates([Signature("asked", 1, "s", (-7, 9)), Signature("same", 2, "s", (-7, 8))])
    assert {owner: [t.article_id for t in texts] for owner, texts in found.items()} == {"asked": ["same"]}
    assert found["asked"][0].text == "new"


def test_readings_are_all_revisions_of_originals_that_ever_state_a_claim(warehouse: Warehouse) -> None:
    first, silent = article("a"), article("a", revision=2, seen_at=at(1), text="取り消しました。")
    copy, stranger = article("b", duplicate_of="a"), article("c", seen_at=at(2))
    said: list[Observation] = [observation("c", first), observation("c", copy), observation("d", first, char_start=1)]
    with warehouse.writer() as writer:
        writer.record_articles("r", [first, silent, copy, stranger], [])
        writer.record_observations("r", said)
    with warehouse.reader() as reader:
        found = [(r.article_id, r.revision, [o.claim_id for o in r.observations]) for r in reader.readings(["c"])]
        assert reader.claims_of_articles(["a"]) == {"c", "d"}
        assert reader.readings([]) == []
    assert found == [("a", 1, ["c"]), ("a", 2, [])]


def test_a_change_names_what_it_was_recorded_with(warehouse: Warehouse) -> None:
    of = article("a")
    with warehouse.writer() as writer:
        writer.record_articles("r", [of], [])
        writer.record_observations("r", [observation("c", of)])
        assert writer.record_changes("r", [change("new", observation("c", of))], []) == 1
        assert writer.record_changes("r", [change("new", observation("c", of))], []) == 0


def test_every_run_signs_its_rows(warehouse: Warehouse) -> None:
    with warehouse.writer() as writer:
        append_world(writer, "monitor-1")
        append_world(writer, "monitor-2", at(1))
    with warehouse.reader() as reader:
        for name in ("articles", "article_topics", "claims", "claim_changes", "digests", "claim_observations"):
            assert reader.query(f"SELECT DISTINCT run_id FROM {name}")[1] == [("monitor-1",)]
        assert len(reader.query("SELECT DISTINCT run_id FROM fetches")[1]) == 2


def test_requests_keep_all_that_they_tell(warehouse: Warehouse) -> None:
    asked = Fetch("u", START, "feed", 200, 10, 0.25, None, "v", '"e"', "Mon", "u", None, 3, at(1), None)
    with warehouse.writer() as writer:
        writer.record_fetches("r", [asked, page_fetch("a", START, 404), feed_fetch(at(1), None)])
    columns = ", ".join(Fetch.__dataclass_fields__)
    assert Fetch(*one(warehouse, f"SELECT {columns} FROM fetches WHERE fetch_no = 1")) == asked
