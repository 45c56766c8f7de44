"""The ways out: connections under the address guard, or through the proxy that the user names, kept open for reuse.

httpcore speaks the protocol on each connection; which one a request takes is decided here. Its own pool looks through
all connections at each request, and lets hosts that take turns close each other's idle ones.
"""

from __future__ import annotations

import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

import httpcore
import httpx

from flows.capture.guard import GuardedBackend

_KEEP_ALIVE = 30.0
"""Seconds for which an idle connection is kept."""
_MOST_IDLE = 100
"""Connections that are kept open for nobody at a time."""

_Place = tuple[str | None, str]
"""A proxy and an origin behind it; no proxy where the origin is reached directly."""


class Connections:
    """Sends each request through the proxy that the environment names for it, or directly under the guard.

    HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY in either case, as everywhere. NO_PROXY hosts are connected to
    directly, so they are guarded. HTTP/2 where the server speaks it.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._backend = GuardedBackend(allow_private=allow_private)
        self._idle: OrderedDict[_Place, list[httpcore.AsyncConnectionInterface]] = OrderedDict()
        self._count = 0
        self._proxies = getproxies_environment()
        self._known_proxies: dict[str, httpcore.AsyncHTTPProxy] = {}

    @asynccontextmanager
    async def get(
        self, url: httpx.URL, headers: list[tuple[bytes, bytes]], timeouts: dict[str, float | None]
    ) -> AsyncIterator[httpcore.Response]:
        """The answer to one GET, its body still to be read.

        A kept connection that the server closed meanwhile is replaced once. Raises httpcore's exceptions.
        """
        address = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        request = httpcore.Request("GET", address, headers=headers, extensions={"timeout": timeouts})
        place = self.proxy_for(url), str(address.origin)
        connection = await self._kept(place)
        answer = None
        if connection is not None:
            try:
                answer = await connection.handle_async_request(request)
            except (httpcore.RemoteProtocolError, httpcore.ReadError) as error:
                if not _closed_before(error):
                    raise
                connection = None
        if answer is None or connection is None:
            connection = self._new(place[0], address.origin)
            answer = await connection.handle_async_request(request)
        try:
            yield answer
        finally:
            await answer.aclose()
            if connection.is_idle():
                await (connection.aclose() if _left_over(connection) else self._keep(place, connection))

    def proxy_for(self, url: httpx.URL) -> str | None:
        """The proxy's address for a URL; None where it is reached directly."""
        proxy = self._proxies.get(url.scheme) or self._proxies.get("all")
        if not proxy or proxy_bypass_environment(url.host, self._proxies):
            return None
        return proxy if "://" in proxy else f"http://{proxy}"

    def _new(self, proxy: str | None, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        if proxy is None:
            return httpcore.AsyncHTTPConnection(
                origin=origin,
                ssl_context=tls_context(),
                keepalive_expiry=_KEEP_ALIVE,
                http2=True,
                network_backend=self._backend,
            )
        if proxy not in self._known_proxies:
            self._known_proxies[proxy] = _proxy(proxy)
        return self._known_proxies[proxy].create_connection(origin)

    async def _kept(self, place: _Place) -> httpcore.AsyncConnectionInterface | None:
        """A connection to the place that waits for its next request, the one used last; None where there is none."""
        waiting = self._idle.get(place, [])
        while waiting:
            self._count -= 1
            connection = waiting.pop()
            if not connection.has_expired():
                return connection
            await connection.aclose()
        return None

    async def _keep(self, place: _Place, connection: httpcore.AsyncConnectionInterface) -> None:
        self._idle.setdefault(place, []).append(connection)
        self._idle.move_to_end(place)
        self._count += 1
        if self._count > _MOST_IDLE:
            surplus = self._idle.popitem(last=False)[1]
            self._count -= len(surplus)
            for other in surplus:
                await other.aclose()

    async def aclose(self) -> None:
        """Closes all connections."""
        for waiting in self._idle.values():
            for connection in waiting:
                await connection.aclose()
        self._idle.clear()


def _left_over(connection: object) -> bool:
    """Whether more came with an answer than belongs to it, which the next request would take for its own.

    httpcore does not tell, so its parser is asked, below the layers of proxies.
    """
    inner: object | None = connection
    while inner is not None:
        parser = getattr(inner, "_h11_state", None)
        if parser is not None:
            return bool(parser.trailing_data[0])
        inner = getattr(inner, "_connection", None)
    return False


def _closed_before(error: Exception) -> bool:
    """Whether a connection ended before the answer began, as one does that the server has closed meanwhile."""
    return isinstance(error, httpcore.ReadError) or "without sending a response" in str(error)


def _proxy(address: str) -> httpcore.AsyncHTTPProxy:
    proxy = httpx.Proxy(address)
    url = proxy.url
    if url.scheme not in {"http", "https"}:
        raise httpcore.UnsupportedProtocol(f"no HTTP proxy: {url.scheme}://{url.host}")
    return httpcore.AsyncHTTPProxy(
        proxy_url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        proxy_auth=proxy.raw_auth,
        ssl_context=tls_context(),
        keepalive_expiry=_KEEP_ALIVE,
        http2=True,
    )


@lru_cache(maxsize=1)
def tls_context() -> ssl.SSLContext:
    """The TLS settings of all connections; reading the certificates takes tens of milliseconds, so once a process."""
    return httpx.create_ssl_context()
