"""Runs the program in a fork of a process that has read the heavy packages already: each of hundreds of commands would
read them for a second or more. Nothing of upverdict itself is read before the fork.

Where there is no fork (Windows), or Python is to begin otherwise than usual, a process is started as ever.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
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
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

READ = ("anthropic", "anthropic.types.beta", "httpx", "sqlite_utils")
_ROOT = Path(__file__).parent.parent
_OF_PYTHON = ("PYTHON", "LC_", "LANG", "TZ", "ANTHROPIC_LOG", "SSL_")
"""What is looked at when Python or a package begins: a process that began with other values is of no use."""
_NUMBER = struct.Struct("!i")


def completed(arguments: Sequence[str], stdin: str, timeout: float) -> subprocess.CompletedProcess[str] | None:
    """`upverdict` with the arguments, in this process's environment and folder, run to its end. None where none can
    be forked. Raises subprocess.TimeoutExpired, and has killed the program then.
    """
    if not hasattr(os, "fork") or _begins_with() != _first():
        return None
    order = {"arguments": list(arguments), "environment": dict(os.environ), "folder": str(Path.cwd())}
    pipes = [os.pipe() for _ in range(3)]
    theirs, ours = (pipes[0][0], pipes[1][1], pipes[2][1]), (pipes[0][1], pipes[1][0], pipes[2][0])
    with socket.socket(socket.AF_UNIX) as line, ThreadPoolExecutor(3) as pool:
        line.connect(_parent())
        socket.send_fds(line, [b"."], theirs)
        line.sendall(json.dumps(order).encode() + b"\n")
        for file in theirs:
            os.close(file)
        given = pool.submit(_write, ours[0], stdin)
        told = [pool.submit(_read, file) for file in ours[1:]]
        pid = _receive(line)
        line.settimeout(timeout)
        try:
            status = _receive(line)
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired(["upverdict", *arguments], timeout) from None
        given.result()
        out, err = (future.result() for future in told)
    return subprocess.CompletedProcess(arguments, os.waitstatus_to_exitcode(status), out, err)


def _write(file: int, text: str) -> None:
    with contextlib.suppress(BrokenPipeError), open(file, "w", encoding="utf-8") as pipe:  # it need not read it
        pipe.write(text)


def _read(file: int) -> str:
    with open(file, encoding="utf-8") as pipe:
        return pipe.read()


def _receive(line: socket.socket) -> int:
    (number,) = _NUMBER.unpack(line.recv(_NUMBER.size, socket.MSG_WAITALL))
    return int(number)


def _begins_with() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(_OF_PYTHON)}


@functools.cache
def _first() -> dict[str, str]:
    return _begins_with()


@functools.cache
def _parent() -> str:
    """Start the process to fork from. Returns the address at which it takes orders; it ends with this process."""
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
    """The program, from its first line to its exit."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    sys.argv[1:] = order["arguments"]
    from upverdict.tui.launch import main

    main()
