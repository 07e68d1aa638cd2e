"""A conversation, kept in a file of its library: later questions lean on earlier ones."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from polysense.errors import BadQuery
from polysense.results import Answer, Turn, turns
from polysense.types import Query

FOLDER = "conversations"
"""In a library's folder: one file a conversation, one line a question with its answer."""

MAX_NAME = 200
"""Bytes of a name, which is a file's, too."""

NEW = '{"new": true}'
"""The line from which on a conversation is another."""

MAX_TURNS = 200
"""Turns that are read, the latest: what was said before them is seldom leant on. Judged."""

_NAME = re.compile(r"[^\W_][\w .-]*")


class Conversation:
    """The questions and answers of one name, oldest first.

    >>> import tempfile
    >>> conversation = Conversation(Path(tempfile.mkdtemp()), "tax 2024")
    >>> conversation.turns
    ()
    """

    def __init__(self, library_folder: Path, name: str) -> None:
        if not _NAME.fullmatch(name) or len(name.encode()) > MAX_NAME or name.endswith((".", " ")):
            raise BadQuery(
                f"{name!r} cannot be a conversation's name",
                "Give some letters, digits, spaces and hyphens, not too many: tax-2024",
            )
        self.path = library_folder / FOLDER / f"{name}.jsonl"

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was said, in words; a line that is no exchange (one cut by a crash) is left out."""
        if not self.path.is_file():
            return ()
        exchanges: list[tuple[str, str]] = []
        # not splitlines: what separates lines elsewhere stands in answers
        for line in self.path.read_text("utf-8", "replace").split("\n"):
            if line == NEW:
                exchanges = []
            elif pair := _exchange(line):
                exchanges.append(pair)
        return turns(exchanges[-MAX_TURNS // 2 :])

    def forget(self) -> None:
        """Begin anew: what was said stays in the file, and is read no more."""
        self._write(NEW)

    def add(self, query: Query, answer: Answer) -> None:
        """Keep a question and its answer, with the places that it cites."""
        record = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "question": "\n".join(str(p.data) for p in query if p.modality == "text"),
            "files": [p.name for p in query if p.modality != "text"],
            "answer": answer.text,
            "answered": answer.answered,
            "places": [f"{e.hit.uri}, {e.span}" for e in answer.evidence],
        }
        self._write(json.dumps(record, ensure_ascii=False))

    def _write(self, line: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{_line_end(self.path)}{line}\n")


def _line_end(path: Path) -> str:
    """A line end where the last line has none: it was cut by a crash, and ends there."""
    with path.open("rb") as file:
        if not file.seek(0, 2):
            return ""
        file.seek(-1, 2)
        return "" if file.read() == b"\n" else "\n"


def _exchange(line: str) -> tuple[str, str] | None:
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    question, answer = record.get("question"), record.get("answer")
    if record.get("answered") is False:
        answer = ""  # that nothing was found names nothing
    if isinstance(question, str) and isinstance(answer, str):
        return question, answer
    return None
