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
from collections.abc import Iterable

import httpcore

from flows.capture import streams

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
        addresses = await resolve(host, port, timeout)
        allowed = [a for a in addresses if self._allow_private or is_public(a)]
        if not allowed:
            raise BlockedAddress(f"{host} is {', '.join(addresses)}: not a public address")
        share = None if timeout is None else timeout / len(allowed)
        failure: Exception | None = None
        for address in allowed:
            try:
                return await streams.connect(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = failure or error
        assert failure is not None
        raise failure

    async def sleep(self, seconds: float) -> None:
        """Waits, as httpcore asks between retries."""
        await asyncio.sleep(seconds)


async def resolve(host: str, port: int, timeout: float | None) -> list[str]:
    """All addresses of a host, as the system's resolver gives them; every notation of an address is one of them.

    Raises NameNotFound where there is none within ``timeout`` seconds.
    """
    try:
        return [str(ipaddress.ip_address(host))]  # needs no resolver; other notations do
    except ValueError:
        pass
    lookup = asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    try:
        found = await asyncio.wait_for(lookup, timeout)
    except TimeoutError as error:
        raise NameNotFound(f"no answer on the name {host} in {timeout:g} s") from error
    except (OSError, UnicodeError) as error:
        raise NameNotFound(f"the name {host} does not resolve") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
