"""Keeping of the evidence what bears on the question."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pytest

from polysense.augment.compress import MAX_ENCODED, SAID_OTHERWISE, compress
from polysense.augment.surroundings import NoSurroundings
from polysense.protocols import Encoder, Vectors
from polysense.query.understand import understand
from polysense.question import Question
from polysense.registry import Kit
from polysense.types import Asset, Calibration, Chunk, Hit, Part, Role, Space, Span, TextSpan

KIT = Kit({}, {}, {}, {}, {}, {})


class Sea(Encoder):
    """1 where the sea is meant, NaN for blanks."""

    accepts = frozenset({"text"})
    signal = "semantic"
    space = Space("sea", "1", 2)
    languages = frozenset({"en"})

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        wet = np.asarray(
            [any(w in p.data for w in ("sea", "tide", "water")) for p in parts], np.float32
        )
        vectors = np.stack([wet, 1 - wet], axis=1)
        vectors[[not p.data.strip() for p in parts]] = np.nan
        return vectors


SEA = Kit({}, {}, {"sea": Sea()}, {}, {}, {}, calibrations={"sea": Calibration(0.0, 1.0)})


def ask(words: str) -> Question:
    return understand([words], KIT)


def hit(text: str, name: str = "a.txt", **more: object) -> Hit:
    return Hit(
        Chunk(Asset(name, f"/{name}", "", "text", 1), Span(page=1), "text", text=text, **more), 1.0
    )  # type: ignore[arg-type]


def test_the_sentence_that_says_it_comes_first() -> None:
    """Sentences of all hits, by the question's terms in them, each with its own place."""
    text = "The mill has a wheel. High water is at noon. Paddles turn."
    marks = (
        TextSpan(0, 21, Span(lines=(1, 1))),
        TextSpan(22, 44, Span(lines=(2, 2))),
        TextSpan(45, 58, Span(lines=(3, 3))),
    )
    passages = compress(
        ask("when is high water?"), [hit("The mill is old."), hit(text, marks=marks)], KIT
    )
    assert passages[0].text.strip() == "High water is at noon."
    assert passages[0].span == Span(lines=(2, 2))
    assert passages[0].coverage == pytest.approx(1.0)
    assert passages[0].nearness is None
    assert [p.score for p in passages] == sorted((p.score for p in passages), reverse=True)


def test_rare_terms_weigh_more() -> None:
    """What every hit says tells little."""
    hits = [
        hit("the mill wheel"),
        hit("the mill bell"),
        hit("the mill door"),
        hit("the mill floor"),
    ]
    assert compress(ask("mill bell"), hits, KIT)[0].text == "the mill bell"


def test_what_stands_around_counts_less() -> None:
    """The heading and the file's name help, but not as much as the words themselves."""
    outside, headed, inside = (
        compress(ask("bicycle"), [h], KIT)[0]
        for h in (
            hit("it is red", "bicycle.txt"),
            hit("it is red", context="Bicycle"),
            hit("a red bicycle"),
        )
    )
    assert outside.features.context == headed.features.context == pytest.approx(1.0)
    assert inside.coverage == pytest.approx(1.0)
    assert outside.support == headed.support < inside.support


def test_meaning_counts_where_the_language_is_read() -> None:
    """By an encoder that reads the question's language; not otherwise; blanks have no meaning."""
    hits = [hit("the tide turns"), hit("the wheel turns"), hit("")]
    passages = {p.text: p.nearness for p in compress(ask("at sea"), hits, SEA)}
    assert passages == {"the tide turns": 1.0, "the wheel turns": 0.0, "": None}
    assert {p.nearness for p in compress(ask("海水在哪里"), hits, SEA)} == {None}


def test_nothing_of_nothing() -> None:
    """No hits, no pieces."""
    assert compress(ask("sea"), [], SEA) == []


def test_many_pieces_are_bounded() -> None:
    """A book is not compared whole, and its best sentence is kept wherever it stands."""
    text = (
        " ".join(f"Sentence {n} says nothing." for n in range(3 * MAX_ENCODED))
        + " The keeper rang the bell."
    )
    passages = compress(ask("who rang the bell"), [hit(text)], SEA)
    assert len(passages) <= MAX_ENCODED
    assert passages[0].text.strip() == "The keeper rang the bell."


def test_a_table_of_many_rows_is_quick() -> None:
    """Every row is a piece; the table is read once, not once for every row."""
    rows = [f"row {n} of the table says {n * n}" for n in range(3000)]
    starts = np.cumsum([0, *(len(r) + 1 for r in rows)]).tolist()
    marks = tuple(
        TextSpan(a, a + len(r), Span(cells=f"A{n}"))
        for n, (a, r) in enumerate(zip(starts, rows, strict=False), 1)
    )
    began = time.process_time()
    passages = compress(
        ask("what does row 2999 say"),
        [hit("\n".join(rows), marks=marks, meta={"derived": "ocr"})],
        KIT,
    )
    assert passages[0].span == Span(cells="A3000")
    assert time.process_time() - began < 3


def test_low_ranks_count_less() -> None:
    """Of two equal sentences, the one found first."""
    best, other = compress(ask("bell"), [hit("the bell", "a"), hit("the bell", "b")], KIT)
    assert (best.rank, other.rank) == (0, 1)
    assert best.score > other.score
    assert 0 < other.score < best.score < 1


