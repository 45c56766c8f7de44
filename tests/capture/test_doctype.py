"""Document types: what they declare is kept where it is harmless, and taken out where it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.capture.doctype import harmless
from flows.capture.feeds import parse_feed
from flows.model import Source

ROOT = "<rss version='2.0'><channel><item><title>&x;</title><link>/a</link></item></channel></rss>"


def title(doctype: str) -> str:
    return parse_feed(f"{doctype}{ROOT}".encode(), "", Source("http://news.example/", "例")).entries[0].title


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss [<!ENTITY x "題">]>',
        "<!DOCTYPE rss [\n<!ENTITY y SYSTEM 'file:///etc/passwd'><!ENTITY x '題'>\n]  >",
        '<?xml version="1.0"?><!-- a comment -->\n<!doctype rss PUBLIC "a]b" "c" [<!-- don\'t ]> --><!ENTITY x "題">]>',
        '<!DOCTYPE rss [<!ENTITY x "&#38988;">]>',
    ],
)
def test_an_entity_that_stands_for_characters_is_kept(doctype: str) -> None:
    assert title(doctype) == "題"


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY a "ha"><!ENTITY x "&a;&a;&a;">',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY x PUBLIC "p" "http://127.0.0.1/">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1/"> %p;',
        f'<!ENTITY x "{"a" * 100_000}">',
        '<!ENTITY x "<b>">',
    ],
)
def test_other_entities_are_taken_out(declaration: str) -> None:
    assert "ENTITY" not in harmless(f"<!DOCTYPE rss [{declaration}]>{ROOT}").replace('<!ENTITY a "ha">', "")
    assert "root:" not in title(f"<!DOCTYPE rss [{declaration}]>")


@pytest.mark.parametrize(
    "text", ["", "<", ROOT, "<!DOCTYPE html>" + ROOT, '<!DOCTYPE rss PUBLIC "-//N//DTD" "http://n.example/r.dtd">']
)
def test_what_declares_nothing_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@given(st.text(alphabet="<!DOCTYPE[]>ENTITY \"'&;%-x\n", max_size=200))
def test_any_text_is_taken(text: str) -> None:
    assert isinstance(harmless(f"<!DOCTYPE{text}"), str)


@pytest.mark.timeout(60)  # it takes milliseconds, or does not end
@pytest.mark.parametrize("piece", ["'", '"', "<!--", "]", "<!ENTITY x ", " ", "<?x", "<!ENTITY x '"])
def test_hostile_text_is_not_read_again_and_again(piece: str) -> None:
    assert harmless("<!DOCTYPE x [" + piece * 100_000) is not None
    assert harmless(piece * 100_000) == piece * 100_000
