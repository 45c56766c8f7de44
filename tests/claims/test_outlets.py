from __future__ import annotations

import dataclasses

import pytest

from flows.claims.outlets import cited_outlet, load_outlets
from flows.model import Source
from seeds import Seeds


@pytest.mark.parametrize(
    ("attribution", "publisher", "cited"),
    [
        ("ロイター通信", "みなと新聞", "ロイター"),
        ("Reuters", "みなと新聞", "ロイター"),
        ("ロイター", "ロイター", None),
        ("北の新聞", "みなと新聞", "北の新聞"),
        ("北の新聞電子版", "みなと新聞", "北の新聞"),
        ("みなと新聞", "みなと新聞", None),
        ("みなと新聞社", "みなと新聞", None),
        ("WSJ", "みなと新聞", "ウォール・ストリート・ジャーナル"),
        ("deepseek", "みなと新聞", None),
        ("調査会社", "みなと新聞", None),
        ("地元テレビ", "みなと新聞", None),
        ("青葉移動通信", "みなと新聞", None),
        (None, "みなと新聞", None),
    ],
)
def test_an_outlet_that_is_cited_is_told_from_other_sources(
    attribution: str | None, publisher: str, cited: str | None, seeds: Seeds
) -> None:
    assert cited_outlet(attribution, publisher, load_outlets(seeds)) == cited


def test_an_outlet_of_the_feeds_is_cited_by_its_publishers_name(seeds: Seeds) -> None:
    feeds = (Source("http://r.example/", "ロイター日本語版"), Source("http://w.example/", "WSJ"))
    outlets = load_outlets(dataclasses.replace(seeds, sources=feeds))
    assert cited_outlet("ウォール・ストリート・ジャーナル", "みなと新聞", outlets) == "WSJ"
    assert cited_outlet("WSJ", "ウォール・ストリート・ジャーナル", outlets) is None


def test_an_official_source_that_has_a_feed_is_no_outlet(seeds: Seeds) -> None:
    feeds = (Source("http://d.example/", "デジタル庁", kind="official"),)
    assert cited_outlet("デジタル庁", "みなと新聞", load_outlets(dataclasses.replace(seeds, sources=feeds))) is None
