"""Which endpoint a debate uses: names become endpoints, and where nobody chose, what is here decides.

Order: option, configuration, `ANTHROPIC_BASE_URL`, Claude where there is a credential, a local server that was found
and names a model, the built-in model. Looks around on this machine only where a name, or the lack of one, asks for it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from upverdict.core import abilities, builtin, discovery, endpoints
from upverdict.core.abilities import Abilities
from upverdict.core.config import Config, patience, probed
from upverdict.core.discovery import Server
from upverdict.core.endpoints import BASE_URL, BUILTIN, CLAUDE, Endpoint, EndpointError, Found, Model
from upverdict.core.keys import Keys
from upverdict.core.named import NamedEndpoint

_ADDRESSED = re.compile(r"(?P<model>[^@]*)@\s*(?P<endpoint>https?://.*)", re.IGNORECASE)
YOUR_CHOICE = "your choice"
"""Why an endpoint is used that the command line or a form has named."""

_NAME = re.compile(r"(?!\d+$)[\w-]+", re.ASCII)
"""What can only be meant as an endpoint's name behind an `@`; Vertex's models have their date there."""
_WITH_PORT = re.compile(rf"({'|'.join(discovery.PORTS)})-(\d{{1,5}})")


@dataclass(frozen=True, slots=True)
class Chosen:
    """An endpoint, and why it is this one."""

    endpoint: Endpoint
    why: str


class Book:
    """Every endpoint that can be named here. Looks at each address once, and keeps what it saw.

    `gguf` is the file for the built-in model, None for the carried one. All that give an endpoint raise EndpointError
    when it can't be had.
    """

    def __init__(self, config: Config, env: Mapping[str, str] = os.environ, gguf: Path | None = None) -> None:
        self._config = config
        self._env = env
        self._gguf = gguf
        self._ports = probed(config, env, discovery.PORTS.values())
        self._limit = patience(env, discovery.LIMIT)
        self._seen: dict[str, discovery.Looked] = {}
        self._base = env.get(BASE_URL, "").strip()
        self._keys = Keys(config, env)

    # By name

    def knows(self, name: str) -> bool:
        """Whether this is an endpoint's name, or an address; not whether it can be used."""
        return name in self._names or bool(_WITH_PORT.fullmatch(name)) or "://" in name

    @property
    def _names(self) -> list[str]:
        return [CLAUDE, BUILTIN, *discovery.PORTS, *(e.name for e in self._config.endpoints)]

    def apart(self, words: str) -> tuple[str, str]:
        """`MODEL[@ENDPOINT]` as (model, endpoint), each empty where it is not said.

        Blanks around the `@` don't count. Names of models have `@` in them too: it counts only before what can be an
        endpoint. Raises EndpointError where something behind it looks like an endpoint's name and is none.
        """
        words = words.strip()
        if address := _ADDRESSED.fullmatch(words):
            return address["model"].strip(), address["endpoint"]
        model, at, name = words.rpartition("@")
        model, name = model.strip(), name.strip()
        if at and (self.knows(name) or not model):
            return model, name
        if at and (near := get_close_matches(name, self._names, n=1, cutoff=0.75)):
            raise EndpointError(f"There is no endpoint {name!r}; did you mean {near[0]}?")
        if at and _NAME.fullmatch(name):
            raise EndpointError(self._unknown(name))
        return words, ""

    def _unknown(self, name: str) -> str:
        near = get_close_matches(name, self._names, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(self._names)}, or a server's address."
        return f"There is no endpoint {name!r}. {hint}"

    async def get(self, name: str, model: str = "") -> Endpoint:
        """The endpoint of this name, or at this address; asked with `model`, if one is given."""
        named = {e.name: e for e in self._config.endpoints}
        if name == BUILTIN:
            return self._builtin()
        if name == CLAUDE:
            if not endpoints.has_claude_credential(self._env):
                raise EndpointError(
                    "There is no key for Claude here. Set ANTHROPIC_API_KEY, or choose another endpoint."
                )
            return endpoints.claude(model)
        if name in named:
            return await self._named(named[name], model)
        if "://" in name:
            return await self._addressed(name, model)
        if name in discovery.PORTS or _WITH_PORT.fullmatch(name):
            return await self._found(name, model)
        raise EndpointError(self._unknown(name))

    def _builtin(self) -> Endpoint:
        try:
            builtin.checked(self._gguf)
        except builtin.BuiltinError as e:
            raise EndpointError(str(e)) from e
        return endpoints.builtin(self._gguf)

    async def _named(self, entry: NamedEndpoint, model: str) -> Endpoint:
        key = self._keys.of(entry)
        endpoint = endpoints.server(entry.url, model or entry.model, key)
        endpoint = replace(endpoint, name=entry.name, key_env=entry.key_env)
        if endpoint.kind == CLAUDE:
            endpoint = replace(
                endpoint, key=key or None, judge_model=model or entry.judge_model or endpoint.judge_model
            )
        else:
            judge = model or entry.judge_model or entry.model
            endpoint = replace(endpoint, key_header=entry.key_header, judge_model=judge)
        return _declared(_informed(endpoint, await self._at(endpoint)), entry)

    async def _addressed(self, url: str, model: str) -> Endpoint:
        endpoint = endpoints.server(url, model)
        for entry in self._config.endpoints:
            if endpoints.same_server(entry.url, url):
                return await self._named(entry, model)
        if endpoint.kind != "server":
            return endpoint
        if self._base and endpoints.same_server(url, self._base):
            endpoint = replace(endpoint, key=self._keys.gateways or endpoint.key)
        return _informed(endpoint, await self._at(endpoint))

    async def _found(self, name: str, model: str) -> Endpoint:
        """A server of this machine by its kind, the first of that kind, or the one at the port behind the name."""
        kind, _, port = name.partition("-")
        at = [f"http://127.0.0.1:{int(port)}"] if port else [t.url for t in discovery.loopback(self._ports)]
        title = discovery.TITLES[kind]
        if not self._ports:
            raise EndpointError(f"Nothing is looked for here (probe in config.toml), so no {title} is found.")
        seen = await self._look(at, discovery.PATIENCE, lambda s: s.kind == kind and s.state == "ready")
        servers = sorted((s for s in seen if s.kind == kind), key=lambda s: (s.state != "ready", not _at_home(s)))
        if not servers:
            raise EndpointError(
                f"No {title} answers here: looked at {', '.join(u.removeprefix('http://') for u in at)}. Start it, or "
                "give its address with --endpoint."
            )
        server = servers[0]
        for entry in self._config.endpoints:
            if endpoints.same_server(entry.url, server.url):
                return await self._named(entry, model)
        if why := trouble(server, model):
            raise EndpointError(f"{name} can't be used: {why}")
        return self._of(server, name, model)

    def _of(self, server: Server, name: str, model: str = "") -> Endpoint:
        return _informed(replace(endpoints.server(server.url, model), name=name), server)

    # Where nobody chose

    async def default(self, endpoint: str = "", model: str = "") -> Chosen:
        """What a debate uses, with the endpoint and the model of the options."""
        config = self._config
        if self._gguf is not None:
            return Chosen(self._builtin(), "the GGUF file that you named")
        kept = YOUR_CHOICE if config.ordered else "endpoint in config.toml"
        named = ((endpoint, YOUR_CHOICE), (config.endpoint, kept), (self._base, BASE_URL))
        for name, why in named:
            if name:
                return Chosen(await self._modelled(name, model), why + _said_of_v1(name))
        if source := endpoints.has_claude_credential(self._env):
            return Chosen(await self._modelled(CLAUDE, model), f"credential from {source}")
        own = [e.name for e in config.endpoints]
        found = await self.servers()
        for name, server in sorted(self._by_name(found), key=lambda found: _rank(found[1], found[0] in own)):
            if (server.kind or name in own) and not trouble(server, model):
                why = "named in config.toml" if name in own else server.title
                return Chosen(await self._modelled(name, model), f"{why}, found on this machine")
        try:
            unsaid = any(not s.kind and s.state == "ready" for s in found)
            what = "what else is here does not say what it is: --endpoint chooses it"
            return Chosen(self._builtin(), what if unsaid else "nothing else is here")
        except EndpointError as e:
            raise EndpointError(f"There is nothing to talk to: no key, no local server, no endpoint named. {e}") from e

    async def _modelled(self, name: str, model: str) -> Endpoint:
        """The endpoint, with the configuration's model where it has none of its own."""
        own = any(name == e.name and e.model for e in self._config.endpoints)
        return await self.get(name, model or ("" if own else self._config.model))

    async def servers(self) -> tuple[Server, ...]:
        """What is found on this machine: servers that say what they are, and those that may be one, best known first.

        Looks at the named and given local addresses too.
        """
        urls = [t.url for t in discovery.loopback(self._ports)]
        named = [endpoints.stripped(e.url) for e in self._config.endpoints]
        given = [endpoints.stripped(u) for u in (self._config.endpoint, self._base) if "://" in u]
        for url in (*named, *given):
            if _local(url) and self._ports and not any(endpoints.same_server(url, other) for other in urls):
                urls.append(url)
        order = list(discovery.PORTS)
        found = [s for s in await self._look(urls) if s.state not in ("closed", "other")]
        return tuple(sorted(found, key=lambda s: order.index(s.kind) if s.kind else len(order)))

    def _by_name(self, servers: tuple[Server, ...]) -> Iterator[tuple[str, Server]]:
        """Each server with its name: the user's own for it, that of its kind, with its port where another one has that,
        or its address. A name that the user has given to another server is that one's alone.
        """
        taken: set[str] = set()
        named = {e.name: e.url for e in self._config.endpoints}
        first = {s.kind: s.url for s in reversed(servers)}
        first |= {s.kind: s.url for s in servers if _at_home(s)}
        for server in servers:
            url = server.url
            own = [name for name, other in named.items() if endpoints.same_server(other, url)]
            plain = [server.kind] if first[server.kind] == url else []
            kinds = [*plain, f"{server.kind}-{url.rpartition(':')[2]}"] if server.kind else []
            name = next((n for n in (*own, *kinds, url) if n in own or n not in named), url)
            if name not in taken:
                taken.add(name)
                yield name, server

    async def _at(self, endpoint: Endpoint) -> Server | None:
        """What is at a local address; None where nobody is to look, or nothing was told."""
        if not (self._ports and endpoint.kind == "server" and _local(endpoint.url)):
            return None
        (server,) = await self._look([endpoint.url])
        return server if server.state not in ("closed", "other", "silent") else None

    async def _look(
        self, urls: list[str], limit: float = 0.0, wanted: Callable[[Server], bool] | None = None
    ) -> list[Server]:
        """What is at these addresses. One that was looked at is not again, unless there is more time than it had."""
        limit = max(limit, self._limit)
        new = [u for u in urls if u not in self._seen or self._seen[u].seconds < limit]
        targets = [discovery.Target(u, self._keys.headers(u)) for u in new]
        self._seen |= {one.server.url: one for one in await discovery.look(targets, limit, wanted)}
        return [self._seen[u].server for u in urls]

    # All of them

    async def overview(self, endpoint: str = "", model: str = "") -> tuple[list[Found], str]:
        """Everything that can be talked to here, no address twice, and why there is nothing for a debate to use."""
        found = [self._would_ask(row) for row in await self._rows(endpoint)]
        try:
            chosen = await self.default(endpoint, model)
        except EndpointError as e:
            return found, str(e)
        return [*_marked(found, chosen)], ""

    def _would_ask(self, found: Found) -> Found:
        """A line with the configuration's model, where the endpoint would be asked with that."""
        own = found.kind == BUILTIN or any(found.name == e.name and e.model for e in self._config.endpoints)
        return found if own or not self._config.model else replace(found, model=self._config.model)

    async def _rows(self, endpoint: str) -> list[Found]:
        servers = await self.servers()
        found = [await self._row_of_entry(entry) for entry in self._config.endpoints]
        listed = [e.url for e in self._config.endpoints]
        for url, why in (
            (endpoint, YOUR_CHOICE),
            (self._config.endpoint, YOUR_CHOICE if self._config.ordered else "from config.toml"),
            (self._base, f"from {BASE_URL}"),
        ):
            if "://" in url and not any(endpoints.same_server(url, other) for other in listed):
                found.append(await self._row_of_address(url, why))
                listed.append(url)
        for name, server in self._by_name(servers):
            url = server.url
            if not any(endpoints.same_server(url, other) for other in listed):
                found.append(_row(self._of(server, name), note=_note(server), why_not=trouble(server)))
                listed.append(url)
        return [*found, self._row_of_claude(), self._row_of_builtin()]

    async def _row_of_entry(self, entry: NamedEndpoint) -> Found:
        note = f"yours, {endpoints.stripped(entry.url)}{_said_of_v1(entry.url)}"
        try:
            endpoint = await self._named(entry, "")
        except EndpointError as e:
            url = endpoints.stripped(entry.url)
            return Found(entry.name, "server", False, str(e), entry.model, url)
        return _row(endpoint, note=note, why_not=self.unreachable(endpoint))

    async def _row_of_address(self, url: str, why: str) -> Found:
        try:
            endpoint = await self._addressed(url, "")
        except EndpointError as e:
            return Found(url, "server", False, str(e))
        return _row(endpoint, note=why + _said_of_v1(url), why_not=self.unreachable(endpoint))

    def unreachable(self, endpoint: Endpoint) -> str:
        """Why an endpoint that somebody named can't be used, as far as that is known without asking anybody far."""
        seen = self._seen.get(endpoint.url)
        if seen is None or seen.server.state in ("ready", "silent"):
            return ""
        return trouble(seen.server, endpoint.model)

    def _row_of_claude(self) -> Found:
        source = endpoints.has_claude_credential(self._env)
        note = f"credential from {source}" if source else "no key: set ANTHROPIC_API_KEY"
        row = _row(endpoints.claude(), note=note, why_not="" if source else note)
        return replace(row, models=(row.model,))

    def _row_of_builtin(self) -> Found:
        ready = "small: for trying, not for advice; runs here, needs no key"
        missing = builtin.available(self._gguf)
        endpoint = replace(endpoints.builtin(self._gguf), window=builtin.CONTEXT)
        return _row(endpoint, note=ready, why_not=missing or "")


