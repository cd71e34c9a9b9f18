"""Replays a kept debate without a screen: its text or its events to stdout, at the pace at which they came.

When what comes is decided in `replay.py`; how it is said is `follower.py`'s, as for a debate that is held. Opens no
connection and writes nothing.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from upverdict.core import errors, plaintext, replay
from upverdict.core.follower import follower
from upverdict.core.log import Log
from upverdict.core.output import Output
from upverdict.core.stopping import Signals, all_taken
from upverdict.core.store.reader import Library, State
from upverdict.core.way_on import to_type

AT_ONCE = float("inf")
"""The speed of a replay that waits for nothing."""


def replaying(db: Path, id: str, speed: float, *, as_json: bool) -> int:
    """Replay a debate to its end, which is success however the debate ended; returns the exit code."""
    library = Library(db)
    id = library.resolve(id)
    state = library.state(id)
    table = replay.Timetable(library.told(id))
    library.close()
    return asyncio.run(_replay(table, state, speed, as_json))


async def _replay(table: replay.Timetable, state: State, speed: float, as_json: bool) -> int:
    signals, output = Signals(), Output()
    log = Log(table.events[0].debate)
    log.replay(table.events[0])
    saying = follower(log, output, as_json=as_json)
    run = asyncio.create_task(_play(log, table, speed))
    output.on_failure = signals.leave = run.cancel
    await saying.follow(run)
    if not run.cancelled():
        await run
        output.note(_end(log, state))
    if not await all_taken(output, signals) or signals.came:
        output.insist("Interrupted.")
        return errors.INTERRUPTED
    if output.failure is not None and not errors.nobody_reads(output.failure):
        raise errors.UserError(f"The output can't be written: {output.failure.strerror or output.failure}.")
    return errors.VERDICT  # as with `show`, who has read enough may go


async def _play(log: Log, table: replay.Timetable, speed: float) -> None:
    """Put the events into the log when they are due. The loop has a turn behind each: it is said before the next one
    is in the fold."""
    place = table.begin(speed)
    if speed == AT_ONCE:
        place = table.at_once(place)
    clock = asyncio.get_running_loop().time
    since = clock()
    while True:
        for event in table.events[log.debate.seq : place.count]:
            log.replay(event)
            await asyncio.sleep(0)
        if table.over(place):
            return
        await asyncio.sleep(table.due(place))
        now = clock()
        place, since = table.after(place, now - since), now


def _end(log: Log, state: State) -> str:
    """What a person has to know of how it ended, if not with a verdict."""
    debate, go_on = log.debate, f"{to_type('continue', log.id)} goes on with it."
    match state:
        case "running":
            return "The debate is being held in another window: this is what had come by now."
        case "interrupted":
            return f"Here the debate was interrupted; {go_on}"
        case "failed":
            return f"upverdict: {plaintext.why_not(debate)} {go_on}"
    return ""
