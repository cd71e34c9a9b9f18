"""How the user keeps a debate: what is folded of it, and that nothing else hangs on it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.talk import Talk
from tests.core.test_events import any_of
from tests.core.test_store_kit import finished, talk
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.document import document
from upverdict.core.protocol import next_step
from upverdict.core.replay import Timetable
from upverdict.core.values import replace

KEPT = ("title", "tags", "archived", "note", "choice", "outcome", "revisit")
LOGS = {"finished": finished().events, "running": talk().events}
BARE = {name: Debate.fold(log) for name, log in LOGS.items()}
PLAIN = {name: Timetable(log) for name, log in LOGS.items()}


def argued(debate: Debate) -> dict[str, Any]:
    """All that the fold has of what was argued."""
    doc = document(debate, debate.outcome)
    return {
        **{key: value for key, value in doc.items() if key not in KEPT},
        "next": next_step(debate),
        **{name: getattr(debate, name) for name in ("updated_at", "round", "floor", "floors_closed", "ordered")},
    }


def amid(log: list[ev.Event], others: list[tuple[float, ev.Event]]) -> list[ev.Event]:
    """A log with other events in it, each behind this share of it."""
    last = log[-1]
    placed = sorted((max(1, round(share * len(log))), n, event) for n, (share, event) in enumerate(others))
    made: list[ev.Event] = []
    for n, event in enumerate(log, 1):
        made.append(event)
        made += [replace(o, at=event.at, debate=last.debate) for place, _, o in placed if place == n]
    return [replace(event, seq=seq) for seq, event in enumerate(made, 1)]


SHELVING = st.lists(st.tuples(st.floats(0, 1), st.sampled_from(ev.SHELVING).flatmap(any_of)), max_size=6)


@settings(max_examples=40)
@given(st.sampled_from(sorted(LOGS)), SHELVING)
def test_what_is_kept_changes_nothing_that_was_argued(log: str, others: list[tuple[float, ev.Event]]) -> None:
    made = amid(LOGS[log], others)
    debate = Debate.fold(made)
    assert argued(debate) == argued(BARE[log])
    assert debate.seq == len(made)
    told = Timetable(made)
    assert told.seconds == PLAIN[log].seconds
    assert len(told.stops) == len(PLAIN[log].stops)


def test_each_holds_the_whole_new_value() -> None:
    t = finished()
    assert [document(t.debate, "finished")[key] for key in KEPT] == ["", [], False, "", "", "", []]
    assert t.debate.title == t.debate.question
    t.shelve()
    t.archive()
    doc = document(t.debate, "finished")
    assert [doc[key] for key in KEPT] == [
        "Where the models run",
        ["work", "öffentlich"],
        True,
        "Asked for the board.\nSee also the spreadsheet.",
        "We rent for a year.",
        "It was cheaper than feared.",
        [{"when": "2027-03-01", "fact": "the prices double"}, {"when": "", "fact": "we have a platform team"}],
    ]
    shelf = t.debate.shelf
    assert t.debate.title == "Where the models run"
    assert (shelf.due, shelf.choice_at, shelf.outcome_at) == ("2027-03-01", t.events[-4].at, t.events[-3].at)
    t.tag()
    t.rename("")
    t.note("")
    t.archive(False)
    t.choose("")
    t.turned_out("")
    t.revisit()
    assert [document(t.debate, "finished")[key] for key in KEPT] == ["", [], False, "", "", "", []]
    assert (t.debate.title, shelf.due, shelf.choice_at, shelf.outcome_at) == (t.debate.question, "", "", "")


def test_the_first_of_the_days_is_when_it_is_due() -> None:
    t = Talk()
    t.revisit(("2027-05-01", ""), ("", "prices double"), ("2026-12-24", ""))
    assert t.debate.shelf.due == "2026-12-24"
