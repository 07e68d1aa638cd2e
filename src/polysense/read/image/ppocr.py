"""PP-OCR on ONNX Runtime; the weights lie inside the `rapidocr` wheel."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import MissingDependency

Pixels = NDArray[np.uint8]

MAX_PIXELS = 3_000_000
"""Pixels the detector looks at: a letter page at 180 dpi. Larger pictures are reduced to this.

As the two below, tuned on scanned receipts (test_ocr).
"""

MIN_SIDE = 736
"""A picture whose shorter side is below this is enlarged: small print is found far better."""

SPACE_PROBABILITY = 0.1
"""Probability from which a space that lost to the blank between two letters is written."""


def load_engine(threads: int = 1) -> Any:
    """The detector and the recogniser, loaded; not for two threads at once with different stages.

    Raises MissingDependency.
    """
    try:
        from rapidocr import RapidOCR
    except ImportError as e:
        raise MissingDependency(
            "reading pictures needs the package rapidocr", "Install it: pip install rapidocr"
        ) from e
    ocr = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": 1 << 20,  # sizing is done here, once
            "Global.width_height_ratio": -1,  # else wide pictures are padded, and places are wrong
            "Det.limit_side_len": 32,
            # the least width; 320, the default, is mostly padding on short lines
            "Rec.rec_img_shape": [3, 48, 96],
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.enable_cpu_mem_arena": True,
        }
    )
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    # loads the recogniser, so that its decoder can be exchanged
    ocr.recognize_txt([np.zeros((48, 96, 3), np.uint8)])
    ocr.text_rec.postprocess_op = CtcDecoder(ocr.text_rec.postprocess_op.character)
    return ocr


class CtcDecoder:
    """Greedy CTC decoding that also writes the spaces which narrowly lost to the blank."""

    def __init__(self, characters: Sequence[str]) -> None:
        self.characters, self.space_index = list(characters), list(characters).index(" ")

    def __call__(
        self, batch: NDArray[np.float32], *_: object, **__: object
    ) -> tuple[list[tuple[str, float]], list[None]]:
        """(text, mean probability of its characters) of each line, and a list of None.

        The second list is what rapidocr's own decoder has there.
        """
        return [self.decode_line(probabilities) for probabilities in batch], [None] * len(batch)

    def decode_line(self, probabilities: NDArray[np.float32]) -> tuple[str, float]:
        """The text of (columns, characters), where character 0 is the blank."""
        best = probabilities.argmax(axis=1)
        is_character = best != 0
        is_character[1:] &= best[1:] != best[:-1]
        columns = np.flatnonzero(is_character)
        if not len(columns):
            return "", 0.0
        text = self.characters[best[columns[0]]]
        for before, after in pairwise(columns):
            between = probabilities[before + 1 : after, self.space_index]
            if (
                len(between)
                and between.max() > SPACE_PROBABILITY
                and self.space_index not in (best[before], best[after])
            ):
                text += " "
            text += self.characters[best[after]]
        return " ".join(text.split()), float(probabilities[columns, best[columns]].mean())


def resize_for_reading(picture: Pixels, max_enlargement: float) -> Pixels:
    """RGB pixels as BGR, of a size at which text is found well."""
    import cv2

    height, width = picture.shape[:2]
    enlargement = max(1.0, min(max_enlargement, MIN_SIDE / min(height, width)))
    scale = min(enlargement, (MAX_PIXELS / (height * width)) ** 0.5)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    if size != (width, height):
        picture = cv2.resize(
            picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        )
    return np.ascontiguousarray(picture[:, :, ::-1])
