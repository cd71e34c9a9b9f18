"""Whether the sentences that a claim cites say what it says: what the checker is asked, what of a claim is left. Pure.

A judge can cite sentences that exist and say nothing of the kind, or the opposite. So each claim is shown once more,
with its cited sentences and nothing else, to a checker that knows neither who spoke nor on which side the judge put
them (protocol.md, The verdict). What it finds silent falls away; what it finds to say the opposite changes sides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, get_args

from upverdict.core import rulings, verdict
from upverdict.core.answer import Unreadable, json_object
from upverdict.core.debate import Debate
from upverdict.core.neutral import Labels
from upverdict.core.prompts import Fence, Prompt, json_schema
from upverdict.core.values import replace

Says: TypeAlias = Literal["entails", "contradicts", "silent"]
SAYS: tuple[Says, ...] = get_args(Says)

_FORGED = re.compile(r"\[(?=\s*\d+\.\d+\s*\])")

CHECK_TOKENS = 4096
"""Room for a word on each sentence of some sixteen claims, thinking included."""
CHECK_EFFORT = "medium"
"""Each claim is one small reading; there are many of them."""

DROPPED = "claim that its sentences did not bear out"
UNCHECKED = "claim that could not be held against its sentences"

_SYSTEM = """\
You check claims against sentences. You know nothing else of the matter, and you bring nothing in.

{rule}

For each sentence of each claim, say whether somebody who says the sentence thereby says the claim ("entails"), \
thereby says that the claim is false ("contradicts"), or neither ("silent"). Take the sentence as it stands: a \
sentence about the same subject, or one that only fits the claim, is silent; a sentence that holds the claim under a \
condition which the claim leaves out is silent too. Where you doubt, it is silent.

Answer with one JSON object and nothing else:
{{"checks": [{{"sentence": "1.1", "says": "entails, contradicts or silent"}}]}}
One entry for each number."""


_COMPARE = """\
You compare two decisions on one question. You bring nothing in and judge neither.

{rule}

Do both tell the reader to do the same, under the same conditions? Other words, another order or more detail make no \
difference; another action, another condition or another answer does.