def _marked(found: list[Found], chosen: Chosen) -> Iterator[Found]:
    """The lines, with the chosen one as it would be used. It may be called otherwise, such as by the usual port."""
    used = chosen.endpoint
    named = any(f.name == used.name for f in found)
    for f in found:
        if f.name == used.name if named else bool(f.url) and endpoints.same_server(f.url, used.url):
            yield replace(f, used=True, why=chosen.why, model=used.model or f.model)
        else:
            yield f


def trouble(server: Server, model: str = "") -> str:
    """Why a server that was found can't be used, as a sentence; nothing when it can."""
    match server.state:
        case "closed":
            return "Nothing answers there. Is it running?"
        case "key":
            name = server.kind or "NAME"
            return f"It wants a key that it knows: name its url and key_env under [endpoints.{name}] in config.toml."
        case "loading":
            return "It is still loading its model. Try again in a moment."
        case "mute":
            new = " Versions of before 0.14 don't." if server.kind == "ollama" else ""
            return f"It does not speak the Anthropic Messages API.{new}"
        case "other":
            return "What answers there names no models: it is no server of models."
        case "silent":
            return "Something listens there and did not answer in time. Is it busy?"
    return "" if model or _first(server.models) else "It names no model. Load one there first."


def _note(server: Server) -> str:
    if not server.kind:
        return "a server that speaks the Messages API?"
    return f"{server.title}, found on this machine"


