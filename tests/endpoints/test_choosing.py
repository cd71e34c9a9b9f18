"""Which endpoint a name means, and which one is used where nobody chose."""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

import pytest

from tests import scripted
from tests.endpoints import kinds
from tests.scripted import ScriptedEndpoint
from upverdict.core import endpoints
from upverdict.core.choosing import Book
from upverdict.core.config import Config, load
from upverdict.core.values import replace

LLAMA = {"Server": "llama.cpp"}


async def choose(name: str, env: dict[str, str]) -> endpoints.Endpoint:
    nowhere = Path("nowhere")
    return (await Book(Config(folder=nowhere, db=nowhere, probe=()), env).default(name)).endpoint


@pytest.mark.parametrize(
    ("env", "name", "kind", "url"),
    [
        ({}, "", "builtin", ""),
        ({"ANTHROPIC_API_KEY": "k"}, "", "claude", endpoints.CLAUDE_URL),
        ({"ANTHROPIC_AUTH_TOKEN": "k"}, "claude", "claude", endpoints.CLAUDE_URL),
        ({"ANTHROPIC_API_KEY": "k"}, "builtin", "builtin", ""),
        ({"ANTHROPIC_API_KEY": "k"}, "http://127.0.0.1:8080/v1/", "server", "http://127.0.0.1:8080"),
        ({}, "http://127.0.0.1:8080/v1/messages", "server", "http://127.0.0.1:8080"),
        ({}, "http://127.0.0.1:8080//", "server", "http://127.0.0.1:8080"),
        ({}, "http://127.0.0.1:8080/messages", "server", "http://127.0.0.1:8080/messages"),
        (
            {"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": "http://127.0.0.1:4000"},
            "",
            "server",
            "http://127.0.0.1:4000",
        ),
        ({"ANTHROPIC_API_KEY": "k"}, "https://api.anthropic.com", "claude", endpoints.CLAUDE_URL),
    ],
)
async def test_which_endpoint_is_used(env: dict[str, str], name: str, kind: str, url: str) -> None:
    chosen = await choose(name, env)
    assert (chosen.kind, chosen.url) == (kind, url)
    if chosen.kind == "server":
        assert chosen.key == "none", "a key for Claude goes to Claude alone"


@pytest.mark.parametrize("url", ["http://a b.test", "http://127.0.0.1:1?x=1", "http://127.0.0.1:1#top", "ftp://a.test"])
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(endpoints.EndpointError, match="is no address of a server"):
        endpoints.server(url)


async def test_claudes_address_without_tls_is_another_server_and_a_gateways_token_is_not_claudes() -> None:
    assert endpoints.server("http://api.anthropic.com").kind == "server"
    assert endpoints.server("https://api.anthropic.com:8443").kind == "server"
    with pytest.raises(endpoints.EndpointError):
        await choose("claude", {"ANTHROPIC_BASE_URL": "https://gw.test", "ANTHROPIC_AUTH_TOKEN": "t"})


async def test_a_gateways_token_goes_to_the_gateway_alone() -> None:
    env = {"ANTHROPIC_BASE_URL": "http://127.0.0.1:4000", "ANTHROPIC_AUTH_TOKEN": "token-of-the-gateway"}
    assert (await choose("", env)).key == "token-of-the-gateway"
    assert (await choose("http://127.0.0.1:5000", env)).key == "none"
    assert "token-of-the-gateway" not in repr(await choose("", env))


@pytest.mark.parametrize("name", ["claude", "mistral", "http://", "http://user:secret@127.0.0.1:1", "file:///etc"])
async def test_what_can_not_be_used_is_said(name: str) -> None:
    with pytest.raises(endpoints.EndpointError) as caught:
        await choose(name, {})
    assert "secret" not in str(caught.value)


def book(text: str = "", env: dict[str, str] | None = None, *ports: int) -> Book:
    """A book over a configuration, that looks for servers at these ports."""
    folder = Path(tempfile.mkdtemp())
    (folder / "config.toml").write_text(text, "utf-8")
    config = load(env={"UPVERDICT_CONFIG": str(folder), "UPVERDICT_DB": str(folder / "db")})
    return Book(replace(config, probe=ports), env or {})


def port(server: ScriptedEndpoint) -> int:
    return int(server.url.rpartition(":")[2])


LAB = """
[endpoints.lab]
url = "{}"
model = "qwen"
key_env = "LAB_KEY"
key_header = "x-api-key"
"""


