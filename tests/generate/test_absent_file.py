"""Questions that name a file which could not be read, or which is not there."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from polysense import Library
from polysense.ingest.workers import Limits
from polysense.registry import Kit

DAMAGED = "damaged: File is not a zip file. Pack or download it again, then run `polysense index`"


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory, bare: Kit) -> Iterator[Library]:
    """Words about the same things, a mail that names files, and files that are damaged."""
    folder = tmp_path_factory.mktemp("absent")
    files = folder / "in"
    (files / "old").mkdir(parents=True)
    (files / "note.md").write_text("# House\n\nThe total cost of the roof was 900 euros.\n")
    (files / "plan.csv").write_text("item,cost\nRoof,1200.50\nDoor,405.25\n")
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "Costs", "ann@x.org"
    mail.set_content("Ann Lind sent costs.xlsx and rent.xlsx on Monday.")
    (files / "mail.eml").write_bytes(bytes(mail))
    for name in ("costs.xlsx", "Annual report 2023.docx", "plan.xlsx", "成本表.xlsx"):
        (files / name).write_bytes(b"PK\x03\x04 damaged")
    (files / "old" / "note.md").write_text("Old notes.\n")
    with Library(folder / "kb", kit=bare, limits=Limits(workers=1)) as library:
        library.index(files)
        yield library


@pytest.mark.parametrize(
    ("question", "beginning"),
    [
        ("What is the total cost in costs.xlsx?", "costs.xlsx could not be read: "),
        ("What is the total cost in COSTS.xlsx?", "costs.xlsx could not be read: "),
        ("How many rows has costs.xlsx?", "costs.xlsx could not be read: "),
        ("Summarise costs.xlsx", "costs.xlsx could not be read: "),
        ("Was kostet das Dach laut costs.xlsx?", "costs.xlsx konnte nicht gelesen werden: "),
        ("Quel est le total dans costs.xlsx ?", "costs.xlsx n'a pas pu être lu : "),
        ("¿Cuál es el total en costs.xlsx?", "costs.xlsx no se pudo leer: "),
        ("costs.xlsx里的总成本是多少？", "costs.xlsx无法读取："),
        ("成本表里的总成本是多少？", "成本表.xlsx无法读取："),
        ("What does Annual report 2023.docx say?", "Annual report 2023.docx could not be read: "),
        ("What is the rent in the annual report 2023?", "Annual report 2023.docx could not"),
    ],
)
def test_a_file_that_could_not_be_read(kb: Library, question: str, beginning: str) -> None:
    """Why, and what helps, in the question's language; no answer from other files."""
    result = kb.ask(question)
    assert result.text.startswith(beginning)
    assert DAMAGED.partition(". ")[0] in result.text
    assert "run `polysense index` on it." in result.text
    assert not result.answered
    assert not result.evidence
    assert not result.warnings


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What does budget.xlsx say about rent?", "There is no file called budget.xlsx here."),
        ("What is the total cost in plan.ods?", "There is no file called plan.ods here."),
        ("Was steht in budget.pdf?", "Eine Datei namens budget.pdf gibt es hier nicht."),
        ("budget.pdf里说什么？", "这里没有名为budget.pdf的文件。"),
    ],
)
def test_a_file_that_is_not_there(kb: Library, question: str, text: str) -> None:
    """Also where no file here ends so; files of nearly the same name are told."""
    result = kb.ask(question)
    assert result.text.startswith(text)
    assert not result.answered
    assert ("plan.csv" in result.text) == ("plan" in question)


@pytest.mark.parametrize(
    "question",
    [
        "Who sent costs.xlsx?",
        "Who sent rent.xlsx?",
        "What is the cost of the roof in plan.csv?",
        "What does note.md say?",
        "What did the roof cost?",
        "Which file mentions costs.xlsx?",
    ],
)
def test_what_others_say_is_answered(kb: Library, question: str) -> None:
    """A mail that names a file may say who sent it; files that are there are read."""
    assert kb.ask(question).answered


def test_node_is_no_file(kb: Library) -> None:
    """A name that ends as code does need not be a file's."""
    assert "no file called" not in kb.ask("What does Node.js say about rent?").text


def test_what_is_lost_of_a_file_is_told(kb: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing of the rest of a file answers, what could not be read of it may have."""
    from polysense.results import Failure

    uri = next(a.uri for a in kb.assets() if a.name == "plan.csv")
    failure = Failure(uri, "rows 9 to 20 are damaged", "Mend them.")
    monkeypatch.setattr(kb.catalogue, "partial_failures", lambda: [failure])
    result = kb.ask("Who painted the fence in plan.csv?")
    assert not result.answered
    assert "plan.csv: rows 9 to 20 are damaged. Mend them." in result.warnings
    assert not kb.ask("Who painted the fence?").warnings
