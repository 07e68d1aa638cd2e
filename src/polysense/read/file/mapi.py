"""Messages kept as properties (MAPI: .msg, winmail.dat) as the messages of the net that they would
be.
"""

from __future__ import annotations

import email
import email.encoders
import email.utils
import mimetypes
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from polysense.errors import Unreadable
from polysense.read.file.compressed_rtf import unpack_rtf
from polysense.read.file.encoding import decode

# Numbers of properties ([MS-OXPROPS]), and the kinds of their values.
SUBJECT, BODY, HTML, HEADERS, SENT = 0x0037, 0x1000, 0x1013, 0x007D, 0x0039
RTF = 0x1009
SENDER_NAME, SENDER_ADDRESS, SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
DISPLAY_NAME, ADDRESS, SMTP_ADDRESS, RECIPIENT_KIND = 0x3001, 0x3003, 0x39FE, 0x0C15
LONG_NAME, SHORT_NAME, MIME, CONTENT_ID, DATA = 0x3707, 0x3704, 0x370E, 0x3712, 0x3701
TEXT_CODEPAGE, BODY_CODEPAGE = 0x3FFD, 0x3FDE
UNICODE, BYTES_TEXT, BINARY, OBJECT = 0x001F, 0x001E, 0x0102, 0x000D

MOST_DEPTH = 8
"""Messages within messages that are read; judged."""

_ENCODINGS = {
    65001: "utf-8", 65000: "utf-7", 1200: "utf-16-le", 20127: "ascii",
    50220: "iso2022_jp", 50221: "iso2022_jp", 50222: "iso2022_jp", 50225: "iso2022_kr",
    20932: "euc_jp", 51932: "euc_jp", 51949: "euc_kr", 20936: "gb2312", 51936: "gb2312",
    52936: "hz", 54936: "gb18030", 10000: "mac_roman", 20866: "koi8-r", 21866: "koi8-u",
    28605: "iso8859-15",
}  # fmt: skip
"""The encodings of code pages that Python does not call by their numbers."""

_RECIPIENTS = ((1, "To"), (2, "Cc"))


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


class MapiObject(ABC):
    """A message, a recipient or an attachment: its properties, where it has them."""

    @abstractmethod
    def data(self, number: int, kind: int) -> bytes | None:
        """The bytes of a property; None where it has none of this kind."""

    @abstractmethod
    def number(self, number: int) -> int:
        """A whole number; 0 where there is none."""

    @abstractmethod
    def moment(self, number: int) -> datetime | None:
        """A date and time; None where there is none."""

    def text(self, number: int) -> str:
        """Words, in whichever encoding; "" where there are none."""
        if (raw := self.data(number, UNICODE)) is not None:
            return raw.decode("utf-16-le", "replace").strip("\0")
        raw = self.data(number, BYTES_TEXT)
        codepage = BODY_CODEPAGE if number == BODY else TEXT_CODEPAGE
        return "" if raw is None else decode(raw, self._encoding(codepage)).strip("\0")

    def html(self) -> str:
        """The body as a page."""
        raw = self.data(HTML, BINARY)
        return self.text(HTML) if raw is None else decode(raw, self._encoding(BODY_CODEPAGE))

    def _encoding(self, number: int) -> str:
        return encoding_of(self.number(number) or self.number(TEXT_CODEPAGE))


def compose(
    source: MapiObject, recipients: Iterable[MapiObject], attached: Iterable[Message | None]
) -> Message:
    """The message with its bodies, and the files, pictures and messages attached to it as parts."""
    bodies: list[Message] = []
    if plain := source.text(BODY):
        bodies.append(MIMEText(plain.replace("\r\n", "\n"), "plain", "utf-8"))
    parts = [part for part in attached if part is not None]
    if html := source.html():
        page: Message = MIMEText(html, "html", "utf-8")
        pictures = [p for p in parts if _is_shown(p, html)]
        if pictures:
            page = _multipart("related", [page, *pictures])
            parts = [p for p in parts if p not in pictures]
        bodies.append(page)
    packed = source.data(RTF, BINARY)
    if packed is not None and not bodies:  # read as a file in the message
        parts.insert(0, _rich_text(packed))
    if not bodies:
        bodies.append(MIMEText("", "plain", "utf-8"))
    body = bodies[0] if len(bodies) == 1 else _multipart("alternative", bodies)
    message = _multipart("mixed", [body, *parts]) if parts else body
    for name, value in _header_fields(source, recipients):
        if value and name not in message:
            message[name] = " ".join(value.split())
    return message


def attached_file(source: MapiObject) -> Message | None:
    """A file or picture as a part; None where there is nothing of it."""
    data = source.data(DATA, BINARY)
    if data is None:
        return None
    name = source.text(LONG_NAME) or source.text(SHORT_NAME) or source.text(DISPLAY_NAME)
    mime = source.text(MIME) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    family, _, subtype = mime.partition("/")
    if family in ("multipart", "message") or not subtype:
        family, subtype = "application", "octet-stream"
    part = MIMEBase(family, subtype)
    part.set_payload(data)
    email.encoders.encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=name or "file")
    if content_id := source.text(CONTENT_ID).strip("<> "):
        part["Content-ID"] = f"<{content_id}>"
    return part


def _rich_text(packed: bytes) -> Message:
    part = MIMEBase("application", "rtf")
    try:
        part.set_payload(unpack_rtf(packed))
    except Unreadable:
        part.set_payload(packed)  # a file that fails by itself
    email.encoders.encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename="message.rtf")
    return part


def _multipart(kind: str, parts: list[Message]) -> Message:
    whole = MIMEMultipart(kind)
    for part in parts:
        whole.attach(part)
    return whole


def _header_fields(
    source: MapiObject, recipients: Iterable[MapiObject]
) -> Iterator[tuple[str, str]]:
    """The head as it came over the net, where it is kept, then as Outlook knows it."""
    yield "Subject", source.text(SUBJECT)
    head = email.message_from_string(source.text(HEADERS))
    for name in ("From", "To", "Cc", "Date"):
        yield name, str(head.get(name, ""))
    address = source.text(SENDER_SMTP) or source.text(SENDER_ADDRESS)
    yield "From", _person(source.text(SENDER_NAME), address)
    people: dict[int, list[str]] = {}
    for person in recipients:
        address = person.text(SMTP_ADDRESS) or person.text(ADDRESS)
        name = _person(person.text(DISPLAY_NAME), address)
        people.setdefault(person.number(RECIPIENT_KIND), []).append(name)
    for kind, name in _RECIPIENTS:
        yield name, ", ".join(filter(None, people.get(kind, [])))
    sent = source.moment(SENT)
    yield "Date", "" if sent is None else email.utils.format_datetime(sent)


def _person(name: str, address: str) -> str:
    """ "Jane Doe <jane@example.org>"; an address within Exchange says nothing to anybody."""
    name = name.strip("'\" ")
    if "@" not in address or address == name:
        return name or (address if "@" in address else "")
    return f"{name} <{address}>" if name else address


def _is_shown(part: Message, html: str) -> bool:
    """Whether the page shows an attached picture: then it is one of its own, and no file."""
    content_id = str(part.get("Content-ID", "")).strip("<>")
    if not content_id or f"cid:{content_id}" not in html:
        return False
    name = part.get_filename() or ""
    del part["Content-Disposition"]
    part.add_header("Content-Disposition", "inline", filename=name)
    return True
