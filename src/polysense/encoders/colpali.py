"""ColPali (Faysse et al., ICLR 2025, arXiv:2407.01449) and its kin: pages as they look, a
vector for each patch of one, found by words token by token.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polysense.encoders.multi_vector import MultiVector
from polysense.encoders.patch_map import Grid, matching_box, nearest_grid
from polysense.encoders.picture_input import picture, picture_revision
from polysense.encoders.text_input import legible, words
from polysense.errors import BadConfig
from polysense.protocols import Vectors
from polysense.types import PAGE, Part, Span
from polysense.weights.kinds import COLPALI, model_config

LONGEST = 1600
"""Pixels along the longer side that pages are drawn at most: letters stay legible to models that
look at more than 448.
"""

SQUARE, PROPORTIONAL = frozenset({"colpali"}), frozenset({"colqwen2"})
"""Model types (config.json) whose patches are a square grid whatever the page's shape, and those
whose grid has the page's proportions. Of others the places of patches are not known here.
"""


@dataclass(kw_only=True, eq=False, repr=False)
class ColPali(MultiVector):
    """Any late interaction model of pages that sentence-transformers loads: ColPali, ColQwen2.

    Its documents are pages of PDFs, and pictures; its queries words, or pictures. A page has the
    vectors of its patches alone (colpali-engine's `mask_non_image_embeddings`), without those of
    the prompt, so that whatever matches has a place.
    """

    option = "colpali:model="
    organisation = "vidore"
    kinds = (COLPALI,)
    accepts = frozenset({PAGE, "image"})
    query_modalities = frozenset({"text"})
    signal = "perceptual"
    adapts_views = False

    model: str = "colpali-v1.3-hf"
    batch: int = 4

    def locate(self, part: Part, query: Vectors, vectors: Vectors) -> Span | None:
        """See Locator: the box of the patches that are most like the words."""
        grid = self._grid(part, len(vectors))
        box = matching_box(query, vectors, grid) if grid else None
        return Span(box=box) if box else None

    def _grid(self, part: Part, count: int) -> Grid | None:
        kind = str(model_config(self._folder).get("model_type", ""))
        if kind in SQUARE:
            side = round(count**0.5)
            return (side, side) if side * side == count else None
        if kind in PROPORTIONAL:
            width, height = picture(part, LONGEST).size
            return nearest_grid(count, width / height)
        return None

    def _revision(self, folder: Path) -> str:
        return picture_revision(folder)

    def _prepare(self, part: Part) -> Any:
        if part.modality == "text":
            text = legible(words(part))
            # as it is: else words that look like an address are fetched and shown to the model
            return {"text": text} if text else None
        return picture(part, LONGEST)

    def _check_model(self, folder: Path, model: Any) -> None:
        if "image" not in model.modalities:
            raise BadConfig(
                f"{folder} takes no pictures",
                "Name a model of pages, such as colpali:model=vidore/colpali-v1.3-hf.",
            )
        patch = getattr(model.processor, "image_token", None)
        masks = [m for m in model if hasattr(m, "keep_only_token_ids")]
        if patch and masks:
            masks[-1].keep_only_token_ids = [model.tokenizer.convert_tokens_to_ids(patch)]
