"""Runs the real program as a person's shell would, for tests: as a process, with its output in lines."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from tests import forked

MAIN = "from upverdict.tui.launch import main; main()"
Process = subprocess.Popen[str] | forked.Forked
COMMAND = (sys.executable, "-c", MAIN)


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
    done = ran(MAIN, *arguments, stdin=stdin, timeout=timeout)
    assert "Traceback" not in done.err, done.err
    return done


def ran(code: str, *arguments: str, stdin: str = "", timeout: float = 120) -> Done:
    """Run a program to its end, in the environment of the test: Python code that begins upverdict in its own way."""
    if forked.can():
        done = forked.completed(code, arguments, stdin, timeout)
    else:
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, encoding="utf-8", timeout=timeout, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


def started(
    *arguments: str, stdout: int = subprocess.PIPE, stderr: int = subprocess.PIPE, pipesize: int = -1
) -> Process:
    """Start a command and leave it running; its stdout is a pipe, if nothing else is given."""
    return program(MAIN, *arguments, stdout=stdout, stderr=stderr, pipesize=pipesize)


def program(
    code: str, *arguments: str, stdout: int = subprocess.PIPE, stderr: int = subprocess.PIPE, pipesize: int = -1
) -> Process:
    """Start a program and leave it running: Python code that begins upverdict in its own way."""
    how: Any = {"stdin": subprocess.DEVNULL, "stdout": stdout, "stderr": stderr, "pipesize": pipesize}
    if forked.can():
        return forked.started(code, arguments, **how)
    return subprocess.Popen([sys.executable, "-c", code, *arguments], encoding="utf-8", **how)
