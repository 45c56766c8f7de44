from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from flows.digests.html import render_html
from seeds import Seeds
from tests.digests.facts import HOSTILE, change, evidence, markdown

PIECES = (
    *("<script>", "<img src=x onerror=a>", "[x](javascript:a)", "![i](http://e)", "</style>", "</title>"),
    *("<a href='data:x'>", "\n", "a"),
)
SAFE = {
    *("html", "head", "meta", "title", "style", "body", "main"),
    *("h1", "h2", "h3", "p", "ul", "li", "strong", "em", "a", "code", "blockquote", "br"),
}


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    @property
    def names(self) -> set[str]:
        return {tag for tag, _ in self.found}


def test_the_page_is_whole_fits_a_phone_and_knows_the_dark(seeds: Seeds) -> None:
    page = render_html(markdown(seeds, change(kind="updated")), "DeepSeek週報")
    assert page.startswith('<!DOCTYPE html>\n<html lang="ja">')
    assert '<meta name="viewport" content="width=device-width' in page
    assert "prefers-color-scheme: dark" in page
    assert "<title>DeepSeek週報</title>" in page
    assert '<a href="http://a.example/1"' in page


def test_the_page_loads_nothing_and_allows_nothing_to_run(seeds: Seeds) -> None:
    page = render_html(markdown(seeds, change()), "題")
    assert "default-src 'none'" in page
    assert not [attrs for _, attrs in Tags(page).found if "src" in attrs]
    assert "url(" not in page
    assert "@import" not in page


def test_hostile_facts_are_text(seeds: Seeds) -> None:
    bad = evidence(sentence=HOSTILE, title=HOSTILE, publisher=HOSTILE, url="javascript:alert(1)")
    page = render_html(markdown(seeds, change(evidence=bad)), HOSTILE)
    tags = Tags(page)
    assert tags.names <= SAFE
    assert "a" not in tags.names
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in page


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_markdown_and_no_title_makes_anything_active(text: str) -> None:
    tags = Tags(render_html(text, text))
    assert tags.names <= SAFE
    hrefs = [str(attrs.get("href", "http:")) for tag, attrs in tags.found if tag == "a"]
    assert all(href.lower().startswith(("http:", "https:")) for href in hrefs)
    assert not [name for _, attrs in tags.found for name in attrs if name.startswith("on")]


def test_the_same_markdown_gives_the_same_bytes(seeds: Seeds) -> None:
    text = markdown(seeds, change())
    assert render_html(text, "題") == render_html(text, "題")
