"""What looking for copies costs among a million articles: ``python -m tests.benchmarks.copies [ARTICLES] [FOLDER]``.

Fills a warehouse file in the folder (by default a temporary one) with synthetic articles and their bands, then looks up
a thousand new ones through the store's own query, in a process of its own so that its peak of memory can be told:
half of them copy a stored article. A folder that holds the file already is used as it stands.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flows.model import Signature
from flows.reading.duplicates import Candidate, resolve_batch
from flows.reading.shingles import BANDS, LEAD_BANDS, SCHEME, TextSignature, signature
from tests.warehouse.samples import START, article
from warehouse.store import Warehouse

NEW = 1000
COPIED = 500
BATCH = 10_000
KANA = "のにをはがともでからまでよりした価格性能利用者公開発表研究開発企業市場米国中国半導体計算資源模型学習推論費用安全情報保護"
FILL = """
INSERT INTO signatures BY NAME
SELECT printf('%016x', a.number) AS article_id, 1 AS revision, $scheme AS scheme, b.band,
       (hash(a.number * 64 + b.band) >> 1)::BIGINT AS hash, 'filling' AS run_id
FROM range($first, $stop) AS a(number), range($bands) AS b(band)
"""
FILL_ARTICLES = """
INSERT INTO article_revisions BY NAME
SELECT printf('%016x', number) AS article_id, 1 AS revision, '題' || number AS title,
       repeat(printf('記事%d番の本文は利用者と価格について述べている。', number), 20) AS text,
       md5(number::VARCHAR) AS content_hash, $moment::TIMESTAMPTZ + to_minutes(number) AS seen_at,
       'warc/x#' || number AS raw_path, 'https://news.example/' || number AS url, 'みなと新聞' AS publisher,
       $moment::TIMESTAMPTZ + to_minutes(number) AS published_at, 'ja' AS language, true AS relevant, false AS partial,
       false AS paywalled, false AS correction, 'filling' AS run_id
FROM range($first, $stop) AS a(number)
"""


def text_of(seed: int) -> str:
    """A text that no other seed gives."""
    draw = random.Random(seed)
    return "。\n".join("".join(draw.choices(KANA, k=60)) for _ in range(12))


def fill(path: Path, articles: int) -> None:
    """Writes the warehouse."""
    with Warehouse(path).writer() as writer:
        run = writer._connection.execute
        for first in range(0, articles, BATCH):
            span = {"first": first, "stop": min(first + BATCH, articles)}
            run(FILL, span | {"scheme": SCHEME, "bands": BANDS + LEAD_BANDS})
            run(FILL_ARTICLES, span | {"moment": START})
        originals = [article(f"original-{n}", text=text_of(n)) for n in range(COPIED)]
        signatures = [Signature(a.article_id, 1, SCHEME, signature(a.text).bands) for a in originals]
        writer.record_articles("originals", originals, signatures)


def look_up(path: Path) -> None:
    """Looks up the new articles, in one batch and in small ones, and prints what it cost."""
    new = [article(f"new-{n}", text=text_of(n if n < COPIED else n + 100_000)) for n in range(NEW)]
    signatures = [Signature(a.article_id, 1, SCHEME, signature(a.text).bands) for a in new]
    for size in (NEW, 50):
        begun, cpu = time.perf_counter(), time.process_time()
        copies = 0
        batches = [signatures[i : i + size] for i in range(0, NEW, size)][: 4 if size < NEW else 1]
        for batch in batches:
            with Warehouse(path).reader() as reader:
                stored = {
                    owner: [
                        Candidate(t.article_id, t.url, t.publisher, t.text, t.published_at, t.first_seen_at)
                        for t in texts
                    ]
                    for owner, texts in reader.copy_candidates(batch).items()
                }
            wanted = {s.article_id for s in batch}
            judged = [
                Candidate(a.article_id, a.url, a.publisher, a.text, START.replace(hour=20), START.replace(hour=20))
                for a in new
                if a.article_id in wanted
            ]
            copies += len(
                resolve_batch(judged, stored, {s.article_id: TextSignature(s.scheme, s.bands) for s in batch})
            )
        looked = sum(len(batch) for batch in batches)
        wall, spent = time.perf_counter() - begun, time.process_time() - cpu
        print(
            f"{looked} articles in batches of {size}: {1000 * wall / looked:.2f} ms an article, "
            f"{1000 * spent / looked:.2f} ms of CPU; {copies} copies found; peak {peak():.0f} MB"
        )


def peak() -> float:
    """The process's largest resident size so far, in MB. (``getrusage`` would tell of the parent's before ``exec``.)"""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    """Fills where need be, then looks up in a fresh process."""
    if sys.argv[1:2] == ["--look-up"]:
        look_up(Path(sys.argv[2]))
        return
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(sys.argv[2] if len(sys.argv) > 2 else scratch, "copies.duckdb")
        if not path.exists():
            begun = time.perf_counter()
            fill(path, articles)
            print(f"filled in {time.perf_counter() - begun:.0f} s: {path.stat().st_size / 1e6:.0f} MB")
        subprocess.run([sys.executable, "-m", "tests.benchmarks.copies", "--look-up", str(path)], check=True)


if __name__ == "__main__":
    main()
