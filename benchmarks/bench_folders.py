"""Five real folders in one run: what became of every file, how long a second look takes, and
subtitles to the right second.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common import command, fingerprint
from polysense import Library
from polysense.evaluate.bench import Row

FOLDERS = (
    "mixed-web-course",
    "mixed-imaging-course",
    "pdf-samples",
    "shapes-kaykit",
    "video-clips",
)
_CUE = re.compile(r"^(\d+):(\d+):([\d.]+) --> .*\n(.+)$", re.M)


def run(data: Path, work: Path) -> Iterator[Row]:
    """The first run, the second, and friday.mp4."""
    roots = [data.resolve() / name for name in FOLDERS]
    library = work / "kb"
    first = command("index", *roots, library=library)
    yield Row("Five folders in one run: exit code", str(first.code), "0 or 3", first.code in (0, 3))
    with Library(library) as kb:
        assets = {a.id: a.uri for a in kb.assets()}
    fates = Counter(
        fate(path, first.output, assets)
        for root in roots
        for path in root.rglob("*")
        if path.is_file()
    )
    unaccounted = fates.pop("", 0)
    what = ", ".join(f"{n} {name}" for name, n in sorted(fates.items(), key=lambda f: -f[1]))
    yield Row(
        "Five folders: files on disk not accounted for",
        str(unaccounted),
        "0",
        not unaccounted,
        what,
    )
    uncaused = [
        f["uri"] for f in first.output["failed"] if not (f["error"].strip() and f["hint"].strip())
    ]
    yield Row(
        "Five folders: failures without a cause and a hint", str(len(uncaused)), "0", not uncaused
    )
    chunks = sum(first.output["chunks"].values())
    yield Row(
        "Five folders: seconds to index",
        f"{first.seconds:.0f}",
        note=f"{sum(fates.values())} files, {chunks} chunks",
    )
    yield from again(roots, library)
    yield from friday(data / "video-clips" / "friday.vtt", library)


def fate(path: Path, report: dict[str, Any], assets: dict[str, str]) -> str:
    """What became of a file, in one word; empty where nothing says."""
    uri = str(path)
    if any(
        s["reason"] and (uri == s["uri"] or uri.startswith(s["uri"] + "/"))
        for s in report["skipped"]
    ):
        return "skipped"
    place = assets.get(fingerprint(path))
    failed = any(f["uri"] == uri for f in report["failed"])
    if place is None:
        return (
            "failed"
            if failed
            else "archives"
            if any(u.startswith(f"{uri}!/") for u in assets.values())
            else ""
        )
    return "indexed in part" if failed else "indexed" if place == uri else "duplicates"


def again(roots: list[Path], library: Path) -> Iterator[Row]:
    """Nothing has changed."""
    second = command("index", *roots, library=library)
    parsed = second.output["indexed"]
    yield Row(
        "Second run, nothing changed: files parsed",
        str(parsed),
        "0",
        parsed == 0,
        f"{second.output['unchanged']} unchanged",
    )
    yield Row(
        "Second run: seconds, whole process", f"{second.seconds:.2f}", "< 2", second.seconds < 2
    )
    with Library(library) as kb:
        began = time.perf_counter()
        kb.index(*roots)
        yield Row("Second run: seconds, the call alone", f"{time.perf_counter() - began:.2f}")


def friday(subtitles: Path, library: Path) -> Iterator[Row]:
    """Each line, asked for in the library of all five folders."""
    right, cues = 0, _CUE.findall(subtitles.read_text("utf-8"))
    with Library(library) as kb:
        for hours, minutes, seconds, words in cues:
            best = kb.search(words, k=1)[0]
            start = best.place.seconds[0] if best.place.seconds else -9.0
            right += (
                best.chunk.asset.name == "friday.mp4"
                and abs(start - (int(hours) * 3600 + int(minutes) * 60 + float(seconds))) <= 1
            )
    yield Row(
        "Words of friday.mp4 -> the clip, first, within 1 s",
        f"{right} of {len(cues)}",
        "all",
        right == len(cues),
    )
