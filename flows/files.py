"""Files as input: text, HTML and WARC files become captures like fetched pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from flows.capture import content, urls
from flows.capture.archive import ArchiveWriter
from flows.model import Capture, KawarabanError
from flows.reading.blocks import parse_html
from flows.reading.metadata import declared_canonical

KINDS = {".txt": "text/plain", ".md": "text/plain", ".html": "text/html", ".htm": "text/html", ".xhtml": "text/html"}
WARCS = (".warc", ".warc.gz")
_MOST = 30_000_000


class UnreadableError(KawarabanError):
    """A path that cannot be taken in; the message says which and why."""


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The files that paths name, folders searched through, in order.

    Raises:
        UnreadableError: a path does not exist, or none of the files is of a kind that can be read.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise UnreadableError(f"{path} does not exist")
        found += sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    known = [p for p in found if p.suffix.lower() in KINDS or p.name.lower().endswith(WARCS)]
    if not known:
        raise UnreadableError(
            f"nothing to import in {', '.join(map(str, paths))}: text, HTML and WARC files can be read"
        )
    return known


def captures_of(
    files: Sequence[Path],
    data: Path,
    archive: str,
    now: dt.datetime,
    published: dt.datetime | None,
    publisher: str | None,
) -> list[Capture]:
    """Keeps files in the archive and describes them as captures.

    A page's address is the canonical URL that it declares, else the file's name under ``file:``; its time is never
    the time of the import.
    """
    captures = []
    with ArchiveWriter(data, archive) as writer:
        for file in files:
            if file.name.lower().endswith(WARCS):
                pages = _warc_pages(file)
            else:
                body, kind = file.read_bytes(), KINDS[file.suffix.lower()]
                pages = iter([(_address(file, body, kind), body, kind)])
            for url, body, kind in pages:
                place = writer.store_file(url, body, kind, now)
                captures.append(Capture(url, url, url, now, place, kind, None, publisher, "", published))
    return captures


def _address(file: Path, body: bytes, kind: str) -> str:
    if kind == "text/html":
        declared = declared_canonical(parse_html(body, kind), "")
        if declared and declared.startswith("http"):
            try:
                return urls.normalize(declared)
            except urls.UrlError:
                pass
    return f"file:{file.name}"


def _warc_pages(file: Path) -> Iterator[tuple[str, bytes, str]]:
    with file.open("rb") as stream:
        for record in ArchiveIterator(stream):
            uri = record.rec_headers.get_header("WARC-Target-URI") or ""
            if record.rec_type != "response" or not uri.startswith("http") or record.http_headers is None:
                continue
            kind = record.http_headers.get_header("content-type") or ""
            if record.http_headers.get_statuscode() != "200" or not kind.startswith(("text/html", "text/plain")):
                continue
            try:
                coding = record.http_headers.get_header("content-encoding") or ""
                yield urls.normalize(uri), content.decompress(record.raw_stream.read(), coding, _MOST), kind
            except (content.Broken, content.TooLarge, urls.UrlError):
                continue
