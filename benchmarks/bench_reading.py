"""Characters read of real files, beside what the reference library for their type reads: what is
missing is listed file by file.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from common import fingerprint
from polysense import registry
from polysense.evaluate.bench import Row
from polysense.ingest.jobs import ParseFile
from polysense.ingest.workers import JobResult, Limits, Workers
from polysense.read.file.mime import modality_of, sniff
from polysense.types import Asset, Chunk
from reference_texts import REFERENCES

FOLDERS = (
    "mixed-web-course",
    "mixed-imaging-course",
    "pdf-samples",
    "broken-files",
    "naughty-strings",
)
LEAST = 0.97
"""Share of the characters of a folder's files, on average, below which reading got worse: every
folder has more.
"""

ENOUGH = 0.98
"""Share of the reference's characters from which a file counts as read whole."""

CAUSES = {
    "imagemagick-images.pdf": "words outside of the page",
    "habibi.pdf": "letters of a font that does not tell which they are, in another order",
    "form_evince.pdf": "the number of the page",
    "iframe-detail.html": "words for browsers without frames",
    "number-example/index.html": "display: none",
    "4-breaking.html": "a heading that stands over several sections, counted once",
}
"""Why files are below that, seen by looking at them."""

_LONG = 8
"""Letters from which a word is looked for in all letters that were read."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a file: the share of the reference's characters that was read, None where
    there is no reference; why not all of it was; the error that reading ended with.
    """

    path: Path
    share: float | None
    reason: str = ""
    error: str = ""


def run(data: Path, work: Path) -> Iterator[Row]:
    """Every file of five folders, in worker processes as indexing has them."""
    readings = list(read_all([data.resolve() / name for name in FOLDERS]))
    crashes = [r for r in readings if "crashed its reader" in r.error or "took more" in r.error]
    yield Row("Five folders: readers that crash or hang", str(len(crashes)), "0", not crashes)
    for folder in FOLDERS:
        own = [r for r in readings if folder in r.path.parts]
        compared = [r for r in own if r.share is not None]
        short = [r for r in compared if r.share is not None and r.share < ENOUGH]
        names = "; ".join(f"{r.path.name} {r.share:.3f} ({r.reason})" for r in short)
        mean = sum(r.share or 0 for r in compared) / max(1, len(compared))
        yield Row(
            f"Characters read, {folder}: mean of files",
            f"{mean:.4f}",
            f"at least {LEAST}",
            mean >= LEAST,
            note=f"{len(compared)} of {len(own)} files have a reference",
        )
        yield Row(f"Characters read, {folder}: files below {ENOUGH}", str(len(short)), note=names)


def read_all(roots: Sequence[Path]) -> Iterator[Reading]:
    """What became of each file under these folders; of the same content once."""
    kit = registry.kit(encoders=[f"-{e}" for e in registry.OFFLINE.encoders])
    workers = Workers(kit.specs, Limits(seconds=60, memory_mb=4096))
    try:
        for job, result in workers.map(ParseFile(a) for a in assets(roots)):
            yield compare(job.asset, result)
    finally:
        workers.close()


def assets(roots: Sequence[Path]) -> Iterator[Asset]:
    """The files that some parser reads."""
    ids: set[str] = set()
    types = registry.kit().parsers
    for path in sorted(p for root in roots for p in root.rglob("*") if p.is_file()):
        mime, key = sniff(path), fingerprint(path)
        if mime in types and path.stat().st_size and key not in ids:
            ids.add(key)
            yield Asset(key, str(path), mime, modality_of(mime), path.stat().st_size, path=path)


def compare(asset: Asset, result: JobResult) -> Reading:
    """How much of what the reference reads was read."""
    path, error = Path(asset.uri), str(result.error or "")
    reference = REFERENCES.get(asset.mime)
    if reference is None:
        return Reading(path, None, error, error)
    try:
        reference_words = words(reference(path))
    except Exception as e:  # noqa: BLE001 - a reference that cannot read the file says nothing of it
        return Reading(path, None, error or f"the reference: {type(e).__name__}", error)
    if not reference_words:
        return Reading(path, None, error, error)
    chunks = [item for item in result.items if isinstance(item, Chunk)]
    contexts = dict.fromkeys(line for c in chunks for line in c.context.split("\n"))
    texts = [c.text for c in chunks] + list(contexts)
    text = "\n".join(texts)
    missing = reference_words - words(text)
    letters = "".join(_WORD.findall(_fold(text)))
    for word in [w for w in missing if len(w) >= _LONG and w in letters]:
        del missing[word]  # a reference joins what stands in two elements, or ends a line
    size = sum(len(w) * n for w, n in reference_words.items())
    share = 1 - sum(len(w) * n for w, n in missing.items()) / size
    return Reading(path, share, error or _reason(asset, chunks, missing), error)


def _reason(asset: Asset, chunks: Sequence[Chunk], missing: Counter[str]) -> str:
    if any(c.meta.get("kind") == "minified" for c in chunks):
        return "packed code is summed up"
    if asset.mime in ("text/vtt", "application/x-subrip"):
        return "times are places, not words"
    for ending, cause in CAUSES.items():
        if re.sub(r"-(oneline-cmap|rotated)", "", asset.uri).endswith(ending):
            return cause
    longest = sorted(missing, key=lambda w: -len(w) * missing[w])[:4]
    return f"without {', '.join(w[:20] for w in longest)}"


def words(text: str) -> Counter[str]:
    """The words of a text in one Unicode form and case, with how often each stands there."""
    return Counter(_WORD.findall(_fold(text)))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


if __name__ == "__main__":
    import os
    import sys

    folders = [Path(os.environ["POLYSENSE_DATA"]).resolve() / n for n in sys.argv[1:] or FOLDERS]
    for reading in sorted(read_all(folders), key=lambda r: r.share if r.share is not None else 2):
        if reading.error or (reading.share is not None and reading.share < ENOUGH):
            share = "-" if reading.share is None else f"{reading.share:.3f}"
            print(share, reading.path, reading.reason, sep="\t")
