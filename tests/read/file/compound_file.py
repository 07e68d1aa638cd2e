"""Writes OLE compound files ([MS-CFB] 2) of version 3, and messages of Outlook's ([MS-OXMSG]) in
them: small, without what readers do not need.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Tree = Mapping[str, Any]
"""By name: bytes are a stream, a tree is a storage."""

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_NONE = 0xFFFFFFFF


def compound_file(tree: Tree) -> bytes:
    """The bytes of a compound file."""
    entries: list[dict[str, Any]] = [{"name": "Root Entry", "kind": 5, "child": _NONE}]
    _add(entries, 0, tree)
    sectors: list[bytes] = []
    fat: list[int] = []
    mini = bytearray()
    mini_fat: list[int] = []
    for entry in entries[1:]:
        data = entry.get("data", b"")
        if entry["kind"] != 2 or not data:
            continue
        if len(data) < _CUTOFF:
            entry["start"] = len(mini_fat)
            count = -(-len(data) // _MINI)
            mini_fat += [*range(len(mini_fat) + 1, len(mini_fat) + count), _END]
            mini += data.ljust(count * _MINI, b"\0")
        else:
            entry["start"] = _append(sectors, fat, data)
    entries[0]["data"] = bytes(mini)
    entries[0]["start"] = _append(sectors, fat, bytes(mini)) if mini else _END
    mini_start = _append(sectors, fat, _words(mini_fat)) if mini_fat else _END
    directory = b"".join(map(_entry, entries))
    directory_start = _append(sectors, fat, directory)
    fat_count = 1
    while fat_count * 128 < len(fat) + fat_count:
        fat_count += 1
    fat_start = len(sectors)
    fat += [_FAT] * fat_count
    table = _words(fat + [_FREE] * (fat_count * 128 - len(fat)))
    mini_count = -(-len(mini_fat) * 4 // _SECTOR)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xII", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_count)
    head += struct.pack("<IIIIIII", directory_start, 0, _CUTOFF, mini_start, mini_count, _END, 0)
    head += _words([*range(fat_start, fat_start + fat_count)] + [_FREE] * (109 - fat_count))
    return head + b"".join(sectors) + table


def _words(numbers: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)


def _append(sectors: list[bytes], fat: list[int], data: bytes) -> int:
    """The first of the sectors that hold the data."""
    start, count = len(sectors), max(1, -(-len(data) // _SECTOR))
    data = data.ljust(count * _SECTOR, b"\0")
    sectors += [data[n * _SECTOR : (n + 1) * _SECTOR] for n in range(count)]
    fat += [*range(start + 1, start + count), _END]
    return start


def _add(entries: list[dict[str, Any]], parent: int, tree: Tree) -> None:
    """Entries for what is in a storage; each is the right sibling of the one before."""
    numbers = []
    for name in sorted(tree, key=lambda n: (len(n), n.upper())):
        value = tree[name]
        is_stream = isinstance(value, bytes)
        numbers.append(len(entries))
        entries.append({"name": name, "kind": 2 if is_stream else 1, "child": _NONE})
        if is_stream:
            entries[-1]["data"] = value
        else:
            _add(entries, len(entries) - 1, value)
    for number, following in zip(numbers, [*numbers[1:], _NONE], strict=True):
        entries[number]["right"] = following
    entries[parent]["child"] = numbers[0] if numbers else _NONE


def _entry(entry: dict[str, Any]) -> bytes:
    name = entry["name"].encode("utf-16-le") + b"\0\0"
    links = (_NONE, entry.get("right", _NONE), entry["child"])
    head = name.ljust(64, b"\0") + struct.pack("<HBB", len(name), entry["kind"], 1)
    tail = struct.pack("<IQ", entry.get("start", 0), len(entry.get("data", b"")))
    return head + struct.pack("<III", *links) + bytes(16 + 4 + 16) + tail


# Messages

_SUBJECT, _BODY, _HTML, _SENT = 0x0037, 0x1000, 0x1013, 0x0039


def outlook_message(
    subject: str,
    body: str = "",
    *,
    sender: tuple[str, str] = ("", ""),
    to: Sequence[tuple[str, str]] = (),
    html: bytes = b"",
    sent: datetime | None = None,
    attached: Sequence[Tree] = (),
    codepage: int = 0,
    is_inner: bool = False,
) -> Tree:
    """A message; with a code page its words are in that, else in UTF-16."""
    values: dict[int, Any] = {_SUBJECT: subject, _BODY: body, 0x0C1A: sender[0], 0x5D01: sender[1]}
    values |= {_HTML: html, _SENT: sent, 0x3FFD: codepage, 0x3FDE: codepage}
    tree = properties(values, 24 if is_inner else 32, codepage)
    for n, (name, address) in enumerate(to):
        person = {0x3001: name, 0x39FE: address, 0x0C15: 1}
        tree[f"__recip_version1.0_#{n:08X}"] = properties(person, 8, codepage)
    for n, storage in enumerate(attached):
        tree[f"__attach_version1.0_#{n:08X}"] = storage
    return tree


def attached_file(name: str, data: bytes, mime: str = "", content_id: str = "") -> Tree:
    """A file attached to a message."""
    return properties({0x3707: name, 0x3701: data, 0x370E: mime, 0x3712: content_id, 0x3705: 1}, 8)


def attached_message(message: Tree) -> Tree:
    """A message attached to a message."""
    return properties({0x3705: 5}, 8) | {"__substg1.0_3701000D": message}


def properties(values: Mapping[int, Any], header: int, codepage: int = 0) -> dict[str, Any]:
    """The streams of an object's properties; the empty ones are left out."""
    tree, records = dict[str, Any](), b""
    for number, value in values.items():
        if not value:
            continue
        kind, payload = 0x0003, bytes(8)
        if isinstance(value, int):
            payload = struct.pack("<q", value)
        elif isinstance(value, datetime):
            seconds = (value - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()
            kind, payload = 0x0040, struct.pack("<Q", int(seconds) * 10_000_000)
        else:
            kind = 0x0102 if isinstance(value, bytes) else 0x001E if codepage else 0x001F
            if isinstance(value, str):
                value = value.encode(f"cp{codepage}" if codepage else "utf-16-le")
            tree[f"__substg1.0_{number:04X}{kind:04X}"] = value
            payload = struct.pack("<II", len(value), 0)
        records += struct.pack("<HHI", kind, number, 6) + payload
    return tree | {"__properties_version1.0": bytes(header) + records}
