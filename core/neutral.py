"""Voices without their names, for the judge: labels in a shuffled order, and the way back. Pure.

A judge prefers its own, the first and the longest (protocol.md, The verdict). So the voices reach it as VOICE1, VOICE2,
…, the sentence `B1.3` as `V2.1.3`, the names in the text are replaced too, and each pass has another order. What it
writes comes back under the voices' names.
"""

from __future__ import annotations

import random
import re

from upverdict.core import events as ev
from upverdict.core import marks
from upverdict.core.debate import Debate

# Boundaries are those of Latin letters and digits: in a script without spaces a name stands right at its neighbours.
_BEFORE, _BEHIND = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
_ID = re.compile(rf"{_BEFORE}V(?:OICE ?)?(\d{{1,3}})\.(\d{{1,3}})\.(\d{{1,4}}){_BEHIND}")
_LABEL = re.compile(rf"{_BEFORE}V(?:OICE ?)?(\d{{1,3}}){_BEHIND}(?!\.\d)")
_ANCHOR = re.compile(r"\(([A-Z]\d{1,3})(\.\d{1,4})\)")
"""What stands before the words that the user has quoted (`quoting.py`)."""
_STRANGER = re.compile(rf"{_BEFORE}VOICE ?\d+", re.IGNORECASE)


class Labels:
    """The labels of one pass (from 1): the second has the order of the first turned round, the third one of its own."""

    def __init__(self, debate: Debate, number: int) -> None:
        voices = [*debate.heard, *([ev.USER] if debate.user_spoke else [])]
        random.Random(f"{debate.seed}:judge:{0 if number < 3 else number}").shuffle(voices)
        if number == 2:
            voices.reverse()
        self.order = tuple(voices)
        """The voices that were heard, the user among them, in the order in which the judge reads them."""
        self._debate = debate
        self._label = {voice: f"VOICE{n}" for n, voice in enumerate(voices, 1)}
        self._letters = {debate.letter(voice): f"V{n}" for n, voice in enumerate(voices, 1)}
        self._names = _patterns(debate, voices)
        said = [debate.question, debate.background, *(s.text for s in debate.statements.values())]
        self._literal = {m[0] for text in said for m in _LABEL.finditer(text)}  # a V8 engine, say

    def label(self, voice: str) -> str:
        return self._label[voice]

    def id(self, sentence: str) -> str:
        """`B1.3` as `V2.1.3`; that of a voice which was not heard stays."""
        label = self._letters.get(sentence[:1])
        return f"{label}.{sentence[1:]}" if label else sentence

    def hide(self, text: str) -> str:
        """The text with labels in place of names, and in the ids of what the user quotes."""
        for voice, pattern in self._names:
            text = pattern.sub(self._label[voice], text)
        return _ANCHOR.sub(self._hidden, text)

    def _hidden(self, anchor: re.Match[str]) -> str:
        known = anchor[1] in self._debate.statements
        return f"({self.id(anchor[1] + anchor[2])})" if known else anchor[0]

    def voice(self, label: str) -> str:
        """The voice of a label; empty for what is none."""
        found = _LABEL.fullmatch(label.strip().strip("[]"))
        place = int(found[1]) - 1 if found else -1
        return self.order[place] if 0 <= place < len(self.order) else ""

    def real_id(self, id: str) -> str:
        """`V2.1.3` as `B1.3`; empty for what is none."""
        found = _ID.fullmatch(id.strip().strip("[]").strip())
        voice = self.voice(f"V{found[1]}") if found else ""
        return f"{self._debate.letter(voice)}{found[2]}.{found[3]}" if voice and found else ""

    def show(self, text: str) -> str:
        """What the judge wrote, with names in place of labels, ids as the reader knows them, no marks of sources."""
        if self._debate.sources:  # copied from the statements; what a verdict rests on are these, not the sources
            text = marks.without(text)
        text = _ID.sub(lambda m: self.real_id(m[0]) or m[0], text)
        return _LABEL.sub(lambda m: self._named(text, m), text)

    def _named(self, text: str, match: re.Match[str]) -> str:
        voice = self.voice(match[0])
        if not voice or match[0] in self._literal:
            return match[0]
        name = "The fifth voice" if voice == ev.USER else self._debate.name(voice)
        before = text[: match.start()].rstrip()
        inside = bool(before) and before[-1] not in ".!?…:"
        return name[:1].lower() + name[1:] if inside and name.startswith("The ") else name


def _patterns(debate: Debate, voices: list[str]) -> list[tuple[str, re.Pattern[str]]]:
    """What a voice is called in a text: `The Skeptic`, `the skeptic`, `Skeptics`; not a skeptic of flesh and blood, nor
    `Builder.io`. Longer names first: one may be part of another.
    """
    asked = f"{debate.question}\n{debate.background}".lower()
    found = []
    for voice in voices:
        plain = "fifth voice" if voice == ev.USER else debate.name(voice).removeprefix("The ")
        name, upper = re.escape(plain), re.escape(plain.upper())
        # Where the question itself is about builders, `the builder` is one of these.
        article = "(?:The|the)" if plain.lower() in asked and voice != ev.USER else "(?i:the)"
        any_case = name if article != "(?i:the)" else f"(?i:{name})"
        alone = rf"(?<![Aa] )(?<![Aa]n )(?:{name}s?|{upper})"
        pattern = rf"{_BEFORE}(?:{article} {any_case}|{alone}){_BEHIND}(?!\.[a-z])"
        found.append((voice, re.compile(pattern)))
    return sorted(found, key=lambda f: -len(f[1].pattern))


def all_named(debate: Debate, text: str) -> frozenset[str]:
    """The voices of the council that the text names."""
    voices = [s.voice for s in debate.council]
    return frozenset(voice for voice, pattern in _patterns(debate, voices) if pattern.search(text))


def named(debate: Debate, text: str) -> str:
    """The voice that the text names first, or the label of one; empty where it names none."""
    voices = [*debate.heard, ev.USER]
    found = next((voice for voice, pattern in _patterns(debate, voices) if pattern.search(text)), "")
    if found:
        return found
    label = _STRANGER.search(text)
    said = label and any(label[0] in words for words in (debate.question, debate.background))
    return label[0] if label and not said else ""
