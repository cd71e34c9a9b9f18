"""The council's files, for the command line. Opens no connection."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from upverdict.core import errors
from upverdict.core.config import Config
from upverdict.personas import loader


def listing(config: Config, as_json: bool) -> int:
    """Every persona that can be seated; a broken file is told on stderr and makes the exit code 2."""
    code = 0
    for path in _files(config).values():
        try:
            persona = loader.load(path)
        except loader.PersonaError as e:
            print(e, file=sys.stderr)
            code = errors.WRONG_USE
            continue
        own = persona.path.parent == config.personas
        if as_json:
            row = {
                "voice": persona.slug,
                "letter": persona.letter,
                "name": persona.name,
                "tagline": persona.tagline,
                "model": persona.model,
                "endpoint": persona.endpoint,
                "own": own,
                "path": str(persona.path),
            }
            print(json.dumps(row, ensure_ascii=False))
        else:
            mine = "  (yours)" if own else ""
            print(f"{persona.letter}  {persona.slug:<12}  {persona.name:<16}  {persona.tagline}{mine}")
    return code


def showing(config: Config, voice: str) -> int:
    found = _files(config)
    if voice not in found:
        raise errors.WrongUse(f"There is no persona {voice!r}. Known are: {', '.join(found)}.")
    try:
        loader.load(found[voice])  # a file with control characters must not reach the terminal
    except loader.PersonaError as e:
        raise errors.WrongUse(str(e)) from e
    sys.stdout.write(found[voice].read_text("utf-8"))
    return 0


def creating(config: Config, voice: str) -> int:
    path = config.personas / f"{voice}.md"
    if path.exists():
        raise errors.WrongUse(f"{path} exists already; nothing was changed.")
    try:
        text = loader.template(voice)
    except loader.PersonaError as e:
        raise errors.WrongUse(str(e)) from e
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    print(path)
    print(f"Edit it, then: upverdict personas check; upverdict ask --council {voice},…", file=sys.stderr)
    return 0


def checking(config: Config, files: tuple[Path, ...]) -> int:
    """Print every problem of every file; exit code 2 when there is one."""
    paths = files or tuple(_files(config).values())
    problems = [problem for path in paths for problem in loader.check(path)]
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{len(paths)} files, all sound.", file=sys.stderr)
    return errors.WRONG_USE if problems else 0


def _files(config: Config) -> dict[str, Path]:
    try:
        return loader.files(config.personas)
    except loader.PersonaError as e:
        raise errors.WrongUse(str(e)) from e
