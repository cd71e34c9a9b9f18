"""What a person is told to type finds the file that this run keeps the debates in."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from upverdict.core import cli, way_on
from upverdict.core.config import Config
from upverdict.core.store.worker import Worker


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    way_on.on_file(None)


def test_a_file_of_the_command_line_is_named_and_quoted() -> None:
    assert way_on.to_type("continue", "261124-abcde") == "`upverdict continue 261124-abcde`"
    way_on.on_file(Path("mine/my debates;.db"))
    told = way_on.to_type("continue", "261124-abcde", "--endpoint NAME").strip("`")
    if os.name != "nt":
        assert shlex.split(told) == [
            "upverdict", "continue", "261124-abcde", "--endpoint", "NAME", "--db", "mine/my debates;.db",
        ]  # fmt: skip


@pytest.mark.parametrize("line", [["--db", "other.db", "list"], ["list", "--db", "other.db"], ["list"]])
def test_it_is_named_as_long_as_the_command_runs(
    line: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[str] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("upverdict.core.browse.listing", lambda *_, **__: told.append(way_on.bare("show", "last")) or 0)
    monkeypatch.setattr("sys.argv", ["upverdict", *line])

    def screen(_config: Config, _order: object) -> int:
        raise AssertionError("nobody wants the screens")

    assert cli.main(screen) == 0
    assert told == ["upverdict show last" + (" --db other.db" if "--db" in line else "")]
    assert way_on.bare("show", "last") == "upverdict show last"


def test_whoever_writes_names_it_too(tmp_path: Path) -> None:
    way_on.on_file(Path("other.db"))
    worker = Worker(tmp_path / "debates.db", lambda _: None)
    worker.start(lambda _: None).result(30)
    told = worker.call(lambda _: way_on.bare("db rescue", "")).result(30)
    worker.stop(lambda _: None).result(30)
    worker.join(30)
    assert told == "upverdict db rescue --db other.db"
