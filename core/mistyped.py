"""What is wrong with a line that begins with no command, in a sentence. Knows no command but by its name.

A mistyped command would be a debate, which costs money.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from upverdict.core.errors import WrongUse

_LONGEST_EXAMPLE = 60
"""Characters of a question that is written out again as it should be."""


class Open(click.Command):
    """The command that is meant by a line that begins with none."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        typed = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError:  # the options of the command that was mistyped, perhaps
            group = ctx.parent.command if ctx.parent else None
            if typed and isinstance(group, click.Group) and _near(typed[0], group):
                raise WrongUse(_hint(typed[0], group).strip()) from None
            raise


def no_command(word: str, group: click.Group) -> WrongUse:
    """A single word, which is rather a command than a question."""
    return WrongUse(f"{_hint(word, group)}To debate a question of one word: upverdict ask {word}")


def no_such(word: str, group: click.Group, name: str) -> WrongUse:
    """A word behind a group of commands, called so, that is none of them."""
    near = _near(word, group)
    which = f"Did you mean `upverdict {name} {near}`?" if near else f"`upverdict {name} --help` lists those there are."
    return WrongUse(f"There is no command {name} {word}. {which}")


def unquoted(words: Sequence[str], group: click.Group | None = None) -> WrongUse:
    """Several words: a question without its quotation marks, or, where `group` is given, a command of it."""
    question = " ".join(words)
    plain = len(question) <= _LONGEST_EXAMPLE and question.isprintable() and not set(question) & set('"\\$`!%')
    example = f'upverdict {"" if group else "ask "}"{question if plain else "QUESTION"}"'
    if group and _near(words[0], group):
        return WrongUse(f"{_hint(words[0], group)}To debate a question, put it in quotation marks: {example}")
    return WrongUse(f"Put the question in quotation marks: {example}")


def _hint(word: str, group: click.Group) -> str:
    near = _near(word, group)
    return f"There is no command {word}. " + (f"Did you mean `upverdict {near}`? " if near else "")


def _near(word: str, group: click.Group) -> str:
    """The command that was perhaps meant, or nothing."""
    import difflib

    ctx = click.get_current_context()
    found = ((name, group.get_command(ctx, name)) for name in group.list_commands(ctx))
    shown = [name for name, command in found if command is not None and not command.hidden]
    return next(iter(difflib.get_close_matches(word, shown, 1)), "")