Answer with one JSON object and nothing else: {{"same": true or false}}"""


def comparison(debate: Debate, one: str, other: str) -> Prompt:
    """The question whether two passes of the judge decide the same, where no option tells it."""
    fence = Fence(debate)
    own = f"{fence('decision', one)}\n\n{fence('decision', other)}\n\nCompare the two decisions now."
    schema = json_schema({"same": {"type": "boolean"}})
    return Prompt(
        _COMPARE.format(rule=fence.rule), (), own, CHECK_TOKENS, schema=schema, effort=CHECK_EFFORT, thinks=True
    )


def _checked(system: str, own: str, schema: dict[str, Any]) -> Prompt:
    return Prompt(system, (), own, CHECK_TOKENS, schema=schema, effort=CHECK_EFFORT, thinks=True)


def same(answer: str) -> bool:
    """What was answered to `comparison`.

    Raises `Unreadable` when the answer is not what was asked for.
    """
    raw = json_object(answer)
    found = raw.get("same") if isinstance(raw, dict) else None
    if not isinstance(found, bool):
        raise Unreadable("it did not say whether they are the same.")
    return found


def cited(ruling: rulings.Ruling) -> list[tuple[rulings.Claim, tuple[str, ...]]]:
    """The claims to be checked, each with the ids of its sentences: those for it and against it in one list. Behind
    agreed and split stands what is said of past verdicts.
    """
    found = []
    for claim in (*ruling.agreed, *ruling.split):
        ids = [id for side in (claim.support, claim.against) for ids in side.values() for id in ids]
        found.append((claim, tuple(sorted(dict.fromkeys(ids)))))
    for one in _reconciled(ruling):
        ids = [id for side in one.support.values() for id in side]
        found.append((rulings.Claim(one.why, one.support, {}), tuple(sorted(dict.fromkeys(ids)))))
    return found


def _reconciled(ruling: rulings.Ruling) -> list[rulings.Past]:
    """What is said of past verdicts."""
    return [one for one in ruling.past if one.holds]


def prompt(debate: Debate, ruling: rulings.Ruling, complaint: str = "") -> Prompt:
    """One call for all claims of a ruling; `complaint` is why the last answer was refused."""
    fence, labels = Fence(debate), Labels(debate, 1)
    said = {id: words for _, id, words in debate.passages()}
    blocks = []
    for number, (claim, ids) in enumerate(cited(ruling), 1):
        lines = [f"Claim {number}: {labels.hide(claim.claim)}"]
        lines += [f"[{number}.{n}] {labels.hide(_safe(said[id]))}" for n, id in enumerate(ids, 1)]
        blocks.append(fence("claim", "\n".join(lines)))
    own = "\n\n".join([*blocks, "Check the sentences of every claim now."])
    if complaint:
        own += f"\nYour last answer could not be used: {complaint} Answer with the JSON object alone."
    one = json_schema({"sentence": {"type": "string"}, "says": {"type": "string", "enum": list(SAYS)}})
    schema = json_schema({"checks": {"type": "array", "items": one}})
    return Prompt(
        _SYSTEM.format(rule=fence.rule), (), own, CHECK_TOKENS, schema=schema, effort=CHECK_EFFORT, thinks=True
    )


def _safe(words: str) -> str:
    """A sentence in one line, with what looks like one of our numbers taken apart."""
    return _FORGED.sub("(", " ".join(words.split()))


def read(answer: str, ruling: rulings.Ruling) -> list[dict[str, Says]]:
    """For each claim, what each of its sentences says, by id. A sentence that the answer leaves out is silent.

    Raises `Unreadable` when the answer is not what was asked for.
    """
    raw = json_object(answer)
    entries = raw.get("checks") if isinstance(raw, dict) else None
    if not isinstance(entries, list):
        raise Unreadable("it had no list of checks.")
    says = {_number(e): str(e.get("says")).strip().lower() for e in entries if isinstance(e, dict)}
    found: list[dict[str, Says]] = []
    for number, (_, ids) in enumerate(cited(ruling), 1):
        given = {id: says.get(f"{number}.{n}", "silent") for n, id in enumerate(ids, 1)}
        found.append({id: next((s for s in SAYS if s == word), "silent") for id, word in given.items()})
    if not any(f"{n}.1" in says for n in range(1, len(found) + 1)):
        raise Unreadable("it checked none of the sentences by its number, such as 1.1.")
    return found


def _number(entry: Mapping[str, Any]) -> str:
    return str(entry.get("sentence")).strip().strip("[]")


def apply(debate: Debate, ruling: rulings.Ruling, checks: list[dict[str, Says]]) -> rulings.Ruling:
    """The ruling with the claims that its sentences bear out, each where it belongs by what they say."""
    agreed: list[rulings.Claim] = []
    split: list[rulings.Claim] = []
    dropped = 0
    claims = len(ruling.agreed) + len(ruling.split)
    for (claim, _), said in list(zip(cited(ruling), checks, strict=True))[:claims]:
        kept = rulings.Claim(claim.claim, *_sides(debate, said))
        dropped += not verdict.place(kept, agreed, split)
    past = {one.source: one for one in ruling.past}
    for one, said in zip(_reconciled(ruling), checks[claims:], strict=True):
        support, against = _sides(debate, said)
        borne_out = bool(support) and not against
        past[one.source] = replace(one, support=support) if borne_out else rulings.Past(one.source, "", "", {})
        dropped += not borne_out
    struck = (*ruling.struck, *([f"{dropped} × {DROPPED}"] if dropped else []))
    return replace(
        ruling, agreed=tuple(agreed), split=tuple(split), past=tuple(past.values()), struck=struck, checked=True
    )


def unchecked(ruling: rulings.Ruling) -> rulings.Ruling:
    """The ruling without its claims: nobody has held them against their sentences."""
    claims = len(cited(ruling))
    past = tuple(rulings.Past(one.source, "", "", {}) for one in ruling.past)
    struck = (*ruling.struck, f"{claims} × {UNCHECKED}")
    return replace(ruling, agreed=(), split=(), past=past, struck=struck, checked=True)


def _sides(debate: Debate, said: Mapping[str, Says]) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """The sentences for and against, by voice. Of a voice that has said both, what it said last counts: it moved."""
    order = {id: (statement.voice, n) for n, (statement, id, _) in enumerate(debate.passages())}
    latest: dict[str, tuple[int, Says]] = {}
    for id, says in said.items():
        if says != "silent":
            voice, place = order[id]
            latest[voice] = max(latest.get(voice, (-1, says)), (place, says))
    sides: dict[Says, dict[str, tuple[str, ...]]] = {"entails": {}, "contradicts": {}}
    for id, says in said.items():
        voice, _ = order[id]
        if says != "silent" and latest[voice][1] == says:
            sides[says][voice] = (*sides[says].get(voice, ()), id)
    return sides["entails"], sides["contradicts"]
