"""Visual instructions: conversations about a picture, in the format of LLaVA (Liu et al., "Visual
instruction tuning", NeurIPS 2023, arXiv:2304.08485).

[{"id": "1", "image": "a.jpg", "conversations": [
  {"from": "human", "value": "<image>\\nWhat is it?"}, {"from": "gpt", "value": "A cup."}]}]
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from polysense.errors import BadQuery, NotFound
from polysense.read.file.parts import part
from polysense.train.generator.examples.example import Example

MARK = "<image>"
"""Where in the words the picture stands; it is shown before them whatever the place."""

_FORM = (
    'Write [{"id": "1", "image": "a.jpg", "conversations": [{"from": "human", "value": '
    '"<image>\\nWhat is it?"}, {"from": "gpt", "value": "A cup."}]}].'
)
_ASKS, _ANSWERS = ("human", "user"), ("gpt", "assistant")


def read_visual_instructions(path: Path, pictures: Path | None = None) -> list[Example]:
    """An example for each turn of each conversation: its question is the turn's, with those before
    it as words, its source the picture. Paths of pictures begin at `pictures`, else the file's
    folder. Raises NotFound, BadQuery.
    """
    if not path.is_file():
        raise NotFound(f"there is no file {path}", "Check the path of the conversations.")
    try:
        rows = json.loads(path.read_text("utf-8-sig"))
        if not isinstance(rows, list):
            raise ValueError("it holds no list")
        return [e for row in rows for e in _examples(row, pictures or path.parent)]
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise BadQuery(f"{path} holds no conversations: {e!r}", _FORM) from e


def write_visual_instructions(path: Path, examples: Iterable[Example]) -> None:
    """One conversation for each example; contexts in words stand before its question. Raises
    BadQuery where an example has several pictures, or one that is no file: the format has no place
    for them.
    """
    rows = []
    for number, example in enumerate(examples, 1):
        files = [*example.images, *(c.part for c in example.contexts if not c.words)]
        if len(files) > 1 or not all(isinstance(p.data, Path) for p in files):
            raise BadQuery(
                f"{example.question!r} has {len(files)} pictures that LLaVA's format cannot name",
                "Write it as JSON lines of examples.",
            )
        words = [*(c.words for c in example.contexts if c.words), example.question]
        picture = {"image": str(files[0].data)} if files else {}
        question = "\n".join([*([MARK] if files else []), *words])
        turns = [{"from": "human", "value": question}, {"from": "gpt", "value": example.answer}]
        rows.append({"id": str(number), **picture, "conversations": turns})
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")


def _examples(row: Any, folder: Path) -> list[Example]:
    name = row.get("image", "")
    images = (part(folder / name),) if name else ()
    source = str(name or row.get("id", ""))
    examples: list[Example] = []
    before: list[str] = []
    question = ""
    for turn in row["conversations"]:
        words = str(turn["value"]).replace(MARK, "").strip()
        if turn["from"] in _ASKS:
            question = words
        elif turn["from"] in _ANSWERS and question:
            request = "\n".join([*before, question])
            examples.append(Example(request, words, (), source, images))
            before += [question, words]
            question = ""
        elif turn["from"] not in (*_ASKS, *_ANSWERS, "system"):
            raise ValueError(f"nobody is called {turn['from']!r}")
    return examples
