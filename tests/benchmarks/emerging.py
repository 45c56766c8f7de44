"""Takes one topic after the other away and shows what emerges in its place.

    python -m tests.benchmarks.emerging SHARED [TOPIC…]

``SHARED`` holds ``eval/dev`` and ``eval/corpus``. Of the articles that fit badly without a topic, those that treat it
should gather: recall is the share of them in an emerging topic, precision the share of all gathered articles, without
those that gather where no topic is taken away.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

from flows.reading.emerging import gather, unplaced_terms
from flows.reading.topics import TopicModel, load_topics
from flows.report import EmergingTopic, UnplacedArticle
from seeds import load_seeds
from seeds.loader import BUNDLED
from tests.benchmarks.topics import FAMILIES

NEVER = -50.0
"""Log-odds of a topic that is taken away."""


@dataclasses.dataclass(frozen=True)
class Labelled:
    """A relevant article, no copy, and its topics."""

    name: str
    site: str
    title: str
    text: str
    published: dt.datetime
    topics: frozenset[str]


def read(shared: Path) -> Iterator[Labelled]:
    """The labelled worlds' articles, each at its newest revision."""
    for family in FAMILIES:
        newest = {}
        for line in (shared / "eval" / f"{family}.jsonl").read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            newest[record["site"], record["path"]] = record
        for record in newest.values():
            gold, text = record["gold"], "\n".join(record["paragraphs"])
            if gold["relevant"] and not gold.get("duplicate_of"):
                published = dt.datetime.fromisoformat(record["published"])
                name = f"{family}/{record['id']}"
                yield Labelled(name, record["site"], record["title"], text, published, frozenset(gold["topics"]))


def without(model: TopicModel, topic: str) -> TopicModel:
    """The model without a topic."""
    column = model.terms.topics.index(topic)
    weights, biases = model.weights.copy(), model.biases.copy()
    weights[:, column], biases[column] = 0.0, NEVER
    return dataclasses.replace(model, weights=weights, biases=biases)


def emerge(articles: list[Labelled], model: TopicModel) -> tuple[list[str], list[EmergingTopic]]:
    """The articles that fit badly, by name, and what emerges from them."""
    found = [(article, unplaced_terms(article.title, article.text, model)) for article in articles]
    unplaced = [UnplacedArticle(a.name, 1, a.site, a.title, *f, a.published) for a, f in found if f is not None]
    return [u.article_id for u in unplaced], gather(unplaced, [a.text for a, f in found if f is None], [])


def measure(articles: list[Labelled], model: TopicModel, topic: str, standing: set[str]) -> tuple[int, int, int]:
    """How many articles of a topic fit badly without it, how many of them gather, and how many gather in all."""
    unplaced, topics = emerge(articles, without(model, topic))
    treat = {a.name for a in articles if topic in a.topics}
    gathered = {name for emerging in topics for name in emerging.article_ids} - (standing - treat)
    for emerging in topics:
        if not standing.issuperset(emerging.article_ids):
            share = sum(name in treat for name in emerging.article_ids) / len(emerging.article_ids)
            print(f"  {topic:14} {share:4.0%} of {len(emerging.article_ids):2}  {emerging.name}")
    return sum(name in treat for name in unplaced), len(gathered & treat), len(gathered)


def main() -> None:
    """Prints what emerges and how much of it is the topic that was taken away."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("topics", nargs="*")
    args = parser.parse_args()
    model = load_topics(load_seeds(BUNDLED))
    articles = list(read(args.shared))
    _, topics = emerge(articles, model)
    for emerging in topics:
        print(f"  nothing away   {len(emerging.article_ids):11}  {emerging.name}")
    standing = {name for emerging in topics for name in emerging.article_ids}
    figures = [measure(articles, model, topic, standing) for topic in args.topics or model.terms.topics]
    badly, hits, gathered = (sum(column) for column in zip(*figures, strict=True))
    print(f"recall {hits / max(badly, 1):.2f} of {badly}, precision {hits / max(gathered, 1):.2f} of {gathered}")


if __name__ == "__main__":
    main()
