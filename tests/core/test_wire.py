"""The wire on a real socket: what each fault becomes, how given first words come out, what is never sent."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import socket

import pytest

from tests import scripted
from tests.scripted import Reply, ScriptedEndpoint, ScriptLike
from upverdict.core import endpoints
from upverdict.core.faults import FAULTS, WireError
from upverdict.core.prompts import Prompt
from upverdict.core.stream import Stream
from upverdict.core.wire import Limits, Wire

PROMPT = Prompt("system", ("shared",), "own", 100)
QUICK = Limits(connect=2, first=0.6, between=0.4)


async def asked(
    script: ScriptLike, prompt: Prompt = PROMPT, limits: Limits = QUICK, key: str = ""
) -> tuple[str, object]:
    """What was heard, and the answer or the fault."""
    heard: list[str] = []
    async with ScriptedEndpoint(script) as server:
        wire = Wire(endpoints.server(server.url, "m", key), limits)
        try:
            answer = await wire.ask(prompt, "m", heard.append)
        except WireError as e:
            return "".join(heard), e.fault
        finally:
            await wire.close()
        return "".join(heard), answer


async def test_a_server_that_takes_no_connection_is_unreachable_not_silent() -> None:
    full = socket.create_server(("127.0.0.1", 0), backlog=0)
    waiting = []
    try:
        for _ in range(4):  # nobody accepts: once these fill the backlog, the next one hangs
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting[-1].connect(full.getsockname())
        wire = Wire(endpoints.server(f"http://127.0.0.1:{full.getsockname()[1]}", "m"), Limits(0.3, 5, 5))
        with pytest.raises(WireError) as caught:
            await wire.ask(PROMPT, "m", lambda _: None)
        await wire.close()
    finally:
        for one in (full, *waiting):
            one.close()
    assert caught.value.fault.kind == "unreachable"
    assert "no connection within 0.3 seconds" in caught.value.fault.message


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:1", True),
        ("http://LOCALHOST", True),
        ("http://localhost.", True),
        ("http://[::ffff:127.0.0.1]", True),
        ("http://[::ffff:10.0.0.1]", False),
        ("http://0.0.0.0:8080", True),
        ("http://127.example.com", False),
        ("http://localhost.example.com", False),
        ("http://192.168.0.1", False),
    ],
)
def test_loopback_is_an_address_not_a_name_that_looks_like_one(url: str, loopback: bool) -> None:
    assert endpoints.is_loopback(url) == loopback


@pytest.mark.parametrize(
    ("reply", "kind", "transient"),
    [
        (scripted.status(400), "bad_request", False),
        (scripted.status(401), "auth", False),
        (scripted.status(402), "denied", False),
        (scripted.status(403), "denied", False),
        (scripted.status(404), "not_found", False),
        (scripted.status(413), "too_large", False),
        (scripted.status(429), "rate_limit", True),
        (scripted.status(500), "server", True),
        (scripted.status(503), "server", True),
        (scripted.status(529), "overloaded", True),
        (scripted.error_first("overloaded_error"), "overloaded", True),
        (scripted.text("Some words first.", at={5: scripted.error_event("overloaded_error")}), "overloaded", True),
        (scripted.text("Some words first.", at={5: scripted.reset()}), "cut", True),
        (scripted.text("Some words first.", at={5: scripted.close()}), "cut", True),
        (scripted.text("Some words first.", at={5: scripted.stop()}), "cut", True),
        (scripted.text("Some words first.", at={5: scripted.stall()}), "stalled", True),
        (scripted.text("Some words first.", at={5: scripted.stall(ping_every=0.05)}), "stalled", True),
        (scripted.text("Some words first.", at={5: scripted.malformed_json()}), "garbled", True),
        (scripted.text("Some words first.", at={scripted.CLOSING: scripted.stop()}), "cut", True),
        (scripted.never(), "stalled", True),
        (scripted.html(), "not_messages", False),
        (scripted.json_instead(), "not_messages", False),
        (scripted.unnamed(), "not_messages", False),
        (scripted.empty(), "not_messages", False),
        (scripted.text(""), "empty", True),
        (scripted.text("No.", stop_reason="refusal"), "refused", False),
    ],
)
async def test_every_fault_is_a_sentence_of_one_kind(reply: Reply, kind: str, transient: bool) -> None:
    _, fault = await asked(reply)
    assert getattr(fault, "kind", fault) == kind
    assert kind in FAULTS
    assert getattr(fault, "transient", None) is transient
    message = str(getattr(fault, "message", ""))
    assert message[0].isalnum()
    assert message.endswith((".", "?"))


async def test_nobody_there_is_said_to_be_unreachable() -> None:
    async with ScriptedEndpoint(scripted.text("x")) as server:
        url = server.url
    wire = Wire(endpoints.server(url, "m"), QUICK)
    with pytest.raises(WireError, match="nothing listens there") as caught:
        await wire.ask(PROMPT, "m", lambda _: None)
    await wire.close()
    assert caught.value.fault.transient


@pytest.mark.parametrize("structured", [True, False])
async def test_a_schema_goes_only_to_an_endpoint_that_holds_a_model_to_it(structured: bool) -> None:
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    async with ScriptedEndpoint(scripted.text("{}")) as server:
        wire = Wire(dataclasses.replace(endpoints.server(server.url, "m"), structured=structured), QUICK)
        await wire.ask(dataclasses.replace(PROMPT, schema=schema), "m", lambda _: None)
        await wire.close()
        (request,) = server.asks
    form = {"format": {"type": "json_schema", "schema": schema}}
    assert request.json.get("output_config") == (form if structured else None)


async def test_the_words_before_a_cut_are_heard_and_what_was_counted_is_kept() -> None:
    heard: list[str] = []
    seen = Stream()
    async with ScriptedEndpoint(scripted.text("Some words first.", at={11: scripted.reset()})) as server:
        wire = Wire(endpoints.server(server.url, "m"), QUICK)
        with pytest.raises(WireError):
            await wire.ask(PROMPT, "m", heard.append, seen=seen)
        await wire.close()
    assert "Some words first.".startswith("".join(heard))
    assert heard
    assert seen.usage.input > 0
    assert seen.model


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("they forget the pager.", "The Builder says so, but they forget the pager."),
        (" they forget the pager.", "The Builder says so, but they forget the pager."),
        ("The Builder says so, but they forget.", "The Builder says so, but they forget."),
        ("The Builder is wrong about all of it.", "The Builder says so, but The Builder is wrong about all of it."),
        ("The", "The Builder says so, but The"),
    ],
)
async def test_given_first_words_stand_once_whether_the_server_repeats_them_or_not(answer: str, expected: str) -> None:
    prompt = Prompt("system", (), "own", 100, lead="The Builder says so, but")
    heard, _ = await asked(scripted.text(answer), prompt)
    assert heard == expected


async def test_a_key_that_a_server_repeats_is_not_in_the_message() -> None:
    _, fault = await asked(scripted.status(401, message="bad key sk-secret-key-42"), key="sk-secret-key-42")
    assert "sk-secret" not in str(fault)
    assert "(key)" in str(fault)


async def test_a_key_stays_out_of_the_message_when_the_models_are_asked_for_too() -> None:
    key = "sk-" + "x" * 300
    refusal = scripted.status(401, message=f"bad key {key}")
    async with ScriptedEndpoint(refusal, routes={"GET /v1/models": refusal}) as server:
        wire = Wire(endpoints.server(server.url, "m", key), QUICK)
        for ask in (wire.models(), wire.ask(PROMPT, "m", lambda _: None)):
            with pytest.raises(WireError) as caught:
                await ask
            assert "xxxxxx" not in str(caught.value)
        await wire.close()


async def test_a_mistake_of_the_listener_is_not_blamed_on_the_server() -> None:
    def broken(_: str) -> None:
        raise KeyError("ours")

    async with ScriptedEndpoint(scripted.text("words")) as server:
        wire = Wire(endpoints.server(server.url, "m"), QUICK)
        with pytest.raises(KeyError, match="ours"):
            await wire.ask(PROMPT, "m", broken)
        await wire.close()


async def test_an_endless_answer_is_cut_off() -> None:
    _, fault = await asked(scripted.text("word " * 100_000), limits=Limits())
    assert getattr(fault, "kind", fault) == "too_long"


async def test_a_cancelled_request_leaves_the_server_at_once() -> None:
    gate = scripted.Gate()
    async with ScriptedEndpoint(scripted.text("Some words", at={5: scripted.hold(gate)})) as server:
        wire = Wire(endpoints.server(server.url, "m"), Limits())
        task = asyncio.create_task(wire.ask(PROMPT, "m", lambda _: None))
        await server.wait_for(lambda rs: rs and rs[0].holding)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.wait_for(lambda rs: rs[0].outcome == "aborted")
        await wire.close()


@pytest.mark.parametrize("proxy", ["ftp://secret@127.0.0.1:1", "socks5://127.0.0.1:1", "http://127.0.0.1:99999"])
async def test_a_proxy_that_can_not_be_used_is_named_as_what_is_wrong(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    monkeypatch.delenv("NO_PROXY", raising=False)
    wire = Wire(endpoints.server("http://models.test", "m"), QUICK)
    with pytest.raises(WireError) as caught:
        await wire.ask(PROMPT, "m", lambda _: None)
    await wire.close()
    assert "HTTP_PROXY" in caught.value.fault.message
    assert "secret" not in caught.value.fault.message
    assert not caught.value.fault.transient
