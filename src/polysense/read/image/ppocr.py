"""PP-OCR on ONNX Runtime, for the converters that read print; the weights lie inside the `rapidocr`
wheel.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import Lacking

Pixels = NDArray[np.uint8]

AREA = 3_000_000
"""Pixels the detector looks at: a letter page at 180 dpi. Larger pictures are reduced to this."""

SIDE = 736
"""A picture whose shorter side is below this is enlarged: small print is found far better."""

SPACE = 0.1
"""Probability from which a space that lost to the blank between two letters is written after all.
"""


def engine(threads: int = 1) -> Any:
    """The detector and the recogniser, each loaded; not for two threads at once with different
    stages. Raises Lacking.
    """
    try:
        from rapidocr import RapidOCR
    except ImportError as e:
        raise Lacking(
            "reading pictures needs the package rapidocr", "Install it: pip install rapidocr"
        ) from e
    made = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.max_side_len": 1 << 20,  # sizing is done here, once
            "Det.limit_side_len": 32,
            # the least width; 320, the default, is mostly padding on short lines
            "Rec.rec_img_shape": [3, 48, 96],
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.enable_cpu_mem_arena": True,
        }
    )
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    # loads the recogniser, so that its decoder can be exchanged
    made.recognize_txt([np.zeros((48, 96, 3), np.uint8)])
    made.text_rec.postprocess_op = Decoder(made.text_rec.postprocess_op.character)
    return made


class Decoder:
    """Greedy CTC decoding that also writes the spaces which narrowly lost to the blank."""

    def __init__(self, characters: Sequence[str]) -> None:
        self.characters, self.space = list(characters), list(characters).index(" ")

    def __call__(
        self, batch: NDArray[np.float32], *_: object, **__: object
    ) -> tuple[list[tuple[str, float]], list[None]]:
        """(text, mean probability of its characters) of each line; the second list is what
        rapidocr's own decoder has there.
        """
        return [self.line(probabilities) for probabilities in batch], [None] * len(batch)

    def line(self, probabilities: NDArray[np.float32]) -> tuple[str, float]:
        """The text of (columns, characters), where character 0 is the blank."""
        best = probabilities.argmax(axis=1)
        kept = best != 0
        kept[1:] &= best[1:] != best[:-1]
        columns = np.flatnonzero(kept)
        if not len(columns):
            return "", 0.0
        said = self.characters[best[columns[0]]]
        for before, after in pairwise(columns):
            between = probabilities[before + 1 : after, self.space]
            if (
                len(between)
                and between.max() > SPACE
                and self.space not in (best[before], best[after])
            ):
                said += " "
            said += self.characters[best[after]]
        return " ".join(said.split()), float(probabilities[columns, best[columns]].mean())


def sized(picture: Pixels, enlarge: float) -> Pixels:
    """RGB pixels as BGR, of a size at which print is found well: `enlarge` times as large at most."""
    import cv2

    height, width = picture.shape[:2]
    scale = min(max(1.0, min(enlarge, SIDE / min(height, width))), (AREA / (height * width)) ** 0.5)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    if size != (width, height):
        picture = cv2.resize(
            picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        )
    return np.ascontiguousarray(picture[:, :, ::-1])
