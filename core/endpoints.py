"""What can be talked to, and which of it a debate uses. Knows no debate; opens no connection of its own.

An endpoint is a server that speaks the Anthropic Messages API: Claude, a server named by its address, or the
built-in model. A key belongs to one endpoint and goes nowhere else.
"""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

CLAUDE_URL = "https://api.anthropic.com"
BUILTIN = "builtin"
CLAUDE = "claude"
API_KEY, TOKEN = "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"
KEY_VARIABLES = (API_KEY, TOKEN)
"""Where the SDK looks for a credential of Claude's, in its order (wire.md, The SDK)."""

Kind = Literal["claude", "server", "builtin"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server. `key` None lets the SDK find Claude's credential itself; it never shows in a repr.

    `small` marks a model that needs short prompts and plain questions; `window` is its context in tokens, None where
    it is not known. `structured`: it holds an answer to a JSON Schema. `caching`: it keeps the marked beginning of a
    prompt. `search` is the type of its search tool, empty where it has none; `effort`: it takes how hard a model is to
    work; `thinking` is the way of thinking that it is asked for, empty where that is left to it.
    `judge_model` is empty where the judge has the voices' model.
    """

    name: str
    kind: Kind
    url: str
    key: str | None = field(default="", repr=False)
    model: str = ""
    judge_model: str = ""
    small: bool = False
    window: int | None = None
    structured: bool = False
    caching: bool = False
    search: str = ""
    effort: bool = False
    thinking: str = ""

    @property
    def loopback(self) -> bool:
        return is_loopback(self.url)


class EndpointError(ValueError):
    """An endpoint that cannot be used, in a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Found:
    """One line of `upverdict endpoints`: what it is, whether it can be used here, and why or why not."""

    name: str
    kind: Kind
    usable: bool
    note: str
    model: str = ""
    url: str = ""


def models() -> tuple[str, str]:
    """The default models of Claude for a voice and for the judge, from the data file."""
    defaults = tomllib.loads(Path(__file__).with_name("models.toml").read_text("utf-8"))["defaults"]
    return str(defaults["voice"]), str(defaults["judge"])


def has_claude_credential(env: Mapping[str, str]) -> str:
    """The name of what Claude's credential comes from, or nothing: a variable, or a profile of the SDK's."""
    if env.get(API_KEY, "").strip():
        return API_KEY
    token, base = env.get(TOKEN, "").strip(), env.get("ANTHROPIC_BASE_URL", "").strip()
    if token:
        # With another host's address beside it, the token is that host's. It shadows a profile for the SDK, so that
        # there is no way to hand Claude the profile alone.
        return TOKEN if not base or is_claude(base) else ""
    return "ANTHROPIC_PROFILE" if env.get("ANTHROPIC_PROFILE", "").strip() else ""


def claude(model: str = "") -> Endpoint:
    voice, judge = models()
    return Endpoint(CLAUDE, "claude", CLAUDE_URL, None, model or voice, model or judge, structured=True, caching=True)


def server(url: str, model: str = "", key: str = "") -> Endpoint:
    """A server by its address.

    Raises EndpointError when the address is none that can be used.
    """
    address = url.strip().rstrip("/").removesuffix("/v1").rstrip("/")
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a broken IPv6 address, a port over 65535
        sound = False
    if not sound:
        raise EndpointError(f"{url} is no address of a server. Write it like http://127.0.0.1:8080.")
    if parts.username or parts.password:
        raise EndpointError("An address must not hold a password. Put the key in ANTHROPIC_AUTH_TOKEN.")
    if is_claude(address):
        return claude(model)
    # The SDK insists on some key; a server without one ignores it.
    return Endpoint(address, "server", address, key or "none", model, model)


def builtin(gguf: Path | None = None) -> Endpoint:
    """The built-in model before it is started: the runner fills in its address, key and window."""
    return Endpoint(BUILTIN, "builtin", "", "", gguf.stem if gguf else "", small=True)


def choose(name: str = "", model: str = "", gguf: Path | None = None, env: Mapping[str, str] = os.environ) -> Endpoint:
    """The endpoint that a debate uses: the one named, else the environment's, else Claude's with a credential, else
    the built-in one.

    Raises EndpointError when what is named cannot be used.
    """
    if gguf is not None or name == BUILTIN:
        return builtin(gguf)
    base = env.get("ANTHROPIC_BASE_URL", "").strip()
    token = env.get("ANTHROPIC_AUTH_TOKEN", "").strip()
    if name == CLAUDE or (not name and not base and has_claude_credential(env)):
        if not has_claude_credential(env):
            raise EndpointError("There is no key for Claude here. Set ANTHROPIC_API_KEY, or choose another endpoint.")
        return claude(model)
    if name:
        if "://" not in name:
            raise EndpointError(f"There is no endpoint {name!r}. Known are claude, builtin, or a server's address.")
        same = bool(base) and server(name).url == server(base).url
        return server(name, model, token if same else "")
    if base:
        # The token is the gateway's; ANTHROPIC_API_KEY is Claude's and is not handed to another host.
        return server(base, model, token)
    return builtin()


def find(builtin_missing: str | None, preferred: str = "", env: Mapping[str, str] = os.environ) -> list[Found]:
    """Everything that can be talked to here, without a connection, an address that the user prefers among it.

    The first usable one is what a debate uses, unless `preferred` is `claude` or `builtin`.
    """
    given = {env.get("ANTHROPIC_BASE_URL", "").strip(): "from ANTHROPIC_BASE_URL"}
    if "://" in preferred:
        given = {preferred: "your choice, from config.toml or --endpoint"} | given
    found = [_address(url, why) for url, why in given.items() if url]
    source = has_claude_credential(env)
    voice, _ = models()
    note = f"credential from {source}" if source else "no key: set ANTHROPIC_API_KEY"
    found.append(Found(CLAUDE, "claude", bool(source), note, voice, CLAUDE_URL))
    ready = "runs on this machine, no key needed; small: for trying, not for advice"
    found.append(Found(BUILTIN, "builtin", builtin_missing is None, builtin_missing or ready))
    return found


def _address(url: str, why: str) -> Found:
    try:
        named = server(url)
    except EndpointError as e:
        return Found(url, "server", False, str(e))
    return Found(named.name, named.kind, True, why, named.model, named.url)


def is_claude(url: str) -> bool:
    """Whether the address is Claude's own, with TLS: Claude's key goes nowhere else."""
    parts = urlsplit(url)
    return (
        parts.scheme == "https" and (parts.hostname or "").lower() == "api.anthropic.com" and parts.port in (None, 443)
    )


def is_loopback(url: str) -> bool:
    host = (urlsplit(url).hostname or "").lower()
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name, and a name such as 127.example.com is anybody's
        return host == "localhost"
