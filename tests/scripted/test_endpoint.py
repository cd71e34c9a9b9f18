"""The endpoint without the SDK: its HTTP, its log, its gates, scripts in turn and by rule, and the program."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.scripted import (
    Gate,
    Pace,
    Recorded,
    Reply,
    ScriptedEndpoint,
    ScriptError,
    in_turn,
    json_reply,
    reset,
    rules,
    stall,
    status,
    text,
)
from tests.scripted.fromjson import make_script

ROOT = Path(__file__).parents[2]
BODY = {"model": "m", "max_tokens": 8, "messages": [{"role": "user", "content": [{"type": "text", "text": "Hello?"}]}]}


def http(server: Any) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=server.url, trust_env=False, timeout=10.0)


async def said(client: httpx2.AsyncClient, **more: Any) -> str:
    answer = (await client.post("/v1/messages", json=BODY | more)).json()
    return str(answer["content"][0]["text"] if "content" in answer else answer["error"]["type"])


async def talk(server: ScriptedEndpoint, data: bytes, *pieces: bytes) -> bytes:
    """Everything that the server answers to these bytes, until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
    for piece in (data, *pieces):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0)
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    return answer


def post(body: bytes, *headers: str) -> bytes:
    lines = ["POST /v1/messages HTTP/1.1", "Host: h", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


# HTTP.


@pytest.mark.asyncio
async def test_a_connection_is_kept_and_the_request_recorded() -> None:
    async with ScriptedEndpoint(text("Yes.")) as server, http(server) as client:
        assert [await said(client, system="Be brief.") for _ in range(2)] == ["Yes."] * 2
        await client.get("/nowhere?x=1", headers={"x-api-key": "k"})
    first, _, last = server.requests
    assert [r.connection for r in server.requests] == [1, 1, 1]
    assert (first.method, first.path, first.model, first.streaming) == ("POST", "/v1/messages", "m", False)
    assert (first.texts, first.last_text, first.said) == (("Be brief.", "Hello?"), "Hello?", "Yes.")
    assert first.answered is not None
    assert first.ended is not None
    assert first.at <= first.answered <= first.ended
    assert (last.target, last.path, last.status, last.key) == ("/nowhere?x=1", "/nowhere", 404, "k")
    assert server.asks == server.requests[:2]


@pytest.mark.asyncio
async def test_many_connections_at_once() -> None:
    gate = Gate()
    async with ScriptedEndpoint(text("Yes.").after(gate)) as server:
        limits = httpx2.Limits(max_connections=100)
        async with httpx2.AsyncClient(base_url=server.url, trust_env=False, limits=limits, timeout=30.0) as client:
            asks = [asyncio.create_task(said(client)) for _ in range(64)]
            await server.wait_for(lambda requests: sum(r.holding for r in requests) == 64)
            assert (server.connections, gate.waiting) == (64, 64)
            assert {r.answered for r in server.requests} == {None}
            gate.let_through(3)
            await server.wait_for(lambda requests: sum(r.outcome == "finished" for r in requests) == 3)
            gate.open()
            assert await asyncio.gather(*asks) == ["Yes."] * 64


@pytest.mark.asyncio
async def test_a_gate_lets_through_as_many_as_it_is_told() -> None:
    gate = Gate()
    waiting = [asyncio.create_task(gate.wait()) for _ in range(3)]
    await asyncio.sleep(0)
    gate.let_through(2)
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert (gate.waiting, [t.done() for t in waiting]) == (1, [True, True, False])
    gate.let_through(2)
    await asyncio.gather(*waiting, gate.wait())
    late = asyncio.create_task(gate.wait())
    await asyncio.sleep(0)
    assert gate.waiting == 1
    late.cancel()
    await asyncio.wait({late})
    assert gate.waiting == 0


@pytest.mark.asyncio
async def test_pieces_chunks_pipelines_and_expectations() -> None:
    body = json.dumps(BODY).encode()
    size = f"Content-Length: {len(body)}"
    chunked = (
        b"5\r\n" + body[:5] + b"\r\n" + f"{len(body) - 5:x};note=x\r\n".encode() + body[5:] + b"\r\n0\r\nT: x\r\n\r\n"
    )
    async with ScriptedEndpoint(text("Yes.")) as server:
        whole = post(body, size) + post(chunked, "Transfer-Encoding: chunked", "Connection: close")
        answers = await talk(server, whole[:30], whole[30:99], whole[99:])
        assert answers.count(b'"text": "Yes."') == 2
        answer = await talk(server, post(body, size, "Expect: 100-continue", "Connection: close"))
        assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
        old = post(body, size).replace(b"HTTP/1.1", b"HTTP/1.0")
        assert b"\r\nconnection: close\r\n" in await talk(server, old)
    assert [r.json for r in server.requests] == [BODY] * 4


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"hello\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nbroken\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, 431),
    ],
)
async def test_what_is_no_request_is_refused(data: bytes, code: int) -> None:
    async with ScriptedEndpoint(text("Yes.")) as server:
        assert (await talk(server, data)).startswith(f"HTTP/1.1 {code} ".encode())
        assert server.requests == []


