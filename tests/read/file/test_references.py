"""References lead to files, and to nothing that is not one; their words are short."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.read.file import text as texts
from polysense.read.file.references import (
    FILE_NAME,
    first_words,
    heading_trail,
    is_file,
    last_words,
    link_words,
    resolve_reference,
)


@pytest.mark.parametrize(
    ("ref", "path"),
    [
        ("b.png", "/a/b.png"),
        ("../b%20c.png?x=1#y", "/b c.png"),
        ("{{ site.url }}b.png", "/a/b.png"),
        ("https://x.y/b.png", ""),
        ("//x.y/b.png", ""),
        ("data:image/png;base64,AAAA", ""),
        ("#top", ""),
        ("", ""),
        ("\0.png", ""),
        ("mailto:a@b.c", ""),
    ],
)
def test_where_a_reference_leads(ref: str, path: str) -> None:
    assert resolve_reference("/a/page.html", ref) == path


def test_a_document_in_an_archive_cannot_point_out_of_it() -> None:
    assert resolve_reference("/a/x.zip!/d/page.html", "../b.png") == "/a/x.zip!/b.png"
    assert resolve_reference("/a/x.zip!/d/page.html", "../../secret.png") == ""


def test_pages_of_a_site_find_their_pictures(tmp_path: Path) -> None:
    (tmp_path / "episodes" / "fig").mkdir(parents=True)
    (tmp_path / "learners").mkdir()
    picture = tmp_path / "episodes" / "fig" / "a.png"
    picture.touch()
    assert resolve_reference(str(tmp_path / "learners" / "x.md"), "fig/a.png") == str(picture)
    assert resolve_reference(str(tmp_path / "learners" / "x.md"), "/fig/a.png") == str(picture)
    assert resolve_reference(str(tmp_path / "learners" / "x.md"), "a.png") == str(
        tmp_path / "learners" / "a.png"
    )


def test_words_of_links_and_trails_are_short() -> None:
    assert texts.count_words(link_words("word " * 100)) == 60
    assert texts.count_words(link_words("字" * 100)) == 60
    assert heading_trail("T", "a " * 50, "b") == f"T > {'a ' * 23}a > b"


def test_each_description_of_a_link_stands_once() -> None:
    assert link_words("An owl", "an  OWL", "", "Fig. 1: An owl at night", "owl") == (
        "An owl\nFig. 1: An owl at night"
    )
    assert link_words("one two three", "four", limit=2) == "one two"


@given(st.text("ab 中文\n", max_size=60), st.integers(0, 8))
def test_first_and_last_words_keep_to_the_limit(text: str, limit: int) -> None:
    """They are the beginning and the end of the text, and all of it where it is short."""
    first, last = first_words(text, limit), last_words(text, limit)
    assert text.startswith(first)
    assert text.endswith(last)
    assert max(texts.count_words(first), texts.count_words(last)) <= limit
    if texts.count_words(text) <= limit:
        assert first == last == text


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("a/cat.png", True),
        ("notes.PDF?page=2#top", True),
        ("index.html#cats", False),
        ("script.js", False),
        ("folder/", False),
        ("#top", False),
        ("x" * 10_000 + ".stl", True),
    ],
)
def test_pages_and_scripts_are_no_files(href: str, expected: bool) -> None:
    assert is_file(href) is expected


def test_names_of_files_in_running_words() -> None:
    """Not parts of addresses, mail addresses or longer endings."""
    text = "See a/dog.jpg, ../b/fig-1.PNG and x.csv; not http://x.org/cat.png, me@cat.pdf, a.pngs."
    assert [m[0] for m in FILE_NAME.finditer(text)] == ["a/dog.jpg", "../b/fig-1.PNG", "x.csv"]
