"""The endpoint itself: a loopback server that plays a script. Knows how requests are routed, and no debate."""

from __future__ import annotations

import asyncio
import concurrent.futures
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypeVar

from tests.scripted import http1, messages
from tests.scripted.exchange import Exchange, Pace, ReplyEnded, ScriptError
from tests.scripted.faults import status
from tests.scripted.record import Recorded, RequestLog
from tests.scripted.replies import Reply, json_reply
from tests.scripted.script import Script, ScriptLike, as_script, reply_of

T = TypeVar("T")
MODEL = "scripted-1"


class ScriptedEndpoint:
    """Speaks the Messages API on a loopback port for as long as the `async with` lasts.

    `script` answers `POST /v1/messages`; `routes` answer others by "METHOD /path", before the endpoint's own
    `GET /v1/models[/{id}]`, `POST /v1/messages/count_tokens` and `GET /health`. `headers` go with every answer.
    `api_key`: anything else is a 401. `only_models`: a model that is not in `models` is a 404. `keep_alive=False`
    closes the connection after every answer. `tls` makes it speak HTTPS. `port` 0 is any that is free. `log` gets the
    requests as JSON lines.

    What a script raises is kept in `errors` and raised again when the `async with` ends.
    """

    def __init__(
        self,
        script: ScriptLike,
        *,
        pace: Pace | None = None,
        models: Sequence[str | Mapping[str, Any]] = (MODEL,),
        only_models: bool = False,
        api_key: str | None = None,
        routes: Mapping[str, Reply] | None = None,
        headers: Mapping[str, str] | None = None,
        keep_alive: bool = True,
        port: int = 0,
        log: Path | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.pace = pace or Pace()
        self.errors: list[Exception] = []
        self.opened = 0
        """How many connections there have been."""
        self._script = as_script(script)
        self._models = [_model(m) for m in models]
        self._only_models = only_models
        self._api_key = api_key
        self._routes = routes or {}
        self._headers = headers or {}
        self._keep_alive = keep_alive
        self._port = port
        self._log = RequestLog(log)
        self._tls = tls
        self._connections: set[http1.Connection] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The base URL, without `/v1`. The port stays known when the server has stopped."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self._port}"

    @property
    def requests(self) -> list[Recorded]:
        """Every request so far, oldest first."""
        return list(self._log.requests)

    @property
    def asks(self) -> list[Recorded]:
        """Only those to `/v1/messages`."""
        return [r for r in self._log.requests if r.path == "/v1/messages"]

    @property
    def script(self) -> Script:
        return self._script

    @script.setter
    def script(self, script: ScriptLike) -> None:
        self._script = as_script(script)

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return sum(not c.closed.is_set() for c in self._connections)

    async def wait_for(
        self, predicate: Callable[[list[Recorded]], T | Literal[False] | None], within: float = 60.0
    ) -> T:
        """The first true value of `predicate(requests)`; `TimeoutError` with the requests seen after `within` s."""
        return await self._log.wait_for(predicate, within)

    async def drop_idle(self) -> int:
        """Closes the connections that are kept alive between two requests; gives their number."""
        idle = [c for c in self._connections if c.idle and not c.closed.is_set()]
        for connection in idle:
            connection.close()
        for connection in idle:
            await connection.closed.wait()
        return len(idle)

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._accept, "127.0.0.1", self._port, ssl=self._tls)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stops listening and resets what is still open."""
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            await connection.end()
        self._log.close()

    async def __aenter__(self) -> ScriptedEndpoint:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        await self.stop()
        if self.errors and e is None:
            raise self.errors[0]

    @classmethod
    def in_thread(cls, script: ScriptLike, **options: Any) -> ThreadedEndpoint:
        """The same for code that is not asynchronous: `with ScriptedEndpoint.in_thread(script) as server:`."""
        return ThreadedEndpoint(cls(script, **options))

    def _accept(self) -> http1.Connection:
        self._connections = {c for c in self._connections if not c.closed.is_set()}
        self.opened += 1
        connection = http1.Connection(self.opened, self._serve)
        self._connections.add(connection)
        return connection

    async def _serve(self, connection: http1.Connection, request: http1.Request) -> bool:
        """Answers one request; false when the connection has to end."""
        record = self._log.add(connection.number, request.method, request.target, dict(request.headers), request.body)
        x = Exchange(connection, record, self._log, self.pace, self._headers)
        x.closes = not (request.keeps_alive and self._keep_alive)
        try:
            if connection.gone:
                raise asyncio.CancelledError
            await self._answer(x)
        except ReplyEnded:
            pass
        except asyncio.CancelledError:
            self._log.ended(record, "aborted" if connection.gone else "cut")
            raise
        except Exception as e:  # a script may raise anything: it is kept, and raised when the server ends
            self.errors.append(e)
            self._log.ended(record, "failed")
            if x.started:
                connection.reset()
                return False
            await x.fail(500, "api_error", f"the script failed: {e!r}")
        return not x.closes

    async def _answer(self, x: Exchange) -> None:
        reply = await self._reply(x.request)
        x.request.label = reply.label
        x.pace = reply.pace or self.pace
        await reply.play(x)
        if not x.over:
            raise ScriptError("the reply came to no end")

    async def _reply(self, request: Recorded) -> Reply:
        route = f"{request.method} {request.path}"
        if route in self._routes:
            return self._routes[route]
        if route == "GET /health":
            return json_reply({"status": "ok"}, label="health")
        if self._api_key is not None and request.key != self._api_key:
            return status(401)
        if route == "POST /v1/messages":
            return self._refusal(request) or await reply_of(self._script, request)
        if route == "POST /v1/messages/count_tokens":
            return json_reply({"input_tokens": messages.tokens(request.prompt)}, label="count_tokens")
        if route == "GET /v1/models":
            ids = [m["id"] for m in self._models] or [None]
            page = {"data": self._models, "has_more": False, "first_id": ids[0], "last_id": ids[-1]}
            return json_reply(page, label="models")
        return self._one_model(request.path) or status(404, message=f"no such route: {route}")

    def _one_model(self, path: str) -> Reply | None:
        found = [m for m in self._models if path == f"/v1/models/{m['id']}"]
        return json_reply(found[0], label="model") if found else None

    def _refusal(self, request: Recorded) -> Reply | None:
        """What the real one refuses before any model is asked."""
        body = request.json
        if not isinstance(body, dict):
            return status(400, message="the body is no JSON object")
        if not isinstance(body.get("model"), str) or not body["model"]:
            return status(400, message="model: Field required")
        if not isinstance(body.get("max_tokens"), int):
            return status(400, message="max_tokens: Field required")
        if not isinstance(body.get("messages"), list) or not body["messages"]:
            return status(400, message="messages: at least one message is required")
        if self._only_models and body["model"] not in [m["id"] for m in self._models]:
            return status(404, message=f"model: {body['model']}")
        return None


class ThreadedEndpoint:
    """A `ScriptedEndpoint` on an event loop in a thread of its own, for code that is not asynchronous."""

    def __init__(self, endpoint: ScriptedEndpoint) -> None:
        self.endpoint = endpoint
        self._ready: concurrent.futures.Future[asyncio.AbstractEventLoop] = concurrent.futures.Future()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="scripted endpoint", daemon=True)

    @property
    def url(self) -> str:
        return self.endpoint.url

    @property
    def requests(self) -> list[Recorded]:
        return self.endpoint.requests

    @property
    def asks(self) -> list[Recorded]:
        return self.endpoint.asks

    def wait_for(self, predicate: Callable[[list[Recorded]], T | Literal[False] | None], within: float = 60.0) -> T:
        """Blocks until `predicate(requests)` is true, and gives its value; it is called in the server's thread."""
        waiting = asyncio.run_coroutine_threadsafe(self.endpoint.wait_for(predicate, within), self._ready.result())
        return waiting.result()

    def drop_idle(self) -> int:
        return asyncio.run_coroutine_threadsafe(self.endpoint.drop_idle(), self._ready.result()).result()

    def __enter__(self) -> ThreadedEndpoint:
        self._thread.start()
        self._ready.result()
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None) -> None:
        self._ready.result().call_soon_threadsafe(self._stop.set)
        self._thread.join()
        if self.endpoint.errors and e is None:
            raise self.endpoint.errors[0]

    async def _run(self) -> None:
        try:
            await self.endpoint.start()
        except OSError as e:
            self._ready.set_exception(e)
            return
        self._ready.set_result(asyncio.get_running_loop())
        await self._stop.wait()
        await self.endpoint.stop()


def _model(model: str | Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(model, str):
        return dict(model)
    more = {"display_name": model, "created_at": "2026-01-01T00:00:00Z", "lifecycle": "active"}
    return {"type": "model", "id": model} | more
