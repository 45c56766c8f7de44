"""Articles that no topic fits gather by the terms that they share; the same articles give the same topics."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.model import JST
from flows.reading.emerging import FITS, LEAST_ARTICLES, LEAST_PUBLISHERS, gather, unplaced_terms
from flows.reading.learning import LONGEST
from flows.reading.topics import TopicModel, load_topics
from flows.report import EmergingTopic, UnplacedArticle
from seeds import load_seeds
from seeds.loader import BUNDLED

START = dt.datetime(2025, 3, 3, 9, tzinfo=JST)
SHOGI = {
    "将棋の名人、生成AIと感想戦": "将棋の名人が終局のあと、ディープシークに指し手の意図を尋ねた。\n盤面の符号を伝えると、詰みまでの読み筋が返ってきた。\n"
    "棋士の間では、終盤の読み筋を確かめる相手として話題だ。\n名人は「感想戦が楽しくなる」と笑った。",
    "詰将棋を解かせたら": "詰将棋を得意とする棋士が、DeepSeekに自作を見せた。\n盤面を符号で渡すと、七手詰めは解けた。\n"
    "長い詰みでは読み筋を間違えた。\n将棋の駒の動きを取り違えることもある。",
    "将棋部の部室から": "高校の将棋部では、部員が盤面の写真をディープシークに見せている。\n符号に直してから尋ねると、詰みを見落とさない。\n"
    "顧問の棋士は、読み筋を自分で考えてから使うよう話す。\n部員は県大会を目指す。",
}
ELSE = "ディープシークの株価への影響を受け、東京市場で半導体株は5%安となった。\n時価総額は大きく減った。"


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return load_topics(load_seeds(BUNDLED))


def unplaced(number: int, title: str, terms: str, publisher: str = "") -> UnplacedArticle:
    outlet = publisher or f"P{number}"
    seen = START + dt.timedelta(hours=number)
    return UnplacedArticle(f"a{number}", 1, outlet, title, 0.0, tuple(terms.split()), seen)


def shogi(model: TopicModel) -> list[UnplacedArticle]:
    articles = []
    for number, (title, text) in enumerate(SHOGI.items()):
        found = unplaced_terms(title, text, model)
        assert found is not None, title
        articles.append(UnplacedArticle(f"s{number}", 1, f"P{number}", title, *found, START))
    return articles


def test_what_the_topics_fit_is_placed_and_what_they_do_not_keeps_its_terms(model: TopicModel) -> None:
    assert unplaced_terms("半導体株が急落", ELSE, model) is None
    first = shogi(model)[0]
    assert first.fit < FITS
    assert {"将棋", "読み筋", "盤面"} <= set(first.terms)
    assert not any("シーク" in term for term in first.terms)


def test_one_clear_sentence_among_many_does_not_place_an_article(model: TopicModel) -> None:
    title, text = next(iter(SHOGI.items()))
    longer = "\n".join([text, text.replace("名人", "竜王"), text.replace("棋士", "奨励会員"), ELSE.splitlines()[0]])
    assert unplaced_terms(title, longer, model) is not None


def test_articles_of_a_new_subject_become_a_topic_with_a_name_of_their_terms(model: TopicModel) -> None:
    (topic,) = gather(shogi(model), [ELSE] * 20, [])
    assert set(topic.article_ids) == {"s0", "s1", "s2"}
    assert "将棋" in topic.name
    assert topic.name == "・".join(topic.terms[:3])


def test_two_articles_or_one_outlet_make_no_topic(model: TopicModel) -> None:
    articles = shogi(model)
    assert gather(articles[:2], [ELSE] * 20, []) == []
    assert gather([dataclasses.replace(a, publisher="P") for a in articles], [ELSE] * 20, []) == []


def test_words_that_the_whole_subject_shares_bring_nothing_together() -> None:
    articles = [unplaced(n, "会社と利用", f"会社 利用 独自{n}") for n in range(4)]
    assert gather(articles, ["会社の利用が続く。"] * 40, []) == []
    assert len(gather(articles, ["別の話が続く。"] * 40, [])) == 1


def test_essays_that_share_words_but_no_headline_are_no_topic() -> None:
    articles = [unplaced(n, f"余滴{n}", f"道具 向こう 機械 独自{n}") for n in range(4)]
    assert gather(articles, ["別の話が続く。"] * 40, []) == []


def test_a_topic_keeps_its_id_while_it_grows_over_the_weeks() -> None:
    first = [unplaced(n, "将棋と棋士", "将棋 棋士 盤面") for n in range(3)]
    (topic,) = gather(first, [ELSE] * 20, [])
    assert gather(first, [ELSE] * 20, [topic]) == []
    later = [unplaced(200, "将棋の対局", "将棋 棋士 対局"), unplaced(201, "天気の話", "天気 晴天")]
    (grown,) = gather([*first, *later], [ELSE] * 20, [topic])
    assert grown.emerging_id == topic.emerging_id
    assert grown.article_ids == ("a0", "a1", "a2", "a200")


def test_what_is_older_than_the_window_stays_with_its_topic() -> None:
    articles = [unplaced(n, "将棋と棋士", "将棋 棋士 盤面") for n in range(5)]
    (topic,) = gather(articles[:4], [ELSE] * 20, [])
    (grown,) = gather(articles[2:], [ELSE] * 20, [topic])
    assert grown == dataclasses.replace(topic, article_ids=("a0", "a1", "a2", "a3", "a4"))
    assert gather(articles[3:], [ELSE] * 20, [topic]) == []


def test_a_topic_whose_articles_no_longer_hold_together_has_none() -> None:
    articles = [unplaced(n, "将棋と棋士", "将棋 棋士 盤面") for n in range(3)]
    (topic,) = gather(articles, [ELSE] * 20, [])
    changed = [dataclasses.replace(a, title="別", terms=(f"独自{a.article_id}",)) for a in articles]
    (fallen,) = gather(changed, [ELSE] * 20, [topic])
    assert fallen == dataclasses.replace(topic, article_ids=())


def test_an_article_that_goes_to_another_topic_leaves_its_former_one() -> None:
    old = EmergingTopic("old", "囲碁", ("囲碁",), ("x0", "x1", "x2", "a3"))
    big = EmergingTopic("big", "将棋", ("将棋",), ("a0", "a1", "a2"))
    articles = [unplaced(n, "将棋と棋士", "将棋 棋士 盤面") for n in range(4)]
    grown, left = gather(articles, [ELSE] * 20, [old, big])
    assert (grown.emerging_id, grown.article_ids) == ("big", ("a0", "a1", "a2", "a3"))
    assert (left.emerging_id, left.article_ids) == ("old", ("x0", "x1", "x2"))


def test_a_topic_that_splits_gives_its_id_to_the_greater_part() -> None:
    articles = [
        *(unplaced(n, "将棋と棋士", "将棋 棋士") for n in range(3)),
        *(unplaced(n, "囲碁と碁盤", "囲碁 碁盤") for n in range(3, 7)),
    ]
    whole = EmergingTopic("whole", "盤上・遊戯", ("盤上", "遊戯"), tuple(a.article_id for a in articles))
    less, more = gather(articles, [ELSE] * 20, [whole])
    assert (len(less.article_ids), len(more.article_ids)) == (3, 4)
    assert more.emerging_id == "whole"
    assert less.emerging_id != "whole"


def test_a_name_prefers_the_whole_compound_to_its_parts() -> None:
    articles = [unplaced(n, "日経平均が反発", "日経 平均 日経平均 終値") for n in range(3)]
    (topic,) = gather(articles, [ELSE] * 20, [])
    assert set(topic.terms) == {"日経平均", "終値"}


VOCABULARY = "将棋 棋士 盤面 授業 教室 教師 選挙 投票 候補".split()
articles_given = st.lists(
    st.tuples(
        st.lists(st.sampled_from(VOCABULARY), max_size=4, unique=True),
        st.lists(st.sampled_from(VOCABULARY), max_size=2),
        st.sampled_from("PQR"),
        st.integers(0, 400),
    ),
    max_size=14,
)


@settings(max_examples=150, deadline=None)
@given(articles_given, st.randoms(use_true_random=False))
def test_whatever_the_articles_topics_are_disjoint_large_enough_and_stable(
    given_: list[tuple[list[str], list[str], str, int]], random: object
) -> None:
    articles = [
        UnplacedArticle(f"a{n}", 1, outlet, "と".join(title), 0.0, tuple(terms), START + dt.timedelta(hours=hours))
        for n, (terms, title, outlet, hours) in enumerate(given_)
    ]
    found = gather(articles, [ELSE] * 5, [])
    shuffled = articles[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert gather(shuffled, [ELSE] * 5, []) == found
    assert gather(articles, [ELSE] * 5, found) == []
    members = [a for topic in found for a in topic.article_ids]
    assert len(members) == len(set(members))
    outlets = {a.article_id: a.publisher for a in articles}
    for topic in found:
        assert len(topic.article_ids) >= LEAST_ARTICLES
        assert len({outlets[a] for a in topic.article_ids}) >= LEAST_PUBLISHERS
    assert len({topic.emerging_id for topic in found}) == len(found)


@settings(max_examples=100, deadline=None)
@given(articles_given, articles_given)
def test_ids_stay_unique_whatever_was_known(
    before: list[tuple[list[str], list[str], str, int]], after: list[tuple[list[str], list[str], str, int]]
) -> None:
    def made(rows: list[tuple[list[str], list[str], str, int]], first: int) -> list[UnplacedArticle]:
        return [
            UnplacedArticle(f"a{n}", 1, o, "と".join(title), 0.0, tuple(terms), START + dt.timedelta(hours=h))
            for n, (terms, title, o, h) in enumerate(rows, first)
        ]

    known = gather(made(before, 0), [], [])
    changed = gather(made(after, len(before) // 2), [], known)
    standing = {t.emerging_id: t for t in known} | {t.emerging_id: t for t in changed}
    assert len({t.emerging_id for t in changed}) == len(changed)
    members = [a for topic in standing.values() for a in topic.article_ids]
    assert len(members) == len(set(members))


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40), st.text(st.sampled_from("将棋の棋士がAI#5年。\n「」DeepSeek "), max_size=200))
def test_terms_of_any_text_are_short_words(model: TopicModel, title: str, text: str) -> None:
    found = unplaced_terms(title, text, model)
    if found is not None:
        fit, terms = found
        assert 0 <= fit < FITS
        assert all(0 < len(term) <= LONGEST and "。" not in term for term in terms)
