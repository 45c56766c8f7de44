"""What every run makes of the pages that it read, whichever flow runs it: tell copies → find claims → append.

Plain functions without Prefect, so that the flows can spread them over tasks and a replay can run them one after
another. Everything they know of the past they ask of a ``Reader``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from flows.capture import urls
from flows.claims.changes import derive
from flows.claims.extract import ClaimKnowledge, Extraction, load_claim_knowledge
from flows.claims.outlets import Outlets, cited_outlet, load_outlets
from flows.claims.statements import extract_all
from flows.model import Article, Signature, StoredText
from flows.pages import ReadPage
from flows.reading.articles import Knowledge, load_knowledge
from flows.reading.duplicates import Candidate, CopyVerdict, resolve_batch
from flows.reading.shingles import TextSignature
from flows.report import RunCounts
from seeds import Seeds, load_seeds
from warehouse.reader import Reader
from warehouse.writer import Writer

Copies = Mapping[str, tuple[str, str]]
"""Articles that are copies: by id of which and how."""


@functools.lru_cache(maxsize=4)
def knowledge_of(folder: Path) -> tuple[Seeds, Knowledge, ClaimKnowledge]:
    """A seeds folder with everything compiled from it, once for each process."""
    seeds = load_seeds(folder)
    return seeds, load_knowledge(seeds), load_claim_knowledge(seeds)


@functools.lru_cache(maxsize=4)
def outlets_of(folder: Path) -> Outlets:
    """The outlets that a seeds folder knows, once for each process."""
    return load_outlets(knowledge_of(folder)[0])


# --- copies -----------------------------------------------------------------------------------------------------------


def tell_copies(reader: Reader, pages: Sequence[ReadPage]) -> tuple[list[Article], Copies]:
    """The run's articles with the copies among them marked, and verdicts on articles that are stored already.

    A stored article is found to be a copy where its original turns up only now, or where a revision makes it one; the
    copies of an article that becomes a copy move on to its original.
    """
    articles = [page.article for page in pages if page.article is not None]
    first_seen = {page.known.article_id: page.known.first_seen_at for page in pages if page.known}
    new = [a for a in articles if a.relevant and a.duplicate_of is None]
    wanted = {a.article_id for a in new}
    signatures = [s for p in pages if (s := p.signature) is not None and s.article_id in wanted]
    stored = {k: [_stored(t) for t in v] for k, v in reader.copy_candidates(signatures).items()}
    for article_id, text in _declaring(reader, new):
        if text.article_id not in {c.article_id for c in stored.get(article_id, ())}:
            stored.setdefault(article_id, []).append(_stored(text))
    verdicts = resolve_batch(
        [_candidate(a, first_seen.get(a.article_id, a.seen_at)) for a in new],
        stored,
        {s.article_id: TextSignature(s.scheme, s.bands) for s in signatures},
    )
    marked = [
        dataclasses.replace(a, duplicate_of=v.original_id, duplicate_kind=v.kind)
        if (v := verdicts.get(a.article_id))
        else a
        for a in articles
    ]
    return marked, _late_copies(reader, verdicts, {a.article_id for a in articles if a.revision == 1})


def _late_copies(reader: Reader, verdicts: Mapping[str, CopyVerdict], fresh: set[str]) -> Copies:
    late = {i: (v.original_id, v.kind) for i, v in verdicts.items() if i not in fresh}
    moved = reader.copies_of(sorted(late)) if late else {}
    for copy, (original, kind) in moved.items():
        late.setdefault(copy, (late[original][0], kind))
    return {i: verdict for i, verdict in late.items() if i != verdict[0]}


def _declaring(reader: Reader, new: Sequence[Article]) -> list[tuple[str, StoredText]]:
    """Stored articles that new ones declare as their original, and stored ones that declare a new one as theirs."""
    declaring: dict[str, set[str]] = {}
    declared = {form: a.article_id for a in new for form in urls.forms(a.url)}
    for article in new:
        for form in urls.forms(article.declared_original) if article.declared_original else ():
            declaring.setdefault(form, set()).add(article.article_id)
    found = []
    for text in reader.texts_by_url(sorted({*declaring, *declared})):
        owners = set(declaring.get(text.url, ()))
        if text.declared_original in declared:
            owners.add(declared[text.declared_original])
        found += [(owner, text) for owner in sorted(owners - {text.article_id})]
    return found


def _stored(text: StoredText) -> Candidate:
    return Candidate(
        text.article_id,
        text.url,
        text.publisher,
        text.text,
        text.published_at,
        text.first_seen_at,
        text.duplicate_of,
        text.declared_original,
    )


def _candidate(article: Article, first_seen_at: dt.datetime) -> Candidate:
    return Candidate(
        article.article_id,
        article.url,
        article.publisher,
        article.text,
        article.published_at,
        first_seen_at,
        None,
        article.declared_original,
    )


# --- claims -----------------------------------------------------------------------------------------------------------


def claims_in(articles: Sequence[Article], folder: Path) -> list[Extraction]:
    """The claims of articles by a seeds folder, each with the outlet that its sentence cites."""
    knowledge = knowledge_of(folder)[2]
    return cited(articles, [extract_all(article, knowledge) for article in articles], folder)


def cited(articles: Iterable[Article], extractions: Iterable[Extraction], folder: Path) -> list[Extraction]:
    """The extractions of some articles, each observation with the outlet that its sentence cites."""
    outlets = outlets_of(folder)
    return [
        dataclasses.replace(
            extraction,
            observations=tuple(
                dataclasses.replace(o, cites=cited_outlet(o.attribution, article.publisher, outlets))
                for o in extraction.observations
            ),
        )
        for article, extraction in zip(articles, extractions, strict=True)
    ]


# --- appending --------------------------------------------------------------------------------------------------------


def counted(counts: RunCounts, articles: Sequence[Article], extractions: Sequence[Extraction]) -> RunCounts:
    """A run's counts with what its articles come to."""
    return dataclasses.replace(
        counts,
        articles_new=sum(a.revision == 1 for a in articles),
        revisions=sum(a.revision > 1 for a in articles),
        relevant=sum(a.relevant for a in articles),
        copies=sum(a.duplicate_of is not None for a in articles),
        observations=sum(len(e.observations) for e in extractions),
        set_aside=sum(len(e.set_aside) for e in extractions),
    )


def append(
    writer: Writer,
    run_id: str,
    now: dt.datetime,
    articles: Sequence[Article],
    signatures: Sequence[Signature],
    late: Copies,
    extractions: Sequence[Extraction],
    seeds: Seeds,
) -> int:
    """Appends a run's articles, verdicts and claims, and derives what they change.

    Returns:
        How many changes the run brought.
    """
    writer.record_articles(run_id, articles, signatures)
    writer.record_late_copies(run_id, late, now)
    observations = [o for extraction in extractions for o in extraction.observations]
    writer.record_observations(run_id, observations)
    touched = {o.claim_id for o in observations}
    moved = [a.article_id for a in articles if a.revision > 1] + sorted(late)
    touched |= writer.claims_of_articles(moved)
    baseline = [known for known in writer.baseline() if known.claim_id in touched]
    outcome = derive(writer.readings(sorted(touched)), baseline, seeds, now)
    return writer.record_changes(run_id, outcome.changes, outcome.states)
