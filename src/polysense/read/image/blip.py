"""What a picture shows, in the words of a captioner: BLIP (Li et al. 2022, arXiv:2201.12086) or
BLIP-2 (Li et al. 2023, arXiv:2301.12597), from a model hub or a folder of weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from polysense.errors import BadConfig
from polysense.protocols import Converter
from polysense.read.image.decode import pixels
from polysense.types import Modality, Origin, Part
from polysense.weights.pretrained import (
    check_holds_model,
    find_folder,
    import_transformers,
    load_model,
    load_processor,
    read_config,
)

OPTION = "blip:model="

KINDS = ("blip", "blip-2")
"""Types of models that describe a picture without being asked anything."""

LONGEST = 1024
"""Pictures are decoded at most this large; the models look at 224 to 384 pixels."""

BEAMS, MAX_TOKENS = 3, 40
"""Captions that are followed side by side, as the authors of BLIP do, and tokens of one: theirs
have 20 at most, of a model that writes freely a sentence may have more. Judged, not measured.
"""


class Blip(Converter):
    """Describes pictures as they are indexed, in a sentence, so that words find what has none;
    without a language model. The description is marked as that model's.

    prompt: words with which every description begins ("a photograph of"). A model writes the
    language that it was trained on, English mostly. device="" is the best there is, dtype="" the
    weights' own, on a CPU float32. The hub is never asked with `offline`.
    """

    extra = "models"
    source: Modality = "image"
    targets: frozenset[Modality] = frozenset({"text"})
    cost = 0.9
    origin: Origin = "generated"
    is_captioner = True

    def __init__(
        self,
        *,
        model: str = "Salesforce/blip-image-captioning-base",
        prompt: str = "",
        device: str = "",
        dtype: str = "",
        offline: bool = False,
    ) -> None:
        self.model, self.prompt = str(model), prompt
        self.device, self.dtype, self.offline = device, dtype, offline
        self._lock = Lock()
        self._captioner: tuple[Any, Any] | None = None

    def check(self) -> None:
        """Raises BadConfig where there is no such folder, or none of a captioner, MissingDependency
        where the hub is needed and does not give it.
        """
        _ = self._folder

    def convert(self, part: Part) -> Iterator[Part]:
        """One part of words, with the model's name; nothing where the model says nothing. Raises as
        `check` does.
        """
        from PIL import Image

        picture = Image.fromarray(pixels(part, longest=LONGEST))
        with self._lock:
            if self._captioner is None:
                self._captioner = self._open(self._folder)
            text = self._describe(picture, *self._captioner)
        if text:
            yield Part("text", text, meta={"model": Path(self.model).name})

    @cached_property
    def _folder(self) -> Path:
        folder = find_folder(self.model, OPTION, offline=self.offline, organisation="Salesforce")
        check_holds_model(folder, OPTION)
        if (kind := read_config(folder).get("model_type")) not in KINDS:
            raise BadConfig(
                f"{folder} is a model of the type {kind}, not a BLIP or BLIP-2",
                "A model that chats about pictures is a language model, and `caption` asks it: "
                'language_models = ["transformers:model=FOLDER"], converters = ["caption"].',
            )
        return folder

    def _open(self, folder: Path) -> tuple[Any, Any]:
        library = import_transformers("BLIP")
        processor = load_processor(library.AutoProcessor, folder)
        kind = library.AutoModelForImageTextToText
        return processor, load_model(kind, folder, self.device, self.dtype)[0]

    def _describe(self, picture: Any, processor: Any, model: Any) -> str:
        import torch

        prompt = {"text": self.prompt} if self.prompt else {}
        inputs = processor(images=[picture], return_tensors="pt", **prompt).to(model.device)
        inputs["pixel_values"] = inputs["pixel_values"].to(model.dtype)
        with torch.inference_mode():
            tokens = model.generate(**inputs, num_beams=BEAMS, max_new_tokens=MAX_TOKENS)
        (text,) = processor.batch_decode(tokens, skip_special_tokens=True)
        caption = " ".join(str(text).split())
        # BLIP repeats the prompt, in its own letters; BLIP-2 only goes on from it
        is_whole = not caption or caption.lower().startswith(self.prompt.lower())
        return caption if is_whole else f"{self.prompt} {caption}"
