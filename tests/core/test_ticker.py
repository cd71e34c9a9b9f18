"""How far something is, is told to who watches, and to nobody else."""

from __future__ import annotations

import io

import pytest

from upverdict.core import ticker
from upverdict.core.ticker import Ticker


class Watched(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock says: a list of one number."""
    now = [100.0]
    monkeypatch.setattr(ticker.time, "monotonic", lambda: now[0])
    return now


def test_what_is_done_within_a_second_is_not_told(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", err := Watched())
    with Ticker() as told:
        clock[0] += 0.9
        told.tell("Reading", 3)
        assert err.getvalue() == ""
        clock[0] += 0.2
        told.tell("Reading", 1_234, 5_000)
        told.tell("Reading", 1_235, 5_000)  # too soon for eyes
        clock[0] += 1
        told.tell("Checking")
    assert err.getvalue() == "\rReading: 1,234 of 5,000 (24 %)\rChecking …                    \r          \r"


def test_a_pipe_is_told_nothing(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", err := io.StringIO())
    with Ticker() as told:
        clock[0] += 9
        told.tell("Reading", 3)
    assert err.getvalue() == ""
