"""The client against a server that misbehaves: what comes back is a kind of failure, never an exception."""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import socket
import zlib
from collections.abc import Callable

import pytest

from flows.capture.client import Client, Failure, Response
from flows.capture.config import CaptureConfig, user_agent
from flows.capture.pacing import Pacer
from tests.capture.server import Handler, Site, running


def get(config: CaptureConfig, url: str, **options: str) -> Response:
    async def once() -> Response:
        async with Client(config) as client:
            return await client.get(url, **options)  # type: ignore[arg-type]

    return asyncio.run(once())


def kind(response: Response) -> str:
    assert response.error is not None
    return response.error.kind


def raw(*parts: bytes, then: Callable[[Handler], None] | None = None) -> Callable[[Handler], None]:
    """An answer byte by byte as given; ``then`` is done before the connection closes."""

    def answer(handler: Handler) -> None:
        for part in parts:
            handler.wfile.write(part)
        handler.wfile.flush()
        if then is not None:
            then(handler)
        handler.close_connection = True

    return answer


def until_closing(handler: Handler) -> None:
    handler.site.closing.wait(10)


def test_brings_a_page_with_its_headers(site: Site, config: CaptureConfig) -> None:
    site.page("/a", "本文".encode(), ETag='"1"')
    response = get(config, f"{site.root}/a")
    assert (response.status, response.body.decode(), response.header("etag"), response.error) == (
        200,
        "本文",
        '"1"',
        None,
    )


def test_says_who_it_is_and_whom_to_ask(site: Site, config: CaptureConfig) -> None:
    site.page("/a", b"x")
    get(dataclasses.replace(config, user_agent=user_agent("1.2", "ops@example.org")), f"{site.root}/a")
    assert site.requests[0][1]["user-agent"] == "Kawaraban/1.2 (news monitor; +ops@example.org)"


def test_asks_conditionally_and_takes_not_modified_for_an_answer(site: Site, config: CaptureConfig) -> None:
    site.routes["/a"] = lambda handler: handler.reply(304)
    response = get(config, f"{site.root}/a", etag='"1"', last_modified="Tue, 21 Jan 2025 00:00:00 GMT")
    assert (response.status, response.error) == (304, None)
    sent = site.requests[0][1]
    assert sent["if-none-match"] == '"1"'
    assert sent["if-modified-since"] == "Tue, 21 Jan 2025 00:00:00 GMT"


def test_not_modified_without_a_condition_is_an_error(site: Site, config: CaptureConfig) -> None:
    site.routes["/a"] = lambda handler: handler.reply(304)
    assert kind(get(config, f"{site.root}/a")) == "http"


def test_follows_redirects_relative_and_absolute(site: Site, config: CaptureConfig) -> None:
    site.moved("/a", "b/c", 302)
    site.moved("/b/c", f"{site.root}/d?x=1", 308)
    site.page("/d?x=1", b"there")
    response = get(config, f"{site.root}/a")
    assert (response.body, response.final_url) == (b"there", f"{site.root}/d?x=1")
    assert response.hops == (f"{site.root}/a", f"{site.root}/b/c")


def test_stops_in_a_redirect_loop(site: Site, config: CaptureConfig) -> None:
    site.moved("/a", "/b")
    site.moved("/b", "/a")
    assert kind(get(config, f"{site.root}/a")) == "redirects"
    assert len(site.requests) == config.max_redirects + 1


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://example.org/", "gopher://x/", "http://", "http://[x"]
)
def test_follows_no_redirect_away_from_http(site: Site, config: CaptureConfig, location: str) -> None:
    site.moved("/a", location)
    assert kind(get(config, f"{site.root}/a")) in {"redirects", "address"}


def test_follows_no_redirect_to_a_private_address(
    site: Site, config: CaptureConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as proxy:
        # The first hop goes through a proxy, the second is excepted from it, so it is connected to directly.
        proxy.routes["*"] = lambda handler: handler.reply(301, b"", {"Location": f"{site.root}/secret"})
        monkeypatch.setenv("http_proxy", proxy.root)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        response = get(dataclasses.replace(config, allow_private=False), "http://public.example/a")
    assert kind(response) == "blocked address"
    assert response.status is None
    assert site.requests == []


def test_leaves_names_to_the_proxy(config: CaptureConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    with running() as proxy:
        proxy.page("http://made-up.example/a", b"through")
        monkeypatch.setenv("HTTP_PROXY", proxy.root)
        response = get(dataclasses.replace(config, allow_private=False), "http://made-up.example/a")
    assert response.body == b"through"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("ftp://example.org/", "address"),
        ("http:///x", "address"),
        ("javascript:alert(1)", "address"),
        ("http://a b/", "address"),
        ("http://name.invalid/", "dns"),
    ],
)
def test_tells_bad_addresses_apart(config: CaptureConfig, address: str, name: str) -> None:
    assert kind(get(config, address)) == name


