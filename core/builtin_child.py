"""What the child process of the built-in model runs: one llama.cpp server. Knows nothing of debates or of `upverdict`.

It is run by its file's path and imports the standard library and `xllamacpp` only. Its whole life:

1. read one line of JSON (the order, see `builtin.BuiltinServer`) from standard input, so that the key is neither
   among the arguments nor in the environment;
2. load the model; write one line of JSON to what was standard output: `{"url", "context"}`, or `{"error"}`;
3. stay until standard input ends, which it does when the program that holds its other end is gone, however it went.

It always leaves through `os._exit`: destroying a llama.cpp server right after its start can deadlock.
"""

from __future__ import annotations

import faulthandler
import http.client
import importlib
import json
import os
import signal
import sys
import time
from typing import Any
from urllib.parse import urlsplit

LOG_SECONDS = 0.4
"""llama.cpp logs why it refuses a file on a thread of its own, which ends with the process: so long it may take."""
_PR_SET_PDEATHSIG = 1
"""From linux/prctl.h."""


def main() -> None:
    """Serve until standard input ends."""
    die_with_parent()
    orders, answers = take_pipes()
    line = read_line(orders)
    if not line:
        os._exit(0)
    order = json.loads(line)
    # Loading holds the interpreter's lock, so that no thread of ours could notice anything; this clock is not Python's.
    faulthandler.dump_traceback_later(order["patience"], exit=True, file=sys.stderr)
    try:
        server = serve(order)
        answer = {"url": server.listening_address, "context": context_of(server.listening_address, order["key"])}
    except Exception as e:  # whatever it was, the parent has to hear it, and this process has to end
        time.sleep(LOG_SECONDS)
        tell(answers, {"error": f"{type(e).__name__}: {e}"})
        os._exit(1)
    faulthandler.cancel_dump_traceback_later()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the program's; after loading, since llama.cpp may take it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    tell(answers, answer)
    os.close(answers)
    while os.read(orders, 4096):
        pass
    os._exit(0)


def die_with_parent() -> None:
    """Ask Linux to kill this process with its parent, also while the model loads; elsewhere the end of input has to do.

    Linux counts the thread that made this process as the parent: that is the event loop's.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def take_pipes() -> tuple[int, int]:
    """The pipes to the parent as private file descriptors: orders to read, answers to write.

    Descriptors 0 to 2 then lead to nothing and to the log: llama.cpp writes to 1 and 2 from C, and a library that
    Windows loads asks for the kind of 0, which would wait for our own read of it.
    """
    orders, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return orders, answers


def read_line(fd: int) -> bytes:
    """The first line from `fd`; what there is, when it ends before."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(fd, 1)
        if not byte:
            break
        line += byte
    return line


def tell(fd: int, answer: dict[str, Any]) -> None:
    """Write one line of JSON to the parent."""
    os.write(fd, json.dumps(answer).encode() + b"\n")


def serve(order: dict[str, Any]) -> Any:
    """The `xllamacpp.Server` of this order, its model loaded.

    Raises `ImportError`, or `RuntimeError` when llama.cpp refuses the file; the reason is in the log.
    """
    llama = importlib.import_module("xllamacpp")
    p = llama.CommonParams()
    p.model.path = order["gguf"]
    p.model_alias = [order["model"]]  # a list: a string would be taken for one alias a character
    p.n_parallel = order["slots"]
    p.n_ctx = order["context"] * order["slots"]
    p.n_batch = 512  # the longest step between two words of a stream while another one's prompt is read
    p.cache_ram_mib = 0  # else it keeps old prompts in up to 8 GiB
    p.cpuparams.n_threads = order["threads"]
    p.hostnames = ["127.0.0.1"]
    p.port = 0
    p.api_keys = [order["key"]]
    p.cors_origins, p.cors_origins_explicit, p.cors_credentials = "", True, False  # no page of a browser may read it
    p.ui = p.endpoint_slots = False
    p.verbosity = 1  # errors only
    sampling = p.sampling
    for name, value in order["sampling"].items():
        setattr(sampling, name, value)
    return llama.Server(p)


def context_of(url: str, key: str) -> int:
    """Tokens of one slot, as the running server counts them: a model can be made for fewer than were asked for.

    Raises `OSError` or `RuntimeError` when the server does not answer.
    """
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    try:
        connection.request("GET", "/props", headers={"Authorization": f"Bearer {key}"})
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise RuntimeError(f"the server is up but says {response.status}")
    return int(json.loads(body)["default_generation_settings"]["n_ctx"])


if __name__ == "__main__":
    main()
