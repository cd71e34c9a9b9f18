"""Finds the servers of this machine that speak the Messages API, by asking them what they are. Knows no debate.

Loopback only, in parallel, through no proxy, within a limit of time; what a server says is hostile text. None is
taken for what it is because it answered: it must list its models, and say who it is in a way of its own (wire.md,
Who speaks it). What `GET` cannot tell, whether it speaks the Messages API and wants a key for that, an empty
`POST /v1/messages` does: it is refused for what it lacks, before any model is asked.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from upverdict.core.endpoints import Model
from upverdict.core.text import clean
from upverdict.core.values import Simple

if TYPE_CHECKING:
    import httpx

PORTS = {"ollama": 11434, "lmstudio": 1234, "llamacpp": 8080, "vllm": 8000, "litellm": 4000}
"""Where each listens when nobody says otherwise (wire.md, Who speaks it)."""

TITLES = {"ollama": "Ollama", "lmstudio": "LM Studio", "llamacpp": "llama.cpp", "vllm": "vLLM", "litellm": "LiteLLM"}

_REFUSED = (400, 401, 403, 500)
"""What comes instead of a list of models where a key is wanted."""

STRUCTURED = frozenset({"vllm"})
"""Those that hold an answer to a JSON Schema; elsewhere it is ignored, or not known (wire.md, Who speaks it)."""

LIMIT = 0.3
"""Seconds for all of it: whoever has not answered by then is not waited for."""
PATIENCE = 2.0
"""Seconds for a server that was asked for by name."""

MAX_MODELS, MAX_NAME, MAX_BYTES = 200, 200, 1 << 20
"""How many models are listed, characters of a name, bytes of an answer: no server has more that a person would read."""

SMALL_PARAMETERS, SMALL_WINDOW = 1_000_000_000, 8192
"""Fewer parameters, or tokens of context, and a model gets short prompts: rules and personas are lost on so few
parameters (`small.py`), and what a council says does not fit into less context together with them."""

State = Literal["ready", "key", "loading", "mute", "silent", "closed", "other"]
"""`key`: it wants one. `mute`: it does not speak the Messages API. `silent`: it took the connection, and gave no answer
in time. `closed`: nobody is there. `other`: something else answers there, which is no business of ours."""


class Server(Simple):
    """What answered at an address. `kind` is a name of `PORTS`, empty for one that does not say what it is."""

    url: str
    kind: str = ""
    state: State = "ready"
    models: tuple[Model, ...] = ()

    @property
    def title(self) -> str:
        return TITLES.get(self.kind, "a server")


class Looked(Simple):
    """What an address has told within so many seconds: `math.inf` where it has told all that it had to tell, 0 where
    it was not waited for."""

    server: Server
    seconds: float


@dataclass(frozen=True, slots=True)
class Target:
    """An address to look at, and the headers that carry its own key, if it has one."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def loopback(ports: Iterable[int]) -> list[Target]:
    return [Target(f"http://127.0.0.1:{port}") for port in ports]


async def look(
    targets: Sequence[Target], limit: float = LIMIT, wanted: Callable[[Server], bool] | None = None
) -> tuple[Looked, ...]:
    """What is at each of the addresses, in their order, after `limit` seconds at most.

    With `wanted` the first answer that is meant ends the search.
    """
    if not targets:
        return ()
    had = limit
    async with await asyncio.to_thread(_client) as client:
        probes = [_Probe(client, target) for target in targets]
        tasks = {asyncio.create_task(probe.run()): probe for probe in probes}
        waiting = set(tasks)
        try:
            async with asyncio.timeout(limit):
                while waiting:
                    done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                    if wanted and any(wanted(tasks[task].server) for task in done):
                        had = 0.0
                        break
        except TimeoutError:
            pass  # what was told until now counts
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
    for task in tasks:
        if not task.cancelled() and (error := task.exception()):
            raise error
    told = [task.done() and not task.cancelled() for task in tasks]
    return tuple(Looked(p.server, math.inf if whole else had) for p, whole in zip(probes, told, strict=True))


