"""The commands for keeping debates: tags, titles, notes, the archive, what was decided, what is to be looked at again.

What they do is in `core/tending.py`.
"""

from __future__ import annotations

import click

from upverdict.core.cli_env import Env, everywhere
from upverdict.core.cli_options import words_given


@click.command()
@click.argument("id", metavar="[ID]", required=False)
@click.argument("tags", metavar="[TAG]...", nargs=-1)
@click.option("--remove", "-r", multiple=True, metavar="TAG", help="Take this tag away; can be given several times.")
@click.option("--json", "as_json", is_flag=True, help="The tags as JSON, one a line.")
@everywhere
@click.pass_obj
def tag(env: Env, /, id: str | None, tags: tuple[str, ...], remove: tuple[str, ...], as_json: bool) -> int:
    """Tag one debate. Without TAG, print the tags that it has; without ID, all tags and how often each is used."""
    from upverdict.core import tending

    if id is None:
        if remove:
            raise click.UsageError("--remove needs the ID of a debate before it.")
        return tending.listing_tags(env.config.db, as_json)
    return tending.tagging(env.config.db, id, tags, remove, as_json)


@click.command()
@click.argument("id", metavar="ID")
@click.argument("words", metavar="TITLE", nargs=-1, required=True)
@everywhere
@click.pass_obj
def rename(env: Env, /, id: str, words: tuple[str, ...]) -> int:
    """Call one debate TITLE in lists; its question stays what it was. "" calls it by its question again."""
    from upverdict.core import tending

    return tending.renaming(env.config.db, id, " ".join(words))


@click.command()
@click.argument("id", metavar="ID")
@click.argument("words", metavar="[TEXT|@FILE|-]", nargs=-1)
@everywhere
@click.pass_obj
def note(env: Env, /, id: str, words: tuple[str, ...]) -> int:
    """Keep a note with one debate, in place of the one before; - reads it from stdin, "" takes it away.

    Without TEXT, print it.
    """
    from upverdict.core import tending

    return tending.noting(env.config.db, id, _given(words))


@click.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@click.option("--undo", is_flag=True, help="Take them back into the list.")
@everywhere
@click.pass_obj
def archive(env: Env, /, ids: tuple[str, ...], undo: bool) -> int:
    """Put debates away: out of the list, but still found by search, and by `list --archived`."""
    from upverdict.core import tending

    return tending.archiving(env.config.db, ids, undo)


@click.command()
@click.argument("id", metavar="ID")
@click.argument("words", metavar="[TEXT|@FILE|-]", nargs=-1)
@click.option("--outcome", metavar="TEXT|@FILE|-", help="How it turned out, when you know.")
@everywhere
@click.pass_obj
def decide(env: Env, /, id: str, words: tuple[str, ...], outcome: str | None) -> int:
    """Keep what you decided in the end, and later how it turned out, beside the verdict of one debate.

    "" takes it away. Without either, print both.
    """
    from upverdict.core import tending

    told = None if outcome is None else words_given(outcome)
    return tending.deciding(env.config.db, id, _given(words), told)


@click.command()
@click.argument("id", metavar="ID")
@click.option(
    "--on", default="", metavar="DAY", help="On this day: 2027-03-01, or 3 months, 6 weeks, 90 days from now."
)
@click.option(
    "--if", "fact", default="", metavar="TEXT", help="If this comes about; with --on, look then whether it did."
)
@click.option("--flip", type=click.IntRange(1), metavar="N", help="If fact N comes about that would flip the verdict.")
@click.option("--clear", is_flag=True, help="Take away all conditions; with others, before these are added.")
@everywhere
@click.pass_obj
def revisit(env: Env, /, id: str, on: str, fact: str, flip: int | None, clear: bool) -> int:
    """Say when to look at the verdict of one debate again: on a day, or if something comes about.

    Each call adds a condition; a day alone takes the place of the one before, as another day does for the same reason.
    Without options, print them. `upverdict due` shows what has come due.
    """
    from upverdict.core import tending

    if fact and flip:
        raise click.UsageError("--if and --flip both say what has to come about: give one of them.")
    return tending.revisiting(env.config.db, id, on, fact, flip, clear)


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also what comes due later, and what has no day.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one debate a line.")
@everywhere
@click.pass_obj
def due(env: Env, /, everything: bool, as_json: bool) -> int:
    """The verdicts that are to be looked at again by today, the longest overdue first."""
    from upverdict.core import tending

    return tending.due(env.config.db, everything, as_json)


def _given(words: tuple[str, ...]) -> str | None:
    """What was written, quoted or not; None where nothing was."""
    return words_given(" ".join(words)) if words else None
