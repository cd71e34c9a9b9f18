"""What is made of a log with holes: it folds, it says what lacks, and no word that could be read is gone."""

from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from tests.core.talk import Talk
from tests.core.test_store_kit import RULING, finished, talk
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.document import document
from upverdict.core.store.mending import Head, Mended, Remains, Ruled, Said, mend
from upverdict.core.store.packing import EventRow, Packer, pack
from upverdict.core.store.readable import Readable

ID = "261124-abcde"
EVENTS = finished().events
ROWS = pack(EVENTS)


def tables(events: list[ev.Event]) -> tuple[Head, list[Said], list[Ruled]]:
    readable = Readable()
    for event in events:
        readable.apply(event)
    readable.interrupt()
    changes = readable.take()
    row = changes.debate
    assert row is not None
    head = Head(row.question, row.background, row.state, row.created_at, row.updated_at, row.last_seq)
    said = [
        Said(s.statement, s.voice, s.name, s.round, s.number, s.state, s.at, s.text)
        for s, _ in changes.statements.values()
    ]
    return head, said, [Ruled(v.version, v.cause, v.at, v.ruling) for v, _ in changes.verdicts.values()]


HEAD, SAID, RULED = tables(EVENTS)


def check(mended: Mended | None) -> Debate:
    assert mended is not None
    assert [e.seq for e in mended.events] == list(range(1, len(mended.events) + 1))
    debate = Debate.fold(mended.events)
    document(debate, "finished")
    for verdict in debate.verdicts:
        for quote in verdict.ruling.pull_quotes if verdict.ruling else ():
            assert debate.statements[quote.statement].text[quote.start : quote.end] == quote.text
    for statement in debate.statements.values():
        assert all(0 <= a <= b <= len(statement.text) for a, b in statement.spans)
    return debate


def test_a_sound_one_is_left_as_it_is() -> None:
    for events in (EVENTS, talk().events):
        head, said, ruled = tables(events)
        assert mend(Remains(ID, pack(events), head, said, ruled)) == Mended(events)
        assert mend(Remains(ID, pack(events))) == Mended(events, "perhaps its end")


lost = st.sets(st.integers(0, len(ROWS) - 1))


@given(lost)
@example({0})
@example(set(range(len(ROWS))))
@example(set(range(3, len(ROWS))))
def test_the_tables_stand_in_for_what_the_log_has_lost(gone: set[int]) -> None:
    rows = [row for n, row in enumerate(ROWS) if n not in gone]
    mended = mend(Remains(ID, rows, HEAD, SAID, RULED))
    debate = check(mended)
    assert debate.question == HEAD.question
    whole = Debate.fold(EVENTS)
    assert {s.id: s.text for s in debate.statements.values() if s.voice != "judge"} == {
        s.id: s.text for s in whole.statements.values()
    }
    assert {s.id: s.voice for s in debate.statements.values()} == {s.id: s.voice for s in whole.statements.values()}
    assert debate.verdict is not None
    assert debate.verdict.ruling == RULING
    if not gone & {len(ROWS) - 2, len(ROWS) - 1}:  # that the judge looked again, and the verdict stands, is in no table
        assert debate.outcome == "finished"
    assert mended is not None
    assert bool(mended.lost) == bool(gone)


@given(lost)
@example({1})
@example(set(range(2, len(ROWS) - 1)))
def test_what_the_log_alone_still_tells_is_kept(gone: set[int]) -> None:
    rows = [row for n, row in enumerate(ROWS) if n not in gone]
    mended = mend(Remains(ID, rows))
    pieces = [row for row in rows if row.kind == "text_delta"]
    if mended is None:
        assert 0 in gone
        assert not pieces
        return
    debate = check(mended)
    said = {s.id: "\n".join([s.text, *s.earlier]) for s in debate.statements.values()}
    for row in pieces:
        for id, _, text in json.loads(row.body):
            assert text in said[id]
    assert mended.lost


def test_a_statement_with_a_hole_says_that_it_is_cut() -> None:
    said = Talk()
    said.begin("builder")
    for words in ("We rent. ", "Then we measure. ", "Then we buy."):
        said.words("builder", 0, words)
    end = ev.StatementFinished(voice="builder", round="opening", statement="B1", sentences=((0, 8), (9, 25), (26, 38)))
    said.log.append(end)
    said.floor(0)
    rows = [row for event in said.events for row in pack_one(said.events, event)]
    for gone, text, state in (
        (None, "We rent. Then we measure. Then we buy.", "finished"),
        ("measure", "We rent. Then we buy.", "partial"),
        ("buy.", "We rent. Then we measure. ", "partial"),
    ):
        mended = mend(Remains(ID, [row for row in rows if gone is None or gone not in row.body]))
        debate = check(mended)
        statement = debate.statements["B1"]
        assert (statement.text, statement.state) == (text, state)
        assert mended is not None
        assert ("B1" in mended.lost) == (gone is not None)
        assert next(words for _, words in statement.sentences) == "We rent."


def pack_one(events: list[ev.Event], event: ev.Event) -> list[EventRow]:
    """The row of one event alone: what was said in pieces is in as many rows."""
    packer = Packer()
    for before in events[: event.seq - 1]:
        packer.add(before)
    packer.take()
    packer.add(event)
    return packer.take()


def test_of_nothing_nothing_is_made() -> None:
    assert mend(Remains(ID, [])) is None
    assert mend(Remains(ID, [], HEAD)) is None
    assert mend(Remains(ID, [EventRow(5, 1, "x", "text_delta", "[[]]"), EventRow(6, 1, "x", "no_such", "{}")])) is None


def test_what_the_user_made_of_it_is_kept() -> None:
    said = finished()
    said.log.append(ev.DebateTagged(tags=("money",)))
    rows = pack(said.events)
    mended = mend(Remains(ID, [row for row in rows if row.kind != "floor_opened"], None, SAID, RULED))
    assert check(mended).shelf.tags == ("money",)
