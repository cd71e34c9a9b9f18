"""What the pictures and the recording show: a scripted debate about one question, and debates that were kept before."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from textual.pilot import Pilot

from tests.scripted import (
    Gate,
    Pace,
    Recorded,
    Reply,
    Script,
    ScriptedEndpoint,
    ScriptLike,
    by_voice,
    debate_script,
    in_turn,
    status,
)
from tests.scripted.debate import Debate as ScriptedDebate
from tests.scripted.texts import ENGLISH, HOSTING
from tests.shapes import Block, claude, results, said, search, thought
from upverdict.core.config import Config
from upverdict.core.debate import Debate
from upverdict.core.named import NamedEndpoint
from upverdict.core.session import Choice, Order, start
from upverdict.core.store.writer import Store
from upverdict.tui.app import UpverdictApp
from upverdict.tui.screens.debate import DebateScreen

KEPT = (
    "Should we rewrite the billing service?",
    "Is remote work better for juniors?",
    "Buy the house now or rent for three more years?",
)
QUESTION = "Self-host LLMs or use API access?"
SAID = "You all assume that we have a platform team. We are two people. Answer that."
ANSWERED = "C1.7"
"""The sentence of the Contrarian's that the user answers with it."""
FOUND_OUT = "Our provider's price doubled in May"
TEXTS = replace(
    ENGLISH,
    openings=HOSTING,
    frame={
        "restatement": "Should a small team run a language model on machines of its own, or pay for one by use?",
        "presuppositions": ["An open model is good enough for most of the work.", "Customers allow either."],
        "options": ["Own machines", "Pay by use", "Pay by use now, own machines once the load is steady"],
        "kind": "contested",
    },
    headline="Call an API now, and buy the machine when a month of logs shows a steady load.",
    decision="Two people can run a product or a model server, not both: pay by use while the load is a guess. Log "
    "every call with its cost from the first day, behind a thin layer of your own. Once the hours that you pay for "
    "would be busy for more than half, try a machine of your own, and send it the small and repeated work first.",
    agreed="How busy the hardware would be decides, and only your own logs can tell.",
    split="Whether to learn how a model is run before anything depends on it.",
    flip=("A month of your own logs shows more than half of the hours busy.", "Read last month's request log."),
)
"""What is said about the question, where it is not what the scripted debate says to any."""
HEADLINE_2 = "Price a machine of your own this month: the bill is no longer yours to plan with."
DECISION_2 = (
    "Stay with the API until the machine is priced, and no longer: a price that doubles once can do it again. Send the "
    "small and repeated work to a machine of your own first; the hardest tenth stays where it is."
)
"""How the judge rules when he has read what was found out."""
LAB = "lab"
"""What the scripted endpoint is called."""
_FOUND = (
    ("https://example.org/reports/gpu-utilisation", "How busy are private GPU clusters?"),
    ("https://example.com/prices/h100-hours", "What an hour of an H100 costs, bought and rented"),
    ("https://example.net/leaderboards-and-tasks", "Leaderboards do not predict your own task"),
)
_CITED = {
    "moves by multiples.": (0, "In a median private cluster the processors are busy for 31 % of the hours."),
    "no discount on the rent closes the gap.": (1, "Below 60 % of use, a rented hour is cheaper at every discount."),
    "They measure somebody else's questions.": (2, "Rank on public boards explains little of one's own tasks."),
}
"""Words of the Researcher's, the source that they rest on, and what it says."""
_LOT = 7
PATIENCE = 120.0
"""Seconds after which what a picture waits for does not come any more."""


def searching(text: str, tokens_per_second: float, found: Gate | None = None) -> Reply:
    """The Researcher thinks, searches and cites, at about the pace of the others; it finds when the gate is opened."""
    blocks: list[Block | Gate | float] = [
        thought("Which figure decides it?"),
        0.3,
        search("t1", "GPU utilisation of private clusters 2026"),
        1.0 if found is None else found,
    ]
    blocks += [results("t1", *_FOUND), 0.2]
    for words, (place, quote) in _CITED.items():
        before, text = text.split(words)
        cut = before.rfind(". ") + 2
        blocks += [said(*_pieces(before[:cut])), said(*_pieces(before[cut:] + words), cites=[(*_FOUND[place], quote)])]
    return claude(*blocks, said(*_pieces(text)), every=2 / tokens_per_second, model="scripted-1", searches=1)


