"""Speech by espeak-ng, from the library and voices inside the espeakng-loader wheel."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE = 22050
_RETRIEVAL, _SPEED, _PITCH, _UTF8, _END_PAUSE = 1, 1, 3, 1, 0x1000
_SYNTH_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


@dataclass(frozen=True)
class Voice:
    """name as espeak-ng has it ("en+f3", "cmn"), words a minute, pitch 0 to 99."""

    name: str
    speed: int = 150
    pitch: int = 45


@dataclass(frozen=True)
class Cue:
    """What is said from start to end, in seconds."""

    start: float
    end: float
    words: str


class Espeak:
    """One engine; the library is a singleton of its process."""

    def __init__(self) -> None:
        self._lib = ctypes.CDLL(espeakng_loader.get_library_path())
        if (
            self._lib.espeak_Initialize(
                _RETRIEVAL, 0, str(espeakng_loader.get_data_path()).encode(), 0
            )
            != RATE
        ):
            raise SystemExit("make_demo: espeak-ng would not start at 22.05 kHz")
        self._blocks: list[NDArray[np.int16]] = []
        self._callback = _SYNTH_CALLBACK(self._receive)
        self._lib.espeak_SetSynthCallback(self._callback)

    def _receive(
        self, samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int | None
    ) -> int:
        if samples and count > 0:
            self._blocks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    def say(self, words: str, voice: Voice) -> Samples:
        """One sentence, mono at RATE, silence trimmed at both ends."""
        self._blocks.clear()
        if self._lib.espeak_SetVoiceByName(voice.name.encode()):
            raise SystemExit(f"make_demo: espeak-ng has no voice {voice.name}")
        self._lib.espeak_ng_SetRandSeed(ctypes.c_long(1))
        self._lib.espeak_SetParameter(_SPEED, voice.speed, 0)
        self._lib.espeak_SetParameter(_PITCH, voice.pitch, 0)
        text = words.encode()
        self._lib.espeak_Synth(
            text, ctypes.c_size_t(len(text) + 1), 0, 0, 0, _UTF8 | _END_PAUSE, None, None
        )
        self._lib.espeak_Synchronize()
        sound = np.concatenate(self._blocks).astype(np.float32) / 32768
        loud = np.flatnonzero(np.abs(sound) > 0.01)
        return sound[max(loud[0] - 300, 0) : loud[-1] + 1500]

    def read(
        self, sentences: list[str], voice: Voice, pause: float = 0.55
    ) -> tuple[Samples, list[Cue]]:
        """The sentences one after the other, and when each is said, to the sample."""
        gap = np.zeros(int(pause * RATE), np.float32)
        pieces, cues, at = [gap], [], len(gap)
        for words in sentences:
            sound = self.say(words, voice)
            cues.append(Cue(at / RATE, (at + len(sound)) / RATE, words))
            pieces += [sound, gap]
            at += len(sound) + len(gap)
        sound = np.concatenate(pieces)
        return (sound * 0.8 / np.abs(sound).max()).astype(np.float32), cues


def vtt(cues: list[Cue]) -> str:
    """The cues as a WebVTT file."""

    def clock(t: float) -> str:
        ms = round(t * 1000)
        return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"

    return "WEBVTT\n" + "".join(
        f"\n{i}\n{clock(c.start)} --> {clock(c.end)}\n{c.words}\n" for i, c in enumerate(cues, 1)
    )
