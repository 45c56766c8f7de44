"""Content codings undone within bounds: a few kilobytes may not become gigabytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

ACCEPTED = "gzip, deflate"
"""The Accept-Encoding to send: what ``decompress`` can undo."""


class TooLarge(Exception):  # noqa: N818 - a verdict on the body, not a fault of ours
    """More bytes than allowed."""


class Broken(Exception):  # noqa: N818
    """A body that breaks off or is not what its Content-Encoding says."""


def decompress(raw: bytes, codings: str, limit: int) -> bytes:
    """The body with its Content-Encoding (RFC 9110, 8.4) undone.

    ``codings`` is the header's value, such as ``gzip``; at most ``limit`` bytes come out. Raises TooLarge beyond
    that, and Broken where the data is damaged, ends early or has a coding that was not asked for.
    """
    body = raw
    for coding in reversed([c.strip().lower() for c in codings.split(",") if c.strip()]):
        if coding == "identity":
            continue
        if coding in {"gzip", "x-gzip"}:
            body = _inflate(body, zlib.MAX_WBITS | 16, limit)
        elif coding == "deflate":
            # "deflate" means the zlib format (RFC 9110), but some servers send bare deflate data.
            zlib_header = len(body) >= 2 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
            body = _inflate(body, zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS, limit)
        else:
            raise Broken(f"unasked content coding {coding!r}")
    if len(body) > limit:
        raise TooLarge(f"more than {limit:,} bytes")
    return body


def _inflate(data: bytes, window: int, limit: int) -> bytes:
    if not data:
        return b""
    out: list[bytes] = []
    size = 0
    rest = data
    while rest:
        engine = zlib.decompressobj(window)
        try:
            piece = engine.decompress(rest, limit - size + 1)
        except zlib.error as error:
            if out and window > zlib.MAX_WBITS:  # zeros or noise after the last gzip member
                break
            raise Broken(f"damaged compressed body ({error})") from error
        out.append(piece)
        size += len(piece)
        if size > limit:
            raise TooLarge(f"more than {limit:,} bytes once decompressed")
        if not engine.eof:
            raise Broken("compressed body breaks off")
        rest = engine.unused_data.lstrip(b"\0") if window > zlib.MAX_WBITS else b""
    return b"".join(out)


def header(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """The value of a header by its name in lower case, several joined by commas; None where it is absent."""
    values = [value for key, value in headers if key.lower() == name]
    return ", ".join(values) if values else None
