"""The flows, end to end: the embedded world through real Prefect flows, with nothing reached but its hosts."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect.settings import PREFECT_API_URL
from prefect.testing.utilities import prefect_test_harness

from flows import VERSION
from flows.commands.console import check_week
from flows.demo.newsroom import Newsroom
from flows.demo.world import write_seeds
from flows.digest import Sending, digest, last_full_week
from flows.files import UnreadableError, captures_of, files_of, passes
from flows.imports import unread
from flows.model import JST
from flows.monitor import intake, monitor
from flows.settings import SettingsError, load_settings
from seeds.loader import BUNDLED
from tests.digests.inbox import Inbox, served
from tests.rooms import opened
from warehouse.store import Warehouse

TABLES = (
    "articles article_revisions article_topics claims claim_observations claim_changes sources fetches runs entries "
    "signatures claim_states baseline_claims feeds unplaced_articles emerging_states"
).split()


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=90):
        yield


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    with opened(tmp_path, monkeypatch) as room:
        yield room


def ask(query: str) -> list[tuple[Any, ...]]:
    with Warehouse(load_settings().warehouse_path).reader() as reader:
        return reader.query(query)[1]


def counts() -> dict[str, int]:
    return {table: ask(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def play(room: Newsroom, *waves: int) -> None:
    moments = dict(room.world.waves)
    for wave in waves:
        room.wave = wave
        monitor(moments[wave])


def test_a_second_run_over_the_same_world_adds_rows_to_runs_and_fetches_alone(room: Newsroom) -> None:
    play(room, 1, 2)
    before = counts()
    assert before["articles"] >= 10
    assert before["claim_changes"] >= 15
    monitor(room.world.waves[1][1] + dt.timedelta(hours=2))
    after = counts()
    assert {table for table in TABLES if before[table] != after[table]} == {"runs", "fetches"}


def test_the_demo_world_gives_what_its_articles_say(room: Newsroom) -> None:
    play(room, 1, 2, 3, 4)
    kinds = {kind for (kind,) in ask("SELECT DISTINCT kind FROM claim_changes")}
    assert {"new", "updated", "corrected", "denied", "disputed"} <= kinds
    assets = "SELECT kind, count(*) FROM claim_changes JOIN claims USING (claim_id) WHERE attribute = 'assets_managed'"
    assert sorted(ask(f"{assets} GROUP BY kind")) == [("corrected", 1), ("new", 1)]
    copies = ask("SELECT url FROM articles WHERE duplicate_of IS NOT NULL ORDER BY url")
    assert [url for (url,) in copies] == [
        "http://hokuriku-nippo.example/news/0512-3.html",
        "http://hokuriku-nippo.example/news/0516-1.html",
    ]
    assert ask("SELECT max(revision) FROM articles WHERE url LIKE '%/ai/0516.html'") == [(2,)]
    assert not ask("SELECT url FROM articles WHERE relevant AND language <> 'ja'")
    assert ask("SELECT count(*) FROM claim_observations WHERE sentence = '' OR article_id IS NULL") == [(0,)]


def test_nothing_but_the_configured_sources_is_reached(room: Newsroom) -> None:
    play(room, 1, 2)
    hosts = {address.split("/")[0] for address in room.hits}
    assert hosts == set(room.world.sites)
    assert not any(address.startswith("denshi-jiho.example/premium") for address in room.hits)
    assert os.environ["DO_NOT_TRACK"] == "1"
    assert os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"


def test_the_digest_of_a_week_is_the_same_whenever_it_is_written(room: Newsroom, tmp_path: Path) -> None:
    play(room, 1, 2)
    now = room.world.waves[1][1]
    first = digest("2025-W20", now)
    second = digest("2025-W20", now + dt.timedelta(days=1))
    assert first.markdown == second.markdown == (tmp_path / "digests" / "2025-W20.md").read_text(encoding="utf-8")
    assert ask("SELECT count(*) FROM digest_versions") == [(1,)]
    assert "## 新しい主張" in first.markdown


def test_a_digest_and_what_a_run_did_are_shown_in_prefect(room: Newsroom) -> None:
    play(room, 1)
    made = digest("2025-W20", room.world.waves[0][1])

    page, figures = shown("digest-2025-w20"), shown("run-figures")
    assert (page["type"], page["data"]) == ("markdown", made.markdown)
    assert page["flow_run_id"]
    assert page["description"].startswith("DeepSeek週報 2025-W20: ")
    assert figures["type"] == "table"
    rows = {row["figure"]: row["count"] for row in json.loads(figures["data"])}
    assert rows["articles_new"] == ask("SELECT articles_new FROM runs WHERE flow = 'monitor'")[0][0]
    assert rows["sources_polled"] > 0


def shown(key: str) -> dict[str, Any]:
    """An artifact as the server has it."""
    found = httpx.get(f"{PREFECT_API_URL.value()}/artifacts/{key}/latest").raise_for_status().json()
    assert isinstance(found, dict)
    return found


def test_a_preview_is_written_aside_and_nothing_else_happens(
    room: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(room, 1)
    inbox = Inbox()
    with served(inbox) as server:
        for name, value in {"SMTP_HOST": server.host, "SMTP_PORT": str(server.port), "SMTP_SECURITY": "none"}.items():
            monkeypatch.setenv(f"KAWARABAN_{name}", value)
        monkeypatch.setenv("KAWARABAN_MAIL_TO", "a@x.example")
        now = room.world.waves[0][1]
        before = ask("SELECT count(*) FROM runs")
        made = digest("2025-W20", now, Sending(preview=True))
        assert made.path == tmp_path / "digests" / "preview" / "2025-W20.md"
        assert sorted(path.name for path in (tmp_path / "digests").rglob("*")) == [
            "2025-W20.eml",
            "2025-W20.html",
            "2025-W20.json",
            "2025-W20.md",
            "preview",
        ]
        message = email.message_from_bytes(made.path.with_suffix(".eml").read_bytes(), policy=email.policy.default)
        assert message["To"] == "a@x.example"
        assert ask("SELECT count(*) FROM runs") == before
        assert ask("SELECT count(*) FROM digests") == ask("SELECT count(*) FROM deliveries") == [(0,)]
        assert not inbox.tries
        sent = digest("2025-W20", now)
    assert [d.status for d in sent.deliveries] == ["sent"]
    assert inbox.taken[0][1]["Subject"] == message["Subject"]
    assert inbox.taken[0][1]["Message-ID"] == message["Message-ID"]
    assert (tmp_path / "digests" / "index.html").exists()


def test_a_feed_that_fails_is_told_and_stops_nothing(room: Newsroom, tmp_path: Path) -> None:
    feeds = tmp_path / "seeds" / "feeds.toml"
    more = '\n[[feed]]\nurl = "http://nowhere.example/feed.xml"\npublisher = "無い新聞"\n'
    feeds.write_text(feeds.read_text(encoding="utf-8") + more, encoding="utf-8")
    report = monitor(room.world.waves[0][1])
    assert len(report.failed_sources) == 1
    assert "nowhere.example" in report.failed_sources[0]
    assert report.counts.articles_new >= 5
    assert ask("SELECT consecutive_failures FROM sources WHERE publisher = '無い新聞'") == [(1,)]


def test_two_warehouses_made_of_the_same_world_hold_the_same_claims(
    room: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "SELECT observation_id, claim_id, sentence FROM claim_observations ORDER BY ALL"
    play(room, 1, 2)
    first = ask(query)
    monkeypatch.setenv("KAWARABAN_DATA", str(tmp_path / "second"))
    play(room, 1, 2)
    assert ask(query) == first


def test_files_are_taken_in_with_their_own_times_and_addresses(room: Newsroom, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("ディープシークの従業員\n\nディープシークの従業員は160人だ。", encoding="utf-8")
    page = '<link rel="canonical" href="http://x.example/1"><h1>題</h1><p>ディープシークは新しいモデルを公開した。</p>'
    (folder / "b.html").write_text(page, encoding="utf-8")
    now = dt.datetime(2025, 5, 20, tzinfo=JST)
    captures = captures_of(files_of([folder]), tmp_path, "warc/import.warc.gz", now, None, "P")
    assert captures.failures == ()
    intake(now, captures.captures)
    assert ask("SELECT url, published_at FROM articles ORDER BY url") == [
        ("file:a.txt", None),
        ("http://x.example/1", None),
    ]
    assert ask("SELECT value_low FROM claim_observations WHERE attribute = 'headcount'") == [(160.0,)]


def test_states_of_a_page_are_revisions_and_an_import_done_twice_adds_nothing(room: Newsroom, tmp_path: Path) -> None:
    now = dt.datetime(2025, 5, 20, tzinfo=JST)
    states: list[Path] = []
    for staff in (160, 210, 160):
        file = tmp_path / f"{len(states)}.html"
        text = f"<p>ディープシークの従業員は{staff}人だと、同社が発表した。</p>"
        file.write_text(f'<link rel="canonical" href="http://x.example/1"><h1>題</h1>{text}', encoding="utf-8")
        states.append(file)
    for number in (1, 2):
        taken = captures_of(states, tmp_path, f"warc/2025-05-20/{number}.warc.gz", now, None, "P")
        for captures in passes(unread(taken.captures, load_settings())):
            intake(now, captures)
        assert ask("SELECT revision, regexp_extract(text, '\\d+') FROM article_revisions ORDER BY revision") == [
            (1, "160"),
            (2, "210"),
            (3, "160"),
        ]


def test_what_cannot_be_imported_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="does not exist"):
        files_of([tmp_path / "none"])


def test_the_last_full_week_is_the_one_before() -> None:
    assert last_full_week(dt.datetime(2025, 2, 3, 7, tzinfo=JST)) == "2025-W05"
    check_week("2025-W05")


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAWARABAN_TIMEOUT", "soon")
    with pytest.raises(SettingsError, match="KAWARABAN_TIMEOUT"):
        load_settings()


def test_the_user_agent_names_the_contact_and_takes_nothing_that_breaks_a_header(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KAWARABAN_CONTACT", "https://example.org/bot")
    assert load_settings().user_agent == f"Kawaraban/{VERSION} (news monitor; +https://example.org/bot)"
    for wrong in ("a\r\nX: y", "新聞社"):
        monkeypatch.setenv("KAWARABAN_CONTACT", wrong)
        with pytest.raises(SettingsError, match="KAWARABAN_CONTACT"):
            load_settings()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["sql", "SELECT 1 AS one"], 0, ""),
        (["sql", "SELECT FROM"], 1, "kawaraban:"),
        (["nonsense"], 2, "nonsense"),
        (["digest", "--week", "2025-99"], 2, "--week"),
        (["digest", "--lang", "fr"], 2, "--lang takes ja or en"),
        (["explain", "http://x.example/"], 1, "no article"),
        (["digest", "--preview", "--resend"], 2, "--preview"),
    ],
)
def test_exit_codes_and_messages_are_what_the_contract_says(
    words: list[str], code: int, message: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", "from flows.cli import main; main()", *words]
    env = os.environ | {"KAWARABAN_DATA": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == code
    assert message in done.stderr


@pytest.mark.parametrize("words", [["run"], ["digest", "--week", "2025-W20"], ["import", "."]])
def test_a_seeds_folder_that_is_wrong_is_told_in_one_line_before_anything_runs(
    words: list[str], tmp_path: Path
) -> None:
    write_seeds(BUNDLED, tmp_path / "seeds")
    (tmp_path / "seeds" / "units.toml").write_text("x = [", encoding="utf-8")
    env = os.environ | {"KAWARABAN_DATA": str(tmp_path), "KAWARABAN_SEEDS": str(tmp_path / "seeds")}
    command = [sys.executable, "-c", "from flows.cli import main; main()", *words]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "units.toml" in done.stderr


WATCHER = """
import os, socket, sys

