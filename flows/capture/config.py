"""What the capture step needs to know: a plain value that travels to wherever a batch is worked on."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from flows.web import WebRules

PRODUCT = "Kawaraban"
"""The product token by which robots.txt files can address us (RFC 9309, 2.2.1)."""


def user_agent(version: str = "0.1", contact: str = "") -> str:
    """An honest User-Agent: product, version and, where the user sets one, an address to complain to."""
    return f"{PRODUCT}/{version} (news monitor; +{contact})" if contact else f"{PRODUCT}/{version} (news monitor)"


@dataclasses.dataclass(frozen=True, slots=True)
class CaptureConfig:
    """The settings of capture; times in seconds, sizes in bytes."""

    data: Path
    """The data folder, with the archive in ``warc/`` and robots.txt files in ``cache/robots/``."""
    user_agent: str = user_agent()
    connect_timeout: float = 10.0
    read_timeout: float = 20.0
    """The longest silence of a server within an answer."""
    total_timeout: float = 60.0
    """For one request with all its redirects, waiting for the host's turn left out."""
    batch_time: float = 1500.0
    """After which a batch begins no further request; what is left waits for the next run."""
    max_bytes: int = 10_000_000
    """Of a body as sent."""
    max_decoded_bytes: int = 30_000_000
    """Of a body once decompressed."""
    max_redirects: int = 10
    max_pages: int = 10
    """Further pages of one article."""
    connections: int = 20
    """Requests at a time within a batch."""
    per_host: int = 2
    """Requests at a time to one host."""
    pause: float = 0.3
    """Between the starts of two requests to one host: some three a second, about what a reader's browser asks for
    with a single page."""
    max_crawl_delay: float = 30.0
    """The longest pause that a robots.txt can ask for."""
    allow_private: bool = False
    """Whether feeds and pages may lie on private addresses (an intranet, a test)."""
    web: WebRules = dataclasses.field(default_factory=WebRules)
    """How addresses hide and answers refuse."""
