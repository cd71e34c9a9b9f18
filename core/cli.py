"""The command line: what is typed becomes a call, what comes back becomes text, JSON and an exit code.

Data goes to stdout, words for people to stderr. Heavy modules are imported by the commands that need them: browsing
must start as fast as Python and click do, and must need neither a model nor a screen.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from upverdict.core import errors, mistyped, way_on
from upverdict.core.cli_env import STAR, Env, LaterGroup, Screen
from upverdict.core.cli_env import Words as _Words
from upverdict.core.cli_env import everywhere as _everywhere
from upverdict.core.cli_options import choice_options, limited, order_of, order_options, pace, preferring
from upverdict.core.store import notices
from upverdict.core.text import clean

if TYPE_CHECKING:
    from upverdict.core.export import Form
    from upverdict.core.session import Order

_SHELF = ("tag", "rename", "note", "archive", "decide", "revisit", "due")
"""The commands for keeping debates."""


def main(screen: Screen) -> int:
    """Run the command line and return its exit code. No traceback without `--debug`."""
    debug = "--debug" in sys.argv[1:]
    notices.listen(lambda words: click.echo(clean(words), err=True))
    try:
        result = cli.main(prog_name="upverdict", standalone_mode=False, obj=screen)
        if sys.stdout is not None:
            sys.stdout.flush()  # what can't be written must be known here, not when Python ends
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as e:
        return e.exit_code
    except click.Abort:
        click.echo("Interrupted.", err=True)
        return errors.INTERRUPTED
    except click.ClickException as e:
        if isinstance(e, click.UsageError) and e.ctx and e.ctx.command.hidden and e.ctx.parent:
            e.ctx = e.ctx.parent  # the usage of a command that nobody has typed would puzzle
        e.show()
        return errors.WRONG_USE
    except errors.UserError as e:
        if debug:
            raise
        if not notices.heard(str(e)):
            click.echo(f"upverdict: {e}", err=True)
        return e.exit_code
    except SystemExit:  # not in this mode of click, but for one reason: whoever read our output has enough
        _deafen()
        return 0
    except OSError as e:
        _deafen()
        if errors.nobody_reads(e):
            return 0  # whoever read our output has enough
        if debug:
            raise
        click.echo(f"upverdict: the system refused something: {e.strerror or e}.", err=True)
        return errors.NO_VERDICT
    except Exception as e:
        if debug:
            raise
        click.echo(
            f"upverdict: something unexpected happened ({type(e).__name__}). What was said is kept. "
            "Run it again with --debug to see where.",
            err=True,
        )
        return errors.NO_VERDICT


def _deafen() -> None:
    """What stdout could not be rid of goes nowhere: else Python would try once more at its end, and complain."""
    if sys.stdout is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"upverdict {version('upverdict')}")
        ctx.exit()


class _Group(LaterGroup):
    later = MappingProxyType(
        {
            "db": "upverdict.core.cli_db:db",
            "import": "upverdict.core.cli_import:import_",
            "search": "upverdict.core.cli_search:search",
            "site": "upverdict.core.cli_site:site",
            **{name: f"upverdict.core.cli_shelf:{name}" for name in _SHELF},
        }
    )


@click.group(
    cls=_Group,
    default="open",
    default_if_no_args=True,
    invoke_without_command=True,  # options alone, such as --db FILE, open the library too
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--db", type=click.Path(path_type=Path), help="The file that keeps the debates.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show tracebacks.")  # read in `main`
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version.")
@click.pass_context
def cli(ctx: click.Context, db: Path | None) -> int | None:
    """Four advisors argue your question; a verdict proves its claims with the words that were said.

    `upverdict` opens the library, `upverdict "QUESTION"` starts a debate on the screen. Everything else works
    without a screen.

    Both take the options of a debate, such as --auto, --endpoint, --rounds and --max-cost: `upverdict ask --help`
    lists them.
    """
    ctx.obj = Env(ctx.obj, db)
    way_on.on_file(db)
    ctx.call_on_close(lambda: way_on.on_file(None))
    if ctx.invoked_subcommand is None:
        return open_.main([], "upverdict", standalone_mode=False, obj=ctx.obj)  # type: ignore[no-any-return]
    return None


@cli.command("open", cls=mistyped.Open, hidden=True)
@click.argument("words", metavar="[QUESTION]", nargs=-1)
@order_options
@_everywhere
@click.pass_obj
def open_(env: Env, /, words: tuple[str, ...], **given: Any) -> int:
    """Open the library, or start a debate about QUESTION, on the screen."""
    if len(words) > 1:
        raise mistyped.unquoted(words, cli)
    question = "".join(words)
    order = order_of(question, **given) if words else None  # which refuses an empty one
    if order and question.isascii() and question.isidentifier():
        raise mistyped.no_command(question, cli)
    config = env.config if order else preferring(env.config, **given)
    if sys.stdin.isatty() and sys.stdout.isatty():
        return env.screen(limited(config, given["max_cost"]), order)
    if order is None:
        raise errors.WrongUse(
            "The library needs a terminal. Without one: upverdict list, search, show; --help says more."
        )
    click.echo("upverdict: no terminal here, so this runs as `upverdict ask`.", err=True)
    return _ask(env, order, as_json=False)


@cli.command()
@click.argument("words", metavar="QUESTION", nargs=-1, required=True)
@order_options
@click.option("--json", "as_json", is_flag=True, help="Print one event a line, as it happens.")
@click.option("--estimate", is_flag=True, help="Print what it would take in tokens and US dollars; ask nobody.")
@_everywhere
@click.pass_obj
def ask(env: Env, /, words: tuple[str, ...], as_json: bool, estimate: bool, **given: Any) -> int:
    """Run a debate about QUESTION without the screen."""
    if len(words) > 1:
        raise mistyped.unquoted(words)
    if estimate:
        from upverdict.core.headless import estimating

        return estimating(env.config, order_of(words[0], **given), as_json=as_json)
    return _ask(env, order_of(words[0], **given), as_json=as_json)


def _ask(env: Env, order: Order, *, as_json: bool) -> int:
    from upverdict.core.headless import hold

    return hold(env.config, order, as_json=as_json)


@cli.command("continue")
@click.argument("id", metavar="ID")
@choice_options
@click.option("--rebuttal", "rebuttals", multiple=True, metavar="TEXT", help="Say this at the next floor.")
@click.option("--json", "as_json", is_flag=True, help="Print one event a line, as it happens.")
@_everywhere
@click.pass_obj
def continue_(env: Env, /, id: str, as_json: bool, rebuttals: tuple[str, ...], **given: Any) -> int:
    """Finish a debate that was interrupted; only what it lacks is asked."""
    from upverdict.core.headless import take_up
    from upverdict.core.session import Choice

    choice = Choice(given["endpoint"], given["model"], given["gguf"])
    config = limited(env.config, given["max_cost"])
    return take_up(config, id, choice, rebuttals=rebuttals, as_json=as_json)


@cli.command("push-back")
@click.argument("id", metavar="ID")
@click.argument("words", metavar="TEXT", nargs=-1, required=True)
@click.option(
    "--flip", type=click.IntRange(1), metavar="N", help="TEXT is what you found out about fact N that would flip it."
)
@choice_options
@click.option("--json", "as_json", is_flag=True, help="Print one event a line, as it happens.")
@_everywhere
@click.pass_obj
def push_back(env: Env, /, id: str, words: tuple[str, ...], flip: int | None, as_json: bool, **given: Any) -> int:
    """Say what a verdict gets wrong. The council answers, the judge looks again: a new version, or it stands."""
    from upverdict.core.headless import object_to
    from upverdict.core.session import Choice

    choice = Choice(given["endpoint"], given["model"], given["gguf"])
    config = limited(env.config, given["max_cost"])
    return object_to(config, id, choice, " ".join(words), flip=flip, as_json=as_json)


@cli.command("list")
@click.option("--limit", type=click.IntRange(1), default=50, help="How many, newest first.")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.option(
    "--tag", "tags", multiple=True, metavar="TAG", help="Only those with this tag; several: with all of them."
)
@click.option("--archived", is_flag=True, help="Those that were put away, instead of the others.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one debate a line.")
@_everywhere
@click.pass_obj
def list_(env: Env, /, limit: int, everything: bool, tags: tuple[str, ...], archived: bool, as_json: bool) -> int:
    """The debates that were kept, newest first."""
    from upverdict.core import browse

    config = env.config
    shown = None if everything else limit
    return browse.listing(config.db, shown, as_json, tags, archived=archived, named_by=config.named_by)


@cli.command()
@click.argument("id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="The document, as JSON.")
@click.option(
    "--version", "version", metavar="N", type=click.IntRange(min=1), help="This version of the verdict alone."
)
@_everywhere
@click.pass_obj
def show(env: Env, /, id: str, as_json: bool, version: int | None) -> int:
    """Show one debate. ID may be shortened, or be `last`."""
    from upverdict.core import browse

    return browse.showing(env.config.db, id, as_json, version)


@cli.command()
@click.argument("id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_everywhere
@click.pass_obj
def score(env: Env, /, id: str, as_json: bool) -> int:
    """Score one debate by what code can prove of it: its quotes, who was attacked, who answered you, its claims."""
    from upverdict.core import browse

    return browse.scoring(env.config.db, id, as_json)


@cli.command()
@click.argument("id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_everywhere
@click.pass_obj
def cost(env: Env, /, id: str, as_json: bool) -> int:
    """Show what one debate has cost: by statement, frame and verdict, in tokens and US dollars."""
    from upverdict.core import browse

    return browse.costing(env.config.db, id, as_json)


@cli.command()
@click.argument("id", metavar="ID")
@click.option(
    "--speed",
    default="1",
    callback=pace,
    metavar="N|max",
    help="How many times as fast as it was said: 1, 4, 16, any other number, or max, which is at once.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one event a line, as it comes.")
@_everywhere
@click.pass_obj
def replay(env: Env, /, id: str, speed: float, as_json: bool) -> int:
    """Replay one debate as it was said, with long silences shortened. ID may be shortened, or be `last`."""
    from upverdict.core.replaying import replaying

    return replaying(env.config.db, id, speed, as_json=as_json)


@cli.command()
@click.argument("ids", metavar="ID…", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All debates, archived ones too.")
@click.option("--format", "form", type=click.Choice(["md", "html", "json", "jsonl"]), help="Which; md if nothing says.")
@click.option("--output", "-o", default="", metavar="FILE", help="Write this file; its ending tells the format.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@_everywhere
@click.pass_obj
def export(env: Env, /, ids: tuple[str, ...], everything: bool, form: Form | None, output: str, force: bool) -> int:
    """Export debates to be shared: as Markdown, HTML, JSON or JSON lines. ID may be shortened, or be `last`."""
    from upverdict.core.export import exporting

    return exporting(env.config.db, ids, form, output, force=force, everything=everything)


@cli.command()
@click.argument("id", metavar="ID")
@click.option("--yes", "-y", is_flag=True, help="Don't ask.")
@_everywhere
@click.pass_obj
def delete(env: Env, /, id: str, yes: bool) -> int:
    """Delete one debate for good."""
    from upverdict.core import browse, signals

    signals.raise_again()
    return browse.deleting(env.config.db, id, yes)


@cli.group(cls=_Words, default="list", default_if_no_args=True, epilog=STAR)
def personas() -> None:
    """The council's files."""


