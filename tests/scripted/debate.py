"""The script of a whole debate: who is asked, for what, and what they say. The one module that knows our prompts.

Recognition is by matchers, functions of the request; `by_words` guesses from the prompts' words. When the program's
prompts say it more plainly, put a matcher in front: `debate_script(matchers=(mine, by_words))`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.scripted import replies
from tests.scripted.exchange import Pace
from tests.scripted.record import Recorded
from tests.scripted.replies import Reply
from tests.scripted.script import Script, ScriptLike, as_script, reply_of
from tests.scripted.texts import ENGLISH, HOSTING, LANGUAGES, VOICES, Texts, prose

YOU = "you"
_LETTERS = {voice[0].upper(): voice for voice in (*VOICES, YOU)}
_NAMED = "|".join(VOICES)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request is for. `step` is `frame`, `opening`, `rebuttal`, `reply`, `discussion`, `verdict`, `check` or
    `other`; `voice` may be empty.

    `number` is the rebuttal's round, from 1; `target` the voice that it has to answer, where the request says so.
    """

    voice: str
    step: str
    number: int = 1
    target: str = ""

    @property
    def label(self) -> str:
        """As the log shows it: `builder opening`, `builder rebuttal 1`, `judge verdict`."""
        number = f" {self.number}" if self.step == "rebuttal" else ""
        return f"{self.voice} {self.step}{number}".strip()


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence that the request quotes, word for word; `id` is empty where the prompt gives none."""

    voice: str
    id: str
    text: str


Matcher = Callable[[Recorded], "Ask | None"]
Finder = Callable[[str, Texts], Sequence[Spoken]]
Judge = Callable[[Recorded, Sequence[Spoken], Texts], Any]


def by_words(request: Recorded) -> Ask:
    """Guesses from the last block ("You are now the Builder"; its last paragraph is the task), then from the system."""
    last = request.last_text.lower()
    task = last.rstrip().rpartition("\n\n")[2]
    first = request.texts[0].lower() if request.texts else ""
    judges = "judge" if re.search(r"\b(verdict|judge|ruling|decision)\b", task) else ""
    mentioned = re.search(rf"\bthe ({_NAMED})\b", last)
    voice = _addressed(last) or judges or _addressed(first) or (mentioned[1] if mentioned else "")
    if re.search(r"\bframe the question\b|\bcheck the sentences\b", last):
        return Ask("judge", "frame" if "frame the question" in last else "check")
    if voice == "judge":
        return Ask("judge", "verdict")
    if not voice:
        return Ask("", "other")
    # a persona may speak of openings and rebuttals too: the task counts first
    found = re.search(_STEPS, task) or re.search(_STEPS, last)
    step = _STEP_OF.get(found[0], "discussion") if found else "opening"
    number = re.search(r"rebuttal (?:round )?(\d+)", task)
    others = [name for name in re.findall(_NAMED, task) if name != voice]
    return Ask(voice, step, int(number[1]) if number else 1, others[0] if others else "")


_STEP_OF = {"reply to": "reply", "opening": "opening", "rebut": "rebuttal", "answers": "rebuttal"}
_STEPS = r"\breply to|opening|rebut|\banswers\b|\bdiscussion\b|\bcomment\b|\bpushes back\b"


def _addressed(text: str) -> str:
    found = re.findall(rf"\byou are (?:now )?(?:the )?({_NAMED}|judge)\b", text)
    return found[-1] if found else ""


def find_spoken(prompt: str, texts: Texts) -> Sequence[Spoken]:
    """The debate so far: sentences under an id (`[B1.3]`) or in a statement's fence, else our own or under a name."""
    found = [*_by_id(prompt), *_by_fence(prompt)]
    return found or list(dict.fromkeys([*_by_text(prompt, texts), *_by_name(prompt)]))


def _by_id(prompt: str) -> Iterator[Spoken]:
    pattern = r"""(?mx) (?: ^[\s>*-]* | [\[("'<] ) ([A-Z]\d+\.\d+(?:\.\d+)?) ["'\])>:.]* [ \t]*
        (.+?) (?= \s* (?: </ | [\[("'<]? \b[A-Z]\d+\.\d+(?:\.\d+)?\b | \n | \Z ) )"""
    for id, text in re.findall(pattern, re.sub(r" \[(?:verified: [\w.]+|unverified)\]", "", prompt)):
        # a judge reads neutral labels: the sentence V2.1.3 is VOICE2's
        voice = f"VOICE{id[1:].partition('.')[0]}" if id.count(".") == 2 else _LETTERS.get(id[0])
        if voice and _says_something(text):
            yield Spoken(voice, id, text.strip())


