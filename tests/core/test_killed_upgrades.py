"""Kill -9 while an older file is brought up to date: what was there is there, and a part of a copy is no copy."""

from __future__ import annotations

import random

from tests.killed_upgrades import many


def test_kill_9_while_a_file_is_brought_up_to_date() -> None:
    assert sum(many(20, random.Random(), debates=6).values()) == 20
