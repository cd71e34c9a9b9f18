"""Servers of this machine are told for what they are, whatever they say and however slowly."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AsyncExitStack

import pytest

from tests import scripted
from tests.endpoints import kinds
from tests.scripted import Reply, ScriptedEndpoint, json_reply
from upverdict.core import discovery
from upverdict.core.discovery import MAX_MODELS, MAX_NAME, Server, look
from upverdict.core.endpoints import Model

PATIENCE = 20.0
"""So long a test on a busy machine may take for what takes 20 ms."""

SOME = 3.0
"""So long it waits where something never comes; what is there comes long before."""


async def seen(*servers: ScriptedEndpoint, limit: float = PATIENCE) -> Sequence[Server]:
    """What discovery tells of these servers, while they run."""
    async with AsyncExitStack() as stack:
        for server in servers:
            await stack.enter_async_context(server)
        return [found.server for found in await look([discovery.Target(s.url) for s in servers], limit)]


async def told(server: ScriptedEndpoint) -> Server:
    (found,) = await seen(server)
    return found


async def test_each_kind_is_told_wherever_it_listens() -> None:
    found = await seen(
        kinds.ollama("llama3:8b", "tiny:1b", sizes={"llama3:8b": "8.0B", "tiny:1b": "134.52M"}),
        kinds.lmstudio("qwen"),
        kinds.llamacpp("smol", n_ctx=4096),
        kinds.vllm("mistral"),
        kinds.litellm("gpt"),
        kinds.unsaid("mystery"),
    )
    assert [(s.kind, s.state) for s in found] == [
        ("ollama", "ready"),
        ("lmstudio", "ready"),
        ("llamacpp", "ready"),
        ("vllm", "ready"),
        ("litellm", "ready"),
        ("", "ready"),
    ]
    assert [s.models for s in found] == [
        (Model("llama3:8b"), Model("tiny:1b", small=True)),
        (Model("qwen"),),
        (Model("smol", 4096, small=True),),
        (Model("mistral", 16384),),
        (Model("gpt"),),
        (Model("mystery"),),
    ]


async def test_what_litellm_and_an_older_llama_cpp_know_of_their_models_is_taken_over() -> None:
    older = kinds.server(
        {
            kinds.MODELS: kinds.listed("local", owner="llamacpp"),
            "GET /props": json_reply({"default_generation_settings": {"n_ctx": 8192}}),
        }
    )
    lite, llama = await seen(kinds.litellm({"id": "gpt", "max_input_tokens": 4096}, "other"), older)
    assert lite.models == (Model("gpt", 4096, small=True), Model("other"))
    assert llama.models == (Model("local", 8192),)


@pytest.mark.parametrize("parameters", [0, -1, True, "many", 1e9, 10**70])
async def test_nonsense_about_a_model_is_not_taken_over(parameters: object) -> None:
    one = {"id": "m", "meta": {"n_params": parameters, "n_ctx": parameters}, "max_model_len": [1]}
    assert (await told(kinds.server({kinds.MODELS: kinds.listed(one)}))).models == (Model("m"),)


@pytest.mark.parametrize("owner", [["llamacpp"], {"name": "vllm"}, None, 5])
async def test_an_owner_that_is_no_name_tells_nothing(owner: object) -> None:
    one = {"id": "m", "owned_by": owner}
    server = kinds.server({kinds.MODELS: json_reply({"data": [one]})})
    assert await told(server) == Server(server.url, models=(Model("m"),))


@pytest.mark.parametrize(
    "answer",
    [
        scripted.html(),
        json_reply({"hello": "world"}),
        json_reply([]),
        json_reply({"data": [{"name": "no id"}]}),
        json_reply({"data": "models"}),
        json_reply({"data": []}, 404),
        json_reply({"detail": "who are you"}, 401),
        json_reply({"data": []}, 302, {"Location": "http://127.0.0.1:9/"}),
        scripted.status(500),
        scripted.refused(),
        scripted.hung_up(),
    ],
)
async def test_what_is_no_list_of_models_is_no_server_of_ours(answer: Reply) -> None:
    server = kinds.server({kinds.MODELS: answer})
    assert (await told(server)).state == "other"
    assert [r.path for r in server.requests if r.method == "POST"] == []


async def test_where_nobody_listens_is_closed() -> None:
    async with kinds.unsaid() as server:
        url = server.url
    (found,) = await look([discovery.Target(url)], PATIENCE)
    assert found.server == Server(url, state="closed")


async def test_those_that_never_come_to_an_end_hold_up_nobody() -> None:
    never = kinds.server({kinds.MODELS: scripted.never()})
    drip = scripted.Pace(fragment=1, drip=3600)
    slow = kinds.server({kinds.MODELS: json_reply({"data": [{"id": "m"}]}).paced(drip)})
    endless = kinds.server({kinds.MODELS: scripted.endless()})
    async with never, slow, endless, kinds.ollama("llama3") as quick, kinds.llamacpp() as other:
        ready: set[str] = set()

        def both(server: Server) -> bool:
            ready.update([server.kind] if server.state == "ready" else [])
            return ready == {"ollama", "llamacpp"}

        targets = [discovery.Target(s.url) for s in (never, slow, quick, other)]
        found = [one.server for one in await look(targets, 3600, both)]
        assert [(s.kind, s.state) for s in found] == [
            ("", "silent"),
            ("", "silent"),
            ("ollama", "ready"),
            ("llamacpp", "ready"),
        ]
        await never.wait_for(lambda rs: rs and rs[0].outcome == "aborted")
        await slow.wait_for(lambda rs: rs and rs[0].outcome == "aborted")
        (huge,) = await look([discovery.Target(endless.url)], 3600)
        assert huge.server.state == "other", "no more is read of it than a list of models has"
        found = list(await look([discovery.Target(never.url)]))
        assert found[0].server.state == "silent", "the usual limit ends it"


async def test_what_was_told_before_the_time_was_up_counts() -> None:
    server = kinds.server({kinds.MODELS: kinds.listed("m"), "GET /api/version": scripted.never()})
    (found,) = await seen(server, limit=SOME)
    assert (found.state, found.kind, found.models) == ("ready", "", (Model("m"),))


async def test_hostile_names_of_models_are_left_out() -> None:
    hostile = ["\x1b[31mred", "two\nlines", "a\u202eb", "", " ", "x" * (MAX_NAME + 1)]
    many = [f"m{i}" for i in range(MAX_MODELS + 50)]
    found = await told(kinds.server({kinds.MODELS: kinds.listed(*hostile, "fine", *many, "fine")}))
    assert [m.name for m in found.models[:2]] == ["fine", "m0"]
    assert len(found.models) == MAX_MODELS


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (kinds.LOST, "mute"),
        (json_reply({"error": "Unexpected endpoint or method. (POST /v1/messages)"}), "mute"),
        (scripted.status(405), "ready"),  # with the body of the Messages API: it is one
        (json_reply({}, 405), "mute"),
        (scripted.status(404, message="model: "), "ready"),
        (scripted.status(401), "key"),
        (json_reply({"error": {"code": 500, "message": "'messages' is required"}}, 500), "ready"),
        (scripted.never(), "ready"),
    ],
)
async def test_whether_it_speaks_the_messages_api_is_asked_and_not_assumed(answer: Reply, state: str) -> None:
    server = kinds.server({kinds.MODELS: kinds.listed("m", owner="llamacpp"), "POST /v1/messages": answer})
    (found,) = await seen(server, limit=SOME if state == "ready" else PATIENCE)
    assert (found.kind, found.state) == ("llamacpp", state)


async def test_one_that_wants_a_key_and_one_that_loads_say_so() -> None:
    loading = json_reply({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, 503)
    alive = {"GET /health/liveliness": json_reply("I'm alive!")}
    found = await seen(
        kinds.litellm("gpt", key="sk-master"),
        kinds.server({kinds.MODELS: scripted.status(500), **alive}),
        kinds.server({kinds.MODELS: loading}, headers={"Server": "llama.cpp"}),
        kinds.ollama(),
    )
    assert [(s.kind, s.state, s.models) for s in found] == [
        ("litellm", "key", ()),
        ("litellm", "key", ()),
        ("llamacpp", "loading", ()),
        ("ollama", "ready", ()),
    ]


async def test_no_proxy_and_no_key_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-mine")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token-mine")
    server = kinds.ollama("llama3")
    assert (await told(server)).kind == "ollama"
    sent = json.dumps([r.headers for r in server.requests])
    assert "mine" not in sent
    assert not any("authorization" in r.headers or "x-api-key" in r.headers for r in server.requests)
