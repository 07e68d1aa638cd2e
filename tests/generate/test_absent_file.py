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


@pytest.fixture(scope="module")
def mill(tmp_path_factory: pytest.TempPathFactory, bare: Kit) -> Iterator[Library]:
    """Notes, and damaged files called by a year, a town, and words that the notes have."""
    folder = tmp_path_factory.mktemp("mill")
    files = folder / "in"
    files.mkdir()
    texts = {
        "a.md": "In 2024 the mill wheel was replaced by Bo Tan.",
        "b.md": "Ana Ruiz comes from New York. The key hangs behind the clock.",
        "c.md": "In the annual report of 2019 Ana thanks Leo Marsh.",
        "d.md": "磨坊的轮子是王明修理的。",
        "e.md": "Create a list of requirements with pip freeze.",
        "f.md": "Press F5, and the program writes an export of all rows.",
    }
    for name, text in texts.items():
        (files / name).write_text(text + "\n")
    for name in ("2024.pdf", "New York.pdf", "annual report.pdf", "磨坊.pdf", "Olive Street.pdf"):
        (files / name).write_bytes(b"%PDF-1.4 damaged")
    with Library(folder / "kb", kit=bare, limits=Limits(workers=1)) as library:
        library.index(files)
        yield library


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What happened in 2024?", "Bo Tan"),
        ("Who comes from New York?", "Ana Ruiz"),
        ("Whom does Ana thank in the annual report of 2019?", "Leo Marsh"),
        ("磨坊的轮子是谁修理的？", "王明"),
        ("How do I create a requirements.txt?", "pip freeze"),
        ("Where is the key, according to notes.md?", "behind the clock"),
    ],
)
def test_a_name_that_may_be_no_file_s_is_searched_for(
    mill: Library, question: str, answer: str
) -> None:
    """A year, a town and the words of a title stand in other files, and so may what is to be made;
    that a file is not there is told beside what others say.
    """
    result = mill.ask(question)
    assert result.answered
    assert answer in result.text
    assert any("no file 'notes.md'" in w for w in result.warnings) == ("notes" in question)


@pytest.mark.parametrize(
    ("question", "beginning"),
    [
        ("What happened in the file 2024?", "2024.pdf could not be read: "),
        ("Who comes from “New York”?", "New York.pdf could not be read: "),
        ("Who pays the rent in Olive Street?", "Olive Street.pdf could not be read: "),
        ("Which lorry wrote rent.csv?", "There is no file called rent.csv here."),
        ("What is the rent in rent.csv?", "There is no file called rent.csv here."),
        ("《磨坊》讲了什么？", "磨坊.pdf无法读取："),
    ],
)
def test_a_name_that_is_a_file_s_or_that_nothing_tells_of(
    mill: Library, question: str, beginning: str
) -> None:
    """What is called a file, or quoted, or not answered by the files that are there."""
    result = mill.ask(question)
    assert result.text.startswith(beginning)
    assert not result.answered
    assert not result.evidence


@pytest.mark.parametrize(
    "question",
    [
        "How do I save the list as list.csv?",
        "Put the price of oak into prices.csv",
        "Which key writes export.csv?",
        "Wie speichere ich die Liste in liste.csv?",
        "Comment créer un fichier liste.csv ?",
        "¿Cómo guardo la lista en lista.csv?",
        "如何把列表保存到list.csv里？",
    ],
)
def test_a_file_that_is_yet_to_be_made_is_not_missed(mill: Library, question: str) -> None:
    """The files are searched for how it is made, and none of them is told to lack it."""
    text = mill.ask(question).text
    phrases = (
        "no file called",
        "gibt es hier nicht",
        "pas de fichier",
        "ningún archivo",
        "没有名为",
    )
    assert not any(phrase in text for phrase in phrases)
