"""Learns how much each feature speaks for each topic from labelled articles, and measures it across families.

    python -m tests.benchmarks.topics SHARED [--write]

``SHARED`` holds ``eval/dev`` and ``eval/corpus``. The figures are of articles of families that the weights did not
see; ``--write`` then learns from all of them and writes ``seeds/topic_weights.json``. An article's topics are known,
those of its sentences only where the gold names evidence: a noisy or over the sentences, with the evidence as further
targets, and an L2 penalty around the weights that the cues have before anything is learned.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from flows.reading.passages import passages
from flows.reading.topic_features import TopicTerms, features, load_terms
from flows.reading.topics import PROFILES, START, THRESHOLD, WEIGHTS, prior
from seeds import Seeds, load_seeds
from seeds.loader import BUNDLED

FAMILIES = ("dev/articles", "corpus/money", "corpus/policy", "corpus/tech", "corpus/wire")
EVIDENCE, PENALTY_CUE, PENALTY_WORD, PENALTY_BIAS = 0.2, 0.3, 2.0, 1.0
LEAST_ARTICLES, MOST_SHARE = 3, 0.6
STEPS, RATE = 200, 0.1
KEPT = 0.05

Matrix = npt.NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class Example:
    """A labelled article: its sentences' features, the topics of its evidence by sentence, and its topics."""

    name: str
    family: str
    sentences: list[set[str]]
    evidence: list[set[str]]
    topics: frozenset[str]
    copy: bool


@dataclasses.dataclass(frozen=True)
class Weights:
    """Features × topics, and the topics' biases."""

    index: dict[str, int]
    table: Matrix
    biases: Matrix


def read(shared: Path, terms: TopicTerms, seeds: Seeds) -> list[Example]:
    """The relevant articles of the labelled worlds, each at its newest revision."""
    found = []
    for family in FAMILIES:
        newest: dict[tuple[str, str], dict[str, Any]] = {}
        for line in (shared / "eval" / f"{family}.jsonl").read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            newest[record["site"], record["path"]] = record
        found += [example(r, family, terms, seeds) for r in newest.values() if r["gold"]["relevant"]]
    return found


def example(record: dict[str, Any], family: str, terms: TopicTerms, seeds: Seeds) -> Example:
    """A gold record as features and targets."""
    text, gold = "\n".join(record["paragraphs"]), record["gold"]
    parts = passages(text)
    evidence: list[set[str]] = [set() for _ in range(len(parts) + 1)]
    for claim in gold["claims"]:
        topic, start = seeds.attributes[claim["attribute"]].topic, text.find(claim["evidence"])
        if topic in gold["topics"] and start >= 0:
            for place, part in enumerate(parts, 1):
                if part.start < start + len(claim["evidence"]) and part.end > start:
                    evidence[place].add(topic)
    shown = features(record["title"], parts, terms)
    copy = bool(gold.get("duplicate_of"))
    return Example(record["id"], family, shown, evidence, frozenset(gold["topics"]), copy)


def matrices(examples: Sequence[Example], index: dict[str, int], topics: Sequence[str]) -> tuple[Matrix, ...]:
    """Features and evidence by sentence, the sentences' articles as a membership matrix, and the topics by article."""
    count = sum(len(e.sentences) for e in examples)
    rows: Matrix = np.zeros((count, len(index)), dtype=np.float32)
    evidence: Matrix = np.zeros((count, len(topics)), dtype=np.float32)
    member: Matrix = np.zeros((len(examples), count), dtype=np.float32)
    row = 0
    for number, one in enumerate(examples):
        for shown, told in zip(one.sentences, one.evidence, strict=True):
            rows[row, [index[f] for f in shown if f in index]] = 1
            evidence[row] = [t in told for t in topics]
            member[number, row] = 1
            row += 1
    wanted: Matrix = np.array([[t in e.topics for t in topics] for e in examples], dtype=np.float32)
    return rows, evidence, member, wanted


