"""What a query asks."""

from __future__ import annotations

import json
import os
from pathlib import Path
from unicodedata import normalize

import pytest

from polysense.errors import BadQuery, Unreadable
from polysense.query.understand import MAX_CHARACTERS, understand
from polysense.read.file.parts import part
from polysense.registry import OFFLINE, Kit, kit
from polysense.types import Part


def test_words(bare: Kit) -> None:
    """A bare string is text; its language is told where its words are enough for that."""
    question = understand(["where is the bell"], bare)
    assert (question.words, question.language, question.parts) == (
        "where is the bell",
        "en",
        (Part("text", "where is the bell"),),
    )
    for words, language in (
        ("Wer hat die Glocke gebaut?", "de"),
        ("Où se trouve la cloche ?", "fr"),
        ("钟在哪里", "zh"),
        ("door handle", ""),
        ("come together", ""),
        ("war memorial", ""),
    ):
        assert understand([words], bare).language == language


def test_letters_taken_apart_are_read_as_whole_ones(bare: Kit) -> None:
    """File systems and some keyboards write an accent as a character of its own."""
    for words in ("Wann öffnet die Mühle in Köln?", "Où est la clé ?", "İstanbul nerede"):
        whole, apart = (understand([normalize(f, words)], bare) for f in ("NFC", "NFD"))
        assert (apart.words, apart.language, apart.kind) == (words, whole.language, whole.kind)


@pytest.mark.parametrize("nothing", [[], [""], ["   \n"], ["\0"], [Part("text", "")]])
def test_nothing_is_refused(bare: Kit, nothing: list[str | Part]) -> None:
    """An empty query is the asker's mistake, with a hint."""
    with pytest.raises(BadQuery) as error:
        understand(nothing, bare)
    assert error.value.hint


def test_hostile_words_are_bounded_and_clean(bare: Kit) -> None:
    """NUL and lone surrogates go, and a book is cut."""
    question = understand(["a\0b \udcff " + "x" * 100_000], bare)
    assert len(question.words) == MAX_CHARACTERS
    assert question.words.startswith("a b ?")


def test_a_document_is_asked_by_its_passages(bare: Kit, tmp_path: Path) -> None:
    """A file of words asks with its words, as they would be indexed; also as bytes."""
    path = tmp_path / "q.md"
    path.write_text("# Bells\n\nThe old bell is cracked.\n")
    for document in (part(path), Part("text", path.read_bytes(), name="q.md")):
        question = understand([document, "and the new one?"], bare)
        assert "The old bell is cracked." in question.words
        assert "and the new one?" in question.words


def test_a_picture_is_asked_as_it_is(bare: Kit, tmp_path: Path) -> None:
    """Without a reader a picture has no words, and needs none."""
    from PIL import Image

    Image.new("RGB", (40, 30), "red").save(tmp_path / "red.png")
    question = understand([part(tmp_path / "red.png")], bare)
    assert [p.modality for p in question.parts] == ["image"]
    assert question.words == ""


def test_a_file_of_no_known_type_is_refused(bare: Kit, tmp_path: Path) -> None:
    """Bytes that nothing reads: an error that names the file."""
    (tmp_path / "q.bin").write_bytes(os.urandom(2000).replace(b"\n", b"\0"))
    with pytest.raises(Unreadable, match=r"q\.bin") as error:
        understand([part(tmp_path / "q.bin")], bare)
    assert error.value.hint


def test_naughty_strings_are_understood_or_refused(bare: Kit, data: Path) -> None:
    """Nothing that people can type raises anything but BadQuery."""
    for text in json.loads((data / "naughty-strings" / "blns.json").read_text("utf-8")):
        if text.strip():
            assert understand([text], bare).parts


def test_words_lead_beside_a_document_unless_they_point_at_it(bare: Kit, tmp_path: Path) -> None:
    """It has words for hundreds of other questions; "this" asks of it all the same."""
    path = tmp_path / "memo.md"
    path.write_text("# Copper\n\nThe exports of Chile are copper and fruit.\n")
    apart = understand(["Where is the knife?", part(path)], bare)
    assert apart.leading_words == "Where is the knife?"
    pointing = understand(["What is this?", part(path)], bare)
    assert "copper" in pointing.leading_words


def test_a_bare_path_is_refused_with_the_way(bare: Kit, tmp_path: Path) -> None:
    """Not with an attribute error."""
    with pytest.raises(BadQuery) as error:
        understand([tmp_path / "memo.md"], bare)  # type: ignore[list-item]
    assert "polysense.part" in error.value.hint


RECEIPT = (
    '{"company": "INN OF THE TWO MOONS", "date": "03-04-2031", "NO. 12, HARBOUR LANE, 43200 PORT '
    'ORRIN, "total": "61.50"}'
)


def test_a_passage_is_not_held_to_all_its_names(bare: Kit) -> None:
    """Words that ask nothing are looked up as they are: an address copied with a gap is found."""
    assert understand([RECEIPT], bare).constraints == ()
    question = understand([f"Who paid this? {RECEIPT}"], bare)
    assert question.constraints, "a question is"
    assert understand(["net income of Birch Mill in 2023"], bare).constraints


def test_a_recording_asks_with_the_words_that_are_certain() -> None:
    """What was heard unclearly is no question; the sound is, in any case."""
    sounds = Path(__file__).parents[2] / "src/polysense/demo/files/sounds"
    listener = kit(encoders=[f"-{e}" for e in OFFLINE.encoders])
    question = understand([part(sounds / "harbour-notice.ogg")], listener)
    assert "keep your dogs" in question.read_words
    assert "longer water" not in question.read_words  # "there is fog over low water"
    assert {p.modality for p in question.parts} == {"audio", "text"}
