"""Folders of whole pipelines, as diffusers saves them: found, told apart by what their
model_index.json says, and loaded, without code that lies beside them.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from polysense.errors import BadConfig, MissingDependency
from polysense.weights.kinds import Kind, kind_of
from polysense.weights.pretrained import (
    check_has_weights,
    file_hint,
    find_folder,
    import_transformers,
    load_faults,
    read_config,
)

INSTALL = "python -m pip install 'polysense[generate]'"

INDEX = "model_index.json"
"""Names the class of a pipeline, and that of each of its models."""

PICTURES = Kind("a model that draws pictures", "stable_diffusion:model=", "generators")
SOUNDS = Kind("a model that makes sounds", "audioldm:model=", "generators")
FILMS = Kind("a model that makes films", "video_diffusion:model=", "generators")
SOLIDS = Kind("a model that makes 3D models", "shap_e:model=", "generators")

_KINDS = {
    name: kind
    for kind, names in (
        (
            PICTURES,
            "StableDiffusionPipeline StableDiffusionImg2ImgPipeline StableDiffusionXLPipeline "
            "StableDiffusionXLImg2ImgPipeline LatentConsistencyModelPipeline",
        ),
        (SOUNDS, "AudioLDMPipeline AudioLDM2Pipeline"),
        (FILMS, "TextToVideoSDPipeline StableVideoDiffusionPipeline"),
        (SOLIDS, "ShapEPipeline ShapEImg2ImgPipeline"),
    )
    for name in names.split()
}
"""By the class that model_index.json names."""

_CONFIGS = "*.json *.txt */*.json */*.txt */*.model"
_WEIGHTS = "*/*model.safetensors */*model-0*.safetensors"
_VARIANT = "*/*.{0}.safetensors */*.{0}-0*.safetensors"
"""Of the files of a hub: no checkpoint that holds the whole pipeline once more, and of the weights
one type of numbers.
"""

_HINT_SAVED = "Give the folder that diffusers' save_pretrained wrote"


def find_pipeline(
    model: str, kind: Kind, *, revision: str = "", variant: str = "", offline: bool = False
) -> Path:
    """The folder of a pipeline of a kind: as given, or of the hub. variant is how the hub names
    weights of another type ("fp16"). Raises BadConfig, MissingDependency.
    """
    weights = _VARIANT.format(variant) if variant else _WEIGHTS
    option = kind.option
    folder = find_folder(
        model, option, offline=offline, files=f"{_CONFIGS} {weights}", revision=revision
    )
    _check_kind(folder, kind)
    check_has_weights(folder)
    return folder


def pipeline_class(folder: Path) -> str:
    """The name of the class that a folder was saved as; "" where it is no pipeline."""
    name = read_config(folder, INDEX).get("_class_name", "")
    return name if isinstance(name, str) else "a pipeline of its own code"


def _check_kind(folder: Path, kind: Kind) -> None:
    """Raises BadConfig where a folder holds no pipeline, or one that another plug-in takes, with
    that plug-in's name.
    """
    name = pipeline_class(folder)
    if not name and (folder / "config.json").is_file():
        other = kind_of(folder)
        hint = f'Name it where it belongs: {other.setting} = ["{other.option}{folder}"].'
        raise BadConfig(f"{folder} holds {other.what}, not {kind.what}", hint)
    if not name:
        single = next((p for p in folder.glob("*.safetensors")), folder)
        hint = file_hint(single, kind.option).replace("transformers'", "diffusers'")
        raise BadConfig(f"{folder} holds no pipeline: it has no {INDEX}", hint)
    if any(folder.rglob("*.py")):
        hint = "It would run code of its own, which is never done: name a pipeline of diffusers."
        raise BadConfig(f"{folder} has code beside its weights", hint)
    own = _KINDS.get(name)
    if own is not None and own is not kind:
        hint = f'Name it where it belongs: {own.setting} = ["{own.option}{folder}"].'
        raise BadConfig(f"{folder} holds {own.what} ({name}), not {kind.what}", hint)
    if own is None:
        classes = ", ".join(n for n, k in _KINDS.items() if k is kind)
        raise BadConfig(
            f"{folder} is a {name}, not {kind.what}", f"{_HINT_SAVED} of one of: {classes}."
        )


def import_diffusers(what: str) -> Any:
    """diffusers, which is silent from now on. `what` needs it. Raises MissingDependency."""
    import_transformers(what)
    try:
        import diffusers
    except ImportError as e:
        raise MissingDependency(f"{what} needs the package diffusers", INSTALL) from e
    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    # what they say of old configs and calls is not for who asks a question
    for category in (FutureWarning, DeprecationWarning):
        warnings.filterwarnings("ignore", category=category, module=r"(diffusers|transformers)\.")
    return diffusers


def load_pipeline(
    folder: Path, name: str, *, dtype: Any = None, variant: str = "", safety: bool = True
) -> Any:
    """A pipeline of a class of diffusers, in memory, on no device yet; without its safety checker
    where `safety` is False. Raises BadConfig, MissingDependency.
    """
    kind = getattr(import_diffusers("a model that makes something"), name)
    has_checker = "safety_checker" in read_config(folder, INDEX)
    without = {"safety_checker": None, "requires_safety_checker": False}
    with load_faults(folder, "diffusers"):
        return kind.from_pretrained(
            folder,
            local_files_only=True,
            torch_dtype=dtype,
            variant=variant or None,
            **(without if has_checker and not safety else {}),
        )


def check_memory(folder: Path, device: str, variant: str = "") -> None:
    """Raises BadConfig where the weights of a pipeline alone are larger than a device's memory:
    it would not be loaded, but end the process.
    """
    size, room = _weight_bytes(folder, variant), _memory_of(device)
    if size > room > 0:
        raise BadConfig(
            f"{folder} has {size / 1e9:.1f} GB of weights, and there are {room / 1e9:.1f} GB of "
            f"memory ({device})",
            "Name a smaller model, or one with weights of half the size: variant=fp16.",
        )


def _weight_bytes(folder: Path, variant: str) -> int:
    """Of the weights that are loaded: of each model those of the variant, else its own."""
    total = 0
    for home in (p for p in folder.iterdir() if p.is_dir()):
        files = sorted(home.glob("*.safetensors")) or sorted(home.glob("*.bin"))
        of_variant = [f for f in files if variant and f".{variant}" in f.name]
        plain = [f for f in files if f.name.count(".") == 1]
        total += sum(f.stat().st_size for f in of_variant or plain or files)
    return total


def _memory_of(device: str) -> int:
    """Bytes; 0 where it cannot be told."""
    if device.startswith("cuda"):
        import torch

        return int(torch.cuda.get_device_properties(device).total_memory)
    names: Mapping[str, int] = getattr(os, "sysconf_names", {})
    if {"SC_PAGE_SIZE", "SC_PHYS_PAGES"} <= names.keys():
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return 0
