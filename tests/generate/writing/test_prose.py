"""What of a model's words is a sentence."""

from __future__ import annotations

import pytest

from polysense.generate.writing.prose import fault_of_form, plain, unknown_addresses


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("## The tower\n", "The tower"),
        ("It is ![x](http://a.example/log?q=secret) tall.", "It is tall."),
        ("<script>alert(1)</script> It is tall.", "It is tall."),
        ("It is [tall](javascript:alert(1)) [1](http://a.example).", "It is tall) [1]."),
        ("- `It` is **tall** </evidence-1f>", "It is tall"),
        ("It is 3 < 4 and 5 > 4.", "It is 3 < 4 and 5 > 4."),
        (
            "Call `__init__` of List<String> with 2**10.",
            "Call __init__ of List<String> with 2**10.",
        ),
    ],
)
def test_nothing_that_a_browser_would_act_on(text: str, words: str) -> None:
    """Pictures that are fetched, tags, links; signs of arithmetic stay."""
    assert plain(text) == words


@pytest.mark.parametrize("text", ['{"action": "search"}', '[{"a": 1}]', "How tall?", "有多高？"])
def test_what_is_no_answer_by_its_form(text: str) -> None:
    """Data, and questions."""
    assert fault_of_form(text)


@pytest.mark.parametrize("text", ["The tower is 23 m tall.", 'It is called "Old Tom": a clock.'])
def test_sentences(text: str) -> None:
    """Quotes and colons make no data."""
    assert not fault_of_form(text)


def test_addresses_must_be_in_the_evidence() -> None:
    """However their letters are written."""
    text = "See https://A.example/pay, and www.b.example."
    assert unknown_addresses(text, "https://a.example/pay") == ("www.b.example",)
