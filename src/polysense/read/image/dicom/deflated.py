"""DICOM files that are packed as a whole (PS3.5, A.5), unpacked to a size that is bounded."""

from __future__ import annotations

import io
import zlib
from typing import IO

from polysense.errors import TooLarge, Unreadable

MAX_BYTES = 256 << 20
"""Bytes that such a file may unpack to: it is in memory as a whole. Judged, not measured."""

_PREAMBLE = 132
_SYNTAX_TAG = (0x0002, 0x0010)
_LONG_KINDS = (b"OB", b"OW", b"UN", b"SQ", b"UT", b"OD", b"OF", b"OL", b"UC", b"UR")
_DEFLATED, _PLAIN = b"1.2.840.10008.1.2.1.99", b"1.2.840.10008.1.2.1"


def inflated(file: IO[bytes], name: str) -> IO[bytes]:
    """The file from its beginning, as one that is not packed. Raises TooLarge, Unreadable."""
    at, syntax_at, syntax = _PREAMBLE, 0, b""
    while True:
        file.seek(at)
        head = file.read(12)
        group, element = int.from_bytes(head[:2], "little"), int.from_bytes(head[2:4], "little")
        if len(head) < 8 or group != _SYNTAX_TAG[0]:
            break
        is_long = head[4:6] in _LONG_KINDS
        length = int.from_bytes(head[8:12] if is_long else head[6:8], "little")
        value_at = at + (12 if is_long else 8)
        if (group, element) == _SYNTAX_TAG:
            file.seek(value_at)
            syntax_at, syntax = value_at, file.read(min(length, 64))
        at = value_at + length
    file.seek(0)
    if syntax.rstrip(b"\0 ") != _DEFLATED:
        return file
    meta = bytearray(file.read(at))
    meta[syntax_at : syntax_at + len(syntax)] = _PLAIN.ljust(len(syntax), b"\0")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = unpacker.decompress(file.read(), MAX_BYTES)
    except zlib.error as e:
        raise Unreadable(f"{name} is no readable DICOM file: {e}") from e
    if len(data) >= MAX_BYTES:
        raise TooLarge(f"{name} unpacks to more than {MAX_BYTES >> 20} MiB")
    return io.BytesIO(bytes(meta) + data)
