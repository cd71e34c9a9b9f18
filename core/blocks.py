"""The machine block of a statement, kept off the screen while it streams. Pure; knows no debate and no ballot.

A voice is asked to end with a fence ```ballot that holds one JSON object (protocol.md, One call a statement). Models
also write ```json, a bare fence, or the object alone, with a line "Ballot:" before it, and before the prose as well as
behind it. What begins a line and could still become such a block is held back until that is decided.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

KEYS = ("option", "confidence", "crux", "moves", "change_if", "moved_by")
"""What the block may hold (protocol.md, One call a statement)."""
WRAPPER = "ballot"
"""The fence's name; some models make it a key as well, with the object inside."""
MAX_BLOCK = 8_000
"""Characters after which a block that has not ended is prose after all."""
WINDOW = 200
"""Characters within which a block has begun, or a line in it has shown what it is: nothing is searched further, so that
the work for each piece is bounded."""

_LABEL = re.compile(r"[*_# \t]*ballot[*_: \t]*\s*", re.IGNORECASE)
_LABEL_BEGUN = re.compile(r"[*_# \t]*(?:b|ba|bal|ball|ballo)?", re.IGNORECASE)
_FENCE = re.compile(r"(`{3,}|~{3,})([^`\n{]*)")
_LANGUAGES = (WRAPPER, "json", "javascript", "js", "text", "txt", "plaintext")
_FIRST_KEY = re.compile(r"\{\s*(?:[\"'“](\w*)(?:[\"'”]\s*(:)?)?)?")
_ANY_KEY = re.compile(r"[\"'“](\w+)[\"'”]\s*:")
_MARK = re.compile(r"[\"\\{}\n]")
_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[^\W\d_]+")
_JSON_MARKS = "\"'{}[],:.-+/0123456789`~"
_LOOSE_ENDS = re.compile(r"[\s,;\])}]*")  # what stands between a model's last brace and the fence, if anything does


class Opening(NamedTuple):
    """How a block begins. `marks` are its fence's, if it has one; `named`: the fence says that it is a ballot.

    `body` is where the object begins, or the line behind a named fence.
    """

    marks: str
    named: bool
    body: int


def opens(text: str) -> Opening | bool:
    """How the block opens with which `text` begins; True while more has to be seen, False if it is none."""
    at = _after_label(text, 0)
    marks = ""
    if 0 <= at < len(text) and text[at] in "`~":
        fence = _FENCE.match(text, at)
        if fence is None:
            return set(text[at:]) == {text[at]}
        marks, info = fence[1], fence[2].strip().lower()
        if not _may_name(info, fence.end() == len(text)) or text[fence.end() : fence.end() + 1] == "`":
            return False
        if fence.end() == len(text):
            return True
        if WRAPPER in info:
            return Opening(marks, True, fence.end())
        at = _after_label(text, _past_space(text, fence.end()))
    if at < 0 or at == len(text):
        return True
    begun = _first_key(text, at)
    return Opening(marks, False, at) if begun is None else begun


def _after_label(text: str, at: int) -> int:
    """Where a label that stands at `at` ends; `at` where none does, -1 while that is open."""
    if (label := _LABEL.match(text, at)) is None:
        return -1 if _LABEL_BEGUN.fullmatch(text, at) else at
    if label.end() == len(text):
        return -1
    return label.end() if text[label.end()] in "`~{" else at


def _may_name(info: str, growing: bool) -> bool:
    """Whether a fence with these words behind its marks can hold a block."""
    first = info.split(maxsplit=1)[0] if info else ""
    if first.startswith((WRAPPER, "json")) or first in ("", *_LANGUAGES):
        return True
    return growing and first == info and any(known.startswith(first) for known in _LANGUAGES)


def _first_key(text: str, at: int) -> bool | None:
    """None if an object begins here with a key of the block's, else as `opens`."""
    if (begun := _FIRST_KEY.match(text, at)) is None:
        return False
    key = (begun[1] or "").lower()
    if begun[2]:
        return None if key in (*KEYS, WRAPPER) else False
    return begun.end() == len(text) and any(known.startswith(key) for known in (*KEYS, WRAPPER))


def _past_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


