"""Jupyter notebooks: their cells, and the pictures in them."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polysense.errors import TooLarge, Unreadable
from polysense.read.file.encoding import decode

PICTURE_MIMES = ("image/png", "image/jpeg", "image/svg+xml", "image/gif", "image/webp")
MAX_BYTES = 256 << 20
"""A notebook larger than this is refused; its pictures make most of it."""

_MAX_TITLE_CHARS = 300
_MAX_LANGUAGE_CHARS = 20

_PICTURE_NODE = re.compile(r"cell (\d+) (?:output (\d+)|attachment (.+))")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as stored: kind is "markdown", "code", "raw" or, in old notebooks, "heading"."""

    kind: str
    source: str
    outputs: tuple[dict[str, Any], ...] = ()
    attachments: dict[str, Any] | None = None
    level: int = 1


@dataclass(frozen=True, slots=True)
class Notebook:
    """Cells in order, the code's language in lower case, and the title in the metadata."""

    cells: tuple[Cell, ...]
    language: str
    title: str


def read(path: Path) -> Notebook:
    """The notebook at `path`, format 3 or 4. Raises TooLarge, Unreadable."""
    if (size := path.stat().st_size) > MAX_BYTES:
        raise TooLarge(
            f"{path.name} holds {size >> 20} MiB; the limit for notebooks is {MAX_BYTES >> 20} MiB"
        )
    try:
        raw = json.loads(decode(path.read_bytes()))
    except (ValueError, RecursionError) as e:
        raise Unreadable(f"{path.name} is no readable notebook: {e}") from e
    sheets = raw.get("worksheets") if isinstance(raw, dict) else None
    cells = raw.get("cells") if isinstance(raw, dict) else None
    if not isinstance(cells, list) and isinstance(sheets, list):
        cells = [
            cell
            for sheet in sheets
            if isinstance(sheet, dict)
            for cell in _as_list(sheet.get("cells"))
        ]
    if not isinstance(cells, list):
        raise Unreadable(f"{path.name} is no notebook: it has no cells")
    meta = _as_dict(raw.get("metadata"))
    language = (
        _as_dict(meta.get("language_info")).get("name")
        or _as_dict(meta.get("kernelspec")).get("language")
        or "python"
    )
    valid_cells = tuple(_read_cell(cell) for cell in cells if isinstance(cell, dict))
    title = join_text(meta.get("title"))[:_MAX_TITLE_CHARS]
    return Notebook(valid_cells, str(language).lower()[:_MAX_LANGUAGE_CHARS], title)


def join_text(value: Any) -> str:
    """Words that are stored as one string or as a list of lines."""
    if isinstance(value, list):
        text = "".join(map(str, value))
    else:
        text = value if isinstance(value, str) else ""
    return text.encode("utf-8", "replace").decode()  # JSON can hold half a character


def mime_bundle(output: dict[str, Any]) -> dict[str, Any]:
    """What an output shows, by mime type, in both formats."""
    if isinstance(output.get("data"), dict):
        return dict(output["data"])
    names = {
        "png": "image/png",
        "jpeg": "image/jpeg",
        "svg": "image/svg+xml",
        "html": "text/html",
        "text": "text/plain",
    }
    return {mime: output[name] for name, mime in names.items() if name in output}


def picture(path: Path, node: str, limit: int = 64 << 20) -> bytes:
    """The picture at "cell 3 output 1" or "cell 3 attachment plot.png", as a file's bytes.

    Raises TooLarge, Unreadable.
    """
    match = _PICTURE_NODE.fullmatch(node)
    cells = read(path).cells
    data: dict[str, Any] = {}
    if match and 0 < int(match[1]) <= len(cells):
        cell = cells[int(match[1]) - 1]
        if match[3]:
            data = _as_dict((cell.attachments or {}).get(match[3]))
        elif 0 < int(match[2]) <= len(cell.outputs):
            data = mime_bundle(cell.outputs[int(match[2]) - 1])
    for mime in PICTURE_MIMES:
        if encoded := join_text(data.get(mime)):
            if len(encoded) > limit * 4 // 3:
                raise TooLarge(
                    f"the picture in {node} of {path.name} holds more than {limit >> 20} MiB"
                )
            try:
                return (
                    encoded.encode() if mime.startswith("image/svg") else base64.b64decode(encoded)
                )
            except (binascii.Error, ValueError) as e:
                raise Unreadable(f"the picture in {node} of {path.name} is broken: {e}") from e
    raise Unreadable(f"{path.name} has no picture in {node}")


def _read_cell(raw: dict[str, Any]) -> Cell:
    source = join_text(raw.get("source", raw.get("input"))).replace("\r\n", "\n")
    level = raw.get("level")
    return Cell(
        kind=str(raw.get("cell_type", "")),
        source=source,
        outputs=tuple(
            output for output in _as_list(raw.get("outputs")) if isinstance(output, dict)
        ),
        attachments=_as_dict(raw.get("attachments")),
        level=level if isinstance(level, int) and 0 < level < 7 else 1,
    )


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
