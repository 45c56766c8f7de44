"""TLS and HTTP/2 over real sockets, and certificates that must not be trusted."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from flows.capture import connections
from flows.capture.client import Client, Response
from flows.capture.config import CaptureConfig
from tests.capture.server import running

PAGE = "本文".encode() * 50_000


def certificate(folder: Path, address: str = "127.0.0.1", ends: int = 2100) -> tuple[Path, ssl.SSLContext]:
    """A self-signed certificate: the file that makes it trusted, and a server's context."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(ends, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, secret = folder / "cert.pem", folder / "key.pem"
    pem = serialization.Encoding.PEM
    trusted.write_bytes(made.public_bytes(pem))
    secret.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, secret)
    return trusted, context


@pytest.fixture
def trust(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    def trusting(file: Path) -> None:
        context = ssl.create_default_context(cafile=str(file))
        monkeypatch.setattr(connections, "tls_context", lambda: context)

    return trusting


def get(config: CaptureConfig, *addresses: str) -> list[Response]:
    async def one_after_the_other() -> list[Response]:
        async with Client(config) as client:
            return [await client.get(address) for address in addresses]

    return asyncio.run(one_after_the_other())


def kind(response: Response) -> str | None:
    return response.error.kind if response.error else None


def test_pages_come_over_tls_and_over_one_connection(
    config: CaptureConfig, tmp_path: Path, trust: Callable[[Path], None]
) -> None:
    trusted, context = certificate(tmp_path)
    trust(trusted)
    with running(tls=context) as site:
        site.page("/a", PAGE)
        first, second = get(CaptureConfig(tmp_path, allow_private=True), *[f"https://127.0.0.1:{site.port}/a"] * 2)
    assert (kind(first), kind(second)) == (None, None), first.error
    assert first.body == second.body == PAGE
    assert first.protocol == "HTTP/1.1"


@pytest.mark.parametrize(
    ("address", "ends", "trusted"), [("127.0.0.1", 2100, False), ("127.0.0.1", 2021, True), ("127.0.0.9", 2100, True)]
)
def test_a_certificate_that_proves_nothing_is_refused(
    config: CaptureConfig, tmp_path: Path, trust: Callable[[Path], None], address: str, ends: int, *, trusted: bool
) -> None:
    file, context = certificate(tmp_path, address, ends)
    if trusted:
        trust(file)
    with running(tls=context) as site:
        site.page("/a", PAGE)
        (response,) = get(config, f"https://127.0.0.1:{site.port}/a")
    assert (kind(response), site.requests) == ("tls", [])


@contextmanager
def answering(answer: Callable[[socket.socket], object]) -> Iterator[int]:
    """A server for one connection; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(5)


def test_a_handshake_that_never_ends_is_waited_for_no_longer_than_any_answer(config: CaptureConfig) -> None:
    over = threading.Event()
    with answering(lambda _: over.wait(5)) as port:
        (response,) = get(config, f"https://127.0.0.1:{port}/a")
        over.set()
    assert kind(response) == "timeout"


def test_a_connection_closed_within_the_handshake_is_told(config: CaptureConfig) -> None:
    with answering(lambda connection: connection.recv(10)) as port:
        (response,) = get(config, f"https://127.0.0.1:{port}/a")
    assert kind(response) in {"network", "tls"}


def speak_http2(context: ssl.SSLContext, body: bytes) -> Callable[[socket.socket], None]:
    """HTTP/2 as a server speaks it to one client, until that leaves."""

    def answer(plain: socket.socket) -> None:
        with context.wrap_socket(plain, server_side=True) as connection:
            talk(connection)

    def talk(connection: ssl.SSLSocket) -> None:
        state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        state.initiate_connection()
        waiting: dict[int, bytes] = {}
        connection.sendall(state.data_to_send())
        while data := connection.recv(65536):
            for event in state.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    state.send_headers(event.stream_id, [(":status", "200"), ("content-type", "text/html")])
                    waiting[event.stream_id] = body
            for number, rest in list(waiting.items()):
                size = min(len(rest), state.local_flow_control_window(number), state.max_outbound_frame_size)
                while size:
                    state.send_data(number, rest[:size], end_stream=size == len(rest))
                    rest = rest[size:]
                    size = min(len(rest), state.local_flow_control_window(number), state.max_outbound_frame_size)
                waiting[number] = rest
                if not rest:
                    del waiting[number]
            connection.sendall(state.data_to_send())

    return answer


def test_http2_is_spoken_where_the_server_does(tmp_path: Path, trust: Callable[[Path], None]) -> None:
    trusted, context = certificate(tmp_path)
    context.set_alpn_protocols(["h2", "http/1.1"])
    trust(trusted)
    with answering(speak_http2(context, PAGE)) as port:
        first, second = get(CaptureConfig(tmp_path, allow_private=True), *[f"https://127.0.0.1:{port}/a"] * 2)
    assert first.body == second.body == PAGE
    assert first.protocol == second.protocol == "HTTP/2"
