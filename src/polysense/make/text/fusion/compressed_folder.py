"""What a folder of compressed contexts holds: compressed.json, and what was trained.

compressed.json           {"format": 1, "model": "models/llava", "recipe": "racc", "tokens": 8}
compressed.safetensors    of `compressed_network` all but the model
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from polysense.errors import BadConfig
from polysense.make.text.fusion.compressed_network import RECIPES
from polysense.weights.config_file import read_config_file, write_config_file

FORMAT = 1
CONFIG, WEIGHTS = "compressed.json", "compressed.safetensors"

_HINT = "Give the folder that `polysense train generator --recipe racc` (or reveal) wrote."


@dataclass(frozen=True, slots=True)
class CompressedConfig:
    """The language model, a folder or a name on the hub; one of RECIPES; how many vectors stand
    before its input.
    """

    model: str
    recipe: str
    tokens: int


def write_compressed(config: CompressedConfig, folder: Path) -> None:
    """Write compressed.json, whole or not at all; WEIGHTS is the caller's to write first."""
    write_config_file(folder / CONFIG, FORMAT, asdict(config))


def read_compressed(folder: Path) -> CompressedConfig:
    """What `write_compressed` wrote. Raises BadConfig for a folder of something else, of a format
    that this release does not know, or without WEIGHTS.
    """
    values = read_config_file(folder / CONFIG, FORMAT, "compressed contexts", _HINT)
    try:
        config = CompressedConfig(
            str(values["model"]), str(values["recipe"]), int(values["tokens"])
        )
    except (KeyError, TypeError, ValueError) as e:
        raise BadConfig(f"{folder / CONFIG} lacks or misstates {e}", _HINT) from e
    if config.recipe not in RECIPES or config.tokens < 1:
        raise BadConfig(f"{folder / CONFIG} names no recipe of {', '.join(RECIPES)}", _HINT)
    if not (folder / WEIGHTS).is_file():
        raise BadConfig(f"{folder} lacks {WEIGHTS}", "Copy the folder again, with every file.")
    return config
