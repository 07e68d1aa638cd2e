"""One table of questions about the demo collection, each asked through every door: Python, the
command line's JSON, HTTP.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from polysense import cli, registry
from polysense.demo import FILES, QUESTIONS, Question
from polysense.library import Library
from polysense.read.file.parts import part
from polysense.serve.app import build_app
from polysense.serve.run import build_context
from polysense.serve.settings import ServerSettings
from polysense.types import Span

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("demo"),  # one process indexes it, with --dist loadgroup
]


@dataclass(frozen=True)
class Doors:
    """Where a question can be asked: the library itself, what the command line prints, a server
    over it.
    """

    kb: Library
    printed: pytest.CaptureFixture[str]
    http: TestClient


@pytest.fixture
def doors(kb: Library, http: TestClient, capsys: pytest.CaptureFixture[str]) -> Doors:
    return Doors(kb, capsys, http)


@pytest.fixture(scope="module")
def http(kb: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    serving = ServerSettings(home=tmp_path_factory.mktemp("home"), requests=10**6)
    with TestClient(
        build_app(build_context(serving, kb.location, kb.kit)), base_url="http://localhost"
    ) as client:
        yield client


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("demo") / "kb", kit=registry.kit()) as library:
        report = library.index(FILES)
        assert report.failed == ()
        yield library


Citations = list[tuple[str, Span, str, str]]


def from_python(doors: Doors, question: Question) -> Citations:
    """uri, place and whole text of each piece of evidence, and the answer's words."""
    files = [part(question.query_path)] if question.query_path else []
    answer = doors.kb.ask(question.ask, *files)
    assert answer.answered
    return [(e.hit.uri, e.span, e.hit.chunk.text, answer.text) for e in answer.evidence]


def from_command_line(doors: Doors, question: Question) -> Citations:
    options = ["--with", str(question.query_path)] if question.query_path else []
    assert cli.main(["ask", question.ask, *options, "-l", doors.kb.location, "--json"]) == 0
    return _citations(json.loads(doors.printed.readouterr().out))


def from_http(doors: Doors, question: Question) -> Citations:
    path = "/api/libraries/main/ask"
    if question.query_path:
        files = {"file": (question.query_path.name, question.query_path.read_bytes())}
        answer = doors.http.post(path, data={"text": question.ask}, files=files)
    else:
        answer = doors.http.post(path, json={"text": question.ask})
    assert answer.status_code == 200, answer.text
    return _citations(answer.json())


def _citations(raw: dict[str, Any]) -> Citations:
    assert raw["answered"] is True
    text = "\n".join(p["text"] for p in raw["answer"] if p["modality"] == "text")
    return [(e["uri"], Span.from_dict(e["span"]), e["text"], text) for e in raw["evidence"]]


def seconds(clock: str) -> float:
    """ "00:20" in seconds."""
    minutes, rest = clock.split(":")
    return 60 * int(minutes) + float(rest)


def lies(span: Span, place: str) -> bool:
    """Whether a span is at the place, holds it, or lies in it."""
    if place == "whole":
        return True
    if match := re.fullmatch(r"p\. (\d+)", place):
        return span.page == int(match[1])
    if re.fullmatch(r"\d+:\d\d", place):
        return (
            span.seconds is not None
            and span.seconds[0] - 1 <= seconds(place) <= span.seconds[1] + 1
        )
    if match := re.fullmatch(r"L(\d+)(?:-(\d+))?", place):
        first, last = int(match[1]), int(match[2] or match[1])
        return span.lines is not None and span.lines[0] <= last and first <= span.lines[1]
    if match := re.fullmatch(r"x (\d+)-(\d+) %, y (\d+)-(\d+) %", place):
        x0, x1, y0, y1 = (int(v) / 100 for v in match.groups())
        return (
            span.box is not None
            and span.box[0] < x1
            and x0 < span.box[2]
            and span.box[1] < y1
            and y0 < span.box[3]
        )
    sheet, _, cell = place.partition("!")
    cited_sheet, _, cells = (span.cells or "").rpartition("!")
    return cited_sheet.strip("'") in (sheet, "") and bool(cells) and _holds(cells, cell)


def _holds(cells: str, cell: str) -> bool:
    corners = re.findall(r"([A-Z]+)(\d+)", cells)
    (column, row) = re.findall(r"([A-Z]+)(\d+)", cell)[0]
    columns, rows = sorted(c for c, _ in corners), sorted(int(r) for _, r in corners)
    return columns[0] <= column <= columns[-1] and rows[0] <= int(row) <= rows[-1]


@pytest.mark.parametrize(
    "door", [from_python, from_command_line, from_http], ids=["python", "command line", "http"]
)
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.expect + " " + q.place)
def test_each_question_is_answered_at_its_place(
    doors: Doors, question: Question, door: Callable[[Doors, Question], Citations]
) -> None:
    """The file and the place that must be cited are, and the answer says what it must."""
    citations = door(doors, question)
    right = {str(FILES / name) for name in (question.expect, *question.alternatives)}
    assert any(uri in right and lies(span, question.place) for uri, span, _, _ in citations), [
        (u, str(s)) for u, s, _, _ in citations
    ]
    assert (
        question.answer.casefold()
        in "\n".join(
            [citations[0][3], *(text for uri, _, text, _ in citations if uri in right)]
        ).casefold()
    )


def test_all_doors_give_the_same(doors: Doors) -> None:
    """The command line is Python, printed; HTTP is Python, sent."""
    for question in (*QUESTIONS[:4], *[q for q in QUESTIONS if q.query_path][:2]):
        assert (
            from_python(doors, question)
            == from_command_line(doors, question)
            == from_http(doors, question)
        )


def test_places_are_compared_rightly() -> None:
    """The yardstick itself."""
    assert lies(Span(page=2, box=(0, 0, 1, 1)), "p. 2")
    assert not lies(Span(page=3), "p. 2")
    assert lies(Span(seconds=(18.0, 22.0)), "00:20")
    assert not lies(Span(seconds=(30.0, 32.0)), "00:20")
    assert lies(Span(lines=(14, 14)), "L13-14")
    assert lies(Span(cells="Cash flow!A6:H6"), "Cash flow!H6")
    assert not lies(Span(cells="Cash flow!A6:G6"), "Cash flow!H6")
