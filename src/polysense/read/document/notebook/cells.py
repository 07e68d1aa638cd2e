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
from polysense.read.file import text as texts

PICTURES = ("image/png", "image/jpeg", "image/svg+xml", "image/gif", "image/webp")
MAX_BYTES = 256 << 20
"""A notebook larger than this is refused; its pictures make most of it."""

_NODE = re.compile(r"cell (\d+) (?:output (\d+)|attachment (.+))")


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
    """Cells in order, the language of the code in lower case, and the title that the notebook tells
    of itself.
    """

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
        raw = json.loads(texts.decode(path.read_bytes()))
    except (ValueError, RecursionError) as e:
        raise Unreadable(f"{path.name} is no readable notebook: {e}") from e
    sheets = raw.get("worksheets") if isinstance(raw, dict) else None
    cells = raw.get("cells") if isinstance(raw, dict) else None
    if not isinstance(cells, list) and isinstance(sheets, list):
        cells = [
            cell
            for sheet in sheets
            if isinstance(sheet, dict)
            for cell in _list(sheet.get("cells"))
        ]
    if not isinstance(cells, list):
        raise Unreadable(f"{path.name} is no notebook: it has no cells")
    meta = _dict(raw.get("metadata"))
    language = (
        _dict(meta.get("language_info")).get("name")
        or _dict(meta.get("kernelspec")).get("language")
        or "python"
    )
    known = tuple(_cell(cell) for cell in cells if isinstance(cell, dict))
    return Notebook(known, str(language).lower()[:20], joined(meta.get("title"))[:300])


def joined(said: Any) -> str:
    """Words that are stored as one string or as a list of lines."""
    whole = (
        "".join(map(str, said)) if isinstance(said, list) else said if isinstance(said, str) else ""
    )
    return whole.encode("utf-8", "replace").decode()  # JSON can hold half a character


def bundle(output: dict[str, Any]) -> dict[str, Any]:
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
    """The picture at "cell 3 output 1" or "cell 3 attachment plot.png", as a file's bytes. Raises
    TooLarge, Unreadable.
    """
    found = _NODE.fullmatch(node)
    cells = read(path).cells
    shown: dict[str, Any] = {}
    if found and 0 < int(found[1]) <= len(cells):
        cell = cells[int(found[1]) - 1]
        if found[3]:
            shown = _dict((cell.attachments or {}).get(found[3]))
        elif 0 < int(found[2]) <= len(cell.outputs):
            shown = bundle(cell.outputs[int(found[2]) - 1])
    for mime in PICTURES:
        if said := joined(shown.get(mime)):
            if len(said) > limit * 4 // 3:
                raise TooLarge(
                    f"the picture in {node} of {path.name} holds more than {limit >> 20} MiB"
                )
            try:
                return said.encode() if mime.startswith("image/svg") else base64.b64decode(said)
            except (binascii.Error, ValueError) as e:
                raise Unreadable(f"the picture in {node} of {path.name} is broken: {e}") from e
    raise Unreadable(f"{path.name} has no picture in {node}")


def _cell(raw: dict[str, Any]) -> Cell:
    source = joined(raw.get("source", raw.get("input"))).replace("\r\n", "\n")
    level = raw.get("level")
    return Cell(
        kind=str(raw.get("cell_type", "")),
        source=source,
        outputs=tuple(output for output in _list(raw.get("outputs")) if isinstance(output, dict)),
        attachments=_dict(raw.get("attachments")),
        level=level if isinstance(level, int) and 0 < level < 7 else 1,
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
