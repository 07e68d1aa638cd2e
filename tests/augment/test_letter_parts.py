"""Labels above their values, who signs a letter, whom it goes to, addresses."""

from __future__ import annotations

from polysense.augment.letter_parts import ADDRESS, DATE, RECIPIENT, SENDER, letter_parts
from polysense.augment.passages import excerpts
from polysense.types import Asset, Chunk, Hit, Span, TextSpan

INVOICE = "Harbour Supplies\n12 Quay Street\nBristol BS1 4ND\n\nBill to\nMara Lindqvist\n\nDue date\n2 April 2024\nTotal due\n$ 412.00"
LETTER = "14 May 2024\n\nDear Mr Okoro,\n\nYour rent will be £612.\n\nYours sincerely,\nHelena Brandt\nTenancy Manager"
BRIEF = "Kundennummer\n48213\n\nMit freundlichen Grüßen\nJonas Keller"


def hit(text: str) -> Hit:
    marks, start = [], 0
    for n, line in enumerate(text.split("\n"), 1):
        if line:
            marks.append(TextSpan(start, start + len(line), Span(lines=(n, n))))
        start += len(line) + 1
    asset = Asset("0" * 32, "/a.txt", "text/plain", "text", 1)
    return Hit(Chunk(asset, Span(lines=(1, 20)), "text", text=text, marks=tuple(marks)), 1.0)


def answers(text: str, question: str) -> dict[str, str]:
    """What a question asks for by its name, with its place."""
    matches = excerpts([hit(text)], question, "en")
    return {e.answer_text: str(e.span) for e in matches if e.is_asked}


def test_a_value_stands_below_its_label() -> None:
    """By its form, or because the question names the label; cited in its own line."""
    assert answers(INVOICE, "What is the total due?") == {"$ 412.00": "L11"}
    assert answers(INVOICE, "What is the due date of the invoice?") == {"2 April 2024": "L9"}
    assert answers(INVOICE, "Who was it billed to?") == {"Mara Lindqvist": "L6"}
    assert answers(BRIEF, "Wie lautet die Kundennummer?") == {"48213": "L2"}
    texts = [e.text for e in excerpts([hit(INVOICE)], "What is the total due?", "en")]
    assert "$ 412.00" not in texts, "a value without its label answers anything"


def test_people_of_a_letter() -> None:
    """Who signs it, whom it is for, and of which day it is."""
    assert answers(LETTER, "Who signed the letter?") == {"Helena Brandt\nTenancy Manager": "L8-9"}
    assert answers(LETTER, "To whom is it addressed?") == {"Mr Okoro": "L3"}
    assert answers(LETTER, "What is the date of the letter?") == {"14 May 2024": "L1"}
    assert answers(BRIEF, "Wer hat unterschrieben?") == {"Jonas Keller": "L5"}


def test_the_head_of_a_mail() -> None:
    """From is who sent it."""
    (sender, recipient) = letter_parts(
        ["From: Ann Lee <ann@x.org>", "To: Bo"], ["\n", ""], "", "en"
    )
    assert (sender.says, sender.skip, recipient.says) == (SENDER, 6, RECIPIENT)


def test_an_address_is_told_where_it_is_asked_for() -> None:
    """As a whole; else its lines stand alone."""
    assert list(answers(INVOICE, "What is the address of Harbour Supplies?")) == [
        "Harbour Supplies\n12 Quay Street\nBristol BS1 4ND"
    ]
    assert all(e.says != ADDRESS for e in excerpts([hit(INVOICE)], "Who is to pay?", "en"))


def test_lists_and_prose_have_none() -> None:
    """Names below each other are no labels, nor is a day in a text that is no letter a date."""
    pieces = ["Apples", "Pears", "Plums", "14 May 2024"]
    parts = letter_parts(pieces, ["\n"] * 4, "Which fruit is there?", "en")
    assert not [p for p in parts if p.says == DATE or p.last < 3]


def test_date_and_subject_of_a_mail() -> None:
    """Where the question asks for them by these words."""
    head = "Subject: New plan\nDate: Tue, 5 Mar 2024"
    assert answers(head, "When was the mail sent?") == {"Tue, 5 Mar 2024": "L2"}
    assert answers(head, "What is the subject?") == {"New plan": "L1"}
