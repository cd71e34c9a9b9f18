"""Which endpoint a name means, and which one is used where nobody chose: without a server to be found."""

from __future__ import annotations

from pathlib import Path

import pytest

from upverdict.core import endpoints
from upverdict.core.choosing import Book
from upverdict.core.config import Config


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
