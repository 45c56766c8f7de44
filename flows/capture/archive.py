"""The archive: every page as it was fetched, in WARC 1.1 (ISO 28500), before anything reads it.

One file for each batch of a run, created with its first record: a run that is killed damages no older file. A record's
place is its path below the data folder and its offset, ``warc/2025-01-28/….warc.gz#1234``.
"""

from __future__ import annotations

import datetime as dt
import io
import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.capture import content
from flows.capture.client import Response
from flows.model import KawarabanError

_MOST_DECODED = 100_000_000


class ArchiveError(KawarabanError):
    """A record cannot be read back; the message says which."""


class ArchiveWriter:
    """Appends records to one WARC file; nothing is created until there is something to keep."""

    def __init__(self, data: Path, relative: str) -> None:
        """``relative`` is the file's path below the data folder."""
        self._path = data / relative
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

    def _writer(self) -> tuple[WARCWriter, BinaryIO]:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("ab")
        return WARCWriter(self._file, gzip=True, warc_version="1.1"), self._file

    def store(self, response: Response, fetched_at: dt.datetime, reason: str) -> str:
        """Keeps an answer with its request.

        Returns:
            The response record's place.
        """
        writer, file = self._writer()
        place = f"{self._relative}#{file.seek(0, os.SEEK_END)}"
        headers = StatusAndHeaders(
            f"{response.status} {response.reason_phrase}".strip(), list(response.headers), protocol="HTTP/1.1"
        )
        stamp = {"WARC-Date": _stamp(fetched_at), "WARC-Fetch-Reason": reason}
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
            http_headers=StatusAndHeaders("GET / HTTP/1.1", list(response.request_headers), is_http_request=True),
            warc_headers_dict={"WARC-Date": _stamp(fetched_at)},
        )
        writer.write_request_response_pair(request, record)
        return place

    def store_file(self, url: str, body: bytes, content_type: str, at: dt.datetime) -> str:
        """Keeps a file that was imported, as a resource record.

        Returns:
            The record's place.
        """
        writer, file = self._writer()
        place = f"{self._relative}#{file.seek(0, os.SEEK_END)}"
        record = writer.create_warc_record(
            url,
            "resource",
            payload=io.BytesIO(body),
            warc_content_type=content_type,
            warc_headers_dict={"WARC-Date": _stamp(at), "WARC-Fetch-Reason": "import"},
        )
        writer.write_record(record)
        return place


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
    except (OSError, ValueError, StopIteration, content.Broken, content.TooLarge) as error:
        raise ArchiveError(f"the archive's record {raw_path} cannot be read: {error}") from error
