"""How well and how fast pages are read, beside bare trafilatura: ``python -m tests.benchmarks.reading [SHARED]``.

Needs the folder with real pages and the evaluation world (the environment's ``SHARED``, else the one beside the
checkout). Quality is F1 of character n-grams without white space: 4-grams on the real pages, 5-grams on the world's.
The time is that of the whole reading, from the bytes to the topics.
"""

from __future__ import annotations

import collections
import datetime as dt
import importlib.util
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import trafilatura

from flows.model import JST, Article, Capture
from flows.reading.articles import assess, load_knowledge
from flows.reading.extraction import extract_page, join_pages
from seeds.loader import BUNDLED, load_seeds

KNOWLEDGE = load_knowledge(load_seeds(BUNDLED))
RULES = KNOWLEDGE.rules
NOW = dt.datetime(2025, 1, 28, 18, tzinfo=JST)
ROUNDS = 5
TIMED = 29
"""Of the world's pages, which are nearly all about the subject, every so many are timed."""
MARKUPS = ("p", "div", "br")
START = 20
"""How many characters of a known start have to be the text's first."""


def overlap(expected: str, found: str, size: int) -> float:
    """F1 of character n-grams without white space."""

    def grams(text: str) -> collections.Counter[str]:
        flat = "".join(text.split())
        return collections.Counter(flat[i : i + size] for i in range(max(len(flat) - size + 1, 0)))

    want, have = grams(expected), grams(found)
    total = want.total() + have.total()
    return 2 * (want & have).total() / total if total else 0.0


