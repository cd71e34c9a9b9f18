"""Where things are and what the user prefers: environment, then `config.toml`, then defaults. Reads; never writes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upverdict.core.errors import WrongUse
from upverdict.core.values import Simple, is_a

if TYPE_CHECKING:
    from upverdict.core.named import NamedEndpoint
    from upverdict.core.own_keys import OwnKeys
    from upverdict.core.prices import Own

APP = "upverdict"

DEPTHS = ("quick", "standard", "thorough")
"""`quick` has no frame and one pass of the judge, `thorough` has replies besides (protocol.md)."""


NOTIFY = ("bell", "desktop", "both", "off")
"""What calls the user: the terminal's bell, a notification of the desktop, both, nothing. The bell is the default: each
terminal has one, and makes of it what its owner chose."""


class Config(Simple):
    """The user's preferences. Every field but `folder` and `named_by` is a key of `config.toml`."""

    folder: Path
    """The configuration folder: `config.toml` and the user's own `personas/`."""
    db: Path
    """The file that keeps the debates."""
    named_by: str = ""
    """What says so: `--db`, `UPVERDICT_DB` or the path of `config.toml`; empty: it is the default."""
    auto: bool = False
    """Never wait at the floor."""
    rounds: int = 1
    """Rebuttal rounds of a debate."""
    depth: str = "standard"
    """How thoroughly a debate is run: one of `DEPTHS`."""
    council: tuple[str, ...] = ()
    """The personas seated by default; empty: the built-in four."""
    endpoint: str = ""
    """The endpoint used by default: a name, or an address."""
    ordered: bool = False
    """Whether that endpoint stands on the command line, not in the file."""
    model: str = ""
    """The model asked for by default, where the endpoint has none of its own."""
    endpoints: tuple[NamedEndpoint, ...] = ()
    """Endpoints by names of the user's."""
    voices: tuple[tuple[str, str], ...] = ()
    """For a voice or the judge, what it is asked with: `MODEL`, `MODEL@ENDPOINT` or `@ENDPOINT`."""
    probe: tuple[int, ...] | None = None
    """The ports of this machine where local servers are looked for: empty for none, None for the usual ones."""
    max_cost: float | None = None
    """US dollars that a debate may cost; None: no limit."""
    prices: tuple[Own, ...] = ()
    """What models cost where the list does not know it: tables `[prices."MODEL"]`."""
    theme: str = ""
    """The theme of the screens; empty: the one that was chosen last, else Textual's own default."""
    motion: bool = True
    """Whether anything on the screens may move that need not: blinking, sliding, scrolling by degrees."""
    notify: str = "bell"
    """How the screens call the user when a debate waits for them or has its verdict: one of `NOTIFY`."""
    keys: tuple[OwnKeys, ...] = ()
    """Keys of the user's own: the table `[keys]`. What they do is not known here."""

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
        if is_file and not path.exists():
            raise WrongUse(f"There is no {path}, which UPVERDICT_CONFIG names. A folder may be named there, too.")
        path = path if is_file else path / "config.toml"
    else:
        import platformdirs

        folder = Path(platformdirs.user_config_dir(APP, appauthor=False))
        path = folder / "config.toml"
    given = _read(path) if path.exists() else {}
    file_db = Path(given.pop("db")).expanduser() if "db" in given else None
    env_db = env.get("UPVERDICT_DB", "").strip()
    ways = ((db, "--db"), (Path(env_db).expanduser() if env_db else None, "UPVERDICT_DB"), (file_db, str(path)))
    chosen, named_by = next(((named, by) for named, by in ways if named), (_default_db, ""))
    return Config(folder=folder, db=chosen() if callable(chosen) else chosen, named_by=named_by, **given)


def probed(config: Config, env: Mapping[str, str], usual: Iterable[int]) -> tuple[int, ...]:
    """The ports of this machine where local servers are looked for; `usual` where nothing is said.

    `UPVERDICT_PROBE` is 0, 1 or ports with commas between them. Raises WrongUse when it is something else.
    """
    words = env.get("UPVERDICT_PROBE", "").strip().lower()
    if not words:
        return tuple(usual) if config.probe is None else config.probe
    if words in _SWITCH:
        return tuple(usual) if _SWITCH[words] else ()
    ports = [part.strip() for part in words.split(",")]
    if all(port.isascii() and port.isdigit() and 0 < int(port) < 65536 for port in ports):
        return tuple(dict.fromkeys(map(int, ports)))
    raise WrongUse(f"UPVERDICT_PROBE must be 0, 1 or ports with commas between them, not {words!r}.")


