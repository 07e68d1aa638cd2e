"""Pairs from a folder: files with words beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from polysense.errors import NotFound, PolysenseError
from polysense.read.file.parts import part
from polysense.train.data.pairs import Pair
from polysense.types import Part

WORDS = (".txt", ".caption", ".md", ".json")
"""Endings of what holds the words of a file of the same name, in the order of preference."""

KEYS = ("caption", "description", "text", "title", "alt", "label", "name")
"""What words are called in a JSON beside a file."""


def pairs_of_folder(folder: Path) -> tuple[list[Pair], list[str]]:
    """Each file with the words beside it, "photo.jpg" with "photo.txt" or "photo.jpg.json", in
    folders below too; and what was left out, a line each. The source of a pair is its folder and
    the name up to the first digit, so that a series stays together. Raises NotFound.
    """
    if not folder.is_dir():
        raise NotFound(f"there is no folder {folder}", "Name the folder of files with words.")
    pairs: list[Pair] = []
    left_out: list[str] = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix not in WORDS):
        words_path = next((p for p in _sidecars(path) if p.is_file()), None)
        if words_path is None or path.name.startswith("."):
            continue
        try:
            item, words = part(path), _words(words_path)
        except (PolysenseError, OSError, ValueError) as e:
            left_out.append(f"{words_path.name}: {e}")
            continue
        if item.modality and words:
            pairs.append(Pair(item, Part("text", words), str(path.parent / _series(path.stem))))
    return pairs, left_out


def _sidecars(path: Path) -> Iterator[Path]:
    for ending in WORDS:
        yield path.with_suffix(ending)
        yield path.with_name(path.name + ending)


def _words(path: Path) -> str:
    text = path.read_text("utf-8-sig").strip()
    if path.suffix != ".json":
        return text
    values: Any = json.loads(text)
    fields = values if isinstance(values, dict) else {}
    return next((str(fields[k]).strip() for k in KEYS if fields.get(k)), "")


def _series(stem: str) -> str:
    """The name up to a number behind it: "cat_03" and "cat_04" are of one series.

    >>> _series("cat_03"), _series("7"), _series("mill")
    ('cat', '7', 'mill')
    """
    return stem.rstrip("0123456789").rstrip(" _-.") or stem
