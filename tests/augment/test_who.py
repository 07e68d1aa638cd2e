"""Who does what is asked, where no name tells it."""

from __future__ import annotations

import pytest

from polysense.augment.who import may_tell_who


@pytest.mark.parametrize(
    ("text", "question", "language", "may"),
    [
        ("The market on Friday sells oak.", "Who sells oak?", "en", True),
        ("There was a boy who saved the goat.", "Who saved the goat?", "en", True),
        (
            "It was stolen by pirates, the golden anchor.",
            "Who stole the golden anchor?",
            "en",
            True,
        ),
        ("Le phare fut volé par des pirates.", "Qui a pris le phare ?", "fr", True),
        ("El faro fue robado por piratas.", "¿Quién robó el faro?", "es", True),
        ("It was stolen by pirates, the golden anchor.", "Who saved the goat?", "en", False),
        ("The goat was saved in May.", "Who saved the goat?", "en", False),
        ("The goat lives by the door.", "Who saved the goat?", "en", False),
        ("The goat was saved by night.", "Who saved the goat?", "en", False),
        ("In May the goat sleeps.", "Who saved the goat?", "en", False),
        ("the mill is old", "Who is old?", "en", False),
        ("历史展览由市政府主办", "谁主办历史展览？", "zh", True),
        ("金锚被海盗偷走了。", "谁偷走了金锚？", "zh", True),
        ("轮子是一九九〇年修理的。", "谁修理了轮子？", "zh", False),
        ("轮子去年修理过。", "谁修理了轮子？", "zh", False),
        ("轮子很大。", "谁修理了轮子？", "zh", False),
        ("轮子很大。", "轮子大吗？", "zh", False),
    ],
)
def test_who_may_have_done_it(text: str, question: str, language: str, may: bool) -> None:
    """The subject before the verb of the question, with its object, or by whom it was done."""
    assert may_tell_who(text, question, language) == may
