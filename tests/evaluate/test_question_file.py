"""Files of judged questions: what is right is read, what is wrong is named by its line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from polysense.errors import BadQuery, NotFound
from polysense.evaluate.question_file import JudgedPlace, read_queries, read_questions
from polysense.span import Span

GOOD = [
    {"question": "How tall is the tower?", "answers": ["23 metres", 23]},
    {"question": "Which colours?", "answers": [["red", "green"]], "group": "lists", "k": 5},
    {"question": "Who wrote the sequel?", "unanswerable": True, "lang": "en"},
    {
        "question": "水轮有多少块叶片？",
        "answers": "三十二",
        "cites": {"file": "a.md", "place": "L3"},
    },
]


def write(folder: Path, text: str) -> Path:
    path = folder / "questions.jsonl"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("indent", [None, 1])
def test_json_and_json_lines_are_the_same(tmp_path: Path, indent: int | None) -> None:
    """People write either; a list may be laid out over many lines."""
    lines = write(tmp_path, "\n".join(json.dumps(g, ensure_ascii=False) for g in GOOD))
    from_lines = read_questions(lines)
    from_list = read_questions(write(tmp_path, "\ufeff" + json.dumps(GOOD, indent=indent)))
    assert from_lines == from_list
    tower, colours, sequel, wheel = from_lines
    assert tower.answers == (("23 metres",), ("23",))
    assert colours.answers == (("red", "green"),)
    assert (colours.group, colours.k) == ("lists", 5)
    assert not sequel.is_answerable
    assert wheel.lang == "zh"
    assert wheel.cites == (JudgedPlace("a.md", Span(lines=(3, 3))),)


WRONG = {
    '{"question": "x"}': "what is right is missing",
    '{"question": "x", "answers": ["1"], "unanswerable": true}': "has answers and is unanswerable",
    '{"question": "x", "anwsers": ["1"]}': '"anwsers" is not known',
    '{"question": "x", "answers": [{}]}': '"answers" must be words or numbers',
    '{"question": "x", "answers": [""]}': '"answers" must be words or numbers',
    '{"question": 3, "answers": ["1"]}': '"question" must be words',
    '{"answers": ["1"]}': "nothing is asked",
    '{"question": "x", "answers": ["1"], "k": 0}': '"k" must be a number',
    '{"question": "x", "answers": ["1"], "with": "gone.png"}': "there is no file",
    '{"question": "x", "answers": ["1"], "cites": [{"file": "a", "place": "page"}]}': "no place",
    '{"question": "x", "answers": ["1"], "cites": [{"place": "p. 1"}]}': "must name files",
    '{"question": "x", "unanswerable": "yes"}': "neither true nor false",
    '["x"]': "this is no object",
    '{"question": "x" "answers"': "this is no JSON",
}


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_is_told_by_its_line(tmp_path: Path, line: str) -> None:
    """In a file of hundreds, the line and what to write there are what one needs."""
    path = write(tmp_path, f"{json.dumps(GOOD[0])}\n\n{line}\n")
    with pytest.raises(BadQuery, match=r"questions\.jsonl, line 3: ") as e:
        read_questions(path)
    assert WRONG[line] in str(e.value)
    assert e.value.hint != BadQuery.default_hint


def test_a_near_name_is_offered(tmp_path: Path) -> None:
    """Most mistakes are of typing."""
    with pytest.raises(BadQuery) as e:
        read_questions(write(tmp_path, '{"question": "x", "anwsers": ["1"]}'))
    assert 'Did you mean "answers"?' in e.value.hint


def test_the_same_question_twice_needs_an_id(tmp_path: Path) -> None:
    """A comparison of two runs could not tell them apart."""
    twice = [GOOD[0], GOOD[0] | {"answers": ["24"]}]
    with pytest.raises(BadQuery, match="is there 2 times"):
        read_questions(write(tmp_path, json.dumps(twice)))
    distinct = [GOOD[0], GOOD[0] | {"id": "other", "answers": ["24"]}]
    assert [q.id for q in read_questions(write(tmp_path, json.dumps(distinct)))] == [
        "How tall is the tower?",
        "other",
    ]


def test_queries(tmp_path: Path) -> None:
    """Files beside the file of queries, grades, places."""
    (tmp_path / "bike.jpg").write_bytes(b"x")
    relevant = ["a.jpg", {"file": "b.pdf", "place": "p. 2", "grade": 2}]
    query = {"with": "bike.jpg", "relevant": relevant, "modality": "image"}
    (read,) = read_queries(write(tmp_path, json.dumps([query])))
    assert read.files == (tmp_path / "bike.jpg",)
    assert read.id == "bike.jpg"
    assert read.relevant == (JudgedPlace("a.jpg"), JudgedPlace("b.pdf", Span(page=2), 2.0))
    with pytest.raises(BadQuery, match="nothing is relevant"):
        read_queries(write(tmp_path, '{"query": "x"}'))


def test_no_file_and_an_empty_one(tmp_path: Path) -> None:
    """Both say how a line looks."""
    with pytest.raises(NotFound) as missing:
        read_questions(tmp_path / "nope.json")
    with pytest.raises(BadQuery) as empty:
        read_questions(write(tmp_path, " \n"))
    assert '"answers"' in missing.value.hint
    assert '"answers"' in empty.value.hint


def test_the_files_in_the_documents_are_read(tmp_path: Path) -> None:
    """People copy them."""
    document = Path(__file__).parents[2] / "docs" / "evaluation.md"
    text = document.read_text("utf-8")
    answers, retrieval = re.findall(r"^```json\n(.*?)^```$", text, re.M | re.S)
    for name in ("error.png", "snapshot.jpg"):
        (tmp_path / name).write_bytes(b"x")
    questions = read_questions(write(tmp_path, answers))
    assert [q.is_answerable for q in questions] == [True, True, True, True, False]
    assert [len(q.relevant) for q in read_queries(write(tmp_path, retrieval))] == [2, 1, 1]
