"""A conversation in the terminal: questions lean on those before, faults end nothing."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from polysense import cli, registry

TOWERS = (
    "The water tower was built in 1926. The water tower is 38 metres tall.\n\n"
    "The ferry house was built in 1887. The ferry house is 9 metres tall.\n"
)


@pytest.fixture
def chat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Runs `polysense chat` over two buildings, with these lines typed; gives (out, err, code)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POLYSENSE_LIBRARY", raising=False)
    monkeypatch.setenv("POLYSENSE_ENCODERS", ";".join(f"-{e}" for e in registry.OFFLINE.encoders))
    (tmp_path / "towers.txt").write_text(TOWERS)
    assert cli.main(["index", "towers.txt"]) == 0
    capsys.readouterr()

    def run(typed: str, *args: str) -> tuple[str, str, int]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = cli.main(["chat", *args])
        return *capsys.readouterr(), code

    return run


def test_a_question_leans_on_the_one_before(chat: Any) -> None:
    """And the reader is told as what it was read."""
    out, err, code = chat("When was the water tower built?\nAnd how tall is it?\n")
    assert code == 0
    assert "1926" in out
    assert "38 metres" in out
    assert "read with what was asked before as: How tall is the water tower?" in err


def test_new_forgets(chat: Any) -> None:
    """What "it" is, is not known then."""
    _, err, _ = chat("When was the water tower built?\n/new\nHow tall is it?\n")
    assert "read with" not in err


def test_faults_end_nothing(chat: Any) -> None:
    """A file that is not there, a modality that is none, a command that is none."""
    out, err, code = chat("/with gone.png\n/to smell\n/sing\nWhen was the ferry house built?\n")
    assert code == 0
    assert "gone.png" in err
    assert "smell" in err
    assert "/with FILE" in out
    assert "1887" in out


def test_other_forms(chat: Any) -> None:
    """A table is printed as the file that it was written to."""
    out, _, _ = chat("/to table\nWhen was the ferry house built?\n")
    assert "table: " in out


def test_quit(chat: Any) -> None:
    """What stands behind it is not asked."""
    out, _, code = chat("/quit\nWhen was the ferry house built?\n")
    assert (out, code) == ("", 0)


def test_a_conversation_is_kept(chat: Any) -> None:
    """Under its name, by `chat` and by `ask`."""
    chat("When was the water tower built?\n", "--conversation", "towers")
    _, err, _ = chat("How tall is it?\n", "--conversation", "towers")
    assert "How tall is the water tower?" in err


def test_ask_reads_and_keeps_it(chat: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """`ask --conversation` is the same conversation; without the name nothing is read."""
    assert cli.main(["ask", "When was the ferry house built?", "--conversation", "x"]) == 0
    assert cli.main(["ask", "How tall is it?", "--conversation", "x", "--json"]) == 0
    out = capsys.readouterr().out
    answer = json.loads(out[out.index("\n{") :])
    assert "9 metres" in answer["answer"][0]["text"]
    assert any("How tall is the ferry house?" in w for w in answer["warnings"])
    assert cli.main(["ask", "How tall is it?", "--conversation", "../x"]) == 2
    assert "cannot be a conversation's name" in capsys.readouterr().err


def test_json_is_one_object(chat: Any) -> None:
    """Every exchange in it, faults too."""
    out, _, code = chat("When was the water tower built?\n/to smell\nHow tall is it?\n", "--json")
    exchanges = json.loads(out)["exchanges"]
    assert code == 0
    assert [e.get("answered") for e in exchanges] == [True, None, True]
    assert "smell" in exchanges[1]["error"]


def test_new_forgets_what_is_kept(chat: Any) -> None:
    """The next run begins after it."""
    chat("When was the water tower built?\n/new\n", "--conversation", "towers")
    _, err, _ = chat("How tall is it?\n", "--conversation", "towers")
    assert "read with" not in err