async def test_a_named_endpoint_has_its_key_its_models_and_what_is_declared() -> None:
    async with kinds.vllm("mistral", window=4096) as server:
        text = LAB.format(server.url) + 'judge_model = "large"\nsmall = false\nsearch = "web_search_20250305"\n'
        lab = await book(text, {"LAB_KEY": "sk-lab"}, port(server)).get("lab")
        assert (lab.name, lab.kind, lab.url, lab.key, lab.key_header) == (
            "lab",
            "server",
            server.url,
            "sk-lab",
            "x-api-key",
        )
        assert (lab.model, lab.judge_model, lab.search) == ("qwen", "large", "web_search_20250305")
        assert lab.structured, "told by what it is"
        assert lab.size("mistral") == (False, 4096), "what is declared outranks what is found"
        assert {r.headers.get("x-api-key") for r in server.requests} == {"sk-lab"}
        assert "sk-lab" not in repr(lab)
        off = await book(text + "structured = false\n", {"LAB_KEY": "sk-lab"}, port(server)).get("lab")
        assert not off.structured
        other = await book(text, {"LAB_KEY": "sk-lab"}, port(server)).get("lab", "mine")
        assert (other.model, other.judge_model) == ("mine", "mine")


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({}, "There is no key for lab: LAB_KEY is not set."),
        ({"LAB_KEY": " "}, "LAB_KEY is not set"),
        ({"LAB_KEY": "sk\nlab"}, "characters that no key has"),
        ({"LAB_KEY": "schlüssel"}, "characters that no key has"),
    ],
)
async def test_a_key_that_is_not_there_is_said_and_the_endpoint_is_listed(env: dict[str, str], words: str) -> None:
    known = book(LAB.format("http://127.0.0.1:9"), env)
    with pytest.raises(endpoints.EndpointError, match=words):
        await known.get("lab")
    rows, _ = await known.overview()
    (row,) = [r for r in rows if r.name == "lab"]
    assert not row.usable
    assert words in row.note


async def test_a_gateways_token_is_not_another_servers() -> None:
    text = '[endpoints.lab]\nurl = "http://127.0.0.1:8000"\nkey_env = "ANTHROPIC_AUTH_TOKEN"\n'
    token = {"ANTHROPIC_AUTH_TOKEN": "token"}
    for env in (token, token | {"ANTHROPIC_BASE_URL": "http://127.0.0.1:4000"}):
        with pytest.raises(endpoints.EndpointError, match="not that of lab"):
            await book(text, env).get("lab")
    same = token | {"ANTHROPIC_BASE_URL": "http://localhost:8000/v1"}
    assert (await book(text, same).get("lab")).key == "token"
    assert (await book('[endpoints.lab]\nurl = "http://127.0.0.1:8000"\n', same).get("lab")).key == "token"
    assert (await book('[endpoints.lab]\nurl = "http://127.0.0.1:8001"\n', same).get("lab")).key == "none"


async def test_claude_under_another_name_has_the_key_that_is_named() -> None:
    text = '[endpoints.work]\nurl = "https://api.anthropic.com"\nkey_env = "WORK_KEY"\n'
    work = await book(text, {"WORK_KEY": "sk-work"}).get("work")
    assert (work.kind, work.key, work.model) == ("claude", "sk-work", endpoints.models()[0])
    bare = '[endpoints.work]\nurl = "https://api.anthropic.com"\n'
    assert (await book(bare, {"ANTHROPIC_API_KEY": "k"}).get("work")).key is None, "the SDK finds it"
    with pytest.raises(endpoints.EndpointError, match="no key for work"):
        await book(bare).get("work")


@pytest.mark.parametrize(
    ("words", "model", "name"),
    [
        ("qwen", "qwen", ""),
        ("llama3:8b@ollama", "llama3:8b", "ollama"),
        ("@ollama", "", "ollama"),
        ("@lab", "", "lab"),
        ("a@b@lab", "a@b", "lab"),
        ("claude-3-7-sonnet@20250219", "claude-3-7-sonnet@20250219", ""),
        ("m@http://127.0.0.1:8000", "m", "http://127.0.0.1:8000"),
        ("m@https://me:secret@host", "m", "https://me:secret@host"),
        ("m@llamacpp-8081", "m", "llamacpp-8081"),
        ("@nowhere", "", "nowhere"),
        (" llama3:8b @ ollama ", "llama3:8b", "ollama"),
        (" m @ https://host ", "m", "https://host"),
        ("@ lab", "", "lab"),
        ("m@some/where", "m@some/where", ""),
        ("m@v1.5", "m@v1.5", ""),
    ],
)
def test_the_last_at_counts_before_what_can_be_an_endpoint(words: str, model: str, name: str) -> None:
    assert book(LAB.format("http://127.0.0.1:8000")).apart(words) == (model, name)


def test_a_mistyped_endpoint_behind_an_at_is_no_model() -> None:
    with pytest.raises(endpoints.EndpointError, match="did you mean ollama"):
        book().apart("llama3:8b@olama")
    with pytest.raises(endpoints.EndpointError, match=r"no endpoint 'nowhere'. Known are claude, builtin"):
        book().apart("llama3:8b @ nowhere")


