"""Narrowing a chunk to the line, cue or row that a query is about."""

from __future__ import annotations

from polysense.retrieve.pinpoint import passage_offsets, pinpoint
from polysense.types import Asset, Chunk, Span, TextSpan

ASSET = Asset("1", "/a.pdf", "application/pdf", "text", 1)


def marked(*lines: str, modality: str = "audio", **more: object) -> Chunk:
    """A chunk of lines, line n at seconds n."""
    marks, at = [], 0
    for n, line in enumerate(lines):
        marks.append(TextSpan(at, at + len(line), Span(seconds=(n, n + 1))))
        at += len(line) + 1
    return Chunk(
        ASSET,
        Span(seconds=(0, len(lines))),
        modality,
        text="\n".join(lines),
        marks=tuple(marks),
        meta=more,
    )


CUES = marked(
    "High water is at noon", "the moon pulls the sea", "the moon and the bell and the moon"
)


def test_the_cue_that_says_it() -> None:
    """The one with most of the question's rarer words; the first of equals."""
    assert pinpoint(CUES, "when is high water?") == Span(seconds=(0, 1))
    assert pinpoint(CUES, "moon and bell") == Span(seconds=(2, 3))
    assert pinpoint(CUES, "moons") == Span(seconds=(1, 2))


def test_the_whole_where_nothing_tells() -> None:
    """No marks, no words, or none of the words: the chunk's own place."""
    assert pinpoint(CUES, "") == CUES.span
    assert pinpoint(CUES, "bicycle") == CUES.span
    assert pinpoint(CUES.with_(marks=()), "moon") == CUES.span
    assert pinpoint(CUES.with_(text=""), "moon") == CUES.span


def test_chinese_is_pinpointed() -> None:
    """Ideographs are terms."""
    assert pinpoint(marked("水位在中午最高", "收据在抽屉里"), "收据在哪里") == Span(seconds=(1, 2))


def test_pieces_of_lines_are_the_lines() -> None:
    """Cues, rows and scanned lines are cited as they stand."""
    assert [CUES.text[a:b] for a, b in passage_offsets(CUES)] == CUES.text.split("\n")


def lines_at(*lines: tuple[str, float, float]) -> Chunk:
    """A picture's lines, each from x, y on, a tenth wide."""
    whole = marked(*(text for text, _, _ in lines), modality="image")
    marks = (
        TextSpan(m.start, m.end, Span(box=(x, y, x + 0.1, y + 0.04)))
        for m, (_, x, y) in zip(whole.marks, lines, strict=True)
    )
    return whole.with_(span=Span(), marks=tuple(marks))


def test_a_label_and_the_value_beside_it_are_one_piece() -> None:
    """A receipt's "Total" is said with its amount; the row below has its own."""
    receipt = lines_at(
        ("Lamp oil", 0.1, 0.1),
        ("12", 0.5, 0.11),
        ("54.00 kr", 0.8, 0.1),
        ("Total", 0.1, 0.2),
        ("€61.00", 0.8, 0.21),
        ("Paid", 0.1, 0.3),
    )
    pieces = [receipt.text[a:b] for a, b in passage_offsets(receipt)]
    assert pieces == ["Lamp oil\n12\n54.00 kr", "Total\n€61.00", "Paid"]
    assert receipt.place(*passage_offsets(receipt)[1]).box == (0.1, 0.2, 0.9, 0.25)


def test_the_rows_of_a_form_are_one_piece_each() -> None:
    """Labels one below the other make a form where some value has a number; words have none."""
    form = lines_at(
        ("Holder", 0.1, 0.1),
        ("Wenna Pascoe", 0.6, 0.1),
        ("Ends on", 0.11, 0.2),
        ("4 August 2033", 0.6, 0.2),
        ("Signed", 0.4, 0.3),
        ("Hart", 0.6, 0.3),
    )
    pieces = [form.text[a:b] for a, b in passage_offsets(form)]
    assert pieces == ["Holder\nWenna Pascoe", "Ends on\n4 August 2033", "Signed", "Hart"]


def test_words_beside_each_other_are_pieces_of_their_own() -> None:
    """Names in two columns, and a long line with a page's number, are no label and value."""
    long = "A column of prose that is much longer than a label would be"
    page = lines_at(("Ann", 0.1, 0.1), ("Bob", 0.5, 0.1), (long, 0.1, 0.2), ("12", 0.8, 0.2))
    assert [page.text[a:b] for a, b in passage_offsets(page)] == ["Ann", "Bob", long, "12"]


def test_two_narrow_columns_of_prose_are_no_form() -> None:
    """Though some line in the second has a number; with as many words a form has labels."""
    left = ("The weir was built", "of oak, and stood", "for many winters.", "Then the flood")
    right = ("A second one came", "in 1871, when the", "miller had saved", "enough for stone.")
    pieces = [
        piece
        for n, (a, b) in enumerate(zip(left, right, strict=True))
        for piece in ((a, 0.05, 0.1 * n), (b, 0.55, 0.1 * n))
    ]
    columns = lines_at(*pieces)
    assert [columns.text[a:b] for a, b in passage_offsets(columns)] == [p[0] for p in pieces]
    form = lines_at(
        ("Holder", 0.05, 0.1),
        ("Wenna Pascoe", 0.55, 0.1),
        ("Beat", 0.05, 0.2),
        ("Upper weir", 0.55, 0.2),
        ("Ends on", 0.05, 0.3),
        ("4 August 2033", 0.55, 0.3),
    )
    assert len(passage_offsets(form)) == 3


