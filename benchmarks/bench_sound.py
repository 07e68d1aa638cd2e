"""Sounds of a kind, and voices of a speaker, by sound alone: the files' names are numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from common import likeness, renamed
from polysense import Library
from polysense.evaluate.bench import Row
from polysense.registry import kit

DEEP = 300
"""Files ranked in each space: more than there are."""


def run(data: Path, work: Path) -> Iterator[Row]:
    """Kinds of sound, then speakers."""
    clips = sorted((data / "audio-esc10").glob("*/*.ogg"))
    yield from alike(
        "ESC-10 clip -> clip of its kind", clips, lambda p: p.parent.name, work / "esc10"
    )
    digits = sorted((data / "audio-digits").glob("*.wav"))
    yield from alike(
        "Spoken digit -> same speaker", digits, lambda p: p.stem.split("_")[1], work / "digits"
    )


def alike(
    what: str, files: Sequence[Path], label: Callable[[Path], str], work: Path
) -> Iterator[Row]:
    """Each file as a query for the others of its label, in each space and by default."""
    copies = renamed(files, work / "files")
    labels = {copy: label(source) for copy, source in copies.items()}
    # what is said would tell digits, not speakers
    with Library(work / "kb", kit=kit(converters=["-whisper_tiny"])) as kb:
        kb.index(work / "files")
        for name, using in (
            ("default", ""),
            ("sound", f"sound % {DEEP}"),
            ("speaker", f"speaker % {DEEP}"),
        ):
            first, precision = likeness(kb, labels, using)
            yield Row(
                f"{what}, {name}",
                f"mAP {precision:.3f}, R@1 {first:.3f}",
                note=f"{len(labels)} files, words not read",
            )
