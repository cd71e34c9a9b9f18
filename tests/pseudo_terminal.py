"""A command in a pseudo-terminal of its own, for tests and benchmarks. POSIX only; knows no program and no screen."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence


class PseudoTerminal:
    """Starts `command` on a terminal of `columns` x `rows`, which is the one that it is controlled by.

    It gets this process's environment, or the one that is given, and the terminal's words in it.
    """

    def __init__(
        self,
        command: Sequence[str],
        columns: int,
        rows: int,
        environment: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
        term: str = "xterm-256color",
    ) -> None:
        self.fd, theirs = pty.openpty()
        _set_size(theirs, columns, rows)
        inherited = dict(os.environ if environment is None else environment)
        for name in ("COLUMNS", "LINES", "NO_COLOR"):  # they tell of another terminal
            inherited.pop(name, None)
        self.process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=inherited | {"TERM": term, "COLORTERM": "truecolor"},
            start_new_session=True,
            pass_fds=tuple(pass_fds),
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one call, no lock
        )
        os.close(theirs)

    def read(self) -> bytes:
        """What the command has drawn; waits for some of it. Empty: its end of the terminal is closed."""
        try:
            return os.read(self.fd, 1 << 16)
        except OSError:  # how Linux says that
            return b""

    def write(self, keys: bytes) -> None:
        """Press keys: all of them, however small the terminal's buffer is."""
        while keys:
            keys = keys[os.write(self.fd, keys) :]

    def resize(self, columns: int, rows: int) -> None:
        """The terminal's window takes another size."""
        _set_size(self.fd, columns, rows)

    def kill(self) -> None:
        """End the command, if it has not ended, and wait until it is gone."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """Close our end of the terminal. Nobody may be reading."""
        os.close(self.fd)


def _set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
