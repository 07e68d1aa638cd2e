"""Words of descriptions without the marks of Markdown and HTML."""

from __future__ import annotations

import time

import pytest

from polysense.read.code.openapi.plain import plain


@pytest.mark.parametrize(
    "text",
    [
        "user_id and created_at", "_id, _rev", "List<String>", "Map<A, List<B>>", "2*3*4",
        "a * b * c", "*args, **kwargs", "a < b and c > d", "snake_case_name", "<token>",
    ],
)  # fmt: skip
def test_names_types_and_sums_keep_their_signs(text: str) -> None:
    """They are no marks."""
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a **bold** and *lean* `word`", "a bold and lean word"),
        ("a __bold__ and _lean_ word", "a bold and lean word"),
        ("**bold *and* lean**", "bold and lean"),
        ("*user_id*", "user_id"),
        ("`_id` of `List<p>` is `**x**`", "_id of List<p> is **x**"),
        ('<p>one<br/>two <a href="x">three</a></p>', "one two three"),
        ("```json\n{}\n```", "{}"),
    ],
)
def test_marks_go(text: str, words: str) -> None:
    """Also within each other; not those in code."""
    assert plain(text) == words


@pytest.mark.parametrize("text", ["*a " * 100_000, "_a" * 100_000, "<a " * 100_000, "`" * 200_000])
def test_hostile_words_cost_little(text: str) -> None:
    """Work grows with the text."""
    began = time.process_time()
    plain(text)
    assert time.process_time() - began < 20
