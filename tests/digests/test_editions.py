"""Which edition of a week stands: what was sent is never changed, what was written is never lost."""

from __future__ import annotations

import dataclasses

import pytest

from flows.digests.editions import files_of, render, settle
from flows.digests.selection import select
from flows.report import Edition, RecordedEdition, WeekFacts
from seeds import Seeds
from tests.digests.facts import NOW, change, facts, hostile_week, whole_week


@pytest.fixture
def made(seeds: Seeds) -> Edition:
    return render(select(facts(change()), seeds), seeds, "ja")


@pytest.fixture
def other(seeds: Seeds) -> Edition:
    return render(select(facts(change(), change(2)), seeds), seeds, "ja")


def recorded(edition: Edition, *, sent: bool = False) -> RecordedEdition:
    return RecordedEdition(edition, 1, NOW, sent)


def test_the_first_edition_is_recorded(made: Edition) -> None:
    standing = settle(made, None, revise=False)
    assert (standing.edition, standing.fresh, standing.note) == (made, True, None)


def test_the_same_again_is_the_edition_that_there_is_byte_for_byte(made: Edition) -> None:
    designed = dataclasses.replace(made, html="<p>as it was designed then</p>")
    standing = settle(made, recorded(designed, sent=True), revise=False)
    assert (standing.edition, standing.fresh, standing.note) == (designed, False, None)


def test_what_was_written_gives_way_and_the_user_is_told(made: Edition, other: Edition) -> None:
    standing = settle(other, recorded(made), revise=False)
    assert (standing.edition, standing.fresh) == (other, True)
    assert "2025-W05: the warehouse, the seeds or the program has changed" in str(standing.note)
    assert "this is edition 2" in str(standing.note)


def test_what_was_sent_stands_and_the_user_is_told(made: Edition, other: Edition) -> None:
    standing = settle(other, recorded(made, sent=True), revise=False)
    assert (standing.edition, standing.fresh) == (made, False)
    assert "was sent (2025-01-28 18:00); that edition stands" in str(standing.note)


def test_a_new_edition_of_what_was_sent_is_written_on_purpose(made: Edition, other: Edition) -> None:
    assert settle(other, recorded(made, sent=True), revise=True).fresh


def test_claims_that_only_json_tells_make_another_edition(made: Edition) -> None:
    assert settle(made, recorded(dataclasses.replace(made, json="{}")), revise=False).fresh
    assert not settle(made, recorded(dataclasses.replace(made, json=None)), revise=False).fresh


@pytest.mark.parametrize("week", [whole_week(), hostile_week()])
def test_an_edition_is_the_same_in_any_order_of_facts(seeds: Seeds, week: WeekFacts) -> None:
    turned = dataclasses.replace(
        week,
        changes=week.changes[::-1],
        page_troubles=week.page_troubles[::-1],
        topics=dict(reversed(list(week.topics.items()))),
    )
    assert render(select(week, seeds), seeds, "ja") == render(select(turned, seeds), seeds, "ja")


def test_files_are_named_by_week_language_and_form(seeds: Seeds, made: Edition) -> None:
    assert list(files_of(made)) == ["2025-W05.md", "2025-W05.html", "2025-W05.json"]
    english = render(select(facts(), seeds), seeds, "en")
    assert list(files_of(english)) == ["2025-W05.en.md", "2025-W05.en.html", "2025-W05.en.json"]
    assert list(files_of(dataclasses.replace(made, json=None))) == ["2025-W05.md", "2025-W05.html"]
