"""Runs the program in a fork of a process that has read the heavy packages already: each of hundreds of commands would
read them for a second or more. Nothing of upverdict itself is read before the fork.

Where there is no fork (Windows), a process is started as ever.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TextIO

READ = (
    "anthropic",
    "anthropic.types.beta",
    "anyio._backends._asyncio",
    "anyio.streams.tls",
    "click_default_group",
    "filelock",
    "h11",
    "httpcore2",
    "httpx",
    "sqlite_utils",
    "tomllib",
    "truststore",
)
_ROOT = Path(__file__).parent.parent
_OF_PYTHON = ("PYTHON", "LC_", "LANG", "TZ", "ANTHROPIC_LOG", "SSL_")
"""What is looked at when Python or a package begins: a process that began with other values is of no use."""
_NUMBER = struct.Struct("!i")


def can() -> bool:
    """Whether a program is to be forked: from a process that began as it would. Where it would begin otherwise than
    usual, one is worth its while from the second program on.
    """
    begins = _begins_with()
    _seen[begins] += 1
    return hasattr(os, "fork") and (begins == _first() or _seen[begins] > 1)


class Forked:
    """The code of a program, with arguments, in this process's environment and folder: forked, and running.

    It has of `subprocess.Popen` what is needed. `files` are its standard streams; `stdout` and `stderr` what is read
    here of them. What it is told to ignore (signals) is what this process ignores, as of every process.
    """

    def __init__(
        self,
        code: str,
        arguments: Sequence[str],
        files: Sequence[int],
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
    ) -> None:
        self.args, self.stdout, self.stderr = arguments, stdout, stderr
        self.returncode: int | None = None
        self._line = socket.socket(socket.AF_UNIX)
        order = {
            "code": code,
            "arguments": list(arguments),
            "environment": dict(os.environ),
            "folder": str(Path.cwd()),
            "ignored": [n for n in signal.valid_signals() if signal.getsignal(n) is signal.SIG_IGN],
        }
        self._line.connect(_parent(_begins_with()))
        socket.send_fds(self._line, [b"."], files)
        self._line.sendall(json.dumps(order).encode() + b"\n")
        self.pid = _receive(self._line)

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._line], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._line], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = os.waitstatus_to_exitcode(_receive(self._line))
            self._line.close()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """All that is left to read, and its end. Raises subprocess.TimeoutExpired, and has killed it then."""
        with ThreadPoolExecutor(2) as pool:
            told = [pool.submit(_read, file) for file in (self.stdout, self.stderr)]
            try:
                self.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
                self.wait()
                raise
        out, err = (future.result() for future in told)
        return out, err

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def started(
    code: str,
    arguments: Sequence[str],
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.PIPE,
    stderr: int = subprocess.PIPE,
    pipesize: int = -1,
) -> Forked:
    """Fork a program as `subprocess.Popen` would start it, with text in UTF-8. `can` says whether that is possible."""
    ours: list[TextIO | None] = []
    theirs: list[int] = []
    with contextlib.ExitStack() as closing:
        for given in (stdout, stderr):
            if given == subprocess.PIPE:
                reading, writing = os.pipe()
                if pipesize > 0:
                    import fcntl  # there is none where there is no fork

                    if hasattr(fcntl, "F_SETPIPE_SZ"):  # elsewhere they have the size that they have, as with Popen
                        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, pipesize)
                closing.callback(os.close, writing)
                ours.append(os.fdopen(reading, encoding="utf-8"))
                theirs.append(writing)
            else:
                ours.append(None)
                theirs.append(theirs[0] if given == subprocess.STDOUT else given)
        if stdin == subprocess.DEVNULL:
            stdin = os.open(os.devnull, os.O_RDONLY)
            closing.callback(os.close, stdin)
        return Forked(code, arguments, (stdin, *theirs), *ours)


def completed(code: str, arguments: Sequence[str], stdin: str, timeout: float) -> subprocess.CompletedProcess[str]:
    """Fork a program and run it to its end. Raises subprocess.TimeoutExpired, and has killed the program then."""
    theirs, ours = os.pipe()
    with ThreadPoolExecutor(1) as pool:
        try:
            program = started(code, arguments, stdin=theirs)
        finally:
            os.close(theirs)
        given = pool.submit(_write, ours, stdin)
        out, err = program.communicate(timeout)
        given.result()
    return subprocess.CompletedProcess(list(arguments), program.wait(), out, err)


def _write(file: int, text: str) -> None:
    with contextlib.suppress(BrokenPipeError), open(file, "w", encoding="utf-8") as pipe:  # it need not read it
        pipe.write(text)


def _read(file: TextIO | None) -> str:
    if file is None:
        return ""
    with file:
        return file.read()


def _receive(line: socket.socket) -> int:
    (number,) = _NUMBER.unpack(line.recv(_NUMBER.size, socket.MSG_WAITALL))
    return int(number)


Begins = frozenset[tuple[str, str]]
_seen: Counter[Begins] = Counter()


def _begins_with() -> Begins:
    return frozenset(item for item in os.environ.items() if item[0].startswith(_OF_PYTHON))


@functools.cache
def _first() -> Begins:
    return _begins_with()


@functools.cache
def _parent(begins: Begins) -> str:
    """Start the process to fork from, in this environment. Returns where it takes orders; it ends with this one."""
    address = str(Path(tempfile.mkdtemp(prefix="forks-"), "socket"))
    parent = subprocess.Popen(
        [sys.executable, "-c", "import sys; from tests.forked import serve; serve(sys.argv[1])", address],
        stdin=subprocess.PIPE,  # it ends with us
        stdout=subprocess.PIPE,
        cwd=_ROOT,
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    atexit.register(parent.wait)
    atexit.register(parent.stdin.close)  # before that
    assert parent.stdout.readline() == b"ready\n"
    return address


def serve(address: str) -> None:
    """Fork for each order until nobody is there to give one. Returns in each fork that has run the program, too."""
    for name in READ:
        importlib.import_module(name)
    gc.disable()
    gc.freeze()  # or each program takes all of it apart when it ends: a third of a second
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those that wait for the program are waited for by nobody
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        print("ready", flush=True)
        while door in select.select([door, sys.stdin], [], [])[0]:
            line, _ = door.accept()
            with line:
                if os.fork() == 0:
                    door.close()
                    _wait_for_program(line)
    os.unlink(address)
    os.rmdir(Path(address).parent)


def _wait_for_program(line: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, files, *_ = socket.recv_fds(line, 1, 3)
    with line.makefile("rb") as orders:
        order = json.loads(orders.readline())
    if (pid := os.fork()) == 0:
        line.close()
        _become(order, files)
    for file in files:
        os.close(file)
    line.sendall(_NUMBER.pack(pid))
    _, status = os.waitpid(pid, 0)
    line.sendall(_NUMBER.pack(status))
    os._exit(0)


def _become(order: dict[str, Any], files: list[int]) -> None:
    """The program, from its first line to its exit. Does not return."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    gc.enable()
    for number in order["ignored"]:
        signal.signal(number, signal.SIG_IGN)
    sys.argv[1:] = order["arguments"]
    exec(compile(order["code"], "<string>", "exec"), {"__name__": "__main__"})
    sys.exit()