def _by_fence(prompt: str) -> Iterator[Spoken]:
    for letter, text in re.findall(r"(?s)<<statement ([A-Z])\d+ [^>\n]*>>\n(.*?)\n<</statement", prompt):
        voice = _LETTERS.get(letter)
        if voice and not re.search(rf"\[{letter}\d+\.\d+\]", text):
            yield from (Spoken(voice, "", s) for s in sentences(text) if _says_something(s))


def _by_text(prompt: str, texts: Texts) -> Iterator[Spoken]:
    sets = [texts.openings, texts.rebuttals] + ([HOSTING] if texts is ENGLISH else [])
    for spoken in sets:
        for voice, text in spoken.items():
            yield from (Spoken(voice, "", s) for s in sentences(text) if _says_something(s) and s in prompt)


def _by_name(prompt: str) -> Iterator[Spoken]:
    voice = ""
    for line in prompt.splitlines():
        heading = re.match(rf"(?i)\W*(?:statement by )?(?:the )?({_NAMED}|you|user|person|fifth voice)\b[^.!?]*$", line)
        if heading:
            name = heading[1].lower()
            closes = line.lstrip().startswith("<</")
            voice = "" if closes else name if name in VOICES else YOU
        elif voice:
            yield from (Spoken(voice, "", s) for s in sentences(line) if _says_something(s))


def sentences(text: str) -> list[str]:
    return [s.strip() for s in re.split(r"(?<=[.!?\u061f])\s+|(?<=[\u3002\uff01\uff1f])|\n+", text) if s.strip()]


def _says_something(text: str) -> bool:
    return len(text.split()) >= 4 or (len(text) >= 8 and not text.isascii())


def ruling(request: Recorded, spoken: Sequence[Spoken], texts: Texts) -> Any:
    """The judge's answer: an object where JSON is asked for, labelled lines after `HEADLINE:`, else plain sentences."""
    if found := re.search(r"in one short sentence|in two or three sentences", request.last_text):
        return texts.headline if "one" in found[0].split() else texts.decision
    asks_schema = "format" in (request.json.get("output_config") or {})
    if not asks_schema and "HEADLINE:" in request.prompt:
        fact, check = texts.flip
        lines = {"HEADLINE": texts.headline, "DECISION": texts.decision, "AGREED": texts.agreed, "SPLIT": texts.split}
        return "\n".join(f"{k}: {v}" for k, v in (lines | {"FLIP": fact, "CHECK": check}).items())
    if not asks_schema and "json" not in request.prompt.lower():
        return f"{texts.headline}\n\n{texts.decision}"
    leads = list({s.voice: s for s in reversed(spoken)}.values())
    ids = [s.id for s in leads if s.id]
    labels = {s.voice: s.voice if s.voice.startswith("VOICE") else s.voice[0].upper() for s in leads}
    half = len(ids) // 2
    fields: dict[str, Any] = {"option": 2} if '"option":' in request.prompt else {}
    if '"because":' in request.prompt:
        fields["because"] = re.findall(r"\[(V\d+\.\d+\.\d+)\]", request.prompt.rpartition("Said after it:")[2])[:1]
    return fields | {
        "headline": texts.headline,
        "decision": texts.decision,
        "pull_quotes": [{"voice": labels[s.voice], "quote": s.text} for s in leads],
        "agreed": [{"claim": texts.agreed, "support": ids, "against": []}],
        "split": [{"claim": texts.split, "support": ids[:half], "against": ids[half:]}],
        "flips": [dict(zip(("fact", "check"), texts.flip, strict=True))],
    }


def checks(request: Recorded, split: str = "") -> Any:
    """The checker's answer: each sentence bears its claim out, but for every second one of the claim `split`."""
    found = []
    for claim in re.findall(r"(?s)Claim \d+: (.*?)\n<</", request.last_text):
        words, *lines = claim.splitlines()
        for n, line in enumerate(lines):
            says = "contradicts" if words == split and n % 2 else "entails"
            found.append({"sentence": line[1 : line.index("]")], "says": says})
    return {"checks": found}


