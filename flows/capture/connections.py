"""The ways out: a pool of connections for each origin under the address guard, or the proxy that the user names."""

from __future__ import annotations

import ssl
from collections import OrderedDict
from functools import lru_cache
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

import httpcore
import httpx

from flows.capture.guard import GuardedBackend

_KEEP_ALIVE = 30.0
"""Seconds for which an idle connection is kept."""
_IDLE_POOLS = 50
"""Origins whose idle connections are kept open at a time."""


class Connections:
    """Sends each request through the proxy that the environment names for it, or directly under the guard.

    HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY in either case, as everywhere. NO_PROXY hosts are connected to
    directly, so they are guarded. HTTP/2 where the server speaks it.

    Every origin has a pool of its own: httpcore looks through all connections of a pool at each request, and in a
    common pool hosts that take turns would close each other's idle connections.
    """

    def __init__(self, *, allow_private: bool, most: int) -> None:
        """``most`` is the number of connections to one origin or proxy."""
        self._backend = GuardedBackend(allow_private=allow_private)
        self._most = most
        self._pools: OrderedDict[tuple[bytes, bytes, int | None], httpcore.AsyncConnectionPool] = OrderedDict()
        self._proxied: dict[str, httpcore.AsyncConnectionPool] = {}
        self._proxies = getproxies_environment()

    async def get(
        self, url: httpx.URL, headers: list[tuple[bytes, bytes]], timeouts: dict[str, float | None]
    ) -> httpcore.Response:
        """The answer to one GET, its body still to be read; raises httpcore's exceptions."""
        proxy = self.proxy_for(url)
        if proxy is not None:
            pool = self._proxy_pool(proxy)
        else:
            if len(self._pools) > _IDLE_POOLS:
                await self._close_surplus()
            pool = self._pool((url.raw_scheme, url.raw_host, url.port))
        address = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        return await pool.handle_async_request(
            httpcore.Request("GET", address, headers=headers, extensions={"timeout": timeouts})
        )

    def proxy_for(self, url: httpx.URL) -> str | None:
        """The proxy's address for a URL; None where it is reached directly."""
        proxy = self._proxies.get(url.scheme) or self._proxies.get("all")
        if not proxy or proxy_bypass_environment(url.host, self._proxies):
            return None
        return proxy if "://" in proxy else f"http://{proxy}"

    def _proxy_pool(self, address: str) -> httpcore.AsyncConnectionPool:
        if address not in self._proxied:
            proxy = httpx.Proxy(address)
            if proxy.url.scheme not in {"http", "https"}:
                raise httpcore.UnsupportedProtocol(f"no HTTP proxy: {proxy.url.scheme}://{proxy.url.host}")
            url = proxy.url
            self._proxied[address] = httpcore.AsyncHTTPProxy(
                proxy_url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                proxy_auth=proxy.raw_auth,
                ssl_context=tls_context(),
                max_connections=self._most,
                keepalive_expiry=_KEEP_ALIVE,
                http2=True,
            )
        return self._proxied[address]

    def _pool(self, origin: tuple[bytes, bytes, int | None]) -> httpcore.AsyncConnectionPool:
        pool = self._pools.get(origin)
        if pool is None:
            pool = self._pools[origin] = httpcore.AsyncConnectionPool(
                ssl_context=tls_context(),
                max_connections=self._most,
                keepalive_expiry=_KEEP_ALIVE,
                http2=True,
                network_backend=self._backend,
            )
        self._pools.move_to_end(origin)
        return pool

    async def _close_surplus(self) -> None:
        """Closes the pool that was idle longest."""
        for origin, pool in self._pools.items():
            if all(connection.is_idle() for connection in pool.connections):
                del self._pools[origin]
                await pool.aclose()
                return

    async def aclose(self) -> None:
        """Closes all connections."""
        for pool in (*self._pools.values(), *self._proxied.values()):
            await pool.aclose()


@lru_cache(maxsize=1)
def tls_context() -> ssl.SSLContext:
    """The TLS settings of all connections; reading the certificates takes tens of milliseconds, so once a process."""
    return httpx.create_ssl_context()
