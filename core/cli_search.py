"""The command that searches the kept debates. What it does is in `core/browse.py`."""

from __future__ import annotations

import click

from upverdict.core.cli_env import Env, everywhere


class _Search(click.Command):
    """`-word` is no option, but a word that is to be left out."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        short = {name for param in self.get_params(ctx) for name in param.opts if name[1:2] != "-"}
        return super().parse_args(ctx, [f" {arg}" if _word(arg) and arg not in short else arg for arg in args])


def _word(arg: str) -> bool:
    return arg[:1] == "-" and arg[1:2] not in ("", "-")


@click.command(cls=_Search)
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1), default=20, help="How many hits.")
@click.option("--newest", is_flag=True, help="Newest first, instead of best first.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one hit a line.")
@everywhere
@click.pass_obj
def search(env: Env, /, words: tuple[str, ...], limit: int, newest: bool, as_json: bool) -> int:
    """Find debates by any word of theirs; the last one may be unfinished.

    \b
    "two words"        side by side (in a shell: '"two words"')
    -word              what has it is left out
    voice:skeptic      said by this voice: its id, letter or name; you are one, too
    tag:work           with this tag
    state:failed       running, interrupted, finished or failed; also due or
                       archived
    after:2026-11      begun from then on: a year, month or day; also today,
                       yesterday, 7d, 2w, 3m, 1y
    before:2026-11-26  begun before then; written in the same ways

    Voices and states repeated: any of them; tags: all of them, and due and archived as well as a state. A minus before
    a filter turns it round. Filters alone list the newest debates that fit.
    """
    from upverdict.core import browse

    typed = " ".join(word.lstrip() for word in words)  # without the space that made a word of what begins with a minus
    return browse.searching(env.config.db, typed, limit, newest, as_json)
