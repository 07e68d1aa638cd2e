"""WAV files that were written as they were sent, by who did not know yet how long they would be."""

from __future__ import annotations

import struct

_HEAD = 12
"""Bytes before the first chunk: RIFF, the length of the rest, WAVE."""


def with_true_sizes(data: bytes) -> bytes:
    """A WAV whose head and whose samples say how long they are; what is no WAV as it is.

    Players trust the head: of a length that is not true they make hours, or noise of what stands
    behind the samples.

    >>> import io, wave
    >>> from polysense.read.sound.decode import wav
    >>> whole = wav([0.0] * 800, 8000)
    >>> sent = whole[:4] + b"\\xff" * 4 + whole[8:40] + b"\\xff" * 4 + whole[44:]
    >>> with_true_sizes(sent) == whole
    True
    """
    if data[:4] != b"RIFF" or data[8:_HEAD] != b"WAVE":
        return data
    at = _HEAD
    while at + 8 <= len(data):
        size, rest = struct.unpack_from("<I", data, at + 4)[0], len(data) - at - 8
        if data[at : at + 4] == b"data" and size > rest:
            data = data[: at + 4] + struct.pack("<I", rest) + data[at + 8 :]
            break
        at += 8 + size + size % 2
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]
