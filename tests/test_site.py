"""The site: what is in it, that it grows by what is new alone, and that nothing foreign does anything in it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import feedparser
import html5lib
import pytest

from flows import site as site_module
from flows.digests.site.claims import MOST_OCCURRENCES
from flows.digests.site.folder import Folder
from flows.digests.site.indexes import index_html, topic_html
from flows.history import ClaimLine, TopicLines
from flows.model import STATEMENT, Value
from flows.report import RunCounts
from flows.settings import Settings, load_settings
from flows.site import SiteReport, update_site
from seeds import Seeds
from tests.digests.facts import NOW
from tests.digests.pressroom import WEEKS, Pressroom, at_week, people, settings
from tests.warehouse.samples import article, known_claim, observation

__all__ = ["settings"]
NAMES = "{http://www.w3.org/1999/xhtml}"
DRAWING = "{http://www.w3.org/2000/svg}"


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


@pytest.fixture
def room(settings: Settings) -> Pressroom:
    return Pressroom(settings)


def play(room: Pressroom, *weeks: int) -> None:
    for number in weeks:
        room.week(number)
        room.digest(number)


def pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


def test_a_claims_page_tells_its_whole_history(room: Pressroom, settings: Settings, seeds: Seeds) -> None:
    play(room, 0, 1, 2)
    update_site(settings, seeds)
    page = (settings.digests_path / "claims" / "users.html").read_text(encoding="utf-8")
    text = "".join(html5lib.parse(page).itertext())
    assert "いまの値: 3000万人 食い違い" in text
    assert "最初に伝えた媒体みなと新聞 2025年1月27日、題 a0" in text
    assert "3媒体: みなと新聞、山手時報、こえ放送" in text
    assert "2025年2月3日 更新 1000万人 → 2000万人 — 山手時報(2025-W06)" in text
    assert "2025年2月10日 食い違い 2000万人 → 3000万人" in text
    assert page.count("<blockquote>利用者は3000万人を超えた。</blockquote>") == 3
    assert 'href="https://news.example/a0"' in page
    assert 'href="../2025-W06.html"' in page
    index = (settings.digests_path / "index.html").read_text(encoding="utf-8")
    assert '<a href="claims/users.html">DeepSeek — 利用者数(1日当たり)</a>: <strong>3000万人</strong>' in index
    assert page.count("<circle") == 3


def test_every_page_is_valid_html_with_landmarks_and_no_remote_parts(
    room: Pressroom, settings: Settings, seeds: Seeds
) -> None:
    play(room, 0, 1)
    update_site(settings, seeds)
    assert len(pages(settings.digests_path)) > 10
    for path in pages(settings.digests_path):
        text = path.read_text(encoding="utf-8")
        parser = html5lib.HTMLParser(strict=True)
        tree = parser.parse(text)
        found = {element.tag.removeprefix(NAMES) for element in tree.iter() if isinstance(element.tag, str)}
        assert {"header", "nav", "main", "footer", "h1"} <= found
        sources = [element.get("src") for element in tree.iter() if element.get("src")]
        assert sources == (["search/weeks.js", "search.js"] if path.name == "index.html" else [])


def test_all_links_inside_lead_somewhere(room: Pressroom, settings: Settings, seeds: Seeds) -> None:
    play(room, 0, 1, 2)
    update_site(settings, seeds)
    checked = 0
    for path in pages(settings.digests_path):
        for element in html5lib.parse(path.read_text(encoding="utf-8")).iter():
            target = element.get("href") or element.get("src")
            if not target or urlsplit(target).scheme:
                continue
            parts = urlsplit(target)
            named = path.parent / unquote(parts.path) if parts.path else path
            assert named.is_file(), f"{path.name}: {target}"
            if parts.fragment:
                there = html5lib.parse(named.read_text(encoding="utf-8"))
                assert any(e.get("id") == unquote(parts.fragment) for e in there.iter()), f"{path.name}: {target}"
            checked += 1
    assert checked > 100


def test_nothing_foreign_does_anything(room: Pressroom, settings: Settings, seeds: Seeds) -> None:
    play(room, 0, 1)
    update_site(settings, seeds)
    allowed = {"html", "head", "meta", "title", "link", "script", "body", "a", "header", "nav", "main", "footer", "p"}
    allowed |= {
        "h1",
        "h2",
        "section",
        "figure",
        "dl",
        "dt",
        "dd",
        "ol",
        "ul",
        "li",
        "blockquote",
        "strong",
        "span",
        "time",
    }
    allowed |= {"table", "thead", "tbody", "tr", "th", "td", "form", "label", "input", "noscript"}
    allowed |= {f"{DRAWING}{name}" for name in ("svg", "title", "desc", "rect", "circle", "polyline", "text")}
    for path in (*(settings.digests_path / "claims").iterdir(), *(settings.digests_path / "topics").iterdir()):
        text = path.read_text(encoding="utf-8")
        assert "\u202e" not in text
        for element in html5lib.parse(text).iter():
            assert str(element.tag).removeprefix(NAMES) in allowed
            assert not [name for name in element.attrib if str(name).startswith("on")]
            assert not str(element.get("href", "")).lower().startswith(("javascript", "data"))
    evil = (settings.digests_path / "claims" / "evil.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in evil
    index = (settings.digests_path / "search" / "2025-W06.js").read_text(encoding="utf-8")
    assert "<" not in index
    assert "\\u003cscript\\u003e" in index


@pytest.mark.parametrize("weeks", [(0,), (0, 1)])
def test_a_second_time_nothing_is_written(
    room: Pressroom, settings: Settings, seeds: Seeds, weeks: tuple[int, ...]
) -> None:
    play(room, *weeks)
    first = update_site(settings, seeds)
    assert first.anew
    assert first.written > 20
    assert update_site(settings, seeds) == SiteReport(0, 0, anew=False)


def test_a_week_writes_what_it_touches_alone(room: Pressroom, settings: Settings, seeds: Seeds) -> None:
    play(room, 0, 1)
    update_site(settings, seeds)
    before = files(settings.digests_path)
    play(room, 2)
    report = update_site(settings, seeds)
    after = files(settings.digests_path)
    assert report.claims == 1
    assert {name for name in after if after[name] != before.get(name)} == {
        ".site.json",
        "2025-W07.html",
        "2025-W07.json",
        "2025-W07.md",
        "claims/users.html",
        "feed.xml",
        "index.html",
        "search/2025-W07.js",
        "search/weeks.js",
        "topics/pricing.html",
    }


@pytest.mark.parametrize("late", [False, True])
def test_week_by_week_or_at_once_it_is_the_same(
    room: Pressroom, settings: Settings, seeds: Seeds, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, late: bool
) -> None:
    for number in range(3):
        room.week(number)
        if late:
            update_site(settings, seeds)
        room.digest(number)
        update_site(settings, seeds)
    grown = files(settings.digests_path)
    monkeypatch.setenv("KAWARABAN_DIGESTS", str(tmp_path / "other"))
    update_site(load_settings(), seeds)
    assert files(tmp_path / "other") == grown


def test_another_baseline_is_shown_on_pages_that_no_run_touched(
    room: Pressroom, settings: Settings, seeds: Seeds
) -> None:
    play(room, 0)
    update_site(settings, seeds)
    with room.warehouse.writer() as writer:
        writer.record_baseline("monitor-9", [known_claim("users", Value(low=9e6, high=9e6, unit="people"))])
    assert update_site(settings, seeds).anew
    page = (settings.digests_path / "claims" / "users.html").read_text(encoding="utf-8")
    assert "<dt>基準の資料での値</dt><dd>900万人</dd>" in page


def test_a_sentence_that_an_article_drops_no_longer_counts(room: Pressroom, settings: Settings, seeds: Seeds) -> None:
    play(room, 0, 1)
    update_site(settings, seeds)
    gone = article("a0", revision=2, text="別の話。", content_hash="b", seen_at=at_week(2))
    room.run(2, articles=(gone,), kinds=())
    assert update_site(settings, seeds).claims == 1
    page = (settings.digests_path / "claims" / "users.html").read_text(encoding="utf-8")
    assert "いまの記事にはないか、転載" in page
    assert "1媒体: 山手時報" in page


def test_cut_off_in_the_middle_it_is_made_whole_by_the_next_run(
    room: Pressroom, settings: Settings, seeds: Seeds, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    play(room, 0)
    update_site(settings, seeds)
    play(room, 1)

    def cut_off(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(site_module, "_write_topics", cut_off)
        with pytest.raises(OSError, match="full"):
            update_site(settings, seeds)
    update_site(settings, seeds)
    grown = files(settings.digests_path)
    monkeypatch.setenv("KAWARABAN_DIGESTS", str(tmp_path / "other"))
    update_site(load_settings(), seeds)
    assert files(tmp_path / "other") == grown


def test_pages_of_claims_that_are_no_more_go_when_it_is_written_anew(
    room: Pressroom, settings: Settings, seeds: Seeds
) -> None:
    play(room, 0, 1)
    update_site(settings, seeds)
    settings.warehouse_path.unlink()
    again = Pressroom(settings)
    again.runs = 10
    play(again, 0)
    assert update_site(settings, seeds).anew
    assert [path.name for path in (settings.digests_path / "claims").iterdir()] == ["users.html"]
    assert sorted(path.name for path in (settings.digests_path / "search").iterdir()) == ["2025-W05.js", "weeks.js"]


def test_a_warehouse_that_was_rebuilt_otherwise_is_noticed_though_its_runs_are_the_same(
    room: Pressroom, settings: Settings, seeds: Seeds
) -> None:
    play(room, 0, 1)
    update_site(settings, seeds)
    settings.warehouse_path.unlink()
    again = Pressroom(settings)
    play(again, 0)
    again.run(1, articles=(article("z", seen_at=at_week(1)),), kinds=())
    again.digest(1)
    assert update_site(settings, seeds).anew
    assert [path.name for path in (settings.digests_path / "claims").iterdir()] == ["users.html"]


def test_an_article_found_to_be_a_copy_later_no_longer_counts(
    room: Pressroom, settings: Settings, seeds: Seeds
) -> None:
    play(room, 0, 1)
    update_site(settings, seeds)
    with room.warehouse.writer() as writer:
        writer.record_late_copies("monitor-9", {"a1": ("a0", "near")}, at_week(2))
        moment = at_week(2)
        writer.record_run("monitor-9", "monitor", (moment, moment), "completed", "0", RunCounts())
    assert update_site(settings, seeds).claims == 1
    page = (settings.digests_path / "claims" / "users.html").read_text(encoding="utf-8")
    assert "1媒体: みなと新聞" in page


def test_who_cites_another_outlet_is_no_second_one(room: Pressroom, settings: Settings, seeds: Seeds) -> None:
    cited = article("b", publisher="山手時報")
    room.run(0, observation("users", cited, cites="みなと新聞", **people(1e7)), articles=(cited,), kinds=("new",))
    room.week(0)
    update_site(settings, seeds)
    page = (settings.digests_path / "claims" / "users.html").read_text(encoding="utf-8")
    assert "1媒体: みなと新聞" in page
    assert "みなと新聞を引用" in page


def test_a_claim_that_many_tell_is_cut_with_a_count(room: Pressroom, settings: Settings, seeds: Seeds) -> None:
    many = tuple(article(f"m{n:04}") for n in range(MOST_OCCURRENCES + 25))
    said = tuple(observation("users", one, **people(1e7)) for one in many)
    room.run(0, *said[:1], articles=many, kinds=("new",))
    with room.warehouse.writer() as writer:
        writer.record_observations("monitor-1", said)
    update_site(settings, seeds)
    page = (settings.digests_path / "claims" / "users.html").read_text(encoding="utf-8")
    assert page.count("<blockquote>") == MOST_OCCURRENCES
    assert "ほかに25件" in page


def test_the_feed_is_atom_with_ids_that_never_change(
    room: Pressroom, settings: Settings, seeds: Seeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(room, 0, 1)
    update_site(settings, seeds)
    first = feedparser.parse((settings.digests_path / "feed.xml").read_bytes())
    assert not first.bozo
    assert first.version == "atom10"
    assert [e.title.split(": ")[0] for e in first.entries] == [f"DeepSeek週報 {week}" for week in (WEEKS[1], WEEKS[0])]
    assert [e.links[0].href for e in first.entries] == ["2025-W06.html", "2025-W05.html"]
    assert all("2025年" in e.summary and "#" not in e.summary for e in first.entries)
    room.digest(0, "\n書き直した。\n")
    monkeypatch.setenv("KAWARABAN_SITE_URL", "https://news.example/digests/")
    update_site(load_settings(), seeds)
    second = feedparser.parse((settings.digests_path / "feed.xml").read_bytes())
    assert [e.id for e in second.entries] == [e.id for e in first.entries]
    assert second.feed.id == first.feed.id
    assert second.entries[1].updated == first.entries[1].updated
    assert second.entries[1].published == first.entries[1].published
    assert second.feed.links[0].href == "https://news.example/digests/feed.xml"
    assert second.entries[0].links[0].href == "https://news.example/digests/2025-W06.html"


def test_an_empty_warehouse_has_a_site_too(settings: Settings, seeds: Seeds) -> None:
    update_site(settings, seeds)
    index = (settings.digests_path / "index.html").read_text(encoding="utf-8")
    assert "まだ週報がありません" in index
    html5lib.HTMLParser(strict=True).parse(index)
    assert not feedparser.parse((settings.digests_path / "feed.xml").read_bytes()).bozo


def test_an_unreadable_note_of_how_far_it_is_writes_it_anew(room: Pressroom, settings: Settings, seeds: Seeds) -> None:
    play(room, 0)
    update_site(settings, seeds)
    (settings.digests_path / ".site.json").write_text("{", encoding="utf-8")
    assert update_site(settings, seeds).anew


def test_a_file_is_replaced_whole_and_only_where_it_differs(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("a/b.html", "一")
    folder.write("a/b.html", "一")
    assert folder.written == 1
    folder.write("a/b.html", "二")
    assert files(tmp_path) == {"a/b.html": "二".encode()}


def test_statements_have_a_page_of_their_own_and_stay_out_of_the_entrance(seeds: Seeds) -> None:
    told = ClaimLine("s1", NOW, "deepseek", STATEMENT, {}, "held", Value(text="提携: BYD、2025年3月5日"))
    counted = ClaimLine("c1", NOW, "deepseek", "headcount", {}, "held", Value(low=160, high=160, unit="people"))
    topics = [TopicLines("", 1, (told,)), TopicLines("talent", 1, (counted,))]
    entrance = index_html([], topics, seeds)
    assert "従業員数" in entrance
    assert "BYD" not in entrance
    assert "提携: BYD" in topic_html(topics[0], seeds)
