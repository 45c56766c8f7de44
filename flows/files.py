"""Files as input: text, HTML and WARC files become captures like fetched pages."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from flows.capture import foreign, urls
from flows.capture.archive import ArchiveWriter
from flows.model import Capture, KawarabanError
from flows.reading.blocks import parse_html
from flows.reading.metadata import declared_canonical

KINDS = {".txt": "text/plain", ".md": "text/plain", ".html": "text/html", ".htm": "text/html", ".xhtml": "text/html"}


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """What files brought."""

    captures: tuple[Capture, ...]
    failures: tuple[str, ...]
    """The file and what in it could not be read."""


def passes(captures: Sequence[Capture]) -> list[list[Capture]]:
    """Captures so that each pass has one state of a page, in order: a run tells one state from the last."""
    parts: list[list[Capture]] = [[]]
    times: dict[str, int] = {}
    for capture in captures:
        number = times[capture.url] = times.get(capture.url, 0) + 1
        if number > len(parts):
            parts.append([])
        parts[number - 1].append(capture)
    return parts


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
    known = [p for p in found if p.suffix.lower() in KINDS or p.name.lower().endswith(foreign.SUFFIXES)]
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
) -> Taken:
    """Keeps files in the archive and describes them as captures.

    A page's address is the canonical URL that it declares, else the file's name under ``file:``; its time is never
    the time of the import. Pages of WARC files keep their addresses, and several states of one their order.
    """
    captures: list[tuple[str, Capture]] = []
    failures: list[str] = []

    def keep(url: str, place: str, kind: str, date: str = "") -> None:
        captures.append((date, Capture(url, url, url, now, place, kind, None, publisher, "", published)))

    with ArchiveWriter(data, archive) as writer:
        for file in files:
            if file.name.lower().endswith(foreign.SUFFIXES):
                failures += [f"{file}: {problem}" for problem in _warc(file, writer, now, keep)]
                continue
            try:
                body, kind = file.read_bytes(), KINDS[file.suffix.lower()]
            except OSError as error:
                failures.append(f"{file}: cannot be read ({error})")
                continue
            url = _address(file, body, kind)
            keep(url, writer.store_file(url, body, kind, now), kind)
    return Taken(tuple(capture for _, capture in sorted(captures, key=lambda dated: dated[0])), tuple(failures))


def _warc(file: Path, writer: ArchiveWriter, now: dt.datetime, keep: Callable[[str, str, str, str], None]) -> list[str]:
    """Keeps the pages of a WARC file; what could not be read of it."""
    failures: list[str] = []
    known: dict[str, tuple[str, str]] = {}
    had: set[tuple[str, str]] = set()
    missing = 0
    for page in foreign.pages(file):
        if isinstance(page, foreign.Damage):
            failures.append(page.detail)
            continue
        if (page.url, page.digest) in had:
            continue  # the same page once more
        if page.body is not None:
            place, kind = writer.store_file(page.url, page.body, page.content_type, now), page.content_type
        elif page.digest in known:
            place, kind = known[page.digest]
        else:
            missing += 1
            continue
        if page.digest:
            known[page.digest] = place, kind
            had.add((page.url, page.digest))
        keep(page.url, place, kind, page.date)
    if missing:
        failures.append(f"{missing} revisit records of pages that are not in the file")
    return failures


def _address(file: Path, body: bytes, kind: str) -> str:
    if kind == "text/html":
        declared = declared_canonical(parse_html(body, kind), "")
        if declared and declared.startswith("http"):
            try:
                return urls.normalize(declared)
            except urls.UrlError:
                pass
    return f"file:{file.name}"
