"""Where things are and what the user prefers: environment, then `config.toml`, then defaults. Reads; never writes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from upverdict.core.errors import WrongUse
from upverdict.core.values import Simple

APP = "upverdict"

DEPTHS = ("quick", "standard", "thorough")
"""`quick` has no frame and one pass of the judge, `thorough` has replies besides (protocol.md)."""


class Config(Simple):
    """The user's preferences. Every field but `folder` is a key of `config.toml`."""

    folder: Path
    """The configuration folder: `config.toml` and the user's own `personas/`."""
    db: Path
    """The file that keeps the debates."""
    auto: bool = False
    """Never wait at the floor."""
    rounds: int = 1
    """Rebuttal rounds of a debate."""
    depth: str = "standard"
    """How thoroughly a debate is run: one of `DEPTHS`."""
    council: tuple[str, ...] = ()
    """The personas seated by default; empty: the built-in four."""
    endpoint: str = ""
    """The endpoint used by default: `claude`, `builtin` or an address."""
    model: str = ""
    """The model asked for by default."""
    theme: str = ""
    """The theme of the screens; empty: Textual's own default."""

    @property
    def personas(self) -> Path:
        """The folder of the user's own personas; it need not exist."""
        return self.folder / "personas"


def load(db: Path | None = None, env: Mapping[str, str] = os.environ) -> Config:
    """The configuration. Order: option (`db`), environment, file, default.

    Raises WrongUse when the file can't be read or holds what it must not.
    """
    named = env.get("UPVERDICT_CONFIG", "").strip()
    if named:
        path = Path(named).expanduser()
        is_file = path.suffix == ".toml" or path.is_file()
        folder = path.parent if is_file else path
        path = path if is_file else path / "config.toml"
    else:
        import platformdirs

        folder = Path(platformdirs.user_config_dir(APP, appauthor=False))
        path = folder / "config.toml"
    given = _read(path) if path.exists() else {}
    file_db = Path(given.pop("db")).expanduser() if "db" in given else None
    env_db = env.get("UPVERDICT_DB", "").strip()
    chosen = db or (Path(env_db).expanduser() if env_db else None) or file_db or _default_db()
    return Config(folder=folder, db=chosen, **given)


def _default_db() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir(APP, appauthor=False)) / "debates.db"


_TYPES: dict[str, type] = {
    "db": str,
    "auto": bool,
    "rounds": int,
    "depth": str,
    "endpoint": str,
    "model": str,
    "theme": str,
}


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as e:
        raise WrongUse(f"{path} can't be read: {e}. Nothing was changed.") from e
    except tomllib.TOMLDecodeError as e:
        raise WrongUse(f"{path} is not valid TOML: {e}.") from e
    known = [name for name in Config.FIELDS if name != "folder"]
    for key, value in raw.items():
        if key not in known:
            raise WrongUse(f"{path} has an unknown key {key!r}. Known are: {', '.join(known)}.")
        if key == "council":
            if not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
                raise WrongUse(f"{path}: council must be a list of names.")
        elif not isinstance(value, _TYPES[key]) or (isinstance(value, bool) and _TYPES[key] is not bool):
            raise WrongUse(f"{path}: {key} must be of type {_TYPES[key].__name__}.")
    if not 0 <= raw.get("rounds", 1) <= 9:
        raise WrongUse(f"{path}: rounds must be 0 to 9.")
    if raw.get("depth", "quick") not in DEPTHS:
        raise WrongUse(f"{path}: depth must be one of {', '.join(DEPTHS)}.")
    if "council" in raw:
        raw["council"] = tuple(raw["council"])
    return raw
