"""Scores the claims that are found in the labelled articles: ``python -m tests.benchmarks.claims [--misses] [FAMILY …]``.

Without families: those that the weights were learned from, then those that were held out, with a table by attribute;
exit code 1 where a figure lies below the ones pinned in ``tests/corpus/families.toml``.
"""

from __future__ import annotations

import sys
import time
import tomllib
from pathlib import Path

from flows.claims.extract import load_claim_knowledge
from flows.claims.training.corpus import families, read_corpus
from flows.claims.training.scoring import Score, score
from seeds import load_seeds
from seeds.loader import BUNDLED

CORPUS = Path(__file__).resolve().parents[1] / "corpus"


def main(words: list[str]) -> int:
    """Prints the figures."""
    misses = "--misses" in words
    named = [w for w in words if not w.startswith("-")]
    knowledge = load_claim_knowledge(load_seeds(BUNDLED))
    pinned = tomllib.loads((CORPUS / "families.toml").read_text(encoding="utf-8"))["pinned"]
    failed = 0
    for part in ("named",) if named else ("learn", "held_out"):
        articles = read_corpus(CORPUS, named or families(CORPUS, part), knowledge.seeds)
        began = time.process_time()
        result = score(articles, knowledge)
        spent = (time.process_time() - began) / sum(len(a.article.text) for a in articles) * 2e6
        print(f"{part}: {result.total}; {spent:.1f} ms for 2,000 characters")
        if part == "held_out" or named:
            _print_table(result)
        if misses:
            _print_misses(result)
        if part in pinned:
            low = [k for k, least in pinned[part].items() if getattr(result.total, k) < least]
            failed += len(low)
            for name in low:
                print(
                    f"{part}: {name} is {getattr(result.total, name):.3f}, below {pinned[part][name]}", file=sys.stderr
                )
    return 1 if failed else 0


def _print_table(result: Score) -> None:
    for name, tally in sorted(result.attributes.items(), key=lambda a: -a[1].marked):
        print(f"  {name:22} marked {tally.marked:4} found {tally.found:4} right {tally.right:4} F1 {tally.f1:.2f}")


def _print_misses(result: Score) -> None:
    for miss in sorted(result.misses, key=lambda m: (m.attribute, m.labelled.number)):
        text = miss.labelled.article.text
        passage = miss.found.sentence if miss.found else text[miss.mark.start : miss.mark.end] if miss.mark else ""
        print(f"  {miss.kind} {miss.attribute} {miss.labelled.number}: {passage}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
