"""Who speaks, by the colour of the voice and its pitch: "the same voice's other recordings",
without a trained model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from polysense.encoders.audio_window import listen
from polysense.protocols import Encoder, Signal, Vectors
from polysense.read.sound import spectrum
from polysense.read.sound.decode import RATE
from polysense.read.sound.spectrum import Floats
from polysense.types import Modality, Part, Role, Space

LONGEST = 60.0
"""Seconds of a part that are heard."""

_PITCHES = np.arange(0.2, 2.8, 0.2)  # octaves above 55 Hz

# Means and spreads over unlabelled speech: they only bring the features to one scale.
_NARROW = (
    (
        *(42.6, 13.7, 8.3, -3.7, -1.7, -2.2, -0.9, -1.9, 0.7, 0.0),
        *(-0.1, 0.5, 0.5, -0.4, -0.2, -1.2, -0.4, -0.9, -0.3),
    ),
    (
        *(17.6, 12.5, 10.9, 7.7, 7.3, 5.5, 6.9, 3.5, 3.6, 4.4),
        *(3.0, 2.7, 2.4, 2.1, 2.1, 1.8, 1.8, 1.5, 1.6),
    ),
)
_WIDE = (
    (
        *(90.0, -17.0, 35.0, -5.4, -0.1, 2.2, -8.6, 5.1, -5.2, 0.1),
        *(-0.2, -1.1, 2.0, -1.2, 0.4, 1.3, -0.1, 0.6, -0.2),
    ),
    (
        *(20.9, 14.3, 16.1, 10.1, 8.8, 7.6, 5.0, 5.7, 6.8, 5.2),
        *(3.2, 3.3, 4.1, 3.1, 3.0, 2.8, 2.3, 1.9, 2.0),
    ),
)
_SPREAD = (
    (
        *(27.1, 19.6, 15.7, 13.9, 9.1, 8.5, 7.5, 6.6, 6.8, 5.6),
        *(5.4, 5.5, 4.7, 4.6, 4.5, 4.2, 4.2, 4.1, 3.9),
    ),
    (6.3, 5.1, 5.6, 4.8, 2.2, 2.1, 2.2, 2.0, 1.7, 1.6, 1.3, 1.2, 1.1, 1.2, 0.8, 0.8, 0.7, 0.7, 0.7),
)
_TONE = ((0.1, 0.1, 0.1, 0.2, 0.3, 0.2, 0.2, 0.3, 0.2, 0.2, 0.2, 0.1, 0.0), (0.17,) * 13)


class Speaker(Encoder):
    """Voices, by cepstral means (below 3.8 kHz as telephones carry it, and below 7.6 kHz) and the
    distribution of pitch.
    """

    accepts = frozenset({"audio"})
    signal: Signal = "perceptual"
    space = Space("speaker", "1", 70)
    fusion_weight: Mapping[tuple[Modality, Modality] | Modality, float] = {("audio", "audio"): 1.4}

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit rows; NaN where nobody speaks."""
        return (
            np.stack([describe(listen(part, LONGEST)) for part in parts])
            if parts
            else np.empty((0, self.space.dim), np.float32)
        )


def describe(sound: Floats) -> Floats:
    """The unit vector of the voice in samples at RATE; all NaN where there is none."""
    voicing = spectrum.voicing(sound, RATE)
    if not voicing.has_voice:
        return np.full(Speaker.space.dim, np.nan, np.float32)
    power = spectrum.stft(sound)
    loudness = 10 * np.log10(power[:, 2:120].sum(axis=1) + spectrum.POWER_FLOOR)
    power = power[loudness > loudness.max() - 30]
    narrow = spectrum.mfcc(spectrum.log_mel(power, 32, RATE, 80, 3800))[:, 1:]
    wide = spectrum.mfcc(spectrum.log_mel(power, 40, RATE, 80, 7600))[:, 1:]
    octaves = np.log2(voicing.hertz / 55)[:, None]
    tone = np.exp(-0.5 * ((octaves - _PITCHES) / 0.15) ** 2).mean(axis=0)
    blocks = (
        (1.0, narrow.mean(axis=0), _NARROW),
        (1.0, wide.mean(axis=0), _WIDE),
        (0.5, wide.std(axis=0), _SPREAD),
        (1.0, tone / np.linalg.norm(tone), _TONE),
    )
    scaled = [
        (weight, (block - np.asarray(mean)) / np.asarray(scale))
        for weight, block, (mean, scale) in blocks
    ]
    whole = np.concatenate(
        [weight * np.clip(block, -3, 3) / np.sqrt(block.size) for weight, block in scaled]
    )
    return np.asarray(whole / np.linalg.norm(whole), np.float32)
