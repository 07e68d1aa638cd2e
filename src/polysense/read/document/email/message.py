"""Mail: the parts of a message, decoded, with the lines of the file that each line of them comes
from.
"""

from __future__ import annotations

import email
import email.policy
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

from polysense.errors import TooLarge, Unreadable
from polysense.read.file import text as texts

MAX_BYTES = 128 << 20
"""A message larger than this is refused."""

_LOST = 20
"""Parts that are looked for in vain, each through the whole message; those after them are told to
be on the last known line.
"""

_SOFT = re.compile(rb"=[ \t]*\r?\n")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a message that holds no others, or the head of one within it; node names it: "part
    2".

    text is what a text part says, and of a head, its fields; where[n] are the lines (first, last)
    of the file for line n of text, or of the whole part where it has none. refs are how a page in
    the message names it.
    """

    node: str
    mime: str
    name: str = ""
    text: str = ""
    where: tuple[tuple[int, int], ...] = ()
    attached: bool = False
    refs: tuple[str, ...] = ()


def pieces(path: Path) -> Iterator[Piece]:
    """Heads (mime "message/rfc822") and parts in order; of alternatives only the plain one, where
    it says anything.

    Raises TooLarge, Unreadable.
    """
    raw, message = _message(path)
    numbers = {id(part): n for n, part in enumerate(message.walk(), 1)}
    at, line, lost = 0, 1, 0
    for part in _chosen(message):
        node = f"part {numbers[id(part)]}"
        if part.get_content_type() == "message/rfc822" or part is message:
            head = part if part is message else part.get_payload(0)
            yield _head(head, node, raw, at, line)
            if part is not message or part.is_multipart():
                continue
        payload = _stored(part)
        begin = _begin(raw, payload, at) if payload.strip() and lost < _LOST else -1
        lost += bool(payload.strip()) and begin < 0
        line += raw.count(b"\n", at, begin) if begin >= 0 else 0
        yield _piece(part, node, payload, line)
        if begin >= 0:
            at, line = begin + len(payload), line + payload.count(b"\n")


def attachment(path: Path, node: str, limit: int = 64 << 20) -> bytes:
    """The bytes of "part 2". Raises TooLarge, Unreadable."""
    _, message = _message(path)
    for n, part in enumerate(message.walk(), 1):
        if node == f"part {n}":
            data = part.get_payload(decode=True)
            if not isinstance(data, bytes):
                break
            if len(data) > limit:
                raise TooLarge(f"{node} of {path.name} holds more than {limit >> 20} MiB")
            return data
    raise Unreadable(f"{path.name} has nothing in {node}")


def _message(path: Path) -> tuple[bytes, Message]:
    if (size := path.stat().st_size) > MAX_BYTES:
        raise TooLarge(
            f"{path.name} holds {size >> 20} MiB; the limit for mail is {MAX_BYTES >> 20} MiB"
        )
    raw = path.read_bytes()
    try:
        return raw, email.message_from_bytes(raw, policy=email.policy.compat32)
    except Exception as e:  # the standard parser raises anything on hostile input
        raise Unreadable(f"{path.name} is no readable message: {e}") from e


def _chosen(part: Message) -> Iterator[Message]:
    """The message itself, then its leaves and inner messages, without the alternatives that say the
    same again.
    """
    waiting: list[tuple[Message, bool]] = [(part, True)]
    while waiting:
        one, top = waiting.pop()
        inner = one.get_payload() if one.is_multipart() else None
        if top or inner is None or one.get_content_type() == "message/rfc822":
            yield one
        if not isinstance(inner, list):
            continue
        parts = [p for p in inner if isinstance(p, Message)]
        if one.get_content_type() == "message/rfc822":
            parts = [
                p
                for outer in parts
                for p in ([outer] if not outer.is_multipart() else outer.get_payload())
                if isinstance(p, Message)
            ]
        if one.get_content_type() == "multipart/alternative":
            parts = _one_of(parts)
        waiting += [(p, False) for p in reversed(parts)]


def _one_of(parts: list[Message]) -> list[Message]:
    """Of alternatives: the page with its pictures, else the plain words where there are any."""
    kinds = [p.get_content_type() for p in parts]
    plain = any(
        kind == "text/plain" and _stored(p).strip() for kind, p in zip(kinds, parts, strict=True)
    )
    without = "text/plain" if "multipart/related" in kinds else "text/html" if plain else ""
    return [p for kind, p in zip(kinds, parts, strict=True) if kind != without]


def _stored(part: Message) -> bytes:
    """The content of a part as it stands in the file."""
    said = part.get_payload()
    if not isinstance(said, str):
        return b""
    for encoding in ("ascii", part.get_content_charset() or "utf-8"):
        try:
            return said.encode(encoding, "surrogateescape")
        except (LookupError, UnicodeError):
            continue
    return said.encode("utf-8", "replace")


def _begin(raw: bytes, payload: bytes, at: int) -> int:
    """Where the content of a part stands, from `at` on: below the blank line that ends its head,
    which may hold the same words; or -1.
    """
    for blank in (b"\n\n", b"\n\r\n"):
        if (found := raw.find(blank + payload, at)) >= 0:
            return found + len(blank)
    return raw.find(payload, at)


def _head(message: Any, node: str, raw: bytes, at: int, line: int) -> Piece:
    """Subject, people and date, with their lines; they stand after `at`, which is on `line`."""
    said: list[str] = []
    where: list[tuple[int, int]] = []
    for name in ("Subject", "From", "To", "Cc", "Date"):
        if value := field(message, name):
            found = re.compile(
                rb"^" + name.encode() + rb"[ \t]*:.*(?:\r?\n[ \t].*)*", re.I | re.M
            ).search(raw, at)
            first = line + (raw.count(b"\n", at, found.start()) if found else 0)
            said.append(f"{name}: {value}")
            where.append((first, first + (found[0].count(b"\n") if found else 0)))
    return Piece(node, "message/rfc822", field(message, "Subject"), "\n".join(said), tuple(where))


def field(message: Any, name: str) -> str:
    """A field of the head, decoded; "" where there is none."""
    from email.header import decode_header, make_header

    value = str(message.get(name, "") or "")
    try:
        value = str(make_header(decode_header(value)))
    except (ValueError, LookupError, UnicodeError):
        pass  # as it stands
    return _tidy(value)[:1000]


def _piece(part: Message, node: str, payload: bytes, first: int) -> Piece:
    mime, name = part.get_content_type(), _name(part)
    refs = tuple(
        filter(
            None, (f"cid:{field(part, 'Content-ID').strip('<> ')}", field(part, "Content-Location"))
        )
    )
    attached = part.get_content_disposition() == "attachment"
    height = payload.rstrip().count(b"\n")
    if not mime.startswith("text/"):
        return Piece(node, mime, name, "", ((first, first + height),), True, refs)
    encoding = field(part, "Content-Transfer-Encoding").lower()
    data = part.get_payload(decode=True)
    data = data if isinstance(data, bytes) else payload
    said = texts.decode(data, part.get_content_charset() or "")
    if encoding == "base64":
        where = [(first, first + height)] * (said.count("\n") + 1)
    elif encoding == "quoted-printable":
        where = _unfolded(payload, first)
    else:
        where = [(n, n) for n in range(first, first + height + 1)]
    lines = said.count("\n") + 1
    where = (where + [where[-1] if where else (first, first)] * lines)[:lines]
    return Piece(node, mime, name, said, tuple(where), attached, refs)


def _unfolded(payload: bytes, first: int) -> list[tuple[int, int]]:
    """The lines of the file for each line of a quoted-printable text, which goes over several."""
    where: list[tuple[int, int]] = []
    begin = at = first
    for line in payload.split(b"\n"):
        if _SOFT.fullmatch(line[line.rfind(b"=") :] + b"\n") if b"=" in line else False:
            at += 1
            continue
        where += [(begin, at)] * (1 + quopri.decodestring(line).count(b"\n"))
        begin = at = at + 1
    return where or [(first, first)]


def _name(part: Message) -> str:
    try:
        return _tidy(str(part.get_filename() or ""))[:200]
    except (ValueError, LookupError, TypeError):
        return ""


def _tidy(said: str) -> str:
    """On one line; bytes that are no characters become U+FFFD."""
    return " ".join(said.encode("utf-8", "surrogateescape").decode("utf-8", "replace").split())
