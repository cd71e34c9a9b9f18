"""The file of debates in Datasette: what its tables and columns mean, and how Datasette is started on it.

Datasette (https://datasette.io) is a program of its own, which shows any SQLite file in a browser. It only reads, and
listens on this machine alone.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from upverdict.core import errors
from upverdict.core.store.reader import Library

_DEBATE = "the debate that it belongs to"
_HIDDEN = ("counts", "drafts", "unclean", "spaced_debates", "spaced_statements")
"""What the program keeps for itself."""

TABLES: dict[str, dict[str, Any]] = {
    "debates": {
        "description": "One question argued once, with the verdict that stands.",
        "columns": {
            "number": "counts the debates of this file; what the full-text index knows one by",
            "id": "what commands call it",
            "state": "running, interrupted, finished or failed; running also where a program that died held it",
            "created_at": "when it was begun, in UTC",
            "updated_at": "when something was last said, in UTC",
            "deleted_at": "when it was deleted, as long as that can be undone; else empty",
            "last_seq": "the number of its last event",
            "council": "the names of those who were seated",
            "rounds": "rounds of rebuttals that were held",
            "statements": "how many statements have words",
            "headline": "of the verdict; empty where there is none",
            "title": "what the user calls it; empty: by its question",
            "archived": "1 where it was put away, out of the list",
            "due": "the first day on which the verdict is to be looked at again",
            "choice": "what the user decided in the end",
            "outcome": "how that turned out",
        },
        "label_column": "question",
        "facets": ["state", "archived"],
        "sort_desc": "created_at",
        "fts_table": "debates_fts",
        "fts_pk": "number",
    },
    "statements": {
        "description": "What one voice said in one round.",
        "columns": {
            "debate": _DEBATE,
            "statement": "its id in the debate: B1 is the Builder's first",
            "voice": "who said it; you: the user",
            "round": "opening, rebuttal, reply or discussion",
            "number": "which rebuttal it is; 0 for an opening",
            "state": "finished, or partial where it was cut off",
            "model": "the model that really answered",
        },
        "label_column": "statement",
        "facets": ["voice", "round", "state"],
        "fts_table": "statements_fts",
        "fts_pk": "id",
    },
    "verdicts": {
        "description": "Every version of every verdict; the highest version stands.",
        "columns": {
            "debate": _DEBATE,
            "cause": "debate, or the statement of the user's after which the judge ruled again",
            "ruling": "all of it, as JSON",
        },
        "label_column": "headline",
        "sort_desc": "at",
    },
    "quotes": {
        "description": "The pull quotes of the verdicts: start and end are characters of the statement's text.",
        "columns": {"debate": _DEBATE, "version": "of the verdict", "statement": "where the words stand"},
        "facets": ["voice"],
    },
    "sources": {
        "description": "What statements can cite.",
        "columns": {"debate": _DEBATE, "source": "its number in the debate", "text": "what of it the council read"},
        "label_column": "title",
        "facets": ["kind", "status"],
    },
    "citations": {
        "description": "Where statements cite sources: behind so many characters of the statement's text.",
        "columns": {"debate": _DEBATE, "quote": "what the source says there, where the endpoint proves it"},
    },
    "tags": {
        "description": "The user's tags.",
        "columns": {"debate": _DEBATE, "created_at": "when the debate was begun"},
        "facets": ["tag"],
    },
    "revisits": {
        "description": "When verdicts are to be looked at again: on a day, if something comes about, or both.",
        "columns": {"debate": _DEBATE},
        "sort": "date",
    },
    "events": {
        "description": "The log, from which all other tables are made.",
        "columns": {
            "debate": _DEBATE,
            "seq": "the number of the event in its debate",
            "count": "how many events the row holds: words that come in pieces are gathered",
            "body": "the event's own fields, as JSON",
        },
        "facets": ["kind"],
    },
}
"""By table what Datasette shows of it (https://docs.datasette.io/en/stable/metadata.html)."""

QUERIES = {
    "who_said": {
        "title": "Who said it",
        "description": "Every statement with these words, the best match first.",
        "sql": (
            "select s.debate, d.question, s.statement, s.name, snippet(statements_fts, 0, '', '', '…', 18) as words "
            "from statements_fts join statements s on s.id = statements_fts.rowid join debates d on d.id = s.debate "
            "where statements_fts match :words and d.deleted_at is null order by rank limit 100"
        ),
    },
    "due": {
        "title": "Verdicts to be looked at again",
        "sql": "select due, id, question, headline from debates where due <> '' and deleted_at is null order by due",
    },
}


def metadata(path: Path) -> dict[str, Any]:
    """What Datasette is told of this file."""
    hidden = {name: {"hidden": True} for name in _HIDDEN}
    about = {
        "title": "Debates",
        "description": "Made by upverdict. Quotes are proven by code; what the voices say is theirs.",
        "tables": TABLES | hidden,
        "queries": QUERIES,
    }
    return {"title": "upverdict", "databases": {path.stem: about}}


def printing(db: Path) -> int:
    """Print the metadata, for a Datasette that is started in another way."""
    print(json.dumps(metadata(db), ensure_ascii=False, indent=1))
    return errors.VERDICT


def showing(db: Path, arguments: Sequence[str]) -> int:
    """Run Datasette on the file until it is ended. `arguments` are its own, such as `--open` or `--port`.

    Raises UserError where it is not installed, and StoreError where the file can't be read.
    """
    library = Library(db)
    library.count()  # says what is wrong with the file, and brings one of an older version up to date
    library.close()
    if not db.exists():
        raise errors.UserError(f"There is no file {db} yet. Hold a debate first: upverdict ask QUESTION.")
    command = _command()
    with tempfile.TemporaryDirectory(prefix="upverdict-") as folder:
        described = Path(folder) / "metadata.json"
        described.write_text(json.dumps(metadata(db)), "utf-8")
        process = subprocess.Popen([*command, "serve", str(db), "--metadata", str(described), *arguments])
        for ending in (signal.SIGTERM, *([signal.SIGHUP] if sys.platform != "win32" else [])):
            signal.signal(ending, lambda *_: process.terminate())  # whoever ends us means both
        while True:
            with contextlib.suppress(KeyboardInterrupt):  # it gets the key as well, and ends in order
                return process.wait()


def _command() -> list[str]:
    if importlib.util.find_spec("datasette"):
        return [sys.executable, "-m", "datasette"]
    if found := shutil.which("datasette", path=os.environ.get("PATH")):
        return [found]
    raise errors.UserError(
        "Datasette is not installed here. `pip install datasette` or `uv tool install datasette` installs it; then "
        "give the command again. Nothing was changed."
    )
