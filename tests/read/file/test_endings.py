"""The endings of names that go with a type."""

from __future__ import annotations

from typing import Any

import pytest

from polysense import registry
from polysense.read.file.endings import all_endings, modality_of_file, usual_endings


def test_every_type_that_is_read_has_an_ending() -> None:
    """Else a plug-in that claims the ending would take the type over."""
    without = {mime for mime in registry.kit().parsers if not all_endings(mime)}
    # csv and tsv with such a header, yaml and json that say so
    assert without == {"text/x-triples", "text/x-openapi"}


@pytest.mark.parametrize(
    ("mime", "usual", "also"),
    [
        ("image/jpeg", ".jpg", ".jpeg"),
        ("audio/mpeg", ".mp3", ".mp3"),
        ("text/html", ".html", ".htm"),
        ("text/x-source", ".dart", ".zig"),
        ("model/gltf-binary", ".glb", ".glb"),
        ("application/pdf", ".pdf", ".pdf"),
    ],
)
def test_the_usual_one_comes_first(mime: str, usual: str, also: str) -> None:
    """The documents show it."""
    assert usual_endings(mime)[0] == usual
    assert also in all_endings(mime)


WARMTH = """
from polysense.modalities import ModalityDescription
WARMTH = ModalityDescription("warmth", endings=(".warm", ".png", ".pdf"))
"""


def test_a_modality_of_its_own_has_files_of_its_own(install: Any) -> None:
    """By an ending that nothing here knows; that it can be written as a picture makes no picture
    warmth.
    """
    assert modality_of_file("a.warm", "text/plain") == "text"
    install("polysense-warm", WARMTH, {"modalities": {"warmth": "WARMTH"}})
    assert modality_of_file("/kb/roof.WARM", "text/plain") == "warmth"
    assert modality_of_file("/kb/roof.png", "image/png") == "image"
    assert modality_of_file("/kb/roof.pdf", "application/pdf") == "text"
