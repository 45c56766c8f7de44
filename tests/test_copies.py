"""Copies through the flow: over runs, by what pages declare, and what they count for as witnesses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.testing.utilities import prefect_test_harness

from flows.rebuild import rebuild
from tests.press import Press, ask, printing

TEXT = """\
【北京】中国の人工知能企業ディープシークは、開発の体制を大きく広げる方針を関係する会社に伝えた。
ディープシークの従業員は160人だ。来年にかけて技術者の採用を増やし、北京と杭州の二つの拠点で研究を進めるという。
同社の広報担当者は「急いで増やすよりも、長く働ける人を選びたい」と説明した。応募は春から途切れずに続いている。
国内の開発者からは歓迎する声が上がる。一方で、人材の獲得をめぐる競争が激しくなるとの心配も出ている。"""
OTHER = """\
人工知能の新しい会社が注目を集める理由はどこにあるのか。本紙は杭州市の本社周辺を歩き、取引先の話を集めた。
ディープシークの従業員は160人だ。少人数で仕事を回す社風は、ほかの会社の管理職からも手本とされている。
地元の食堂の主人は、夜遅くまで明かりの消えない建物を見上げながら、若い客が増えたことを喜んでいた。"""


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=90):
        yield


@pytest.fixture
def press(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Press]:
    with printing(tmp_path, monkeypatch) as press:
        yield press


def copies() -> dict[str, tuple[str, str]]:
    query = """
        SELECT split_part(c.url, '/', 3), split_part(o.url, '/', 3), c.duplicate_kind
        FROM articles AS c JOIN articles AS o ON o.article_id = c.duplicate_of
    """
    return {copy: (original, kind) for copy, original, kind in ask(query)}


def witnesses() -> list[tuple[int]]:
    return ask("SELECT publishers FROM claims WHERE attribute = 'headcount'")


def changes() -> list[tuple[str, int]]:
    return ask(
        "SELECT kind, count(*) FROM claim_changes JOIN claims USING (claim_id) WHERE attribute = 'headcount' "
        "GROUP BY kind ORDER BY kind"
    )


def test_a_copy_seen_before_its_original_is_marked_when_that_turns_up(press: Press) -> None:
    press.publish("portal.example", "/1", "採用を増やすディープシーク", TEXT, hours=1)
    press.run(2)
    assert copies() == {}
    assert (witnesses(), changes()) == ([(1,)], [("new", 1)])
    press.publish("minato.example", "/1", "ディープシーク、採用を拡大", TEXT, hours=0)
    report = press.run(8)
    assert copies() == {"portal.example": ("minato.example", "exact")}
    assert ask("SELECT duplicate_of FROM article_revisions") == [(None,), (None,)], "what was recorded stays"
    assert (witnesses(), changes()) == ([(1,)], [("new", 1)]), "one text is one witness and no second change"
    assert report.counts.changes == 0
    press.publish("kita.example", "/1", "杭州を歩く", OTHER, hours=10)
    press.run(12)
    assert (witnesses(), changes()) == ([(2,)], [("corroborated", 1), ("new", 1)])


def test_what_a_late_copy_says_ends_with_its_original(press: Press) -> None:
    press.publish("portal.example", "/1", "採用を増やすディープシーク", TEXT, hours=1)
    press.run(2)
    press.publish("minato.example", "/1", "ディープシーク、採用を拡大", TEXT, hours=0)
    press.run(8)
    press.publish(
        "minato.example", "/1", "ディープシーク、採用を拡大", TEXT.replace("従業員は160人だ", "規模は明らかでない")
    )
    press.run(60)
    assert changes() == [("new", 1), ("retracted", 1)]
    assert witnesses() == [(0,)]


def test_copies_move_on_when_what_they_copied_turns_out_to_be_one(press: Press, tmp_path: Path) -> None:
    press.publish("portal.example", "/1", "採用を増やすディープシーク", TEXT, hours=1)
    press.run(2)
    press.publish("kita.example", "/1", "ディープシークの採用", TEXT.replace("【北京】", "【北京共同】"), hours=3)
    press.run(8)
    assert copies() == {"kita.example": ("portal.example", "near")}
    press.publish("minato.example", "/1", "ディープシーク、採用を拡大", TEXT, hours=0)
    press.run(16)
    assert {copy: original for copy, (original, _) in copies().items()} == {
        "portal.example": "minato.example",
        "kita.example": "minato.example",
    }
    assert witnesses() == [(1,)]
    assert rebuild(tmp_path / "rebuilt.duckdb").differences == (), "a replay judges late what was judged late"


def test_a_page_that_declared_its_original_before_that_was_known_becomes_its_copy(press: Press) -> None:
    press.publish("portal.example", "/1", "杭州を歩く", OTHER, hours=-2, canonical="http://minato.example/1")
    press.run(2)
    assert copies() == {}
    press.publish("minato.example", "/1", "ディープシーク、採用を拡大", TEXT, hours=0)
    press.run(8)
    assert copies() == {"portal.example": ("minato.example", "declared")}
    assert witnesses() == [(1,)]


def test_outlets_with_one_source_among_outlets_are_one_witness(press: Press) -> None:
    said = "ロイター通信によると、ディープシークの従業員は160人だ。"
    for number, host in enumerate(("minato.example", "kita.example")):
        text = (TEXT, OTHER)[number].replace("ディープシークの従業員は160人だ。", said)
        press.publish(host, "/1", "ディープシークの人材", text, hours=number)
    press.run(4)
    assert ask("SELECT DISTINCT cites FROM claim_observations WHERE attribute = 'headcount'") == [("ロイター",)]
    assert witnesses() == [(1,)]
    assert changes() == [("corroborated", 1), ("new", 1)], "the kinds of change do not depend on who is cited"
    press.publish(
        "portal.example", "/1", "独自に数えた", "当社の集計では次の通り。\nディープシークの従業員は160人だ。", hours=5
    )
    press.run(6)
    assert witnesses() == [(2,)]
