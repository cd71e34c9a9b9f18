"""How long a search takes in a library of made-up debates, and how that grows with the number of debates.

    python -m bench.searching [--debates 1000 10000] [--repeat 12] [--cpu] [FILE …]

Libraries of these sizes are made (`bench/generate.py`) and thrown away; or files that it made before are searched. Each
kind of search is asked with several words of about the same frequency, the newest hits first and the best first, at
most 50 of them. Milliseconds, median and 95th percentile; growth is from the smallest library to the greatest. Reach:
the first results of one or two words at most 50 and 200 ms among 100,000 debates. The best hits come when they are
ready; who types meanwhile interrupts them. On a busy machine `--cpu` counts what the processor was at work for it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from bench import quantile
from bench.generate import SEED, Language, generate
from upverdict.core.store.reader import Library

BANDS = {"common": (0, 30), "usual": (100, 600), "rare": (8_000, 20_000)}
"""Words of the generator by their rank: in half of all statements and more, in some, in hardly any."""
KINDS = {
    "one common word": "{common} ",
    "one usual word": "{usual} ",
    "one rare word": "{rare} ",
    "two common words": "{common} {other} ",
    "two usual words": "{usual} {usual2} ",
    "a common and a rare word": "{common} {rare} ",
    "prefix of one letter": "{one}",
    "prefix of three letters": "{three}",
    "prefix of five letters": "{five}",
    "common and prefix of three": "{common} {three}",
    "phrase of common words": '"{common} {other}"',
    "phrase of usual words": '"{usual} {usual2}"',
    "common word, one left out": "{common} -{other} ",
    "common word of a voice": "voice:skeptic {common} ",
    "common word of the user": "voice:you {common} ",
    "common word, tag of few": "tag:few {common} ",
    "usual word, tag of few": "tag:few {usual} ",
    "common word, in one day long ago": "after:2020-02-03 before:2020-02-04 {common} ",
    "common word, before the second month": "before:2020-02 {common} ",
    "usual word, before the second month": "before:2020-02 {usual} ",
    "rare word, before the second month": "before:2020-02 {rare} ",
    "common word, interrupted": "state:interrupted {common} ",
    "filters alone": "state:interrupted tag:few",
    "the user's words alone": "voice:you",
}


def queries(kind: str, repeat: int) -> list[str]:
    chance = random.Random(kind)
    words = Language(random.Random(SEED)).words

    def one(band: str) -> str:
        return words[chance.randrange(*BANDS[band])]

    made = []
    for _ in range(repeat):
        long = next(w for w in iter(lambda: one("rare"), None) if len(w) > 5)
        made.append(
            KINDS[kind].format(
                common=one("common"),
                other=one("common"),
                usual=one("usual"),
                usual2=one("usual"),
                rare=one("rare"),
                one=one("usual")[0],
                three=one("usual")[:3].ljust(3, "a"),
                five=long[:5],
            )
        )
    return made


def times(library: Library, asked: Sequence[str], ranked: bool, clock: Callable[[], float]) -> list[float]:
    """Milliseconds of each query."""
    spent = []
    for words in asked:
        begun = clock()
        library.search(words, ranked=ranked)
        spent.append((clock() - begun) * 1e3)
    return spent


def table(files: Sequence[Path], repeat: int, clock: Callable[[], float]) -> list[str]:
    libraries = [Library(path) for path in files]
    counts = [f"{library.count():,}" for library in libraries]
    lines = []
    for ranked, order in ((False, "newest first"), (True, "best first")):
        lines += [f"| {order} | {' | '.join(counts)} | growth |", "| --- |" + " --- |" * (len(counts) + 1)]
        for kind in KINDS:
            asked = queries(kind, repeat)
            found = [times(library, asked, ranked, clock) for library in libraries]
            cells = " | ".join(f"{median(spent):.1f} · {quantile(spent, 0.95):.1f}" for spent in found)
            lines.append(f"| {kind} | {cells} | {median(found[-1]) / median(found[0]):.1f} |")
        lines.append("")
    for library in libraries:
        library.close()
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--debates", nargs="+", type=int, default=[1_000, 10_000])
    parser.add_argument("--repeat", type=int, default=12, help="searches of each kind")
    parser.add_argument("--cpu", action="store_true", help="time of the processor in place of the clock's")
    given = parser.parse_args()
    clock = time.process_time if given.cpu else time.perf_counter
    with tempfile.TemporaryDirectory() as folder:
        files = list(given.files)
        if not files:
            files = [Path(folder) / f"{count}.db" for count in given.debates]
            for path, count in zip(files, given.debates, strict=True):
                asyncio.run(generate(path, count, SEED))
        print("\n".join(table(files, given.repeat, clock)))


if __name__ == "__main__":
    main()