def seconds(read: Callable[[], object]) -> float:
    """The least CPU time of a few rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.process_time()
        read()
        best = min(best, time.process_time() - begun)
    return best


def bare(body: bytes, url: str) -> str:
    """What trafilatura alone makes of a page."""
    document = trafilatura.bare_extraction(body, url=url, with_metadata=True)
    return str(getattr(document, "text", "") or "")


def whole(body: bytes, url: str) -> Article | None:
    """The whole reading of a page, from its bytes to its topics."""
    page = extract_page(body, "text/html", url, RULES)
    capture = Capture(url, url, url, NOW, "warc/1.warc.gz#0")
    return assess(page, capture, url, "a", None, KNOWLEDGE)


def flat(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())


def starts_right(text: str, starts: str) -> bool:
    """Whether a text begins with the known start, or within it: a start may begin with a caption, which is no text."""
    size = min(START, len(flat(starts)))
    begun = flat(text)[:size]
    return len(begun) == size and begun in flat(starts)


def real_pages(folder: Path) -> None:
    """Prints the table of the real pages."""
    rows = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    scores: list[tuple[float, float]] = []
    spent = [0.0, 0.0]
    print(f"{'page':28} {'ours':>9} {'bare':>9}  title time  {'ms':>6} {'bare ms':>8} ratio")
    for row in rows:
        body, url = (folder / row["page"]).read_bytes(), row["url"]
        page = extract_page(body, "text/html", url, RULES)
        theirs = bare(body, url)
        if "text" in row:
            pair = overlap(row["text"], page.text, 4), overlap(row["text"], theirs, 4)
            scores.append(pair)
            shown = [f"{value:.3f}" for value in pair]
        else:
            shown = ["start" if starts_right(text, row["starts"]) else "-" for text in (page.text, theirs)]
        title = flat(page.title) == flat(row["title"])
        told = row["published"]
        right = told is None or (
            page.published_at is not None
            and abs(page.published_at - dt.datetime.fromisoformat(told)) < dt.timedelta(minutes=1)
        )
        cost = [
            seconds(lambda body=body, url=url: whole(body, url)),  # type: ignore[misc]
            seconds(lambda body=body, url=url: bare(body, url)),  # type: ignore[misc]
        ]
        spent = [a + b for a, b in zip(spent, cost, strict=True)]
        print(
            f"{Path(row['page']).stem[:28]:28} {shown[0]:>9} {shown[1]:>9}  {'ok' if title else 'WRONG':5} "
            f"{'ok' if right else 'WRONG':5} {1000 * cost[0]:6.1f} {1000 * cost[1]:8.1f} {cost[0] / cost[1]:5.2f}"
        )
    ours, others = zip(*scores, strict=True)
    print(f"{'mean':28} {statistics.mean(ours):9.3f} {statistics.mean(others):9.3f}")
    print(f"{'lowest':28} {min(ours):9.3f} {min(others):9.3f}")
    print(
        f"CPU from bytes to topics in all: {1000 * spent[0]:.0f} ms, bare {1000 * spent[1]:.0f} ms, ratio {spent[0] / spent[1]:.2f}\n"
    )


def newsroom(folder: Path) -> ModuleType:
    """The module that renders the evaluation world."""
    spec = importlib.util.spec_from_file_location("newsroom", folder / "newsroom.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(folder / "newsroom.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rendered(room: Any, world: Any) -> Iterator[tuple[str, dict[str, Any], list[bytes], str]]:
    """Every article in every template and markup: (template, record, its pages' bytes, the header)."""
    templates: dict[str, tuple[str, dict[str, Any]]] = {}
    for host, site in world.sites.items():
        templates.setdefault(host if site["template"] == "own" else site["template"], (host, site))
    for record in world.records:
        for name, (host, site) in templates.items():
            for markup in MARKUPS:
                drawn = {**site, "paragraphs": markup}
                numbers = (1, 2) if record.get("page_break") else (1,)
                pages = [
                    room.encode(room.page({**record, "site": host}, drawn, world, number), site["charset"])
                    for number in numbers
                ]
                yield f"{name} {markup}", {**record, "site": host}, pages, f"text/html; charset={site['charset']}"


def world_pages(folder: Path) -> None:
    """Prints the table of the evaluation world's articles, each in all templates."""
    room = newsroom(folder)
    world = room.World(folder / "dev", 10_000)
    scores: dict[str, list[float]] = collections.defaultdict(list)
    bare_scores: dict[str, list[float]] = collections.defaultdict(list)
    wrong: collections.Counter[str] = collections.Counter()
    spent, timed = [0.0, 0.0], 0
    for number, (name, record, bodies, kind) in enumerate(rendered(room, world)):
        url = f"http://{record['site']}{record['path']}"
        if number % TIMED == 0 and kind.endswith("utf-8"):
            cost = [seconds(lambda: whole(bodies[0], url)), seconds(lambda: bare(bodies[0], url))]  # noqa: B023
            spent, timed = [a + b for a, b in zip(spent, cost, strict=True)], timed + 1
        page = join_pages([extract_page(body, kind, url, RULES) for body in bodies])
        wanted = "".join(record["paragraphs"])
        scores[name].append(overlap(wanted, page.text, 5))
        bare_scores[name].append(overlap(wanted, "".join(bare(body, url) for body in bodies), 5))
        wrong["title"] += page.title != record["title"]
        wrong["time"] += page.published_at != dt.datetime.fromisoformat(record["published"])
        wrong["paywall"] += page.paywalled != bool(record.get("paywall"))
    print(f"{'template':28} {'articles':>8} {'ours':>7} {'lowest':>7} {'bare':>7} {'lowest':>7}")
    for name, values in scores.items():
        theirs = bare_scores[name]
        print(
            f"{name:28} {len(values):8} {statistics.mean(values):7.3f} {min(values):7.3f} "
            f"{statistics.mean(theirs):7.3f} {min(theirs):7.3f}"
        )
    print(
        f"CPU from bytes to topics on {timed} of them: {1000 * spent[0]:.0f} ms, bare {1000 * spent[1]:.0f} ms, "
        f"ratio {spent[0] / spent[1]:.2f}"
    )
    print("wrong:", ", ".join(f"{name} {count}" for name, count in wrong.items()))


def main() -> None:
    """Prints both tables."""
    beside = Path(__file__).resolve().parents[3] / "shared"
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SHARED", beside))
    real_pages(shared / "real")
    world_pages(shared / "eval")


if __name__ == "__main__":
    main()
