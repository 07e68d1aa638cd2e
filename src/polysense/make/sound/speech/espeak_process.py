"""The process in which espeak-ng runs, started as a script with the engine's library and data.

It imports the standard library alone. It reads requests (five int32: length of the name of the
voice, of the words, speed, pitch, most samples; then both in UTF-8) and writes answers (int32:
bytes; then samples of 16 bits). It ends with its input.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from typing import Any

# Numbers of espeak-ng's speak_lib.h.
_SYNCHRONOUS, _DONT_EXIT = 2, 0x8000
_SPEED, _PITCH = 1, 3
_UTF8, _END_PAUSE = 1, 0x1000
# More memory than the engine needs, less than what hurts others. Judged, not measured.
_MAX_MEMORY_BYTES = 1 << 30
_SynthCallback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class _Synthesizer:
    def __init__(self, path: str, data: str) -> None:
        self.library: Any = ctypes.CDLL(path)
        self.library.espeak_Synth.argtypes = [
            *(ctypes.c_char_p, ctypes.c_size_t),  # text, its bytes
            *(ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint),  # where, and flags
            *(ctypes.c_void_p, ctypes.c_void_p),
        ]
        self.library.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
        self.library.espeak_ng_SetRandSeed.argtypes = [ctypes.c_long]
        self.rate = self.library.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), _DONT_EXIT)
        self.blocks: list[bytes] = []
        self.samples_left = 0
        # an attribute, so that it is not collected: the library calls it until the process ends
        self._callback = _SynthCallback(self._collect)
        self.library.espeak_SetSynthCallback(self._callback)

    def _collect(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self.blocks.append(ctypes.string_at(samples, 2 * count))
            self.samples_left -= count
        return int(self.samples_left <= 0)  # 1 stops it

    def say(self, text: bytes, name: bytes, speed: int, pitch: int, max_samples: int) -> bytes:
        self.blocks, self.samples_left = [], max_samples
        if self.library.espeak_SetVoiceByName(name):
            return b""
        self.library.espeak_ng_SetRandSeed(1)  # the same words sound the same each time
        self.library.espeak_SetParameter(_SPEED, speed, 0)
        self.library.espeak_SetParameter(_PITCH, pitch, 0)
        self.library.espeak_Synth(text, len(text) + 1, 0, 0, 0, _UTF8 | _END_PAUSE, None, None)
        return b"".join(self.blocks)[: 2 * max(max_samples, 0)]


def _limit_memory() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))
    except (ImportError, ValueError, OSError):
        return  # not every system has such bounds


def main(path: str, data: str) -> None:
    """Answer requests until there are no more."""
    _limit_memory()
    synthesizer = _Synthesizer(path, data)
    source, out = sys.stdin.buffer, sys.stdout.buffer
    if synthesizer.rate != 22_050:
        return
    out.write(b"able")
    out.flush()
    while len(head := source.read(20)) == 20:
        name_length, text_length, speed, pitch, max_samples = struct.unpack("<5i", head)
        name = source.read(name_length)
        answer = synthesizer.say(source.read(text_length), name, speed, pitch, max_samples)
        out.write(struct.pack("<i", len(answer)) + answer)
        out.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
