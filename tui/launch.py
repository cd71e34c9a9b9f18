"""The program's entry: gives the command line its screens, to open when asked. Imports no Textual itself."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from upverdict.core import cli

if TYPE_CHECKING:
    from upverdict.core.config import Config
    from upverdict.core.session import Order


def screen(config: Config, order: Order | None) -> int:
    """Open the screens; returns the exit code."""
    # Textual reads it when it is imported. At its default of 60 a key waits up to 33 ms for its frame while panes fill.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    from upverdict.tui.app import run

    return run(config, order)


def main() -> None:
    sys.exit(cli.main(screen))
