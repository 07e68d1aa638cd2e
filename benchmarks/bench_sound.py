"""Sounds of a kind, and voices of a speaker, by sound alone, and sounds by words for their kind:
the files' names are numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from common import likeness, renamed
from polysense import Library
from polysense.evaluate.bench import Row, mean
from polysense.registry import kit

DEEP = 300
"""Files ranked in each space: more than there are."""

WORDS = {
    "en": {
        "001": "a dog barking", "002": "rain", "003": "waves on a beach", "004": "a baby crying",
        "005": "a ticking clock", "006": "somebody sneezes", "007": "a helicopter",
        "008": "cutting wood with a chainsaw", "009": "a rooster crowing", "010": "crackling fire",
    },
    "zh": {
        "001": "狗叫", "002": "下雨", "003": "海浪", "004": "婴儿哭", "005": "时钟滴答",
        "006": "打喷嚏", "007": "直升机", "008": "电锯", "009": "公鸡打鸣", "010": "篝火",
    },
}  # fmt: skip
"""What one says of each kind, by the number of its folder."""


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
            ("sound_events", f"sound_events % {DEEP}"),
            ("speaker", f"speaker % {DEEP}"),
        ):
            first, precision = likeness(kb, labels, using)
            yield Row(
                f"{what}, {name}",
                f"mAP {precision:.3f}, R@1 {first:.3f}",
                note=f"{len(labels)} files, words not read",
            )
        if all(label[:3] in WORDS["en"] for label in labels.values()):
            yield from by_words(kb, labels)


def by_words(kb: Library, labels: Mapping[Path, str]) -> Iterator[Row]:
    """How many of the first ten clips are of the kind that words name."""
    kinds = {copy.name: label[:3] for copy, label in labels.items()}
    for language, phrases in WORDS.items():
        shares = [
            mean(float(kinds[h.chunk.asset.name] == kind) for h in kb.search(phrase, k=10).hits)
            for kind, phrase in phrases.items()
        ]
        note = f"{len(shares)} phrases, {len(kinds)} clips, 20 of each kind"
        yield Row(f"Words ({language}) -> sound, P@10", f"{mean(shares):.3f}", note=note)
