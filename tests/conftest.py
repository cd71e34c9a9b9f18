"""Every test runs with folders of its own, without the user's keys, and with no way beyond this machine."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

LOCAL = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own: configuration, debates, no credentials, no proxies."""
    for name in list(os.environ):
        if name.startswith(("ANTHROPIC_", "UPVERDICT_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("UPVERDICT_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("UPVERDICT_DB", str(tmp_path / "debates.db"))
    return tmp_path


@pytest.fixture(autouse=True)
def stay_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anywhere but loopback is an error, so that no test depends on a network."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != getattr(socket, "AF_UNIX", None) and not str(address[0]).startswith(LOCAL):
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=5, help="how many random moments test_kill.py tries")
