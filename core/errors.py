"""What goes wrong for a person, in sentences, and the exit codes of the command line (design.md)."""

from __future__ import annotations

import errno
import sys

VERDICT = 0
NO_VERDICT = 1
WRONG_USE = 2
NOTHING_TO_TALK_TO = 3
NO_SUCH_DEBATE = 4
INTERRUPTED = 130


class UserError(Exception):
    """An error that a person can meet. Its text says what happened, what was kept and what to do.

    `about` is the part of an order that it is about, where that is one: `council`, `endpoint`, `sources` or `limit`;
    `voice` is the one of the council, where it is about one. `on_form` says it where fields take the place of options.
    """

    exit_code = NO_VERDICT

    def __init__(self, message: str = "", *, about: str = "", voice: str = "", on_form: str = "") -> None:
        super().__init__(message)
        self.about = about
        self.voice = voice
        self.on_form = on_form or message


class WrongUse(UserError):
    exit_code = WRONG_USE


class NothingToTalkTo(UserError):
    exit_code = NOTHING_TO_TALK_TO


class NoSuchDebate(UserError):
    exit_code = NO_SUCH_DEBATE


def nobody_reads(error: OSError) -> bool:
    """Whether an output could not be written because its reader has enough and is gone."""
    # Windows says of a pipe without a reader that the argument is invalid.
    return isinstance(error, BrokenPipeError) or (sys.platform == "win32" and error.errno == errno.EINVAL)
