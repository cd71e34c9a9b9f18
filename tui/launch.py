"""The program's entry: gives the command line its screens, to open when asked. Imports no Textual itself."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from upverdict.core import errors, signals

if TYPE_CHECKING:
    from upverdict.core.config import Config
    from upverdict.core.session import Order


def screen(config: Config, order: Order | None) -> int:
    """Open the screens; returns the exit code."""
    # Textual reads it when it is imported. At its default of 60 a key waits up to 33 ms for its frame while panes fill.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    if not config.motion:  # read then, too
        os.environ["TEXTUAL_ANIMATIONS"], os.environ["TEXTUAL_SMOOTH_SCROLL"] = "none", "0"
    from upverdict.tui.app import run

    signals.raise_again()  # the terminal must be left as it was found
    return run(config, order)


def main() -> None:
    """Run the command line and end the process with its exit code."""
    # What start-up makes lives to the end: each collection would look through all of it and find nothing, a tenth of
    # the time that `show` takes. The screens and a debate switch it on again, when they have what they need.
    gc.disable()
    try:
        signals.end_at_once()  # nearly all of the time until a command is at work goes into imports
        from upverdict.core import cli

        code = cli.main(screen)
        signals.let_die()
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        code = errors.INTERRUPTED
    sys.exit(code)
