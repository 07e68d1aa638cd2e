"""Outlook's messages (.msg, [MS-OXMSG]) as the messages of the net that they would be."""

from __future__ import annotations

import email.encoders
import email.utils
import mimetypes
from collections.abc import Iterator
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any

from polysense.errors import MissingDependency, TooLarge, Unreadable
from polysense.read.file.compressed_rtf import unpack_rtf
from polysense.read.file.encoding import decode

INSTALL = "python -m pip install 'polysense[msg]'"

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# Numbers of properties ([MS-OXPROPS]).
_SUBJECT, _BODY, _HTML, _HEADERS, _SENT = 0x0037, 0x1000, 0x1013, 0x007D, 0x0039
_RTF = 0x1009
_SENDER_NAME, _SENDER_ADDRESS, _SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_DISPLAY_NAME, _ADDRESS, _SMTP_ADDRESS, _RECIPIENT_KIND = 0x3001, 0x3003, 0x39FE, 0x0C15
_LONG_NAME, _SHORT_NAME, _MIME, _CONTENT_ID, _DATA = 0x3707, 0x3704, 0x370E, 0x3712, 0x3701
_TEXT_CODEPAGE, _BODY_CODEPAGE = 0x3FFD, 0x3FDE
_UNICODE, _BYTES_TEXT, _BINARY = 0x001F, 0x001E, 0x0102

_ENCODINGS = {
    65001: "utf-8", 65000: "utf-7", 1200: "utf-16-le", 20127: "ascii",
    50220: "iso2022_jp", 50221: "iso2022_jp", 50222: "iso2022_jp", 50225: "iso2022_kr",
    20932: "euc_jp", 51932: "euc_jp", 51949: "euc_kr", 20936: "gb2312", 51936: "gb2312",
    52936: "hz", 54936: "gb18030", 10000: "mac_roman", 20866: "koi8-r", 21866: "koi8-u",
    28605: "iso8859-15",
}  # fmt: skip
"""The encodings of code pages that Python does not call by their numbers."""

_INNER_MESSAGE = "__substg1.0_3701000D"
_HEADER_BYTES = {"message": 32, "inner message": 24, "other": 8}
"""Bytes before the properties of each kind of object ([MS-OXMSG] 2.4.1)."""

_RECIPIENTS = ((1, "To"), (2, "Cc"))
_MOST_DEPTH = 8
"""Messages within messages that are read; judged."""


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
        if id(entry) in visited or depth > 4 * _MOST_DEPTH:
            raise TooLarge(f"{path.name} holds itself")
        visited.add(id(entry))
        # the root's own size is that of the small streams together
        bytes_left -= entry.size if depth and not entry.kids else 0
        if bytes_left < 0:
            raise TooLarge(f"{path.name} would unpack to far more than its size")
        waiting += [(kid, depth + 1) for kid in entry.kids]


def encoding_of(page: int) -> str:
    """What Python calls a code page of Windows; "" of none.

    >>> encoding_of(1251), encoding_of(50220), encoding_of(28605)
    ('cp1251', 'iso2022_jp', 'iso8859-15')
    """
    if page in _ENCODINGS:
        return _ENCODINGS[page]
    if 28591 <= page <= 28606:
        return f"iso8859-{page - 28590}"
    return f"cp{page}" if page else ""


class _Object:
    """A message, a recipient or an attachment: its properties, where it has them."""

    def __init__(self, storage: Any, kind: str) -> None:
        from oxmsg.properties import Properties

        self.storage = storage
        self._properties = Properties(storage, properties_header_offset=_HEADER_BYTES[kind])

    def text(self, number: int) -> str:
        """Words, in whichever encoding; "" where there are none."""
        if (raw := self.data(number, _UNICODE)) is not None:
            return raw.decode("utf-16-le", "replace").strip("\0")
        raw = self.data(number, _BYTES_TEXT)
        codepage = _BODY_CODEPAGE if number == _BODY else _TEXT_CODEPAGE
        return "" if raw is None else decode(raw, self._encoding(codepage)).strip("\0")

    def html(self) -> str:
        """The body as a page."""
        raw = self.data(_HTML, _BINARY)
        return self.text(_HTML) if raw is None else decode(raw, self._encoding(_BODY_CODEPAGE))

    def data(self, number: int, kind: int) -> bytes | None:
        """The bytes of a property; None where it has none of this kind."""
        try:
            return bytes(self.storage.property_stream_bytes(number, kind))
        except KeyError:
            return None

    def number(self, number: int) -> int:
        """A whole number; 0 where there is none."""
        return int(self._value("int_prop_value", number) or 0)

    def date(self, number: int) -> str:
        """A moment as a message writes it; "" where there is none."""
        moment = self._value("date_prop_value", number)
        return "" if moment is None else email.utils.format_datetime(moment)

    def _value(self, kind: str, number: int) -> Any:
        try:
            return getattr(self._properties, kind)(number)
        except Exception:  # noqa: BLE001 - one damaged property must not lose the message
            return None

    def _encoding(self, number: int) -> str:
        return encoding_of(self.number(number) or self.number(_TEXT_CODEPAGE))


