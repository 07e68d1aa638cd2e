"""Mail: the parts of a message, decoded, with the lines of the file that they come from."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

from polysense.errors import TooLarge, Unreadable
from polysense.read.file.encoding import decode
from polysense.read.file.mail import file_name, header_field, is_file, read_message
from polysense.read.file.text import count_words

_MAX_FAILED_SEARCHES = 20
"""Parts that are looked for in vain, each through the whole message.

Those after them are told to be on the last known line.
"""

_MIN_PLAIN_SHARE = 1 / 3
"""Words that plain text has for each of the page beside it, so that it says the same; where it has
fewer, it only says that there is a page. Judged, not measured.
"""

_MARKUP = re.compile(r"<(?:(?P<unseen>style|script|head|title)\b|(?P<comment>!--)|[^<>]*>)", re.I)
_REST_OF_TAG = re.compile("[^<>]*>")
_UNSEEN_ENDS = {
    "!--": re.compile("-->"),
    **{t: re.compile(rf"</{t}\s*>", re.I) for t in ("style", "script", "head", "title")},
}
_SOFT_BREAK = re.compile(rb"=[ \t]*\r?\n")


@dataclass(frozen=True, slots=True)
class MessagePart:
    """A part of a message that holds no others, or the head of one: node names it, "part 2".

    text is what a text part says, and of a head, its fields. source_lines[n] are the lines (first,
    last) of the file for line n of text, or of the whole part where it has none. refs are how a
    page in the message names it. is_file: what it holds is read as a file of its own.
    """

    node: str
    mime: str
    name: str = ""
    text: str = ""
    source_lines: tuple[tuple[int, int], ...] = ()
    is_attachment: bool = False
    is_file: bool = False
    refs: tuple[str, ...] = ()


def message_parts(path: Path) -> Iterator[MessagePart]:
    """Heads (mime "message/rfc822") and parts in order.

    Of alternatives only the plain one, where it says as much. Raises TooLarge, Unreadable.
    """
    raw, message = read_message(path)
    numbers = {id(part): n for n, part in enumerate(message.walk(), 1)}
    offset, line, failed_searches = 0, 1, 0
    for part in _leaf_parts(message):
        node = f"part {numbers[id(part)]}"
        if part.get_content_type() == "message/rfc822" or part is message:
            head = part if part is message else part.get_payload(0)
            yield _read_head(head, node, raw, offset, line)
            if part is not message or part.is_multipart():
                continue
        payload = _raw_payload(part)
        payload_start = (
            _find_payload(raw, payload, offset)
            if payload.strip() and failed_searches < _MAX_FAILED_SEARCHES
            else -1
        )
        failed_searches += bool(payload.strip()) and payload_start < 0
        line += raw.count(b"\n", offset, payload_start) if payload_start >= 0 else 0
        yield _read_part(part, node, payload, line)
        if payload_start >= 0:
            offset, line = payload_start + len(payload), line + payload.count(b"\n")


def attachment(path: Path, node: str, limit: int = 64 << 20) -> bytes:
    """The bytes of "part 2". Raises TooLarge, Unreadable."""
    _, message = read_message(path)
    for n, part in enumerate(message.walk(), 1):
        if node == f"part {n}":
            data = part.get_payload(decode=True)
            if not isinstance(data, bytes):
                break
            if len(data) > limit:
                raise TooLarge(f"{node} of {path.name} holds more than {limit >> 20} MiB")
            return data
    raise Unreadable(f"{path.name} has nothing in {node}")


def _leaf_parts(part: Message) -> Iterator[Message]:
    """The message itself, then its leaves and inner messages.

    Without the alternatives that say the same again.
    """
    waiting: list[tuple[Message, bool]] = [(part, True)]
    while waiting:
        current, is_top = waiting.pop()
        payload = current.get_payload() if current.is_multipart() else None
        if is_top or payload is None or current.get_content_type() == "message/rfc822":
            yield current
        if not isinstance(payload, list):
            continue
        parts = [p for p in payload if isinstance(p, Message)]
        if current.get_content_type() == "message/rfc822":
            parts = [
                p
                for outer in parts
                for p in ([outer] if not outer.is_multipart() else outer.get_payload())
                if isinstance(p, Message)
            ]
        if current.get_content_type() == "multipart/alternative":
            parts = _preferred_alternatives(parts)
        waiting += [(p, False) for p in reversed(parts)]


def _preferred_alternatives(parts: list[Message]) -> list[Message]:
    """Of alternatives: the page with its pictures, else the plain words where they say as much."""
    mimes = [p.get_content_type() for p in parts]
    words = dict.fromkeys(mimes, 0)
    for mime, p in zip(mimes, parts, strict=True):
        if mime in ("text/plain", "text/html"):
            words[mime] += count_words(_without_markup(_decoded_text(p)))
    plain, page = words.get("text/plain", 0), words.get("text/html", 0)
    excluded = "text/html" if plain and plain >= _MIN_PLAIN_SHARE * page else ""
    if "multipart/related" in mimes or plain < _MIN_PLAIN_SHARE * page:
        excluded = "text/plain"
    return [p for mime, p in zip(mimes, parts, strict=True) if mime != excluded]


def _without_markup(page: str) -> str:
    """The words of a page, with a space for each tag, comment and element that is not shown."""
    parts: list[str] = []
    position, ended = 0, set[str]()
    while m := _MARKUP.search(page, position):
        parts.append(page[position : m.start()])
        position = m.end()
        name = (m["unseen"] or m["comment"] or "").lower()
        if not name:
            continue
        end = _UNSEEN_ENDS[name].search(page, position) if name not in ended else None
        if end:
            position = end.end()
            continue
        ended.add(name)  # none is looked for again: a page may hold very many openings
        if rest := _REST_OF_TAG.match(page, position):
            position = rest.end()
    return " ".join([*parts, page[position:]])


def _decoded_text(part: Message) -> str:
    data = part.get_payload(decode=True)
    charset = part.get_content_charset() or ""
    return decode(data if isinstance(data, bytes) else _raw_payload(part), charset)


def _raw_payload(part: Message) -> bytes:
    """The content of a part as it stands in the file."""
    payload = part.get_payload()
    if not isinstance(payload, str):
        return b""
    for encoding in ("ascii", part.get_content_charset() or "utf-8"):
        try:
            return payload.encode(encoding, "surrogateescape")
        except (LookupError, UnicodeError):
            continue
    return payload.encode("utf-8", "replace")


def _find_payload(raw: bytes, payload: bytes, start: int) -> int:
    """Where the content of a part stands, from `start` on, or -1.

    Below the blank line that ends its head, which may hold the same words.
    """
    for blank in (b"\n\n", b"\n\r\n"):
        if (blank_start := raw.find(blank + payload, start)) >= 0:
            return blank_start + len(blank)
    return raw.find(payload, start)


def _read_head(message: Any, node: str, raw: bytes, start: int, line: int) -> MessagePart:
    """Subject, people and date, with their lines; they stand after `start`, which is on `line`."""
    header_lines: list[str] = []
    source_lines: list[tuple[int, int]] = []
    for name in ("Subject", "From", "To", "Cc", "Date"):
        if value := header_field(message, name):
            match = re.compile(
                rb"^" + name.encode() + rb"[ \t]*:.*(?:\r?\n[ \t].*)*", re.I | re.M
            ).search(raw, start)
            first = line + (raw.count(b"\n", start, match.start()) if match else 0)
            header_lines.append(f"{name}: {value}")
            source_lines.append((first, first + (match[0].count(b"\n") if match else 0)))
    return MessagePart(
        node,
        "message/rfc822",
        header_field(message, "Subject"),
        "\n".join(header_lines),
        tuple(source_lines),
    )


def _read_part(part: Message, node: str, payload: bytes, first: int) -> MessagePart:
    mime, name = part.get_content_type(), file_name(part)
    content_id = header_field(part, "Content-ID").strip("<> ")
    location = header_field(part, "Content-Location")
    refs = (f"cid:{content_id}", *([location] if location else []))
    is_attachment = part.get_content_disposition() == "attachment"
    line_breaks = payload.rstrip().count(b"\n")
    has_own_file = is_file(part)
    if has_own_file or not mime.startswith("text/"):
        lines = ((first, first + line_breaks),)
        return MessagePart(node, mime, name, "", lines, True, has_own_file, refs)
    encoding = header_field(part, "Content-Transfer-Encoding").lower()
    text = _decoded_text(part)
    if encoding == "base64":
        source_lines = [(first, first + line_breaks)] * (text.count("\n") + 1)
    elif encoding == "quoted-printable":
        source_lines = _unfold_lines(payload, first)
    else:
        source_lines = [(n, n) for n in range(first, first + line_breaks + 1)]
    # a file that tells a wrong encoding has more lines of text, or fewer, than of source
    line_count = text.count("\n") + 1
    last_line = source_lines[-1] if source_lines else (first, first)
    source_lines = (source_lines + [last_line] * line_count)[:line_count]
    return MessagePart(node, mime, name, text, tuple(source_lines), is_attachment, False, refs)


def _unfold_lines(payload: bytes, first: int) -> list[tuple[int, int]]:
    """The lines of the file for each line of a quoted-printable text, which goes over several."""
    source_lines: list[tuple[int, int]] = []
    start = number = first
    for line in payload.split(b"\n"):
        if _SOFT_BREAK.fullmatch(line[line.rfind(b"=") :] + b"\n") if b"=" in line else False:
            number += 1
            continue
        source_lines += [(start, number)] * (1 + quopri.decodestring(line).count(b"\n"))
        start = number = number + 1
    return source_lines or [(first, first)]
