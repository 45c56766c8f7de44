"""Bytes to text, for feeds and pages alike: what a document declares is checked against what its bytes can mean.

Japanese sites declare the wrong charset, none at all, or Shift_JIS where they mean Windows' superset of it, and
their content management systems cut summaries in the middle of a character. So declarations are candidates with a
head start, never the last word: the text that comes out must look like text.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache

from charset_normalizer import from_bytes

_CP932: tuple[str, ...] = (
    "shift_jis",
    "shift-jis",
    "sjis",
    "x-sjis",
    "s-jis",
    "ms_kanji",
    "csshiftjis",
    "windows-31j",
    "cswindows31j",
)
_CP932 += ("cp932", "ms932", "windows-932", "x-ms-cp932", "cp943", "cp943c", "shift_jisx0213", "shift_jis_2004")
_EUC_JP: tuple[str, ...] = (
    "euc-jp",
    "euc_jp",
    "eucjp",
    "x-euc-jp",
    "x-euc",
    "euc",
    "eucjp-ms",
    "euc-jp-ms",
    "eucjpms",
    "cp51932",
)
_EUC_JP += ("eucjp-win", "cseucpkdfmtjapanese", "ujis", "x-eucjp")
_ISO_2022_JP: tuple[str, ...] = (
    "iso-2022-jp",
    "csiso2022jp",
    "jis",
    "iso-2022-jp-1",
    "iso-2022-jp-2",
    "iso-2022-jp-ms",
    "cp50220",
)
_ISO_2022_JP += ("cp50221", "cp50222")
_LATIN = ("iso-8859-1", "latin1", "latin-1", "l1", "us-ascii", "ascii", "windows-1252", "cp1252", "x-cp1252")
_LABELS: dict[str, str] = {
    **dict.fromkeys(_CP932, "cp932"),
    **dict.fromkeys(_EUC_JP, "euc_jp"),
    **dict.fromkeys(_ISO_2022_JP, "iso2022_jp"),
    **dict.fromkeys(_LATIN, "cp1252"),
    **dict.fromkeys(("utf-8", "utf8", "utf_8", "unicode-1-1-utf-8", "x-utf-8", "utf8n"), "utf-8"),
    **dict.fromkeys(("gb2312", "gbk", "gb_2312-80", "x-gbk", "csgb2312", "chinese", "cp936"), "gb18030"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601", "korean", "windows-949"), "cp949"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5", "cn-big5"), "big5hkscs"),
}
"""Charset labels in lower case -> the codec that reads such documents (after the WHATWG Encoding Standard)."""

_NOT_CHARSETS = {"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
"""Text codecs of Python that no document may ask for."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"{\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
)
"""How a document without a BOM begins that is nevertheless UTF-16 or UTF-32 (XML 1.0, appendix F)."""