async def test_a_found_server_is_used_by_its_name_and_where_nothing_else_is() -> None:
    async with kinds.ollama("nomic-embed-text", "llama3:8b") as server, kinds.unsaid() as other:
        known = book("", {}, port(other), port(server))
        ollama = await known.get("ollama")
        assert (ollama.name, ollama.url, ollama.model, ollama.judge_model) == (
            "ollama",
            server.url,
            "llama3:8b",
            "llama3:8b",
        )
        assert (ollama.structured, ollama.caching, ollama.search) == (False, False, "")
        assert (await known.get("ollama", "other")).model == "other"
        chosen = await known.default()
        assert (chosen.endpoint, chosen.why) == (ollama, "Ollama, found on this machine")
        assert (await book("", {"ANTHROPIC_API_KEY": "k"}, port(server)).default()).endpoint.kind == "claude"
        only = await book("", {}, port(other)).default()
        assert only.endpoint.kind == "builtin", "one that does not say what it is gets no debate unasked"
        assert (await book(f'model = "mine"\nendpoint = "{other.url}"', {}, 1).default()).endpoint.model == "mine"


async def test_a_name_of_the_users_wins_at_the_same_address_and_none_is_listed_twice() -> None:
    async with kinds.llamacpp("smol", n_ctx=4096) as server, kinds.llamacpp("big") as second:
        local = server.url.replace("127.0.0.1", "localhost")
        text = f'[endpoints.mine]\nurl = "{local}/v1"\n'
        env = {"ANTHROPIC_BASE_URL": server.url + "/"}
        known = book(text, env, port(server), port(second))
        rows, wrong = await known.overview(server.url)
        assert [r.name for r in rows] == ["mine", f"llamacpp-{port(second)}", "claude", "builtin"]
        assert wrong == ""
        mine = rows[0]
        assert (mine.used, mine.models, mine.small, mine.window) == (True, ("smol",), True, 4096)
        assert "/v1 at its end is left out" in mine.note
        assert (await known.get(server.url)).name == "mine"
        assert (await known.get("llamacpp")).name == "mine"
        assert (await known.default()).endpoint.name == "mine"


async def test_a_name_of_the_users_means_the_users_server_and_what_is_found_here_has_another() -> None:
    """Nothing goes to a server elsewhere because one of that kind was found on this machine."""
    async with kinds.ollama("llama3") as server:
        elsewhere = '[endpoints.ollama]\nurl = "http://192.0.2.7:11434"\nmodel = "big"\n'
        at = f"ollama-{port(server)}"
        chosen = await book(elsewhere, {}, port(server)).default()
        assert (chosen.endpoint.name, chosen.endpoint.url, chosen.endpoint.model) == (at, server.url, "llama3")
        assert chosen.why == "Ollama, found on this machine"
        rows, _ = await book(elsewhere, {}, port(server)).overview()
        assert [(r.name, r.url, r.used) for r in rows[:2]] == [
            ("ollama", "http://192.0.2.7:11434", False),
            (at, server.url, True),
        ]
        assert (await book(elsewhere, {}, port(server)).get("ollama")).url == "http://192.0.2.7:11434"
        both = f'{elsewhere}[endpoints.{at}]\nurl = "http://192.0.2.8:11434"\n'
        chosen = await book(both, {}, port(server)).default()
        assert (chosen.endpoint.name, chosen.endpoint.url) == (server.url, server.url)


async def test_two_of_a_kind_are_told_apart_by_their_ports() -> None:
    async with kinds.llamacpp("one") as first, kinds.llamacpp("two") as second:
        known = book("", {}, port(first), port(second))
        rows, _ = await known.overview()
        name = f"llamacpp-{port(second)}"
        assert [(r.name, r.model) for r in rows][:2] == [("llamacpp", "one"), (name, "two")]
        again = book("", {}, port(first), port(second))
        assert (await again.get(name)).model == "two"
        assert (await again.get("llamacpp")).model == "one"


@pytest.mark.parametrize(
    ("server", "words"),
    [
        (
            kinds.litellm("gpt", key="sk-master"),
            r"name its url and key_env under \[endpoints.litellm\]",
        ),
        (kinds.lmstudio(), "names no model"),
    ],
)
async def test_one_that_can_not_be_used_is_listed_with_the_reason(server: ScriptedEndpoint, words: str) -> None:
    async with server:
        known = book("", {}, port(server))
        rows, _ = await known.overview()
        row = rows[0]
        assert not row.usable
        assert re.search(words, row.note)
        assert [r.name for r in rows if r.used] == ["builtin"]
        with pytest.raises(endpoints.EndpointError, match=words):
            await known.get(row.name)


