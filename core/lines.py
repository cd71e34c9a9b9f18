"""From a seat to the endpoint that serves it: connections made once, when first needed, and closed together.

Knows no debate. Starts the built-in model with the first voice that needs it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from upverdict.core import abilities
from upverdict.core.builtin import BuiltinError, BuiltinServer
from upverdict.core.endpoints import BUILTIN, Endpoint
from upverdict.core.events import Fault, Seat
from upverdict.core.faults import WireError
from upverdict.core.prompts import Traits
from upverdict.core.wire import Limits, Wire
from upverdict.personas.loader import JUDGE


@dataclass(frozen=True, slots=True)
class Line:
    """What a voice is asked over: the wire, the model's name there, what it can take."""

    wire: Wire
    model: str
    traits: Traits


class Lines:
    """The open lines of one program. `endpoints` are by the names that seats carry."""

    def __init__(
        self,
        endpoints: dict[str, Endpoint],
        gguf: Path | None = None,
        model: str = "",
        limits: Limits | None = None,
        on_note: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._endpoints = endpoints
        self._gguf = gguf
        self._model = model  # asked for by the user when a debate is taken up again
        self._limits = limits
        self._note = on_note
        self._wires: dict[str, Wire] = {}
        self._models: dict[str, str] = {}
        self._server: BuiltinServer | None = None
        self._opening: dict[str, asyncio.Lock] = {}
        self._failed: dict[str, tuple[float, WireError]] = {}  # when and why an endpoint's models could not be had

    async def get(self, seat: Seat) -> Line:
        """The line of a seat.

        Raises WireError when the endpoint can't be had.
        """
        asked = self._endpoints[seat.endpoint]  # another one than the seat's, if the user chose another
        name = asked.name
        now = asyncio.get_running_loop().time
        came = now()
        async with self._opening.setdefault(name, asyncio.Lock()):
            at, error = self._failed.get(name, (0.0, None))
            if error and at >= came:  # somebody else has just found out, and nobody need wait for it once more
                raise WireError(error.fault, error.retry_after)
            if asked.kind == BUILTIN:
                await self._bury()
            wire = self._wires.get(name) or await self._open(asked)
            model = self._wanted(seat) or self._models.get(name, "")
            if not model:
                try:
                    model = self._models[name] = await self._first_model(wire)
                except WireError as e:
                    self._failed[name] = now(), e
                    raise
        small, window = wire.endpoint.size(model)
        can = await wire.abilities(model)
        return Line(wire, model, Traits(small, window, bool(can.search)))

    def asked(self, seat: Seat) -> str:
        """The name of the endpoint that is asked for a seat: its own, unless the user chose another."""
        return self._endpoints[seat.endpoint].name

    def expected(self, seat: Seat) -> tuple[Endpoint, str]:
        """The endpoint that is asked for a seat, and the model.

        The model is empty as long as the endpoint has not been asked what it has.
        """
        endpoint = self._endpoints[seat.endpoint]
        return endpoint, self._wanted(seat) or self._models.get(endpoint.name, "") or endpoint.model

    def traits(self, seat: Seat) -> Traits:
        """What a seat's model can take, as far as that is known before it is asked."""
        endpoint, model = self.expected(seat)
        can = abilities.declared(endpoint, model)
        return Traits(*endpoint.size(model), bool(can and can.search))

    def _wanted(self, seat: Seat) -> str:
        """The model that is asked for by name; a seat's own belongs to the endpoint that it was chosen for.

        Where the user has chosen another one, the judge is asked with that one's own for it.
        """
        if self._model or self.asked(seat) == seat.endpoint:
            return self._model or seat.model
        return self._endpoints[seat.endpoint].judge_model if seat.voice == JUDGE else ""

    def where(self, seat: Seat) -> str:
        """What is asked for a seat: an endpoint and a model there, which may turn it away while others don't."""
        return f"{self.asked(seat)} {self._wanted(seat)}"

    def leads(self, seats: Iterable[Seat]) -> dict[str, str]:
        """For each voice whose request can be served from what another one's has filled: whose that is.

        Voices with the same model of an endpoint that keeps the beginning of a prompt share it; the first of them goes
        ahead. Elsewhere all start at once.
        """
        first: dict[tuple[str, str], str] = {}
        found = {}
        for seat in seats:
            if self._endpoints[seat.endpoint].caching:
                lead = first.setdefault((self.asked(seat), self._wanted(seat)), seat.voice)
                if lead != seat.voice:
                    found[seat.voice] = lead
        return found

    async def close(self) -> None:
        """End every connection, and the built-in model."""
        for wire in self._wires.values():
            await wire.close()
        self._wires.clear()
        if self._server is not None:
            await self._server.stop()
            self._server = None

    async def _bury(self) -> None:
        """Forget a built-in model that has died, so that the next one that asks starts it anew."""
        if self._server is None or self._server.running:
            return
        await self._server.stop()
        self._server = None
        for name in [n for n, w in self._wires.items() if w.endpoint.kind == BUILTIN]:
            await self._wires.pop(name).close()

    async def _open(self, endpoint: Endpoint) -> Wire:
        if endpoint.kind == BUILTIN:
            endpoint = await self._start(endpoint)
        wire = Wire(endpoint, self._limits)
        self._wires[endpoint.name] = wire
        return wire

    async def _start(self, endpoint: Endpoint) -> Endpoint:
        self._note("starting the built-in model …")
        server = BuiltinServer(self._gguf)
        try:
            await server.start()
        except BuiltinError as e:
            raise WireError(Fault("builtin", str(e), False)) from e
        self._server = server
        self._note("")
        return replace(endpoint, url=server.url, key=server.key, model=server.model, window=server.context)

    async def _first_model(self, wire: Wire) -> str:
        """The endpoint's model, or the first that it names, for a seat that asks for none."""
        name = wire.endpoint.model
        if not name:
            named = await wire.models()
            if not named:
                raise WireError(
                    Fault("not_found", f"{wire.endpoint.name} names no model. Choose one with --model.", False)
                )
            name = named[0]
        return name
