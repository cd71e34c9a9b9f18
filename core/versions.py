"""Why there is a version of the verdict, and what it says otherwise than the one before. Pure; shows nothing.

Decisions are compared by sentences, claims and facts by their words: what is alike but for folding (`fold_option`) is
the same, what is like enough is the same one reworded. What code alone says of a debate (quotes, glance, who moved) is
not compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Literal, TypeVar

from upverdict.core import rulings
from upverdict.core.ballots import fold_option
from upverdict.core.debate import Debate
from upverdict.core.folded import Verdict
from upverdict.core.text import clean, sentences, shorten
from upverdict.core.values import Simple

Section = Literal["headline", "option", "decision", "agreed", "split", "flips", "dissent", "past"]
Kind = Literal["added", "removed", "changed", "moved"]

REWORDED = 0.6
"""How like an old sentence, claim or fact a new one is that is shown as the old one reworded. It decides how a
difference reads, never whether there is one."""

FIRST_WORDS = 60
"""Characters of what the user said, or of the fact that it is about, in a cause: it has to fit on one line."""

_T = TypeVar("_T")


class Change(Simple):
    """One difference between two rulings.

    `text` is what stands there now, or what was taken out where it is `removed`; `was` is what stood there before it
    was `changed`, or the section, `agreed` or `split`, out of which it `moved`. `voice` is whose dissent it is.
    """

    section: Section
    kind: Kind
    text: str
    was: str = ""
    voice: str = ""


def cause(debate: Debate, verdict: Verdict) -> str:
    """Why this version exists, as one line that goes on from its number: `after the debate`, `you pushed back (Y3): …`.

    A cause that names nothing the user said after a verdict is told as it stands.
    """
    comment = next((c for c in debate.comments if c.statement.id == verdict.cause), None)
    if comment is None:
        return (
            "after the debate" if verdict.cause == "debate" else f"after {shorten(clean(verdict.cause), FIRST_WORDS)}"
        )
    words = shorten(clean(comment.statement.text), FIRST_WORDS)
    if comment.about == "finding":
        return f"you found out about “{shorten(clean(comment.fact), FIRST_WORDS)}”: “{words}”"
    return f"you pushed back ({comment.statement.id}): “{words}”"


def before(debate: Debate, verdict: Verdict) -> Verdict | None:
    """The version that stood before this one; None where this is the first."""
    reached = (v for v in reversed(debate.verdicts) if v.ruling and v.version < verdict.version)
    return next(reached, None)


def changes(before: rulings.Ruling, after: rulings.Ruling) -> list[Change]:
    """What `after` says otherwise than `before`, section by section; empty where it says the same."""
    return [
        *_line("headline", before.headline, after.headline),
        *_line("option", before.option, after.option),
        *_listed("decision", _sentences(before.decision), _sentences(after.decision)),
        *_claims(before, after),
        *_listed("flips", [_flip(f) for f in before.flips], [_flip(f) for f in after.flips]),
        *_dissent(before.dissent, after.dissent),
        *_listed("past", _past(before), _past(after)),
    ]


def _line(section: Section, was: str, now: str, voice: str = "") -> Iterator[Change]:
    if fold_option(was) == fold_option(now):
        return
    if was and now:
        yield Change(section, "changed", now, was, voice)
    else:
        yield Change(section, "added" if now else "removed", now or was, voice=voice)


def _sentences(text: str) -> list[str]:
    return [" ".join(text[a:b].split()) for a, b in sentences(text)]


def _flip(flip: rulings.Flip) -> str:
    return f"{flip.fact} To find out: {flip.check}" if flip.check else flip.fact


def _past(ruling: rulings.Ruling) -> list[str]:
    return [f"Source {one.source} {rulings.HOLDS[one.holds]}: {one.why}" for one in ruling.past if one.holds]


def _listed(section: Section, was: Sequence[str], now: Sequence[str]) -> Iterator[Change]:
    """Differences in the order of the ruling. What only stands in another place is none."""
    matcher = SequenceMatcher(None, [fold_option(w) for w in was], [fold_option(n) for n in now], autojunk=False)
    old: list[int] = []
    new: list[int] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            old += range(a, b)
            new += range(c, d)
    moved = _matched(old, new, lambda o, n: fold_option(was[o]) == fold_option(now[n]))  # only its place is another
    reworded = _matched(
        [o for o in old if o not in moved],
        [n for n in new if n not in moved.values()],
        lambda o, n: _alike(was[o], now[n]),
    )
    for o in old:
        if o in reworded:
            yield Change(section, "changed", now[reworded[o]], was[o])
        elif o not in moved:
            yield Change(section, "removed", was[o])
    placed = {*moved.values(), *reworded.values()}
    yield from (Change(section, "added", now[n]) for n in new if n not in placed)


def _matched(old: Sequence[_T], new: Sequence[_T], same: Callable[[_T, _T], bool]) -> dict[_T, _T]:
    """For each old one the first new one that is the same and not another's yet."""
    found: dict[_T, _T] = {}
    for one in old:
        other = next((n for n in new if n not in found.values() and same(one, n)), None)
        if other is not None:
            found[one] = other
    return found


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, fold_option(one), fold_option(other), autojunk=False)
    return matcher.real_quick_ratio() >= REWORDED and matcher.quick_ratio() >= REWORDED and matcher.ratio() >= REWORDED


