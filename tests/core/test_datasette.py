"""The file in Datasette itself, over loopback: facets, full text, and foreign keys that arrive somewhere."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.core.talk import Talk
from tests.core.test_store_kit import RULING
from tests.program import COMMAND, upverdict
from tests.tui.shelf import debate, keep
from upverdict.core import datasetting
from upverdict.core import events as ev
from upverdict.core.errors import UserError


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def asked(port: int, path: str, **query: str) -> Any:
    """What it answers as JSON, or as text where it is none. Raises OSError while it does not listen."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", f"{path}?{urlencode(query)}")
        answer = connection.getresponse()
        body = answer.read().decode()
    finally:
        connection.close()
    assert answer.status == 200, f"{path}: {answer.status} {body[:200]}"
    return json.loads(body) if path.endswith(".json") else body


def waited(process: subprocess.Popen[bytes], ask: Callable[[], Any]) -> Any:
    """The first answer. Fails when the process has ended, or after a minute."""
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        try:
            return ask()
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"no answer, exit code {process.poll()}")


def test_facets_full_text_and_foreign_keys(at_home: Path) -> None:
    ruled = Talk(question="Self-host LLMs or use an API?")
    ruled.everybody(0)
    ruled.log.append(ev.DebateTagged(tags=("infrastructure",)))
    ruled.ruled(RULING)
    db = Path(upverdict("db", "path").out.strip())
    asyncio.run(keep(db, ruled.events, debate(0, "Tea?", said="Coffee is the answer."), debate(1, state="failed")))
    port = free_port()
    process = subprocess.Popen(
        [*COMMAND, "db", "datasette", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        tables = {t["name"]: t for t in waited(process, lambda: asked(port, f"/{db.stem}.json"))["tables"]}
        shown = {name for name, table in tables.items() if not table["hidden"]}
        assert shown == set(metadata(db)["databases"][db.stem]["tables"]) - hidden(db)
        keys = {
            (name, key["column"], key["other_table"], key["other_column"])
            for name in shown
            for key in tables[name]["foreign_keys"]["outgoing"]
        }
        assert {(name, "debate", "debates", "id") for name in shown - {"debates"}} <= keys
        assert tables["debates"]["primary_keys"] == ["id"]

        debates = asked(port, f"/{db.stem}/debates.json", _facet="state", _shape="objects")
        counted = {f["value"]: f["count"] for f in debates["facet_results"]["state"]["results"]}
        assert counted == {"finished": 2, "failed": 1}

        said = asked(port, f"/{db.stem}/statements.json", _search="coffee", _shape="objects", _labels="on")
        assert said["filtered_table_rows_count"] == 2
        assert {row["debate"]["label"] for row in said["rows"]} == {"Tea?"}
        (id,) = {row["debate"]["value"] for row in said["rows"]}
        assert "Coffee is the answer." in asked(port, f"/{db.stem}/statements", _search="coffee")
        assert "Tea?" in asked(port, f"/{db.stem}/debates/{id}"), "where the key leads"

        found = asked(port, f"/{db.stem}/debates.json", _search="self-host", _shape="objects")
        assert [row["id"] for row in found["rows"]] == ["261124-abcde"]
        tagged = asked(port, f"/{db.stem}/tags.json", tag="infrastructure", _shape="objects")
        assert [row["debate"] for row in tagged["rows"]] == ["261124-abcde"]
        who = asked(port, f"/{db.stem}/who_said.json", words="coffee", _shape="objects")
        assert {row["question"] for row in who["rows"]} == {"Tea?"}
        assert asked(port, f"/{db.stem}/due.json", _shape="objects")["rows"] == []
        process.terminate()  # the command alone: Datasette ends with it
        process.wait(30)
        with pytest.raises(ConnectionRefusedError):
            asked(port, "/")
    finally:
        with contextlib.suppress(ProcessLookupError):  # all of it is gone already, if all is well
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
    assert upverdict("list").out.count("\n") == 3, "and nothing was changed"


def metadata(db: Path) -> Any:
    return upverdict("db", "datasette", "--print").json


def hidden(db: Path) -> set[str]:
    tables = metadata(db)["databases"][db.stem]["tables"]
    return {name for name, about in tables.items() if about.get("hidden")}


def test_without_a_file_or_without_datasette_a_sentence_says_so(
    at_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = upverdict("db", "datasette")
    assert nothing.code == 1
    assert "There is no file" in nothing.err
    asyncio.run(keep(tmp_path / "some.db", debate(0)))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match=r"Datasette is not installed here\. `pip install datasette`"):
        datasetting.showing(tmp_path / "some.db", ())
