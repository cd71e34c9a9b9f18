"""Who sits in a debate, and what each voice and the judge are asked with. Knows no log and starts nothing.

For a voice the option comes first, then `[voices]` of the configuration, its persona's front matter, the default. The
first of them that names an endpoint decides where it is asked; a model is taken from there or from what comes before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from upverdict.core import events as ev
from upverdict.core.choosing import YOUR_CHOICE, Book, Chosen
from upverdict.core.config import Config
from upverdict.core.endpoints import CLAUDE, Endpoint, EndpointError
from upverdict.core.errors import NothingToTalkTo, WrongUse
from upverdict.core.text import clean
from upverdict.personas import loader

if TYPE_CHECKING:
    from upverdict.core.session import Order


@dataclass(frozen=True, slots=True)
class Seating:
    """The seats of a debate, and the endpoints by the names that the seats carry.

    `default` is what those are asked for whom nothing else is said; None where there are none.
    """

    council: tuple[ev.Seat, ...]
    judge: ev.Seat
    endpoints: dict[str, Endpoint]
    default: Chosen | None

    @property
    def said(self) -> str:
        """Who answers and why, in one line; empty where it is all as the user has just said."""
        if self.default and self.default.why == YOUR_CHOICE and len(self.endpoints) == 1:
            return ""
        default = self.default.endpoint.name if self.default else ""
        parts = []
        if self.default:
            model = self.default.endpoint.model
            shown = f" ({clean(model)})" if model else ""
            parts.append(f"{clean(default)}{shown}: {clean(self.default.why)}")
        for seat in (*self.council, self.judge):
            if seat.endpoint != default:
                model = f" ({clean(seat.model)})" if seat.model else ""
                parts.append(f"{seat.voice} at {clean(seat.endpoint)}{model}")
        return f"Asking {'; '.join(parts)}."

    @property
    def apart(self) -> dict[str, str]:
        """For each voice that is asked otherwise than most are, with what: `MODEL`, or `MODEL @ ENDPOINT` elsewhere.

        That is measured by the default, or where there is none, by the first voice.
        """
        first = self.council[0]
        usual = self.default.endpoint if self.default else self.endpoints[first.endpoint]
        model = usual.model if self.default else first.model
        found = {}
        for place in (*self.council, self.judge):
            own = usual.judge_model or model if place.voice == loader.JUDGE else model
            if place.endpoint != usual.name:
                found[place.voice] = f"{clean(place.model)} @ {clean(place.endpoint)}".strip()
            elif place.model != own:
                found[place.voice] = clean(place.model)
        return found


async def seat(order: Order, config: Config, book: Book) -> Seating:
    """The seats of an order. Raises WrongUse for a council that cannot sit, NothingToTalkTo for an endpoint that can't
    be had, with the voice that it was for."""
    personas, judge = _personas(order, config)
    voices = _Voices(order, config, book)
    council = tuple([await voices.seat(p) for p in personas])
    return Seating(council, await voices.seat(judge), voices.endpoints, voices.default)


async def troubled(order: Order, config: Config, book: Book) -> dict[str, str]:
    """For each voice that can't be asked with what is said for it, that and why; none where the council can't sit.

    Tells of servers of this machine that don't answer too: they may, by the time when they are asked.
    """
    try:
        personas, judge = _personas(order, config)
    except WrongUse:
        return {}
    voices = _Voices(order, config, book)
    return {p.slug: why for p in (*personas, judge) if (why := await voices.wrong(p))}


def _personas(order: Order, config: Config) -> tuple[tuple[loader.Persona, ...], loader.Persona]:
    slugs = order.council or config.council or loader.DEFAULT_COUNCIL
    try:
        files = loader.files(config.personas)
        # Only those that sit are read: a broken file of somebody who stays at home stops no debate.
        wanted = {*slugs, loader.JUDGE} if files.keys() >= set(slugs) else files.keys()
        personas = {slug: loader.load(path) for slug, path in files.items() if slug in wanted}
        chosen = loader.council(personas, slugs)
    except (loader.PersonaError, loader.CouncilError) as e:
        raise WrongUse(str(e), about="council") from e
    strangers = set(order.voice_models) - {p.slug for p in chosen} - {loader.JUDGE}
    if strangers:
        raise WrongUse(f"No voice of this council is called {', '.join(sorted(strangers))}.", about="council")
    unknown = {voice for voice, _ in config.voices} - files.keys()
    if unknown:
        raise WrongUse(
            f"config.toml names {', '.join(sorted(unknown))} under [voices], and there is no such persona. "
            "`upverdict personas` lists them.",
            about="council",
        )
    return chosen, personas[loader.JUDGE]


class _Voices:
    """Finds for each voice its endpoint and model. The default is only looked for when a voice needs it."""

    def __init__(self, order: Order, config: Config, book: Book) -> None:
        self.endpoints: dict[str, Endpoint] = {}
        self.default: Chosen | None = None
        self._order = order
        self._config = dict(config.voices)
        self._book = book

    async def seat(self, persona: loader.Persona) -> ev.Seat:
        endpoint, model = await self._asked(persona)
        self.endpoints.setdefault(endpoint.name, endpoint)
        own = endpoint.judge_model or endpoint.model if persona.slug == loader.JUDGE else endpoint.model
        return ev.Seat(
            voice=persona.slug,
            letter=persona.letter,
            name=persona.name,
            tagline=persona.tagline,
            colour=persona.colour,
            prompt=persona.prompt,
            endpoint=endpoint.name,
            model=model or own,
            search=persona.search,
        )

    async def wrong(self, persona: loader.Persona) -> str:
        """What is said for a voice and why it can't be had; empty where it can, or no endpoint is said for it."""
        shown = next(filter(None, self._words(persona)), "")
        try:
            _, name = next(((m, n) for m, n in self._parts(persona) if n), ("", ""))
            if not name:
                return ""
            shown = f"@{name}"
            why = self._book.unreachable(await self._book.get(name))
        except EndpointError as e:
            why = str(e).removeprefix(f"{shown[1:]} can't be used: ")
        return clean(f"{shown}, can't be used: {why}") if why else ""

    async def _asked(self, persona: loader.Persona) -> tuple[Endpoint, str]:
        """The endpoint of a voice, and the model that is said for it, empty where none is."""
        said = self._said(persona)
        place = next((i for i, (_, name) in enumerate(said) if name), None)
        if place is None:
            endpoint = await self._default()
            *words, (front, _) = said
            # Personas are written for Claude: what one names there means nothing elsewhere.
            models = [*(m for m, _ in words), front if endpoint.kind == CLAUDE else ""]
        else:
            endpoint = await self._get(persona.slug, said[place][1])
            models = [m for m, _ in said[: place + 1]]
        return endpoint, next(filter(None, models), "")

    def _words(self, persona: loader.Persona) -> tuple[str, str]:
        """`MODEL[@ENDPOINT]` as option and configuration have it."""
        return self._order.voice_models.get(persona.slug, ""), self._config.get(persona.slug, "")

    def _parts(self, persona: loader.Persona) -> list[tuple[str, str]]:
        """(model, endpoint) as option, configuration and front matter have them. Raises EndpointError."""
        return [*map(self._book.apart, self._words(persona)), (persona.model, persona.endpoint)]

    def _said(self, persona: loader.Persona) -> list[tuple[str, str]]:
        """The same. Raises NothingToTalkTo, with the voice."""
        try:
            return self._parts(persona)
        except EndpointError as e:
            raise NothingToTalkTo(f"For the voice {persona.slug}: {e}", about="council", voice=persona.slug) from e

    async def _default(self) -> Endpoint:
        if self.default is None:
            choice = self._order.choice
            self.default = await chosen(self._book, choice.endpoint, choice.model, given=bool(choice.gguf))
        return self.default.endpoint

    async def _get(self, voice: str, name: str) -> Endpoint:
        try:
            endpoint = await self._book.get(name)
        except EndpointError as e:
            raise NothingToTalkTo(f"For the voice {voice}: {e}", about="council", voice=voice) from e
        return self.endpoints.get(endpoint.name, endpoint)


async def chosen(book: Book, endpoint: str, model: str, *, given: bool) -> Chosen:
    """What the book chooses. Raises NothingToTalkTo; WrongUse where a file was given for the built-in model."""
    try:
        return await book.default(endpoint, model)
    except EndpointError as e:
        raise (WrongUse if given else NothingToTalkTo)(str(e), about="endpoint") from e
