"""The command that takes debates over from files."""

from __future__ import annotations

import click

from upverdict.core.cli_env import Env, everywhere


@click.command("import")
@click.argument("files", metavar="FILE…|FOLDER|-", nargs=-1, required=True)
@click.option("--as-copy", is_flag=True, help="Keep a debate that differs from the one with its id under a new id.")
@click.option("--dry-run", is_flag=True, help="Say what would be imported; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what becomes of each debate, as JSON, one a line.")
@everywhere
@click.pass_obj
def import_(env: Env, /, files: tuple[str, ...], as_copy: bool, dry_run: bool, as_json: bool) -> int:
    """Import debates: what `export` writes as JSON or JSON lines, or other files that keep debates.

    All of them or, where anything is wrong, none. One that is here already is not imported twice; one that has grown is
    brought up to date. - is stdin.
    """
    from upverdict.core import importing, signals

    signals.raise_again()
    return importing.importing(env.config.db, files, as_copy=as_copy, dry_run=dry_run, as_json=as_json)