async def test_the_key_that_is_named_for_it_opens_litellm() -> None:
    async with kinds.litellm("gpt", key="sk-master") as server:
        text = f'[endpoints.litellm]\nurl = "{server.url}"\nkey_env = "LITELLM_KEY"\n'
        known = book(text, {"LITELLM_KEY": "sk-master"}, port(server))
        rows, _ = await known.overview()
        assert (rows[0].name, rows[0].usable, rows[0].models) == ("litellm", True, ("gpt",))


async def test_who_is_not_there_is_said_in_a_sentence() -> None:
    with pytest.raises(endpoints.EndpointError, match=r"No Ollama answers here: looked at 127.0.0.1:9\."):
        await book("", {}, 9).get("ollama")
    with pytest.raises(endpoints.EndpointError, match="Nothing is looked for here"):
        await book().get("ollama")
    with pytest.raises(endpoints.EndpointError, match="Did you mean ollama"):
        await book().get("olama")
    rows, _ = await book('[endpoints.lab]\nurl = "http://127.0.0.1:9"\n', {}, 9).overview()
    assert (rows[0].usable, rows[0].note) == (False, "Nothing answers there. Is it running?")


async def test_one_that_gives_no_answer_is_listed_as_that_and_used_only_if_it_was_named() -> None:
    async with kinds.server({kinds.MODELS: scripted.never()}) as server:
        rows, _ = await book("", {}, port(server)).overview()
        assert (rows[0].name, rows[0].usable, rows[0].used) == (server.url, False, False)
        assert "did not answer in time" in rows[0].note
        text = f'endpoint = "lab"\n[endpoints.lab]\nurl = "{server.url}"\n'
        rows, _ = await book(text, {}, port(server)).overview()
        assert [(r.name, r.usable, r.used) for r in rows] == [
            ("lab", True, True),
            ("claude", False, False),
            ("builtin", True, False),
        ]


async def test_what_is_found_and_small_comes_last_and_what_is_named_first() -> None:
    tiny = kinds.ollama("tiny", sizes={"tiny": "135M"})
    async with tiny, kinds.litellm("gpt") as lite, kinds.unsaid("mystery") as other:
        ports = [port(s) for s in (tiny, lite, other)]
        assert (await book("", {}, *ports).default()).endpoint.name == "litellm"
        chosen = await book(f'[endpoints.lab]\nurl = "{other.url}"\n', {}, *ports).default()
        assert (chosen.endpoint.name, chosen.why) == ("lab", "named in config.toml, found on this machine")
        chosen = await book("", {}, port(other)).default()
        assert (chosen.endpoint.name, chosen.why.endswith("--endpoint chooses it")) == ("builtin", True)


async def test_the_line_of_what_is_used_tells_the_model_that_is_asked_for_and_is_found_by_any_name_of_it() -> None:
    async with kinds.ollama("llama3:8b") as server:
        name = f"ollama-{port(server)}"
        rows, wrong = await book(f'endpoint = "{name}"\nmodel = "mine"\n', {}, port(server)).overview()
        assert wrong == ""
        assert [(r.name, r.used, r.model) for r in rows if r.used or r.name.startswith("ollama")] == [
            (rows[0].name, True, "mine")
        ]
        assert rows[0].url == server.url


async def test_one_that_was_not_waited_for_is_found_when_it_is_asked_for_by_name() -> None:
    """It had told its models and not yet what it is, when the one was there that was looked for."""
    gate, first = scripted.Gate(), scripted.Gate()
    slow = kinds.server(
        {
            kinds.MODELS: kinds.listed("smol", owner="openai"),
            "GET /health/liveliness": scripted.json_reply("I'm alive!").after(gate),
        }
    )
    quick = kinds.server({kinds.MODELS: kinds.listed("smol", owner="llamacpp").after(first)}, headers=LLAMA)
    async with slow, quick:
        ports = tuple(int(s.url.rpartition(":")[2]) for s in (quick, slow))
        book = Book(Config(folder=Path("nowhere"), db=Path("nowhere"), probe=ports), {"UPVERDICT_PROBE_SECONDS": "10"})
        looking = asyncio.create_task(book.get("llamacpp"))
        await slow.wait_for(lambda requests: any(r.path == "/health/liveliness" for r in requests))
        first.open()
        assert (await looking).url == quick.url
        gate.open()
        assert (await book.get("litellm")).url == slow.url


async def test_what_stands_on_the_command_line_is_not_told_as_from_the_file() -> None:
    async with kinds.unsaid() as server:
        config = Config(folder=Path("nowhere"), db=Path("nowhere"), probe=(), endpoint=server.url)
        for given, told, why in (
            (config, "from config.toml", "endpoint in config.toml"),
            (replace(config, ordered=True), "your choice", "your choice"),
        ):
            rows, _ = await Book(given, {}).overview()
            (row,) = [r for r in rows if r.used]
            assert (row.note, row.why) == (told, why)
