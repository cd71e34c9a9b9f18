"""Several instances on one file, for some seconds: nothing is lost, and nobody hears of a lock."""

from __future__ import annotations

from pathlib import Path

from tests.together import check, run


def test_several_instances_on_one_file(tmp_path: Path) -> None:
    done = run(3, tmp_path / "debates.db")
    check(done, tmp_path / "debates.db")
    assert len(done.printed) >= 2
    assert done.imported
    assert done.looks
