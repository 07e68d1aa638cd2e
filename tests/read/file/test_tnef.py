"""Outlook's messages as other programs get them, written here after [MS-OXTNEF]."""

from __future__ import annotations

import struct
from collections.abc import Mapping

import pytest

from polysense.errors import Unreadable
from polysense.read.file.mapi import BINARY, BYTES_TEXT, OBJECT, UNICODE
from polysense.read.file.tnef import MAGIC, read_tnef

INNER = bytes.fromhex("0703020000000000c000000000000046")


def attribute(level: int, number: int, data: bytes) -> bytes:
    """One attribute, with the sum of its bytes."""
    checksum = struct.pack("<H", sum(data) & 0xFFFF)
    return struct.pack("<BIL", level, number, len(data)) + data + checksum


def properties(values: Mapping[tuple[int, int], bytes]) -> bytes:
    """A list of properties, each of one value."""
    raw = struct.pack("<L", len(values))
    for (number, kind), data in values.items():
        raw += struct.pack("<HH", kind, number)
        if kind in (UNICODE, BYTES_TEXT, BINARY, OBJECT):
            raw += struct.pack("<LL", 1, len(data))
        raw += data + bytes(-len(data) % 4)
    return raw


def tnef(*attributes: bytes) -> bytes:
    """A message of these attributes, in the code page 1252."""
    codepage = attribute(1, 0x69007, struct.pack("<LL", 1252, 0))
    return MAGIC + b"\1\0" + attribute(1, 0x89006, b"\0\0\1\0") + codepage + b"".join(attributes)


def attached(title: bytes, data: bytes) -> bytes:
    """An attached file, as Outlook writes one."""
    attributes = ((0x69002, bytes(14)), (0x18010, title + b"\0"), (0x6800F, data))
    return b"".join(attribute(2, number, value) for number, value in attributes)


OFFER = tnef(
    attribute(1, 0x18004, b"Angebot f\xfcr den Kran\0"),
    attribute(1, 0x2800C, b"The crane costs 48,200 euros.\r\nIt comes in March.\0"),
    attribute(1, 0x38005, struct.pack("<7H", 2024, 2, 7, 9, 30, 0, 3)),
    attribute(
        1, 0x8000, struct.pack("<4H", 4, 58, 11, 23) + b"Ole Brandt\0SMTP:ole@brandt.example\0"
    ),
    attached(b"terms.txt", b"Payment within thirty days.\n"),
    attached(b"hull.bin", b"\x01hull\0\0\0"),
)


def test_the_message_and_what_is_attached() -> None:
    """Subject, sender, date and words; a file to its last zero."""
    message = read_tnef(OFFER, "winmail.dat")
    assert str(message["Subject"]) == "Angebot für den Kran"
    assert message["From"] == "Ole Brandt <ole@brandt.example>"
    assert message["Date"] == "Wed, 07 Feb 2024 09:30:00 +0000"
    _, body, file, hull = message.walk()
    assert body.get_payload(decode=True) == b"The crane costs 48,200 euros.\nIt comes in March."
    assert file.get_filename() == "terms.txt"
    assert file.get_payload(decode=True) == b"Payment within thirty days.\n"
    assert hull.get_payload(decode=True) == b"\x01hull\0\0\0"


def test_properties() -> None:
    """Words of two bytes a letter, a page, people, names of one's own, and a message within."""
    own_name = (
        struct.pack("<HH16sLL", BYTES_TEXT, 0x8001, bytes(16), 1, 6)
        + "Ort".encode("utf-16-le")
        + b"\0\0"
    )
    own_name += struct.pack("<LL4s", 1, 4, b"Kiel")
    several = struct.pack("<HHLHHH2x", 0x1002, 0x0E00, 3, 1, 2, 3)
    usual = properties({
        (0x0037, UNICODE): "Mast für das Boot\0".encode("utf-16-le"),
        (0x1013, BINARY): b"<p>Fichte, 9 m</p>",
        (0x3FDE, 3): struct.pack("<L", 65001),
    })  # fmt: skip
    raw = struct.pack("<L", 5) + own_name + several + usual[4:]
    people = struct.pack("<L", 1) + properties(
        {(0x3001, BYTES_TEXT): b"J\xfcrg\0", (0x39FE, BYTES_TEXT): b"j@x.example\0", (0x0C15, 3): b"\1\0\0\0"}
    )  # fmt: skip
    inner = properties({(0x3701, OBJECT): INNER + OFFER})
    message = read_tnef(
        tnef(
            attribute(1, 0x69003, raw),
            attribute(1, 0x69004, people),
            attribute(2, 0x69002, bytes(14)),
            attribute(2, 0x69005, inner),
        ),
        "winmail.dat",
    )
    assert str(message["Subject"]) == "Mast für das Boot"
    assert str(message["To"]) == "Jürg <j@x.example>"
    _, page, _, forwarded, *_ = message.walk()
    assert page.get_payload(decode=True) == b"<p>Fichte, 9 m</p>"
    assert str(forwarded["Subject"]) == "Angebot für den Kran"


@pytest.mark.parametrize("size", [5, 6, 11, 60, len(OFFER) - 1])
def test_what_is_cut_short_says_so(size: int) -> None:
    """Wherever it ends."""
    with pytest.raises(Unreadable, match=r"winmail\.dat"):
        read_tnef(OFFER[:size], "winmail.dat")


def test_numbers_that_claim_too_much() -> None:
    """Billions of properties, values and people cost nothing; what is there is read."""
    billions = b"\xff\xff\xff\xff"
    numbers = billions + struct.pack("<HH", 0x1002, 0x0E00) + billions
    claims = tnef(
        attribute(1, 0x69003, numbers),
        attribute(1, 0x69003, billions + struct.pack("<HH", 0x101F, 0x0E00) + billions + bytes(4)),
        attribute(1, 0x69004, billions),
        attribute(1, 0x18004, b"Mast\0"),
    )
    assert str(read_tnef(claims, "winmail.dat")["Subject"]) == "Mast"
    with pytest.raises(Unreadable, match=r"winmail\.dat ends"):
        read_tnef(tnef() + struct.pack("<BIL", 1, 0x18004, (1 << 32) - 1), "winmail.dat")


@pytest.mark.parametrize("year", [0, 1, 1600, 1601])
def test_dates_before_those_that_can_be_told(year: int) -> None:
    """Properties count from 1601 (2.11.3 of [MS-DTYP]); the message stays."""
    sent = attribute(1, 0x38005, struct.pack("<7H", year, 1, 1, 0, 0, 0, 0))
    message = read_tnef(tnef(sent, attribute(1, 0x18004, b"Mast\0")), "winmail.dat")
    assert str(message["Subject"]) == "Mast"
    assert message["Date"] is None


def test_messages_within_messages_end() -> None:
    """However deep they lie."""
    raw = OFFER
    for _ in range(40):
        value = properties({(0x3701, OBJECT): INNER + raw})
        raw = tnef(attribute(2, 0x69002, bytes(14)), attribute(2, 0x69005, value))
    message = read_tnef(raw, "winmail.dat")
    assert sum(part.get_content_type() == "message/rfc822" for part in message.walk()) == 8
