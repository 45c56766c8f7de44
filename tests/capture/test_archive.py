"""The archive: what was fetched can be read back, by us and by others."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import fastwarc
import pytest
from warcio.archiveiterator import ArchiveIterator

from flows.capture.archive import ArchiveError, ArchiveWriter, read_capture
from flows.capture.client import Response
from flows.model import JST

NOW = dt.datetime(2025, 1, 28, 9, 0, tzinfo=JST)
NAME = "warc/2025-01-28/run-01.warc.gz"
BODY = "<p>本文</p>".encode()
HTML = "text/html; charset=utf-8"


def response(path: str = "/a?x=1", raw: bytes = BODY, *headers: tuple[str, str]) -> Response:
    url = f"http://news.example{path}"
    named = (("Content-Type", HTML), *headers)
    sent = (("Host", "news.example"), ("User-Agent", "Kawaraban"))
    return Response(url, url, 200, named, sent, reason_phrase="OK", raw=raw, body=BODY)


def test_nothing_is_created_for_nothing(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, NAME):
        pass
    assert list(tmp_path.iterdir()) == []


def test_what_is_stored_is_read_back_by_its_place(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, NAME) as writer:
        plain = writer.store(response("/a"), NOW, "entry")
        packed = writer.store(response("/b", gzip.compress(BODY), ("Content-Encoding", "gzip")), NOW, "visit")
        chunked = writer.store(response("/c", BODY, ("Transfer-Encoding", "chunked")), NOW, "page")
        file = writer.store_file("file:x.txt", "文".encode("cp932"), "text/plain", NOW)
    for place in (packed, plain, chunked):
        assert place.startswith(f"{NAME}#")
        assert read_capture(tmp_path, place) == (BODY, HTML)
    assert read_capture(tmp_path, file) == ("文".encode("cp932"), "text/plain")


def test_records_are_standard_warc_with_request_and_reason(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, NAME) as writer:
        place = writer.store(response(), NOW, "entry")
    with (tmp_path / NAME).open("rb") as file:
        kinds = []
        for record in ArchiveIterator(file, check_digests=True):
            record.content_stream().read()
            assert record.digest_checker.passed is not False
            kinds.append(record.rec_type)
            assert record.rec_headers.protocol == "WARC/1.1"
            assert record.rec_headers.get_header("WARC-Date") == "2025-01-28T00:00:00Z"
            if record.rec_type == "response":
                assert record.rec_headers.get_header("WARC-Fetch-Reason") == "entry"
                assert record.rec_headers.get_header("WARC-Target-URI") == "http://news.example/a?x=1"
            if record.rec_type == "request":
                assert record.http_headers.get_header("user-agent") == "Kawaraban"
                assert record.http_headers.statusline.endswith("/a?x=1 HTTP/1.1")
    assert kinds == ["warcinfo", "response", "request"]
    assert int(place.partition("#")[2]) > 0


def test_another_reader_reads_the_same_records(tmp_path: Path) -> None:
    answers = [
        response("/a"),
        response("/b", gzip.compress(BODY), ("Content-Encoding", "gzip")),
        response("/c", BODY, ("Transfer-Encoding", "chunked"), ("X-Title", "記事")),
    ]
    with ArchiveWriter(tmp_path, NAME) as writer:
        places = [writer.store(answer, NOW, "entry") for answer in answers]
        places.append(writer.store_file("file:x.txt", BODY, "text/plain", NOW))
    read: list[tuple[str, str | None, str | None, bytes]] = []
    with (tmp_path / NAME).open("rb") as file:
        for record in fastwarc.ArchiveIterator(file, parse_http=False):
            assert record.verify_block_digest()
            record.parse_http()
            body = record.reader.read()
            kind, headers = str(record.headers.get("WARC-Type")), record.headers
            read.append((kind, headers.get("WARC-Target-URI"), headers.get("WARC-Fetch-Reason"), body))
            if kind == "response":
                assert f"{NAME}#{record.stream_pos}" in places
                assert record.http_headers.status_code == 200
                assert record.http_content_type == "text/html"
    paths = ["http://news.example/a", "http://news.example/b", "http://news.example/c"]
    assert [(kind, uri) for kind, uri, _, _ in read[1:]] == [
        *((kind, path) for path in paths for kind in ("response", "request")),
        ("resource", "file:x.txt"),
    ]
    assert {reason for _, _, reason, _ in read[1:-1]} == {"entry"}
    assert [body for kind, _, _, body in read if kind == "response"] == [answer.raw for answer in answers]


def test_requests_and_responses_name_each_other(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, NAME) as writer:
        writer.store(response(), NOW, "entry")
    with (tmp_path / NAME).open("rb") as file:
        named = [
            (record.rec_headers.get_header("WARC-Record-ID"), record.rec_headers.get_header("WARC-Concurrent-To"))
            for record in ArchiveIterator(file)
        ]
    assert named[1] == named[2][::-1]


def test_what_would_break_a_record_does_not(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, NAME) as writer:
        first = writer.store_file("file:a\r\nWARC-Type: x\u2028.txt", BODY, "text/plain\r\n\r\n", NOW)
        second = writer.store(response("/b", BODY, ("X", "a\r\n\r\nb")), NOW, "entry")
    assert read_capture(tmp_path, first) == (BODY, "text/plain")
    assert read_capture(tmp_path, second)[0] == BODY


def test_the_same_captures_give_the_same_file(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        with ArchiveWriter(tmp_path / folder, NAME) as writer:
            writer.store(response(), NOW, "entry")
            writer.store_file("file:x", b"x", "text/plain", NOW)
    assert (tmp_path / "one" / NAME).read_bytes() == (tmp_path / "two" / NAME).read_bytes()


def test_a_second_attempt_leaves_the_first_ones_file_alone(tmp_path: Path) -> None:
    (tmp_path / NAME).parent.mkdir(parents=True)
    (tmp_path / NAME).write_bytes(b"torn off by a crash")
    with ArchiveWriter(tmp_path, NAME) as writer:
        place = writer.store(response(), NOW, "entry")
    assert (tmp_path / NAME).read_bytes() == b"torn off by a crash"
    assert place.startswith("warc/2025-01-28/run-01.2.warc.gz#")
    assert read_capture(tmp_path, place)[0] == BODY


@pytest.mark.parametrize(
    "place", ["warc/none.warc.gz#0", f"{NAME}#999999", f"{NAME}#7", f"{NAME}#x", NAME, f"{NAME}#0"]
)
def test_a_place_without_a_page_is_told(tmp_path: Path, place: str) -> None:
    with ArchiveWriter(tmp_path, NAME) as writer:
        writer.store(response(), NOW, "entry")
    with pytest.raises(ArchiveError, match="cannot be read"):
        read_capture(tmp_path, place)


def test_a_damaged_record_is_told(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, NAME) as writer:
        place = writer.store(response("/b", gzip.compress(BODY), ("Content-Encoding", "gzip")), NOW, "visit")
    path = tmp_path / NAME
    offset = int(place.partition("#")[2])
    data = bytearray(path.read_bytes())
    data[offset + 40 : offset + 200] = b"\xff" * 160
    path.write_bytes(bytes(data))
    with pytest.raises(ArchiveError):
        read_capture(tmp_path, place)
