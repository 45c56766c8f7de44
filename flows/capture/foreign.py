"""WARC files that others wrote: wget, Heritrix, browsers' crawlers; plain or compressed, whole or damaged.

Versions 0.17 to 1.1 (ISO 28500). Taken are pages: response records of status 200, resource records, and revisit records
whose page came under another address before. Requests, metadata, DNS answers, pictures and the like are passed over.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import io
import re
import shutil
import tempfile
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from flows.capture import content, urls

SUFFIXES = (".warc", ".warc.gz")
_MOST = 30_000_000
"""The largest page that is taken, in bytes, with its content coding undone."""
_PAGES = ("text/html", "application/xhtml+xml", "text/plain")
_KINDS = frozenset("warcinfo response resource request metadata revisit conversion continuation arc_header".split())
_GOOD = {"200", "203"}
_GZIP, _PLAIN = b"\x1f\x8b\x08", b"WARC/"
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|p)\b", re.IGNORECASE)
_DAMAGE = (OSError, ValueError, EOFError, AttributeError, zlib.error, ArchiveLoadFailed)


@dataclasses.dataclass(frozen=True, slots=True)
class ForeignPage:
    """A page as a WARC file has it."""

    url: str
    """Its normalized address; a ``file:`` address as it stands."""
    date: str
    """The record's WARC-Date, by which states of one page are ordered."""
    digest: str
    """The payload's digest as the file names it; an empty string where it does not."""
    body: bytes | None
    """The body, content coding undone; None for a revisit: what came under the digest before."""
    content_type: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Damage:
    """A record that should have been a page and could not be read; the rest of the file goes on."""

    detail: str


def pages(file: Path) -> Iterator[ForeignPage | Damage]:
    """The pages of a WARC file, in its order; what cannot be read is told in its place, never an exception."""
    with contextlib.ExitStack() as stack:
        try:
            stream: BinaryIO = stack.enter_context(file.open("rb"))
            if _one_member(stream):
                whole = stack.enter_context(tempfile.TemporaryFile())
                with contextlib.suppress(EOFError, zlib.error):  # torn off: what there is counts
                    shutil.copyfileobj(gzip.GzipFile(fileobj=stream), whole)
                stream = whole
        except OSError as error:
            yield Damage(f"cannot be read ({error})")
            return
        start: int | None = 0
        while start is not None:
            stream.seek(start)
            start = yield from _from(stream, start)


def _from(stream: BinaryIO, start: int) -> Generator[ForeignPage | Damage, None, int | None]:
    """The pages from a record on; returns where to go on after a damaged record, None at the end."""
    records = ArchiveIterator(stream)
    while True:
        complaints = io.StringIO()
        try:
            with contextlib.redirect_stderr(complaints):
                record = next(records, None)
                found = None if record is None else _page(record)
        except _DAMAGE as error:
            offset = max(start, int(records.offset))
            yield Damage(f"record at {offset} cannot be read ({error or type(error).__name__})")
            return _next_record(stream, offset + 1)
        if record is None:
            return None
        if found is not None:
            yield found


def _page(record: Any) -> ForeignPage | Damage | None:
    """What a record holds; None where that is no page."""
    said = record.rec_headers.get_header
    if record.rec_type not in _KINDS:
        return Damage(f"record of kind {record.rec_type!r} cannot be read")
    uri = (said("WARC-Target-URI") or "").strip().strip("<>")
    try:
        url = uri if uri.startswith("file:") else urls.normalize(uri)
    except urls.UrlError:
        return None
    date, digest = said("WARC-Date") or "", said("WARC-Payload-Digest") or ""
    http = record.http_headers
    if record.rec_type == "revisit":
        unchanged = http is not None and http.get_statuscode() == "304"
        return None if unchanged or not digest else ForeignPage(url, date, digest, None)
    if record.rec_type == "resource":
        kind, codings, chunked = said("Content-Type") or "", "", False
    elif record.rec_type == "response" and http is not None and http.get_statuscode() in _GOOD:
        kind, codings = http.get_header("content-type") or "", http.get_header("content-encoding") or ""
        chunked = "chunked" in (http.get_header("transfer-encoding") or "").lower()
    else:
        return None
    if kind and not kind.strip().lower().startswith(_PAGES):
        return None
    reader = ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream
    raw = reader.read(_MOST + 1)
    if len(raw) > _MOST:
        return Damage(f"{url}: more than {_MOST:,} bytes")
    try:
        body = _decoded(raw, codings)
    except (content.Broken, content.TooLarge) as error:
        return Damage(f"{url}: {error}")
    if not body.strip() or not (kind or _MARKUP.search(body[:4096])):
        return None
    return ForeignPage(url, date, digest, body, kind or "text/html")


def _decoded(raw: bytes, codings: str) -> bytes:
    """The body with its coding undone; as it is where a crawler undid the coding and left the header."""
    try:
        return content.decompress(raw, codings, _MOST)
    except content.Broken:
        if raw.startswith(_GZIP) or not _MARKUP.search(raw[:4096]):
            raise
        return raw


def _one_member(stream: BinaryIO) -> bool:
    """Whether a file was compressed as a whole, so that its records cannot be told apart before that is undone."""
    head = stream.read(len(_GZIP))
    stream.seek(0)
    if head != _GZIP:
        return False
    engine, text = zlib.decompressobj(zlib.MAX_WBITS | 16), b""
    try:
        while not engine.eof and text.count(b"\nWARC/") < 1 and (block := stream.read(1 << 16)):
            text = text[-8:] + engine.decompress(block, 1 << 24)
    except zlib.error:
        return False
    finally:
        stream.seek(0)
    return b"\nWARC/" in text


def _next_record(stream: BinaryIO, position: int) -> int | None:
    """Where the next record may begin, at or after a position; None where there is none."""
    stream.seek(0)
    mark = _GZIP if stream.read(len(_GZIP)) == _GZIP else b"\n" + _PLAIN
    stream.seek(position)
    rest = b""
    while block := stream.read(1 << 20):
        found = (rest + block).find(mark)
        if found >= 0:
            return position - len(rest) + found + (mark[:1] == b"\n")
        position += len(block)
        rest = (rest + block)[-len(mark) + 1 :]
    return None
