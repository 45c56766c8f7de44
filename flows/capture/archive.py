"""The archive: every page as it was fetched, in WARC 1.1 (ISO 28500), before anything reads it.

One file for each batch of a run, created with its first record and never opened again: a run that is killed, or a
batch that is tried twice, damages no older file. Ids of records are derived from their places. A record's place is
its path below the data folder and its offset, ``warc/2025-01-28/….warc.gz#1234``.
"""

from __future__ import annotations

import datetime as dt
import os
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import BinaryIO, Self

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from flows.capture import content, warc
from flows.capture.client import Response
from flows.capture.config import PRODUCT
from flows.model import KawarabanError

_MOST_DECODED = 100_000_000
_UNREADABLE = (
    OSError,
    ValueError,
    AttributeError,  # a record without HTTP headers
    StopIteration,
    zlib.error,
    ArchiveLoadFailed,
    content.Broken,
    content.TooLarge,
)


class ArchiveError(KawarabanError):
    """A record cannot be read back; the message says which."""


class ArchiveWriter:
    """Appends records to one WARC file; nothing is created until there is something to keep."""

    def __init__(self, data: Path, relative: str) -> None:
        """``relative`` is the file's path below the data folder."""
        self._data = data
        self._relative = relative
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        """Starts."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Syncs and closes the file."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            _sync_folder((self._data / self._relative).parent)

    def store(self, response: Response, fetched_at: dt.datetime, reason: str) -> str:
        """Keeps an answer with its request and the reason for it.

        Returns:
            The response record's place.
        """
        return self._append(fetched_at, lambda place: warc.exchange(response, fetched_at, reason, place))

    def store_file(self, url: str, body: bytes, content_type: str, at: dt.datetime) -> str:
        """Keeps a file that was imported, as a resource record.

        Returns:
            The record's place.
        """
        return self._append(at, lambda place: warc.resource(url, body, content_type, at, "import", place))

    def _append(self, at: dt.datetime, record: Callable[[str], bytes]) -> str:
        if self._file is None:
            self._relative, self._file = _new_file(self._data, self._relative)
            self._file.write(warc.warcinfo(PurePosixPath(self._relative).name, PRODUCT, at))
        place = f"{self._relative}#{self._file.tell()}"
        self._file.write(record(place))
        return place


def _new_file(data: Path, relative: str) -> tuple[str, BinaryIO]:
    """A file that did not exist, and its path below the data folder: the wanted one, else one with a number."""
    path = PurePosixPath(relative)
    name, _, suffix = path.name.partition(".")
    (data / path).parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        attempt = path if number == 1 else path.with_name(f"{name}.{number}.{suffix}")
        try:
            return str(attempt), (data / attempt).open("xb")
        except FileExistsError:
            number += 1


def _sync_folder(folder: Path) -> None:
    """Makes a new file's name as durable as its content, where the system can (not on Windows)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read_capture(data: Path, raw_path: str) -> tuple[bytes, str]:
    """The content-decoded body and the content type of a record.

    Raises:
        ArchiveError: the file or the record is not there, or is damaged.
    """
    relative, _, offset = raw_path.partition("#")
    try:
        with (data / relative).open("rb") as file:
            file.seek(int(offset))
            record = next(iter(ArchiveIterator(file)))
            raw = record.raw_stream.read()
            if record.rec_type == "resource":
                return raw, record.rec_headers.get_header("Content-Type") or ""
            codings = record.http_headers.get_header("content-encoding") or ""
            kind = record.http_headers.get_header("content-type") or ""
            return content.decompress(raw, codings, _MOST_DECODED), kind
    except _UNREADABLE as error:
        raise ArchiveError(f"the archive's record {raw_path} cannot be read: {error}") from error