def test_tells_a_refused_connection(config: CaptureConfig) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert kind(get(config, f"http://127.0.0.1:{port}/")) == "refused"


def test_tells_what_is_no_tls(site: Site, config: CaptureConfig) -> None:
    site.page("/", b"plain")
    assert kind(get(config, f"https://127.0.0.1:{site.port}/")) == "tls"


OK = b"HTTP/1.1 200 OK\r\n"
BOMB = gzip.compress(b"0" * 5_000_000)
TROUBLES = {
    "silence": (raw(then=until_closing), "timeout"),
    "slow headers": (raw(OK + b"X: ", then=until_closing), "timeout"),
    "stalled body": (raw(OK + b"Content-Length: 10\r\n\r\nabc", then=until_closing), "timeout"),
    "closed at once": (raw(), "protocol"),
    "half a header": (raw(OK + b"Content-Le"), "protocol"),
    "short body": (raw(OK + b"Content-Length: 10\r\n\r\nabc"), "protocol"),
    "no HTTP": (raw(b"220 mail.example ESMTP\r\n"), "protocol"),
    "two lengths": (raw(OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"), "protocol"),
    "broken chunks": (raw(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"), "protocol"),
    "endless headers": (raw(OK + b"X: " + b"y" * 300_000 + b"\r\n\r\n"), "protocol"),
    "too large": (raw(OK + b"\r\n" + b"x" * 300_000), "too large"),
    "gzip bomb": (raw(OK + b"Content-Encoding: gzip\r\n\r\n" + BOMB), "too large"),
    "bomb in a bomb": (raw(OK + b"Content-Encoding: gzip, gzip\r\n\r\n" + gzip.compress(BOMB)), "too large"),
    "truncated gzip": (raw(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"abc" * 99)[:20]), "broken body"),
    "no gzip": (raw(OK + b"Content-Encoding: gzip\r\n\r\nplain"), "broken body"),
    "unasked coding": (raw(OK + b"Content-Encoding: br\r\n\r\nxyz"), "broken body"),
    "empty success": (raw(b"HTTP/1.1 204 No Content\r\n\r\n"), "http"),
    "redirect to nowhere": (raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"), "http"),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_reports_trouble_by_its_kind(site: Site, config: CaptureConfig, name: str) -> None:
    answer, expected = TROUBLES[name]
    site.routes["/a"] = answer
    assert kind(get(config, f"{site.root}/a")) == expected


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 429, 500, 502, 503, 504])
def test_reports_a_status_with_its_headers(site: Site, config: CaptureConfig, status: int) -> None:
    site.page("/a", b"sorry", status, Retry_After="120")
    response = get(config, f"{site.root}/a")
    assert (kind(response), response.status, response.header("retry-after")) == ("http", status, "120")
    assert str(response.error).startswith(f"http: {status}")


def test_a_trickling_body_ends_with_the_total_time(site: Site, config: CaptureConfig) -> None:
    def trickle(handler: Handler) -> None:
        while not handler.site.closing.wait(0.1):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    site.routes["/a"] = raw(OK + b"Content-Length: 100000\r\n\r\n", then=trickle)
    assert kind(get(config, f"{site.root}/a")) == "timeout"


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"page")),
        ("x-gzip", gzip.compress(b"pa") + gzip.compress(b"ge")),
        ("deflate", zlib.compress(b"page")),
        ("deflate", zlib.compress(b"page")[2:-4]),
        ("identity", b"page"),
    ],
)
def test_undoes_content_codings(site: Site, config: CaptureConfig, coding: str, body: bytes) -> None:
    site.page("/a", body, Content_Encoding=coding)
    response = get(config, f"{site.root}/a")
    assert (response.body, response.raw) == (b"page", body)


def test_keeps_cookies_along_redirects_and_no_further(site: Site, config: CaptureConfig) -> None:
    def door(handler: Handler) -> None:
        if "cookie" in {k.lower() for k in handler.headers}:
            handler.reply(200, b"in")
        else:
            handler.reply(302, b"", {"Location": "/door", "Set-Cookie": "seen=1"})

    site.routes["/door"] = door
    site.page("/other", b"x")

    async def both() -> bytes:
        async with Client(config) as client:
            first = await client.get(f"{site.root}/door")
            await client.get(f"{site.root}/other")
            return first.body

    assert asyncio.run(both()) == b"in"
    assert "cookie" not in site.requests[-1][1]


