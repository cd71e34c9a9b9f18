"""The commands for the file that keeps the debates: `upverdict db …`. What they do is in `core/upkeep.py`."""

from __future__ import annotations

import click

from upverdict.core.cli_env import Env, Group, everywhere


@click.group(cls=Group, default="info", default_if_no_args=True)
def db() -> None:
    """The file that keeps the debates: what is in it, whether it is sound, copies of it."""


@db.command("path")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@everywhere
@click.pass_obj
def path(env: Env, /, as_json: bool) -> int:
    """Where the file is, and what says so."""
    from upverdict.core import upkeep

    return upkeep.placed(env.config, as_json)


@db.command("info")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@everywhere
@click.pass_obj
def info(env: Env, /, as_json: bool) -> int:
    """How many debates are in the file, how large it is, and what of it."""
    from upverdict.core import upkeep

    return upkeep.informing(env.config.db, as_json)


@db.command("datasette", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--print", "printed", is_flag=True, help="Print what Datasette is told of the file, and start nothing.")
@everywhere
@click.pass_obj
def datasette(env: Env, /, arguments: tuple[str, ...], printed: bool) -> int:
    """See the file in a browser, with Datasette. ARGUMENTS are Datasette's own, such as --open or --port 8002."""
    from upverdict.core import datasetting

    return datasetting.printing(env.config.db) if printed else datasetting.showing(env.config.db, arguments)
