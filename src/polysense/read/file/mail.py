"""A mail's message, the letters of its head, the files attached to it; a box of mails as its mails.

RFC 5322 (messages), RFC 2183 (dispositions), RFC 4155 (mbox).
"""

from __future__ import annotations

import email
import email.policy
import mimetypes
import re
from collections.abc import Iterator
from email.message import Message
from pathlib import Path, PurePosixPath
from typing import IO

from polysense.errors import TooLarge, Unreadable
from polysense.read.file import outlook, tnef
from polysense.read.file.encoding import decode

MAX_BYTES = 128 << 20
"""A message larger than this is refused: its parts are in memory several times over."""

_MAX_FIELD_CHARS = 1000
_MAX_NAME_CHARS = 200
_SIGNATURES = frozenset(
    f"application/{t}" for t in ("pgp-signature", "pkcs7-signature", "x-pkcs7-signature")
)
_UNSAFE_IN_NAMES = re.compile(r"[\x00-\x1f/\\:*?\"<>|!]+")
_MBOX_HEAD = re.compile(rb"From \S.*\d{2}:\d{2}.*\d{4}")
_SURROGATE = re.compile("[\udc80-\udcff]")
_QUOTED_ENVELOPE = re.compile(rb"^>(>*From )", re.M)
"""A line that a box would else take for the next mail's: it is written with one ">" more."""

_BOUNDARY_LINE = re.compile(r"^--(?!-)(\S{1,70})[ \t]*\r?\n(?=Content-)", re.M | re.I)
_BEFORE_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*\r?\n)*(?:(?P<size>\d{1,12})[ \t]*\r?\n)?")
"""What programs put before a message: a byte order mark, blank lines, its size (Apple Mail)."""

_BEHIND_MESSAGE = re.compile(rb"\s*(?:\Z|<\?xml|<!DOCTYPE plist|<plist)")
_FIELD = re.compile(rb"[!-9;-~]{1,80}[ \t]*:")


def read_message(path: Path) -> tuple[bytes, Message]:
    """A message's bytes, and what they say. Of Outlook's own format no bytes: they are no lines.

    Raises TooLarge, Unreadable, MissingDependency.
    """
    if (size := path.stat().st_size) > MAX_BYTES:
        raise TooLarge(
            f"{path.name} holds {size >> 20} MiB; the limit for mail is {MAX_BYTES >> 20} MiB"
        )
    raw = path.read_bytes()
    if raw.startswith(outlook.MAGIC):
        return b"", outlook.read_outlook(path)
    if raw.startswith(tnef.MAGIC):
        return b"", tnef.read_tnef(raw, path.name)
    try:
        message = email.message_from_bytes(_without_wrapping(raw), policy=email.policy.compat32)
        _mend_boundaries(message)
        return raw, message
    except Exception as e:  # the standard parser raises anything on hostile input
        raise Unreadable(f"{path.name} is no readable message: {e}") from e


def _without_wrapping(raw: bytes) -> bytes:
    """A message without what stands before its head, and, where its size is told, behind it."""
    m = _BEFORE_HEAD.match(raw)
    if not m or not m["size"]:
        return raw[m.end() if m else 0 :]
    end = m.end() + int(m["size"])
    if _BEHIND_MESSAGE.match(raw, end):
        return raw[m.end() : end]
    return raw[m.end() if _FIELD.match(raw, m.end()) else m.start("size") :]  # another number


def _mend_boundaries(message: Message) -> None:
    """Take parts apart at the lines that do part them, where the head names others; what has no
    parts at all is words.
    """
    for part in message.walk():
        body = part.get_payload()
        if part.get_content_maintype() != "multipart" or not isinstance(body, str):
            continue
        if boundary := _BOUNDARY_LINE.search(body):
            part.set_boundary(boundary[1])
            kind = f"Content-Type: {part['Content-Type']}\n\n"
            part.set_payload(email.message_from_string(kind + body).get_payload())
        if not part.is_multipart():
            part.set_type("text/plain")


def unquote_envelopes(raw: bytes) -> bytes:
    """A mail as it was before it was put into a box.

    >>> unquote_envelopes(b"Hello,\\n>From now on\\n> From here")
    b'Hello,\\nFrom now on\\n> From here'
    """
    return _QUOTED_ENVELOPE.sub(rb"\1", raw)


def header_field(message: Message, name: str) -> str:
    """A field of the head, decoded, on one line; "" where there is none.

    Raw letters of eight bits are UTF-8 (RFC 6532), else in the encoding that the message tells, or
    that its words look like.
    """
    values = (v for k, v in message.raw_items() if k.lower() == name.lower())
    return _decode_words(str(next(values, "")), message)[:_MAX_FIELD_CHARS]


