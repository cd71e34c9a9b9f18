"""Work for a worker of Textual's that has not begun yet. Knows no screen."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, ParamSpec

P = ParamSpec("P")


def later(work: Callable[P, Coroutine[Any, Any, object]], *args: P.args, **more: P.kwargs) -> Callable[[], Any]:
    """What `run_worker` takes: no coroutine yet. A worker may be overtaken, or the program be left, before it begins,
    and a coroutine that was made and never awaited is an error.
    """
    return partial(work, *args, **more)
