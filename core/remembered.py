"""What the screens remember from one run to the next, beside the debates: the theme. A small JSON file of the program's
own; the user's `config.toml` is never written. Knows no screen.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from upverdict.core.config import APP
from upverdict.core.errors import UserError

_MOST = 100_000
"""Bytes that are read; what is longer is not ours."""


def place(env: Mapping[str, str] = os.environ) -> Path:
    """The file: `UPVERDICT_STATE`, else `state.json` in the platform's folder for such things. It need not exist."""
    if named := env.get("UPVERDICT_STATE", "").strip():
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_state_dir(APP, appauthor=False)) / "state.json"


def recall(path: Path) -> dict[str, str]:
    """What was remembered; nothing where nothing was. Raises UserError where the file can't be read."""
    import json

    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_MOST))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as e:
        raise UserError(f"{path}, where the theme is remembered, can't be read: {_why(e)}. It can be deleted.") from e
    known = found.items() if isinstance(found, dict) else ()
    return {key: value for key, value in known if isinstance(value, str)}


def remember(path: Path, **what: str) -> None:
    """Keep this beside what is remembered already. Of two windows the later one wins; no reader sees half a file.

    Raises UserError where it can't be written.
    """
    import json
    import tempfile

    try:
        kept = recall(path)
    except UserError:
        kept = {}  # it is made anew
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(kept | what, file)
        os.replace(temporary, path)
        temporary = None
    except OSError as e:
        raise UserError(f"The theme can't be remembered in {path}: {_why(e)}. It stays until you leave.") from e
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _why(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else "it is not valid JSON"
