"""The words that patterns require: what a prefilter leaves out can never match."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.claims.frames import load_frames
from flows.claims.literals import Prefilter, required
from seeds import load_seeds
from seeds.loader import BUNDLED


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("渡航|出国", {"渡航", "出国"}),
        ("(?:公開|投入)[^。]{0,12}(?:延期|遅れ)", {"公開", "投入"}),
        ("社長?に就任", {"に就任"}),
        ("ab+c", {"ab"}),
        ("(?P<value>[0-9]+)位(?=に|へ)", {"位"}),
        (r"3\.5倍", {"3.5倍"}),
        ("(?:延期)*を発表", {"を発表"}),
        ("(?:延期){0,2}を", {"を"}),
        ("[がは]値", {"値"}),
    ],
)
def test_of_every_match_one_of_the_required_words_is_part(pattern: str, words: set[str]) -> None:
    assert required(re.compile(pattern)) == frozenset(words)


@pytest.mark.parametrize(
    "pattern", ["", "[^。]+", "延期|.", "(?:延期)?", r"\d+", "(?!延期)", "(?i)abc", "(a)(?(1)b|c)"]
)
def test_a_pattern_that_requires_nothing_certain_is_always_tried(pattern: str) -> None:
    compiled = re.compile(pattern)
    assert required(compiled) is None
    assert Prefilter([compiled]).possible("何もない") == {pattern}


_ATOMS = st.sampled_from(
    ["あ", "い", "う", "[あい]", "[^う]", "(?:あ|いう)", "(?P<n>いう|え)", "(?=あ)", "(?<!う)", "."]
)
_PIECES = st.tuples(_ATOMS, st.sampled_from(["", "", "?", "*", "+", "{0,2}", "{2}", "+?"]))


@given(st.lists(st.lists(_PIECES, min_size=1, max_size=5), min_size=1, max_size=3), st.text("あいうえ", max_size=12))
def test_what_is_left_out_does_not_match(branches: list[list[tuple[str, str]]], text: str) -> None:
    written = "|".join("".join(a + q for a, q in pieces if not (a.startswith("(?") and q)) for pieces in branches)
    compiled = re.compile(written.replace("(?P<n>", "(?:"))
    if compiled.search(text):
        assert compiled.pattern in Prefilter([compiled, re.compile("おか")]).possible(text)


def test_most_patterns_of_the_catalogue_need_not_be_tried_on_a_sentence_without_their_words() -> None:
    frames = load_frames(load_seeds(BUNDLED))
    patterns = [p for f in frames for p in (*f.cues, *f.patterns, *(t.pattern for t in f.triggers))]
    assert len(Prefilter(patterns).possible("そらはあおい")) * 10 < len(patterns)
