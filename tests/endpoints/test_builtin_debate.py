"""A whole debate of the built-in model, for real: plain, with proven quotes, and pushed back against."""

from __future__ import annotations

from tests.lies import assert_proven
from tests.program import MAIN, Done, ran

SAID = "We are two people and nobody can be awake at night."
SHORT = f"""
from upverdict.core import builtin, small
builtin._usable_cores = lambda: 1
small.ANSWER_TOKENS, small.RULING_TOKENS = 60, 40
{MAIN}
"""
"""As ever, with shorter answers, and on one core: threads of llama.cpp on busy cores wait for each other with work."""


def upverdict(*arguments: str) -> Done:
    return ran(SHORT, *arguments, timeout=300)


def test_a_standard_debate_of_the_built_in_model_is_plain_and_proven() -> None:
    council = ("--council", "builder,skeptic", "--depth", "standard", "--rebuttal", SAID)
    done = upverdict("ask", "Should we run our own mail server?", *council, "--endpoint", "builtin")
    assert done.code == 0, done.err
    assert "A plain verdict" in done.out
    assert "too small to frame a question" in done.out
    after = upverdict("push-back", "last", "You forget that the mail must not get lost.")
    assert after.code == 0, after.err
    document = upverdict("show", "last", "--json").json
    assert_proven(document)
    assert document["depth"] == "standard"
    assert document["frame"]["by"] == "none"
    assert [v["version"] for v in document["verdicts"]] == [1, 2]
    for verdict in document["verdicts"]:
        assert verdict["plain"]
        assert {"builder", "skeptic", "you"} == {q["voice"] for q in verdict["pull_quotes"]}
    assert [s["round"] for s in document["statements"] if s["voice"] == "builder"] == [
        "opening",
        "rebuttal",
        "discussion",
    ]
    (yours,) = [s for s in document["statements"] if s["id"] == "Y1"]
    assert yours["no_reply"] == [], "the first words of a rebuttal quote what the user said"
