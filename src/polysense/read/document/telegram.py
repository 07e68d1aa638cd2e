"""Telegram's exported chats (result.json): a line for each message, its pieces joined."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from polysense.read.document.blocks import SourceLine
from polysense.read.document.json_values import json_records
from polysense.read.file.text import LineIndex

_MESSAGE_PATH = re.compile(r"(?:.*\.)?(?:messages|list)\[\d+\]")
_MESSAGE_FIELDS = frozenset({"id", "type", "date", "text"})
_OTHER_FIELDS = (
    "forwarded_from", "title", "performer", "photo", "file", "sticker_emoji", "place_name",
    "address", "location_information", "contact_information", "poll",
)  # fmt: skip
"""What a message may have beside its words; the rest is how it was sent."""

_MAX_DEPTH = 4


def message_lines(source: str) -> list[SourceLine]:
    """The messages of an exported chat, or of all chats, with the lines of the file that each
    stands on; none where the text is no such export.
    """
    if '"messages"' not in source:
        return []
    try:
        chats = list(_chats(json.loads(source.lstrip("\ufeff"))))
        records = json_records(source) if chats else []
    except (ValueError, RecursionError):
        return []
    lines_of = LineIndex(source).lines_of
    places: dict[str, tuple[int, int]] = {}
    for record in records:
        match = _MESSAGE_PATH.match(record.path)
        path = match[0] if match else record.path
        first, last = lines_of(record.start, record.end)
        places[path] = (places[path][0] if path in places else first, last)
    whole = (1, source.rstrip().count("\n") + 1)
    lines: list[SourceLine] = []
    for path, chat in chats:
        chat_place = places.get(path, whole)
        if name := str(chat.get("name") or ""):
            lines.append(SourceLine(name, chat_place[0], chat_place[0]))
        for n, message in enumerate(chat["messages"]):
            place = places.get(f"{path}.messages[{n}]".lstrip("."), chat_place)
            if words := _message(message):
                lines.append(SourceLine(words, *place))
    return lines


def _chats(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(path, chat) of each."""
    if not isinstance(value, dict):
        return
    if _is_chat(value):
        yield "", value
    for key in ("chats", "left_chats"):
        group = value.get(key)
        chats = group.get("list") if isinstance(group, dict) else None
        for n, chat in enumerate(chats if isinstance(chats, list) else []):
            if _is_chat(chat):
                yield f"{key}.list[{n}]", chat


def _is_chat(value: Any) -> bool:
    messages = value.get("messages") if isinstance(value, dict) else None
    return (
        isinstance(messages, list)
        and bool(messages)
        and all(isinstance(m, dict) and m.keys() >= _MESSAGE_FIELDS for m in messages)
        and any("from" in m or "actor" in m for m in messages)
    )


def _message(message: Mapping[str, Any]) -> str:
    """ "[2024-03-12 18:05:11] Ole: Meet at noon", on one line."""
    words = [_join_pieces(message["text"])]
    if action := str(message.get("action") or ""):
        words.insert(0, action.replace("_", " "))
    words += [
        f"({key.replace('_', ' ')}: {text})"
        for key in _OTHER_FIELDS
        if (text := _value_text(message.get(key), 0))
    ]
    text = " ".join(" ".join(words).split())
    name = message.get("from") or message.get("actor") or ""
    date = str(message["date"]).replace("T", " ")
    return f"[{date}] {name}: {text}".replace(" : ", " ") if text else ""


def _join_pieces(pieces: Any) -> str:
    """The words of a message; where a link says other words than its address, both."""
    if not isinstance(pieces, list):
        return str(pieces or "")
    words = ""
    for piece in pieces:
        if isinstance(piece, dict):
            text, address = str(piece.get("text") or ""), str(piece.get("href") or "")
            words += f"{text} ({address})" if address and address != text else text
        else:
            words += str(piece)
    return words


def _value_text(value: Any, depth: int) -> str:
    if depth > _MAX_DEPTH or value is None or isinstance(value, bool):
        return ""
    if isinstance(value, dict):
        fields = ((k.replace("_", " "), _value_text(v, depth + 1)) for k, v in value.items())
        return ", ".join(f"{key} {text}" for key, text in fields if text)
    if isinstance(value, list):
        return ", ".join(filter(None, (_value_text(v, depth + 1) for v in value)))
    return str(value)
