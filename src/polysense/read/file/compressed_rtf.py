"""The packed rich text of Outlook's messages ([MS-OXRTFCP])."""

from __future__ import annotations

from polysense.errors import Unreadable

_START = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
"""What the dictionary begins with (2.1.2.1)."""

_SIZE = 4096
_PACKED, _PLAIN = b"LZFu", b"MELA"


def unpack_rtf(raw: bytes) -> bytes:
    """The rich text; at most nine times as large. Raises Unreadable."""
    kind, size = raw[8:12], int.from_bytes(raw[4:8], "little")
    if kind == _PLAIN:
        return raw[16 : 16 + size]
    if kind != _PACKED:
        raise Unreadable("the rich text of the message is packed in no known way")
    words, at, output = bytearray(_START.ljust(_SIZE, b"\0")), len(_START), bytearray()
    position = 16
    while position < len(raw):
        flags = raw[position]
        position += 1
        for bit in range(8):
            if flags >> bit & 1:
                pair = int.from_bytes(raw[position : position + 2], "big")
                start, length = pair >> 4, (pair & 15) + 2
                if start == at or position + 2 > len(raw):
                    return bytes(output)
                position += 2
                for n in range(length):
                    byte = words[(start + n) % _SIZE]
                    words[at] = byte
                    at = (at + 1) % _SIZE
                    output.append(byte)
            elif position < len(raw):
                words[at] = raw[position]
                at = (at + 1) % _SIZE
                output.append(raw[position])
                position += 1
    return bytes(output)
