"""How a question is understood before it is argued: what the judge is asked, and what of its answer stands. Pure.

A frame is a proposal like any other of a model's: code bounds it, takes away figures that the person never gave, and
the person may change it. A frame of the person's own comes from the screen or from a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from upverdict.core import events as ev
from upverdict.core import figures
from upverdict.core.answer import Unreadable, json_object, one_line
from upverdict.core.ballots import MAX_OPTION, fold_option
from upverdict.core.debate import Debate
from upverdict.core.prompts import Fence, Prompt, json_schema, question_block
from upverdict.core.text import shorten
from upverdict.core.values import replace

MIN_OPTIONS, MAX_OPTIONS = 2, 4
"""Options of a frame; something else is always open besides (protocol.md, The order of a debate)."""
MAX_PRESUPPOSITIONS = 5
"""More of what a question takes for granted is an essay, not a frame."""
FRAME_TOKENS = 4096
"""Room for a frame of some 200 words, thinking included (wire.md, Claude)."""
FRAME_EFFORT = "medium"
"""The user waits for it before anybody speaks."""

KINDS: tuple[ev.FrameKind, ...] = get_args(ev.FrameKind)
OWN_KINDS = tuple(kind for kind in KINDS if kind != "unsafe")
"""The kinds that a person can give a question: whether it is unsafe is not the asker's to say."""

NONE = ev.Frame("", (), (), "contested")
"""What stands in the log where there is no frame."""
UNREADABLE = "The judge gave no frame that could be used, so the question stands as it was asked."
STOPPED = "You stopped the judge before it had framed the question, which stands as it was asked."
TOO_DEAR = "The limit of costs leaves no room to frame the question, so it stands as it was asked."
TOO_SMALL = "This model is too small to frame a question, so it stands as it was asked."

_SYSTEM = """\
You prepare a question for a council that will argue it for the person who asks. You argue nothing and favour no side.

{rule}

Answer with one JSON object and nothing else, in the language of the question:
{{"restatement": "the question in one neutral sentence, without the asker's wording where that leans to a side",
 "presuppositions": ["what the question takes for granted and could be false; none to three"],
 "options": ["two to four answers that could really be chosen, each in at most eight words, none of them a straw man"],
 "kind": "settled, contested, values or unsafe",
 "help": "only where it is unsafe: in two sentences, why the council does not argue it and what help there is"}}
settled: the evidence leaves little to argue about. contested: informed people differ about facts or consequences. \
values: they differ about what matters. unsafe: arguing it would help somebody to do serious harm to themselves or to \
others. A hard, rude or unpopular question is not unsafe. Leave "other" out of the options: it is always open. Use no \
figure that the person did not give."""


def prompt(debate: Debate, complaint: str = "") -> Prompt:
    """What the judge is asked before the openings; `complaint` is why its last answer was refused."""
    fence = Fence(debate)
    own = "Frame the question now."
    if complaint:
        own += f"\nYour last answer could not be used as it is: {complaint} Answer with the JSON object alone."
    text: dict[str, Any] = {"type": "string"}
    texts = {"type": "array", "items": text}
    schema = json_schema(
        {
            "restatement": text,
            "presuppositions": texts,
            "options": texts,
            "kind": {"type": "string", "enum": list(KINDS)},
            "help": text,
        }
    )
    return Prompt(
        _SYSTEM.format(rule=fence.rule),
        (question_block(debate, fence),),
        own,
        FRAME_TOKENS,
        schema=schema,
        effort=FRAME_EFFORT,
        thinks=True,
    )


def read(debate: Debate, answer: str) -> ev.Frame:
    """The frame in the judge's answer.

    Raises `Unreadable` with what is wrong with it, for the judge to mend.
    """
    found = json_object(answer)
    if not isinstance(found, dict):
        raise Unreadable("it was no JSON object.")
    frame = of(found, KINDS)
    if frame.kind == "unsafe":
        return replace(frame, help=frame.help or "Please talk about it with somebody whom you trust.")
    given = [debate.question, debate.background]
    texts = (frame.restatement, *frame.presuppositions, *frame.options)
    if unsaid := figures.unsaid("\n".join(texts), given):
        raise Unreadable(f"the person gave no figure such as {', '.join(unsaid[:6])}.")
    return replace(frame, help="")


def of(raw: Mapping[str, Any], kinds: tuple[ev.FrameKind, ...] = OWN_KINDS) -> ev.Frame:
    """The frame that a JSON or TOML object describes, cleaned and bounded; `kind` may be left out.

    Raises `Unreadable` with what is wrong with it, in a sentence for whoever wrote it.
    """
    kind = str(raw.get("kind") or "contested").strip().lower()
    if kind not in kinds:
        raise Unreadable(f"kind must be one of {', '.join(kinds)}.")
    restatement = one_line(_text(raw, "restatement"))
    help = one_line(_text(raw, "help"))
    if kind == "unsafe":
        return ev.Frame(restatement, (), (), "unsafe", help)
    if not restatement:
        raise Unreadable("the restatement of the question is missing.")
    given = (shorten(option, MAX_OPTION) for option in _lines(raw, "options"))
    options = tuple(o for o in given if fold_option(o) not in ("other", "something else"))
    if len({fold_option(o) for o in options}) < len(options):
        raise Unreadable("two of the options are the same.")
    if not MIN_OPTIONS <= len(options) <= MAX_OPTIONS:
        raise Unreadable(
            f"a frame has {MIN_OPTIONS} to {MAX_OPTIONS} options, not {len(options)}; “other” is always open besides."
        )
    presuppositions = _lines(raw, "presuppositions")[:MAX_PRESUPPOSITIONS]
    return ev.Frame(restatement, presuppositions, options, kind, help)


def _text(raw: Mapping[str, Any], key: str) -> str:
    found = raw.get(key) or ""
    if not isinstance(found, str):
        raise Unreadable(f"{key} must be a text.")
    return found


def _lines(raw: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = raw.get(key) or []
    if not isinstance(found, list | tuple) or not all(isinstance(line, str) for line in found):
        raise Unreadable(f"{key} must be a list of texts.")
    return tuple(line for one in found if (line := one_line(one)))


def parse(text: str) -> ev.Frame:
    """The frame in the text of a file, TOML or JSON.

    Raises `Unreadable` with what is wrong with it.
    """
    import json
    import tomllib

    try:
        raw = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as e:
        raise Unreadable(f"it is neither TOML nor JSON ({e}).") from e
    if unknown := raw.keys() - set(ev.Frame.FIELDS):
        raise Unreadable(f"it has unknown keys: {', '.join(sorted(map(str, unknown)))}.")
    return of(raw)
