"""Nothing reaches a private address: not by an odd notation, a redirect, a name, nor a name that changes its mind.

The site on 127.0.0.1 stands for a public server, a second one on 127.0.0.2 for what must not be reached. Every
connection that is made is recorded.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator

import pytest

from flows.capture import guard, streams
from flows.capture.collect import PageOutcome, fetch_pages, poll_sources
from flows.capture.config import CaptureConfig
from flows.model import JST, PageRequest, Source
from tests.capture.faults import ARTICLE
from tests.capture.server import Site, running

NOW = dt.datetime(2025, 1, 28, 9, 0, tzinfo=JST)
REFUSED = {"blocked address", "dns", "address", "redirects"}
NAMES = {
    "site.example": ["127.0.0.1"],
    "intranet.example": ["10.0.0.5"],
    "metadata.example": ["169.254.169.254"],
    "v6.example": ["fd00::1", "fe80::1%eth0"],
    "mapped.example": ["::ffff:127.0.0.2"],
}
SECRET = [
    *(
        "127.0.0.2",
        "127.2",
        "127.0.2",
        "2130706434",
        "0x7f000002",
        "0x7f.0.0.2",
        "0X7F.2",
        "0177.0.0.2",
        "017700000002",
    ),
    *("00000177.0.0.2", "127.0.0.2.", "u:p@127.0.0.2", "127.0.0.1@127.0.0.2", "127.0.0.1:80@127.0.0.2"),
    *("127。0。0。2", "１２７.０.０.２", "①②⑦.0.0.②", "%31%32%37.0.0.2"),
    *("[::ffff:127.0.0.2]", "[::ffff:7f00:2]", "[::127.0.0.2]", "[64:ff9b::7f00:2]", "[2002:7f00:2::]"),
    *("[0:0:0:0:0:ffff:127.0.0.2]", "[::1]", "[::]", "0.0.0.0", "0", "[fe80::1%25lo]", "[fd00:ec2::254]"),
    *("10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.100.100.200", "168.63.129.16", "224.0.0.1"),
    *("intranet.example", "metadata.example", "v6.example", "mapped.example", "nobody.example"),
]


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that connections were made to, with one loopback address counting as public."""
    made: list[str] = []
    is_public, resolve, connect = guard.is_public, guard.resolve, streams.connect

    async def resolved(host: str, port: int, timeout: float | None) -> list[str]:
        return NAMES[host] if host in NAMES else await resolve(host, port, timeout)

    async def recorded(
        host: str,
        port: int,
        timeout: float | None,
        local_address: str | None,
        socket_options: Iterable[object] | None,
    ) -> streams.AsyncioStream:
        made.append(host)
        return await connect(host, port, timeout, None, None)

    monkeypatch.setattr(guard, "is_public", lambda address: address == "127.0.0.1" or is_public(address))
    monkeypatch.setattr(guard, "resolve", resolved)
    monkeypatch.setattr(streams, "connect", recorded)
    return made


@pytest.fixture
def secret() -> Iterator[Site]:
    with running("127.0.0.2") as site:
        site.page("*", b"secret")
        yield site


@pytest.fixture
def guarded(config: CaptureConfig) -> CaptureConfig:
    return dataclasses.replace(config, allow_private=False, read_timeout=20, total_timeout=40)


def fetch(config: CaptureConfig, url: str) -> PageOutcome:
    return fetch_pages([PageRequest(url, url, "", "例")], config, "warc/a.warc.gz", NOW)


def kinds(outcome: PageOutcome) -> set[str]:
    return {(f.error or "none").partition(":")[0] for f in outcome.fetches if f.reason == "entry"}


@pytest.mark.parametrize("host", SECRET)
def test_no_redirect_leads_there(
    site: Site, secret: Site, guarded: CaptureConfig, connected: list[str], host: str
) -> None:
    site.moved("/a", "/b")
    target = f"http://{host}:{secret.port}/latest/meta-data/"
    site.moved("/b", target.encode().decode("latin-1"))
    outcome = fetch(guarded, f"{site.root}/a")
    assert kinds(outcome) <= REFUSED | {"unreachable"}
    assert outcome.captures == ()
    assert set(connected) == {"127.0.0.1"}
    assert secret.requests == []


@pytest.mark.parametrize("host", SECRET)
def test_no_feed_and_no_entry_leads_there(
    secret: Site, guarded: CaptureConfig, connected: list[str], host: str
) -> None:
    url = f"http://{host}:{secret.port}/feed"
    (polled,) = poll_sources([(Source(url, "例"), None)], guarded, NOW).fetches
    assert (polled.error or "none").partition(":")[0] in REFUSED
    assert kinds(fetch(guarded, url)) <= REFUSED | {"unreachable"}
    assert (connected, secret.requests) == ([], [])


@pytest.mark.parametrize("location", ["robots.txt", "elsewhere"])
def test_no_robots_file_leads_there(
    site: Site, secret: Site, guarded: CaptureConfig, connected: list[str], location: str
) -> None:
    site.moved("/robots.txt", f"{secret.root}/{location}")
    outcome = fetch(guarded, f"{site.root}/a")
    assert kinds(outcome) == {"unreachable"}
    assert set(connected) == {"127.0.0.1"}
    assert (secret.requests, site.asked("/a")) == ([], 0)


def test_a_name_with_a_public_and_a_private_address_is_reached_at_the_public_one(
    site: Site, secret: Site, guarded: CaptureConfig, connected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(NAMES, "both.example", ["127.0.0.2", "127.0.0.1", "10.0.0.1"])
    site.page("/a", ARTICLE)
    outcome = fetch(guarded, f"http://both.example:{site.port}/a")
    assert len(outcome.captures) == 1
    assert set(connected) == {"127.0.0.1"}


def test_a_name_that_changes_its_mind_is_not_followed(
    site: Site, secret: Site, guarded: CaptureConfig, connected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public when robots.txt is asked for, private for the page."""
    answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]])

    async def resolve(host: str, port: int, timeout: float | None) -> list[str]:
        return next(answers)

    monkeypatch.setattr(guard, "resolve", resolve)
    site.page("/robots.txt", b"", Connection="close")
    outcome = fetch(guarded, f"http://rebind.example:{site.port}/a")
    assert kinds(outcome) == {"blocked address"}
    assert connected == ["127.0.0.1"]
    assert (secret.requests, site.asked("/a")) == ([], 0)


def test_credentials_in_an_address_are_not_sent(site: Site, guarded: CaptureConfig, connected: list[str]) -> None:
    site.page("/a", ARTICLE)
    outcome = fetch(guarded, f"http://user:geheim@127.0.0.1:{site.port}/a")
    assert len(outcome.captures) == 1
    assert all("authorization" not in headers for _, headers in site.requests)
    assert b"geheim" not in (guarded.data / "warc/a.warc.gz").read_bytes()
