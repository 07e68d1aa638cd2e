"""Outlook's messages as other programs get them (winmail.dat, [MS-OXTNEF]), as the messages of the
net that they would be.

Read here, without a library: those that there are trust the counts in a file, and take the zeros
that an attached file ends with for padding.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.mime.message import MIMEMessage

from polysense.errors import Unreadable
from polysense.read.file import mapi
from polysense.read.file.mapi import BINARY, BYTES_TEXT, OBJECT, UNICODE, MapiObject

MAGIC = b"\x78\x9f\x3e\x22"

_LEVELS = (1, 2)
"""What an attribute begins with: it is the message's, or an attached file's."""

# Attributes (2.1.3.2).
_FROM, _SUBJECT, _DATE_SENT, _BODY = 0x8000, 0x8004, 0x8005, 0x800C
_ATTACHED_DATA, _ATTACHED_TITLE, _ATTACHED_START, _ATTACHED = 0x800F, 0x8010, 0x9002, 0x9005
_PROPERTIES, _RECIPIENTS, _CODEPAGE = 0x9003, 0x9004, 0x9007

_AS_PROPERTIES = {
    _SUBJECT: (mapi.SUBJECT, BYTES_TEXT),
    _BODY: (mapi.BODY, BYTES_TEXT),
    _ATTACHED_TITLE: (mapi.SHORT_NAME, BYTES_TEXT),
    _ATTACHED_DATA: (mapi.DATA, BINARY),
}
"""The attributes that say what a property does, and do so where that is missing."""

_INTEGER, _TIME = 0x0003, 0x0040
_WIDTHS = {1: 0, 2: 2, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 2, 20: 8, _TIME: 8, 0x48: 16}
"""The bytes of a value of each kind that has always as many."""

_WIDE_KINDS = (UNICODE, BYTES_TEXT, BINARY, OBJECT)
_MULTIPLE, _FIRST_NAMED = 0x1000, 0x8000
_INNER_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
"""What an attached message begins with, as an object of this kind."""

_TIME_ZERO = datetime(1601, 1, 1, tzinfo=UTC)


class _Properties(dict[tuple[int, int], bytes], MapiObject):
    """Values by their numbers and kinds."""

    def data(self, number: int, kind: int) -> bytes | None:
        """The bytes of a property; None where it has none of this kind."""
        value = self.get((number, kind))
        return value if value is None or kind != BYTES_TEXT else value.rstrip(b"\0")

    def number(self, number: int) -> int:
        """A whole number; 0 where there is none."""
        return int.from_bytes(self.get((number, _INTEGER), b""), "little")

    def moment(self, number: int) -> datetime | None:
        """A date and time; None where there is none."""
        ticks = int.from_bytes(self.get((number, _TIME), b""), "little")
        try:
            return _TIME_ZERO + timedelta(microseconds=ticks // 10) if ticks else None
        except OverflowError:
            return None


class _EndError(Exception):
    """The bytes end before what they tell of."""


class _Bytes:
    """Bytes that are taken in order; only as many as there are."""

    def __init__(self, raw: bytes) -> None:
        self._raw, self.position = raw, 0

    def take(self, count: int) -> bytes:
        """The next bytes. Raises _EndError."""
        end = self.position + count
        if end > len(self._raw):
            raise _EndError
        start, self.position = self.position, end
        return self._raw[start:end]

    def take_padded(self, length: int) -> bytes:
        """The next bytes, behind which others fill up to four. Raises _EndError."""
        data = self.take(length)
        self.position = min(self.position + -length % 4, len(self._raw))
        return data

    def number(self, width: int = 4) -> int:
        """The next whole number. Raises _EndError."""
        return int.from_bytes(self.take(width), "little")


def read_tnef(raw: bytes, name: str, depth: int = 0) -> Message:
    """A message, its bodies, pictures, attached files and inner messages as parts.

    name is the file's. Raises Unreadable.
    """
    message, recipients, files = _Properties(), list[_Properties](), list[_Properties]()
    for number, data in _attributes(raw, name):
        if number == _ATTACHED_START:
            files.append(_Properties())
        is_attached = number in (_ATTACHED, _ATTACHED_DATA, _ATTACHED_TITLE)
        if is_attached and not files:
            files.append(_Properties())
        owner = files[-1] if is_attached else message
        if number in (_PROPERTIES, _ATTACHED):
            owner.update(_properties(_Bytes(data)))
        elif number in _AS_PROPERTIES:
            owner.setdefault(_AS_PROPERTIES[number], data)
        elif number == _RECIPIENTS:
            recipients += _rows(data)
        elif number == _CODEPAGE:
            message.setdefault((mapi.TEXT_CODEPAGE, _INTEGER), data[:4])
        elif number == _DATE_SENT:
            message.setdefault((mapi.SENT, _TIME), _ticks(data))
        elif number == _FROM:
            for key, value in _sender(data):
                message.setdefault((key, BYTES_TEXT), value)
    for owner in (*recipients, *files):
        for key in (mapi.TEXT_CODEPAGE, mapi.BODY_CODEPAGE):
            owner.setdefault((key, _INTEGER), message.get((key, _INTEGER), b""))
    return mapi.compose(message, recipients, (_attachment(f, name, depth) for f in files))


def _attributes(raw: bytes, name: str) -> Iterator[tuple[int, bytes]]:
    """(number, data) of each; what stands behind the last is no matter."""
    source, count = _Bytes(raw), 0
    try:
        source.take(6)
        while source.position < len(raw) and source.number(1) in _LEVELS:
            number, _ = source.number(2), source.number(2)
            data = source.take(source.number())
            source.take(2)  # a sum of the bytes, which programs write wrong
            count += 1
            yield number, data
    except _EndError:
        raise Unreadable(f"{name} ends within what it holds") from None
    if not count:
        raise Unreadable(f"{name} is no readable message: nothing is in it")


def _properties(source: _Bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    """The values of a list of properties (2.1.3.4), as far as they can be read."""
    try:
        for _ in range(source.number()):
            kind, number = source.number(2), source.number(2)
            if number >= _FIRST_NAMED:
                source.take(16)
                # the property's own name: a number, or words
                source.take_padded(source.number() if source.number() else 4)
            is_multiple, kind = bool(kind & _MULTIPLE), kind & ~_MULTIPLE
            count = source.number() if is_multiple or kind in _WIDE_KINDS else 1
            if kind in _WIDE_KINDS:
                for n in range(count):
                    data = source.take_padded(source.number())
                    if not n and number < _FIRST_NAMED:
                        yield (number, kind), data
            elif kind in _WIDTHS:
                data = source.take_padded(_WIDTHS[kind] * count)
                if number < _FIRST_NAMED:
                    yield (number, kind), data[: _WIDTHS[kind]]
            else:
                return
    except _EndError:
        return


def _rows(data: bytes) -> Iterator[_Properties]:
    """The recipients: a list of properties each."""
    source = _Bytes(data)
    try:
        rows = source.number()
    except _EndError:
        return
    for _ in range(rows):
        if source.position >= len(data):
            return
        yield _Properties(_properties(source))


def _ticks(data: bytes) -> bytes:
    """A date of an attribute (2.1.3.3.3) as that of a property."""
    try:
        year, month, day, hour, minute, second = struct.unpack("<6H", data[:12])
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (struct.error, ValueError):
        return b""
    ticks = (moment - _TIME_ZERO) // timedelta(microseconds=1) * 10
    return ticks.to_bytes(8, "little") if ticks > 0 else b""


def _sender(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Name and address of whom a message is from (2.1.3.3.1)."""
    source = _Bytes(data)
    try:
        _, _, name_length, address_length = (source.number(2) for _ in range(4))
        yield mapi.SENDER_NAME, source.take(name_length)
        address = source.take(address_length)
        yield mapi.SENDER_ADDRESS, address.partition(b":")[2] or address
    except _EndError:
        return


def _attachment(source: _Properties, name: str, depth: int) -> Message | None:
    """The file, picture or message; None where there is nothing of it, or it lies too deep."""
    if (data := source.get((mapi.DATA, OBJECT))) is not None:
        kind, data = data[:16], data[16:]
        if kind == _INNER_MESSAGE:
            if depth >= mapi.MOST_DEPTH or not data.startswith(MAGIC):
                return None
            return MIMEMessage(read_tnef(data, name, depth + 1))
        source.setdefault((mapi.DATA, BINARY), data)
    return mapi.attached_file(source)
