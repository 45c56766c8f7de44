"""Questions that the flows ask of the warehouse. The SQL is in ``queries/``, a file for each question."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from flows.model import (
    Article,
    Entry,
    KnownArticle,
    KnownClaim,
    KnownEntry,
    Observation,
    PageRequest,
    Reading,
    Signature,
    SourceState,
    StoredText,
)
from flows.report import (
    Delivery,
    Edition,
    EmergingTopic,
    RecordedEdition,
    SourceCondition,
    UnplacedArticle,
    WeekFacts,
)
from warehouse import rows
from warehouse.histories import Histories
from warehouse.schema import QueryError, sql
from warehouse.weeks import week_facts


class Reader:
    """Questions that the flows ask of an open warehouse."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Takes an open, migrated connection."""
        self._connection = connection

    def _rows(self, name: str, **parameters: object) -> list[rows.Row]:
        # Lists go as JSON: DuckDB takes in a text of 20,000 addresses in 0.03 s, a Python list of them in 1.5 s.
        given = {k: json.dumps(v) if isinstance(v, list) else v for k, v in parameters.items()}
        cursor = self._connection.execute(sql("queries", name), given or None)
        columns = [column[0] for column in cursor.description or ()]
        return [dict(zip(columns, values, strict=True)) for values in cursor.fetchall()]

    def source_states(self) -> dict[str, SourceState]:
        """How each feed is doing, by its address."""
        return {row["feed_url"]: SourceState(**row) for row in self._rows("source_states")}

    def source_conditions(self) -> dict[str, SourceCondition]:
        """How each feed is doing, by its address: what it brings, whether it fails, refuses or has fallen silent."""
        return {row["feed_url"]: SourceCondition(**row) for row in self._rows("source_conditions")}

    def silent_sources(self, now: dt.datetime) -> dict[str, dt.datetime]:
        """The feeds that have fallen silent against their own habit, and since when."""
        return {row["feed_url"]: row["silent_since"] for row in self._rows("silent_sources", now=now)}

    def entries_at(self, canonical_urls: Iterable[str]) -> list[KnownEntry]:
        """What feeds have brought before under some canonical URLs."""
        return [KnownEntry(**row) for row in self._rows("entries_at", urls=list(canonical_urls))]

    def entries_by_guid(self, entries: Iterable[Entry]) -> list[KnownEntry]:
        """What feeds have brought before under the ids that some of their entries have."""
        wanted = [{"feed_url": e.feed_url, "guid": e.guid} for e in entries if e.guid is not None]
        return [KnownEntry(**row) for row in self._rows("entries_by_guid", guids=wanted)] if wanted else []

    def pending_pages(
        self, now: dt.datetime, most: int, hiding_hosts: Iterable[str] = (), most_hidden: int = 0
    ) -> list[PageRequest]:
        """Entries whose page has not been had yet and may be asked for now, those known longest first.

        Args:
            now: the run's clock.
            most: how many of those whose address is known.
            hiding_hosts: hosts whose links hide the article's address.
            most_hidden: how many of those; they come last, the newest of those asked least often first.
        """
        found = self._rows("pending_pages", now=now, most=most, hosts=list(hiding_hosts), most_hidden=most_hidden)
        return [rows.request_of(row) for row in found]

    def due_visits(self, now: dt.datetime, most: int, urgent: Iterable[str] = ()) -> list[PageRequest]:
        """Known articles whose page is to be looked at again by a conditional request, likely edits first.

        Args:
            now: the run's clock.
            most: how many.
            urgent: canonical URLs that a feed now calls by another title: due at once, whatever they are about.
        """
        return [rows.request_of(row) for row in self._rows("due_visits", now=now, most=most, urgent=list(urgent))]

    def known_articles(self, article_ids: Iterable[str]) -> dict[str, KnownArticle]:
        """Articles at their newest revision, without their text, by id."""
        found = self._rows("known_articles", ids=list(article_ids))
        return {row["article_id"]: KnownArticle(**row) for row in found}

    def copy_candidates(self, signatures: Sequence[Signature]) -> dict[str, list[StoredText]]:
        """For each signature's article the other stored texts that share a band with it, those seen first first."""
        wanted = [
            {"owner": s.article_id, "scheme": s.scheme, "band": number, "hash": band}
            for s in signatures
            for number, band in enumerate(s.bands)
        ]
        result: dict[str, list[StoredText]] = {}
        for row in self._rows("copy_candidates", wanted=wanted):
            result.setdefault(row.pop("owner"), []).append(StoredText(**row))
        return result

    def texts_by_url(self, urls: Iterable[str]) -> list[StoredText]:
        """Stored articles at some canonical URLs, or that declare one of them as their original's."""
        return [StoredText(**row) for row in self._rows("texts_by_url", urls=list(urls))]

    def copies_of(self, originals: Iterable[str]) -> dict[str, tuple[str, str]]:
        """The stored copies of some articles: by id of which and how."""
        found = self._rows("copies_of", originals=list(originals))
        return {row["article_id"]: (row["duplicate_of"], row["duplicate_kind"]) for row in found}

    def claims_of_articles(self, article_ids: Iterable[str]) -> set[str]:
        """The claims that some articles have ever stated."""
        return {row["claim_id"] for row in self._rows("claims_of_articles", ids=list(article_ids))}

    def readings(self, claim_ids: Iterable[str]) -> list[Reading]:
        """What every revision of every article, copies aside, that ever stated one of some claims says of them.

        Returns:
            The readings in the order in which they were seen; a revision that states none of the claims has no
            observation.
        """
        claims = list(claim_ids)
        said: dict[tuple[str, int], list[Observation]] = {}
        for row in self._rows("reading_observations", claims=claims):
            said.setdefault((row["article_id"], row["revision"]), []).append(rows.observation_of(row))
        return [
            Reading(**row, observations=tuple(said.get((row["article_id"], row["revision"]), ())))
            for row in self._rows("reading_revisions", claims=claims)
        ]

    def baseline(self) -> list[KnownClaim]:
        """The baseline as last loaded."""
        return [rows.baseline_of(row) for row in self._rows("baseline")]

    def unplaced_window(self, since: dt.datetime, most: int) -> list[UnplacedArticle]:
        """Articles first seen since a moment that the topics fit badly, copies aside, the latest first."""
        found = self._rows("unplaced_window", since=since, most=most)
        return [UnplacedArticle(**{**row, "terms": tuple(row["terms"])}) for row in found]

    def placed_texts(self, since: dt.datetime, most: int) -> list[str]:
        """Texts of the latest relevant articles, copies aside, that the topics fit."""
        return [row["text"] for row in self._rows("placed_texts", since=since, most=most)]

    def emerging_of(self, article_ids: Iterable[str]) -> list[EmergingTopic]:
        """The emerging topics that some articles belong to."""
        return [rows.emerging_of(row) for row in self._rows("emerging_of", articles=list(article_ids))]

    def week_facts(self, week: str) -> WeekFacts:
        """Everything that a week's digest is made of, as it was known when the week ended.

        A digest that was sent before its week ended covers what was known then; the rest goes to the next week's.

        Args:
            week: an ISO week in Asia/Tokyo, such as ``2025-W05``.
        """
        return week_facts(self._rows, week)

    def known_states(self, urls: Sequence[str]) -> dict[str, set[str]]:
        """The content hashes of all revisions of the articles that came under some addresses, by address."""
        states: dict[str, set[str]] = {}
        for row in self._rows("known_states", urls=list(urls)):
            states.setdefault(row["entry_url"], set()).add(row["content_hash"])
        return states

    def needed_pages(self, *, relevant: bool) -> list[str]:
        """The raw paths of current revisions' pages: of all articles, or of the relevant ones alone."""
        return [row["raw_path"] for row in self._rows("needed_pages", relevant=relevant)]

    def run_count(self) -> int:
        """How many runs the warehouse has seen."""
        return int(self._rows("run_count")[0]["runs"])

    def past_deliveries(self, week: str) -> list[Delivery]:
        """The attempts to deliver a week's digest, in the order of recording."""
        return [Delivery(**row) for row in self._rows("past_deliveries", week=week)]

    def digest_version(self, week: str, sha256: str) -> Edition | None:
        """A week's digest with a certain content, as it was once written; None where it never was."""
        found = self._rows("digest_version", week=week, sha256=sha256)
        return rows.edition_of(found[0]) if found else None

    def latest_digest(self, week: str, lang: str = "ja") -> RecordedEdition | None:
        """A week's digest in a language, as last written; None where it never was."""
        found = self._rows("latest_digest", week=week, lang=lang)
        if not found:
            return None
        row = found[0]
        return RecordedEdition(rows.edition_of(row), row["version"], row["created_at"], row["sent"])

    @property
    def site(self) -> Histories:
        """The questions that the site asks."""
        return Histories(self._rows)

    def newest_revision(self, url: str) -> Article | None:
        """The article at an address (its own, or the one that a feed gave), without its topics; None if unknown."""
        found = self._rows("newest_revision", url=url)
        return rows.article_of(found[0]) if found else None

    def observations_of(self, article_id: str, revision: int) -> list[Observation]:
        """What was recorded of one revision of an article, in order of the text."""
        found = self._rows("article_observations", article=article_id, revision=revision)
        return [rows.observation_of(row) for row in found]

    def query(
        self, text: str, parameters: Mapping[str, object] | None = None
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Runs a user's query.

        Returns:
            The columns' names and the rows.

        Raises:
            QueryError: DuckDB does not understand the query, or it would do more than read the warehouse.
        """
        try:
            cursor = self._connection.execute(text, parameters)
            columns = [column[0] for column in cursor.description or ()]
            return columns, cursor.fetchall()
        except duckdb.Error as error:
            raise QueryError(str(error)) from error