# -- claims --------------------------------------------------------------------------------------------------------

_Place = tuple[Section, int]


def _claims(before: rulings.Ruling, after: rulings.Ruling) -> Iterator[Change]:
    """Claims by their words, first in their own section, then anywhere; then those that are like enough."""
    was, now = _placed(before), _placed(after)

    def in_place(old: _Place, new: _Place) -> bool:
        return old[0] == new[0] and in_words(old, new)

    def in_words(old: _Place, new: _Place) -> bool:
        return _same_words(was[old], now[new])

    def alike(old: _Place, new: _Place) -> bool:
        return _alike(was[old].claim, now[new].claim)

    same: dict[_Place, _Place] = {}
    for fits in (in_place, in_words, alike):
        left = [n for n in now if n not in same.values()]
        same |= _matched([o for o in was if o not in same], left, fits)
    yield from (Change(o[0], "removed", claim.claim) for o, claim in was.items() if o not in same)
    before_of = {n: o for o, n in same.items()}
    for place, claim in now.items():
        if old := before_of.get(place):
            yield from _kept(old[0], was[old], place[0], claim)
        else:
            yield Change(place[0], "added", claim.claim)


def _placed(ruling: rulings.Ruling) -> dict[_Place, rulings.Claim]:
    sections: Mapping[Section, Sequence[rulings.Claim]] = {"agreed": ruling.agreed, "split": ruling.split}
    return {(section, n): claim for section, claims in sections.items() for n, claim in enumerate(claims)}


def _same_words(one: rulings.Claim, other: rulings.Claim) -> bool:
    return fold_option(one.claim) == fold_option(other.claim)


def _kept(was: Section, old: rulings.Claim, section: Section, new: rulings.Claim) -> Iterator[Change]:
    """A claim that both rulings have: it may stand in the other section, be held by others, or be worded otherwise.

    Other sentences of the same voices are no difference: who holds it is as before.
    """
    sides = _sides(old), _sides(new)
    if was != section:
        yield Change(section, "moved", new.claim, was)
    elif sides[0] != sides[1]:
        yield Change(section, "changed", f"{new.claim} ({sides[1]})", f"{old.claim} ({sides[0]})")
        return
    if not _same_words(old, new):
        yield Change(section, "changed", new.claim, old.claim)


def _sides(claim: rulings.Claim) -> str:
    """`held by B, S; contested by C`: the letters are those of the sentences that are cited."""
    parts = []
    for verb, cited in (("held", claim.support), ("contested", claim.against)):
        letters = [ids[0].partition(".")[0].rstrip("0123456789") for ids in cited.values() if ids]
        parts += [f"{verb} by {', '.join(sorted(letters))}"] if letters else []
    return "; ".join(parts)


def _dissent(before: Sequence[rulings.Dissent], after: Sequence[rulings.Dissent]) -> Iterator[Change]:
    was, now = ({d.voice: _stands_for(d) for d in given} for given in (before, after))
    for voice in dict.fromkeys((*was, *now)):
        yield from _line("dissent", was.get(voice, ""), now.get(voice, ""), voice)


def _stands_for(dissent: rulings.Dissent) -> str:
    stance = f"“{dissent.stance.option}” ({dissent.stance.confidence})"
    return f"{stance}: {dissent.crux}" if dissent.crux else stance
