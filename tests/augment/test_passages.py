"""What of a chunk can be said alone."""

from __future__ import annotations

from polysense.augment.passages import MAX_LIST_ITEMS, excerpts
from polysense.types import Asset, Chunk, Hit, Span, TextSpan


def hit(*lines: str, modality: str = "text") -> Hit:
    text, marks = "", []
    for n, line in enumerate(lines, 1):
        marks.append(TextSpan(len(text), len(text) + len(line), Span(lines=(n, n))))
        text += line + "\n"
    asset = Asset("0", "/kb/a.txt", "", modality, 1)
    chunk = Chunk(
        asset, Span(lines=(1, len(lines))), modality, None, text.rstrip("\n"), "", tuple(marks)
    )
    return Hit(chunk, 1.0)


def answers(*lines: str, modality: str = "text") -> list[tuple[str, str]]:
    return [(e.answer_text, str(e.span)) for e in excerpts([hit(*lines, modality=modality)])]


def test_a_question_is_read_with_its_answer_and_only_that_is_said() -> None:
    """It has the words that are asked with, the next sentence what answers them."""
    [first, second] = excerpts([hit("Can I eat there?", "No, only water.", "Can I sing?", "Yes.")])
    assert first.text.startswith("Can I eat there?")
    assert (first.answer_text, str(first.span)) == ("No, only water.", "L2")
    assert second.answer_text == "Yes."


def test_a_line_with_a_colon_is_said_with_its_list() -> None:
    """All items, and not what follows the list."""
    lines = ("Tools that you need:", "- a drill", "- a level", "Hold the shelf to the wall.")
    [tools, rest] = answers(*lines)
    assert tools[0].split("\n") == list(lines[:3])
    assert tools[1] == "L1-3"
    assert rest[0] == "Hold the shelf to the wall."


def test_a_list_has_an_end() -> None:
    """A line before a thousand items is not said with all of them."""
    items = [f"- item {n}" for n in range(100)]
    first, *_ = answers("All items:", *items)
    assert first[0].count("- item") == MAX_LIST_ITEMS


def test_a_question_without_answer_stands_alone() -> None:
    """At the end, or before another question."""
    assert [text for text, _ in answers("Can I eat there?", "Can I sing?")] == [
        "Can I eat there?",
        "Can I sing?",
    ]


def test_code_is_cut_as_it_stands() -> None:
    """A colon opens a block there, and a question mark is an operator."""
    lines = ("def f():", "    return 1")
    assert [text for text, _ in answers(*lines, modality="code")] == list(lines)


def test_a_value_has_the_title_above_its_labels() -> None:
    """Twelve metres of what? A line of prose is no title, and no value has one."""
    lines = ("Elm", "Height: 12 m", "Bark: rough", "", "It grew.", "Age: 90 years")
    titles = {e.text: e.title for e in excerpts([hit(*lines)]) if e.text}
    assert titles == {
        "Elm": "",
        "Height: 12 m": "Elm",
        "Bark: rough": "Elm",
        "It grew.": "",
        "Age: 90 years": "",
    }


def test_a_pronoun_speaks_of_the_sentence_before() -> None:
    """But not of what stands in another paragraph, nor does a name refer to anything."""
    matches = excerpts([hit("The Alder Press is in Lund. It was founded in 1962.")])
    assert [e.referent for e in matches] == ["", "The Alder Press is in Lund."]


def test_numbered_notes_below_a_table_stand_for_themselves() -> None:
    """They are whole sentences; short steps go with the line that leads to them."""
    note = "Order intake represents commitments from customers to purchase goods that will result"
    lines = (
        "The table shows the performance:",
        "Notes",
        f"1. {note} in sales.",
        f"2. {note} soon.",
    )
    assert (f"1. {note} in sales.", "L3") in answers(*lines)
    [steps] = answers("To light it:", "1. Open the flap.", "2. Press the button.")
    assert steps[1] == "L1-3"
