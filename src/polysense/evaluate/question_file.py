"""Read files of judged questions: JSON, or JSON lines; what is wrong in one is told by its line.

{"question": "How tall is the tower?", "answers": ["23 metres", "23 m"]}
{"question": "Which colours are there?", "answers": [["red", "green"]], "group": "lists"}
{"question": "Who wrote the sequel?", "unanswerable": true}
{"query": "a red bicycle", "relevant": [{"file": "bicycle.jpg"}], "modality": "image"}
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polysense.errors import BadQuery, NotFound
from polysense.evaluate.places import parse_place
from polysense.read.language.detect import detect_query_language
from polysense.span import Span
from polysense.types import Hit

QUESTION_EXAMPLE = '{"question": "How tall is the tower?", "answers": ["23 metres"]}'
QUERY_EXAMPLE = '{"query": "a red bicycle", "relevant": [{"file": "bicycle.jpg"}]}'

_SHARED_KEYS = ("id", "with", "group", "lang", "k", "where")
_QUESTION_KEYS = ("question", "answers", "unanswerable", "computed", "cites", *_SHARED_KEYS)
_QUERY_KEYS = ("query", "relevant", "modality", *_SHARED_KEYS)
_PLACE_KEYS = ("file", "place", "grade")


@dataclass(frozen=True, slots=True)
class JudgedPlace:
    """A file, by its name or the end of its path, and a place in it (Span() is anywhere); grade is
    how relevant it is.
    """

    file: str
    place: Span = Span()
    grade: float = 1.0

    def is_file_of(self, hit: Hit) -> bool:
        """Whether a hit lies in the file."""
        return f"/{hit.uri.replace(chr(92), '/')}".endswith(f"/{self.file}")


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question and what is right of its answer.

    answers are the right ones: any one will do, all values of one must be there; none where the
    question is unanswerable. computed: the value stands nowhere in the files, so that only `cites`
    judge citations. k and where are as in `Library.ask`.
    """

    id: str
    text: str
    files: tuple[Path, ...] = ()
    answers: tuple[tuple[str, ...], ...] = ()
    computed: bool = False
    cites: tuple[JudgedPlace, ...] = ()
    group: str = ""
    lang: str = ""
    k: int = 12
    where: str = ""

    @property
    def is_answerable(self) -> bool:
        """Whether the files answer it."""
        return bool(self.answers)


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query and what is relevant to it; modality limits the hits to one, "" is any."""

    id: str
    text: str
    relevant: tuple[JudgedPlace, ...]
    files: tuple[Path, ...] = ()
    modality: str = ""
    group: str = ""
    lang: str = ""
    k: int = 10
    where: str = ""


def read_questions(path: Path) -> list[JudgedQuestion]:
    """The questions of a file for `eval answers`. Raises NotFound, BadQuery with the line."""
    return _distinct(path, [_question(entry) for entry in _entries(path, QUESTION_EXAMPLE)])


def read_queries(path: Path) -> list[JudgedQuery]:
    """The queries of a file for `eval retrieval`. Raises NotFound, BadQuery with the line."""
    return _distinct(path, [_query(entry) for entry in _entries(path, QUERY_EXAMPLE)])


@dataclass(frozen=True, slots=True)
class _Entry:
    """One object of a file, where it begins, and how a right one looks."""

    path: Path
    line: int
    raw: Mapping[str, Any]
    example: str

    def error(self, message: str, hint: str = "") -> BadQuery:
        return BadQuery(f"{self.path}, line {self.line}: {message}", hint or self._hint)

    @property
    def _hint(self) -> str:
        return f"Write it like {self.example}"

    def check_keys(self, names: tuple[str, ...]) -> None:
        for key in self.raw:
            if key not in names:
                close = difflib.get_close_matches(str(key), names, 1)
                suggestion = f' Did you mean "{close[0]}"?' if close else ""
                raise self.error(f'"{key}" is not known', f"Known: {', '.join(names)}.{suggestion}")

    def text(self, key: str) -> str:
        value = self.raw.get(key, "")
        if not isinstance(value, str):
            raise self.error(f'"{key}" must be words', f'Write "{key}": "..."')
        return value.strip()

    def flag(self, key: str) -> bool:
        value = self.raw.get(key, False)
        if not isinstance(value, bool):
            raise self.error(f'"{key}" is neither true nor false', f'Write "{key}": true')
        return value

    def count(self, key: str, default: int) -> int:
        value = self.raw.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.error(f'"{key}" must be a number from 1 on', f'Write "{key}": {default}')
        return value

    def files(self) -> tuple[Path, ...]:
        """The files asked with, beside the file of questions."""
        value = self.raw.get("with", [])
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
            raise self.error('"with" must be a file or several', 'Write "with": ["photo.jpg"]')
        paths = [self.path.parent / n for n in names]
        for p in paths:
            if not p.is_file():
                raise self.error(
                    f"there is no file {p}", "Paths are looked up from the folder of this file."
                )
        return tuple(paths)

    def places(self, key: str) -> tuple[JudgedPlace, ...]:
        value = self.raw.get(key, [])
        items = value if isinstance(value, list) else [value]
        return tuple(self._place(key, item) for item in items)

    def _place(self, key: str, item: Any) -> JudgedPlace:
        hint = f'Write "{key}": [{{"file": "handbook.pdf", "place": "p. 2"}}]'
        if isinstance(item, str):
            item = {"file": item}
        if not isinstance(item, dict) or not isinstance(item.get("file"), str) or not item["file"]:
            raise self.error(f'"{key}" must name files', hint)
        if unknown := set(item) - set(_PLACE_KEYS):
            raise self.error(f'"{key}" has "{min(unknown)}", which is not known', hint)
        place, grade = item.get("place", ""), item.get("grade", 1)
        if not isinstance(place, str):
            raise self.error('"place" must be words', hint)
        if isinstance(grade, bool) or not isinstance(grade, int | float) or grade <= 0:
            raise self.error('"grade" must be a number above 0', hint)
        try:
            return JudgedPlace(item["file"], parse_place(place), float(grade))
        except BadQuery as e:
            raise self.error(str(e), e.hint) from e

    def answers(self) -> tuple[tuple[str, ...], ...]:
        """Any one of a list; a list in it is of values that must all be there."""
        value = self.raw.get("answers", self.raw.get("answer", []))
        items = value if isinstance(value, list) else [value]
        alternatives = []
        for item in items:
            values = item if isinstance(item, list) else [item]
            if not values or not all(_is_value(v) for v in values):
                raise self.error(
                    '"answers" must be words or numbers',
                    'Write "answers": ["23 metres", "23 m"], any of which is right, or '
                    '"answers": [["red", "green"]], all of which must be there.',
                )
            alternatives.append(tuple(str(v) for v in values))
        return tuple(alternatives)


def _is_value(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    return isinstance(value, int | float) and not isinstance(value, bool)


def _question(entry: _Entry) -> JudgedQuestion:
    entry.check_keys(_QUESTION_KEYS)
    text, files, answers = entry.text("question"), entry.files(), entry.answers()
    if not text and not files:
        raise entry.error("nothing is asked")
    if bool(answers) == entry.flag("unanswerable"):
        raise entry.error(
            "it has answers and is unanswerable" if answers else "what is right is missing",
            'Write "answers": [...], or "unanswerable": true where the files do not say it.',
        )
    return JudgedQuestion(
        entry.text("id") or _identity(text, files),
        text,
        files,
        answers,
        entry.flag("computed"),
        entry.places("cites"),
        entry.text("group"),
        entry.text("lang") or detect_query_language(text),
        entry.count("k", 12),
        entry.text("where"),
    )


def _query(entry: _Entry) -> JudgedQuery:
    entry.check_keys(_QUERY_KEYS)
    text, files, relevant = entry.text("query"), entry.files(), entry.places("relevant")
    if not text and not files:
        raise entry.error("nothing is asked")
    if not relevant:
        raise entry.error("nothing is relevant to it")
    return JudgedQuery(
        entry.text("id") or _identity(text, files),
        text,
        relevant,
        files,
        entry.text("modality"),
        entry.text("group"),
        entry.text("lang") or detect_query_language(text),
        entry.count("k", 10),
        entry.text("where"),
    )


def _identity(text: str, files: tuple[Path, ...]) -> str:
    """What a question is called in a comparison of two runs, where it has no id of its own."""
    return " + ".join([*([text] if text else []), *(p.name for p in files)])


def _distinct(path: Path, items: list[Any]) -> list[Any]:
    """The same items; a comparison needs to know which is which."""
    ids = [item.id for item in items]
    if repeated := next((i for i in ids if ids.count(i) > 1), None):
        raise BadQuery(
            f"{path}: {repeated!r} is there {ids.count(repeated)} times",
            'Give each an "id" of its own.',
        )
    return items


def _entries(path: Path, example: str) -> list[_Entry]:
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError as e:
        raise NotFound(f"there is no file {path}", f"Make one, a line each: {example}") from e
    except (OSError, UnicodeDecodeError) as e:
        raise BadQuery(f"{path} cannot be read: {e}", "Save it as text, UTF-8.") from e
    entries = [_Entry(path, line, raw, example) for line, raw in _objects(text, path, example)]
    if not entries:
        raise BadQuery(f"{path} holds no questions", f"Write a line each: {example}")
    for entry in entries:
        if not isinstance(entry.raw, dict):
            raise entry.error("this is no object")
    return entries


def _objects(text: str, path: Path, example: str) -> Iterator[tuple[int, Any]]:
    """(line, value) of each value: of a list, or one after the other."""
    decoder, position = json.JSONDecoder(), 0
    is_list = text.lstrip().startswith("[")
    separators = " \t\r\n,[" if is_list else " \t\r\n"
    while position < len(text):
        if text[position] in separators:
            position += 1
            continue
        if is_list and text[position] == "]":
            return
        line = text.count("\n", 0, position) + 1
        try:
            value, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as e:
            raise BadQuery(
                f"{path}, line {e.lineno}: this is no JSON: {e.msg}",
                f"Write a line each, like {example}",
            ) from e
        yield line, value