@pytest.mark.asyncio
async def test_requests_that_the_real_one_refuses() -> None:
    strict = ScriptedEndpoint(text("Yes."), api_key="k", only_models=True, models=["m"])
    async with strict as server, http(server) as client:
        assert await said(client) == "authentication_error"
        for name in ("Authorization", "x-api-key"):
            key = "Bearer k" if name == "Authorization" else "k"
            assert (await client.post("/v1/messages", json=BODY, headers={name: key})).status_code == 200
        client.headers["x-api-key"] = "k"
        wrong: list[dict[str, Any]] = [{"model": ""}, {"max_tokens": "8"}, {"messages": []}]
        assert [await said(client, **w) for w in wrong] == ["invalid_request_error"] * 3
        assert await said(client, model="other") == "not_found_error"
        assert (await client.post("/v1/messages", content=b"{")).status_code == 400
        assert (await client.get("/health")).json() == {"status": "ok"}
        assert (await client.get("/v1/models/none")).status_code == 404


@pytest.mark.asyncio
async def test_routes_and_headers_disguise_it() -> None:
    routes = {"GET /api/version": json_reply({"version": "1"}), "POST /v1/messages/count_tokens": status(404)}
    disguised = ScriptedEndpoint(text("Yes."), routes=routes, headers={"server": "llama.cpp"})
    async with disguised as server, http(server) as client:
        answer = await client.get("/api/version")
        assert (answer.json(), answer.headers["server"]) == ({"version": "1"}, "llama.cpp")
        assert (await client.post("/v1/messages/count_tokens", json=BODY)).status_code == 404


@pytest.mark.asyncio
async def test_kept_connections_can_be_dropped_or_never_kept() -> None:
    async with ScriptedEndpoint(text("Yes.")) as server, http(server) as client:
        await said(client)
        assert await server.drop_idle() == 1
        await said(client)
        assert [r.connection for r in server.requests] == [1, 2]
    async with ScriptedEndpoint(text("Yes."), keep_alive=False) as server, http(server) as client:
        assert [await said(client) for _ in range(2)] == ["Yes."] * 2
        assert server.opened == 2


@pytest.mark.asyncio
async def test_a_client_that_leaves_is_noticed_in_silence() -> None:
    async with ScriptedEndpoint(text("Yes.", at={0: stall()})) as server, http(server) as client:
        ask = asyncio.create_task(said(client, stream=True))
        await server.wait_for(lambda requests: requests and requests[0].holding)
        ask.cancel()
        request = await server.wait_for(lambda requests: requests[0].outcome == "aborted" and requests[0])
        assert (request.status, server.connections) == (200, 0)


@pytest.mark.asyncio
async def test_stopping_resets_what_is_still_open() -> None:
    async with http(server := ScriptedEndpoint(text("Yes.", at={0: stall()}))) as client:
        await server.start()
        client.base_url = httpx2.URL(server.url)
        ask = asyncio.create_task(said(client, stream=True))
        await server.wait_for(lambda requests: requests and requests[0].holding)
        await server.stop()
        with pytest.raises(httpx2.ReadError):
            await ask
        assert server.requests[0].outcome == "cut"
        with pytest.raises(httpx2.ConnectError):
            await said(client)


# Scripts.


@pytest.mark.asyncio
async def test_replies_in_turn_and_by_rule() -> None:
    turns = in_turn(status(529), status(429), text("Yes."))
    script = rules(("Hello", turns), (lambda r: r.model == "x", text("X.")), otherwise=text("Else."))
    async with ScriptedEndpoint(script) as server, http(server) as client:
        answers = [await said(client) for _ in range(4)]
        other = [{"role": "user", "content": "Bye"}]
        answers += [await said(client, messages=other, model="x"), await said(client, messages=other)]
        server.script = text("New.")
        answers.append(await said(client))
    assert answers == ["overloaded_error", "rate_limit_error", "Yes.", "Yes.", "X.", "Else.", "New."]


@pytest.mark.asyncio
async def test_a_script_may_be_asynchronous() -> None:
    async def script(request: Recorded) -> Reply:
        await asyncio.sleep(0)
        return text(request.last_text[::-1])

    async with ScriptedEndpoint(script) as server, http(server) as client:
        assert await said(client) == "?olleH"


@pytest.mark.asyncio
async def test_a_list_that_has_run_out_fails_the_test() -> None:
    async def ask_once_too_often() -> None:
        async with ScriptedEndpoint([text("One."), text("Two.")]) as server, http(server) as client:
            assert [await said(client) for _ in range(3)] == ["One.", "Two.", "api_error"]
            assert server.requests[-1].outcome == "failed"

    with pytest.raises(ScriptError, match="one more was asked for"):
        await ask_once_too_often()


@pytest.mark.asyncio
async def test_what_a_script_raises_is_raised_at_the_end() -> None:
    def script(request: Recorded) -> Reply:
        raise LookupError(request.model)

    async def ask() -> None:
        async with ScriptedEndpoint(script) as server, http(server) as client:
            assert await said(client) == "api_error"

    with pytest.raises(LookupError, match="m"):
        await ask()