def train(examples: Sequence[Example], terms: TopicTerms) -> Weights:
    """Weights by Adam (Kingma and Ba 2015) from the prior; deterministic."""
    start = prior(terms, dict.fromkeys(terms.topics, START))
    counts = Counter(f for e in examples for f in set().union(*e.sentences))
    most = MOST_SHARE * len(examples)
    words = {f for f, n in counts.items() if f[0] in "=~" or LEAST_ARTICLES <= n <= most}
    index = {feature: n for n, feature in enumerate(sorted(words | set(start)))}
    topics = terms.topics
    rows, evidence, member, wanted = matrices(examples, index, topics)
    centre: Matrix = np.array([[start.get(f, {}).get(t, 0.0) for t in topics] for f in index], dtype=np.float32)
    penalty: Matrix = np.array(
        [[PENALTY_CUE if f in start or f[0] in "=~" else PENALTY_WORD] for f in index], dtype=np.float32
    )
    weights, biases = centre.copy(), np.full(len(topics), START.bias, dtype=np.float32)
    moments = [np.zeros_like(weights), np.zeros_like(weights), np.zeros_like(biases), np.zeros_like(biases)]
    for step in range(1, STEPS + 1):
        chance = 1 / (1 + np.exp(-(rows @ weights + biases)))
        missed = np.exp(member @ np.log1p(-np.minimum(chance, 1 - 1e-6)))
        pull = member.T @ (wanted * missed / np.maximum(1 - missed, 1e-6))
        error = np.where(member.T @ wanted > 0, -pull, 1.0) * chance - EVIDENCE * evidence * (1 - chance)
        slopes = (
            rows.T @ error + penalty * (weights - centre),
            error.sum(axis=0) + PENALTY_BIAS * (biases - START.bias),
        )
        rate = RATE * min(1.0, 2 * (1 - step / (STEPS + 1)))
        for place, (values, slope) in enumerate(zip((weights, biases), slopes, strict=True)):
            first, second = moments[2 * place], moments[2 * place + 1]
            first += 0.1 * (slope - first)
            second += 0.001 * (slope**2 - second)
            values -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return Weights(index, weights, biases)


def scores(examples: Sequence[Example], weights: Weights, topics: Sequence[str]) -> Matrix:
    """The probability of each topic for each article."""
    rows, _, member, _ = matrices(examples, weights.index, topics)
    chance = 1 / (1 + np.exp(-(rows @ weights.table + weights.biases)))
    result: Matrix = 1 - np.exp(member @ np.log1p(-np.minimum(chance, 1 - 1e-6)))
    return result


def figures(found: Matrix, wanted: Matrix) -> str:
    """Micro-averaged F1, precision and recall at the threshold."""
    said = found >= THRESHOLD
    hits = float((said * wanted).sum())
    precision, recall = hits / max(said.sum(), 1), hits / max(wanted.sum(), 1)
    return f"F1 {2 * precision * recall / max(precision + recall, 1e-9):.3f}  P {precision:.3f}  R {recall:.3f}"


def labels(examples: Sequence[Example], topics: Sequence[str]) -> Matrix:
    """Articles × topics of the gold."""
    result: Matrix = np.array([[t in e.topics for t in topics] for e in examples], dtype=np.float32)
    return result


def evaluate(examples: Sequence[Example], terms: TopicTerms) -> None:
    """Prints the figures of each held-out family and of the two halves."""
    topics = terms.topics
    originals = [e for e in examples if not e.copy]
    held: list[tuple[Matrix, Matrix]] = []
    for family in FAMILIES:
        test = [e for e in examples if e.family == family]
        weights = train([e for e in originals if e.family != family], terms)
        held.append((scores(test, weights, topics), labels(test, topics)))
        print(f"{family:16} held out  {figures(*held[-1])}")
    found, wanted = (np.concatenate([pair[n] for pair in held]) for n in (0, 1))
    print(f"{'all families':16} held out  {figures(found, wanted)}")
    test = [e for e in examples if e.family != FAMILIES[0]]
    weights = train([e for e in originals if e.family == FAMILIES[0]], terms)
    print(f"{'corpus':16} from dev  {figures(scores(test, weights, topics), labels(test, topics))}")
    for column, topic in enumerate(topics):
        print(f"  {topic:14} {figures(found[:, [column]], wanted[:, [column]])}  of {int(wanted[:, column].sum())}")


def write(weights: Weights, terms: TopicTerms, path: Path) -> None:
    """Writes the weights as data; what is next to nothing is left out, what the cues give anyway too."""
    start = prior(terms, dict.fromkeys(terms.topics, START))
    table = {}
    for feature, row in weights.index.items():
        kept = {t: round(float(w), 2) for t, w in zip(terms.topics, weights.table[row], strict=True) if abs(w) >= KEPT}
        if kept != start.get(feature, {}):
            table[feature] = kept
    biases = {t: round(float(b), 2) for t, b in zip(terms.topics, weights.biases, strict=True)}
    lines = ",\n".join(
        f"{json.dumps(f, ensure_ascii=False)}: {json.dumps(table[f], ensure_ascii=False)}" for f in sorted(table)
    )
    path.write_text(f'{{"biases": {json.dumps(biases)},\n"weights": {{\n{lines}\n}}}}\n', encoding="utf-8")


def main() -> None:
    """Measures, and writes where asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    seeds = load_seeds(BUNDLED)
    terms = load_terms(seeds, seeds.extra(PROFILES))
    examples = read(args.shared, terms, seeds)
    evaluate(examples, terms)
    if args.write:
        weights = train([e for e in examples if not e.copy], terms)
        everything = labels(examples, terms.topics)
        print(f"{'all families':16} seen      {figures(scores(examples, weights, terms.topics), everything)}")
        write(weights, terms, BUNDLED / WEIGHTS)


if __name__ == "__main__":
    main()
