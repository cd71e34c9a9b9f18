"""The versions of a verdict, and what one says otherwise than the one before, as parts of a page. Reads the fold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import SequenceMatcher

from textual.content import Content

from upverdict.core import plain_verdict, versions
from upverdict.core.debate import Debate
from upverdict.core.folded import Verdict
from upverdict.core.text import clean
from upverdict.tui.colours import MUTED
from upverdict.tui.widgets import verdict_parts as parts
from upverdict.tui.widgets.page_parts import TAG, Part, Section, Version, text
from upverdict.tui.widgets.plain import one_line

CHANGED = "What changed"
"""The section of that name."""
THE_SAME = "It says the same as before."
_MOST_WORDS = 400
"""Words of a text whose changed ones are looked for: it takes time by the square of them."""


def listed(debate: Debate, shown: Verdict) -> Iterator[Part]:
    """Every version with why there is one, where there are several; those that are not shown can be gone to."""
    reached = [v for v in debate.verdicts if v.ruling]
    for one in reached if len(reached) > 1 else ():
        assert one.ruling is not None, "it was reached"
        here = one is shown
        why = Content.styled(f"\n{clean(versions.cause(debate, one))}", MUTED)
        yield Part(
            Content.assemble((one_line(one.ruling.headline), "bold" if here else ""), why),
            "version",
            tag=Content.styled(f"{'▸ ' if here else '  '}version {one.version}", "bold" if here else MUTED),
            jump=None if here else Version(one.version),
        )


def in_short(before: Verdict, after: Verdict) -> Iterator[Part]:
    """What the ruling says otherwise than the one before by the names of its sections, and what it came to then;
    nothing where it says the same."""
    assert before.ruling is not None, "it was reached"
    assert after.ruling is not None, "it was reached"
    found = versions.changes(before.ruling, after.ruling)
    if not found:
        return
    called = {**plain_verdict.SECTIONS, "agreed": "what was agreed", "split": "what was split"}
    names = dict.fromkeys(called[change.section].lower() for change in found)
    said = Content.assemble((f"Changed since version {before.version}: ", "bold"), f"{', '.join(names)}.")
    if any(change.section == "headline" for change in found):
        said = Content.assemble(said, (f"\nIt was: “{one_line(before.ruling.headline)}”", MUTED))
    yield Part(said, "in-short", jump=Section(CHANGED), bar="$accent")


def changed(
    debate: Debate, before: Verdict, after: Verdict, proof: Callable[[str], parts.Proof | None]
) -> Iterator[Part]:
    """What was new, and what the ruling says otherwise than the one before, section by section: `-` and `+`."""
    assert before.ruling is not None, "it was reached"
    assert after.ruling is not None, "it was reached"
    for id in after.ruling.because:
        if (new := proof(id)) is not None:
            yield Part(
                Content.assemble((id, f"bold {new.colour}"), " ", parts.quoted(new.words)),
                "because",
                tag=Content.styled("new", MUTED),
                jump=parts.words_of(new.quote),
            )
    found = list(versions.changes(before.ruling, after.ruling))
    if not found:
        yield text(THE_SAME, "note", style=MUTED)
    last = ""
    for n, change in enumerate(found):
        title = plain_verdict.SECTIONS[change.section].lower()
        ends = n + 1 == len(found) or found[n + 1].section != change.section
        who = f"{debate.name(change.voice)}: " if change.voice else ""
        yield Part(
            Content("\n").join(_lines(change, who)),
            "change",
            tag=Content.styled("" if title == last else title, MUTED),
            cells=TAG,
            below=int(ends),
        )
        last = title


def _lines(change: versions.Change, who: str) -> Iterator[Content]:
    now, was = (one_line(f"{who}{words}") for words in (change.text, change.was))
    match change.kind:
        case "changed":
            out, came = _other_words(was, now)
            yield from (_line("-", was, out), _line("+", now, came))
        case "moved":
            yield _line("+", f"{now} (it was {one_line(change.was)} before)")
        case "added":
            yield _line("+", now)
        case "removed":
            yield _line("-", now)


def _line(sign: str, words: str, other: list[tuple[int, int]] | None = None) -> Content:
    """A line with its sign; the words that are other ones are underlined."""
    said = Content.styled(words, MUTED) if sign == "-" else Content(words)
    for start, end in other or ():
        said = said.stylize("underline" if sign == "-" else "bold underline", start, end)
    return Content.assemble((f"{sign} ", f"bold {'$text-success' if sign == '+' else '$text-error'}"), said)


def _other_words(was: str, now: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The ranges of characters in which the two differ, word by word; none where hardly a word is the same."""
    old, new = _words(was), _words(now)
    if max(len(old), len(new)) > _MOST_WORDS:
        return [], []
    matcher = SequenceMatcher(None, [was[a:b] for a, b in old], [now[a:b] for a, b in new], autojunk=False)
    if matcher.ratio() < versions.REWORDED:
        return [], []
    gone, came = [], []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            gone += [(old[a][0], old[b - 1][1])] if b > a else []
            came += [(new[c][0], new[d - 1][1])] if d > c else []
    return gone, came


def _words(text: str) -> list[tuple[int, int]]:
    found, at = [], 0
    for word in text.split(" "):
        found.append((at, at + len(word)))
        at += len(word) + 1
    return found