@personas.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_everywhere
@click.pass_obj
def personas_list(env: Env, /, as_json: bool) -> int:
    """The personas that can be seated."""
    from upverdict.core import council

    return council.listing(env.config, as_json)


@personas.command("show")
@click.argument("voice")
@_everywhere
@click.pass_obj
def personas_show(env: Env, /, voice: str) -> int:
    """Print a persona's file."""
    from upverdict.core import council

    return council.showing(env.config, voice)


@personas.command("new")
@click.argument("voice")
@_everywhere
@click.pass_obj
def personas_new(env: Env, /, voice: str) -> int:
    """Write a persona of your own to begin with; for a built-in one, a copy that replaces it."""
    from upverdict.core import council

    return council.creating(env.config, voice)


@personas.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@_everywhere
@click.pass_obj
def personas_check(env: Env, /, files: tuple[Path, ...]) -> int:
    """Say what is wrong with personas: with yours, or with FILES."""
    from upverdict.core import council

    return council.checking(env.config, files)


@personas.command("path")
@_everywhere
@click.pass_obj
def personas_path(env: Env, /) -> int:
    """Where your own personas belong."""
    click.echo(str(env.config.personas))
    return 0


@cli.group(cls=_Words, default="list", default_if_no_args=True, epilog=STAR)
def endpoints() -> None:
    """What can be talked to here, and which of it would be used."""


@endpoints.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one endpoint a line.")
@_everywhere
@click.pass_obj
def endpoints_list(env: Env, /, as_json: bool) -> int:
    """Everything that can be talked to: named ones, servers of this machine, Claude, the built-in model."""
    from upverdict.core import reaching

    return reaching.listing(env.config, as_json)


@endpoints.command("check")
@click.argument("name", metavar="NAME|URL")
@click.option("--model", default="", help="The model to ask for.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_everywhere
@click.pass_obj
def endpoints_check(env: Env, /, name: str, model: str, as_json: bool) -> int:
    """Send one tiny request, and say what came of it."""
    from upverdict.core import reaching

    return reaching.checking(env.config, name, model, as_json)
