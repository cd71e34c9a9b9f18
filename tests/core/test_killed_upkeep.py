"""Kill -9 during import, backup and rebuild: what was there is there, and no part passes for a whole."""

from __future__ import annotations

import os
import random

import pytest

from tests.killed_upkeep import many


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork elsewhere")
def test_kill_9_while_it_imports_copies_or_rebuilds() -> None:
    assert sum(many(20, random.Random(), kept=5).values()) == 20
