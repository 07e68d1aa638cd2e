"""Examples made of a library: for judged questions, what it retrieves now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from polysense.errors import BadQuery, NotFound, PolysenseError
from polysense.evaluate.places import overlaps, parse_place
from polysense.evaluate.question_file import JudgedPlace
from polysense.ingest.progress import Progress
from polysense.library import Library
from polysense.stretch import chunk_part
from polysense.train.generator.examples.example import Context, Example
from polysense.types import Hit, Part

MIN_SCORE = 1e-6
"""A hit that was found with no score counts as one with this."""

_FORM = '{"query": "How tall is it?", "answer": "23 m", "relevant": [{"file": "tower.md"}]}'


def examples_of_library(kb: Library, path: Path, k: int, progress: Progress) -> list[Example]:
    """An example for each question of a file: as `polysense eval retrieval` takes it, with the
    answer beside. Its contexts are the k best hits of the library, in their order; right are those
    at a relevant place, or, where no place is relevant, those whose words hold the answer.

    A question for which nothing is found is left out, and told. Its source is the first relevant
    file, so that questions about one file are learned from or tested on, never both. Raises
    NotFound, BadQuery.
    """
    examples = []
    rows = list(_rows(path))
    for number, row in enumerate(rows, 1):
        question = str(row.get("query") or row.get("question") or "").strip()
        answer = _answer(row)
        if not question or not answer:
            raise BadQuery(f"{path}: a line has no question or no answer", f"Write {_FORM}")
        places = _places(row, path)
        hits: list[Hit] = []
        try:
            hits += kb.search(question, k=k)
        except PolysenseError as e:
            progress.note(f"{question}: {e}")
        contexts = [c for h in hits if (c := _context(h, places, answer)) is not None]
        if contexts:
            source = places[0].file if places else question
            examples.append(Example(question, answer, tuple(contexts), source))
        else:
            progress.note(f"{question}: nothing is found, left out")
        progress.step("retrieving", number, len(rows))
    return examples


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    if not path.is_file():
        raise NotFound(f"there is no file {path}", "Check the path of the judged questions.")
    try:
        text = path.read_text("utf-8-sig")
        rows = (
            json.loads(text)
            if text.lstrip().startswith("[")
            else [json.loads(line) for line in text.splitlines() if line.strip()]
        )
        if not all(isinstance(r, dict) for r in rows):
            raise ValueError("a line is no object")
    except ValueError as e:
        raise BadQuery(f"{path} holds no judged questions: {e}", f"Write lines like {_FORM}") from e
    yield from rows


def _answer(row: Mapping[str, Any]) -> str:
    """The first right one; of a list of values that must all be there, all."""
    value = row.get("answer", row.get("answers", ""))
    first = value[0] if isinstance(value, list) and value else value
    return ", ".join(map(str, first)) if isinstance(first, list) else str(first or "").strip()


def _places(row: Mapping[str, Any], path: Path) -> list[JudgedPlace]:
    places = []
    items = row.get("relevant", [])
    for item in items if isinstance(items, list) else [items]:
        own = {"file": item} if isinstance(item, str) else item
        if not isinstance(own, dict) or not isinstance(own.get("file"), str):
            raise BadQuery(f'{path}: "relevant" must name files', f"Write {_FORM}")
        places.append(JudgedPlace(own["file"], parse_place(str(own.get("place", "")))))
    return places


def _context(hit: Hit, places: list[JudgedPlace], answer: str) -> Context | None:
    """None of what has neither words nor a picture."""
    words = hit.chunk.words.strip()
    own = Part("text", words) if words else chunk_part(hit.chunk)
    if own is None:
        return None
    is_right = any(p.is_file_of(hit) and overlaps(p.place, hit.place) for p in places)
    if not places:
        is_right = answer.casefold() in words.casefold()
    return Context(own, is_right, max(hit.score, MIN_SCORE), hit.chunk.asset.name)
