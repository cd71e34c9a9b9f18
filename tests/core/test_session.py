"""What a debate is put together from when it is taken up again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.talk import Talk
from upverdict.core import events as ev
from upverdict.core.config import Config
from upverdict.core.errors import WrongUse
from upverdict.core.session import Choice, resume
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store
from upverdict.core.values import replace


async def test_a_debate_with_a_model_from_a_file_is_not_gone_on_with_by_another_unasked(tmp_path: Path) -> None:
    path = tmp_path / "debates.db"
    store = await Store.open(path)
    talk = Talk()
    talk.say("builder", 0, "I speak for a model of yours.")
    talk.log.append(ev.DebateInterrupted())
    first, *rest = talk.events
    assert isinstance(first, ev.DebateStarted)
    seats = tuple(replace(s, endpoint="builtin", model="my-\x1b[31mmodel") for s in first.council)
    await store.import_events([replace(first, council=seats, judge=replace(seats[0], voice="judge")), *rest])
    config, library = Config(folder=tmp_path, db=path), Library(path)
    with pytest.raises(WrongUse, match=r"begun with a model from a file of yours, my-model.*--gguf FILE"):
        await resume(store, library, talk.log.id, config, Choice())
    before = len(list(library.events(talk.log.id)))
    assert before == len(talk.events), "nothing was written"
    session = await resume(store, library, talk.log.id, config, Choice(endpoint="http://127.0.0.1:9"))
    await session.close()
    await store.close()
