"""What an endpoint is, and how one is made of an address. Knows no debate; opens no connection.

An endpoint is a server that speaks the Anthropic Messages API: Claude, a server named by its address, or the
built-in model. A key belongs to one endpoint and goes nowhere else. Which one a debate uses: `choosing.py`.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

CLAUDE_URL = "https://api.anthropic.com"
BUILTIN = "builtin"
CLAUDE = "claude"
BASE_URL = "ANTHROPIC_BASE_URL"
API_KEY, TOKEN = "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"
KEY_VARIABLES = (API_KEY, TOKEN)
"""Where the SDK looks for a credential of Claude's, in its order (wire.md, The SDK)."""

NO_KEY = "none"
"""Sent where there is none: the SDK insists on some key, and a server without one ignores it."""

KEY_HEADERS = ("authorization", "x-api-key")
"""How a key can travel: as `Authorization: Bearer`, as the SDK does, or as some gateways want it (wire.md)."""

Kind = Literal["claude", "server", "builtin"]


@dataclass(frozen=True, slots=True)
class Model:
    """A model that a server names, with what the server tells of it: its context in tokens, None where it does not
    say, and whether it is too small for long prompts."""

    name: str
    window: int | None = None
    small: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One server. `key` None lets the SDK find Claude's credential itself; it never shows in a repr.

    `small` marks a model that needs short prompts and plain questions; `window` is its context in tokens, None where
    it is not known. `structured`: it holds an answer to a JSON Schema. `caching`: it keeps the marked beginning of a
    prompt. `search` is the type of its search tool, empty where it has none; `effort`: it takes how hard a model is to
    work; `thinking` is the way of thinking that it is asked for, empty where that is left to it.
    `judge_model` is empty where the judge has the voices' model. `key_header` is one of `KEY_HEADERS`. `key_env` is
    the variable that its configuration takes the key from. `models` are those that the server named, where it was
    asked.
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
    key_header: str = "authorization"
    key_env: str = ""
    models: tuple[Model, ...] = ()

    @property
    def loopback(self) -> bool:
        return is_loopback(self.url)

    def size(self, model: str) -> tuple[bool, int | None]:
        """Whether this model of the endpoint's is a small one, and its window in tokens, None where it is not known."""
        # A server of one model serves that one under any name.
        sole = self.models[0] if len(self.models) == 1 else None
        named = next((m for m in self.models if m.name == model), sole)
        if named is None:
            return self.small, self.window
        return self.small or named.small, self.window or named.window


class EndpointError(ValueError):
    """An endpoint that cannot be used, in a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Found:
    """One line of `upverdict endpoints`: what it is, whether it can be used here, and why or why not.

    `model` is what a voice would be asked with there, `models` are the names that it gave, `can` and `window` as in
    `Endpoint`. `used`: a debate uses it where nobody chooses, for the reason `why`.
    """

    name: str
    kind: Kind
    usable: bool
    note: str
    model: str = ""
    url: str = ""
    models: tuple[str, ...] = ()
    can: tuple[str, ...] = ()
    small: bool = False
    window: int | None = None
    used: bool = False
    why: str = ""


def models() -> tuple[str, str]:
    """The default models of Claude for a voice and for the judge, from the data file."""
    defaults = tomllib.loads(Path(__file__).with_name("models.toml").read_text("utf-8"))["defaults"]
    return str(defaults["voice"]), str(defaults["judge"])


def has_claude_credential(env: Mapping[str, str]) -> str:
    """The name of what Claude's credential comes from, or nothing: a variable, or a profile of the SDK's."""
    if env.get(API_KEY, "").strip():
        return API_KEY
    token, base = env.get(TOKEN, "").strip(), env.get(BASE_URL, "").strip()
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
    address = stripped(url)
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        sound = parts.scheme in ("http", "https") and bool(host) and parts.port != 0
        sound = sound and not (parts.query or parts.fragment) and not any(c.isspace() for c in address)
    except ValueError:  # a broken IPv6 address, a port over 65535
        sound = False
    if not sound:
        raise EndpointError(f"{url} is no address of a server. Write it like http://127.0.0.1:8080.")
    if parts.username or parts.password:
        raise EndpointError(
            "An address must not hold a password. Put the key in a variable that key_env names in config.toml."
        )
    if is_claude(address):
        return claude(model)
    return Endpoint(address, "server", address, key or NO_KEY, model, model)


_PATH = re.compile(r"/*(?:/v1(?:/messages)?)?/*$")


def stripped(url: str) -> str:
    """The address as the SDK wants it: it adds `/v1` itself (wire.md, The SDK)."""
    return _PATH.sub("", url.strip())


def goes_by(model: str, name: str) -> bool:
    """Whether a model goes by this name, with or without a date behind it."""
    date = model.removeprefix(f"{name}-")
    return model == name or (date != model and len(date) == 8 and date.isdigit())


def same_server(one: str, other: str) -> bool:
    """Whether two addresses are those of one server. All names of loopback are one."""
    return _place(one) == _place(other)


def _place(url: str) -> tuple[str, str, int | None, str]:
    parts = urlsplit(stripped(url))
    host = "loopback" if is_loopback(url) else (parts.hostname or "").lower()
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme.lower(), host, port, parts.path


def builtin(gguf: Path | None = None) -> Endpoint:
    """The built-in model before it is started: the runner fills in its address, key and window."""
    return Endpoint(BUILTIN, "builtin", "", "", gguf.stem if gguf else "", small=True)


def is_claude(url: str) -> bool:
    """Whether the address is Claude's own, with TLS: Claude's key goes nowhere else."""
    parts = urlsplit(url)
    return (
        parts.scheme == "https" and (parts.hostname or "").lower() == "api.anthropic.com" and parts.port in (None, 443)
    )


def is_loopback(url: str) -> bool:
    """Whether the address is this machine's own, in any of the ways in which that is written."""
    host = (urlsplit(url).hostname or "").lower().removesuffix(".")
    try:
        address = ipaddress.ip_address(host)
        address = getattr(address, "ipv4_mapped", None) or address
        return address.is_loopback or address.is_unspecified  # connecting to the latter reaches this machine
    except ValueError:  # a name, and a name such as 127.example.com is anybody's
        return host == "localhost"


def key_headers(key: str, header: str) -> dict[str, str]:
    """How a key travels in the header that an endpoint wants, one of `KEY_HEADERS`; nothing without one."""
    if not key:
        return {}
    return {"X-Api-Key": key} if header == "x-api-key" else {"Authorization": f"Bearer {key}"}


def host(endpoint: str) -> str:
    """The name of an endpoint; of an address only host and port: whatever else it holds is nobody's business."""
    if "/" not in endpoint and "@" not in endpoint:
        return endpoint
    try:
        parts = urlsplit(endpoint)
        name, port = parts.hostname or "", parts.port
    except ValueError:  # a broken IPv6 address, a port over 65535
        return "a server"
    name = f"[{name}]" if ":" in name else name
    return (f"{name}:{port}" if port else name) or "a server"
