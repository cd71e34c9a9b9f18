"""What the benchmarks share: a child process in a real pseudo-terminal, the scripted endpoint in a process of its own,
and medians. POSIX only. Knows no widget.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from tests.pseudo_terminal import PseudoTerminal

COLUMNS, LINES = 160, 45
ROOT = Path(__file__).parent.parent


class Terminal:
    """Runs `command` in a pseudo-terminal of 160 x 45 and reads what it draws. Leaves no process behind."""

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str] | None = None, pass_fds: Sequence[int] = ()
    ) -> None:
        # Without compiled modules every start would measure the compiler.
        inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        self.started = time.monotonic()
        self._terminal = PseudoTerminal(command, COLUMNS, LINES, {**inherited, **(env or {})}, pass_fds)
        self.process = self._terminal.process
        self.closed = False

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._terminal.kill()
        self._terminal.close()

    def read(self, seconds: float) -> bytes:
        """What was drawn, waiting at most `seconds` for the first byte of it. Empty: nothing came, or it ended."""
        ready, _, _ = select.select([self._terminal.fd], [], [], max(0.0, seconds))
        if not ready:
            return b""
        data = self._terminal.read()
        self.closed = not data
        return data

    def read_until(self, marker: bytes, seconds: float) -> tuple[bytes, float]:
        """Everything drawn up to and with `marker`, and the monotonic time at which it was there.

        Raises `TimeoutError` if it is not there in time.
        """
        seen = b""
        end = time.monotonic() + seconds
        while marker not in seen:
            if self.closed or time.monotonic() > end:
                raise TimeoutError(f"no {marker!r} in {seconds} s; the end of what came: {seen[-2000:]!r}")
            seen += self.read(end - time.monotonic())
        return seen, time.monotonic()

    def drain(self, seconds: float) -> None:
        """Read for so long, whatever comes."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self.closed:
            self.read(left)

    def write(self, keys: bytes) -> None:
        """Press keys."""
        self._terminal.write(keys)


@contextmanager
def serving(rate: float, *more: str) -> Iterator[str]:
    """The scripted endpoint in a process of its own, so that its work is not counted; yields its address."""
    command = [sys.executable, "-m", "bench.endpoint", "--rate", str(rate), *more]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")
    try:
        assert process.stdout
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