def test_what_is_about_something_else_comes_last() -> None:
    """A row of another code has all the other words of the question."""
    row, other = (
        compress(ask("what does error E15 mean"), [hit(text)], KIT)[0]
        for text in ("E15 means no water", "error E14 means that the mill stands")
    )
    assert row.is_about_it
    assert not other.is_about_it
    assert [str(c) for c in other.unmet] == ["E15"]


def test_a_sentence_without_a_value_of_the_kind_asked_for_comes_last() -> None:
    """It has more of the question's words, and no date."""
    text = "When the hall was opened is often asked. Its doors were unlocked on 4 May 1887."
    first, last = compress(ask("When was the hall opened?"), [hit(text)], KIT)
    assert "1887" in first.text
    assert not last.is_about_it


def test_a_row_that_the_question_does_not_name_is_about_another() -> None:
    """Where the question names a row, the others do not answer; nor does a row without the column."""
    rows = ("crop: barley; tonnes: 412.", "crop: oats; area: 3.")
    marks = (TextSpan(0, 26, Span(cells="A2:C2")), TextSpan(27, 47, Span(cells="A3:C3")))
    chunk = hit("\n".join(rows), marks=marks).chunk
    table = Hit(chunk.with_(modality="table"), 1.0)
    by_text = {p.text: p for p in compress(ask("how many tonnes of oats"), [table], KIT)}
    assert [str(c) for c in by_text[rows[0]].unmet] == ["oats"]
    assert [str(c) for c in by_text[rows[1]].unmet] == ["tonnes"]


def test_a_table_given_as_a_file_is_held_to_none_of_its_rows() -> None:
    """What it names are many rows: no single one has them all, and each is like it."""
    rows = ("crop: barley; tonnes: 412.", "crop: oats; area: 3.")
    marks = (TextSpan(0, 26, Span(cells="A2:C2")), TextSpan(27, 47, Span(cells="A3:C3")))
    table = Hit(hit("\n".join(rows), marks=marks).chunk.with_(modality="table"), 1.0)
    file = Part("table", b"crop,tonnes\nbarley,412\noats,\n", "text/csv", "copy.csv")
    read = Part("text", "\n".join(rows), meta={"from": "table"})
    passages = compress(Question((file,), ((read,),)), [table], KIT)
    assert [p.unmet for p in passages] == [(), ()]


def test_captions_and_references_are_worth_less() -> None:
    """They point at what says it."""
    sentence, caption = (
        compress(ask("tide mill"), [hit(t)], KIT)[0].score
        for t in ("The tide mill turns.", "Figure 2: The tide mill turns.")
    )
    entry = compress(ask("tide mill"), [hit("The tide mill turns.", context="References")], KIT)
    assert max(caption, entry[0].score) < 0.5 * sentence


def test_a_question_that_points_at_a_screenshot_is_asked_by_its_words() -> None:
    """ "how do I fix this?" has nothing of its own in any passage: what the screenshot says decides,
    not what lies near it in meaning.
    """
    pointing, read = (
        Part("text", "What causes this error, and how do I fix it?"),
        Part("text", "K-207: the index is locked", meta={"from": "image"}),
    )
    question = Question((pointing, read), ((pointing,), (read,)), typed_share=0.5)
    hits = [hit("Nothing was lost at sea.", "a"), hit("K-207 means that the index is locked.", "b")]
    assert "K-207" in compress(question, hits, SEA)[0].text
    leading = Question((pointing, read), ((pointing,), (read,)), typed_share=0.8)
    one, two = (compress(q, hits, KIT)[0].coverage for q in (question, leading))
    assert one > two


class FewWords(NoSurroundings):
    """A library in which no cushion stands."""

    def occurs(self, word: str) -> bool:
        return word != "cushions"


def test_a_thing_that_stands_nowhere_is_missing_unless_meaning_is_near() -> None:
    """The warranty for lamps is none for cushions."""
    hits = [hit("The warranty for lamps is two years.")]
    question = ask("How long is the warranty for cushions?")
    [far] = compress(question, hits, KIT, FewWords())
    assert [str(c) for c in far.unmet] == ["cushions"]
    tide = understand(["How long is the wait for cushions?"], KIT)
    [near] = compress(tide, [hit("The wait for the tide is two hours.")], SEA, FewWords())
    assert near.nearness is not None
    assert bool(near.unmet) is (near.nearness < SAID_OTHERWISE)


class NoMill(NoSurroundings):
    """A library in which no mill stands elsewhere."""

    def occurs(self, word: str) -> bool:
        return word != "mill"


def test_of_a_graph_what_things_are_said_to_be_is_known() -> None:
    """The water wheel is a mill wheel where another statement has it as a part of the mill."""
    mended, part = (
        Hit(hit(f"{text}.", name).chunk.with_(modality="graph"), 1.0)
        for text, name in (
            ("Ines Falk mended water wheel", "people.tsv"),
            ("water wheel part of Tide Mill", "people.tsv"),
        )
    )
    question = ask("Who mended the mill wheel?")
    alone = {p.text: p.unmet for p in compress(question, [mended], KIT, NoMill())}
    assert [str(c) for c in alone["Ines Falk mended water wheel."]] == ["mill wheel"]
    first, *_ = compress(question, [part, mended], KIT, NoMill())
    assert first.text == "Ines Falk mended water wheel."
    assert first.unmet == ()
