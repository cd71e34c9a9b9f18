"""What a persona's file may be, and how what is wrong with it is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.personas.files import HEAD, text_of, write
from upverdict.personas.loader import FILE_MAX, NAME_MAX, TAGLINE_MAX, Persona, PersonaError, check, load


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    head = [*HEAD[:3], 'colour: "#AA77fF"', "model: qwen3:8b  # a small one", "search: true", "# a comment", ""]
    path = write(tmp_path, text_of(*head, body="\nOne.\n\n\n\nTwo.  \n"))
    assert load(path) == Persona(
        slug="baker",
        name="The Baker",
        letter="K",
        tagline="Smells what is done before the clock",
        colour="#aa77ff",
        model="qwen3:8b",
        search=True,
        prompt="One.\n\nTwo.",
        path=path,
    )


def test_line_ends_of_windows_and_a_byte_order_mark_are_no_matter(tmp_path: Path) -> None:
    plain = load(write(tmp_path, text_of()))
    assert load(write(tmp_path, b"\xef\xbb\xbf" + text_of().replace("\n", "\r\n").encode())) == plain


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("The Baker", "The Baker"),
        ('"The Baker"   # who bakes', "The Baker"),
        ("'The Baker''s'", "The Baker's"),
        ("The Baker's", "The Baker's"),
        (r'"The \"Baker\" \\"', 'The "Baker" \\'),
        ('"A # B"', "A # B"),
        ("A#B", "A#B"),
        ("A # B", "A"),
        ('" Baker "', "Baker"),
        ('"true"', "true"),
        ("パン職人", "パン職人"),
        ("می‌خواهم", "می‌خواهم"),
        ("42", "42"),
    ],
)
def test_how_a_value_is_written(tmp_path: Path, written: str, name: str) -> None:
    assert load(write(tmp_path, text_of(f"name: {written}", *HEAD[1:]))).name == name


@pytest.mark.parametrize(
    ("body", "prompt"),
    [
        ("A.\n<!-- why: x -->\nB.", "A.\nB."),
        ("A.\n\n<!-- why:\n\nx -->\n\nB.", "A.\n\nB."),
        ("A <!-- x --> B.", "A B."),
        ("A <!-- x -->B.", "A B."),
        ("A<!-- x -->, B.", "A, B."),
        ("A. <!-- x --> <!-- y -->\nB.", "A.\nB."),
        ("<!-- x --> <!-- y -->\nB.", "B."),
        ("A.\n  <!-- x\n  y -->  \nB.", "A.\nB."),
        ("A --> B <!---->", "A --> B"),
        ("---\nB.", "---\nB."),
    ],
)
def test_comments_never_reach_the_prompt(tmp_path: Path, body: str, prompt: str) -> None:
    assert load(write(tmp_path, text_of(body=body))).prompt == prompt


def without(key: str) -> list[str]:
    return [line for line in HEAD if not line.startswith(key)]


WRONG: list[tuple[str, str | bytes, int, str]] = [
    ("empty", "", 1, "no front matter"),
    ("no front matter", "You are the Baker.", 1, "no front matter"),
    ("blank first line", "\n" + text_of(), 1, "no front matter"),
    ("unterminated", "---\nname: The Baker\n", 1, "never ends"),
    ("unknown key", text_of(*HEAD, "modle: x"), 6, "unknown key modle; did you mean model?"),
    ("capital key", text_of("Name: The Baker", *HEAD[1:]), 2, "unknown key Name; did you mean name?"),
    ("far key", text_of(*HEAD, "zzz: x"), 6, "unknown key zzz; there are name, letter,"),
    ("missing name", text_of(*without("name")), 5, "the key name is missing"),
    ("missing letter", text_of(*without("letter")), 5, "the key letter is missing"),
    ("missing tagline", text_of(*without("tagline")), 5, "the key tagline is missing"),
    ("missing colour", text_of(*without("colour")), 5, "the key colour is missing"),
    ("duplicate key", text_of(*HEAD, "name: Else"), 6, "name stands here a second time, first in line 2"),
    ("no key", text_of(*HEAD, "Baker"), 6, "expected “key: value”, found “Baker”"),
    ("no space", text_of(*HEAD, "model:x"), 6, "expected “key: value”"),
    ("indented", text_of(*HEAD, "  model: x"), 6, "not indented"),
    ("list", text_of(*HEAD, "- model"), 6, "expected “key: value”"),
    ("empty value", text_of("name:", *HEAD[1:]), 2, "the value of name is missing"),
    ("empty quotes", text_of('name: ""', *HEAD[1:]), 2, "name is empty"),
    ("empty model", text_of(*HEAD, 'model: ""'), 6, "model is empty; leave the line out"),
    ("bare colour", text_of(*HEAD[:3], "colour: #aa7744"), 5, "begins a comment"),
    ("YAML list", text_of("name: [a]", *HEAD[1:]), 2, "needs quotes"),
    ("YAML key", text_of("name: a: b", *HEAD[1:]), 2, "needs quotes"),
    ("YAML block", text_of("name: |", "  Baker", *HEAD[1:]), 2, "needs quotes"),
    ("open double", text_of('name: "Baker', *HEAD[1:]), 2, "second quote"),
    ("bad escape", text_of(r'name: "Ba\ker"', *HEAD[1:]), 2, "second quote"),
    ("open single", text_of("name: 'Ba'ker'", *HEAD[1:]), 2, "second quote"),
    ("tab", text_of("name: The\tBaker", *HEAD[1:]), 2, "has a tab"),
    ("no text", text_of("name: true", *HEAD[1:]), 2, "name must be text"),
    ("name with a mark", text_of("name: The <<Baker", *HEAD[1:]), 2, "a name can have no “<”"),
    ("unreadable name", text_of('name: "—"', *HEAD[1:]), 2, "no letter or digit"),
    ("long name", text_of("name: " + "x" * (NAME_MAX + 1), *HEAD[1:]), 2, f"at most {NAME_MAX}"),
    ("long tagline", text_of(*without("tagline"), "tagline: " + "x" * (TAGLINE_MAX + 1)), 5, f"at most {TAGLINE_MAX}"),
    ("small letter", text_of(*without("letter"), "letter: k"), 5, "one capital from A to Z, found “k”"),
    ("two letters", text_of(*without("letter"), "letter: KK"), 5, "one capital"),
    ("foreign letter", text_of(*without("letter"), "letter: Ä"), 5, "one capital"),
    ("letter of the user", text_of(*without("letter"), "letter: Y"), 5, "that of the person"),
    ("letter of the judge", text_of(*without("letter"), "letter: J"), 5, "is the judge's"),
    ("named colour", text_of(*HEAD[:3], "colour: red"), 5, 'must look like "#d0742a", found “red”'),
    ("short colour", text_of(*HEAD[:3], 'colour: "#abc"'), 5, "must look like"),
    ("words for search", text_of(*HEAD, "search: yes"), 6, "search must be true or false, found “yes”"),
    ("words for model", text_of(*HEAD, "model: a b"), 6, "one word"),
    ("an address for endpoint", text_of(*HEAD, 'endpoint: "http://evil.test"'), 6, "must be a name such as claude"),
    ("no prompt", text_of(body="\n\n"), 7, "there is no prompt"),
    ("only comments", text_of(body="<!-- why: x -->\n"), 7, "there is no prompt"),
    ("only signs", text_of(body="---\n"), 7, "there is no prompt"),
    ("open comment", text_of(body="A.\n\n<!-- why: x\n"), 9, "never ends"),
    ("comment in comment", text_of(body="A.\n<!-- x <!-- y --> z -->"), 8, "another <!-- inside"),
    ("comment of two", text_of(body="A.\n<!<!-- x -->-- y -->"), 7, "inside one another"),
    ("not UTF-8", text_of().encode() + b"\n\xe9t\xe9", 9, "not UTF-8: byte 0xE9"),
    ("UTF-16", text_of().encode("utf-16"), 1, "not UTF-8"),
    ("too large", text_of(body="x" * FILE_MAX), 0, "larger than 64 kB"),
    ("escape", text_of(body="A.\nB\x1b[31m"), 8, "U+001B is a control character"),
    ("escape in a key", text_of("na\x1b]0;me: x", *HEAD[1:]), 2, "U+001B"),
    ("NUL", text_of(body="A\0"), 7, "U+0000"),
    ("lone CR", text_of(body="A.\rB"), 7, "U+000D"),
    ("C1", text_of(body="A\x9b31m"), 7, "U+009B is a control character"),
    ("bidi", text_of("name: The \u202erekaB", *HEAD[1:]), 2, "U+202E is a control of the writing direction"),
    ("isolate", text_of(body="A\u2066B"), 7, "U+2066 is a control of the writing direction"),
    ("zero width", text_of(body="A\u200bB"), 7, "U+200B is an invisible character"),
    ("tag", text_of(body="A\U000e0041B"), 7, "U+E0041 is an invisible character"),
    ("line separator", text_of(body="A\u2028B"), 7, "U+2028 is a line break"),
    ("inner mark", text_of(body="A\ufeffB"), 7, "U+FEFF is an invisible character"),
]


@pytest.mark.parametrize(("text", "line", "why"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, text: str | bytes, line: int, why: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(PersonaError) as caught:
        load(path)
    error = caught.value
    assert (error.path, error.line) == (path, line)
    assert why in str(error)
    assert str(error).startswith(f"{path}:{line}: " if line else f"{path}: ")
    assert str(error).endswith((".", "?"))
    assert str(error).isprintable()
    assert check(path)[0] == str(error)


@pytest.mark.parametrize("char", [chr(c) for c in (*range(0x20), 0x7F, *range(0x80, 0xA0)) if chr(c) not in "\n\t"])
def test_every_control_character_is_refused(tmp_path: Path, char: str) -> None:
    with pytest.raises(PersonaError, match=f"U\\+{ord(char):04X}"):
        load(write(tmp_path, text_of(body=f"A{char}B")))


def test_a_tab_and_joiners_stay_in_a_prompt(tmp_path: Path) -> None:
    body = "A\tB 👩\u200d🔬 می\u200cکنیم"
    assert load(write(tmp_path, text_of(body=body))).prompt == body


def test_check_lists_every_problem_by_line(tmp_path: Path) -> None:
    text = text_of("name: The\x1bBaker", "letter: kk", "nmae: x", "colour: red", body="")
    path = write(tmp_path, text, "My Baker.md")
    places = [sentence.removeprefix(str(path)).split(" ")[0] for sentence in check(path)]
    assert places == [":", ":2:", ":3:", ":4:", ":5:", ":6:", ":7:"]
    assert "tagline is missing" in check(path)[5]
    path = write(tmp_path, text_of(*HEAD, "nmae: x", body="A\x1b"))
    assert [sentence.removeprefix(str(path)).split(" ")[0] for sentence in check(path)] == [":6:", ":8:"]


def test_a_bad_value_is_told_once(tmp_path: Path) -> None:
    assert len(check(write(tmp_path, text_of(*HEAD[:3], "colour: #aa7744")))) == 1
    assert len(check(write(tmp_path, text_of(body="<!-- open")))) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (text_of(body="<!--" * 16_000), "never ends"),
        (text_of(body="<!--" * 16_000 + "-->"), "another <!-- inside"),
        (text_of(body="<!---->" * 9_000), "there is no prompt"),
        (text_of(body=" " * 60_000), "there is no prompt"),
        (text_of("name: a" + " " * 60_000 + "b", *HEAD[1:]), "name has 60002 characters"),
        (text_of("k" * 60_000 + ": b", *HEAD), "unknown key kkk"),
        ("---\n" * 16_000, "the key name is missing"),
    ],
    ids=["openings", "opening", "comments", "spaces", "value", "key", "fences"],
)
def test_a_file_made_to_be_slow_is_only_refused(tmp_path: Path, text: str, why: str) -> None:
    # A pattern that backtracks, or a lazy one, takes ten seconds and more here, and the run is seen to hang.
    with pytest.raises(PersonaError, match=why):
        load(write(tmp_path, text))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("you.md", "the voice of the person"),
        ("con.md", "a device on Windows"),
        ("Baker.md", "a to z, digits and single hyphens"),
        ("my_baker.md", "a to z"),
        ("my.baker.md", "a to z"),
        ("bäcker.md", "a to z"),
        ("-baker.md", "a to z"),
        ("x" * (NAME_MAX + 1) + ".md", f"at most {NAME_MAX}"),
    ],
)
def test_what_a_file_may_be_called(tmp_path: Path, name: str, why: str) -> None:
    # Windows cannot make one of these, and need not: the name is judged before the text.
    assert why in check(tmp_path / name)[1]


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(PersonaError, match="there is no such file"):
        load(tmp_path / "baker.md")
    with pytest.raises(PersonaError, match="is not a file"):
        load(tmp_path)
    with pytest.raises(PersonaError, match=r"is not a file|there is no such file"):
        load(Path(os.devnull))


def test_a_hostile_path_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    problems = check(tmp_path / "a\x1b[31m.md")
    assert "a<U+001B>[31m.md: there is no such file." in problems[0]
    assert all(problem.isprintable() for problem in problems)