def _client() -> httpx.AsyncClient:
    """A client that goes through no proxy. Runs on a thread: what it imports, some of it with the first request, takes
    longer than all the servers together have."""
    if "httpx" not in sys.modules:
        # Its own command line would import `rich`, needed by nobody here: half of the time.
        sys.modules["httpx._main"] = None  # type: ignore[assignment]
        try:
            import httpx
        finally:
            del sys.modules["httpx._main"]
    import anyio
    import h11  # noqa: F401
    import httpx

    anyio.run(anyio.sleep, 0)
    return httpx.AsyncClient(trust_env=False, verify=False, timeout=None, follow_redirects=False)


@dataclass(frozen=True, slots=True)
class _Said:
    """One answer: `json` is None where it is none."""

    status: int
    headers: Mapping[str, str]
    json: Any


class _Probe:
    """Asks one address. What it has told so far is in `server` at any time."""

    def __init__(self, client: httpx.AsyncClient, target: Target) -> None:
        self._client = client
        self._target = target
        self.server = Server(target.url, state="closed")

    async def _trace(self, event: str, _: object) -> None:
        if event == "connection.connect_tcp.complete" and self.server.state == "closed":
            self._know(state="silent")

    async def run(self) -> None:
        import httpx

        try:
            said = await self._ask("GET", "/v1/models")
        except httpx.HTTPError as e:
            if not isinstance(e, httpx.ConnectError):
                self._know(state="other")
            return
        kind = _kind(said)
        if said.status in _REFUSED:
            kind = kind or await self._tell()
            # LiteLLM without its database fails, in 1.108, where it should say that it wants a key.
            wants = kind and (said.status in (401, 403) or kind == "litellm")
            self._know(kind=kind, state="key" if wants else "other")
            return
        if said.status == 503 and kind == "llamacpp":  # it loads its model
            self._know(kind=kind, state="loading")
            return
        models = _models(said)
        if models is None:
            self._know(state="other")
            return
        self._know(kind=kind, state="ready", models=models)
        kind = kind or await self._tell()
        self._know(kind=kind)
        if kind != "litellm":  # that speaks it, has said whether it wants a key, and logs such a request as an error
            self._know(state=await self._speaks())
        if more := _MORE.get(kind):
            answer = await self._try("GET", more[0])
            self._know(models=_completed(self.server.models, more[1], answer.json if answer else None))

    def _know(self, **changes: Any) -> None:
        self.server = Server(**(vars(self.server) | changes))

    async def _tell(self) -> str:
        """What it says that it is, by the address that only its kind answers."""
        answers = await asyncio.gather(*(self._try("GET", path) for _, path, _ in _TELLS))
        for (kind, _, means), said in zip(_TELLS, answers, strict=True):
            if said and said.status == 200 and means(said.json):
                return kind
        return ""

    async def _speaks(self) -> State:
        said = await self._try("POST", "/v1/messages", b"{}")
        if said is None:
            return "ready"  # it could not say so in time; a debate will
        if said.status in (401, 403):
            return "key"
        error = said.json.get("error") if isinstance(said.json, dict) else None
        ours = isinstance(error, dict)  # an unknown model is a 404 too
        unknown = isinstance(error, str) and "unexpected endpoint" in error.lower()  # LM Studio says so with a 200
        return "mute" if unknown or (said.status in (404, 405, 501) and not ours) else "ready"

    async def _try(self, method: str, path: str, body: bytes | None = None) -> _Said | None:
        import httpx

        try:
            return await self._ask(method, path, body)
        except httpx.HTTPError:
            return None

    async def _ask(self, method: str, path: str, body: bytes | None = None) -> _Said:
        headers = {"Accept-Encoding": "identity", **self._target.headers}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Anthropic-Version": "2023-06-01"}
        url = self._target.url + path
        trace = {"trace": self._trace}
        async with self._client.stream(method, url, headers=headers, content=body, extensions=trace) as response:
            read = bytearray()
            async for piece in response.aiter_raw():
                read += piece
                if len(read) > MAX_BYTES:
                    return _Said(response.status_code, response.headers, None)
        try:
            value = json.loads(read)
        except (ValueError, RecursionError):
            value = None
        return _Said(response.status_code, response.headers, value)


