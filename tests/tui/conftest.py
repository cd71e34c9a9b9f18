"""What holds for every test of a screen."""

from __future__ import annotations

import gc
from functools import partial
from typing import Any

import pytest
import textual._wait
from textual import constants
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet


@pytest.fixture(autouse=True)
def not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lives in an app is not kept from the collector: it is one of hundreds here, and has an end."""
    monkeypatch.setattr(gc, "freeze", lambda: None)


@pytest.fixture(autouse=True)
def without_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing slides to where it goes, and a key that was pressed waits less for the program to have nothing to do:
    while text streams that never comes, and Textual would wait for a second. Tests say what they wait for.
    """
    monkeypatch.setattr(constants, "TEXTUAL_ANIMATIONS", "none")
    wait = partial(textual._wait.wait_for_idle, max_sleep=0.2)
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.01)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 0.0005)
    for module in ("app", "pilot"):
        monkeypatch.setattr(f"textual.{module}.wait_for_idle", wait)
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 1 / 8)


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The style sheets of Textual and of the screens are read once, not by each of hundreds of apps."""
    read = Stylesheet._parse_rules

    def rules(self: Stylesheet, *given: Any, **named: Any) -> list[RuleSet]:
        key = (given, tuple(named.items()), tuple(self._variables.items()))
        if key not in _RULES:
            _RULES[key] = read(self, *given, **named)
        return _RULES[key]

    monkeypatch.setattr(Stylesheet, "_parse_rules", rules)


_RULES: dict[Any, list[RuleSet]] = {}
