"""Examples as JSON lines.

{"question": "Where is it held?", "answer": "Rome", "right": ["It is held in Rome."],
 "wrong": ["Oslo is cold.", {"file": "map.png", "score": 0.4}], "source": "minutes.md"}

A context is words, or an object with text or file, and perhaps score and name; the paths of files
begin at the folder of the file of examples. Instead of right and wrong there may be contexts, in
the order in which they were found, each with "right": true or false. images are pictures that are
asked about.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from polysense.errors import BadQuery, NotFound
from polysense.read.file.parts import part
from polysense.train.generator.examples.example import Context, Example
from polysense.types import Part

EXAMPLE = '{"question": "Where?", "answer": "Rome", "right": ["It is in Rome."], "wrong": ["..."]}'

_KEYS = ("question", "answer", "right", "wrong", "contexts", "source", "images")
_CONTEXT_KEYS = ("text", "file", "score", "name", "right")


def read_examples(path: Path) -> list[Example]:
    """The examples of a file, a JSON object a line. Raises NotFound, BadQuery with the line."""
    if not path.is_file():
        raise NotFound(f"there is no file {path}", "Check the path of the file of examples.")
    examples = []
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as e:
        raise BadQuery(f"{path} cannot be read: {e}", f"Write lines like {EXAMPLE}") from e
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            examples.append(_example(json.loads(line), path.parent))
        except (ValueError, TypeError, NotFound) as e:
            message = f"{path}, line {number}: {e}"
            raise BadQuery(message, f"Write it like {EXAMPLE}") from e
    if not examples:
        raise BadQuery(f"{path} holds no examples", f"Write lines like {EXAMPLE}")
    return examples


def write_examples(path: Path, examples: Iterable[Example]) -> None:
    """JSON lines that `read_examples` reads: files by their paths. Raises BadQuery for pictures
    that are no files.
    """
    lines = [json.dumps(_row(e, path.parent.absolute()), ensure_ascii=False) for e in examples]
    path.write_text("\n".join([*lines, ""]), "utf-8")


def _example(row: Any, folder: Path) -> Example:
    if not isinstance(row, dict):
        raise ValueError("it is no object")
    if unknown := set(row) - set(_KEYS):
        raise ValueError(f'"{min(unknown)}" is not known; known are {", ".join(_KEYS)}')
    question, answer = (_text(row, key) for key in ("question", "answer"))
    if not question or not answer:
        raise ValueError(f'"{"answer" if question else "question"}" is missing')
    contexts = [
        *(_context(c, folder, None) for c in _list(row, "contexts")),
        *(_context(c, folder, True) for c in _list(row, "right")),
        *(_context(c, folder, False) for c in _list(row, "wrong")),
    ]
    images = tuple(part(folder / str(name)) for name in _list(row, "images"))
    return Example(question, answer, tuple(contexts), _text(row, "source"), images)


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f'"{key}" must be words')
    return value.strip()


def _list(row: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = row.get(key, [])
    return value if isinstance(value, list) else [value]


def _context(value: Any, folder: Path, is_right: bool | None) -> Context:
    if isinstance(value, str):
        value = {"text": value}
    if not isinstance(value, dict) or set(value) - set(_CONTEXT_KEYS):
        raise ValueError(f"a context is words, or an object of {', '.join(_CONTEXT_KEYS)}")
    if is_right is None:
        is_right = value.get("right")
    if not isinstance(is_right, bool):
        raise ValueError('each of "contexts" has "right": true or false')
    if isinstance(file := value.get("file"), str) and file:
        own = part(folder / file)
    elif text := _text(value, "text"):
        own = Part("text", text)
    else:
        raise ValueError("a context has no text and no file")
    score = value.get("score", 1.0)
    if isinstance(score, bool) or not isinstance(score, int | float) or score <= 0:
        raise ValueError('"score" must be a number above 0')
    return Context(own, is_right, float(score), _text(value, "name") or own.name)


def _row(example: Example, folder: Path) -> dict[str, Any]:
    row: dict[str, Any] = {"question": example.question, "answer": example.answer}
    row["contexts"] = [_context_row(c, folder) for c in example.contexts]
    if example.source:
        row["source"] = example.source
    if example.images:
        row["images"] = [_path(p, folder) for p in example.images]
    return row


def _context_row(context: Context, folder: Path) -> dict[str, Any]:
    row: dict[str, Any] = {"right": context.is_right, "score": context.score}
    if context.name:
        row["name"] = context.name
    if context.part.modality == "text":
        return {"text": context.words, **row}
    return {"file": _path(context.part, folder), **row}


def _path(own: Part, folder: Path) -> str:
    if not isinstance(own.data, Path):
        raise BadQuery(f"{own!r} is no file, and cannot be named in a file", "Save it first.")
    path = own.data.absolute()
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