class Body:
    """Finds where the object of a block ends, reading each character once. `begin` is its brace, -1 before that."""

    def __init__(self, opening: Opening) -> None:
        self.begin = -1
        self._fence = opening.marks[:1]
        self._start = self._at = opening.body
        self._depth = 0
        self._quoted = False

    def end(self, text: str, final: bool) -> int | None:
        """The place behind it, or where it breaks off; None while that is open, -1 when it is too long for a block."""
        while True:
            mark = _MARK.search(text, self._at)
            at = mark.start() if mark else len(text)
            if at - self._start > MAX_BLOCK:
                return -1
            if mark is None:
                self._at = max(self._at, at)
                return None
            if mark[0] == "\n" and (over := self._breaks_off(text, at, final)) is not False:
                return at if over else None
            if self._take(mark[0], at):
                return at + 1

    def _take(self, mark: str, at: int) -> bool:
        """Whether this mark ends the object."""
        self._at = at + (2 if mark == "\\" and self._quoted else 1)
        if mark == '"' and self._depth:
            self._quoted = not self._quoted
        elif mark == "{" and not self._quoted:
            self.begin = at if self.begin < 0 else self.begin
            self._depth += 1
        elif mark == "}" and not self._quoted and self._depth:
            self._depth -= 1
            return self._depth == 0
        return False

    def _breaks_off(self, text: str, at: int, final: bool) -> bool | None:
        """Whether the block is over at this line's end, although its object is not; None while that is open.

        The fence closes, or prose follows: a quotation mark too many must not swallow the statement.
        """
        ahead = text[at : at + WINDOW]
        growing = len(ahead) < WINDOW and not final
        space = _past_space(ahead, 0)
        if space == len(ahead):
            return None if growing else len(ahead) == WINDOW
        if self._fence and ahead[space] == self._fence:
            closing = _closing(ahead, space, self._fence, growing)
            if closing != 0:
                return None if closing is None else True
        blank = ahead[:space].count("\n") > 1
        if self.begin < 0:
            return blank and bool(text[self._start : at].strip())
        if self._quoted or (self._fence and not blank):
            return self._quoted and blank
        word = _WORD.match(ahead, space)
        if word is None:
            return ahead[space] not in _JSON_MARKS
        return None if growing and word.end() == len(ahead) else word[0] not in ("true", "false", "null")


def _closing(text: str, at: int, char: str, growing: bool) -> int | None:
    """Where the line ends that closes a fence at `at`; 0 if it does not, None while that is open."""
    marks = at
    while text[marks : marks + 1] == char:
        marks += 1
    end = marks
    while text[end : end + 1] in (" ", "\t"):
        end += 1
    if end == len(text) and growing:
        return None
    return end if marks - at >= 3 and text[end : end + 1] in ("", "\n") else 0


def weigh(raw: str) -> tuple[dict[str, Any] | None, int]:
    """The object, if it is whole, and how sure it is a ballot: 2 has option and confidence, 1 may be one, 0 is none."""
    try:
        found = json.loads(raw, strict=False)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict) and len(found) == 1 and isinstance(inner := _only(found), dict):
        found = inner
    whole = isinstance(found, dict)
    names = {str(n).strip().lower() for n in found} if whole else {n.lower() for n in _ANY_KEY.findall(raw)}
    known = names.intersection(KEYS)
    clear, likely = known >= {"option", "confidence"}, len(known) > 1 or bool(known and known == names)
    return (found if whole else None), 2 if clear else int(likely)


def _only(found: dict[str, Any]) -> Any:
    """What stands in the wrapper, if that is all there is."""
    return next((value for name, value in found.items() if name.strip().lower() == WRAPPER), None)


