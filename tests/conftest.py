"""Every test runs with folders of its own, without the user's keys, and with no way beyond this machine."""

from __future__ import annotations

import gc
import os
import re
import signal
import socket
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

LOCAL = ("127.", "::1", "localhost")

settings.register_profile("here", deadline=None)  # how busy the machine is is no part of a test
settings.load_profile("here")

# A shell without job control starts what runs in the background with Ctrl+C ignored; the programs under test inherit
# that and obey it. They are to be as a person has them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


SLOW = (
    "test_builtin",
    "test_found_llama",
    "test_mixed",
    "test_output",
    "test_hostile",
    "test_limit",
    "test_kill",
    "test_snapshots",
    "test_terminal",
    "test_replay_terminal",
    "test_together",
    "test_lossless",
    "test_rescuing",
    "test_html_browser",
    "test_site",
)
"""Files of few and long tests. First, so that no core works alone at the end (`python -m tests`)."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.path.name.startswith(SLOW))


def pytest_collection_finish() -> None:
    """What has been imported lives to the end. A screen is thousands of small objects: at the thresholds that Python
    begins with, the collector takes a sixth of a test's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 5)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """What pytest looks for at its end, five times over, is found in one pass: coroutines that nobody awaited."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As pytest makes it, which looks through the folders of all tests before to find the next number."""
    name = re.sub(r"\W", "_", request.node.name)[:30]
    folder = tmp_path_factory.getbasetemp() / f"{name}{_folders[name]}"
    _folders[name] += 1
    folder.mkdir(0o700)
    return folder


_folders: Counter[str] = Counter()


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own: configuration, debates, no credentials, no proxies.

    Debates are quick there, so that a test counts the asks that it is about; those of the whole protocol say so.
    """
    from upverdict.core.store import notices

    notices.forget()
    for name in list(os.environ):
        if name.startswith(("ANTHROPIC_", "UPVERDICT_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text('depth = "quick"\n', "utf-8")
    monkeypatch.setenv("UPVERDICT_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("UPVERDICT_DB", str(tmp_path / "debates.db"))
    monkeypatch.setenv("UPVERDICT_STATE", str(tmp_path / "state.json"))
    monkeypatch.setenv("UPVERDICT_PROBE", "0")  # what else runs on this machine is no part of a test
    monkeypatch.setenv("UPVERDICT_PROBE_SECONDS", "10")  # nor is how busy it is
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


WATCH = """
import os, socket, sys
def watch(event, given):
    unix = getattr(socket, "AF_UNIX", None)
    if event in ("socket.getaddrinfo", "socket.gethostbyname") or event == "socket.__new__" and given[1] != unix:
        with open(os.environ["SOCKETS_SEEN"], "a") as file:
            print(event, *given[1:], file=file)
sys.addaudithook(watch)
"""


class Sockets:
    """What the programs that a test starts ask of the network: every socket but those inside the machine, and names."""

    def __init__(self, seen: Path) -> None:
        self._seen = seen

    def opened(self) -> list[str]:
        return self._seen.read_text("utf-8").splitlines() if self._seen.exists() else []

    def forget(self) -> None:
        self._seen.unlink(missing_ok=True)


@pytest.fixture
def sockets(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> Sockets:
    """Watched by Python itself, so that no way around the module `socket` goes unseen."""
    (at_home / "watch").mkdir()
    (at_home / "watch" / "sitecustomize.py").write_text(WATCH, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(at_home / "watch"))
    monkeypatch.setenv("SOCKETS_SEEN", str(at_home / "sockets"))
    return Sockets(at_home / "sockets")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=5, help="how many random moments test_kill.py tries")
