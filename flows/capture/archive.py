"""The archive: every page as it was fetched, in WARC 1.1 (ISO 28500), before anything reads it.

One file for each batch of a run, created with its first record and never opened again: a run that is killed, or a
batch that is tried twice, damages no older file. Ids of records are derived from their places. A record's place is
its path below the data folder and its offset, ``warc/2025-01-28/….warc.gz#1234``.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import uuid
import zlib
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.capture import content
from flows.capture.client import Response
from flows.capture.config import PRODUCT
from flows.model import KawarabanError, digest_of

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

    def _writer(self, at: dt.datetime) -> tuple[WARCWriter, BinaryIO]:
        if self._file is not None:
            return WARCWriter(self._file, gzip=True, warc_version="1.1"), self._file
        self._relative, self._file = _new_file(self._data, self._relative)
        writer = WARCWriter(self._file, gzip=True, warc_version="1.1")
        info = {"software": PRODUCT, "format": "WARC File Format 1.1", "isPartOf": PurePosixPath(self._relative).stem}
        record = writer.create_warcinfo_record(PurePosixPath(self._relative).name, info)
        record.rec_headers.replace_header("WARC-Record-ID", _record_id("warcinfo", self._relative))
        record.rec_headers.replace_header("WARC-Date", _stamp(at))
        writer.write_record(record)
        return writer, self._file

    def store(self, response: Response, fetched_at: dt.datetime, reason: str) -> str:
        """Keeps an answer with its request.

        Returns:
            The response record's place.
        """
        writer, file = self._writer(fetched_at)
        place = f"{self._relative}#{file.seek(0, os.SEEK_END)}"
        # The body is kept without its chunks, so the header that announces them is renamed, as other crawlers do.
        kept = [
            (f"X-Crawler-{key}" if key.lower() == "transfer-encoding" else key, value)
            for key, value in response.headers
        ]
        headers = StatusAndHeaders(f"{response.status} {response.reason_phrase}".strip(), kept, protocol="HTTP/1.1")
        stamp = {
            "WARC-Date": _stamp(fetched_at),
            "WARC-Record-ID": _record_id("response", place),
            "WARC-Fetch-Reason": reason,
        }
        record = writer.create_warc_record(
            response.final_url,
            "response",
            payload=io.BytesIO(response.raw),
            http_headers=headers,
            warc_headers_dict=stamp,
        )
        request = writer.create_warc_record(
            response.final_url,
            "request",
            http_headers=StatusAndHeaders(
                f"GET {_target(response.final_url)} HTTP/1.1", list(response.request_headers), is_http_request=True
            ),
            warc_headers_dict={"WARC-Date": _stamp(fetched_at), "WARC-Record-ID": _record_id("request", place)},
        )
        writer.write_request_response_pair(request, record)
        return place

    def store_file(self, url: str, body: bytes, content_type: str, at: dt.datetime) -> str:
        """Keeps a file that was imported, as a resource record.

        Returns:
            The record's place.
        """
        writer, file = self._writer(at)
        place = f"{self._relative}#{file.seek(0, os.SEEK_END)}"
        record = writer.create_warc_record(
            url,
            "resource",
            payload=io.BytesIO(body),
            warc_content_type=content_type,
            warc_headers_dict={
                "WARC-Date": _stamp(at),
                "WARC-Record-ID": _record_id("resource", place),
                "WARC-Fetch-Reason": "import",
            },
        )
        writer.write_record(record)
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


def _record_id(kind: str, place: str) -> str:
    return f"<{uuid.UUID(digest_of(kind, place, size=32)).urn}>"


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
