"""What the attributes of a tag say of files."""

from __future__ import annotations

import pytest

from polysense.read.document.html.media import (
    LABEL,
    descriptions,
    label_descriptions,
    media_refs,
    stand_in_text,
)


@pytest.mark.parametrize(
    ("tag", "attributes", "refs"),
    [
        ("img", {"src": "a.png"}, ["a.png"]),
        ("img", {"data-src": "a.png", "srcset": "b.png 1x, c.png 2x"}, ["a.png", "b.png", "c.png"]),
        ("video", {"src": "a.mp4", "poster": "a.mp4"}, ["a.mp4"]),
        ("object", {"data": "a.pdf"}, ["a.pdf"]),
        ("image", {"xlink:href": "a.svg"}, ["a.svg"]),
        ("input", {"type": "image", "src": "a.png"}, ["a.png"]),
        ("input", {"type": "text", "src": "a.png"}, []),
        ("p", {"src": "a.png"}, []),
    ],
)
def test_the_files_that_a_tag_shows(tag: str, attributes: dict[str, str], refs: list[str]) -> None:
    """Each once."""
    assert media_refs(tag, attributes) == refs


def test_descriptions() -> None:
    """Words, and the ids of elements that hold words."""
    attributes = {"alt": "An owl", "aria-label": "Owl", "aria-describedby": "one two"}
    assert label_descriptions(attributes) == ["Owl", LABEL + "one", LABEL + "two"]
    assert descriptions(attributes) == ("An owl", "", "", "Owl", LABEL + "one", LABEL + "two")


def test_words_that_stand_in_for_a_picture_or_a_field() -> None:
    """What is hidden or private is not said."""
    assert stand_in_text("img", {"alt": "An  owl"}) == "An owl"
    assert stand_in_text("input", {"value": "Ann", "placeholder": "Name"}) == "Ann Name"
    assert stand_in_text("input", {"type": "password", "value": "secret"}) == ""
    assert stand_in_text("video", {"alt": "An owl"}) == ""
