"""Outlook's messages (.msg, [MS-OXMSG]) as the messages of the net that they would be."""

from __future__ import annotations

from datetime import datetime
from email.message import Message
from email.mime.message import MIMEMessage
from pathlib import Path
from typing import Any

from polysense.errors import MissingDependency, TooLarge, Unreadable
from polysense.read.file.mapi import MOST_DEPTH, MapiObject, attached_file, compose

INSTALL = "python -m pip install 'polysense[msg]'"

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_INNER_MESSAGE = "__substg1.0_3701000D"
_HEADER_BYTES = {"message": 32, "inner message": 24, "other": 8}
"""Bytes before the properties of each kind of object ([MS-OXMSG] 2.4.1)."""


def read_outlook(path: Path) -> Message:
    """A message, its bodies, pictures, attached files and inner messages as parts.

    Raises Unreadable, TooLarge, MissingDependency.
    """
    try:
        from olefile import OleFileIO
        from oxmsg.storage import Storage
    except ModuleNotFoundError as e:
        raise MissingDependency("what reads Outlook's messages is not installed", INSTALL) from e
    try:
        _check_header(path)
        with OleFileIO(path) as container:
            _check_streams(path, container)
            root = Storage.from_ole(container)
        return _message(root, "message", 0)
    except (TooLarge, Unreadable):
        raise
    except Exception as e:
        reason = f"{type(e).__name__} {e}"
        raise Unreadable(f"{path.name} is no readable message: {reason}") from e


def _check_header(path: Path) -> None:
    """Raise TooLarge where the head claims a larger table of sectors than the file could have."""
    with path.open("rb") as f:
        head = f.read(76)
    sector = 1 << min(int.from_bytes(head[30:32], "little"), 16)
    if int.from_bytes(head[44:48], "little") * sector > path.stat().st_size:
        raise TooLarge(f"{path.name} claims to be larger than it is")


def _check_streams(path: Path, container: Any) -> None:
    """Raise TooLarge where what lies in the container would be more than the file, or deeper than
    any message is.
    """
    bytes_left = path.stat().st_size
    waiting, visited = [(container.root, 0)], set[int]()
    while waiting:
        entry, depth = waiting.pop()
        if id(entry) in visited or depth > 4 * MOST_DEPTH:
            raise TooLarge(f"{path.name} holds itself")
        visited.add(id(entry))
        # the root's own size is that of the small streams together
        bytes_left -= entry.size if depth and not entry.kids else 0
        if bytes_left < 0:
            raise TooLarge(f"{path.name} would unpack to far more than its size")
        waiting += [(kid, depth + 1) for kid in entry.kids]


class _Object(MapiObject):
    """A message, a recipient or an attachment in a storage of its own."""

    def __init__(self, storage: Any, kind: str) -> None:
        from oxmsg.properties import Properties

        self.storage = storage
        self._properties = Properties(storage, properties_header_offset=_HEADER_BYTES[kind])

    def data(self, number: int, kind: int) -> bytes | None:
        """The bytes of a property; None where it has none of this kind."""
        try:
            return bytes(self.storage.property_stream_bytes(number, kind))
        except KeyError:
            return None

    def number(self, number: int) -> int:
        """A whole number; 0 where there is none."""
        return int(self._value("int_prop_value", number) or 0)

    def moment(self, number: int) -> datetime | None:
        """A date and time; None where there is none."""
        value = self._value("date_prop_value", number)
        return value if isinstance(value, datetime) else None

    def _value(self, kind: str, number: int) -> Any:
        try:
            return getattr(self._properties, kind)(number)
        except Exception:  # noqa: BLE001 - one damaged property must not lose the message
            return None


def _message(storage: Any, kind: str, depth: int) -> Message:
    recipients = (_Object(s, "other") for s in storage.iter_recipient_storages())
    attached = (_attachment(s, depth) for s in storage.iter_attachment_storages())
    return compose(_Object(storage, kind), recipients, attached)


def _attachment(storage: Any, depth: int) -> Message | None:
    """The file, picture or message; None where there is nothing of it, or it lies too deep."""
    inner = next((s for s in storage.storages if s.name == _INNER_MESSAGE), None)
    if inner is None:
        return attached_file(_Object(storage, "other"))
    is_message = any(s.name == "__properties_version1.0" for s in inner.streams)
    if not is_message or depth >= MOST_DEPTH:
        return None
    return MIMEMessage(_message(inner, "inner message", depth + 1))
