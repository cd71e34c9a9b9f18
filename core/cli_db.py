"""The commands for the file that keeps the debates: `upverdict db …`. What they do is in `core/upkeep.py`."""

from __future__ import annotations

from pathlib import Path

import click

from upverdict.core.cli_env import STAR, Env, Words, everywhere


@click.group(cls=Words, default="info", default_if_no_args=True, epilog=STAR)
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


@db.command("rescue")
@click.option("--to", type=click.Path(path_type=Path), metavar="FILE", help="The new file; beside the old one if none.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one debate a line.")
@everywhere
@click.pass_obj
def rescue(env: Env, /, to: Path | None, as_json: bool) -> int:
    """Save what can be read of a damaged file in a new one. The damaged one is left as it is."""
    from upverdict.core import rescuing

    return rescuing.rescuing(env.config.db, to, as_json)


@db.command("datasette", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--print", "printed", is_flag=True, help="Print what Datasette is told of the file, and start nothing.")
@everywhere
@click.pass_obj
def datasette(env: Env, /, arguments: tuple[str, ...], printed: bool) -> int:
    """See the file in a browser, with Datasette. ARGUMENTS are Datasette's own, such as --open or --port 8002."""
    from upverdict.core import datasetting

    return datasetting.printing(env.config.db) if printed else datasetting.showing(env.config.db, arguments)


@db.command("check")
@click.option("--json", "as_json", is_flag=True, help="Each finding as JSON, one a line.")
@everywhere
@click.pass_obj
def check(env: Env, /, as_json: bool) -> int:
    """Whether the file is whole, and its tables and indexes say what its log says. Changes nothing."""
    from upverdict.core import mending

    return mending.checking(env.config.db, as_json)


@db.command("backup")
@click.argument("to", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@everywhere
@click.pass_obj
def backup(env: Env, /, to: Path | None, force: bool, as_json: bool) -> int:
    """Copy the file to FILE, whole and checked, whoever writes in it meanwhile.

    Without FILE the copy is beside it and has the date in its name.
    """
    from upverdict.core import signals, upkeep

    signals.raise_again()
    return upkeep.backing_up(env.config.db, to, force=force, as_json=as_json)


@db.command("rebuild")
@click.argument("id", metavar="[ID]", default="")
@click.option("--json", "as_json", is_flag=True, help="What was filled anew as JSON, one debate a line.")
@everywhere
@click.pass_obj
def rebuild(env: Env, /, id: str, as_json: bool) -> int:
    """Fill the tables and indexes anew from the log where they say otherwise, of debate ID or of all."""
    from upverdict.core import mending, signals

    signals.raise_again()
    return mending.rebuilding(env.config.db, id, as_json)


@db.command("vacuum")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@everywhere
@click.pass_obj
def vacuum(env: Env, /, as_json: bool) -> int:
    """Write the file anew without its empty pages. Not while a debate is being held."""
    from upverdict.core import signals, upkeep

    signals.raise_again()
    return upkeep.vacuuming(env.config.db, as_json)
