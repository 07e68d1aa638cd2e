"""Spectra, mel bands, cepstra and pitch of samples; frames run along the first axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

POWER_FLOOR = 1e-10
"""Power under which everything is silence: -100 dB."""

VOICE_FLOORS = {"share": 0.15, "steady": 0.4, "low": 0.5, "change": 3.5, "motion": 1.05}
"""What each feature of `Voicing` exceeds where someone speaks: so do 239 of 240 spoken digits of .4
seconds, all of 27 read sentences and 38 of 200 clips of ESC-10 (sneezes, dogs, babies, clocks).
"""

SPEECH_FLOORS = {"share": 0.3, "steady": 0.7, "low": 0.6, "change": 8.0}
"""The same for several syllables: only such sounds are given to a recogniser. With these, none of
200 clips of ESC-10 (rain, engines, animals) was heard as words.
"""

# A frame is audible within 35 dB of the loudest and above -60 dB; it is voiced where the pitch is
# clear (Boersma 1993) and low enough for a speaker. Fewer voiced frames tell nothing. Judged, not
# measured, but for the clarity.
_AUDIBLE_RANGE_DB = 35
_AUDIBLE_DB = -60
_VOICED_CLARITY = 0.6
_MAX_VOICE_HERTZ = 350
_MIN_VOICED_FRAMES = 5

# What an octave of lag costs a peak, so that of equal peaks the first, the period, is taken.
_OCTAVE_COST = 0.01


def stft(samples: Floats, size: int = 512, hop: int = 160) -> Floats:
    """Power spectrum, (frames, size // 2 + 1), of a Hann window around every `hop`-th sample.

    The ends are padded with silence.

    >>> stft(np.ones(1600, np.float32)).shape
    (11, 257)
    """
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    padded = np.pad(samples, size // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    power = np.empty((len(frames), size // 2 + 1), np.float32)
    for start in range(0, len(frames), 4096):  # bounds the memory of long recordings
        power[start : start + 4096] = (
            np.abs(np.fft.rfft(frames[start : start + 4096] * window)) ** 2
        )
    return power / np.float32((window**2).sum())


@lru_cache(maxsize=16)
def mel_bank(
    bands: int, size: int = 512, rate: int = 16_000, low: float = 0.0, high: float = 8000.0
) -> Floats:
    """Triangles of area one on Slaney's mel scale, (bands, size // 2 + 1), as librosa has them.

    >>> mel_bank(40).shape
    (40, 257)
    """
    edges = _hertz(np.linspace(_mel(np.asarray(low)), _mel(np.asarray(high)), bands + 2))
    bins = np.linspace(0, rate / 2, size // 2 + 1)
    rise = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    fall = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    bank: Floats = (
        np.maximum(0, np.minimum(rise, fall)) * (2 / (edges[2:] - edges[:-2]))[:, None]
    ).astype(np.float32)
    bank.flags.writeable = False
    return bank


def _mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(
        np.where(
            hertz < 1000,
            hertz * 3 / 200,
            15 + 27 * np.log(np.maximum(hertz, 1) / 1000) / np.log(6.4),
        )
    )


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(
        np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(np.log(6.4) * (mel - 15) / 27))
    )


def log_mel(
    power: Floats, bands: int = 64, rate: int = 16_000, low: float = 0.0, high: float = 8000.0
) -> Floats:
    """Decibels in mel bands, (frames, bands), of a power spectrum; silence is -100."""
    bank = mel_bank(bands, 2 * (power.shape[1] - 1), rate, low, high)
    return np.asarray(10 * np.log10(np.maximum(power @ bank.T, POWER_FLOOR)), np.float32)


def mfcc(mels: Floats, coefficients: int = 20) -> Floats:
    """Mel-frequency cepstral coefficients, (frames, coefficients), of log-mel bands.

    By the orthonormal cosine transform.
    """
    bands = mels.shape[1]
    basis = np.cos(
        np.pi / bands * np.outer(np.arange(coefficients), np.arange(bands) + 0.5)
    ) * np.sqrt(2 / bands)
    basis[0] /= np.sqrt(2)
    return np.asarray(mels @ basis.T, np.float32)


def deltas(frames: Floats, reach: int = 2) -> Floats:
    """The slope over 2 * reach + 1 frames of each column, by least squares."""
    n = len(frames)
    padded = np.pad(frames, ((reach, reach), (0, 0)), mode="edge")
    slope = sum(
        k * (padded[reach + k : reach + k + n] - padded[reach - k : reach - k + n])
        for k in range(1, reach + 1)
    )
    return np.asarray(slope / (2 * sum(k * k for k in range(1, reach + 1))), np.float32)


def pitch(
    samples: Floats, rate: int = 16_000, low: float = 60.0, high: float = 400.0, hop: int = 160
) -> tuple[Floats, Floats]:
    """(hertz, clarity) of each frame, by the best lag of the normalised autocorrelation.

    Over 2.5 periods of `low` Hz. clarity is that autocorrelation, 0 to 1: over 0.6 where a voice
    sings or speaks a vowel (Boersma 1993).

    >>> tone = np.sin(2 * np.pi * 200 * np.arange(16000) / 16000).astype(np.float32)
    >>> hertz, clarity = pitch(tone)
    >>> round(float(np.median(hertz))), bool(np.median(clarity) > 0.95)
    (200, True)
    """
    size = int(2.5 * rate / low)
    padded = 1 << (2 * size - 1).bit_length()
    window = np.hanning(size).astype(np.float32)
    window_autocorrelation = np.fft.irfft(np.abs(np.fft.rfft(window, padded)) ** 2)[: size // 2 + 1]
    first, last = int(rate / high), min(int(rate / low), size // 2 - 1)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, size // 2), size)[::hop]
    hertz, clarity = np.zeros(len(frames), np.float32), np.zeros(len(frames), np.float32)
    for start in range(0, len(frames), 1024):
        block = frames[start : start + 1024]
        block = (block - block.mean(axis=1, keepdims=True)) * window
        autocorrelation = np.fft.irfft(np.abs(np.fft.rfft(block, padded)) ** 2)[:, : size // 2 + 1]
        autocorrelation = autocorrelation / (
            np.maximum(autocorrelation[:, :1], POWER_FLOOR)
            * (window_autocorrelation / window_autocorrelation[0])
        )
        lags = np.arange(first, last + 1)
        strength = autocorrelation[:, first : last + 1] - _OCTAVE_COST * np.log2(lags / first)
        is_peak = (strength[:, 1:-1] >= strength[:, :-2]) & (strength[:, 1:-1] >= strength[:, 2:])
        best = np.where(is_peak, strength[:, 1:-1], -1).argmax(axis=1)
        has_peak = is_peak[np.arange(len(best)), best]
        hertz[start : start + 1024] = rate / lags[1:-1][best]
        clarity[start : start + 1024] = np.where(
            has_peak, np.clip(autocorrelation[np.arange(len(best)), first + 1 + best], 0, 1), 0
        )
    return hertz, clarity


@dataclass(frozen=True, slots=True)
class Voicing:
    """How like a voice a sound is.

    share: of the audible frames, those with a voice's pitch. steady: of their steps, those under a
    semitone. low: the share of their power under 1 kHz. change: how much their cepstra differ, as
    vowels do. motion: how fast they do. hertz: their pitch.
    """

    share: float
    steady: float
    low: float
    change: float
    motion: float
    hertz: Floats

    @property
    def has_voice(self) -> bool:
        """Whether someone speaks, if only a word; engines, water and most animals do not."""
        return _exceeds(self, VOICE_FLOORS)

    @property
    def has_speech(self) -> bool:
        """Whether someone says several syllables: as `has_voice`, more surely."""
        return _exceeds(self, SPEECH_FLOORS)


def _exceeds(voicing: Voicing, floors: Mapping[str, float]) -> bool:
    return all(getattr(voicing, feature) > floor for feature, floor in floors.items())


def voicing(samples: Floats, rate: int = 16_000) -> Voicing:
    """Pitch and colour of the louder frames (10 ms each), as one sees whether they are a voice."""
    power = stft(samples, 512, rate // 100)
    hertz, clarity = pitch(samples, rate, hop=rate // 100)
    n = min(len(power), len(hertz))
    power, hertz, clarity = power[:n], hertz[:n], clarity[:n]
    loudness = 10 * np.log10(power[:, 2:].sum(axis=1) + POWER_FLOOR)
    audible = loudness > max(float(loudness.max(initial=-100)) - _AUDIBLE_RANGE_DB, _AUDIBLE_DB)
    voiced = audible & (clarity > _VOICED_CLARITY) & (hertz < _MAX_VOICE_HERTZ)
    if voiced.sum() < _MIN_VOICED_FRAMES:
        return Voicing(0.0, 0.0, 0.0, 0.0, 0.0, hertz[voiced])
    steps = np.abs(np.diff(np.log2(np.maximum(hertz, 1))))[voiced[1:] & voiced[:-1]]
    first, last = round(100 * 512 / rate), round(1000 * 512 / rate)
    low = power[voiced, first:last].sum(axis=1) / (power[voiced].sum(axis=1) + POWER_FLOOR)
    cepstra = mfcc(log_mel(power, 40, rate, high=rate / 2), 13)[:, 1:]
    return Voicing(
        share=float(voiced.sum() / audible.sum()),
        steady=float((steps < 1 / 12).mean()) if len(steps) else 0.0,
        low=float(np.median(low)),
        change=float(cepstra[voiced].std(axis=0).mean()),
        motion=float(np.abs(deltas(cepstra)[voiced]).mean()),
        hertz=hertz[voiced],
    )
