"""The app: comes up without what it does not need, knows every key, and leaves without losing a word."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from textual.app import SystemCommand

from tests.scripted import Gate, Pace, ScriptedEndpoint, debate_script, hold
from tests.tui.shelf import Shown, config_in, debate, keep, showing
from tests.tui.stage import SMALL, screen_text, until
from upverdict.core import errors
from upverdict.core.session import Choice, Order
from upverdict.core.store.errors import StoreError
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store
from upverdict.tui import app as app_module
from upverdict.tui import leaving
from upverdict.tui.app import UpverdictApp
from upverdict.tui.commands import commands
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.dialog import Confirm
from upverdict.tui.screens.help import HelpScreen
from upverdict.tui.screens.new import NewScreen
from upverdict.tui.widgets.keys_line import KeysLine, read_keys
from upverdict.tui.widgets.preview import Preview
from upverdict.tui.widgets.title_line import TitleLine
