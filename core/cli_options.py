"""The options of a debate on the command line, and the order that they make. Imports no more than the options need."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from upverdict.core import errors
from upverdict.core.config import DEPTHS

if TYPE_CHECKING:
    from upverdict.core.config import Config
    from upverdict.core.events import Frame
    from upverdict.core.session import Order


SLOWEST, FASTEST = 0.1, 1000
"""Between these a replay has a pace; beyond them it is a still, or at once."""


def _dollars(_ctx: click.Context, _param: click.Parameter, given: str | None) -> float | None:
    """US dollars over 0, with or without their sign."""
    if given is None:
        return None
    try:
        dollars = float(given.strip().removeprefix("$"))
    except ValueError:
        raise click.BadParameter(f"{given!r} is no number of US dollars. Write it like 0.50.") from None
    if not 0 < dollars < float("inf"):
        raise click.BadParameter(f"{given!r} lets nobody be asked. Name US dollars over 0, like 0.50.")
    return dollars


def pace(_ctx: click.Context, _param: click.Parameter, given: str) -> float:
    """How many times as fast; infinity for `max`."""
    if given.strip().lower() == "max":
        return math.inf
    try:
        speed = float(given.strip().lower().removesuffix("x").removesuffix("×"))
    except ValueError:
        speed = math.nan
    if not SLOWEST <= speed <= FASTEST:
        raise click.BadParameter(f"{given!r} is neither max nor a number from {SLOWEST} to {FASTEST}.")
    return speed


def choice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(
        (
            click.option(
                "--endpoint",
                default="",
                metavar="NAME|URL",
                help="claude, builtin, ollama, …, a name of yours, or a server's address; see `upverdict endpoints`.",
            ),
            click.option("--model", default="", help="The model to ask for."),
            click.option(
                "--gguf",
                type=click.Path(path_type=Path, dir_okay=False),
                help="A GGUF file of your own for the built-in model.",
            ),
            click.option("--auto", is_flag=True, help="On the screen: never wait for you at the floor."),
            click.option(
                "--max-cost",
                callback=_dollars,
                metavar="USD",
                help="Stop before the debate has cost more, with all that was said kept.",
            ),
        )
    ):
        command = option(command)
    return command


def order_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(
        (
            click.option("--background", default="", metavar="TEXT|@FILE", help="What the council should know."),
            click.option(
                "--source",
                "sources",
                multiple=True,
                metavar="URL|FILE|debate:ID",
                help="A page or a file that the council reads and cites, or a verdict of before, of which it says "
                "whether it still holds; as often as you like, ten at most.",
            ),
            click.option(
                "--rebuttal",
                "rebuttals",
                multiple=True,
                metavar="TEXT",
                help="Say this: the first after the openings, the next after rebuttal 1, …",
            ),
            click.option("--rounds", type=click.IntRange(0, 9), help="Rebuttal rounds (default 1)."),
            click.option("--depth", type=click.Choice(DEPTHS), help="How thorough (default standard)."),
            click.option(
                "--frame",
                type=click.Path(path_type=Path, dir_okay=False),
                help="How the question is to be understood: a TOML or JSON file, see the README.",
            ),
            click.option("--council", default="", metavar="A,B,…", help="The personas seated, two to eight."),
            click.option(
                "--voice-model",
                "voice_models",
                multiple=True,
                metavar="VOICE=MODEL[@ENDPOINT]",
                help="A model for one voice.",
            ),
            click.option("--judge-model", default="", metavar="MODEL[@ENDPOINT]", help="A model for the judge."),
        )
    ):
        command = option(command)
    return choice_options(command)


def order_of(question: str, **given: Any) -> Order:
    from upverdict.core.session import Choice, Order

    return Order(
        question=question,
        background=_text_or_file(given["background"]),
        rounds=given["rounds"],
        council=tuple(part.strip() for part in given["council"].split(",") if part.strip()),
        voice_models=dict(_pair(text) for text in given["voice_models"])
        | ({"judge": given["judge_model"]} if given["judge_model"] else {}),
        choice=Choice(given["endpoint"], given["model"], given["gguf"]),
        rebuttals=given["rebuttals"],
        auto=given["auto"],
        depth=given["depth"] or "",
        frame=_frame(given["frame"]),
        sources=given["sources"],
        max_cost=given["max_cost"],
    )


def _frame(path: Path | None) -> Frame | None:
    """The frame in a file of the user's."""
    if path is None:
        return None
    from upverdict.core import framing
    from upverdict.core.answer import Unreadable

    try:
        return framing.parse(_read(path))
    except Unreadable as e:
        raise errors.WrongUse(f"{path} is no frame: {e}") from e


def _read(path: Path) -> str:
    try:
        return path.expanduser().read_text("utf-8")
    except OSError as e:
        raise errors.WrongUse(f"{path} can't be read: {e.strerror or e}.") from e
    except UnicodeDecodeError as e:
        raise errors.WrongUse(f"{path} can't be read: it is no text in UTF-8.") from e


def _text_or_file(given: str) -> str:
    """The text, or with `@` before it the text of that file."""
    return _read(Path(given[1:])) if given.startswith("@") else given


def words_given(given: str) -> str:
    """The text; with `@` before it the text of that file, `-` that of stdin."""
    if given != "-":
        return _text_or_file(given)
    import sys

    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as e:
        raise errors.WrongUse("What stdin brings can't be read: it is no text in UTF-8. Nothing was changed.") from e


def _pair(text: str) -> tuple[str, str]:
    voice, equals, model = text.partition("=")
    if not (voice and equals and model):
        raise errors.WrongUse(f"--voice-model wants VOICE=MODEL or VOICE=MODEL@ENDPOINT, not {text!r}.")
    return voice.strip(), model.strip()


def preferring(config: Config, **given: Any) -> Config:
    """The configuration with what the options say: for every debate that is begun in the library."""
    from upverdict.core.values import replace

    alone = ("gguf", "background", "sources", "rebuttals", "voice_models", "judge_model", "frame")
    if any(given[name] for name in alone):
        raise errors.WrongUse(
            "--gguf, --background, --source, --rebuttal, --frame, --voice-model and --judge-model need a question "
            "behind them."
        )
    council = tuple(part.strip() for part in given["council"].split(",") if part.strip())
    return replace(
        config,
        endpoint=given["endpoint"] or config.endpoint,
        ordered=bool(given["endpoint"]),
        model=given["model"] or config.model,
        rounds=config.rounds if given["rounds"] is None else given["rounds"],
        depth=given["depth"] or config.depth,
        council=council or config.council,
        auto=given["auto"] or config.auto,
    )


def limited(config: Config, max_cost: float | None) -> Config:
    """The configuration with the limit of this run, for whatever it begins or takes up."""
    from upverdict.core.values import replace

    return replace(config, max_cost=max_cost) if max_cost else config
