"""The words, steps, clocks and colours of the debate screen, without a screen."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.color import Color

from tests.tui.stage import stamped
from upverdict.core import answering, rulings
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.tui.colours import MIN_CONTRAST, contrast, readable
from upverdict.tui.widgets import first_line, statement_words
from upverdict.tui.widgets.first_line import Costs
from upverdict.tui.widgets.plain import in_rows
from upverdict.tui.widgets.progress import Step, course, fitting, line, steps
from upverdict.tui.widgets.prose import prose
from upverdict.tui.widgets.pulse import Pulse
from upverdict.tui.widgets.standing import Scene, standing
from upverdict.tui.widgets.statement_words import Moment, look

SEATS = tuple(
    ev.Seat(name, name[0].upper(), f"The {name.title()}", "", "#cf7430", "", "https://models.example:8080/v1", "m")
    for name in ("builder", "skeptic")
)
FAULT = ev.Fault("overloaded", "It is overloaded.", True)


def start(rounds: int = 1) -> ev.Event:
    return ev.DebateStarted(question="Q?", council=SEATS, judge=SEATS[0], rounds=rounds)


def asked(number: int) -> list[ev.Event]:
    return [
        ev.StatementStarted(
            voice=s.voice, round="rebuttal" if number else "opening", number=number, statement=f"{s.letter}{number + 1}"
        )
        for s in SEATS
    ]


def said(number: int) -> list[ev.Event]:
    """A whole round of both voices."""
    kind: ev.Round = "rebuttal" if number else "opening"
    made = asked(number)
    for s in SEATS:
        id = f"{s.letter}{number + 1}"
        made.append(ev.TextDelta(voice=s.voice, round=kind, statement=id, text="Two words."))
        made.append(ev.StatementFinished(voice=s.voice, round=kind, statement=id, sentences=()))
    return made


def floor(number: int, reason: str = "") -> list[ev.Event]:
    opened: list[ev.Event] = [ev.FloorOpened(number=number)]
    return [*opened, ev.FloorClosed(number=number, reason=reason)] if reason else opened  # type: ignore[arg-type]


def spoke(answered_in: int) -> ev.Event:
    return ev.UserSpoke(statement="Y1", text="And I?", sentences=((0, 6),), answered_in=answered_in)


def fold(*parts: ev.Event | list[ev.Event]) -> Debate:
    flat = [e for part in parts for e in (part if isinstance(part, list) else [part])]
    return Debate.fold(stamped(*flat))


JUDGING = ev.VerdictStarted(version=1, cause="debate")
RULED = ev.VerdictRuled(version=1, ruling=rulings.Ruling("H", "D"))
LOST = ev.VerdictFailed(version=1, error=FAULT)


@pytest.mark.parametrize(
    ("debate", "expected"),
    [
        (fold(start()), "○ Openings ○ Floor ○ Rebuttals ○ Floor ○ Verdict"),
        (fold(start(), asked(0)), "◐ Openings ○ Floor ○ Rebuttals ○ Floor ○ Verdict"),
        (fold(start(), said(0), floor(0)), "● Openings ◐ Floor ○ Rebuttals ○ Floor ○ Verdict"),
        (fold(start(), said(0), floor(0, "passed"), asked(1)), "● Openings ● Floor ◐ Rebuttals ○ Floor ○ Verdict"),
        (fold(start(0), said(0), floor(0, "auto"), JUDGING), "● Openings ● Floor ◐ Verdict"),
        (fold(start(2), said(0), floor(0, "verdict")), "● Openings ● Floor ○ Verdict"),
        (fold(start(2), said(0), floor(0)), "● Openings ◐ Floor ○ Rebuttal 1 ○ Floor ○ Rebuttal 2 ○ Floor ○ Verdict"),
        (fold(start(0), said(0), spoke(1), floor(0)), "● Openings ◐ Floor ○ Rebuttals ○ Floor ○ Verdict"),
        (fold(start(0), said(0), floor(0, "auto"), JUDGING, LOST), "● Openings ● Floor ✗ Verdict"),
        (fold(start(0), said(0), floor(0, "auto"), JUDGING, RULED), "● Openings ● Floor ● Verdict"),
    ],
)
def test_the_steps_tell_where_a_debate_stands(debate: Debate, expected: str) -> None:
    assert " ".join(f"{s.sign} {s.name}" for s in steps(debate)) == expected


def test_what_never_came_is_no_step_where_the_end_is_known() -> None:
    begun = fold(start(2), said(0))
    for told, expected in (
        (stamped(start(2), *said(0), *floor(0, "verdict"), JUDGING), "◐ Openings ○ Floor ○ Verdict"),
        (
            stamped(start(2), *said(0), *floor(0, "passed"), *asked(1), JUDGING),
            "◐ Openings ○ Floor ○ Rebuttals ○ Floor ○ Verdict",
        ),
        (stamped(start(2), *said(0)), " ".join(f"{s.sign} {s.name}" for s in steps(begun))),
    ):
        made = steps(begun, course(told))
        assert " ".join(f"{s.sign} {s.name}" for s in made) == expected


def test_a_verdict_that_is_called_in_mid_round_leaves_out_what_does_not_come_any_more() -> None:
    for made, expected in ((asked(0), "◐ Openings ○ Verdict"), (said(0) + floor(0), "● Openings ◐ Floor ○ Verdict")):
        shown = steps(fold(start(2), made), ordered=True)
        assert " ".join(f"{s.sign} {s.name}" for s in shown) == expected


def test_a_tagline_that_has_no_room_ends_with_a_word() -> None:
    words = "asks what a week of work buys, and whom it costs in the end"
    assert in_rows(words, 60, 2) == words
    assert in_rows(words, 26, 2) == "asks what a week of work\nbuys, and whom it costs…"
    assert in_rows(words, 20, 2) == "asks what a week of\nwork buys, and whom…"
    for cells in range(4, 70):
        lines = in_rows(f"{words}、両方を出しなさい。", cells, 2).splitlines()
        assert len(lines) <= 2
        assert all(cell_len(line) <= cells for line in lines), lines


def test_the_line_of_steps_fits_every_width() -> None:
    for rounds in (1, 4, 9):
        made = steps(fold(start(rounds), said(0), floor(0, "passed"), asked(1)))
        for width in range(28, 240):
            shown = line(made, width).plain
            assert len(shown) <= width
            assert "Rebuttal" in shown
    assert "step 3 of 21" in line(made, 60).plain
    assert "Rebuttal 9" in line(made, 300).plain


def test_a_frame_that_came_to_nothing_is_behind_the_debate() -> None:
    none = ev.FrameSettled(frame=ev.Frame("", (), (), "contested"), by="none", note="")
    begun = ev.DebateStarted(question="Q?", council=SEATS, judge=SEATS[0], depth="standard")
    assert steps(fold(begun, ev.FrameAsked(attempt=1), none))[0] == Step("no frame", "–")
    cut = (
        Step("no frame", "–"),
        Step("Openings", "●"),
        Step("Floor", "●"),
        Step("Rebuttals", "◐"),
        Step("Verdict", "○"),
    )
    assert "Rebuttals  step 4 of 5" in line(cut, 40).plain
    over = (*cut[:3], Step("Rebuttals", "●"), Step("Verdict", "●"))
    assert "Verdict  step 5 of 5" in line(over, 40).plain


RUNNING = Scene("running", held=True)
COMPOSING = Scene("running", held=True, composing=True)


@pytest.mark.parametrize(
    ("debate", "scene", "expected"),
    [
        (fold(start()), RUNNING, "The council takes its seats."),
        (fold(start()), Scene("running", True, preparing="starting the model …"), "Starting the model …"),
        (fold(start(), said(0)[:4]), RUNNING, "The council speaks: 1 of 2 done. Speak at any time: r."),
        (fold(start(), said(0)[:4]), COMPOSING, "The council speaks: 1 of 2 done."),
        (
            fold(start(), asked(0)),
            Scene("running", True, ordered=True),
            "The verdict follows this round; v takes that back.",
        ),
        (fold(start(), said(0), floor(0)), RUNNING, "r speaks · n: on to rebuttal 1 · v: verdict"),
        (fold(start(), said(0), floor(0)), COMPOSING, "Enter: send and go on · Ctrl+N: go on · Ctrl+R: verdict"),
        (fold(start(0), said(0), floor(0)), COMPOSING, "Enter: send, one more round · Ctrl+N: on to the verdict"),
        (fold(start(0), said(0), floor(0)), RUNNING, "The floor is yours. r speaks · n goes on to the verdict"),
        (
            fold(start(0), said(0), floor(0, "auto"), JUDGING),
            Scene("running", True, judge=Moment(12)),
            "said · 12\u00a0s",
        ),
        (fold(start(0), ev.DebateInterrupted()), Scene("interrupted", True), "Every word is kept. c goes on"),
        (
            fold(start(0), ev.DebateInterrupted()),
            Scene("interrupted", True, trouble="The disk is full."),
            "The disk is full. Every word that was written is kept. c goes on",
        ),
    ],
)
def test_the_line_under_the_panes_says_what_happens_and_what_to_press(
    debate: Debate, scene: Scene, expected: str
) -> None:
    assert expected in standing(debate, scene)[0]


@pytest.mark.parametrize("kind", ["unreachable", "auth", "overloaded"])
def test_an_endpoint_that_stays_as_it_is_is_no_dead_end(kind: str) -> None:
    elsewhere = "`upverdict continue 01debate --endpoint NAME` asks another one · "
    fault = ev.Fault(kind, "No.", True)
    lost = ev.VerdictFailed(version=1, error=fault)
    for made, kept in (
        ([], "No verdict. No. The question is kept. "),
        (said(0), "No verdict. No. What was said is kept. "),
        ([*said(0), *floor(0, "auto"), JUDGING, lost], "The judge could not rule: No. Every statement is kept. "),
    ):
        words, _ = standing(fold(start(0), made, ev.DebateFailed(error=fault)), Scene("failed", True))
        assert words.startswith(kept + ("c " if kind == "overloaded" else f"{elsewhere}c "))


def test_a_judge_who_is_asked_again_says_when() -> None:
    again = ev.Retrying(voice="judge", statement="verdict 1", attempt=2, delay=4.0, error=FAULT)
    debate = fold(start(0), said(0), floor(0, "auto"), JUDGING, again)
    text, tone = standing(debate, Scene("running", True, judge=Moment(3, 4)))
    assert text == "The judge: It is overloaded. Again in 4\u00a0s · R\u00a0now"
    assert tone == "warning"


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (160, "models.example:8080 · 6.1k tok · ~$0.03 of $0.10 · rebuttal 1 of 2 · 00:41"),
        (136, "6.1k tok · ~$0.03 of $0.10 · rebuttal 1 of 2 · 00:41"),
        (100, "~$0.03 of $0.10 · rebuttal 1 of 2 · 00:41"),
        (76, "~$0.03 of $0.10 · rebuttal 1 of 2 · 00:41"),
        (56, "~$0.03 · rebuttal 1/2 · 00:41"),
        (40, "rebuttal 1/2 · 00:41"),
        (20, "00:41"),
        (8, ""),
    ],
)
def test_where_room_is_scarce_the_round_the_time_and_the_cost_stay_longest(width: int, shown: str) -> None:
    facts = ("models.example:8080", "6.1k tok", "~$0.03 of $0.10", "rebuttal 1 of 2", "00:41")
    forms = (facts[2:], ("~$0.03", "rebuttal 1/2", "00:41"), ("rebuttal 1/2", "00:41"), ("00:41",))
    assert " · ".join(fitting(facts, forms, 85, width)) == shown


def test_the_facts_that_are_needed_have_shorter_words() -> None:
    debate = fold(start(2), said(0), floor(0, "passed"), asked(1))
    costs = Costs(Decimal("0.03"), Decimal("0.10"))
    forms = first_line.forms(debate, seconds=3723, costs=costs)
    assert forms[0] == ("~$0.03 of $0.10", "rebuttal 1 of 2", "1:02:03")
    assert forms[1:] == (("~$0.03", "rebuttal 1/2", "1:02:03"), ("rebuttal 1/2", "1:02:03"), ("1:02:03",))
    assert first_line.forms(fold(start()), seconds=41, costs=Costs())[1] == ("openings", "00:41")


def test_what_stands_at_the_right_of_the_question() -> None:
    counted = ev.UsageCounted(voice="builder", statement="B1", model="m", usage=ev.Usage(5_000, 1_100))
    debate = fold(start(), asked(0), counted)
    assert first_line.facts(debate, seconds=81) == ["models.example:8080", "6.1k tok", "openings", "01:21"]
    assert first_line.facts(fold(start(), said(0), floor(0)), seconds=81)[-2] == "the floor"
    assert first_line.facts(fold(start()), seconds=None)[-1] == "2026-11-24"
    assert [first_line.amount(n) for n in (0, 999, 1_000, 6_149, 1_200_000)] == ["0", "999", "1.0k", "6.1k", "1.2M"]


def test_a_statement_of_the_user_says_when_it_is_answered() -> None:
    debate = fold(start(), said(0), spoke(1))
    statement = debate.statements["Y1"]
    assert statement_words.heading(statement) == "BEFORE REBUTTAL 1"
    assert look(debate, statement, live=True, retryable=False).note == "The council answers in rebuttal 1."
    for more in ([], asked(1)[:1], asked(1), [*asked(1), ev.DebateInterrupted(), ev.DebateResumed()], said(1)[:4]):
        due = fold(start(), said(0), spoke(1), floor(0, "spoke"), more)
        assert answering.replies(due, due.statements["Y1"]) is None, "the round is not over"
        assert look(due, due.statements["Y1"], live=True, retryable=False).note == "The council answers in rebuttal 1."
    answered = fold(start(), said(0), spoke(1), floor(0, "spoke"), said(1))
    assert answering.replies(answered, answered.statements["Y1"]) == answering.Replies(), "too short to be quoted"
    called = fold(start(), said(0), spoke(1), floor(0, "verdict"))
    assert look(called, called.statements["Y1"], live=True, retryable=False).note == ""


def test_every_end_of_a_statement_is_a_sign_a_word_and_a_sentence() -> None:
    begun = [*asked(0)[:1], ev.TextDelta(voice="builder", round="opening", statement="B1", text="Half")]
    own = {"voice": "builder", "round": "opening", "statement": "B1"}
    ends: dict[str, tuple[list[ev.Event], str, str]] = {
        "stopped": ([*begun, ev.StatementStopped(**own)], "■", "You stopped it. R asks again."),  # type: ignore[arg-type]
        "failed": (
            [*begun, ev.StatementFailed(**own, error=FAULT)],  # type: ignore[arg-type]
            "✗",
            "It is overloaded. What it had said is kept. R asks again.",
        ),
        "cut off": (
            [
                *begun,
                ev.StatementFinished(**own, sentences=(), stop_reason="max_tokens", partial=True),  # type: ignore[arg-type]
            ],
            "◑",
            "Cut off at the limit of length. R asks again.",
        ),
    }
    for word, (made, sign, note) in ends.items():
        debate = fold(start(), made)
        found = look(debate, debate.statements["B1"], live=True, retryable=True)
        assert (found.word, found.sign, found.note) == (word, sign, note)


OWN = {"voice": "builder", "round": "opening", "statement": "B1"}
THINKS = ev.Thinking(**OWN)  # type: ignore[arg-type]
SEARCHES = ev.SearchStarted(**OWN, query="gpu use 2026")  # type: ignore[arg-type]


def found(count: int = 0, error: str = "") -> ev.Event:
    results = tuple(ev.Result(f"https://{n}.example", "T") for n in range(count))
    return ev.SearchFinished(**OWN, query="gpu use 2026", results=results, error=error)  # type: ignore[arg-type]


def test_what_a_voice_does_before_it_writes_is_a_sign_a_word_and_the_seconds() -> None:
    steps_before: list[tuple[list[ev.Event], str, str]] = [
        ([], "◌", "waiting"),
        ([THINKS], "◔", "thinking"),
        ([THINKS, SEARCHES], "⌕", "searching"),
        ([THINKS, SEARCHES, found(3)], "◔", "thinking"),
    ]
    for made, sign, word in steps_before:
        debate = fold(start(), asked(0), made)
        statement = debate.statements["B1"]
        seen = look(debate, statement, live=True, retryable=False, moment=Moment(7))
        assert (seen.sign, seen.word) == (sign, f"{word} 7 s")
        assert look(debate, statement, live=True, retryable=False).word == word
        assert look(debate, statement, live=False, retryable=False).word == "unfinished"


@pytest.mark.parametrize(
    ("made", "outcome", "failed"),
    [
        ([], "", False),
        ([found(1)], "1 result", False),
        ([found(12)], "12 results", False),
        ([found(0)], "no results", False),
        ([found(0, "it is out of order")], "failed: it is out of order", True),
    ],
)
def test_a_search_is_told_with_what_came_of_it(made: list[ev.Event], outcome: str, failed: bool) -> None:
    debate = fold(start(), asked(0), SEARCHES, made)
    (line,) = look(debate, debate.statements["B1"], live=True, retryable=False).looked_up
    assert (line.what, line.outcome, line.failed) == ("gpu use 2026", outcome, failed)


def test_a_mark_is_a_number_raised_and_anything_else_in_brackets() -> None:
    assert [statement_words.mark(id) for id in ("1", "20", "a", "²")] == ["¹", "²⁰", "[a]", "[²]"]


def test_another_model_is_named_under_its_words_before_all_else() -> None:
    counted = ev.UsageCounted(voice="builder", statement="B1", model="other-1", usage=ev.Usage(1, 1))
    dated = ev.UsageCounted(voice="skeptic", statement="S1", model="m-20261124", usage=ev.Usage(1, 1))
    debate = fold(start(), said(0), counted, dated)
    seen = look(debate, debate.statements["B1"], live=True, retryable=False)
    assert (seen.note, seen.style) == ("Answered by other-1, not m.", "warning")
    assert look(debate, debate.statements["S1"], live=True, retryable=False).note == ""
    cut = ev.StatementFailed(**OWN, error=FAULT)  # type: ignore[arg-type]
    debate = fold(start(), asked(0), counted, cut)
    seen = look(debate, debate.statements["B1"], live=True, retryable=False)
    assert (seen.note, seen.style) == ("Answered by other-1, not m.\nIt is overloaded.", "error")


def test_seconds_are_those_of_what_a_voice_does_now_and_words_before_a_search_are_no_rate() -> None:
    pulse = Pulse()
    pulse.take(asked(0)[0], 10.0)
    pulse.take(THINKS, 15.0)
    assert pulse.moment("B1", 17.5) == Moment(2)
    pulse.take(ev.TextDelta(**OWN, text="x" * 400), 18.0)  # type: ignore[arg-type]
    assert pulse.rate("B1", 19.0) > 0
    pulse.take(SEARCHES, 19.0)
    assert pulse.moment("B1", 19.5) == Moment(0)
    assert pulse.rate("B1", 19.5) == 0
    pulse.take(found(1), 22.0)
    assert pulse.moment("B1", 26.0) == Moment(4)


def test_the_clock_counts_waiting_rate_and_the_next_attempt() -> None:
    pulse = Pulse()
    begun, other = asked(0)
    pulse.take(begun, 10.0)
    pulse.take(other, 11.0)
    assert pulse.moment("B1", 13.9) == Moment(3, None)
    for n in range(40):
        pulse.take(ev.TextDelta(voice="builder", round="opening", statement="B1", text="x" * 40), 14 + n / 10)
    assert 90 <= pulse.rate("B1", 18.0) <= 110
    assert pulse.rate("S1", 18.0) == 0
    assert pulse.rate("B1", 30.0) == 0, "what was written long ago is no rate"
    pulse.take(ev.Retrying(voice="skeptic", statement="S1", attempt=2, delay=4.0, error=FAULT), 20.0)
    assert [pulse.moment("S1", t).again_in for t in (20.0, 20.5, 23.9, 24.0, 30.0)] == [4, 4, 1, 0, 0]
    pulse.take(ev.StatementStopped(voice="builder", round="opening", statement="B1"), 31.0)
    assert pulse.moment("B1", 32.0) == Moment()


@given(st.integers(0, 0xFFFFFF), st.integers(0, 0xFFFFFF))
def test_every_colour_is_made_readable_on_every_background(colour: int, background: int) -> None:
    behind = Color.parse(f"#{background:06x}")
    made = readable(f"#{colour:06x}", behind)
    assert contrast(made, behind) >= MIN_CONTRAST


def test_a_colour_that_reads_is_left_as_it_is() -> None:
    assert readable("#cf7430", Color.parse("#121212")) == Color.parse("#cf7430")
    assert readable("no colour", Color(0, 0, 0)).a == 1


def test_a_colour_is_moved_no_further_than_needed() -> None:
    made = [contrast(readable("#404040", Color(n, n, n)), Color(n, n, n)) for n in range(0, 60, 10)]
    assert all(MIN_CONTRAST <= c < MIN_CONTRAST + 0.6 for c in made)
    assert all(a > 0 for a, _ in pairwise(made))


def test_prose_shows_marks_as_styles_and_nothing_acts() -> None:
    content = prose("If **you** must:\n- one `x`\n# Title\n[link](http://x) ![i](y) <b>no</b>")
    assert content.plain.split("\n") == [
        "If you must:",
        "• one x",
        "Title",
        "[link](http://x) ![i](y) <b>no</b>",
    ]
    assert {str(span.style) for span in content.spans} >= {"bold"}


def seated(*seats: tuple[str, str], judge: str = "claude") -> Debate:
    """A council by (endpoint, model), and a judge."""
    debate = Debate()
    council = tuple(
        ev.Seat(f"v{n}", "ABCD"[n], f"V{n}", "", "", "", endpoint, model) for n, (endpoint, model) in enumerate(seats)
    )
    own = ev.Seat("judge", "J", "The Judge", "", "", "", judge, "opus")
    debate.apply(*stamped(ev.DebateStarted(question="Q?", council=council, judge=own)))
    return debate


@pytest.mark.parametrize(
    ("seats", "judge", "shown"),
    [
        ([("claude", "s"), ("claude", "s")], "claude", "claude"),
        ([("claude", "s"), ("claude", "haiku")], "claude", "claude, 2 models"),
        ([("ollama", "a"), ("ollama", "a")], "claude", "ollama, judge at claude"),
        ([("ollama", "a"), ("lab", "b")], "ollama", "ollama + lab"),
        ([("ollama", "a"), ("lab", "b")], "claude", "3 endpoints"),
        ([("http://127.0.0.1:8080", "a"), ("lab", "b")], "lab", "127.0.0.1:8080 + lab"),
        ([("builtin", ""), ("builtin", "")], "builtin", "built-in model, for trying only"),
        ([("http://[lab]:9", "a"), ("http://[lab]:9", "a")], "http://[lab]:9", "a server"),
        ([("http://me:secret@lab:9/v1", "a")], "", "lab:9"),
    ],
)
def test_the_first_line_claims_no_endpoint_alone_that_is_not(
    seats: list[tuple[str, str]], judge: str, shown: str
) -> None:
    assert first_line.endpoints(seated(*seats, judge=judge)) == shown


def test_who_is_asked_with_what_is_told_where_it_is_not_the_same_for_all() -> None:
    assert first_line.asked(seated(("claude", "s"), ("claude", "s"))) == {}
    assert first_line.asked(seated(("claude", "s"), ("claude", "haiku"))) == {"v0": "s", "v1": "haiku"}
    mixed = seated(("http://127.0.0.1:8080", "s"), ("lab", "s"), ("lab", ""))
    assert first_line.asked(mixed) == {"v0": "s @ 127.0.0.1:8080", "v1": "s @ lab", "v2": "@ lab"}