def test_a_host_that_keeps_failing_is_left_alone(site: Site, config: CaptureConfig) -> None:
    site.page("*", b"slow down", 429)

    async def many() -> list[Response]:
        async with Client(dataclasses.replace(config, per_host=1)) as client:
            return await asyncio.gather(*(client.get(f"{site.root}/{n}") for n in range(8)))

    kinds = [kind(response) for response in asyncio.run(many())]
    assert kinds == ["http"] * 3 + ["spared"] * 5
    assert len(site.requests) == 3


def test_asks_for_leave_before_each_hop(site: Site, config: CaptureConfig) -> None:
    site.moved("/a", "/closed")
    site.page("/closed", b"x")

    async def leave(url: str) -> Failure | None:
        return Failure("robots", "no") if url.endswith("/closed") else None

    async def once() -> Response:
        async with Client(config) as client:
            return await client.get(f"{site.root}/a", allowed=leave)

    response = asyncio.run(once())
    assert (kind(response), response.status, site.asked("/closed")) == ("robots", None, 0)


def test_the_pacer_spaces_starts_and_bounds_how_many_run_at_once() -> None:
    waits: list[float] = []
    running_now = most = 0

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def work(pacer: Pacer, host: str) -> None:
        nonlocal running_now, most
        async with pacer.turn(host):
            running_now += 1
            most = max(most, running_now)
            await asyncio.sleep(0)
            running_now -= 1

    async def many() -> None:
        pacer = Pacer(per_host=2, pause=0.5, clock=lambda: 100.0, sleep=sleep)
        await asyncio.gather(*(work(pacer, "a.example") for _ in range(4)))
        pacer.set_pause("b.example", 3)
        await asyncio.gather(*(work(pacer, "b.example") for _ in range(3)))

    asyncio.run(many())
    assert most == 2
    assert waits == [0.5, 1.0, 1.5, 3.0, 6.0]


def test_no_turn_begins_after_the_batchs_time() -> None:
    """A host that asks for long pauses gets few requests in a run; the others wait for the next."""
    clock = 0.0
    turns: list[bool] = []

    async def sleep(seconds: float) -> None:
        nonlocal clock
        clock += seconds

    async def work(pacer: Pacer) -> None:
        async with pacer.turn("slow.example") as in_time:
            turns.append(in_time)

    async def many() -> None:
        pacer = Pacer(per_host=2, pause=0.5, clock=lambda: clock, sleep=sleep, budget=100)
        pacer.set_pause("slow.example", 30)
        await asyncio.gather(*(work(pacer) for _ in range(50)))

    asyncio.run(many())
    assert turns == [True] * 4 + [False] * 46
    assert clock <= 100


def test_what_is_not_asked_in_time_is_spared(site: Site, config: CaptureConfig) -> None:
    site.page("/a", b"x")
    assert kind(get(dataclasses.replace(config, batch_time=-1), f"{site.root}/a")) == "spared"
    assert site.requests == []


@pytest.mark.parametrize("pause", [0.0, 0.2])
def test_what_nobody_asked_for_is_no_answer_to_the_next_request(
    site: Site, config: CaptureConfig, pause: float
) -> None:
    """A server that sends more than the length it told must not be able to speak for another page."""

    def more(handler: Handler) -> None:
        handler.wfile.write(OK + b"Content-Length: 2\r\n\r\nok" + OK + b"Content-Length: 6\r\n\r\npoison")

    site.routes["/a"] = more
    site.page("/b", b"fine")

    async def both() -> list[bytes]:
        async with Client(dataclasses.replace(config, pause=pause)) as client:
            return [(await client.get(f"{site.root}{path}")).body for path in ("/a", "/b")]

    assert asyncio.run(both()) == [b"ok", b"fine"]


def test_a_kept_connection_that_the_server_closed_is_replaced(site: Site, config: CaptureConfig) -> None:
    """Closed without a word after an answer that promised to keep it."""

    def leave(handler: Handler) -> None:
        handler.reply(200, b"first")
        handler.close_connection = True

    site.routes["/a"] = leave
    site.page("/b", b"second")

    async def both() -> list[bytes]:
        async with Client(dataclasses.replace(config, pause=0.1)) as client:
            return [(await client.get(f"{site.root}{path}")).body for path in ("/a", "/b", "/b")]

    assert asyncio.run(both()) == [b"first", b"second", b"second"]


def test_not_modified_with_a_body_spoils_no_other_answer(site: Site, config: CaptureConfig) -> None:
    """A common fault of servers: 304 must have no body, so what follows it belongs to nothing."""
    site.routes["/a"] = lambda handler: handler.reply(304, b"<html>a body all the same</html>")
    site.page("/b", b"fine")

    async def both() -> tuple[int | None, bytes]:
        async with Client(dataclasses.replace(config, pause=0.1)) as client:
            first = await client.get(f"{site.root}/a", etag='"1"')
            return first.status, (await client.get(f"{site.root}/b")).body

    assert asyncio.run(both()) == (304, b"fine")
