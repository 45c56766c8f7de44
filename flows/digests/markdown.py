"""A digest as Markdown (CommonMark). What comes from articles is escaped: it is text and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.digests.addresses import DEFAULT_LANGUAGE, digest_file
from flows.digests.document import document
from flows.digests.phrases import Phrases
from flows.digests.selection import Digest
from flows.digests.text import LONGEST_SENTENCE, clean, web_address
from flows.wording import Language
from seeds import Seeds

_ACTIVE = re.compile(r"[\\`*_\[\]<>&~|$]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""What means something within a line: in CommonMark, and in what forges add (struck words, formulas, bare links)."""
_OPENING = re.compile(r"(?:#{1,6}|[-+])(?:\s|$)|-[-\s]*$|=")
_NUMBERED = re.compile(r"\d{1,9}(?=[.)](?:\s|$))")
"""What begins a heading, a rule or a list at the head of a line, and nothing elsewhere."""
_DECODED = re.compile(r"&(?=#?\w+;)")
"""What CommonMark would take for a character's name within an address."""


def escaped(text: str, longest: int = LONGEST_SENTENCE) -> str:
    """Foreign text as Markdown text: one line, nothing active, cut with an ellipsis where it is too long.

    Only what would be active gets a backslash, so that the text stays pleasant in a plain editor and in mail.
    """
    line = clean(text, longest)
    number = _NUMBERED.match(line)
    if number:
        return f"{number[0]}\\{_ACTIVE.sub(_backslash, line[number.end() :])}"
    return ("\\" if _OPENING.match(line) else "") + _ACTIVE.sub(_backslash, line)


def _backslash(found: re.Match[str]) -> str:
    return "\\" + found[0]


def link(text: str, url: str, untitled: str = "記事") -> str:
    """A link where the address is one that a reader may be sent to, else its text alone."""
    label = escaped(text, 80) or untitled
    address = web_address(url)
    return f"[{label}](<{_sound(address)}>)" if address else label


def _sound(address: str) -> str:
    """An address between < and > as a link's destination, with its meaning kept."""
    sound = address.replace("\\", "%5C").replace("(", "%28").replace(")", "%29").replace('"', "%22").replace("`", "%60")
    return _DECODED.sub("&amp;", sound)


def render_markdown(digest: Digest, seeds: Seeds, lang: Language = DEFAULT_LANGUAGE) -> str:
    """The digest of a week. The same facts give the same text.

    Args:
        digest: the week, selected.
        seeds: for labels of subjects, attributes and topics.
        lang: the language of labels and values; sentences stay as they were written.

    Raises:
        LanguageError: there are no words for the language.
    """
    phrases = Phrases(digest, seeds, lang)
    page = digest_file(digest.facts.week, lang, "html")
    return document(phrases, _Markdown(page, phrases.labels("more.all")))


class _Markdown:
    """The marks of CommonMark."""

    def __init__(self, page: str, see_all: str) -> None:
        self._page = page
        self._see_all = see_all

    def text(self, text: str, longest: int = LONGEST_SENTENCE) -> str:
        return escaped(text, longest)

    def heading(self, level: int, text: str) -> str:
        return f"{'#' * level} {text}"

    def strong(self, text: str) -> str:
        return f"**{text}**"

    def kind(self, text: str) -> str:
        return f"**{text}**"

    def item(self, lines: Sequence[str], below: Sequence[str]) -> list[str]:
        broken = [f"{'  ' if n else '- '}{line}{chr(92) * (n + 1 < len(lines))}" for n, line in enumerate(lines)]
        return [*broken, *(f"  - {line}" for line in below)]

    def link(self, title: str, url: str, untitled: str) -> str:
        return link(title, url, untitled)

    def address(self, url: str) -> str:
        address = web_address(url)
        return f"<{address}>" if address else escaped(url, 80)

    def rest(self, count: str, anchor: str | None) -> str:
        return f"{count} ([{self._see_all}](<{self._page}#{anchor}>))" if anchor else count