def _kind(said: _Said) -> str:
    """What a list of models, or its refusal, gives away."""
    if said.headers.get("server", "").lower().startswith("llama.cpp"):
        return "llamacpp"
    data = said.json.get("data") if isinstance(said.json, dict) else None
    owners = [one.get("owned_by") for one in data if isinstance(one, dict)] if isinstance(data, list) else []
    return next((kind for kind in ("llamacpp", "vllm") if owners and all(owner == kind for owner in owners)), "")


def _models(said: _Said) -> tuple[Model, ...] | None:
    """The models of a list; None when it is none. A name that cannot be asked for as it is shown is left out."""
    if said.status != 200 or not isinstance(said.json, dict) or "data" not in said.json:
        return None
    data = said.json["data"]
    if data is None:  # Ollama without any
        return ()
    if not isinstance(data, list) or not all(isinstance(d, dict) and isinstance(d.get("id"), str) for d in data):
        return None
    found: dict[str, Model] = {}
    for one in data:
        name = one["id"]
        if name == clean(name).strip() and 0 < len(name) <= MAX_NAME and "\n" not in name and len(found) < MAX_MODELS:
            meta = one["meta"] if isinstance(one.get("meta"), dict) else {}
            windows = (meta.get("n_ctx"), one.get("max_model_len"), one.get("max_input_tokens"))
            window = next(filter(None, map(_number, windows)), None)
            found.setdefault(name, _model(name, window, _number(meta.get("n_params"))))
    return tuple(found.values())


def _model(name: str, window: int | None, parameters: int | None) -> Model:
    small = bool(parameters and parameters < SMALL_PARAMETERS) or bool(window and window < SMALL_WINDOW)
    return Model(name, window, small)


def _number(value: object) -> int | None:
    """A whole number above nothing."""
    return value if type(value) is int and 0 < value < 1 << 60 else None


def _listed(value: object, key: str) -> list[dict[str, Any]]:
    """The objects of a list in an answer."""
    found = value.get(key) if isinstance(value, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _of_ollama(value: Any) -> dict[str, tuple[int | None, int | None]]:
    """Parameters of each model, from words such as `8.0B` and `134.52M`."""
    found: dict[str, tuple[int | None, int | None]] = {}
    for one in _listed(value, "models"):
        details = one.get("details")
        words = details.get("parameter_size") if isinstance(details, dict) else None
        if isinstance(words, str) and words[-1:].upper() in _UNITS:
            try:
                found[str(one.get("name"))] = (None, int(float(words[:-1]) * _UNITS[words[-1].upper()]))
            except (ValueError, OverflowError):
                continue
    return found


def _of_llamacpp(value: Any) -> dict[str, tuple[int | None, int | None]]:
    """The window of one slot, of a server from before it stood in the list of models; it has one model."""
    settings = value.get("default_generation_settings") if isinstance(value, dict) else None
    return {"": (_number(settings.get("n_ctx")), None)} if isinstance(settings, dict) else {}


_UNITS = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_Sizes = Callable[[Any], dict[str, tuple[int | None, int | None]]]
_MORE: dict[str, tuple[str, _Sizes]] = {
    "ollama": ("/api/tags", _of_ollama),
    "llamacpp": ("/props", _of_llamacpp),
}
"""Where a kind tells more of its models: windows and parameters by their names."""


def _completed(models: tuple[Model, ...], read: _Sizes, value: object) -> tuple[Model, ...]:
    """The models with what their list did not say of them."""
    told = read(value)
    found = []
    for model in models:
        window, parameters = told.get(model.name) or told.get("") or (None, None)
        more = _model(model.name, model.window or window, parameters)
        found.append(Model(model.name, more.window, model.small or more.small))
    return tuple(found)


def _has(key: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and isinstance(value.get(key), str)


_TELLS: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
    ("ollama", "/api/version", _has("version")),
    ("lmstudio", "/lmstudio-greeting", lambda value: isinstance(value, dict) and value.get("lmstudio") is True),
    ("litellm", "/health/liveliness", lambda value: isinstance(value, str) and "alive" in value),
    ("vllm", "/version", _has("version")),
)
"""Which address tells what a server is, and what must be answered there (wire.md, Who speaks it)."""