def _pieces(text: str) -> list[str]:
    """Of two tokens each."""
    return [text[at : at + 8] for at in range(0, len(text), 8)]


def script(tokens_per_second: float, *, found: Gate | None = None, overloaded: bool = False) -> Script:
    """The scripted debate; on the question of the pictures the Researcher searches.

    `found`: what it waits for when it searches. `overloaded`: the Skeptic's first rebuttal is turned away, to be asked
    for again in 20 seconds.
    """
    plain = debate_script()
    assert isinstance(plain, ScriptedDebate)
    own = replace(plain, texts=TEXTS)
    ruled_anew = replace(own, texts=replace(TEXTS, headline=HEADLINE_2, decision=DECISION_2))
    overrides: dict[str, ScriptLike] = {
        "researcher opening": searching(HOSTING["researcher"], tokens_per_second, found)
    }
    if overloaded:
        overrides["skeptic rebuttal"] = in_turn(status(529, message="Many ask just now", retry_after=20), own)
    asked_about = by_voice(overrides, own)

    def reply(asked: Recorded) -> Reply | Awaitable[Reply]:
        if "self-host" not in asked.prompt.lower():
            return plain(asked)
        return (ruled_anew if FOUND_OUT in asked.prompt else asked_about)(asked)

    return reply


@dataclass
class Stage:
    """A configuration in a folder of its own, which is gone afterwards, and the scripted endpoint that it names."""

    config: Config
    server: ScriptedEndpoint

    def app(self, question: str = "") -> UpverdictApp:
        """The program as `upverdict` starts it, or `upverdict QUESTION`."""
        return UpverdictApp(self.config, Order(question, choice=Choice(LAB)) if question else None)


@asynccontextmanager
async def stage(script: Script, tokens_per_second: float) -> AsyncIterator[Stage]:
    """An empty file of debates, and voices that speak at this pace. Lots fall the same way each time."""
    with TemporaryDirectory() as name, patch.object(secrets, "randbelow", lambda below: _LOT % below):
        home = Path(name)
        async with ScriptedEndpoint(script, pace=Pace(tokens_per_second=tokens_per_second)) as server:
            lab = NamedEndpoint(LAB, server.url, "scripted-1", search="web_search_20250305")
            config = Config(folder=home, db=home / "debates.db", endpoints=(lab,), endpoint=LAB, probe=())
            yield Stage(config, server)


async def fill(stage: Stage) -> None:
    """Some debates that are kept already, the first one interrupted."""
    pace, stage.server.pace = stage.server.pace, Pace(tokens_per_second=2000)
    store = await Store.open(stage.config.db)
    for place, question in enumerate(KEPT):
        session = await start(store, Order(question, choice=Choice(LAB), auto=True), stage.config)
        if place == 0:
            asyncio.get_running_loop().call_later(0.3, session.runner.interrupt)
        await session.run()
        await session.close()
    await store.close()
    stage.server.pace = pace


async def until(app: UpverdictApp, pilot: Pilot[int], predicate: Callable[[Debate], bool]) -> None:
    """Return when this holds of the debate that is held, and is drawn."""
    async with asyncio.timeout(PATIENCE):
        while not (app.session and predicate(app.session.log.debate)):
            await pilot.pause(0.05)
    await pilot.pause(0.1)


async def choose(app: UpverdictApp, pilot: Pilot[int], sentence: str, pause: float = 0.05) -> None:
    """Choose a sentence of the pane that has the keys, by its id, from the one in its middle up or down."""
    screen = app.screen
    assert isinstance(screen, DebateScreen)
    pane = screen.council.focused
    assert pane is not None
    wanted = int(sentence.partition(".")[2])
    async with asyncio.timeout(PATIENCE):
        key = "shift+up"
        while pane.chosen_id != sentence:
            await pilot.press(key)
            await pilot.pause(pause)
            assert pane.chosen_id is not None
            key = "shift+up" if int(pane.chosen_id.partition(".")[2]) > wanted else "shift+down"


def words_of(debate: Debate, number: int, voices: int = 0) -> int:
    """Words of the shortest statement of a round once so many voices, or all, have begun to speak."""
    said = sorted((len(s.text.split()) for s in debate.in_round(number).values()), reverse=True)
    voices = voices or len(debate.council)
    return said[voices - 1] if len(said) >= voices else 0