def test_a_place_that_the_text_does_not_have_is_refused() -> None:
    with pytest.raises(ScriptError, match="no place 5"):
        text("Yes.", at={5: reset()})


def test_deadlines_are_absolute() -> None:
    pace = Pace(tokens_per_second=100, first_token=0.5)
    assert [pace.due(n) for n in (0, 1, 200)] == [0.5, 0.51, 2.5]
    assert Pace().due(1000) == 0


@pytest.mark.asyncio
async def test_waiting_in_vain_tells_what_was_seen() -> None:
    async with ScriptedEndpoint(text("Yes.")) as server, http(server) as client:
        await said(client)
        with pytest.raises(TimeoutError, match=r"#1 POST /v1/messages → 200 finished"):
            await server.wait_for(lambda requests: len(requests) == 2, within=0.01)
        with pytest.raises(IndexError):
            await server.wait_for(lambda requests: requests[5].holding)


# Other threads and processes.


def test_from_a_thread(tmp_path: Path) -> None:
    gate = Gate()
    log = tmp_path / "log.jsonl"
    with ScriptedEndpoint.in_thread(text("Yes.").after(gate), log=log) as server:
        with httpx2.Client(base_url=server.url, trust_env=False, headers={"x-api-key": "secret"}) as client:
            asking = threading.Thread(target=client.post, args=("/v1/messages",), kwargs={"json": BODY})
            asking.start()
            assert server.wait_for(lambda requests: requests and requests[0].holding)
            gate.open()
            asking.join()
        # The client has read the last byte before the server's thread has noted that it was sent.
        assert server.wait_for(lambda requests: requests[0].outcome != "open")
        assert [r.outcome for r in server.requests] == ["finished"]
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(line["what"], line["number"]) for line in lines] == [("request", 1), ("answered", 1), ("finished", 1)]
    assert (lines[0]["json"], lines[1]["status"], lines[2]["characters"]) == (BODY, 200, 4)
    assert "secret" not in log.read_text(encoding="utf-8")


def test_errors_of_a_script_leave_the_thread() -> None:
    def ask_once_too_often() -> None:
        with (
            ScriptedEndpoint.in_thread([text("One.")]) as server,
            httpx2.Client(base_url=server.url, trust_env=False) as client,
        ):
            assert [client.post("/v1/messages", json=BODY).status_code for _ in range(2)] == [200, 500]

    with pytest.raises(ScriptError):
        ask_once_too_often()


def test_a_taken_port_is_an_error() -> None:
    with ScriptedEndpoint.in_thread(text("Yes.")) as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(OSError), ScriptedEndpoint.in_thread(text("Yes."), port=port):  # noqa: PT011 (by system)
            pass


def test_as_a_program(tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"otherwise": [{"status": 529}, {"text": "Yes."}]}), encoding="utf-8")
    command = [sys.executable, "-m", "tests.scripted", "--script", str(script), "--log", str(tmp_path / "log.jsonl")]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    with subprocess.Popen(
        [*command, "--until-stdin-ends"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=environment
    ) as program:
        assert program.stdout is not None
        url = program.stdout.readline().decode().strip()
        with httpx2.Client(base_url=url, trust_env=False) as client:
            assert [client.post("/v1/messages", json=BODY).status_code for _ in range(2)] == [529, 200]
        program.communicate(timeout=30)
    assert program.returncode == 0
    assert len((tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()) == 6


def test_it_imports_nothing_of_the_program() -> None:
    foreign = "{'upverdict', 'anthropic', 'httpx2', 'core'}"
    code = f"import sys, tests.scripted; print([m for m in sys.modules if m.split('.')[0] in {foreign}])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.asyncio
async def test_scripts_as_json() -> None:
    made = make_script(
        {
            "models": ["a"],
            "pace": {"characters": 2},
            "voices": {
                "skeptic": [{"status": 429, "retry_after": 2}, "debate"],
                "builder": {"debate": {"at": {"20": "stop"}}},
                "judge": "html",
            },
            "otherwise": {"text": "Else.", "stop_reason": "max_tokens"},
        }
    )
    async with ScriptedEndpoint(made.script, **made.options) as server, http(server) as client:

        async def ask(words: str, **more: Any) -> httpx2.Response:
            return await client.post(
                "/v1/messages", json=BODY | {"messages": [{"role": "user", "content": words}]} | more
            )

        limited = await ask("You are the Skeptic.")
        assert (limited.status_code, limited.headers["retry-after"]) == (429, "2")
        assert (await ask("You are the Skeptic.")).status_code == 200
        assert "event: message_stop" not in (await ask("You are the Builder.", stream=True)).text
        assert (await ask("You are the judge.")).headers["content-type"].startswith("text/html")
        assert (await ask("You are the Researcher.")).json()["stop_reason"] == "max_tokens"
        assert len(server.asks[2].said) == 20


@pytest.mark.parametrize(
    "raw",
    [
        {"voice": {}},
        {"otherwise": "nothing"},
        {"otherwise": {"txt": "x"}},
        {"otherwise": {"text": "x", "at": {"mid": "stop"}}},
    ],
)
def test_wrong_json_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(ScriptError):
        make_script(raw)
