from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from flows.model import Article, Capture, KnownArticle, Page
from flows.reading.articles import Knowledge, address_of, assess, load_knowledge
from seeds import load_seeds
from seeds.loader import BUNDLED

NOW = dt.datetime(2025, 1, 29, 9, 0, tzinfo=dt.UTC)
URL = "https://shinbun.example/news/1"
CAPTURE = Capture(
    url=URL + "?utm_source=rss",
    final_url=URL,
    canonical_url=URL,
    fetched_at=NOW,
    raw_path="warc/a.warc.gz#1",
    feed_url="https://shinbun.example/feed.xml",
    publisher="架空新聞",
    title="フィードの見出し",
    published_at=NOW - dt.timedelta(hours=2),
)
PAGE = Page(
    title="ディープシーク、料金を半額に",
    text="中国のAI企業ディープシークは28日、API料金を100万トークン当たり1元に引き下げた。\n利用者は歓迎している。",
    author="架空 太郎",
    published_at=NOW - dt.timedelta(hours=3),
    canonical=URL,
)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(load_seeds(BUNDLED))


def read(
    knowledge: Knowledge, page: Page = PAGE, known: KnownArticle | None = None, **capture: object
) -> Article | None:
    made = dataclasses.replace(CAPTURE, **capture)  # type: ignore[arg-type]
    return assess(page, made, URL, "id-1", known, knowledge)


def known_as(article: Article) -> KnownArticle:
    return KnownArticle(
        article_id=article.article_id,
        url=article.url,
        publisher=article.publisher,
        revision=article.revision,
        content_hash=article.content_hash,
        raw_path=article.raw_path,
        relevant=article.relevant,
        duplicate_of=None,
        published_at=article.published_at,
        first_seen_at=article.seen_at,
    )


def test_a_page_becomes_an_article_with_language_relevance_and_topics(knowledge: Knowledge) -> None:
    article = read(knowledge)
    assert article is not None
    assert (article.language, article.relevant, article.revision, article.declared_original) == ("ja", True, 1, None)
    assert "pricing" in {topic.topic for topic in article.topics}
    assert (article.title, article.author, article.publisher) == (PAGE.title, "架空 太郎", "架空新聞")
    assert (article.published_at, article.seen_at) == (PAGE.published_at, NOW)


def test_what_the_page_does_not_tell_comes_from_the_feed_never_from_the_clock(knowledge: Knowledge) -> None:
    article = read(knowledge, dataclasses.replace(PAGE, title="", published_at=None))
    assert article is not None
    assert (article.title, article.published_at) == (CAPTURE.title, CAPTURE.published_at)
    article = read(knowledge, dataclasses.replace(PAGE, published_at=None), published_at=None)
    assert article is not None
    assert article.published_at is None


@pytest.mark.parametrize(
    "text",
    [
        "DeepSeek周一宣布下调接口价格，用户对此表示欢迎，业内人士认为竞争将加剧。",
        "DeepSeek cut its prices on Monday, and developers who use the service welcomed the move.",
        "園内の梅が見頃を迎えた。入園は無料だ。",
        "",
    ],
)
def test_other_languages_and_subjects_are_kept_but_not_relevant(knowledge: Knowledge, text: str) -> None:
    article = read(knowledge, dataclasses.replace(PAGE, title="料金の話", text=text))
    assert article is not None
    assert not article.relevant
    assert article.topics == ()


def test_typography_makes_no_revision_and_a_changed_number_does(knowledge: Knowledge) -> None:
    first = read(knowledge)
    assert first is not None
    wide = PAGE.text.replace("28", "２８").replace("100", "１００").replace("\n", "\n\n")
    assert read(knowledge, dataclasses.replace(PAGE, text=wide), known_as(first)) is None
    changed = read(knowledge, dataclasses.replace(PAGE, text=PAGE.text.replace("1元", "2元")), known_as(first))
    assert changed is not None
    assert changed.revision == 2


@pytest.mark.parametrize(
    "note",
    [
        "【訂正】見出しと本文を改めました。(28日21時)",
        "初出時、値下げ率に誤りがありました。おわびして訂正します。",
        "＜おわび＞",
        "本文中の料金の表記に誤りがありました。",
    ],
)
def test_notes_of_correction_are_recognized(knowledge: Knowledge, note: str) -> None:
    article = read(knowledge, dataclasses.replace(PAGE, text=f"{PAGE.text}\n{note}"))
    assert article is not None
    assert article.correction


@pytest.mark.parametrize(
    "text",
    [
        "同社の社長は会見で先の発言を訂正した。",
        "「ご迷惑をおかけした」とおわびの言葉を述べた。",
        "検査結果の訂正を求める声が上がる。",
    ],
)
def test_news_of_a_correction_is_no_note(knowledge: Knowledge, text: str) -> None:
    article = read(knowledge, dataclasses.replace(PAGE, text=f"{PAGE.text}\n{text}"))
    assert article is not None
    assert not article.correction


def test_a_canonical_address_on_the_same_host_is_the_articles_own() -> None:
    amp = dataclasses.replace(CAPTURE, final_url=URL + "/amp", canonical_url=URL + "/amp")
    assert address_of(PAGE, amp) == URL
    assert address_of(dataclasses.replace(PAGE, canonical="https://www.shinbun.example/news/1"), CAPTURE).endswith(
        "/news/1"
    )


def test_a_canonical_address_elsewhere_declares_a_copy(knowledge: Knowledge) -> None:
    page = dataclasses.replace(PAGE, canonical="https://wire.example/world/9")
    assert address_of(page, CAPTURE) == URL
    article = read(knowledge, page)
    assert article is not None
    assert (article.url, article.declared_original) == (URL, "https://wire.example/world/9")


def test_a_canonical_address_that_is_a_front_page_is_not_believed() -> None:
    assert address_of(dataclasses.replace(PAGE, canonical="https://shinbun.example/"), CAPTURE) == URL
