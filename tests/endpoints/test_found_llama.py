"""A real llama.cpp server, started as a person starts one, is found and told, and a debate with it has its verdict."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.lies import assert_proven
from tests.program import upverdict
from upverdict.core.builtin import find_model

SERVE = """
import sys, xllamacpp
p = xllamacpp.CommonParams()
p.model.path, p.model_alias, p.n_ctx, p.n_parallel, p.cpuparams.n_threads = sys.argv[1], ["smol"], 16384, 4, 1
p.hostnames, p.port, p.verbosity, p.n_predict, p.cache_ram_mib = ["127.0.0.1"], 0, 1, 60, 0
p.sampling.temp, p.sampling.min_p, p.sampling.penalty_repeat = 0.2, 0.1, 1.12
server = xllamacpp.Server(p)
print(server.listening_address, flush=True)
sys.stdin.read()
import os; os._exit(0)
"""


@pytest.fixture
def llama() -> Iterator[str]:
    """Its address."""
    command = [sys.executable, "-c", SERVE, str(find_model())]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    )
    assert process.stdin
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(30)


def test_a_real_llama_cpp_server_is_found_and_debates(llama: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPVERDICT_PROBE", llama.rpartition(":")[2])
    (row,) = [r for r in upverdict("endpoints", "--json").lines if r["used"]]
    assert (row["name"], row["url"], row["models"]) == ("llamacpp", llama, ["smol"])
    assert (row["window"], row["small"], row["can"]) == (4096, True, [])
    checked = upverdict("endpoints", "check", "llamacpp", "--json").json
    assert (checked["reached"], checked["model"]) == (True, "smol")
    assert checked["usage"]["output"] > 0
    council = ("--council", "builder,skeptic", "--rounds", "0")
    done = upverdict("ask", "Should we run our own mail server?", *council, timeout=900)
    assert done.code == 0, done.err
    assert "Asking llamacpp (smol): llama.cpp, found on this machine." in done.err
    document = upverdict("show", "last", "--json").json
    assert {(c["endpoint"], c["model"]) for c in document["council"]} == {("llamacpp", "smol")}
    assert_proven(document)
