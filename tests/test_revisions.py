"""Pages that change, go away and come back, through the flow and over real connections."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.testing.utilities import prefect_test_harness

from flows.explain import explanation
from flows.settings import load_settings
from tests.press import Press, ask, printing
from warehouse.store import Warehouse

TEXT = """\
【北京】中国の人工知能企業ディープシークは、開発の体制を大きく広げる方針を関係する会社に伝えた。
ディープシークの従業員は160人だ。来年にかけて技術者の採用を増やし、北京と杭州の二つの拠点で研究を進めるという。
同社の広報担当者は「急いで増やすよりも、長く働ける人を選びたい」と説明した。応募は春から途切れずに続いている。"""
CUT = """\
杭州市の本社周辺を歩き、取引先の話を集めた。地元の食堂の主人は、若い客が目に見えて増えたことを喜んでいた。
ディープシークの従業員は260人だと、近くの不動産業者は見る。新しい建物を探しているという話も聞かれた。
この記事は会員限定です。会員登録すると続きをお読みいただけます。"""
NOTE = "【訂正】従業員の数に誤りがありました。正しくは次の通りです。"
PAGE = "minato.example/1"


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=90):
        yield


@pytest.fixture
def press(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Press]:
    with printing(tmp_path, monkeypatch) as press:
        press.publish("minato.example", "/1", "ディープシーク、採用を拡大", TEXT)
        press.run(1)
        yield press


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_goes_away_is_marked_and_kept_and_comes_back(press: Press, status: int) -> None:
    gone = "SELECT gone_at IS NOT NULL, text, revision FROM articles"
    article = press.answer("minato.example", "/1")
    press.answers[PAGE] = (status, "text/html", b"<h1>not here</h1>")
    report = press.run(30)
    assert report.failed_pages == (), "sites let pages expire: that is no failure"
    assert ask(gone) == [(True, TEXT, 1)]
    assert ask("SELECT count(*) FROM claim_changes WHERE kind = 'retracted'") == [(0,)]
    assert ask("SELECT publishers FROM claims WHERE attribute = 'headcount'") == [(1,)]
    press.answers[PAGE] = article
    press.run(100)
    assert ask(gone) == [(False, TEXT, 1)], "the same text again is no revision"


def test_a_page_that_comes_back_changed_is_a_revision(press: Press) -> None:
    press.answers[PAGE] = (404, "text/html", b"<h1>not here</h1>")
    press.run(30)
    del press.answers[PAGE]
    press.publish("minato.example", "/1", "ディープシーク、採用を拡大", TEXT.replace("160人", "180人"))
    press.run(100)
    assert ask("SELECT gone_at, revision FROM articles") == [(None, 2)]
    changes = "SELECT kind FROM claim_changes JOIN claims USING (claim_id) WHERE attribute = 'headcount' ORDER BY kind"
    assert ask(changes) == [("corrected",), ("new",)]


def test_a_revision_says_what_changed_and_a_note_of_correction_is_seen(press: Press) -> None:
    lines = TEXT.splitlines()
    changed = lines[1].replace("160人", "180人")
    press.publish("minato.example", "/1", "ディープシーク、採用を倍に", "\n".join([lines[0], changed, lines[2], NOTE]))
    press.run(30)
    assert ask("SELECT title_before, title, added, removed, correction FROM revision_changes") == [
        ("ディープシーク、採用を拡大", "ディープシーク、採用を倍に", [changed, NOTE], [lines[1]], True)
    ]
    assert ask("SELECT correction FROM article_revisions ORDER BY revision") == [(False,), (True,)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("160人", "１６０人"),
        ("、", "，"),
        ("<article>", "<article><p class='ad'>広告</p>"),
        ("</article>", "<p>関連記事</p><ul><li><a href='/2'>株価の見通しを専門家に聞く</a></li></ul></article>"),
        ("<li>", "<li>新着："),
        ("</footer>", " お知らせ 会員規約の改定について</footer>"),
        ("</h1>", "</h1><div class='share'>シェアする ポスト はてなブックマーク</div>"),
    ],
    ids=["digits", "commas", "advertisement", "related", "ranking", "footer", "share"],
)
def test_boilerplate_and_typography_make_no_revision(press: Press, before: str, after: str) -> None:
    _, kind, body = press.answer("minato.example", "/1")
    page = body.decode()
    assert before in page
    press.answers[PAGE] = (200, kind, page.replace(before, after).encode())
    report = press.run(30)
    assert report.counts.pages_fetched == 1, "the page came anew"
    assert ask("SELECT count(*) FROM article_revisions") == [(1,)]


def test_an_article_that_is_cut_off_is_partial_wherever_it_is_shown(press: Press) -> None:
    press.publish("kita.example", "/2", "杭州のディープシークを訪ねて", CUT, hours=1)
    press.run(2)
    assert ask("SELECT url, partial FROM articles ORDER BY url") == [
        ("http://kita.example/2", True),
        ("http://minato.example/1", False),
    ]
    assert ask("SELECT partial FROM article_revisions ORDER BY url") == [(True,), (False,)]
    settings = load_settings()
    assert "partial: the text breaks off" in explanation("http://kita.example/2", settings)
    assert "partial" not in explanation("http://minato.example/1", settings)
    with Warehouse(settings.warehouse_path).reader() as reader:
        changes = reader.week_facts("2025-W20").changes
    assert {c.evidence.url.split("/")[2]: c.evidence.partial for c in changes} == {
        "minato.example": False,
        "kita.example": True,
    }