def test_pieces_of_prose_are_sentences() -> None:
    """Lines of a page that run on are cited by sentence, not cut where the page cuts them."""
    page = marked(
        "High water is at noon and it",
        "follows the moon. Low water comes",
        "six hours later",
        modality="text",
    ).with_(span=Span(page=1))
    assert [page.text[a:b] for a, b in passage_offsets(page)] == [
        "High water is at noon and it\nfollows the moon.",
        "Low water comes\nsix hours later",
    ]
    derived = page.with_(meta={"derived": "ocr"})
    assert len(passage_offsets(derived)) == 3
    assert len(passage_offsets(page.with_(marks=()))) == 2


def test_a_cue_is_a_piece_unless_the_next_goes_on_at_once() -> None:
    """A sentence over two cues is said whole; what is said later is not."""
    at_once = marked("perch swim", "and carp sleep", "Eels do not", modality="text")
    assert [at_once.text[a:b] for a, b in passage_offsets(at_once)] == [
        "perch swim\nand carp sleep",
        "Eels do not",
    ]
    late = at_once.with_(
        marks=(TextSpan(0, 10, Span(seconds=(0, 1))), TextSpan(11, 25, Span(seconds=(3, 4))))
    )
    assert len(passage_offsets(late)) == 2


def test_entries_of_a_log_or_a_list_are_pieces() -> None:
    """Even where all are about as long, or begin in small letters; verse is cited by line."""
    for lines in (
        [f"2031-04-02 10:{n}:00 INFO job {n} done in {n} s after all" for n in range(10, 16)],
        ["anchors: shelf 7", "davits: shelf 3", "ropes: cellar"],
        ["- oats", "- rye", "- barley and some wheat"],
        ["The moon is up", "The tide is low", "And nobody is here"],
    ):
        page = marked(*lines, modality="text").with_(span=Span(page=1))
        assert [page.text[a:b] for a, b in passage_offsets(page)] == lines


def test_a_chunk_without_words_is_one_empty_piece() -> None:
    """A picture can be cited too."""
    assert passage_offsets(Chunk(ASSET, Span(page=1), "image")) == [(0, 0)]


def test_wrapped_lines_are_sentences_again() -> None:
    """Short paragraphs in narrow columns end often: what a line breaks off goes on in the next;
    headings and list items stay alone.
    """
    lines = [
        "4 The index is locked",
        "Close the notebook program on",
        "every computer, then delete the file.",
        "Ask the office before you do so.",
        "Then tell everybody in the harbour that the",
        "Notebook can be opened again, and wait.",
    ]
    text, marks = "", []
    for n, line in enumerate(lines, 1):
        marks.append(TextSpan(len(text), len(text) + len(line), Span(page=1, lines=(n, n))))
        text += line + "\n"
    chunk = Chunk(
        Asset("1", "/a.pdf", "application/pdf", "text", 1),
        Span(page=1),
        "text",
        text=text.rstrip(),
        marks=tuple(marks),
    )
    assert [text[a:b].replace("\n", " ") for a, b in passage_offsets(chunk)] == [
        "4 The index is locked",
        "Close the notebook program on every computer, then delete the file.",
        "Ask the office before you do so.",
        "Then tell everybody in the harbour that the Notebook can be opened again, and wait.",
    ]
    assert pinpoint(chunk, "delete the file").lines == (2, 3)


def test_entries_without_marks_are_pieces() -> None:
    """Names, things, system logs and tags of speakers; a sentence over three lines is none."""
    for lines in (
        ["milk", "bread rolls", "green tea"],
        ["oars - loft", "nets - cellar", "floats - shed"],
        ["ann berg 555-12", "bo lund 555-77", "cy dahl 555-99"],
        [f"Mar  5 10:0{n}:01 quay sshd[7]: Failed password for boat{n}. Retry" for n in range(4)],
        ["<ann> is the boat in. or not", "<bo> at the pier.", "<ann> good. then we go"],
        ["牛奶三瓶", "鸡蛋两打", "面包一条"],
    ):
        page = marked(*lines, modality="text").with_(span=Span(page=1))
        assert [page.text[a:b] for a, b in passage_offsets(page)] == lines
    prose = ["the harbour was built by the", "monks who came over the sea", "and left in spring"]
    page = marked(*prose, modality="text").with_(span=Span(page=1))
    assert len(passage_offsets(page)) == 1


def test_captions_in_small_letters_are_cues_of_their_own() -> None:
    """Where no caption has a stop or a capital, small letters do not say that a sentence goes on."""
    cues = marked("the perch swim", "a carp sleeps", "an eel hides", modality="text")
    assert len(passage_offsets(cues)) == 3
