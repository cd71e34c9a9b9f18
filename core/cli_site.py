"""The command that makes a static site of the library."""

from __future__ import annotations

from pathlib import Path

import click

from upverdict.core.cli_env import Env, everywhere


@click.command("site")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", default="Debates", help="What stands on top of the lists.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Only debates with this tag, or with all of them.")
@click.option("--archived", is_flag=True, help="Also those that are archived.")
@everywhere
@click.pass_obj
def site(env: Env, /, folder: Path, title: str, tags: tuple[str, ...], archived: bool) -> int:
    """Make a static site of all debates, with lists and a search: to be opened as files, or put on a web server.

    Given again, it brings FOLDER up to date.
    """
    from upverdict.core import signals
    from upverdict.core import site as making

    signals.raise_again()
    return making.publishing(env.config.db, folder, title=title, tags=tags, archived=archived)