_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_XML_DECLARATION = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([\w.:-]+)""", re.IGNORECASE)
_META_CHARSET = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_DECLARATION_REACH = 4096
"""Bytes at the start in which a declaration is looked for (the HTML standard asks for 1024; real pages exceed it)."""

_ESCAPES = re.compile(rb"\x1b(?:\$[@B]|\$\(D|\([BJI])")
_CJK = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fe]")
_NEIGHBOURS = frozenset({"gb18030", "big5hkscs", "cp949"})
_KANA_SHARE = 0.2
_SAMPLE = 20_000
"""Characters that do not belong to ASCII on which plausibility is judged."""
_PLAUSIBLE = 0.75
_BROKEN_SHARE = 0.05
"""Up to this share of undecodable characters a multi-byte text counts as damaged rather than as another encoding."""


def decode(body: bytes, content_type: str = "") -> tuple[str, str]:
    """The text of a feed or page, and the name of the Python codec that read it.

    ``body`` is the content-decoded body, ``content_type`` the Content-Type header as sent. Order: byte order mark,
    UTF-16/32 by the first bytes, ISO-2022-JP by its escapes, valid UTF-8 whatever is declared, then the declared
    charset (header, XML declaration, ``<meta>``), then the Japanese legacy encodings by plausibility, then
    charset_normalizer's guess. Bytes that fit nowhere become U+FFFD. Never raises.
    """
    if not body:
        return "", "utf-8"
    for bom, codec in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(codec, "replace"), codec
    for start, codec in _WIDE:
        if body.startswith(start):
            return body.decode(codec, "replace"), codec
    if _ESCAPES.search(body):
        text = _iso_2022_jp(body)
        if text.count("\ufffd") <= _BROKEN_SHARE * len(text):
            return text, "iso2022_jp"
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(body, content_type)
    # Two-byte sequences alone may be EUC-JP that happens to be valid UTF-8; CJK in three bytes never is by chance.
    if text.isascii() or _CJK.search(text) or not any(c in {"euc_jp", "cp932"} for c in declared(body, content_type)):
        return text, "utf-8"
    return _legacy(body, content_type)


def declared(body: bytes, content_type: str = "") -> list[str]:
    """The codecs that the header, the XML declaration and the ``<meta>`` elements name, in this order, each once."""
    head = body[:_DECLARATION_REACH]
    labels = [match.group(1) for match in [_HEADER_CHARSET.search(content_type)] if match]
    labels += [m.group(1).decode("ascii", "replace") for m in _XML_DECLARATION.finditer(head)]
    labels += [m.group(1).decode("ascii", "replace") for m in _META_CHARSET.finditer(head)]
    codecs_named = [codec for codec in map(codec_of, labels) if codec]
    return list(dict.fromkeys(codecs_named))


def codec_of(label: str) -> str | None:
    """The Python codec for a charset label as documents write it; None for what is no charset."""
    name = label.strip().lower()
    if name in _LABELS:
        return _LABELS[name]
    try:
        found = codecs.lookup(name)
        b"text".decode(found.name, "ignore")  # refuses codecs from bytes to bytes, such as base64
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if found.name.replace("-", "_") in {n.replace("-", "_") for n in _NOT_CHARSETS} else found.name


def _legacy(body: bytes, content_type: str) -> tuple[str, str]:
    """The most plausible reading of bytes that are not plainly UTF-8."""
    named = [codec for codec in declared(body, content_type) if not codec.startswith(("utf-16", "utf-32", "utf_16"))]
    best: tuple[float, str, str] | None = None
    for codec, head_start in _candidates(named):
        text = _read(body, codec)
        quality = plausibility(text) + (head_start if _trusted(text, codec) else 0.0)
        if best is None or quality > best[0]:
            best = (quality, text, codec)
    if best is None or best[0] < _PLAUSIBLE:
        guess = _guess(body)
        if guess is not None and (best is None or guess[0] > best[0]):
            best = guess
    if best is None:
        return body.decode("utf-8", "replace"), "utf-8"
    return best[1], best[2]


def _trusted(text: str, codec: str) -> bool:
    """Whether a declaration is borne out: every byte has a meaning, and no Chinese or Korean text is full of kana.

    Kana lie in the same places of EUC-JP, GB 2312 and KS X 1001, so a wrong label shows in the kanji alone.
    """
    if "\ufffd" in text:
        return False
    return codec not in _NEIGHBOURS or len(_KANA.findall(text)) <= _KANA_SHARE * len(_CJK.findall(text))


def _candidates(named: list[str]) -> Iterator[tuple[str, float]]:
    """Codecs to try with their head start: what is declared first counts most, single-byte charsets prove nothing."""
    for rank, codec in enumerate(named):
        yield codec, (0.04 if codec == "cp1252" else 0.10) - 0.01 * min(rank, 3)
    for codec in ("utf-8", "euc_jp", "cp932"):
        if codec not in named:
            yield codec, 0.0


def _read(body: bytes, codec: str) -> str:
    if codec == "euc_jp":
        return body.decode("euc_jp", _EUC_ERRORS)
    if codec == "iso2022_jp":
        return _iso_2022_jp(body)
    try:
        return body.decode(codec, "replace")
    except (LookupError, ValueError):
        return body.decode("utf-8", "replace")


def _guess(body: bytes) -> tuple[float, str, str] | None:
    """charset_normalizer's opinion on the first 64 KiB, scored like every other candidate."""
    found = from_bytes(body[:65536]).best()
    if found is None:
        return None
    codec = codec_of(found.encoding) or "utf-8"
    text = _read(body, codec)
    return plausibility(text), text, codec


def plausibility(text: str) -> float:
    """How much a decoded text looks like text, from about -1 to 1; 1 for ASCII alone.

    Of the characters beyond ASCII (the first 20,000): kana, CJK punctuation, everyday kanji, Hangul and accented
    letters within words speak for it; half-width kana, rare kanji and symbols in a row say little or speak against
    it, control and private characters and U+FFFD strongly so.
    """
    others = "".join(_BEYOND_ASCII.findall(text))[:_SAMPLE]
    if not others:
        return 1.0
    common = _common_kanji()
    good = len(_GOOD.findall(others)) + sum(c in common for c in others)
    good += sum(len(run) for run in _ACCENTED.findall(text[: 4 * _SAMPLE]))
    bad = len(_HALF_KANA.findall(others)) + 3 * len(_FOUL.findall(others)) + 6 * others.count("\ufffd")
    return max(-1.0, (min(good, len(others)) - 0.5 * bad) / len(others))


