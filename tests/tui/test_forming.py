"""The ruling while it takes shape: what is proven of it is shown section by section, and nothing around it moves."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static

from tests.council import council_but
from tests.scripted import Gate, hold, text
from tests.tui.stage import MEDIUM, NARROW, SMALL, WIDE, Live, live, screen_text
from upverdict.core import events as ev
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets.forming import FormingPanel

BEGUN = '{"headline": "Rent it first and see.", "decision": "Rent one machine. Then dec'
LOUD = "[b]Rent[/b] it \u202efirst\u202c, \x1b[31m[@click=app.quit]see[/]."


def panel(s: Live) -> FormingPanel:
    return s.screen.query_one(FormingPanel)


def words(s: Live) -> str:
    return str(panel(s).query_one(Static).render())


def inks(s: Live) -> str:
    """The styles of what stands in the panel."""
    return " ".join(str(span.style) for span in panel(s).query_one(Static).content.spans)  # type: ignore[union-attr]


async def judged(s: Live) -> None:
    """Wait until the judge is at it."""
    await s.floor(0)
    await s.pilot.press("escape", "n")
    await s.until(lambda: s.debate.judging is not None and panel(s).display)


@pytest.mark.parametrize("size", [WIDE, MEDIUM, SMALL, NARROW])
async def test_it_forms_section_by_section_and_goes_when_the_verdict_is_there(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    gate = Gate()
    answer = BEGUN + 'ide."}'
    script = council_but({"judge": text(answer, at={len(BEGUN): hold(gate)})})
    async with live(script, tmp_path, size=size, rounds=0) as s:
        assert not panel(s).display
        await judged(s)
        await s.until(lambda: "Rent one machine." in words(s))
        assert words(s).startswith("Rent it first and see.")
        assert "The verdict takes shape" in screen_text(s.app)
        assert "Rent it first and see." in screen_text(s.app)
        assert s.composer.display, "one can still speak"
        gate.open()
        await s.until(lambda: isinstance(s.app.screen, VerdictScreen))
        assert not panel(s).display


async def test_nothing_around_it_moves_while_it_grows(tmp_path: Path) -> None:
    one, start = "This is one more sentence of it. ", BEGUN + "ide. "
    gates = {len(start) + number * len(one): Gate() for number in (2, 12, 40)}
    judge = text(start + 41 * one + '"}', at={place: hold(gate) for place, gate in gates.items()})
    async with live(council_but({"judge": judge}), tmp_path, size=SMALL, rounds=0) as s:
        await judged(s)
        seen = set()
        for number, gate in zip((1, 11, 39), gates.values(), strict=True):
            await s.until(lambda number=number: words(s).count(one.strip()) == number)  # type: ignore[misc]
            seen.add((panel(s).region, s.council.region))
            if number > 30:
                await s.until(lambda: 0 < panel(s).max_scroll_y == panel(s).scroll_y, "the tail is in sight")
            gate.open()
        assert len(seen) == 1


async def test_a_later_pass_keeps_faintly_what_the_one_before_had(tmp_path: Path) -> None:
    gate = Gate()
    script = council_but({"judge": text(BEGUN + "ide.", at={len(BEGUN): hold(gate)})})
    async with live(script, tmp_path, rounds=0) as s:
        await judged(s)
        await s.until(lambda: "Rent one machine." in words(s))
        s.session.log.append(ev.VerdictStarted(version=1, cause="debate", attempt=2, look=2))
        await s.until(lambda: "second pass" in str(panel(s).border_title))
        assert "weighs it again, in the opposite order" in s.standing
        assert "Rent it first and see." in words(s), "it is not taken away"
        s.session.log.append(ev.VerdictDelta(version=1, text="Own it.", part="headline"))
        await s.until(lambda: words(s).startswith("Own it."))
        assert "Rent it first" not in words(s)
        assert "Rent one machine." in words(s)
        s.session.log.append(ev.VerdictDelta(version=1, text="3 claims to check", part="claims"))
        await s.until(lambda: panel(s).border_subtitle == "3 claims to check")
        s.session.log.append(ev.VerdictStarted(version=1, cause="debate", attempt=3, look=3))
        await s.until(lambda: "third pass" in str(panel(s).border_title))
        assert "looks a third time" in s.standing


async def test_text_of_the_judge_is_text(tmp_path: Path) -> None:
    gate = Gate()
    async with live(council_but({"judge": text("x").after(gate)}), tmp_path, rounds=0) as s:
        await judged(s)
        for part in ("headline", "decision"):
            s.session.log.append(ev.VerdictDelta(version=1, text=LOUD, part=part))  # type: ignore[arg-type]
        quote = s.debate.statements["B1"].text[:40]
        s.session.log.append(ev.VerdictDelta(version=1, text=quote, part="quote", voice="builder", statement="B1"))
        await s.until(lambda: f"“{quote}”" in words(s))
        seen = screen_text(s.app)
        assert seen.count("[@click=app.quit]see[/].") == 2
        assert not set("\x1b\u202e") & set(seen)


async def test_a_quote_hangs_beside_its_voices_letter_at_every_width(tmp_path: Path) -> None:
    said = " ".join(f"word{n}" for n in range(30)) + "."
    script = council_but({"builder": text(said), "judge": text("x").after(Gate())})
    async with live(script, tmp_path, size=WIDE, rounds=0) as s:
        await judged(s)
        s.session.log.append(ev.VerdictDelta(version=1, text=said, part="quote", voice="builder", statement="B1"))
        await s.until(lambda: "word29" in words(s))
        for size in (SMALL, WIDE, NARROW):
            await s.pilot.resize_terminal(*size)
            room = min(99, size[0] - 7)
            await s.until(lambda room=room: room - 6 < max(map(len, words(s).split("\n"))) <= room, f"{size}")  # type: ignore[misc]
            first, *others = [line for line in words(s).split("\n") if "word" in line]
            assert first.startswith(" B  “word0 ")
            assert all(line.startswith("    word") for line in others)
            assert " ".join(" ".join((first, *others)).split()) == f"B “{said}”"
        letter = panel(s)._colour("builder")
        s.app.theme = "textual-light"
        await s.until(lambda: panel(s)._colour("builder") in inks(s) and letter not in inks(s), "its letter, too")