@dataclass(frozen=True, slots=True)
class Debate:
    """See `debate_script`."""

    texts: Texts
    matchers: Sequence[Matcher]
    find: Finder
    judge: Judge
    tail: Callable[[Ask, Recorded], str]
    characters: int | None
    pace: Pace | None

    def __call__(self, request: Recorded) -> Reply:
        ask = recognise(request, self.matchers)
        if request.json.get("max_tokens") == 0:  # a request that only warms the cache
            return replies.text(stop_reason="max_tokens", label=f"{ask.label} (warming)")
        words = self.words(ask, request)
        return replies.text(words + self.tail(ask, request), pace=self.pace, label=ask.label)

    def words(self, ask: Ask, request: Recorded) -> str:
        if ask.step == "frame":
            return json.dumps(self.texts.frame, ensure_ascii=False)
        if ask.step == "check":
            return json.dumps(checks(request, self.texts.split), ensure_ascii=False)
        if ask.step == "verdict":
            answer = self.judge(request, self._spoken(request), self.texts)
            return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False, indent=1)
        if ask.voice not in VOICES:
            return self.texts.other
        if ask.step in ("reply", "discussion"):
            return self.texts.comment
        said = self._opening(ask.voice, request) if ask.step == "opening" else self._rebuttal(ask, request)
        if self.characters is None:
            return said
        seed = VOICES.index(ask.voice) + 10 * ask.number * (ask.step == "rebuttal")
        return prose(self.characters, seed)

    def _spoken(self, request: Recorded) -> Sequence[Spoken]:
        # not in the system prompt, whose rules may hold examples; in the last block only if nowhere else
        before = self.find("\n\n".join(request.turns[:-1]), self.texts)
        return before or self.find("\n\n".join(request.turns), self.texts)

    def _opening(self, voice: str, request: Recorded) -> str:
        about_hosting = re.search(r"self-?host", request.prompt, re.IGNORECASE) and self.texts is ENGLISH
        return (HOSTING if about_hosting else self.texts.openings)[voice]

    def _rebuttal(self, ask: Ask, request: Recorded) -> str:
        spoken = self._spoken(request)
        target = ask.target or VOICES[(VOICES.index(ask.voice) + 1) % len(VOICES)]
        who = self.texts.names[target]
        theirs = [s for s in spoken if s.voice == target]
        yours = [s for s in spoken if s.voice == YOU]
        said = self.texts.to_you.format(quote=yours[-1].text) if yours else ""
        if theirs:
            quote = theirs[(VOICES.index(ask.voice) + ask.number - 1) % len(theirs)].text
            said += self.texts.to.format(who=who, quote=quote)
        else:
            said += self.texts.no_quote.format(who=who)
        return said + self.texts.rebuttals[ask.voice]


def debate_script(
    language: str = "en",
    *,
    matchers: Sequence[Matcher] = (by_words,),
    find: Finder = find_spoken,
    judge: Judge = ruling,
    tail: Callable[[Ask, Recorded], str] = lambda _ask, _request: "",
    characters: int | None = None,
    pace: Pace | None = None,
) -> Script:
    """A script that plays a whole debate, the same words for the same requests.

    `language`: `en`, `de`, `ja` or `ar`. `find` gives the sentences that a request quotes, for rebuttals to quote again
    word for word. `judge` gives the verdict: a string, or an object that goes out as JSON. `tail` is put behind every
    text (a machine block). `characters` replaces openings and rebuttals by exactly so much made-up prose.
    """
    return Debate(LANGUAGES[language], matchers, find, judge, tail, characters, pace)


def recognise(request: Recorded, matchers: Sequence[Matcher] = (by_words,)) -> Ask:
    """The first matcher's answer that is not None."""
    return next((ask for matcher in matchers if (ask := matcher(request)) is not None), Ask("", "other"))


def by_voice(
    overrides: Mapping[str, ScriptLike], otherwise: ScriptLike, matchers: Sequence[Matcher] = (by_words,)
) -> Script:
    """Other replies for some voices or steps: `by_voice({"skeptic": in_turn(status(529), base)}, base)`.

    A key is words of an ask's label (`skeptic`, `rebuttal`, `skeptic rebuttal 2`, `judge`); the first that fits counts.
    """
    made = [(set(key.split()), as_script(like)) for key, like in overrides.items()]
    last = as_script(otherwise)

    async def script(request: Recorded) -> Reply:
        label = recognise(request, matchers).label
        found = next((s for words, s in made if words <= set(label.split())), last)
        reply = await reply_of(found, request)
        return reply.labelled(f"{label}: {reply.label}" if reply.label not in ("", label) else label)

    return script
