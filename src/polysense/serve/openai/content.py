"""The parts of a message that are files, on disk: data: URLs, base64, addresses."""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

from polysense.errors import BadQuery
from polysense.read.file import mime
from polysense.serve.fetch import fetch
from polysense.serve.openai.schema import ContentPart, FileInput
from polysense.serve.settings import ServerSettings
from polysense.serve.uploads import atomic_write


def save_content(
    piece: ContentPart, folder: Path, settings: ServerSettings, max_bytes: int
) -> Path:
    """A file of a message, kept in `folder`, no larger than max_bytes where it is fetched.

    Raises BadQuery, Forbidden, TooLarge, Unreadable.
    """
    if piece.type == "input_audio" and piece.input_audio is not None:
        return _save(
            folder, f"audio.{piece.input_audio.format}", _decode_base64(piece.input_audio.data)
        )
    if piece.type == "file" and piece.file is not None:
        return _save_attachment(piece.file, folder)
    address = {
        "image_url": piece.image_url,
        "audio_url": piece.audio_url,
        "video_url": piece.video_url,
        "file_url": piece.file_url,
    }.get(piece.type)
    url = address if isinstance(address, str) or address is None else address.url
    if not url:
        raise BadQuery(
            f"{piece.type!r} is no part of a message here",
            "Send text, image_url, input_audio or file.",
        )
    return (
        _save_data_url(url, folder, "")
        if url.startswith("data:")
        else fetch(url, folder, settings.url_hosts, max_bytes)
    )


def _save_attachment(file: FileInput, folder: Path) -> Path:
    if not file.file_data:
        raise BadQuery("files are not kept here by id", "Send the file itself: file_data.")
    if file.file_data.startswith("data:"):
        return _save_data_url(file.file_data, folder, file.filename)
    return _save(folder, file.filename or "file", _decode_base64(file.file_data))


def _save_data_url(url: str, folder: Path, name: str) -> Path:
    head, _, data = url[len("data:") :].partition(",")
    kind = head.partition(";")[0].strip().lower()
    content = _decode_base64(data) if head.rstrip().endswith(";base64") else unquote_to_bytes(data)
    return _save(folder, name or "file" + next(iter(mime.endings(kind)), ""), content)


def _decode_base64(data: str) -> bytes:
    try:
        return base64.b64decode(re.sub(r"\s+", "", data), validate=True)
    except (binascii.Error, ValueError) as e:
        raise BadQuery(
            f"a file is no base64: {e}", "Encode it whole: base64.b64encode(data).decode()."
        ) from e


def _save(folder: Path, name: str, content: bytes) -> Path:
    if not content:
        raise BadQuery("a file is empty", "Send its content.")
    with atomic_write(folder, name) as (file, place):
        file.write(content)
    return place
