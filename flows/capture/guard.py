"""The address guard: a feed may name any address, but what we connect to must be on the public internet.

The check sits where the connection is made, after the name was resolved, and the connection goes to the very address
that was checked. So neither an odd notation (``http://2130706433/``), nor a redirect, nor a name that resolves
differently the second time (DNS rebinding) gets around it. Behind a proxy the proxy resolves names, and the guarding
is its job.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterable, Iterable
from functools import lru_cache
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

import httpcore
import httpx

_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",  # carrier-grade NAT; some clouds keep their metadata there
        "168.63.129.16/32",  # a cloud's virtual host address
        "192.88.99.0/24",  # 6to4 relays, deprecated
        "::/96",  # IPv4-compatible, deprecated
        "100::/64",  # discard
        "2001::/23",  # IETF protocol assignments, Teredo among them
        "fec0::/10",  # site-local, deprecated
    )
)
_KEEP_ALIVE = 30.0
"""Seconds for which an idle connection is kept."""
_IDLE_POOLS = 50
"""Origins whose idle connections are kept open at a time."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class BlockedAddress(httpcore.ConnectError):
    """The host resolves to addresses that are not public."""


class NameNotFound(httpcore.ConnectError):
    """The host's name does not resolve."""


def is_public(address: str) -> bool:
    """Whether an IP address (as the resolver gives it) lies on the public internet.

    Loopback, private, link-local, shared, reserved, multicast and metadata addresses do not (IANA's special-purpose
    registries), and an IPv6 address that carries an IPv4 one is judged by that.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    if any(ip.version == network.version and ip in network for network in _SPECIAL):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to public addresses alone (to any where ``allow_private``), trying a host's addresses in turn."""

    def __init__(self, *, allow_private: bool = False) -> None:
        self._allow_private = allow_private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first checked address that answers.

        Raises NameNotFound, BlockedAddress, or what httpcore raises where no address answers in ``timeout`` seconds.
        """
        addresses = await self._resolve(host, port, timeout)
        allowed = [a for a in addresses if self._allow_private or is_public(a)]
        if not allowed:
            raise BlockedAddress(f"{host} is {', '.join(addresses)}: not a public address")
        share = None if timeout is None else timeout / len(allowed)
        failure: Exception | None = None
        for address in allowed:
            try:
                return await self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = failure or error
        assert failure is not None
        raise failure

    async def sleep(self, seconds: float) -> None:
        """Waits, as httpcore asks between retries."""
        await asyncio.sleep(seconds)

    async def _resolve(self, host: str, port: int, timeout: float | None) -> list[str]:
        try:
            return [str(ipaddress.ip_address(host))]  # needs no resolver; other notations do
        except ValueError:
            pass
        loop = asyncio.get_running_loop()
        lookup = loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        try:
            found = await asyncio.wait_for(lookup, timeout)
        except TimeoutError as error:
            raise NameNotFound(f"no answer on the name {host} in {timeout:g} s") from error
        except (OSError, UnicodeError) as error:
            raise NameNotFound(f"the name {host} does not resolve") from error
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedTransport(httpx.AsyncBaseTransport):
    """Direct connections under the guard, HTTP/2 where the server speaks it.

    Every origin has a pool of its own: httpcore looks through all connections of a pool at each request, and in a
    common pool hosts that take turns would close each other's idle connections.
    """

    def __init__(self, *, allow_private: bool, connections: int) -> None:
        self._backend = GuardedBackend(allow_private=allow_private)
        self._connections = connections
        self._pools: OrderedDict[tuple[bytes, bytes, int | None], httpcore.AsyncConnectionPool] = OrderedDict()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request; raises httpcore's exceptions."""
        assert isinstance(request.stream, httpx.AsyncByteStream)
        url = request.url
        if len(self._pools) > _IDLE_POOLS:
            await self._close_surplus()
        response = await self._pool((url.raw_scheme, url.raw_host, url.port)).handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        assert isinstance(response.stream, AsyncIterable)
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Stream(response.stream),
            extensions=response.extensions,
        )

    def _pool(self, origin: tuple[bytes, bytes, int | None]) -> httpcore.AsyncConnectionPool:
        pool = self._pools.get(origin)
        if pool is None:
            pool = self._pools[origin] = httpcore.AsyncConnectionPool(
                ssl_context=tls_context(),
                max_connections=self._connections,
                keepalive_expiry=_KEEP_ALIVE,
                http1=True,
                http2=True,
                network_backend=self._backend,
            )
        self._pools.move_to_end(origin)
        return pool

    async def _close_surplus(self) -> None:
        """Closes the pools that were idle longest, where there are too many."""
        idle = [o for o, p in self._pools.items() if all(c.is_idle() for c in p.connections)]
        for pool in [self._pools.pop(o) for o in idle[: len(self._pools) - _IDLE_POOLS]]:
            await pool.aclose()

    async def aclose(self) -> None:
        """Closes all connections."""
        for pool in self._pools.values():
            await pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, inner: AsyncIterable[bytes]) -> None:
        self._inner = inner

    async def __aiter__(self):  # type: ignore[no-untyped-def]
        async for part in self._inner:
            yield part

    async def aclose(self) -> None:
        close = getattr(self._inner, "aclose", None)
        if close is not None:
            await close()


class RoutedTransport(httpx.AsyncBaseTransport):
    """Sends each request through the proxy that the environment names for it, or directly under the guard.

    HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY in either case, as everywhere. NO_PROXY hosts are connected to
    directly, so they are guarded.
    """

    def __init__(self, *, allow_private: bool, connections: int) -> None:
        self._connections = connections
        self._direct = GuardedTransport(allow_private=allow_private, connections=connections)
        self._proxied: dict[str, httpx.AsyncHTTPTransport] = {}
        self._proxies = getproxies_environment()

    def proxy_for(self, url: httpx.URL) -> str | None:
        """The proxy's address for a URL; None where it is reached directly."""
        proxy = self._proxies.get(url.scheme) or self._proxies.get("all")
        if not proxy or proxy_bypass_environment(url.host, self._proxies):
            return None
        return proxy if "://" in proxy else f"http://{proxy}"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request the way that its URL calls for."""
        proxy = self.proxy_for(request.url)
        if proxy is None:
            return await self._direct.handle_async_request(request)
        if proxy not in self._proxied:
            limits = httpx.Limits(max_connections=self._connections, max_keepalive_connections=self._connections)
            self._proxied[proxy] = httpx.AsyncHTTPTransport(
                verify=tls_context(), http2=True, limits=limits, proxy=httpx.Proxy(proxy)
            )
        return await self._proxied[proxy].handle_async_request(request)

    async def aclose(self) -> None:
        """Closes all connections."""
        await self._direct.aclose()
        for transport in self._proxied.values():
            await transport.aclose()


@lru_cache(maxsize=1)
def tls_context() -> ssl.SSLContext:
    """The TLS settings of all connections; reading the certificates takes tens of milliseconds, so once a process."""
    return httpx.create_ssl_context()
