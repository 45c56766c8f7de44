"""WARC files of others: every page that can be had is taken, what cannot is told, and nothing else is."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.capture.archive import read_capture
from flows.capture.foreign import Damage, ForeignPage, pages
from flows.files import Taken, captures_of, passes
from flows.model import JST

NOW = dt.datetime(2025, 1, 28, 9, 0, tzinfo=JST)
PAGE = "<html><body><p>ディープシークは新しいモデルを公開した。</p></body></html>".encode()
HTML = "text/html; charset=utf-8"
URL = "http://news.example/a"


def record(block: bytes, version: str = "1.0", **headers: str) -> bytes:
    """A record as raw bytes: what no library would write."""
    named = {
        "WARC-Type": "response",
        "WARC-Target-URI": URL,
        "WARC-Date": "2025-01-28T00:00:00Z",
        "Content-Type": "application/http; msgtype=response",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
    return f"WARC/{version}\r\n{lines}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def answer(body: bytes = PAGE, *headers: str, status: str = "HTTP/1.1 200 OK", kind: str = HTML) -> bytes:
    lines = [status, *([f"Content-Type: {kind}"] if kind else []), *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def found(tmp_path: Path, data: bytes, name: str = "a.warc") -> list[ForeignPage | Damage]:
    file = tmp_path / name
    file.write_bytes(data)
    return list(pages(file))


def bodies(tmp_path: Path, data: bytes, name: str = "a.warc") -> list[bytes | None]:
    out = found(tmp_path, data, name)
    assert all(isinstance(page, ForeignPage) for page in out), out
    return [page.body for page in out if isinstance(page, ForeignPage)]


def taken(tmp_path: Path, *files: bytes) -> Taken:
    paths = []
    for number, data in enumerate(files):
        paths.append(tmp_path / f"{number}.warc")
        paths[-1].write_bytes(data)
    return captures_of(paths, tmp_path, "warc/import.warc.gz", NOW, None, None)


@pytest.mark.parametrize("compressed", ["no", "by record", "as a whole"])
@pytest.mark.parametrize("version", ["0.17", "0.18", "1.0", "1.1"])
def test_every_version_plain_and_compressed(tmp_path: Path, version: str, compressed: str) -> None:
    records = [record(answer(PAGE + b"%d" % n), version, WARC_Target_URI=f"{URL}{n}") for n in range(3)]
    data = {
        "no": b"".join(records),
        "by record": b"".join(gzip.compress(part) for part in records),
        "as a whole": gzip.compress(b"".join(records)),
    }[compressed]
    name = "a.warc" if compressed == "no" else "a.warc.gz"
    assert bodies(tmp_path, data, name) == [PAGE + b"%d" % n for n in range(3)]


GOOD = {
    "wget's address in brackets": record(answer(), WARC_Target_URI=f"<{URL}>"),
    "HTTP/2 as a version": record(answer(status="HTTP/2 200")),
    "HTTP/2.0 with pseudo headers": record(answer(PAGE, ":status: 200", status="HTTP/2.0 200 OK")),
    "HTTP/3": record(answer(status="HTTP/3 200 ")),
    "lower-case headers": record(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n" + PAGE),
    "bare line feeds": record(b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n" + PAGE),
    "chunks as they came": record(
        answer(b"%x\r\n" % len(PAGE) + PAGE + b"\r\n0\r\n\r\n", "Transfer-Encoding: chunked")
    ),
    "chunks undone, header left": record(answer(PAGE, "Transfer-Encoding: chunked")),
    "gzip as it came": record(answer(gzip.compress(PAGE), "Content-Encoding: gzip")),
    "gzip within chunks": record(
        answer(
            b"%x\r\n" % len(gzip.compress(PAGE, mtime=0)) + gzip.compress(PAGE, mtime=0) + b"\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked",
            "Content-Encoding: gzip",
        )
    ),
    "gzip undone, header left": record(answer(PAGE, "Content-Encoding: gzip")),
    "brotli undone, header left": record(answer(PAGE, "Content-Encoding: br")),
    "deflate": record(answer(zlib.compress(PAGE), "Content-Encoding: deflate")),
    "no content type": record(answer(kind="")),
    "XHTML": record(answer(kind="application/xhtml+xml")),
    "a length that is not its own": record(answer(PAGE, "Content-Length: 3")),
    "a resource": record(PAGE, WARC_Type="resource", Content_Type="text/html"),
    "truncated by the crawler": record(answer(), WARC_Truncated="length"),
    "an odd record id": record(answer(), WARC_Record_ID="<none>"),
}


@pytest.mark.parametrize("name", GOOD)
def test_forms_in_which_crawlers_keep_a_page(tmp_path: Path, name: str) -> None:
    (page,) = found(tmp_path, GOOD[name])
    assert isinstance(page, ForeignPage), page
    assert (page.url, page.body) == (URL, PAGE)
    assert page.content_type


NO_PAGES = {
    "a request": record(b"GET /a HTTP/1.1\r\nHost: news.example\r\n\r\n", WARC_Type="request"),
    "a DNS answer": record(
        b"20250128000000\nnews.example. 300 IN A 192.0.2.1", WARC_Target_URI="dns:news.example", Content_Type="text/dns"
    ),
    "Heritrix' metadata": record(b"via: http://x/\r\n", WARC_Type="metadata", Content_Type="application/warc-fields"),
    "information on the file": record(b"software: x\r\n", WARC_Type="warcinfo", WARC_Target_URI=""),
    "a screenshot": record(b"\x89PNG", WARC_Type="resource", WARC_Target_URI="urn:view:x", Content_Type="image/png"),
    "a picture": record(answer(b"\x89PNG\r\n", kind="image/png")),
    "a redirect": record(answer(b"", "Location: /b", status="HTTP/1.1 301 Moved")),
    "an error page": record(answer(status="HTTP/1.1 404 Not Found")),
    "an empty page": record(answer(b"")),
    "an unchanged page": record(answer(b"", status="HTTP/1.1 304 Not Modified"), WARC_Type="revisit"),
    "another protocol": record(b"220 ready\r\n", WARC_Target_URI="ftp://news.example/a"),
    "text made of a page": record("本文".encode(), WARC_Type="conversion", Content_Type="text/plain"),
}


@pytest.mark.parametrize("name", NO_PAGES)
def test_what_is_no_page_is_passed_over(tmp_path: Path, name: str) -> None:
    assert bodies(tmp_path, NO_PAGES[name] + record(answer())) == [PAGE]


def test_a_revisit_is_the_page_that_came_under_its_digest(tmp_path: Path) -> None:
    digest = "sha1:ABC"
    outcome = taken(
        tmp_path,
        record(answer(), WARC_Payload_Digest=digest)
        + record(answer(b""), WARC_Type="revisit", WARC_Payload_Digest=digest)
        + record(answer(b""), WARC_Type="revisit", WARC_Payload_Digest=digest, WARC_Target_URI=f"{URL}?page=copy")
        + record(answer(b""), WARC_Type="revisit", WARC_Payload_Digest="sha1:OTHER"),
    )
    assert [capture.url for capture in outcome.captures] == [URL, f"{URL}?page=copy"]
    assert all(read_capture(tmp_path, capture.raw_path)[0] == PAGE for capture in outcome.captures)
    assert [failure.partition(": ")[2] for failure in outcome.failures] == [
        "1 revisit records of pages that are not in the file"
    ]


def test_states_of_one_page_are_read_in_the_order_of_their_dates(tmp_path: Path) -> None:
    states = [record(answer(PAGE + str(day).encode()), WARC_Date=f"2025-01-{day:02}T00:00:00Z") for day in (3, 1, 2)]
    outcome = taken(tmp_path, states[0] + states[1], states[2], record(answer(), WARC_Target_URI=f"{URL}/other"))
    parts = passes(outcome.captures)
    order = [[read_capture(tmp_path, c.raw_path)[0][-1:] for c in part if c.url == URL] for part in parts]
    assert order == [[b"1"], [b"2"], [b"3"]]
    assert [len(part) for part in parts] == [2, 1, 1]


@pytest.mark.parametrize("compressed", [False, True])
def test_a_damaged_record_costs_itself_alone(tmp_path: Path, compressed: bool) -> None:
    records = [record(answer(PAGE + b"%d" % n), WARC_Target_URI=f"{URL}{n}") for n in range(3)]
    if compressed:
        records = [gzip.compress(part) for part in records]
    middle = bytearray(records[1])
    middle[12:60] = b"\xff" * 48
    out = found(tmp_path, records[0] + bytes(middle) + records[2], "a.warc.gz" if compressed else "a.warc")
    kept = [page.body for page in out if isinstance(page, ForeignPage)]
    assert kept[0] == PAGE + b"0"
    assert kept[-1] == PAGE + b"2"
    assert any(isinstance(page, Damage) for page in out)


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_a_file_that_breaks_off_is_read_up_to_there(tmp_path: Path, name: str) -> None:
    records = [record(answer(PAGE + b"%d" % n), WARC_Target_URI=f"{URL}{n}") for n in range(3)]
    if name.endswith("gz"):
        records = [gzip.compress(part) for part in records]
    data = b"".join(records)
    kept = [p.body for p in found(tmp_path, data[: -len(records[2]) // 2], name) if isinstance(p, ForeignPage)]
    assert kept[:2] == [PAGE + b"0", PAGE + b"1"]


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"not WARC", b"\x1f\x8b\x08", b"\x1f\x8b\x08" * 50, gzip.compress(b"x")]
)
def test_what_is_no_warc_file_brings_nothing(tmp_path: Path, data: bytes) -> None:
    assert not any(isinstance(page, ForeignPage) for page in found(tmp_path, data))


def test_a_page_that_swells_is_told(tmp_path: Path) -> None:
    (page,) = found(tmp_path, record(answer(gzip.compress(b"<p>" * 20_000_000), "Content-Encoding: gzip")))
    assert isinstance(page, Damage)
    assert "more than" in page.detail


def test_a_coding_that_cannot_be_undone_is_told(tmp_path: Path) -> None:
    (page,) = found(tmp_path, record(answer(b"\x0b\x02\x80page\x03", "Content-Encoding: br")))
    assert isinstance(page, Damage)
    assert "br" in page.detail


def test_what_the_reference_library_writes_is_read(tmp_path: Path) -> None:
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=True, warc_version="1.1")
    headers = StatusAndHeaders("200 OK", [("Content-Type", HTML)], protocol="HTTP/1.1")
    page = writer.create_warc_record(URL, "response", payload=io.BytesIO(PAGE), http_headers=headers)
    writer.write_record(page)
    digest, date = page.rec_headers.get_header("WARC-Payload-Digest"), page.rec_headers.get_header("WARC-Date")
    writer.write_record(writer.create_revisit_record(f"{URL}2", digest, URL, date, http_headers=headers))
    first, second = found(tmp_path, file.getvalue(), "a.warc.gz")
    assert isinstance(first, ForeignPage)
    assert isinstance(second, ForeignPage)
    assert (first.body, second.url, second.body, second.digest) == (PAGE, f"{URL}2", None, first.digest)


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_any_damage_is_survived(tmp_path_factory: pytest.TempPathFactory, noise: bytes, place: int) -> None:
    data = record(answer()) + record(answer(), WARC_Target_URI=f"{URL}2")
    found(tmp_path_factory.mktemp("noise"), data[:place] + noise + data[place:])
