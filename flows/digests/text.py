"""Foreign text made harmless: one line of visible characters, before any form escapes it in its own way."""

from __future__ import annotations

import re
import unicodedata

LONGEST_SENTENCE = 300
"""Code points of a sentence or title that a digest shows; JSON keeps all of them."""
_REPLACED = {"Cc": " ", "Zl": " ", "Zp": " ", "Cs": "\ufffd", "Cf": ""}
"""By Unicode category: controls and line ends separate words; invisible format characters (bidi controls, zero widths,
tags) only deceive and go; half a surrogate pair cannot be written as UTF-8."""
_PLANES = "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
_NO_CHARACTERS = re.compile(f"[\ufdd0-\ufdef{_PLANES}]")
"""Code points that are never characters: neither HTML nor XML may hold them."""
_LONGEST_ADDRESS = 2000
_ADDRESS = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)


def clean(text: str, longest: int | None = None) -> str:
    """Text as one line without controls and invisible characters, in NFC.

    Args:
        text: anything that a page, a feed or a server's answer says.
        longest: code points to keep at most; what is cut ends in an ellipsis.
    """
    visible = "".join(_REPLACED.get(unicodedata.category(c), c) for c in _NO_CHARACTERS.sub("\ufffd", text))
    line = " ".join(unicodedata.normalize("NFC", visible).split())
    return line if longest is None or len(line) <= longest else line[: longest - 1] + "…"


def web_address(url: str) -> str | None:
    """An address that a reader may be sent to: http or https, of a sane length, nothing invisible in it; else None."""
    sound = len(url) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(url) and clean(url) == url
    return url if sound else None
