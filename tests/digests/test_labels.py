from __future__ import annotations

import string
import typing
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from flows.digests.labels import LanguageError, labels_of, languages
from flows.digests.selection import CHANGED


def entries(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every label's key and the names of its places; forms of a number count as one label."""
    for key, value in table.items():
        here = f"{path}.{key}" if path else key
        if isinstance(value, Mapping) and set(value) == {"one", "other"}:
            yield here, set().union(*(places(form) for form in value.values()))
        elif isinstance(value, Mapping):
            yield from entries(value, here)
        else:
            yield here, places(value) if isinstance(value, str) else set()


def places(pattern: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name}


def test_all_languages_have_the_same_labels() -> None:
    tables = {lang: dict(entries(labels_of(lang).table)) for lang in languages()}
    assert len({frozenset(table) for table in tables.values()}) == 1
    for key in tables["ja"]:
        # A language may leave a name out where its words need none, and "one" may be a word instead of {n}.
        known = {"year", "month", "day", "month_name"} if key.startswith("date.") else {"n"}
        assert len({frozenset(table[key] - known) for table in tables.values()}) == 1, key


def test_every_kind_of_change_has_its_words() -> None:
    for lang in languages():
        labels = labels_of(lang)
        for kind in (*CHANGED, "new", "corroborated"):
            assert labels(f"kind.{kind}")
        for kind in CHANGED:
            assert labels(f"side.{kind}.new") != labels(f"side.{kind}.old")


def test_numbers_choose_their_form() -> None:
    labels = labels_of("en")
    assert labels("mark.outlets", n=1) == "1 outlet"
    assert labels("mark.outlets", n=2) == "2 outlets"


def test_what_is_filled_in_is_no_pattern() -> None:
    assert labels_of("ja")("mark.by", name="{n}{labels.table}%s") == "{n}{labels.table}%sによる"


def test_a_language_without_words_is_told() -> None:
    with pytest.raises(LanguageError, match="ja, en"):
        labels_of(typing.cast("typing.Any", "../../etc"))
