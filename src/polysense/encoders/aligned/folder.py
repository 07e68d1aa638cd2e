"""What a folder of heads holds: aligned.json, and a graph for each tower that has a head.

    aligned.json    {"format": 1, "name": "stamps", "dim": 384, "towers": {
                      "text": {"encoder": "minilm", "revision": "...", "head": "text.onnx"},
                      "image": {"encoder": "photo", "revision": "...", "head": "image.onnx"}},
                     "indexed": ["image"], "languages": ["en"], "signal": "perceptual"}
    image.onnx      "features" (n, width) -> "vectors" (n, dim) of unit length, float32

A tower is a frozen encoder of one modality; one without a head gives its vectors as they are. There
may be any number of them: `polysense train modality --into FOLDER` adds one, and leaves the heads
that are there as they are. The modalities that are not indexed may be asked with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

from polysense.errors import BadConfig
from polysense.protocols import Signal
from polysense.types import Modality
from polysense.weights.config_file import read_config_file, write_config_file

FORMAT = 1
CONFIG = "aligned.json"

_HINT = "Give the folder that `polysense train align` wrote."


@dataclass(frozen=True, slots=True)
class Tower:
    """A frozen encoder by its spec, the revision of its space when it was trained on, and the file
    of the head over it; "" is none. query_head is another one, over what is asked with: what is
    indexed stays as it is. language_heads are those over what is asked in a language, by its code.
    """

    encoder: str
    revision: str
    head: str = ""
    query_head: str = ""
    language_heads: Mapping[str, str] = field(default_factory=dict)

    @property
    def heads(self) -> tuple[str, ...]:
        """The files of all."""
        return tuple(filter(None, (self.head, self.query_head, *self.language_heads.values())))


@dataclass(frozen=True, slots=True)
class AlignedConfig:
    """What aligned.json says: the space's name and width, its towers by modality, the modalities
    that are indexed, the languages of its words, () for any, and what nearness means there.
    """

    name: str
    dim: int
    towers: Mapping[Modality, Tower]
    indexed: tuple[Modality, ...]
    languages: tuple[str, ...] = ()
    signal: Signal = "perceptual"


def write_config(config: AlignedConfig, folder: Path) -> None:
    """Write aligned.json, whole or not at all; the graphs that it names are the caller's to write
    first.
    """
    write_config_file(folder / CONFIG, FORMAT, asdict(config))


def read_config(folder: Path) -> AlignedConfig:
    """What `write_config` wrote. Raises BadConfig for a folder of something else, or of a format
    that this release does not know, or that lacks a head.
    """
    values = read_config_file(folder / CONFIG, FORMAT, "trained space", _HINT)
    try:
        config = _parse(values)
    except (KeyError, TypeError, ValueError, AttributeError) as e:
        raise BadConfig(f"{folder / CONFIG} lacks or misstates {e}", _HINT) from e
    for modality, tower in config.towers.items():
        for head in tower.heads:
            if not (folder / head).is_file():
                message = f"{folder} lacks {head}, the head of its {modality} tower"
                raise BadConfig(message, "Copy the folder again, with every file.")
    return config


def _parse(values: Mapping[str, Any]) -> AlignedConfig:
    towers = {str(m): Tower(**t) for m, t in values["towers"].items()}
    if any(Path(h).name != h for t in towers.values() for h in t.heads):
        raise ValueError("a head outside the folder")
    indexed = tuple(map(str, values["indexed"]))
    if not indexed or not set(indexed) <= set(towers):
        raise ValueError("indexed modalities that no tower takes")
    languages = tuple(map(str, values.get("languages", ())))
    signal = values.get("signal", "perceptual")
    if signal not in get_args(Signal):
        raise ValueError(f"the signal {signal!r}")
    return AlignedConfig(
        str(values["name"]), int(values["dim"]), towers, indexed, languages, signal
    )


def revision_of_heads(folder: Path, config: AlignedConfig) -> str:
    """12 hexadecimal digits: of what the folder computes, not of how it came about."""
    digest = sha256((folder / CONFIG).read_bytes())
    for name in sorted({h for t in config.towers.values() for h in t.heads}):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:12]