class Divider:
    """Takes a statement in pieces; `feed` gives what may be shown. `block` is the last good block's object, or None.

    Only what is clearly a block is kept from being shown: the fence is named ```ballot, or the object has the keys of
    one. At the end of the stream, a line that begins with a fence or a brace as a block does is one that was cut off.
    """

    def __init__(self) -> None:
        self.block: dict[str, Any] | None = None
        self._held = ""
        self._out: list[str] = []
        self._gap: list[str] = []  # white space that is shown with the next word
        self._before: str | None = None  # the same from before a block, when one is passed
        self._shown = False
        self._fresh = True  # what is held begins a line
        self._line = ""  # how the line that is being shown begins
        self._tail = ""  # the last two characters that were shown
        self._fence = ""  # the marks of the code fence in which the prose is
        self._owed = ""  # those of a block's fence that still has to close
        self._opening: Opening | None = None
        self._body: Body | None = None
        self._end = -1

    @property
    def holds(self) -> bool:
        """Whether the last words that came are, or may become, those of a block."""
        return bool(self._held)

    def feed(self, piece: str) -> str:
        """The words that can be shown now."""
        self._held += piece
        return self._run(final=False)

    def finish(self) -> str:
        """What was held back and is no block, when nothing more comes."""
        rest = self._run(final=True)
        self._held = ""
        self._gap.clear()
        self._opening = None
        return rest

    def _run(self, final: bool) -> str:
        while self._held and self._step(final):
            pass
        shown = "".join(self._out)
        self._out.clear()
        return shown

    def _step(self, final: bool) -> bool:
        """Decide on what is held; False when that takes more text."""
        if self._opening is not None:
            return self._within(self._opening, final)
        return self._begin_line(final) if self._fresh else self._rest_of_line()

    # -- prose --------------------------------------------------------------------------------------------------

    def _rest_of_line(self) -> bool:
        at = self._held.find("\n")
        line = self._held if at < 0 else self._held[:at]
        self._show(line)
        self._held = self._held[len(line) :]
        if at >= 0:
            self._fence = self._fence_after(self._line)
            self._fresh = True
        return True

    def _begin_line(self, final: bool) -> bool:
        space = _past_space(self._held, 0)
        self._gap.append(self._held[:space])
        self._held = self._held[space:]
        if not self._held:
            return False
        opening = self._candidate(self._held[:WINDOW])
        if opening is True and len(self._held) < WINDOW:
            if not final:
                return False
            if self._cut_off():
                self._held = ""
                return False
        if isinstance(opening, Opening):
            self._opening = opening
            self._body = Body(opening)
            self._end = -1
        else:
            self._fresh = False
            self._line = ""
        return True

    def _candidate(self, ahead: str) -> Opening | bool:
        """As `opens`; inside a code fence of the prose only a fence that says what it holds opens a block."""
        if self._fence:
            if not ahead.startswith(self._fence):
                return len(ahead) < len(self._fence) and self._fence.startswith(ahead)
            if not ahead.lstrip(self._fence[0]).strip(" \t").partition("\n")[0]:
                return "\n" not in ahead
        elif ahead[0] == "{" and self._inside_json():
            return False
        return opens(ahead)

    def _inside_json(self) -> bool:
        """Whether the line before belongs to JSON that goes on: then a brace opens a part of that."""
        follows = self._before is None and "".join(self._gap).count("\n") == 1
        return follows and self._line[:1] in ("[", "{", '"', "}", "]") and self._tail.endswith(("[", "{", ",", '":'))

    def _cut_off(self) -> bool:
        """Whether what is held, as the last words, is a block that was cut off: words alone are none."""
        return WRAPPER in self._held.lower() if self._fence else bool(re.search(r"[`~{]", self._held))

    def _fence_after(self, line: str) -> str:
        """The marks of the code fence in which the prose is after this line."""
        fence = _FENCE.match(line)
        if fence is None or len(line) >= WINDOW or (line[0] == "`" and "`" in line[fence.end() :]):
            return self._fence
        if not self._fence:
            return fence[1]
        closes = fence[1].startswith(self._fence) and not line[fence.end(1) :].strip()
        return "" if closes else self._fence

    def _show(self, text: str) -> None:
        """Hand on text of one line, or more that is no block, but for the white space at its end."""
        words = text.rstrip()
        if words:
            self._out += [self._space(), words]
            self._shown = True
            self._owed = ""
            self._tail = (self._tail + words[-2:])[-2:]
        self._gap.append(text[len(words) :])
        if len(self._line) < WINDOW:
            self._line += text

    def _space(self) -> str:
        """The white space before the next words; where a block stood, that on the side where there was more of it."""
        gap = "".join(self._gap)
        self._gap.clear()
        if self._before is None:
            return gap
        before, self._before = self._before, None
        if not self._shown:
            return ""
        lines = max(gap, before, key=lambda space: space.count("\n")).rpartition("\n")
        return lines[0] + lines[1] + (gap.rpartition("\n")[2] if "\n" in gap else "")

    # -- the block ----------------------------------------------------------------------------------------------

    def _within(self, opening: Opening, final: bool) -> bool:
        assert self._body is not None, "made with the opening"
        if self._end < 0:
            end = self._body.end(self._held, final)
            if end is None:
                if final:
                    self._held = ""
                return False
            if end < 0:
                self._release(opening, opening.body + MAX_BLOCK)
                return True
            self._end = end
        ahead = self._held[self._end : self._end + WINDOW]
        growing = len(ahead) < WINDOW and not final
        after = self._after(ahead, opening.marks or self._owed, growing)
        if after is None:
            return False
        self._decide(opening, self._body, after)
        return True

    @staticmethod
    def _after(ahead: str, marks: str, growing: bool) -> tuple[int, bool, str] | None:
        """What follows the object: the length of its closing fence, whether it stands alone, the next character.

        None while that is open.
        """
        loose = _LOOSE_ENDS.match(ahead) if marks else re.match(r"[ \t]*", ahead)
        at = loose.end() if loose else 0
        if at == len(ahead) and growing:
            return None
        following = ahead[at : at + 1]
        if not marks:
            return 0, following in ("", "\n"), following
        if following != marks[0]:
            return (0, False, following) if following else (at, True, "")
        closing = _closing(ahead, at, marks[0], growing)
        return None if closing is None else (closing, closing > 0, following)

    def _decide(self, opening: Opening, body: Body, after: tuple[int, bool, str]) -> None:
        """Take the block out, or let it through as prose."""
        closing, alone, following = after
        raw = self._held[body.begin : self._end] if body.begin >= 0 else ""
        found, weight = weigh(raw)
        if not (opening.named or (weight > 0 and alone) or (weight == 2 and following not in (",", "]"))):
            self._release(opening, self._end)
            return
        if found is not None and (weight or self.block is None):
            self.block = found
        if self._before is None:
            self._before = "".join(self._gap)
        self._gap.clear()
        self._owed = "" if closing else opening.marks or self._owed
        self._held = self._held[self._end + closing :]
        self._opening = None
        self._fence = ""
        self._fresh = True

    def _release(self, opening: Opening, end: int) -> None:
        """Let through what is no block, up to `end`: nothing inside it is one either."""
        self._opening = None
        text, self._held = self._held[:end], self._held[end:]
        self._show(text)
        if "\n" in text:
            self._fence = self._fence or opening.marks
        self._line = text.rpartition("\n")[2]
        self._fresh = False
