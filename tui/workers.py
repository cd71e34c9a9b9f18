"""Textual's workers, so that none is an error when what it works for goes away. Knows no screen."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, ParamSpec, Protocol, TypeVar

from textual.app import App
from textual.await_remove import AwaitRemove
from textual.dom import DOMNode
from textual.widget import Widget

P = ParamSpec("P")
T = TypeVar("T")


def later(work: Callable[P, Coroutine[Any, Any, object]], *args: P.args, **more: P.kwargs) -> Callable[[], Any]:
    """What `run_worker` takes: no coroutine yet. A worker may be overtaken, or the program be left, before it begins,
    and a coroutine that was made and never awaited is an error.
    """
    return partial(work, *args, **more)


class Serves(Protocol):
    """What an app offers screens that ask it for something that takes a while."""

    def serve(self, service: Callable[P, Coroutine[Any, Any, None]], *args: P.args, **more: P.kwargs) -> None: ...


class Orderly(App[T]):
    """An app in which a worker ends before anything that it draws on is taken away.

    Textual takes a screen down from its innermost widgets, and cancels the screen's workers last: one that went on in
    between would find widgets without a screen, and end the program with an error.
    """

    def _prune(self, *nodes: Widget, parent: DOMNode | None = None) -> AwaitRemove:
        for node in nodes:
            for one in node.walk_children(with_self=True):
                self.workers.cancel_node(one)
        return super()._prune(*nodes, parent=parent)
