"""Ways to damage a file that damage, transfer and malice have."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from random import Random

Mutation = Callable[[bytearray, Random], bytearray]

_EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_LARGEST = 1 << 20
"""Bytes that a file may grow to."""


def flip_bits(raw: bytearray, chance: Random) -> bytearray:
    """A few bits, anywhere or near the head, where lengths and offsets stand."""
    reach = len(raw) if chance.random() < 0.5 else min(len(raw), 512)
    for _ in range(chance.choice((1, 1, 2, 8, 32))):
        raw[chance.randrange(reach)] ^= 1 << chance.randrange(8)
    return raw


def truncate(raw: bytearray, chance: Random) -> bytearray:
    """Its end is missing."""
    return raw[: chance.randrange(len(raw))]


def duplicate(raw: bytearray, chance: Random) -> bytearray:
    """A block stands there again, often many times."""
    start, size = _block(raw, chance)
    times = min(chance.choice((1, 1, 3, 50)), _LARGEST // max(1, size))
    return raw[: start + size] + raw[start : start + size] * times + raw[start + size :]


def remove(raw: bytearray, chance: Random) -> bytearray:
    """A block is missing."""
    start, size = _block(raw, chance)
    return raw[:start] + raw[start + size :]


def blank(raw: bytearray, chance: Random) -> bytearray:
    """A block is zeros, ones, or noise."""
    start, size = _block(raw, chance)
    fill = (bytes(size), b"\xff" * size, chance.randbytes(size))
    raw[start : start + size] = chance.choice(fill)
    return raw


def change_length(raw: bytearray, chance: Random) -> bytearray:
    """A number of two or four bytes is an extreme one, or a little other than it was."""
    size, order = chance.choice((2, 4, 8)), chance.choice(("little", "big"))
    if len(raw) < size:
        return raw
    at = chance.randrange(min(len(raw) - size + 1, chance.choice((256, 4096, 1 << 30))))
    value = int.from_bytes(raw[at : at + size], order)  # type: ignore[arg-type]
    other = chance.choice((*_EXTREMES, value + 1, value - 1, value * 2, value << 8))
    raw[at : at + size] = (other % (1 << 8 * size)).to_bytes(size, order)  # type: ignore[arg-type]
    return raw


def exchange(raw: bytearray, chance: Random) -> bytearray:
    """Two blocks have changed places."""
    start, size = _block(raw, chance)
    block = raw[start : start + size]
    rest = raw[:start] + raw[start + size :]
    at = chance.randrange(len(rest) + 1)
    return rest[:at] + block + rest[at:]


def change_digits(raw: bytearray, chance: Random) -> bytearray:
    """A number that is written out is another one, of more digits or below zero."""
    places = [n for n, byte in enumerate(raw) if 0x30 <= byte <= 0x39]
    if not places:
        return raw
    at = chance.choice(places)
    number = chance.choice((b"0", b"-1", b"99999999999", b"1e999", b"4294967296", b"00"))
    return raw[:at] + number + raw[at + 1 :]


MUTATIONS: Mapping[str, Mutation] = {
    m.__name__: m
    for m in (
        flip_bits, truncate, duplicate, remove, blank, change_length, exchange, change_digits,
    )
}  # fmt: skip


def mutate(raw: bytes, chance: Random) -> tuple[str, bytes]:
    """(what was done, the damaged file); of a zip mostly what is in it is damaged, for the zip
    itself is checked by its sums.
    """
    if raw[:4] == b"PK\x03\x04" and chance.random() < 0.75:
        return _mutate_member(raw, chance)
    names, data = [], bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 4))):
        if data:
            names.append(chance.choice(list(MUTATIONS)))
            data = MUTATIONS[names[-1]](data, chance)
    return "+".join(names), bytes(data)


def _mutate_member(raw: bytes, chance: Random) -> tuple[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as source:
        members = {i: source.read(i) for i in source.infolist()}
    target = chance.choice([i for i, data in members.items() if data] or [None])
    if target is None:
        return "nothing", raw
    what, members[target] = mutate(members[target], chance)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for info, data in members.items():
            z.writestr(info, data)
    return f"{target.filename}: {what}", out.getvalue()


def _block(raw: bytearray, chance: Random) -> tuple[int, int]:
    """(start, size) of some of it: at most 4 KiB, or a quarter."""
    size = min(
        len(raw), 1 + int(chance.choice((16, 256, 4096, len(raw) // 4 + 1)) * chance.random())
    )
    return chance.randrange(len(raw) - size + 1), size
