"""A real browser for tests: Debian's `chromium`, without a window, spoken to over two pipes (the DevTools protocol).

No driver and no port: `--remote-debugging-pipe` reads commands from descriptor 3 and writes to 4, each a line of JSON
that ends in a NUL (<https://chromedevtools.github.io/devtools-protocol/>).
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
MISSING = "There is no chromium to look at the page of HTML with. On Debian: apt-get install chromium."
FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-sandbox",  # root has none; the pages are ours
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--font-render-hinting=none",
)
PIPES = "import os, sys; a, b, *c = sys.argv[1:]; os.dup2(int(a), 3); os.dup2(int(b), 4); os.execvp(c[0], c)"
PATIENCE = 60
"""Seconds for one answer of the browser's: what takes longer has hung."""


class Broken(AssertionError):
    """The browser is gone, or says that a command was wrong."""


class Browser:
    """One browser. `events` are the messages that it sent by itself, of the page that is open."""

    def __init__(self, read: int, write: int) -> None:
        self._read = os.fdopen(read, "rb", buffering=0)
        self._write = os.fdopen(write, "wb", buffering=0)
        self._held = b""
        self._number = 0
        self._session = ""
        self._target = ""
        self.events: list[dict[str, Any]] = []

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """One command to the page that is open, or to the browser where none is. Raises Broken."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session and not method.startswith("Target."):
            message["sessionId"] = self._session
        self._write.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise Broken(f"{method}: {answer['error']}")
                return dict(answer["result"])
            self.events.append(answer)

    def _next(self) -> dict[str, Any]:
        import select

        while b"\0" not in self._held:
            if not select.select([self._read], [], [], PATIENCE)[0]:
                raise Broken("the browser does not answer")
            piece = self._read.read(1 << 20)
            if not piece:
                raise Broken("the browser is gone")
            self._held += piece
        one, _, self._held = self._held.partition(b"\0")
        return dict(json.loads(one))

    def until(self, reached: Callable[[dict[str, Any]], bool]) -> None:
        """Read on until an event is there, or has been."""
        seen = 0
        while True:
            if any(map(reached, self.events[seen:])):
                return
            seen = len(self.events)
            self.events.append(self._next())

    # -- pages ---------------------------------------------------------------------------------------------------------

    def open(self, url: str, *, width: int = 1280, height: int = 900, dark: bool = False, print: bool = False) -> None:
        """A new page, with nothing of the one before."""
        if self._target:
            self.ask("Target.closeTarget", targetId=self._target)
        self._session, self.events = "", []
        self._target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=self._target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.ask(f"{domain}.enable")
        self.look(width, height, dark=dark, print=print)
        self.go(url)

    def look(self, width: int, height: int = 900, *, dark: bool = False, print: bool = False) -> None:
        """How wide the window is, and what the reader prefers: always that nothing moves."""
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        wanted = {"prefers-color-scheme": "dark" if dark else "light", "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in wanted.items()]
        self.ask("Emulation.setEmulatedMedia", media="print" if print else "", features=features)

    def go(self, url: str) -> None:
        """To an address, until it is loaded."""
        self.ask("Page.navigate", url=url)
        self.until(lambda e: e.get("method") == "Page.loadEventFired")

    def run(self, script: str) -> Any:
        """What a script of the test's, not of the page's, comes to; waits for a promise."""
        done = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in done:
            raise Broken(str(done["exceptionDetails"]))
        return done["result"].get("value")

    def picture(self, *, whole: bool = False) -> bytes:
        """The window as PNG, or the whole page."""
        return base64.b64decode(self.ask("Page.captureScreenshot", captureBeyondViewport=whole)["data"])

    def printed(self) -> bytes:
        """The page as PDF, on A4."""
        done = self.ask(
            "Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=False, preferCSSPageSize=True
        )
        return base64.b64decode(done["data"])

    # -- what it had to say --------------------------------------------------------------------------------------------

    def complaints(self) -> list[str]:
        """Everything that stands in its console, or would: messages, errors, what its policy forbade."""
        kinds = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Audits.issueAdded")
        return [json.dumps(e["params"]) for e in self.events if e.get("method") in kinds]

    def requests(self) -> list[str]:
        """Every address that was asked for."""
        return [e["params"]["request"]["url"] for e in self.events if e.get("method") == "Network.requestWillBeSent"]


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """A browser that lives as long as it is held. Its profile is in the folder. Raises AssertionError without one."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    assert program, MISSING
    to_browser, from_us = os.pipe()
    to_us, from_browser = os.pipe()
    command = [program, *FLAGS, f"--user-data-dir={folder / 'profile'}", "about:blank"]
    process = subprocess.Popen(
        [sys.executable, "-c", PIPES, str(to_browser), str(from_browser), *command],
        pass_fds=(to_browser, from_browser),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(to_browser)
    os.close(from_browser)
    browser = Browser(to_us, from_us)
    try:
        yield browser
        browser.ask("Browser.close")
    finally:
        browser._write.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        browser._read.close()
