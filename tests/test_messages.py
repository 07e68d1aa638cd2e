"""Messages to a language model, and the count of what it read and wrote."""

from __future__ import annotations

from polysense.messages import Message, Usage
from polysense.types import Part


def test_a_message_is_of_words_and_parts() -> None:
    """Strings are words; its text is theirs alone."""
    picture = Part("image", b"...")
    message = Message.of("user", "What is this?", picture, Part("text", "Say it in short."))
    assert message.parts[1] is picture
    assert message.text == "What is this?\nSay it in short."


def test_usage_adds_up() -> None:
    """Over the calls of one answer."""
    assert Usage(1, 2) + Usage(10, 20) == Usage(11, 22)
