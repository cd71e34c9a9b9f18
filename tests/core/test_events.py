"""Events and their JSON: what goes out comes back, and what is no event of ours is refused."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upverdict.core import events as ev
from upverdict.core import jsonform
from upverdict.core.values import Value


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Any value that a field of this type can hold."""
    args, origin = get_args(hint), get_origin(hint)
    if isinstance(hint, type) and issubclass(hint, Value):
        return any_of(hint)
    if origin is tuple and args[-1] is Ellipsis:
        return st.lists(values_of(args[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values_of, args))
    if origin is Mapping:
        return st.dictionaries(values_of(args[0]), values_of(args[1]), max_size=3)
    if origin is Literal:
        return st.sampled_from(args)
    return {str: st.text(), int: st.integers(0, 2**53), bool: st.booleans(), float: st.floats(0, 1e6)}[hint]


def any_of(kind: type[Value]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{name: values_of(hints[name]) for name in kind.FIELDS})


@given(st.sampled_from(sorted(ev.KINDS)).flatmap(lambda k: any_of(ev.KINDS[k])))
def test_every_event_comes_back_from_its_line(event: ev.Event) -> None:
    line = jsonform.to_json(event)
    assert "\n" not in line
    assert jsonform.from_json(line) == event


def test_a_line_reads_as_the_design_shows_it() -> None:
    event = ev.TextDelta(
        seq=12, at="2026-11-24T10:00:00.123Z", debate="d", voice="builder", round="opening", statement="B1", text="…"
    )
    assert jsonform.to_json(event) == (
        '{"seq":12,"at":"2026-11-24T10:00:00.123Z","debate":"d","kind":"text_delta","voice":"builder","round":"opening",'
        '"statement":"B1","text":"…"}'
    )


def test_all_the_kinds_of_the_design_are_there() -> None:
    wanted = (
        "debate_started statement_started text_delta statement_finished statement_failed statement_stopped "
        "search_started source_found floor_opened user_spoke retrying verdict_started verdict_delta verdict_ruled "
        "comment_added usage debate_finished debate_failed"
    )
    assert set(wanted.split()) <= ev.KINDS.keys()


GOOD = {"seq": 1, "at": "", "debate": "d", "kind": "floor_closed", "number": 0, "reason": "auto"}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "nonsense",
        "[]",
        "3",
        json.dumps(GOOD | {"kind": "of_tomorrow"}),
        json.dumps(GOOD | {"surprise": 1}),
        json.dumps(GOOD | {"reason": "whim"}),
        json.dumps(GOOD | {"number": "0"}),
        json.dumps(GOOD | {"number": True}),
        json.dumps({k: v for k, v in GOOD.items() if k != "number"}),
        json.dumps({"kind": "usage", "voice": "b", "statement": "B1", "model": "m", "usage": [1]}),
        json.dumps(
            {"kind": "statement_stopped", "voice": "b", "round": "opening", "statement": "B1", "sentences": [[1]]}
        ),
    ],
)
def test_what_is_no_event_is_refused(line: str) -> None:
    with pytest.raises(jsonform.BadEvent):
        jsonform.from_json(line)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
    )
)
def test_no_json_at_all_raises_anything_else(raw: Any) -> None:
    with contextlib.suppress(jsonform.BadEvent):
        jsonform.from_json(json.dumps(raw))
