"""Runs the real program as a person's shell would, for tests: as a process, with its output in lines."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from tests import forked

COMMAND = (sys.executable, "-c", "from upverdict.tui.launch import main; main()")


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code, its lines on stdout, its text on stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """JSON lines of stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


def upverdict(*arguments: str, stdin: str = "", timeout: float = 120) -> Done:
    """Run one command to its end, in the environment of the test."""
    done = forked.completed(arguments, stdin, timeout) or subprocess.run(
        [*COMMAND, *arguments], input=stdin, capture_output=True, encoding="utf-8", timeout=timeout, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def started(*arguments: str) -> subprocess.Popen[str]:
    """Start a command and leave it running; its stdout is a pipe."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
