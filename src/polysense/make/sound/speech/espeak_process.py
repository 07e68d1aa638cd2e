"""The process in which espeak-ng runs: the standard library alone, started as a script with the
engine's library and data.

It reads requests (five int32: length of the name of the voice, of the words, speed, pitch, most
samples; then both in UTF-8) and writes answers (int32: bytes; then samples of 16 bits). It ends
with its input.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from typing import Any

_SYNCHRONOUS, _DONT_EXIT = 2, 0x8000
_SPEED, _PITCH = 1, 3
_UTF8, _END_PAUSE = 1, 0x1000
_MEMORY = 1 << 30
_HEARD = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class _Voice:
    def __init__(self, path: str, data: str) -> None:
        self.library: Any = ctypes.CDLL(path)
        self.library.espeak_Synth.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p,
        ]  # fmt: skip
        self.library.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
        self.library.espeak_ng_SetRandSeed.argtypes = [ctypes.c_long]
        self.rate = self.library.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), _DONT_EXIT)
        self.blocks: list[bytes] = []
        self.left = 0
        # kept: the library calls it as long as the process lives
        self._callback = _HEARD(self._heard)
        self.library.espeak_SetSynthCallback(self._callback)

    def _heard(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self.blocks.append(ctypes.string_at(samples, 2 * count))
            self.left -= count
        return int(self.left <= 0)  # 1 stops it

    def say(self, text: bytes, name: bytes, speed: int, pitch: int, most: int) -> bytes:
        self.blocks, self.left = [], most
        if self.library.espeak_SetVoiceByName(name):
            return b""
        self.library.espeak_ng_SetRandSeed(1)  # the same words sound the same each time
        self.library.espeak_SetParameter(_SPEED, speed, 0)
        self.library.espeak_SetParameter(_PITCH, pitch, 0)
        self.library.espeak_Synth(text, len(text) + 1, 0, 0, 0, _UTF8 | _END_PAUSE, None, None)
        return b"".join(self.blocks)[: 2 * max(most, 0)]


def _bounded() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    except (ImportError, ValueError, OSError):
        return  # not every system has such bounds


def main(path: str, data: str) -> None:
    """Answer requests until there are no more."""
    _bounded()
    voice = _Voice(path, data)
    into, out = sys.stdin.buffer, sys.stdout.buffer
    if voice.rate != 22_050:
        return
    out.write(b"able")
    out.flush()
    while len(head := into.read(20)) == 20:
        named, long, speed, pitch, most = struct.unpack("<5i", head)
        name = into.read(named)
        said = voice.say(into.read(long), name, speed, pitch, most)
        out.write(struct.pack("<i", len(said)) + said)
        out.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
