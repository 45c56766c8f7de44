"""Prepares Prefect's settings before Prefect is imported: no telemetry, quiet, its files in our data folder."""

from __future__ import annotations

import os
from pathlib import Path

_LOOPBACK = "127.0.0.1,localhost"


def prepare(data: Path) -> None:
    """Sets what the user has not set himself.

    Telemetry is off (``DO_NOT_TRACK`` and Prefect's own switch). Where no server is named, Prefect starts one of its
    own on loopback for the time of a command, and keeps its files below the data folder. Loopback is never asked
    through a proxy.
    """
    home = data / "prefect"
    defaults = {
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_HOME": str(home),
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    for name in ("NO_PROXY", "no_proxy"):
        said = os.environ.get(name, "")
        if "127.0.0.1" not in said:
            os.environ[name] = f"{said},{_LOOPBACK}" if said else _LOOPBACK
    Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)
