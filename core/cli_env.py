"""What every command is given, and the options that every command takes. Knows no command."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click_default_group import DefaultGroup

from upverdict.core import way_on

if TYPE_CHECKING:
    from upverdict.core.config import Config
    from upverdict.core.session import Order

    Group = click.Group  # the other one has no types of its own
else:
    Group = DefaultGroup


class LaterGroup(Group):
    """A group of which some commands are imported when they are wanted: each costs every other one its start."""

    later: Mapping[str, str] = MappingProxyType({})
    """By a command's name, where it is: `module:attribute`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self.commands, *self.later})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self.later and cmd_name not in self.commands:
            module, attribute = self.later[cmd_name].split(":")
            self.add_command(getattr(importlib.import_module(module), attribute))
        return super().get_command(ctx, cmd_name)


class Words(Group):
    """A group whose default command takes no words: what is none of its commands was mistyped."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            from upverdict.core.mistyped import no_such

            raise no_such(args[0], self, ctx.info_name or "")
        return super().resolve_command(ctx, args)


STAR = "* is meant where no command is named."
"""Below the commands of such a group, one of which it marks."""

Screen = Callable[["Config", "Order | None"], int]
"""Opens the screens on the library, or on a new debate, and returns the exit code. Given by the `tui` package."""


class Env(NamedTuple):
    """What every command gets from the group."""

    screen: Screen
    db: Path | None

    @property
    def config(self) -> Config:
        from upverdict.core.config import load

        return load(self.db)


def everywhere(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--db` and `--debug` after a command's name, too: where one first types them."""

    def take(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
        if value is not None:
            ctx.obj = Env(ctx.obj.screen, value)
            way_on.on_file(value)

    command = click.option("--debug", is_flag=True, expose_value=False, help="Show tracebacks.")(command)
    return click.option(
        "--db",
        type=click.Path(path_type=Path),
        expose_value=False,
        callback=take,
        help="The file that keeps the debates.",
    )(command)
