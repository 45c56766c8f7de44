"""A rebuild: the same world comes out the same, other rules give what they say, and the old file is never touched."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from prefect.testing.utilities import prefect_test_harness

from flows.demo.newsroom import Newsroom
from flows.demo.world import write_seeds
from flows.digest import digest
from flows.files import captures_of, files_of
from flows.monitor import intake, monitor
from flows.rebuild import RebuildError, rebuild
from seeds.loader import BUNDLED


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=90):
        yield


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder in which the demo world was watched for four weeks, with a digest and an imported file."""
    data = tmp_path_factory.mktemp("played")
    write_seeds(BUNDLED, data / "seeds")
    with pytest.MonkeyPatch.context() as patch, Newsroom() as room:
        for name in ("HTTP_PROXY", "http_proxy"):
            patch.setenv(name, room.proxy_url)
        patch.setenv("KAWARABAN_DATA", str(data))
        patch.setenv("KAWARABAN_SEEDS", str(data / "seeds"))
        patch.setenv("KAWARABAN_PAUSE", "0")
        for wave, now in room.world.waves:
            room.wave = wave
            monitor(now)
        (data / "note.txt").write_text("ディープシークの従業員\n\nディープシークの従業員は160人だ。", encoding="utf-8")
        later = now + dt.timedelta(hours=2)
        taken = captures_of(files_of([data / "note.txt"]), data, "warc/note.warc.gz", later, None, "手帳")
        intake(later, taken.captures)
        digest("2025-W20", later)
        yield data


def rows(path: Path, without: dict[str, set[str]] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all base tables, some columns aside."""
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
        ]
        found = {}
        for table in tables:
            dropped = ", ".join((without or {}).get(table, ()))
            columns = f"* EXCLUDE ({dropped})" if dropped else "*"
            found[table] = connection.execute(f"SELECT {columns} FROM {table} ORDER BY ALL").fetchall()
        return found


def fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_rebuild_with_the_same_rules_gives_the_same_rows_in_every_table(played: Path, tmp_path: Path) -> None:
    old, new = played / "kawaraban.duckdb", tmp_path / "new.duckdb"
    before = fingerprint(old)
    report = rebuild(new)
    assert (report.differences, report.unreadable) == ((), ())
    assert report.runs == 10
    assert report.captures >= 20
    assert rows(new) == rows(old)
    assert fingerprint(old) == before
    assert sorted(p.name for p in tmp_path.iterdir() if not p.name.endswith(".lock")) == ["new.duckdb"]


def without_headcount(folder: Path) -> Path:
    """Seeds that know no attribute ``headcount``."""
    write_seeds(BUNDLED, folder)
    attributes = folder / "attributes.toml"
    text = attributes.read_text(encoding="utf-8")
    start = text.index("[headcount]")
    attributes.write_text(text[:start] + text[text.index("\n[", start + 1) + 1 :], encoding="utf-8")
    return folder


def test_a_rebuild_with_other_rules_shows_what_they_change(
    played: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAWARABAN_SEEDS", str(without_headcount(tmp_path / "seeds")))
    report = rebuild(tmp_path / "new.duckdb")
    found = {difference.what: difference for difference in report.differences}
    assert set(found) == {"claims that are gone", "changes that are gone"}
    assert found["claims that are gone"].count == 1
    assert "従業員" in found["claims that are gone"].examples[0][0]
    assert all(
        kind.split()[0] in {"new", "updated", "corroborated"} for _, kind, _ in found["changes that are gone"].examples
    )


def test_pages_whose_capture_is_gone_are_told_and_kept_as_they_were(
    played: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for file in sorted((played / "warc").rglob("*.gz")):
        kept = data / file.relative_to(played)
        kept.parent.mkdir(parents=True, exist_ok=True)
        os.link(file, kept)
    (data / "kawaraban.duckdb").write_bytes((played / "kawaraban.duckdb").read_bytes())
    lost = min((data / "warc").rglob("*.gz"))
    lost.unlink()
    monkeypatch.setenv("KAWARABAN_DATA", str(data))
    report = rebuild(tmp_path / "new.duckdb")
    assert len(report.unreadable) >= 3
    assert all(lost.name in line for line in report.unreadable)
    assert report.differences == ()
    changed = {"article_revisions": {"duplicate_kind"}}
    assert rows(tmp_path / "new.duckdb", changed) == rows(played / "kawaraban.duckdb", changed)


def test_nothing_is_overwritten_unasked(played: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "there.duckdb"
    there.write_text("something else")
    with pytest.raises(RebuildError, match="--force"):
        rebuild(there)
    with pytest.raises(RebuildError, match="itself"):
        rebuild(played / "kawaraban.duckdb", force=True)
    assert there.read_text() == "something else"
    rebuild(there, force=True)
    assert rows(there) == rows(played / "kawaraban.duckdb")
    monkeypatch.setenv("KAWARABAN_DATA", str(tmp_path / "empty"))
    with pytest.raises(RebuildError, match="no warehouse"):
        rebuild(tmp_path / "new.duckdb")


KILLED = """
import os, sys
from pathlib import Path
from flows.settings import load_settings
from warehouse.rebuild import rebuilding

with rebuilding(load_settings().warehouse_path, Path(sys.argv[1])) as new:
    new.carry_run(new.past_runs()[0])
    new.commit()
    os._exit(9)
"""


def test_a_rebuild_that_is_killed_leaves_nothing_in_the_files_place(played: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.duckdb"
    done = subprocess.run([sys.executable, "-c", KILLED, str(new)], check=False)
    assert done.returncode == 9
    assert not new.exists()
    rebuild(new)
    assert rows(new) == rows(played / "kawaraban.duckdb")
    assert sorted(p.name for p in tmp_path.iterdir() if not p.name.endswith(".lock")) == ["new.duckdb"]


def test_the_command_shows_a_plain_table(played: Path, tmp_path: Path) -> None:
    env = os.environ | {"KAWARABAN_SEEDS": str(without_headcount(tmp_path / "seeds"))}
    command = [sys.executable, "-c", "from flows.cli import main; main()", "rebuild"]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr
    assert (played / "kawaraban.rebuilt.duckdb").exists()
    assert "what differs" in done.stdout
    again = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert again.returncode == 1
    assert "--force" in again.stderr
    assert "Traceback" not in again.stderr
