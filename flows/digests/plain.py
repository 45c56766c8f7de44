"""A digest as plain text, for mail: no marks that a reader would have to look through."""

from __future__ import annotations

from collections.abc import Sequence

from flows.digests.addresses import DEFAULT_LANGUAGE, digest_file
from flows.digests.document import document
from flows.digests.phrases import Phrases
from flows.digests.selection import Digest
from flows.digests.text import LONGEST_SENTENCE, clean, web_address
from flows.wording import Language
from seeds import Seeds

_HEADINGS = {1: "", 2: "■ ", 3: "▼ "}
_LONGEST_TITLE = 80


def render_text(digest: Digest, seeds: Seeds, lang: Language = DEFAULT_LANGUAGE) -> str:
    """The digest of a week as plain text. The same facts give the same text.

    Raises:
        LanguageError: there are no words for the language.
    """
    phrases = Phrases(digest, seeds, lang)
    note = clean(phrases.labels("page.footer"))
    return f"{document(phrases, _Plain(digest_file(digest.facts.week, lang, 'html')))}\n--\n{note}\n"


class _Plain:
    """Plain text: Japanese newspapers' signs, addresses between angle brackets as RFC 3986 (appendix C) puts them."""

    def __init__(self, page: str) -> None:
        self._page = page

    def text(self, text: str, longest: int = LONGEST_SENTENCE) -> str:
        return clean(text, longest)

    def heading(self, level: int, text: str) -> str:
        return _HEADINGS[level] + text

    def strong(self, text: str) -> str:
        return text

    def kind(self, text: str) -> str:
        return f"[{text}]"

    def item(self, lines: Sequence[str], below: Sequence[str]) -> list[str]:
        return [*(f"{'  ' if n else '- '}{line}" for n, line in enumerate(lines)), *(f"    {line}" for line in below)]

    def link(self, title: str, url: str, untitled: str) -> str:
        address = web_address(url)
        label = clean(title, _LONGEST_TITLE) or untitled
        return f"{label} <{address}>" if address else label

    def address(self, url: str) -> str:
        address = web_address(url)
        return f"<{address}>" if address else clean(url, _LONGEST_TITLE)

    def rest(self, count: str, anchor: str | None) -> str:
        return f"{count} ({self._page})" if anchor else count
