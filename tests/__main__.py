"""All checks of the project, one after the other: lint, format, types, import contracts, tests. Stops at the first
that fails. `python -m tests` from the repository's root, in the project's environment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests import axe

ROOT = Path(__file__).parent.parent


def link_types() -> None:
    """Type checkers want the folders under the package's name: `.types/upverdict/core` and so on (not in git)."""
    for name in ("core", "personas", "tui"):
        link = ROOT / ".types" / "upverdict" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(Path("..", "..", name), target_is_directory=True)


def workers() -> str:
    """Twice as many as there are cores: most tests wait for a program, a server or a screen."""
    return str((os.cpu_count() or 2) * 2)


def environment() -> dict[str, str]:
    """Hundreds of processes read the same modules: what Python compiles is kept between them. Where it is not to stand
    beside the sources (PYTHONDONTWRITEBYTECODE), in a folder of its own (not in git).
    """
    env = dict(os.environ)
    if env.pop("PYTHONDONTWRITEBYTECODE", ""):
        env["PYTHONPYCACHEPREFIX"] = str(ROOT / ".pycache")
    return env


def main() -> int:
    link_types()
    axe.fetch()
    steps = (
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["lint-imports"],
        ["pytest", "-q", "-n", workers(), "--dist", "loadfile", "--no-loadscope-reorder", *sys.argv[1:]],
    )
    for command, *arguments in steps:
        print(f"== {command} {' '.join(arguments)}", flush=True)
        program = shutil.which(command, path=str(Path(sys.executable).parent)) or command
        if code := subprocess.call([program, *arguments], cwd=ROOT, env=environment()):
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
