"""Which personas there are with the user's own, and how a council of them is seated."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.personas.files import HEAD, PACKAGED, persona, text_of, write
from upverdict.personas.loader import DEFAULT_COUNCIL, CouncilError, PersonaError, council, files, load, load_all

# The user's own


def test_the_users_own_add_to_and_replace_the_packaged(tmp_path: Path) -> None:
    write(tmp_path, text_of(), "baker.md")
    write(tmp_path, text_of(), "architect.md")
    write(tmp_path, text_of("name: Mine", *HEAD[1:]), "skeptic.md")
    write(tmp_path, text_of("name: Mine", "letter: J", *HEAD[2:]), "judge.md")
    for other in ("README.md", ".hidden.md", "notes.txt"):
        write(tmp_path, "no persona", other)
    (tmp_path / "folder.md").mkdir()
    personas = load_all(tmp_path)
    assert list(personas) == [*DEFAULT_COUNCIL, "architect", "baker", "judge"]
    assert personas["skeptic"].name == personas["judge"].name == "Mine"
    assert files(tmp_path)["skeptic"] == tmp_path / "skeptic.md"
    assert personas["builder"] == PACKAGED["builder"]


def test_a_judge_of_the_users_keeps_its_letter(tmp_path: Path) -> None:
    with pytest.raises(PersonaError, match="the judge's letter is J, found “K”"):
        load(write(tmp_path, text_of(), "judge.md"))


def test_a_folder_that_is_missing_holds_none_and_one_that_is_no_folder_is_an_error(tmp_path: Path) -> None:
    assert load_all(tmp_path / "none") == PACKAGED
    with pytest.raises(PersonaError, match="the folder of personas cannot be read"):
        load_all(write(tmp_path, "x", "file"))


def test_one_broken_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    write(tmp_path, text_of(*HEAD, "x: y"))
    with pytest.raises(PersonaError, match=r"baker\.md:6: unknown key x"):
        load_all(tmp_path)
    assert "baker" in files(tmp_path)


# The council

EIGHT = {slug: persona(slug, "A", slug.title()) for slug in ("ada", "bob", "aab", "cy", "yj", "éa", "aa", "a")}


@pytest.mark.parametrize(
    ("seats", "letters"),
    [
        ([("b", "B", "Bo"), ("c", "C", "Cy")], "BC"),
        ([("bo", "B", "Bo"), ("bear", "B", "Bear")], "BE"),
        # The economist claims E first; it does not lose it to the bear, who stands before it.
        ([("bo", "B", "Bo"), ("bear", "B", "Bear"), ("economist", "E", "Economist")], "BAE"),
        ([("a", "B", "Bb"), ("b", "B", "B Y J")], "BA"),
        ([("a", "B", "Bo"), ("b", "B", "bö"), ("c", "B", "пекарь")], "BAC"),
        ([(p.slug, p.letter, p.name) for p in EIGHT.values()], "ABCDEFGH"),
    ],
)
def test_every_seat_has_a_letter_of_its_own(seats: list[tuple[str, str, str]], letters: str) -> None:
    personas = {slug: persona(slug, letter, name) for slug, letter, name in seats}
    seated = council(personas, list(personas))
    assert [p.slug for p in seated] == list(personas)
    assert "".join(p.letter for p in seated) == letters
    assert [p.prompt for p in seated] == [p.prompt for p in personas.values()]


@given(st.lists(st.tuples(st.sampled_from("ABCEZ"), st.text()), min_size=2, max_size=8))
def test_letters_never_clash(claims: list[tuple[str, str]]) -> None:
    personas = {str(i): persona(str(i), letter, f"{name} {i}") for i, (letter, name) in enumerate(claims)}
    letters = [p.letter for p in council(personas, list(personas))]
    assert len(set(letters)) == len(letters)
    assert not {"Y", "J"} & set(letters)
    assert letters[0] == claims[0][0]


@pytest.mark.parametrize(
    ("slugs", "why"),
    [
        ([], "two to eight voices; 0 are named"),
        (["builder"], "two to eight voices; 1 are named"),
        (["builder", "skeptik"], "There is no persona “skeptik”; did you mean skeptic?"),
        (["builder", "Skeptic"], "There is no persona “Skeptic”; did you mean skeptic?"),
        (["builder", "zzz"], "“zzz”; there are builder, skeptic, researcher, contrarian."),
        (["builder", "\x1b[31m"], "“<U+001B>[31m”"),
        (["builder", "judge"], "cannot sit in the council"),
        (["builder", "skeptic", "builder"], "“builder” is named twice"),
    ],
)
def test_a_council_that_cannot_sit(slugs: list[str], why: str) -> None:
    with pytest.raises(CouncilError) as caught:
        council(PACKAGED, slugs)
    assert why in str(caught.value)


def test_nine_are_too_many_and_one_name_is_for_one_voice() -> None:
    nine = {str(i): persona(str(i), "A", f"Voice {i}") for i in range(9)}
    with pytest.raises(CouncilError, match="9 are named"):
        council(nine, list(nine))
    twins = {"a": persona("a", "A", "The Twin"), "b": persona("b", "B", "the twin")}
    with pytest.raises(CouncilError, match="“a” and “b” are both called the twin"):
        council(twins, ["a", "b"])