def _message(storage: Any, kind: str, depth: int) -> Message:
    source = _Object(storage, kind)
    bodies: list[Message] = []
    if plain := source.text(_BODY):
        bodies.append(MIMEText(plain.replace("\r\n", "\n"), "plain", "utf-8"))
    attached = [_attachment(s, depth) for s in storage.iter_attachment_storages()]
    parts = [part for part in attached if part is not None]
    if html := source.html():
        page: Message = MIMEText(html, "html", "utf-8")
        pictures = [p for p in parts if _is_shown(p, html)]
        if pictures:
            page = _multipart("related", [page, *pictures])
            parts = [p for p in parts if p not in pictures]
        bodies.append(page)
    packed = source.data(_RTF, _BINARY)
    if packed is not None and not bodies:  # read as a file in the message
        rich = MIMEBase("application", "rtf")
        try:
            rich.set_payload(unpack_rtf(packed))
        except Unreadable:
            rich.set_payload(packed)  # a file that fails by itself
        email.encoders.encode_base64(rich)
        rich.add_header("Content-Disposition", "attachment", filename="message.rtf")
        parts.insert(0, rich)
    if not bodies:
        bodies.append(MIMEText("", "plain", "utf-8"))
    body = bodies[0] if len(bodies) == 1 else _multipart("alternative", bodies)
    message = _multipart("mixed", [body, *parts]) if parts else body
    for name, value in _header_fields(source):
        if value and name not in message:
            message[name] = " ".join(value.split())
    return message


def _multipart(kind: str, parts: list[Message]) -> Message:
    whole = MIMEMultipart(kind)
    for part in parts:
        whole.attach(part)
    return whole


def _header_fields(source: _Object) -> Iterator[tuple[str, str]]:
    """The head as it came over the net, where it is kept, then as Outlook knows it."""
    yield "Subject", source.text(_SUBJECT)
    head = email.message_from_string(source.text(_HEADERS))
    for name in ("From", "To", "Cc", "Date"):
        yield name, str(head.get(name, ""))
    address = source.text(_SENDER_SMTP) or source.text(_SENDER_ADDRESS)
    yield "From", _person(source.text(_SENDER_NAME), address)
    people: dict[int, list[str]] = {}
    for storage in source.storage.iter_recipient_storages():
        person = _Object(storage, "other")
        address = person.text(_SMTP_ADDRESS) or person.text(_ADDRESS)
        name = _person(person.text(_DISPLAY_NAME), address)
        people.setdefault(person.number(_RECIPIENT_KIND), []).append(name)
    for kind, name in _RECIPIENTS:
        yield name, ", ".join(filter(None, people.get(kind, [])))
    yield "Date", source.date(_SENT)


def _person(name: str, address: str) -> str:
    """ "Jane Doe <jane@example.org>"; an address within Exchange says nothing to anybody."""
    name = name.strip("'\" ")
    if "@" not in address or address == name:
        return name or (address if "@" in address else "")
    return f"{name} <{address}>" if name else address


def _attachment(storage: Any, depth: int) -> Message | None:
    """The file, picture or message; None where there is nothing of it, or it lies too deep."""
    source = _Object(storage, "other")
    inner = next((s for s in storage.storages if s.name == _INNER_MESSAGE), None)
    if inner is not None:
        is_message = any(s.name == "__properties_version1.0" for s in inner.streams)
        if not is_message or depth >= _MOST_DEPTH:
            return None
        return MIMEMessage(_message(inner, "inner message", depth + 1))
    data = source.data(_DATA, _BINARY)
    if data is None:
        return None
    name = source.text(_LONG_NAME) or source.text(_SHORT_NAME) or source.text(_DISPLAY_NAME)
    mime = source.text(_MIME) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    family, _, subtype = mime.partition("/")
    if family in ("multipart", "message") or not subtype:
        family, subtype = "application", "octet-stream"
    part = MIMEBase(family, subtype)
    part.set_payload(data)
    email.encoders.encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=name or "file")
    if content_id := source.text(_CONTENT_ID).strip("<> "):
        part["Content-ID"] = f"<{content_id}>"
    return part


def _is_shown(part: Message, html: str) -> bool:
    """Whether the page shows an attached picture: then it is one of its own, and no file."""
    content_id = str(part.get("Content-ID", "")).strip("<>")
    if not content_id or f"cid:{content_id}" not in html:
        return False
    name = part.get_filename() or ""
    del part["Content-Disposition"]
    part.add_header("Content-Disposition", "inline", filename=name)
    return True
