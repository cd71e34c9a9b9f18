"""Fetches axe-core, which finds what shuts people out of a page: `python -m tests.axe`, which `python -m tests` does.

From npm, as it is published; one release, known by its digest. It lies in `.axe/`, which is not in git; npm's own cache
gives it again without a network.
"""

from __future__ import annotations

import base64
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "4.14.1"
DIGEST = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
"""SHA-512 of the package, as the registry tells it (`npm view axe-core@VERSION dist.integrity`)."""
SCRIPT = Path(__file__).parent.parent / ".axe" / f"axe-{VERSION}.min.js"
MISSING = f"axe-core {VERSION} is not here: `python -m tests.axe` fetches it from npm (on Debian: apt-get install npm)."


def fetch() -> None:
    """Puts the script in its place, unless it is there. Raises SystemExit with a sentence where it can't be had."""
    if SCRIPT.exists():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit(f"{MISSING} There is no npm.")
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", "--silent", "--prefer-offline", "--ignore-scripts", f"axe-core@{VERSION}"]
        done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
        packed = list(Path(folder).glob("*.tgz"))
        if done.returncode or not packed:
            raise SystemExit(f"{MISSING} npm says: {done.stderr.strip()}")
        package = packed[0].read_bytes()
    if base64.b64encode(hashlib.sha512(package).digest()).decode() != DIGEST:
        raise SystemExit(f"What npm gave for axe-core {VERSION} is not what was published; nothing was kept.")
    with tarfile.open(fileobj=io.BytesIO(package)) as tar:
        script = tar.extractfile("package/axe.min.js")
        assert script is not None, "it is a file"
        SCRIPT.parent.mkdir(exist_ok=True)
        SCRIPT.write_bytes(script.read())


def source() -> str:
    """The script. Raises AssertionError with a sentence where it was not fetched."""
    assert SCRIPT.exists(), MISSING
    return SCRIPT.read_text("utf-8")


if __name__ == "__main__":
    fetch()
    sys.exit()
