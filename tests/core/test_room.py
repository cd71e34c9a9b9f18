"""What the user is about to say, against what the models can read."""

from __future__ import annotations

from tests.core.talk import Talk
from upverdict.core import room
from upverdict.core.prompts import Traits

LONG = "A line of what was pasted, with words in it. " * 2200


def talk() -> Talk:
    t = Talk()
    t.everybody(0)
    t.floor(0)
    return t


def test_what_does_not_fit_is_told_with_the_smallest_window_and_what_to_do() -> None:
    readers = [("The Builder", Traits(window=8192)), ("The Skeptic", Traits(window=4096)), ("The Judge", Traits())]
    debate = talk().debate
    told = room.too_long(debate, LONG, readers)
    assert told.startswith("Not sent, and kept here: ")
    assert "the model of The Skeptic reads 4,096" in told
    over = int(told.rpartition("Make it some ")[2].partition(" characters")[0].replace(",", ""))
    assert room.too_long(debate, LONG[: -over - 50], readers) == ""
    assert room.too_long(debate, LONG[: -over + 200], readers) != ""


def test_characters_of_other_scripts_are_counted_as_characters() -> None:
    words = "自社運用は紙の上では安い。" * 1000
    told = room.too_long(talk().debate, words, [("The Builder", Traits(window=4096))])
    over = int(told.rpartition("Make it some ")[2].partition(" characters")[0].replace(",", ""))
    assert room.too_long(talk().debate, words[: -over - 20], [("The Builder", Traits(window=4096))]) == ""


def test_a_debate_that_fills_the_window_has_room_for_nothing_more() -> None:
    t = talk()
    t.user(LONG)
    assert room.too_long(t.debate, "Why is that?", [("The Builder", Traits(window=4096))]).endswith(
        "There is room for nothing more."
    )


def test_where_no_window_is_known_nothing_is_refused() -> None:
    assert room.too_long(talk().debate, LONG, [("The Builder", Traits()), ("The Judge", Traits())]) == ""


def test_a_small_model_refuses_nothing_and_reads_the_beginning() -> None:
    readers = [("The Builder", Traits(small=True, window=2048)), ("The Skeptic", Traits())]
    assert room.too_long(talk().debate, LONG, readers) == ""
    assert room.cut_short(LONG, readers).startswith("The model of The Builder is small and reads only the beginning")
    assert room.cut_short("A few words only.", readers) == ""
    assert room.cut_short(LONG, [("The Builder", Traits())]) == ""
