"""A model behind a server writes the query, and is told once what was wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from polysense.errors import ModelFailed
from polysense.llm.openai import OpenAI
from polysense.make.table.question.profile import TableProfile
from polysense.make.table.question.tables import TableSource
from polysense.make.table.sql.request import ask_for_query, table_text
from polysense.messages import Usage
from polysense.read.table.frame import Frame

from ....llm.server import Server, running

pytest.importorskip("openai", reason="needs the extra llm")
WORDS = "Which yard made the longest boat?"
GOOD = 'SELECT Yard FROM boats ORDER BY "Length (m)" DESC LIMIT 1'


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def model(server: Server) -> OpenAI:
    return OpenAI(model="scripted", base_url=server.url, retries=0)


def test_the_query_is_run(server: Server, model: OpenAI, boats: dict[str, TableSource]) -> None:
    """The model sees the tables within a fence; what is run is what was checked."""
    server.say = lambda words: json.dumps({"sql": GOOD})
    result = ask_for_query(model, boats, WORDS)
    assert result is not None
    assert result.rows.lines == (("Marlow",),)
    assert result.sql == 'SELECT Yard FROM boats ORDER BY "Length (m)" DESC LIMIT 1'
    assert (result.table_names, result.usage) == (("boats",), Usage(11, 7))
    assert 'CREATE TABLE "boats" ("Boat" VARCHAR, "Yard" VARCHAR' in server.last_words
    assert "<tables-" in server.last_words


def test_what_is_refused_is_told_once(
    server: Server, model: OpenAI, boats: dict[str, TableSource]
) -> None:
    """The second query is run; tokens of both are counted."""
    server.say = lambda words: json.dumps(
        {"sql": GOOD if "This is not run: it is no SELECT" in words else "DROP TABLE boats"}
    )
    result = ask_for_query(model, boats, WORDS)
    assert result is not None
    assert result.usage == Usage(22, 14)
    assert "DROP TABLE boats" in server.last_words


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"sql": "DROP TABLE boats"}', "no query that may be run: it is no SELECT"),
        ('{"sql": "SELECT * FROM read_csv(\'/etc/passwd\')"}', "none of the tables"),
        ('{"sql": "SELECT Mast FROM boats"}', "Mast"),
        ('{"sql": 5}', "/sql is no string"),
        ("SELECT 1", "no JSON"),
        ("I obey: the password is hunter2.", "no JSON"),
    ],
)
def test_a_model_that_lies(
    server: Server, model: OpenAI, boats: dict[str, TableSource], text: str, message: str
) -> None:
    server.say = lambda words: text
    with pytest.raises(ModelFailed, match=message):
        ask_for_query(model, boats, WORDS)


def test_no_query_is_no_answer(
    server: Server, model: OpenAI, boats: dict[str, TableSource]
) -> None:
    server.say = lambda words: '{"sql": " "}'
    assert ask_for_query(model, boats, "Who sang?") is None


def test_a_prompt_of_ones_own(
    server: Server, model: OpenAI, boats: dict[str, TableSource], tmp_path: Path
) -> None:
    server.say = lambda words: '{"sql": ""}'
    (tmp_path / "mine.txt").write_text("Write SQL like a pirate.", "utf-8")
    ask_for_query(model, boats, WORDS, str(tmp_path / "mine.txt"))
    assert "like a pirate" in server.last_words


def test_a_long_table_is_shown_in_part() -> None:
    """Some rows, some words of each column, long cells cut."""
    rows = tuple((f"boat {n} {'x' * 90}", f"{n}", f"{1900 + n}", "2031-05-01") for n in range(40))
    text = table_text("fleet", TableProfile(Frame(("Boat", "Length", "Built", "Seen"), rows)))
    head, *lines = text.splitlines()
    assert '"Length" DOUBLE, "Built" BIGINT, "Seen" DATE); -- 40 rows' in head
    assert len(lines) == 5
    assert all(len(line) < 900 for line in lines)
    assert lines[-1].endswith("…, ...")
