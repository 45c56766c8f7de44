"""What Prefect's pages show of a run: the digest, and what a run did in figures."""

from __future__ import annotations

import dataclasses

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.report import RunCounts


def show_digest(week: str, markdown: str, description: str) -> None:
    """A week's digest as an artifact; each edition is a further version under one key."""
    create_markdown_artifact(key=f"digest-{week.lower()}", markdown=markdown, description=description)


def show_figures(run_id: str, counts: RunCounts) -> None:
    """What a run did, a row a figure, under the key ``run-figures``."""
    table = [{"figure": name, "count": count} for name, count in dataclasses.asdict(counts).items()]
    create_table_artifact(key="run-figures", table=table, description=run_id)