def watch(event, arguments):
    if event == "socket.connect" and arguments[0].family != socket.AF_UNIX:
        host = arguments[1][0]
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    with open(os.environ["WATCHED"], "a") as file:
        file.write(f"{host}\\n")

sys.addaudithook(watch)
"""


def test_a_command_with_all_its_processes_connects_to_loopback_alone(room: Newsroom, tmp_path: Path) -> None:
    """The interpreter itself tells of every connection and look-up, Prefect's own server process included."""
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCHER, encoding="utf-8")
    watched = tmp_path / "watched.txt"
    paths = [str(tmp_path / "watch"), str(Path(__file__).resolve().parent.parent)]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "DO_NOT_TRACK"))}
    env |= {"WATCHED": str(watched), "PYTHONPATH": os.pathsep.join(paths), "PREFECT_HOME": str(tmp_path / "prefect")}
    for words in (["run", "--now", "2025-05-12T18:00:00+09:00"], ["digest", "--week", "2025-W20"]):
        command = [sys.executable, "-c", "from flows.cli import main; main()", *words]
        done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
        assert done.returncode == 0, done.stderr
    hosts = set(watched.read_text(encoding="utf-8").split())
    assert hosts
    assert hosts <= {"127.0.0.1", "localhost", "::1", "0.0.0.0", "None"}