_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_GOOD = re.compile(
    "[\u3000-\u30ff\uff01-\uff5e\uffe5\u2460-\u2473\u2015\u2026\u2018-\u201d\u00a0\u25a0-\u25cf\u2605\u2606\u203b\u2190-\u2193\uac00-\ud7a3\u0370-\u04ff]"
)
_HALF_KANA = re.compile("[\uff61-\uff9f]")
_FOUL = re.compile("[\x80-\x9f\ue000-\uf8ff]")
_ACCENTED = re.compile(
    "(?<=[A-Za-z])[\u00c0-\u024f](?=[a-z .,;:!?'\\-<])|(?<=[ >\"'(])[\u00c0-\u024f](?=[a-z])"
    "|(?<=[A-Za-z.,!?])[\u2018-\u201d]"
)


@lru_cache(maxsize=1)
def _common_kanji() -> frozenset[str]:
    """The 2,965 kanji of JIS X 0208's first level, which Shift_JIS keeps in the rows that begin with 88 to 98."""
    trails = [*range(0x40, 0x7F), *range(0x80, 0xFD)]
    rows = (bytes((lead, trail)).decode("cp932", "ignore") for lead in range(0x88, 0x98) for trail in trails)
    return frozenset("".join(rows))


def _row_cell_in_cp932(high: int, low: int) -> str | None:
    """A character of JIS X 0208 with NEC's and IBM's extensions by its two 7-bit bytes, through cp932's arithmetic."""
    if not (0x21 <= high <= 0x7E and 0x21 <= low <= 0x7E):
        return None
    lead = (high + 1) // 2 + (0x70 if high < 0x5F else 0xB0)
    trail = low + (0x7E if high % 2 == 0 else 0x20 if low >= 0x60 else 0x1F)
    try:
        return bytes((lead, trail)).decode("cp932")
    except UnicodeDecodeError:
        return None


def _euc_errors(error: UnicodeError) -> tuple[str, int]:
    """Reads in EUC-JP what Python's strict codec refuses: vendor characters such as circled numbers (eucJP-ms)."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    pair = error.object[error.start : error.start + 2]
    if len(pair) == 2 and pair[0] >= 0xA1 and pair[1] >= 0xA1:
        char = _row_cell_in_cp932(pair[0] & 0x7F, pair[1] & 0x7F)
        if char:
            return char, error.start + 2
    return "\ufffd", max(error.start + 1, error.end if len(pair) < 2 else error.start + 1)


_EUC_ERRORS = "kawaraban-eucjp-ms"
codecs.register_error(_EUC_ERRORS, _euc_errors)


def _iso_2022_jp(body: bytes) -> str:
    """ISO-2022-JP with vendor characters, half-width kana and unclosed escapes, as mail and old pages have it."""
    parts: list[str] = []
    mode = b"\x1b(B"
    position = 0
    for match in [*_ESCAPES.finditer(body), None]:
        chunk = body[position : match.start() if match else len(body)]
        parts.append(_iso_2022_segment(chunk, mode))
        if match:
            mode, position = match.group(), match.end()
    return "".join(parts)


def _iso_2022_segment(chunk: bytes, mode: bytes) -> str:
    if mode in {b"\x1b$@", b"\x1b$B"}:
        out: list[str] = []
        i = 0
        while i < len(chunk):
            if chunk[i] < 0x21:  # line ends return to ASCII without an escape in careless encoders
                out.append(chr(chunk[i]))
                i += 1
                continue
            pair = chunk[i : i + 2]
            out.append((_row_cell_in_cp932(pair[0], pair[1]) if len(pair) == 2 else None) or "\ufffd")
            i += 2
        return "".join(out)
    if mode == b"\x1b$(D":
        return b"".join(b"\x8f" + bytes(b | 0x80 for b in chunk[i : i + 2]) for i in range(0, len(chunk), 2)).decode(
            "euc_jp", "replace"
        )
    if mode == b"\x1b(I":
        return bytes(b | 0x80 if 0x21 <= b <= 0x5F else b for b in chunk).decode("cp932", "replace")
    return chunk.decode("ascii", "replace")