def _row(endpoint: Endpoint, *, note: str, why_not: str) -> Found:
    small, window = endpoint.size(endpoint.model)
    can = abilities.declared(endpoint, endpoint.model) or Abilities()
    return Found(
        name=endpoint.name,
        kind=endpoint.kind,
        usable=not why_not,
        note=why_not or note,
        model=endpoint.model,
        url=endpoint.url,
        models=tuple(m.name for m in endpoint.models) or ((endpoint.model,) if endpoint.model else ()),
        can=abilities.words(can, endpoint.caching),
        small=small,
        window=window,
    )


def _informed(endpoint: Endpoint, server: Server | None) -> Endpoint:
    """The endpoint with what its server told: models, and what its kind can do (wire.md, Who speaks it)."""
    if server is None:
        return endpoint
    model = endpoint.model or _first(server.models)
    return replace(
        endpoint,
        model=model,
        judge_model=endpoint.judge_model or model,
        models=server.models,
        structured=server.kind in discovery.STRUCTURED,
    )


def _declared(endpoint: Endpoint, entry: NamedEndpoint) -> Endpoint:
    """The endpoint with what the configuration says of it, which outranks what was found."""
    fields = ("structured", "caching", "effort", "search", "thinking", "small", "window")
    said = {field: value for field in fields if (value := getattr(entry, field)) is not None}
    models = tuple(Model(m.name, said.get("window", m.window), said.get("small", m.small)) for m in endpoint.models)
    return replace(endpoint, models=models, **said)


def _first(models: tuple[Model, ...]) -> str:
    """The model that is asked where nobody names one: not one that only embeds or ranks, nor a pattern of names."""
    return next((m.name for m in models if not re.search(r"embed|rerank|\*", m.name, re.IGNORECASE)), "")


def _local(url: str) -> bool:
    return url.lower().startswith("http://") and endpoints.is_loopback(url)


def _rank(server: Server, own: bool) -> tuple[bool, bool]:
    """What comes first of two that were found: what the user has named, then what has a model that is not small."""
    return not own, all(m.small for m in server.models)


def _at_home(server: Server) -> bool:
    """Whether it is where its kind usually is."""
    return server.url.endswith(f":{discovery.PORTS.get(server.kind)}")


def _said_of_v1(url: str) -> str:
    left_out = url.strip().rstrip("/").removeprefix(endpoints.stripped(url))
    return f"; the {left_out} at its end is left out" if left_out else ""
