"""Rows of slips and forms in pictures: the label at the left, what belongs to it at the right."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from polysense.augment.compress import compress
from polysense.augment.label_rows import RowRequest, rows
from polysense.augment.support import THRESHOLD
from polysense.augment.surroundings import NoSurroundings
from polysense.encoders.minilm import MiniLM
from polysense.query.understand import understand
from polysense.registry import Kit
from polysense.retrieve.pinpoint import passage_offsets
from polysense.types import Asset, Chunk, Hit, Part, Span, TextSpan

KIT = Kit({}, {}, {}, {}, {}, {})

BY_MEANING = Kit({}, {}, {"minilm": MiniLM()}, {}, {}, {})
"""With an encoder that tells nearness, as the default profile has."""

SLIP = (
    "ORCHARD FARM SHOP",
    ("Damson jam", "3.90"),
    ("Goat cheese", "7.25"),
    ("Sub total", "11.15"),
    ("VAT 10 %", "1.12"),
    ("Amount due", "12.27"),
    ("Cash", "15.00"),
    ("Change", "2.73"),
)
PASS = (
    "ANGLING PERMIT",
    ("Holder", "Wenna Pascoe"),
    ("Beat", "Upper weir"),
    ("Ends on", "4 August 2033"),
)


def slip(*lines: str | tuple[str, str], name: str = "scan.png") -> Hit:
    """What was read in a picture: titles in the middle, labels left, values right."""
    text, marks = "", []
    for n, line in enumerate(lines):
        y = 0.05 + 0.08 * n
        pieces = [(line, 0.3, 0.7)] if isinstance(line, str) else []
        pieces = pieces or [(line[0], 0.05, 0.4), (line[1], 0.7, 0.95)]
        for piece, left, right in pieces:
            marks.append(
                TextSpan(len(text), len(text) + len(piece), Span(box=(left, y, right, y + 0.05)))
            )
            text += f"{piece}\n"
    asset = Asset(name, f"/{name}", "image/png", "image", 1)
    part = Part("image", b"", "image/png")
    chunk = Chunk(
        asset, Span(), "image", part, text[:-1], "", tuple(marks), {"derived": "ocr", "lang": "en"}
    )
    return Hit(chunk, 1.0)


class OnSlips(NoSurroundings):
    """Knows which words stand on these slips."""

    def __init__(self, hits: Sequence[Hit], other_words: str) -> None:
        self._words = " ".join((*(h.chunk.text for h in hits), other_words)).lower()

    def occurs(self, word: str) -> bool:
        return word.lower() in self._words


@pytest.fixture(params=[KIT, BY_MEANING], ids=["by words", "by meaning"])
def kit(request: pytest.FixtureRequest) -> Kit:
    """Without an encoder, and with one."""
    own: Kit = request.param
    return own


def best(kit: Kit, question: str, *hits: Hit, other_words: str = "") -> str:
    """What is said in answer, on one line; "" where nothing answers. other_words are those of the
    rest of the library, which tell nothing by words alone: there no thing is then unknown.
    """
    around = OnSlips(hits, other_words if kit.encoders else "")
    first = compress(understand([question], kit), hits, kit, around)[0]
    answers = first.is_about_it and first.support >= THRESHOLD
    return " ".join(first.text.split()) if answers else ""


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the total of the receipt from Orchard Farm Shop?", "Amount due 12.27"),
        ("How much change was given at Orchard Farm Shop?", "Change 2.73"),
        ("How much was paid in cash at Orchard Farm Shop?", "Cash 15.00"),
        ("How much was paid at Orchard Farm Shop?", "Amount due 12.27"),
        ("What did the goat cheese cost?", "Goat cheese 7.25"),
        ("When does the angling permit end?", "Ends on 4 August 2033"),
        ("Who is the holder of the angling permit?", "Holder Wenna Pascoe"),
        ("Which beat is the angling permit for?", "Beat Upper weir"),
    ],
)
def test_the_row_that_is_asked_for_answers(kit: Kit, question: str, answer: str) -> None:
    """Its label is named, or it is the total by whatever words; the title alone says nothing."""
    assert best(kit, question, slip(*SLIP), slip(*PASS, name="scan2.png")) == answer


@pytest.mark.parametrize(
    "question",
    [
        "What is the total of the receipt from Gorse Bookshop?",
        "When does the mooring permit end?",
        "What is the deposit for the angling permit?",
        "When was it paid at Orchard Farm Shop?",
        "How long was the visit to Orchard Farm Shop in total?",
        "Where is Orchard Farm Shop?",
        "What are the opening hours of Orchard Farm Shop?",
        "Tell me the address of Orchard Farm Shop",
    ],
)
def test_another_slip_does_not_answer(kit: Kit, question: str) -> None:
    """Of a shop that is not there, of another permit, of a row that there is none of; an amount is
    no date and no length.
    """
    words = "A mooring, a deposit, a visit. Its opening hours and address."
    hits = (slip(*SLIP), slip(*PASS, name="scan2.png"))
    assert not best(kit, question, *hits, other_words=words)


@pytest.mark.parametrize(
    "question", ["What is the name of the river?", "Who is the holder of the boat licence?"]
)
def test_a_label_of_another_thing_does_not_answer(question: str) -> None:
    """Everybody's badge has a name; the thing asked about is told of somewhere else."""
    badge = slip("BADGE", ("Name", "Wenna Pascoe"), ("Holder", "Upper weir"), ("No.", "77"))
    words = "The river is wide. A boat has a licence."
    assert not best(BY_MEANING, question, badge, other_words=words)


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("What are the opening hours of the town museum?", {"Monday 10-16", "Sunday 12-18"}),
        ("When is the town museum open?", {"Monday 10-16", "Sunday 12-18"}),
        ("When is the town museum open on Sunday?", {"Sunday 12-18"}),
    ],
)
def test_a_board_answers_by_what_stands_above_its_rows(
    kit: Kit, question: str, answers: set[str]
) -> None:
    """No row has a word of the question, all are what it asks for."""
    board = slip("TOWN MUSEUM", "OPENING HOURS", ("Monday", "10-16"), ("Sunday", "12-18"), "-- --")
    assert best(kit, question, board) in answers


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Who wrote the letter?", False),
        ("Who wrote on the ticket?", False),
        ("Who wrote the log book in the photo?", True),
    ],
)
def test_a_picture_without_rows_is_no_paper(kit: Kit, question: str, answers: bool) -> None:
    """It need not say that it is a picture; that it is a letter, nothing tells."""
    page = slip("THE LOG BOOK", "Wenna Pascoe wrote this log book.")
    assert bool(best(kit, question, page)) is answers


def test_a_row_may_be_one_line_or_two_pieces() -> None:
    """OCR reads what stands close together as one line."""
    chunk = slip("Total: 8.20", ("Card", "8.20"), "Thank you").chunk
    by_index = rows(chunk, passage_offsets(chunk))
    assert [(i, row.label, row.is_total) for i, row in by_index.items()] == [
        (0, "Total", True),
        (1, "Card", False),
    ]
    assert [chunk.text[row.value :].split("\n")[0] for row in by_index.values()] == ["8.20", "8.20"]
    title = slip("Parking ticket 88", "Total 8.20").chunk
    assert [r.label for r in rows(title, passage_offsets(title)).values()] == ["Total"]
    assert not rows(chunk.with_(modality="text"), passage_offsets(chunk))


def test_a_row_that_begins_like_a_name_is_not_asked_for() -> None:
    """The shop's line with its telephone is no answer about the shop."""
    words = "What is the total of the receipt from Orchard Farm?"
    request = RowRequest(understand([words], KIT), words, "en")
    chunk = slip(("Orchard Farm", "Tel 552 10"), ("Total", "9.10")).chunk
    is_asked = [request.wants(row, 0) for row in rows(chunk, passage_offsets(chunk)).values()]
    assert is_asked == [False, True]
