"""Who speaks, by the speaker encoder of Resemblyzer (Wan et al. 2018, generalised end-to-end loss);
its weights lie in the wheel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from polysense.encoders import onnx_model
from polysense.encoders.audio_window import heard
from polysense.errors import Lacking
from polysense.protocols import Encoder, Vectors
from polysense.read.sound import spectrum
from polysense.read.sound.decode import RATE
from polysense.read.sound.spectrum import Floats
from polysense.types import Modality, Part, Role, Space

WEIGHTS = "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"

LONGEST = 120.0
"""Seconds of a part that are heard."""

WINDOW, HOP, BANDS = 160, 80, 40
"""Frames of 10 ms that the network reads at once, frames from one such window to the next, mel
bands.
"""

LOUDNESS = 10 ** (-30 / 20)
"""Root mean square to which quieter recordings are raised: -30 dBFS."""


class Resemblyzer(Encoder):
    """Voices. Needs the weights of the package resemblyzer, whose code is not run.

    threads=0 takes every core.
    """

    accepts = frozenset({"audio"})
    space = Space("resemblyzer", "0.1.4", 256)
    trust: Mapping[tuple[Modality, Modality] | Modality, float] = {("audio", "audio"): 0.5}

    def __init__(self, *, threads: int = 0) -> None:
        self.threads = threads

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit rows: the mean over windows of 1.6 s; NaN where nobody speaks."""
        rows = np.full((len(parts), self.space.dim), np.nan, np.float32)
        for row, part in zip(rows, parts, strict=True):
            mels = frames(heard(part, LONGEST))
            if len(mels):
                row[:] = self._embed(mels)
        return rows

    def _embed(self, mels: Floats) -> Floats:
        if len(mels) < WINDOW:
            mels = np.pad(mels, ((0, WINDOW - len(mels)), (0, 0)))
        starts = range(0, len(mels) - WINDOW + HOP // 2, HOP)
        padded = np.pad(mels, ((0, HOP), (0, 0)))
        windows = np.stack([padded[start : start + WINDOW] for start in starts])
        session = onnx_model.load("resemblyzer", WEIGHTS, _export, threads=self.threads)
        mean = session.run(["voices"], {"windows": windows})[0].mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)


def weights() -> Path:
    """The file of the weights. Raises Lacking where the package is not installed."""
    spec = find_spec("resemblyzer")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    found = [path for folder in folders if (path := Path(folder) / "pretrained.pt").is_file()]
    if not found:
        raise Lacking(
            "telling voices apart with resemblyzer needs that package",
            "Install it: pip install 'polysense[speaker]'",
        )
    return found[0]


def _export(path: Path) -> None:
    """Write windows (n, WINDOW, BANDS) -> unit vectors (n, 256) as ONNX."""
    given = onnx_model.verified(weights(), WEIGHTS)
    import torch

    class Listening(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.lstm, self.linear = (
                torch.nn.LSTM(BANDS, 256, 3, batch_first=True),
                torch.nn.Linear(256, 256),
            )

        def forward(self, windows: Any) -> Any:
            _, (hidden, _) = self.lstm(windows)
            return torch.nn.functional.normalize(torch.relu(self.linear(hidden[-1])), dim=1)

    state = torch.load(given, map_location="cpu", weights_only=True)["model_state"]
    network = Listening()
    network.load_state_dict(
        {name: value for name, value in state.items() if name.startswith(("lstm.", "linear."))}
    )
    onnx_model.export(
        network,
        {"windows": torch.zeros((1, WINDOW, BANDS))},
        {"windows": {0: "n"}, "voices": {0: "n"}},
        path,
    )


def frames(sound: Floats) -> Floats:
    """Mel power, (frames, BANDS), of the stretches of samples at RATE where someone speaks, pauses
    cut; empty where nobody does.
    """
    if not spectrum.voicing(sound, RATE).voice:
        return np.empty((0, BANDS), np.float32)
    level = float(np.sqrt(np.mean(sound**2)))
    # the window's sum of squares
    power = spectrum.stft(sound * max(1.0, LOUDNESS / level), 400, RATE // 100) * np.float32(150.0)
    loudness = 10 * np.log10(power.sum(axis=1) + spectrum.FLOOR)
    loud = loudness > np.percentile(loudness, 95) - 35
    # pauses of up to 0.3 s are speech
    near = np.convolve(loud, np.ones(31))[15 : 15 + len(loud)] > 0
    return np.asarray(power[near] @ spectrum.mel_bank(BANDS, 400, RATE).T, np.float32)
