"""Packed rich text: the examples of [MS-OXRTFCP] 3."""

from __future__ import annotations

import pytest

from polysense.errors import Unreadable
from polysense.read.file.compressed_rtf import unpack_rtf

HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d"
    "0a800fa0"
)


def test_examples() -> None:
    """Packed, also with what is said again while it is said; and plain."""
    assert unpack_rtf(HELLO) == rb"{\rtf1\ansi\ansicpg1252\pard hello world}" + b"\r\n"
    again = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert unpack_rtf(again) == rb"{\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    assert unpack_rtf(b"\0\0\0\0\3\0\0\0MELA\0\0\0\0abcd") == b"abc"


def test_what_is_broken() -> None:
    """Ends where it breaks off; of another kind it is no such text."""
    assert unpack_rtf(HELLO[:30]).startswith(rb"{\rtf1\ansi\ansicpg")
    with pytest.raises(Unreadable):
        unpack_rtf(b"\0" * 20)
