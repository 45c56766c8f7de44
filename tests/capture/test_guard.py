"""Nothing reaches an address that is not public, in whatever notation it is named."""

from __future__ import annotations

import asyncio
import dataclasses

import httpcore
import pytest

from flows.capture import guard, streams
from flows.capture.client import Client, Response
from flows.capture.config import CaptureConfig
from flows.capture.guard import BlockedAddress, GuardedBackend, is_public
from tests.capture.server import Site

CLOSED = """127.0.0.1 127.255.0.9 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200 0.0.0.0
192.0.2.1 198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255 168.63.129.16 192.88.99.1 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1
::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1:: 2001:0:1::1 fe80::1 fe80::1%eth0 fec0::1 fd00::1
fd00:ec2::254 ff02::1 2001:db8::1 100::1 nonsense""".split()
OPEN = "8.8.8.8 1.1.1.1 2606:4700:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808 2001:4860:4860::8888".split()


@pytest.mark.parametrize("address", CLOSED)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OPEN)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0"],
)
def test_no_notation_of_loopback_is_connected_to(site: Site, config: CaptureConfig, host: str) -> None:
    async def once() -> Response:
        async with Client(dataclasses.replace(config, allow_private=False)) as client:
            return await client.get(f"http://{host}:{site.port}/")

    response = asyncio.run(once())
    assert response.error is not None
    assert response.error.kind in {"blocked address", "dns", "address"}
    assert site.requests == []


def test_the_address_connected_to_is_the_one_that_was_checked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that resolves to a public address when checked and to a private one later gets no second lookup."""
    lookups: list[str] = []
    connected: list[str] = []

    async def resolve(host: str, port: int, timeout: float | None) -> list[str]:
        lookups.append(host)
        return ["192.168.0.1", "8.8.8.8"] if len(lookups) == 1 else ["127.0.0.1"]

    async def connect(host: str, *rest: object) -> None:
        connected.append(host)
        raise httpcore.ConnectError("as far as the test goes")

    monkeypatch.setattr(guard, "resolve", resolve)
    monkeypatch.setattr(streams, "connect", connect)

    async def twice() -> None:
        backend = GuardedBackend()
        with pytest.raises(httpcore.ConnectError):
            await backend.connect_tcp("rebinding.example", site.port)
        with pytest.raises(BlockedAddress):
            await backend.connect_tcp("rebinding.example", site.port)

    asyncio.run(twice())
    assert connected == ["8.8.8.8"]
