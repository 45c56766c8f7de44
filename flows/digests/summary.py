"""The week in three sentences, made of the data: what changed, what is new, what was read and what was not."""

from __future__ import annotations

from flows.digests.phrases import Phrases
from flows.digests.text import clean
from flows.report import WeekChange

_LONGEST = 80
"""Code points of a claim or a value within a sentence."""


def summary(phrases: Phrases) -> str:
    """The week in at most three sentences, for weeks of every kind.

    A week in which nothing ran is never called quiet.
    """
    digest = phrases.digest
    if not digest.facts.runs and digest.quiet and not digest.corroborated:
        return phrases.labels("summary.unwatched").strip()
    if digest.quiet:
        again = len(digest.corroborated)
        told = phrases.labels("summary.quiet") + (phrases.labels("summary.quiet_again", n=again) if again else "")
    else:
        told = _changed(phrases) + _new(phrases)
    return (told + _read(phrases)).strip()


def lead(phrases: Phrases, change: WeekChange) -> str:
    """A change as a clause: DeepSeekの利用者数が2500万人から3200万人に更新されました."""
    old = phrases.old_value(change)
    moved = change.kind not in {"denied", "retracted"} and old is None
    key = f"summary.{change.kind}_from_nothing" if moved else f"summary.{change.kind}"
    return phrases.labels(
        key, claim=_short(phrases.statement(change)), old=_short(old or ""), new=_value(phrases, change)
    )


def _short(text: str) -> str:
    return clean(text, _LONGEST)


def _value(phrases: Phrases, change: WeekChange) -> str:
    return _short(phrases.new_value(change))


def _changed(phrases: Phrases) -> str:
    changed = phrases.digest.changed
    if not changed:
        return ""
    return phrases.labels("summary.changed", n=len(changed), lead=lead(phrases, changed[0]))


def _new(phrases: Phrases) -> str:
    digest, labels = phrases.digest, phrases.labels
    count, groups = digest.new_count, digest.new
    if not count:
        return labels("summary.new_none")
    if digest.facts.first:
        return labels("summary.new_first", n=count)
    if count == 1:
        (change,) = groups[0].changes
        return labels("summary.new_one", claim=_short(phrases.statement(change)), value=_value(phrases, change))
    if len(groups) == 1:
        return labels("summary.new_topic", n=count, topic=phrases.topic(groups[0].topic))
    most = max(group.count for group in groups)
    largest = [group for group in groups if group.count == most]
    if len(largest) == 1:
        return labels("summary.new_most", n=count, topic=phrases.topic(largest[0].topic), most=most)
    return labels("summary.new_topics", n=count, topics=len(groups))


def _read(phrases: Phrases) -> str:
    facts, labels = phrases.digest.facts, phrases.labels
    gaps = _gaps(phrases)
    key = "summary.read" if facts.relevant else "summary.read_none"
    if facts.relevant and facts.copies:
        key = "summary.read_copies"
    return labels(
        f"{key}_gaps" if gaps else key,
        outlets=labels("summary.outlets", n=facts.publishers),
        articles=labels("summary.articles", n=facts.relevant),
        copies=labels("summary.copies", n=facts.copies),
        gaps=gaps,
    )


def _gaps(phrases: Phrases) -> str:
    """What could not be read, as a clause; empty where all could."""
    facts, labels = phrases.digest.facts, phrases.labels
    feeds, pages, silent = len(facts.source_troubles), len(facts.page_troubles), len(facts.silent)
    failed = [labels("summary.feeds", n=feeds)] * bool(feeds) + [labels("summary.pages", n=pages)] * bool(pages)
    things = labels("text.list_and").join(failed)
    if failed and silent:
        return labels("summary.gap_both", things=things, feeds=labels("summary.feeds", n=silent))
    if failed:
        return labels("summary.gap_failed", things=things)
    return labels("summary.gap_silent", feeds=labels("summary.feeds", n=silent)) if silent else ""
