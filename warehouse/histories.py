"""The site's questions: histories of claims, lists by topic, what a week said. The SQL is in ``queries/``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from flows.history import ClaimHistory, ClaimLine, DigestLine, Occurrence, RunsSeen, SearchEntry, TopicLines
from flows.model import Change
from warehouse import rows


class Histories:
    """Questions that the site asks of an open warehouse."""

    def __init__(self, ask: Callable[..., list[rows.Row]]) -> None:
        """Takes what runs a query of ``queries/`` by its name and parameters."""
        self._rows = ask

    def runs_seen(self, seen: int) -> RunsSeen:
        """How far the warehouse is, against a site that has taken in its first ``seen`` runs."""
        return RunsSeen(**self._rows("site_runs", seen=seen)[0])

    def touched(self, seen: int, weeks: Sequence[str]) -> list[str]:
        """The claims of which something became different after the first ``seen`` runs, or in some weeks."""
        return [row["claim_id"] for row in self._rows("site_touched", seen=seen, weeks=list(weeks))]

    def weeks_touched(self, seen: int) -> list[str]:
        """The weeks in which the runs after the first ``seen`` ones changed something."""
        return [row["week"] for row in self._rows("site_weeks", seen=seen)]

    def digests(self) -> list[DigestLine]:
        """All weeks' digests as last written, the newest first."""
        return [DigestLine(**row | {"subject": row["subject"] or row["week"]}) for row in self._rows("site_digests")]

    def histories(self, claim_ids: Iterable[str]) -> list[ClaimHistory]:
        """Some claims with their whole history, in order of id; one that no article ever stated has none."""
        ids = list(claim_ids)
        known = {row["claim_id"]: row for row in reversed(self._rows("baseline"))}
        states = {row["claim_id"]: row for row in self._rows("latest_states", claims=ids)}
        occurrences: dict[str, list[Occurrence]] = {}
        for row in self._rows("claim_occurrences", claims=ids):
            evidence = rows.evidence_of(row, "")
            if evidence is not None:
                occurrence = Occurrence(evidence, row["revision"], row["standing"], row["cites"])
                occurrences.setdefault(row["claim_id"], []).append(occurrence)
        changes: dict[str, list[Change]] = {}
        for row in self._rows("claim_changes_of", claims=ids):
            changes.setdefault(row["claim_id"], []).append(Change(**row))
        return [
            ClaimHistory(
                claim_id=claim,
                subject=states[claim]["subject"],
                attribute=states[claim]["attribute"],
                qualifiers=json.loads(states[claim]["qualifiers"]),
                status=states[claim]["status"],
                value=rows.value_of(states[claim]),
                known=rows.value_of(known[claim]) if claim in known else None,
                occurrences=tuple(occurrences[claim]),
                changes=tuple(changes.get(claim, ())),
            )
            for claim in sorted(states.keys() & occurrences.keys())
        ]

    def topics(self, attributes: Mapping[str, str], most: int) -> list[TopicLines]:
        """The claims that changed last, by topic.

        Args:
            attributes: attribute -> its topic; others have the topic "".
            most: claims of one topic.
        """
        wanted = [{"attribute": a, "topic": t} for a, t in sorted(attributes.items())]
        found: dict[str, tuple[int, list[ClaimLine]]] = {}
        for row in self._rows("site_topics", topics=wanted, most=most):
            line = ClaimLine(
                claim_id=row["claim_id"],
                changed_at=row["changed_at"],
                subject=row["subject"],
                attribute=row["attribute"],
                qualifiers=json.loads(row["qualifiers"]),
                status=row["status"],
                value=rows.value_of(row),
            )
            found.setdefault(row["topic"], (row["claims"], []))[1].append(line)
        return [TopicLines(topic, claims, tuple(lines)) for topic, (claims, lines) in found.items()]

    def entries(self, week: str) -> list[SearchEntry]:
        """What a week's changes said, in their order."""
        return [
            SearchEntry(
                claim_id=row["claim_id"],
                kind=row["kind"],
                changed_at=row["changed_at"],
                subject=row["subject"],
                attribute=row["attribute"],
                qualifiers=json.loads(row["qualifiers"]),
                value=rows.value_of(row),
                sentence=row["sentence"],
                publisher=row["publisher"],
            )
            for row in self._rows("site_entries", week=week)
        ]
