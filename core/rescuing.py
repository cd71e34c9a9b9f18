"""`upverdict db rescue`: what can be read of a damaged file goes into a new one, and a table says what became of it.

What is done to the files is in `core/store`; here are the words.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from upverdict.core import errors, jsonform
from upverdict.core.store.rescuing import Log, Rescue, Rescued, rescue
from upverdict.core.text import clean

_LOGS: dict[Log, str] = {
    "none": "",
    "used": "",
    "foreign": "The -wal beside it does not belong to it: only what stands in it alone was taken from there. ",
    "doubtful": "Neither the file alone nor with the -wal beside it is sound: both were read. ",
}
_STEP = 2000
"""Debates after which it is told how far it is."""


def rescuing(db: Path, to: Path | None, as_json: bool) -> int:
    """Rescue the file into a new one, which is named if none is. 0 when nothing was lost."""
    target = to or _free(db.absolute())
    found = rescue(db, target, _progress)
    for one in found.debates:
        if as_json:
            print(jsonform.line(one._asdict()))
        else:
            print(clean(" ".join(_line(one).split("\n"))))
    _tell(_summary(db.absolute(), target.absolute(), found))
    return 0 if all(one.state == "whole" for one in found.debates) else errors.NO_VERDICT


def _free(db: Path) -> Path:
    """A name beside the file that nothing has yet."""
    number = 1
    while True:
        target = db.with_name(f"{db.stem}.rescued{f'-{number}' if number > 1 else ''}{db.suffix}")
        if not os.path.exists(target):  # in a folder that may not be entered either, which the rescue will say
            return target
        number += 1


def _line(one: Rescued) -> str:
    question = " ".join(one.question.split())
    return f"{one.id}  {one.state:<6}  {question}{f'  (lost: {one.lost})' if one.lost else ''}"


def _summary(db: Path, target: Path, found: Rescue) -> str:
    states = [one.state for one in found.debates]
    counts = [f"{states.count(state):,} {state}" for state in ("whole", "partly", "lost") if state in states]
    drafts = f"; {found.drafts:,} draft{'s' if found.drafts > 1 else ''}" if found.drafts else ""
    what = _LOGS[found.log]
    if found.readable:
        what = (
            "Nothing in the file is damaged. " if found.sound else "Every debate can be read; the rest is made anew. "
        )
    many = (
        f"{len(states):,} debate{'' if len(states) == 1 else 's'}{': ' if counts else ''}{', '.join(counts)}{drafts}."
    )
    return (
        f"{what}{many} What could be read is in {target}; {db} was left as it is. Look at the new one with "
        f"`upverdict --db {shlex.quote(str(target))}`. To go on with it, move the old one away with what is beside it, "
        "and give the new one its name."
    )


def _progress(debates: int) -> None:
    if debates and debates % _STEP == 0:
        _tell(f"{debates:,} debates …")


def _tell(words: str) -> None:
    print(clean(words), file=sys.stderr)
