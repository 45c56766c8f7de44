"""Other projects' feeds, where a folder with them is given (``PEER_DATA``): each says what a parser should find."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest

from flows.capture.doctype import harmless
from flows.capture.feeds import parse_feed, plain
from flows.encoding import decode
from flows.model import Source

PEER = Path(os.environ.get("PEER_DATA") or Path(__file__).resolve().parents[3] / "shared" / "peer")
SOURCE = Source("http://news.example/feed", "例")
CODECS = {"SHIFT_JIS": "cp932", "CP932": "cp932", "EUC-JP": "euc_jp", "ISO-2022-JP": "iso2022_jp"}
EXPECTED = re.compile(r"Expect:\s*(.*?)\s*-->", re.DOTALL)
HEADER = re.compile(r"Header:\s*Content-type:\s*(.*)", re.IGNORECASE)
TITLE = re.compile(r"feed\['title'\] == (u?'(?:[^'\\]|\\.)*')")

pytestmark = pytest.mark.skipif(not PEER.is_dir(), reason="no folder with other projects' feeds")


def test_legacy_feeds_are_read_in_their_true_encoding() -> None:
    files = [file for name in CODECS for file in sorted(PEER.glob(f"legacy-feeds/{name}/*"))]
    found = {file.name: decode(file.read_bytes())[1] for file in files}
    assert len(files) >= 50
    assert found == {file.name: CODECS[file.parent.name] for file in files}


def test_feedparsers_titles_are_found() -> None:
    """All but those of its sanitizer: what may stand in a title is a matter of where it is shown."""
    checked, wrong = 0, []
    for file in sorted(PEER.glob("feedparser/**/*.xml")):
        body = file.read_bytes()
        head = decode(body)[0][:3000]
        expected, sent = EXPECTED.search(head), HEADER.search(head)
        title = TITLE.search(expected[1]) if expected else None
        if title is None or file.parent.name in {"sanitize", "cdf"}:
            continue
        checked += 1
        wanted = str(ast.literal_eval(title[1]))
        found = parse_feed(body, sent[1].strip() if sent else "", SOURCE).title
        if found not in {plain(wanted), " ".join(wanted.split())}:
            wrong.append((file.name, wanted, found))
    assert checked >= 250
    assert wrong == []


def test_document_types_of_real_feeds_lose_nothing() -> None:
    """Where a feed declares entities of its own, its titles come out as before."""
    declaring = [file for file in sorted(PEER.glob("**/*.xml")) if b"<!ENTITY" in file.read_bytes()[:5000]]
    for file in declaring:
        text = decode(file.read_bytes())[0]
        assert len(harmless(text)) <= len(text) + 10, file.name
