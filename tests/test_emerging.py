"""Emerging topics across runs: what the warehouse, the digest and ``explain`` show of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from flows.digests.markdown import render_markdown
from flows.digests.selection import MOST_EMERGING, select
from flows.emerging import WINDOW, append_emerging, unplaced_of
from flows.explain import explanation
from flows.model import Article, TopicScore
from flows.reading.topics import TopicModel, load_topics
from flows.report import EmergingTopic, WeekEmerging
from flows.settings import Settings
from seeds import Seeds, load_seeds
from seeds.loader import BUNDLED
from tests.digests.facts import HOSTILE, markdown
from tests.digests.test_markdown import FORGE
from tests.reading.test_emerging import ELSE, SHOGI
from tests.warehouse.samples import START, article, at, one, row_counts
from warehouse.store import Warehouse

WEEK = 7 * 24


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return load_topics(load_seeds(BUNDLED))


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "kawaraban.duckdb")


def shogi(number: int, hours: float, **given: object) -> Article:
    title, text = list(SHOGI.items())[number]
    plain = article(f"s{number}", title=title, text=text, publisher=f"将棋{number}", seen_at=at(hours))
    return dataclasses.replace(plain, **given)  # type: ignore[arg-type]


def run(warehouse: Warehouse, model: TopicModel, hours: float, *articles: Article) -> int:
    with warehouse.writer() as writer:
        writer.record_articles(f"run-{hours}", articles, [])
        unplaced = unplaced_of(articles, model)
        return append_emerging(writer, f"run-{hours}", at(hours), articles, unplaced)


def others(count: int) -> list[Article]:
    return [
        article(f"o{n}", title="半導体株が急落", text=ELSE, topics=(TopicScore("market", 0.9),)) for n in range(count)
    ]


def test_articles_gather_across_runs_and_weeks(warehouse: Warehouse, model: TopicModel, seeds: Seeds) -> None:
    assert run(warehouse, model, 0, *others(8), shogi(0, 0)) == 0
    assert run(warehouse, model, 5, shogi(1, 5)) == 0
    assert run(warehouse, model, WEEK, shogi(2, WEEK)) == 1
    shown = one(
        warehouse,
        "SELECT name, articles, publishers, first_seen_at, last_seen_at, list_sort(article_ids) FROM emerging_topics",
    )
    assert "将棋" in shown[0]
    assert shown[1:] == (3, 3, START, at(WEEK), ["s0", "s1", "s2"])
    with warehouse.reader() as reader:
        before, after = reader.week_facts("2025-W05"), reader.week_facts("2025-W06")
        members = reader.query(
            "SELECT title FROM emerging_topics, unnest(article_ids) AS m(article_id) JOIN articles USING (article_id)"
        )[1]
    assert before.emerging == ()
    assert len(members) == 3
    (topic,) = after.emerging
    assert (topic.articles, topic.new_articles, topic.publishers) == (3, 1, 3)
    assert topic.examples[0][0] == list(SHOGI)[2]
    digest = render_markdown(select(after, seeds), seeds)
    assert "## 新しい話題\n\n- **" in digest
    assert "3本、3媒体、この週1本" in digest
    assert "新しい話題" not in render_markdown(select(before, seeds), seeds)


def test_the_digest_shows_the_first_and_counts_the_others_and_escapes_what_is_foreign(seeds: Seeds) -> None:
    example = ("将棋の話", "https://news.example/1", "みなと新聞")
    plain = WeekEmerging("e", "将棋・棋士", ("将棋", "棋士"), 4, 2, 3, START, (example,) * 4)
    shown = markdown(seeds, emerging=(plain,) * (MOST_EMERGING + 2))
    line = "- **将棋・棋士** (4本、3媒体、この週2本): " + "、".join(["[将棋の話](<https://news.example/1>)"] * 3)
    assert shown.count(line + "\n") == MOST_EMERGING
    assert "- ほかに2件" in shown
    bad = dataclasses.replace(plain, name=HOSTILE, examples=((HOSTILE, "javascript:alert(1)", HOSTILE),))
    text = markdown(seeds, emerging=(bad,))
    unlinked = dataclasses.replace(plain, examples=(("題", "javascript:alert(1)", "P"),))
    assert [t.type for t in FORGE.parse(text)] == [t.type for t in FORGE.parse(markdown(seeds, emerging=(unlinked,)))]
    assert "href" not in FORGE.render(text)


def test_a_run_without_news_adds_nothing(warehouse: Warehouse, model: TopicModel) -> None:
    articles = [*others(8), *(shogi(n, 0) for n in range(3))]
    assert run(warehouse, model, 0, *articles) == 1
    with warehouse.reader() as reader:
        before = row_counts(reader)
    run(warehouse, model, 0, *articles)
    run(warehouse, model, 1, *others(3))
    with warehouse.reader() as reader:
        assert row_counts(reader) == before


def test_a_week_tells_of_what_came_up_in_it_also_from_articles_known_before(
    warehouse: Warehouse, model: TopicModel
) -> None:
    with warehouse.writer() as writer:
        writer.record_articles("run-0", [shogi(n, 0) for n in range(3)], [])
        topic = EmergingTopic("e", "将棋", ("将棋",), ("s0", "s1", "s2"))
        writer.record_emerging("run-1", [topic], at(WEEK))
    with warehouse.reader() as reader:
        told = {week: reader.week_facts(week).emerging for week in ("2025-W05", "2025-W06", "2025-W07")}
    assert [(week, t.new_articles) for week, topics in told.items() for t in topics] == [("2025-W06", 0)]


def test_copies_and_what_is_not_relevant_do_not_gather(warehouse: Warehouse, model: TopicModel) -> None:
    run(warehouse, model, 0, *others(8), shogi(0, 0), shogi(1, 0, duplicate_of="s0"), shogi(2, 0, relevant=False))
    assert one(warehouse, "SELECT count(*) FROM unplaced_articles") == (1,)


def test_an_article_that_is_rewritten_to_fit_a_topic_leaves(warehouse: Warehouse, model: TopicModel) -> None:
    run(warehouse, model, 0, *others(8), *(shogi(n, 0) for n in range(3)))
    assert one(warehouse, "SELECT count(*) FROM emerging_topics") == (1,)
    run(warehouse, model, WEEK, shogi(0, WEEK, revision=2, title="半導体株が急落", text=ELSE))
    assert one(warehouse, "SELECT count(*) FROM emerging_topics") == (0,)
    assert one(warehouse, f"SELECT count(*) FROM emerging_topics_as_of(TIMESTAMPTZ '{at(1)}')") == (1,)


def test_what_is_too_old_does_not_gather_with_what_is_new(warehouse: Warehouse, model: TopicModel) -> None:
    late = WINDOW / dt.timedelta(hours=1) + 1
    run(warehouse, model, 0, *others(8), shogi(0, 0), shogi(1, 0))
    assert run(warehouse, model, late, shogi(2, late)) == 0


def test_explain_shows_passages_terms_what_fell_short_and_the_emerging_topic(
    warehouse: Warehouse, model: TopicModel, tmp_path: Path
) -> None:
    mixed = article("m", title="半導体株が急落", text=f"{ELSE}\n従業員の反応は分かれた。\n昼は晴れた。")
    run(warehouse, model, 0, *others(8), mixed, *(shogi(n, 0) for n in range(3)))
    settings = Settings(data=tmp_path, warehouse=warehouse.path)
    lines = explanation(mixed.url, settings).splitlines()
    start = lines.index("topics: 1 (threshold 0.5)")
    assert lines[start + 1].startswith("  market ")
    assert "時価総額" in lines[start + 2] or "株価" in lines[start + 2]
    assert any(" <- " in line and "[" in line for line in lines[start + 2 : start + 4])
    assert "topics that fell short:" in lines
    assert any(line.startswith("  talent 0.") for line in lines)
    assert not any(line.startswith("emerging topic") for line in lines)
    told = explanation(shogi(0, 0).url, settings)
    assert "may belong to an emerging topic" in told
    assert "emerging topic: " in told
