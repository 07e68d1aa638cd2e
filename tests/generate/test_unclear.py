"""Questions that name nothing but a pronoun."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.generate.unclear import unclear_pronoun
from polysense.library import Library
from polysense.registry import Kit


@pytest.mark.parametrize(
    ("words", "language", "pronoun"),
    [
        ("Where was he buried?", "en", "he"),
        ("Who painted it?", "en", "it"),
        ("What is its weight?", "en", "its"),
        ("When was that?", "en", "that"),
        ("Was bedeutet das?", "de", "das"),
        ("Wie hoch ist er?", "", "er"),
        ("Où est-elle née ?", "fr", "elle"),
        ("¿Dónde vive ella?", "es", "ella"),
        ("它有多重？", "zh", "它"),
        ("她在哪里出生？", "zh", "她"),
    ],
)
def test_a_pronoun_and_a_verb_name_nothing(words: str, language: str, pronoun: str) -> None:
    """Whatever is found for them is about something else."""
    assert unclear_pronoun(words, language) == pronoun


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("When did her ship sink?", "en"),
        ("Who wrote that book?", "en"),
        ("What time is it?", "en"),
        ("How long does it take?", "en"),
        ("What is this about?", "en"),
        ("How do they say the wheel is greased?", "en"),
        ("Wann gibt es Tee?", "de"),
        ("Wann öffnen Sie?", "de"),
        ("Was kostet das Ticket?", "de"),
        ("Quelle heure est-il ?", "fr"),
        ("他山之石是什么意思？", "zh"),
        ("Error E42", "en"),
        ("it", "en"),
    ],
)
def test_what_names_something_is_looked_for(words: str, language: str) -> None:
    """Or has a pronoun that stands for nothing."""
    assert unclear_pronoun(words, language) == ""


def test_the_name_is_asked_for(tmp_path: Path, bare: Kit) -> None:
    """Among several files nothing tells what is meant; before them, the conversation may."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "kiln.txt").write_text("The kiln was built in 1908.", "utf-8")
    with Library(tmp_path / "kb", kit=bare) as kb:
        kb.index(folder)
        assert "stands for" not in kb.ask("When was it built?").text
        (folder / "mill.txt").write_text("The mill was built in 1911.", "utf-8")
        kb.index(folder)
        answer = kb.ask("When was it built?")
        assert not answer.answered
        assert answer.text == 'It is not clear what "it" stands for: say its name.'
        before = [("How old is the mill?", "Old.")]
        assert "stands for" not in kb.ask("When was it built?", history=before).text
