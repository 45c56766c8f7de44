from __future__ import annotations

import dataclasses
from pathlib import Path

import duckdb

from flows.report import Delivery
from tests.warehouse.samples import START, at
from warehouse.schema import sql
from warehouse.store import Warehouse

ONE = Delivery("2025-W05", "a@x.example", "<1@x.example>", START, "sent", None, "mail", "sha", "d1")


def test_an_attempt_recorded_twice_is_one(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "w.duckdb")
    with warehouse.writer() as writer:
        assert writer.record_deliveries("digest-1", [ONE]) == 1
    with warehouse.writer() as writer:
        again = [ONE, dataclasses.replace(ONE, recipient="b@x.example", delivery_id="d2", sent_at=at(1))]
        assert writer.record_deliveries("digest-2", again) == 1
    with warehouse.reader() as reader:
        assert [d.recipient for d in reader.past_deliveries("2025-W05")] == ["a@x.example", "b@x.example"]
        assert reader.past_deliveries("2025-W06") == []


def test_what_an_older_program_delivered_still_counts(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path)) as older:
        older.execute(sql("migrations", "0001_first_tables"))
        older.execute("CREATE TABLE schema_migrations AS SELECT '0001_first_tables' AS name")
        older.execute(
            "INSERT INTO deliveries VALUES ('2025-W05', 'a@x.example', '<1>', now(), 'sent', NULL, 'digest-1')"
        )
        older.execute("INSERT INTO digest_versions VALUES ('2025-W05', 1, now(), '# 題', '<p>', 'sha', 'digest-1')")
    with Warehouse(path).reader() as reader:
        (delivery,) = reader.past_deliveries("2025-W05")
        edition = reader.digest_version("2025-W05", "sha")
        (line,) = reader.site.digests()
    assert (delivery.channel, delivery.status, delivery.sha256) == ("mail", "sent", None)
    assert edition is not None
    assert (edition.subject, edition.markdown) == ("2025-W05", "# 題")
    assert (line.subject, line.lang) == ("2025-W05", "ja")
