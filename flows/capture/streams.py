"""Connections over asyncio's own transports, for httpcore: half the work of the backend that comes with it."""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
import ssl
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore

_BUFFER = 256 * 1024
"""Bytes that are read ahead of the parser, in each connection."""


@contextlib.contextmanager
def _translated(late: type[Exception], failed: type[Exception]) -> Iterator[None]:
    """What asyncio raises as what httpcore expects."""
    try:
        yield
    except TimeoutError as error:
        raise late(str(error) or "no answer in time") from error
    except (OSError, EOFError, RuntimeError) as error:  # RuntimeError: the transport is closed already
        raise failed(str(error) or type(error).__name__) from error


class _Reader(asyncio.StreamReader):
    """A stream reader that knows how much it was given."""

    fed = 0

    def feed_data(self, data: bytes) -> None:  # type: ignore[override]
        """Takes in what the server sent."""
        self.fed += len(data)
        super().feed_data(data)


async def connect(
    host: str,
    port: int,
    timeout: float | None,
    local_address: str | None,
    socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
) -> AsyncioStream:
    """A TCP connection to an address.

    Raises:
        httpcore.ConnectTimeout: not within ``timeout`` seconds.
        httpcore.ConnectError: refused, or no way there.
    """
    local = None if local_address is None else (local_address, 0)
    loop, reader = asyncio.get_running_loop(), _Reader(_BUFFER)
    with _translated(httpcore.ConnectTimeout, httpcore.ConnectError):
        async with asyncio.timeout(timeout):
            transport, protocol = await loop.create_connection(
                lambda: asyncio.StreamReaderProtocol(reader), host, port, local_addr=local
            )
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        raw = writer.get_extra_info("socket")
        for option in socket_options or ():
            raw.setsockopt(*option)
    return AsyncioStream(reader, writer)


class AsyncioStream(httpcore.AsyncNetworkStream):
    """One connection, plain or under TLS."""

    def __init__(
        self, reader: _Reader, writer: asyncio.StreamWriter, below: asyncio.StreamWriter | None = None
    ) -> None:
        """``below`` is the plain connection under a TLS one: a writer that is forgotten closes its connection."""
        self._reader = reader
        self._writer = writer
        self._below = below
        self._taken = 0

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come, at least one byte, or nothing where the server has closed; within ``timeout`` seconds."""
        with _translated(httpcore.ReadTimeout, httpcore.ReadError):
            async with asyncio.timeout(timeout):
                data = await self._reader.read(max_bytes)
        self._taken += len(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends all of it, within ``timeout`` seconds."""
        if not buffer:
            return
        with _translated(httpcore.WriteTimeout, httpcore.WriteError):
            self._writer.write(buffer)
            async with asyncio.timeout(timeout):
                await self._writer.drain()

    async def aclose(self) -> None:
        """Closes at once: nothing is under way any more that a server would have to be waited for."""
        self._writer.transport.abort()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """The same connection under TLS."""
        loop = asyncio.get_running_loop()
        reader = _Reader(_BUFFER)
        protocol = asyncio.StreamReaderProtocol(reader)
        try:
            with _translated(httpcore.ConnectTimeout, httpcore.ConnectError):
                async with asyncio.timeout(timeout):
                    transport = await loop.start_tls(
                        self._writer.transport, protocol, ssl_context, server_hostname=server_hostname
                    )
        except BaseException:
            await self.aclose()
            raise
        if transport is None:
            raise httpcore.ConnectError("closed within the TLS handshake")
        protocol.connection_made(transport)
        return AsyncioStream(reader, asyncio.StreamWriter(transport, protocol, reader, loop), self._writer)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about a connection; None for what it does not need to know."""
        if info == "ssl_object":
            return self._writer.get_extra_info("ssl_object")
        raw: socket.socket | None = self._writer.get_extra_info("socket")
        if info == "socket":
            return raw
        if info in {"client_addr", "server_addr"}:
            return self._writer.get_extra_info("sockname" if info == "client_addr" else "peername")
        if info == "is_readable":
            # Asked of an idle connection: has the server closed it, or sent what nobody asked for? The next request
            # would take that for its answer.
            over = self._writer.transport.is_closing() or self._reader.at_eof() or self._reader.fed > self._taken
            return over or raw is None or raw.fileno() < 0 or _readable(raw)
        return None


def _readable(raw: socket.socket | None) -> bool:
    if raw is None:
        return True
    if not hasattr(select, "poll"):
        return bool(select.select([raw], [], [], 0)[0])
    watch = select.poll()
    watch.register(raw, select.POLLIN)
    return bool(watch.poll(0))