def patience(env: Mapping[str, str], usual: float) -> float:
    """Seconds that a local server has to answer when it is looked for; `usual` where `UPVERDICT_PROBE_SECONDS` is not
    set. Raises WrongUse when that is no number above 0 and up to 60.
    """
    words = env.get("UPVERDICT_PROBE_SECONDS", "").strip()
    if not words:
        return usual
    try:
        seconds = float(words)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 60:
        raise WrongUse(f"UPVERDICT_PROBE_SECONDS must be a number of seconds above 0 and up to 60, not {words!r}.")
    return seconds


def _default_db() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir(APP, appauthor=False)) / "debates.db"


_KINDS = {str: "text in quotes", bool: "true or false", int: "a whole number"}
_TYPES: dict[str, type] = {
    "db": str,
    "auto": bool,
    "rounds": int,
    "depth": str,
    "endpoint": str,
    "model": str,
    "theme": str,
    "motion": bool,
    "notify": str,
}


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        text = path.read_text("utf-8")
        raw = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as e:
        raise WrongUse(f"{path} can't be read: {e}. Nothing was changed.") from e
    except tomllib.TOMLDecodeError as e:
        raise WrongUse(f"{path} is not valid TOML: {e}.") from e
    known = [name for name in Config.FIELDS if name not in ("folder", "named_by")]
    for key, value in raw.items():
        if key not in known:
            raise WrongUse(f"{_place(path, text, key)}: unknown key {key!r}. Known are: {', '.join(known)}.")
        if key in _TYPES and not is_a(value, _TYPES[key]):
            raise WrongUse(f"{_place(path, text, key)}: {key} must be {_KINDS[_TYPES[key]]}.")
    if not 0 <= raw.get("rounds", 1) <= 9:
        raise WrongUse(f"{_place(path, text, 'rounds')}: rounds must be 0 to 9.")
    for key, words in (("depth", DEPTHS), ("notify", NOTIFY)):
        if raw.get(key, words[0]) not in words:
            raise WrongUse(f"{_place(path, text, key)}: {key} must be one of {', '.join(words)}.")
    return raw | {key: read(raw[key], path) for key, read in _READERS.items() if key in raw}


def _place(path: Path, text: str, key: str) -> str:
    """The file and the line where a key of its own stands; without the line where it is written in a way that is not
    looked for."""
    names = (line.strip(" \t[").partition("=")[0].strip(" \t\"']") for line in text.splitlines())
    line = next((number for number, name in enumerate(names, 1) if name == key), 0)
    return f"{path}, line {line}" if line else str(path)


def _council(value: object, path: Path) -> tuple[str, ...]:
    if not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
        raise WrongUse(f"{path}: council must be a list of names.")
    return tuple(value)


def _named(value: object, path: Path) -> tuple[NamedEndpoint, ...]:
    from upverdict.core.named import parse  # only a file with such a table pays for it

    return parse(value, path)


def _voices(value: object, path: Path) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise WrongUse(f'{path}: voices must be a table: [voices] with lines such as skeptic = "MODEL@ENDPOINT".')
    for voice, words in value.items():
        if not isinstance(words, str) or not words.strip("@ "):
            raise WrongUse(f"{path}: voices.{voice} must be MODEL, MODEL@ENDPOINT or @ENDPOINT, in quotes.")
    return tuple((voice, words.strip()) for voice, words in value.items())


def _keys(value: object, path: Path) -> tuple[OwnKeys, ...]:
    from upverdict.core.own_keys import parse  # only a file with such a table pays for it

    return parse(value, path)


def _ports(value: object, path: Path) -> tuple[int, ...] | None:
    if isinstance(value, bool):
        return None if value else ()
    if isinstance(value, list) and all(type(port) is int and 0 < port < 65536 for port in value):
        return tuple(dict.fromkeys(value))
    raise WrongUse(f"{path}: probe must be true, false or a list of ports such as [8080, 11434].")


def _dollars(value: object, path: Path) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise WrongUse(f"{path}: max_cost must be a number of US dollars over 0.")
    return float(value)


def _prices(value: object, path: Path) -> tuple[Own, ...]:
    from upverdict.core import prices  # only a file with such a table pays for it

    try:
        return prices.parse(value)
    except ValueError as e:
        raise WrongUse(f"{path}: {e}") from e


_SWITCH = {"0": False, "false": False, "no": False, "off": False, "1": True, "true": True, "yes": True, "on": True}
_READERS = {
    "council": _council,
    "endpoints": _named,
    "voices": _voices,
    "probe": _ports,
    "max_cost": _dollars,
    "prices": _prices,
    "keys": _keys,
}
"""What reads the values that are more than one of `_TYPES`."""