def file_name(part: Message) -> str:
    """The name that a part has as a file; "" where it has none."""
    try:
        return _decode_words(str(part.get_filename() or ""), part)[:_MAX_NAME_CHARS]
    except (ValueError, LookupError, TypeError):
        return ""


def is_file(part: Message) -> bool:
    """Whether a part is attached as a file of its own, and no words or picture of the message."""
    mime, disposition = part.get_content_type(), part.get_content_disposition()
    if part.is_multipart() or mime.startswith(("multipart/", "message/")) or mime in _SIGNATURES:
        return False
    if disposition == "attachment":
        return True
    if part.get("Content-ID") or part.get("Content-Location"):
        return False  # a page shows it
    if disposition == "inline" and mime.startswith("image/"):
        return False
    return bool(file_name(part)) or not mime.startswith(("text/", "image/"))


def mail_attachments(path: Path) -> Iterator[tuple[str, Message]]:
    """(name, part) of each file attached to a message, or to one in it; no name comes twice.

    Raises TooLarge, Unreadable.
    """
    _, message = read_message(path)
    used = dict[str, int]()
    for n, part in enumerate(message.walk(), 1):
        if is_file(part):
            ending = mimetypes.guess_extension(part.get_content_type()) or ""
            name = _safe_name(file_name(part), f"part {n}{ending}")
            yield unused_name(name, used), part


def mails(path: Path) -> Iterator[tuple[str, int, int]]:
    """(name, start, end) of each mail in a box: its number and its subject."""
    with path.open("rb") as f:
        for n, (start, end) in enumerate(_mail_ranges(f), 1):
            f.seek(start)
            head = re.split(rb"\r?\n\r?\n", f.read(min(end - start, 1 << 16)), maxsplit=1)[0]
            message = email.message_from_bytes(head, policy=email.policy.compat32)
            subject = _safe_name(header_field(message, "Subject"), "")[:80]
            yield f"{n:05} {subject}".strip() + ".eml", start, end
            f.seek(end)


def is_mailbox(head: str) -> bool:
    """Whether a file that begins so is a box of mails: the line "From ...", then a head."""
    lines = head.split("\n", 2)
    is_envelope = _MBOX_HEAD.match(lines[0].encode("utf-8", "replace")) is not None
    return is_envelope and len(lines) > 1 and re.match(r"[A-Za-z][A-Za-z-]*:", lines[1]) is not None


def _mail_ranges(f: IO[bytes]) -> Iterator[tuple[int, int]]:
    """(start, end) of the mails behind lines "From ..." that follow a blank line."""
    start, position, is_blank = -1, f.tell(), True
    while line := f.readline(1 << 16):
        if is_blank and _MBOX_HEAD.match(line):
            if start >= 0:
                yield start, position
                f.seek(position + len(line))
            start = position + len(line)
        is_blank = not line.strip()
        position += len(line)
    if start >= 0:
        yield start, position


def _decode_words(value: str, message: Message) -> str:
    """Encoded words and raw bytes as letters, on one line."""
    from email.header import decode_header, make_header

    if _SURROGATE.search(value):
        raw = value.encode("utf-8", "surrogateescape")
        try:
            value = raw.decode()
        except UnicodeDecodeError:
            value = decode(raw, _charset(message))
    try:
        value = str(make_header(decode_header(value)))
    except (ValueError, LookupError, UnicodeError):
        pass  # as it stands
    return " ".join(value.encode("utf-8", "replace").decode().split())


def _charset(message: Message) -> str:
    """The encoding that a message tells, or the first of its parts that does."""
    charsets = (part.get_content_charset() for part in message.walk())
    return next((c for c in charsets if c and c != "us-ascii"), "")


def _safe_name(name: str, otherwise: str) -> str:
    """A name that a file can have."""
    return _UNSAFE_IN_NAMES.sub("_", name).strip(" .") or otherwise


def unused_name(name: str, used: dict[str, int]) -> str:
    """The name, with a number where it is used already; it is used from now on.

    used has the number that comes next for each name.

    >>> used = {}
    >>> [unused_name(name, used) for name in ("a.txt", "a.txt", "b", "a.txt")]
    ['a.txt', 'a (2).txt', 'b', 'a (3).txt']
    """
    path, number = PurePosixPath(name), used.get(name, 1)
    free = name
    while free in used:
        number += 1
        free = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
    used[name] = number
    used.setdefault(free, 1)
    return free
