"""The package as it is shipped: every module and data file is in the wheel, and nothing is imported under two names."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("core", "personas", "tui")
KINDS = (".py", ".css", ".tcss", ".md", ".toml")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the sources without a network."""
    source = tmp_path_factory.mktemp("source")
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in files.decode().split("\0"):
        if name.startswith(FOLDERS) or name in ("pyproject.toml", "README.md", "LICENSE"):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet"]
    subprocess.run([*command, "--wheel-dir", str(source / "dist"), str(source)], check=True, capture_output=True)
    (made,) = (source / "dist").glob("*.whl")
    return made


def test_the_wheel_has_every_module_and_every_data_file(wheel: Path) -> None:
    shipped = set(zipfile.ZipFile(wheel).namelist())
    sources = {p for f in FOLDERS for p in (ROOT / f).rglob("*") if p.suffix in KINDS}
    wanted = {f"upverdict/{p.relative_to(ROOT).as_posix()}" for p in sources}
    assert wanted <= shipped
    extra = {n for n in shipped if not n.startswith(("upverdict/", "upverdict-"))}
    assert not extra, "nothing beside the package, least of all a top-level `core`"


def test_the_wheel_runs_by_itself(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); "
        "sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in repr(f).lower()]; "
        "import upverdict.core.cli as c; assert c.__file__.startswith(sys.path[0]), c.__file__; "
        "from upverdict.tui.launch import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "site"), "personas", "list"],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "The Contrarian" in done.stdout


def test_nothing_is_imported_by_its_folders_name() -> None:
    bare = re.compile(r"^\s*(?:from|import)\s+(?:core|personas|tui)(?:\.|\s|$)", re.MULTILINE)
    files = [p for f in (*FOLDERS, "tests", "bench", "docs") for p in (ROOT / f).rglob("*.py")]
    assert not [p for p in files if bare.search(p.read_text("utf-8"))]


def test_no_module_lives_under_two_names() -> None:
    loaded = {name.partition(".")[0] for name in sys.modules}
    assert not loaded & set(FOLDERS)
