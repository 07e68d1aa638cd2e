"""What a picture shows, in the words of a language model that sees."""

from __future__ import annotations

from collections.abc import Iterator

from polysense.errors import BadConfig
from polysense.messages import Message
from polysense.model_reply import read_prompt, reply
from polysense.protocols import Converter, LanguageModel
from polysense.types import Modality, Origin, Part

MAX_TOKENS, MAX_CHARACTERS = 300, 800
"""Tokens that a model may write of one picture, and characters that are kept; judged."""


class Caption(Converter):
    """Describes pictures as they are indexed, so that words find what has none: one request for
    each. The description is marked as that model's.

    language is an ISO 639-1 code to write in; the model's own choice where it is empty. prompt is a
    file with other instructions than the package's own. Raises BadConfig for a model that does not
    see.
    """

    source: Modality = "image"
    targets: frozenset[Modality] = frozenset({"text"})
    cost = 0.9
    origin: Origin = "generated"
    is_captioner = True

    def __init__(
        self, *, language_model: LanguageModel, language: str = "", prompt: str = ""
    ) -> None:
        if "image" not in language_model.accepts:
            raise BadConfig(
                f"caption needs a language model that sees, and {language_model.name} takes "
                f"{', '.join(sorted(language_model.accepts))}",
                "Where it does see, say so: accepts=text+image; else leave caption out.",
            )
        self.language_model, self.language, self.prompt = language_model, language, prompt

    def convert(self, part: Part) -> Iterator[Part]:
        """One part of words, with the model's name. Raises ModelFailed."""
        instructions = read_prompt("polysense.read.image", "caption", self.prompt)
        if self.language:
            instructions = f"{instructions}\nWrite in this language: {self.language}\n"
        answer = reply(
            self.language_model,
            [
                Message.of("system", instructions),
                Message.of("user", part, "Describe this picture."),
            ],
            MAX_TOKENS,
        )
        text = " ".join(answer.text.split())[:MAX_CHARACTERS]
        usage = [answer.usage.input_tokens, answer.usage.output_tokens]
        yield Part("text", text, meta={"model": self.language_model.name, "usage": usage})
