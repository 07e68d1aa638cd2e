"""What is written in a picture, read out by a language model that sees."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polysense.errors import BadConfig
from polysense.messages import Message
from polysense.model_reply import read_prompt, reply
from polysense.protocols import Converter, LanguageModel
from polysense.types import Modality, Origin, Part

MAX_TOKENS, MAX_LINES, MAX_CHARACTERS = 2048, 400, 600
"""Tokens that a model may write of one picture, lines that are kept, and characters of one: a dense
page has some 80 lines of 100. What goes on beyond is a model that repeats itself. Judged.
"""

NOTHING = "NOTHING"
"""What a model writes of a picture without words, as the prompt has it."""

_FENCE = re.compile(r"^```\w*$")
_LETTER = re.compile(r"\w")


class VlmOcr(Converter):
    """Reads handwriting, tables, signs and formulas that `ocr` does not, by one request to the
    language model for each picture, indexed or asked with.

    Lines come without boxes, so that a hit's place is the whole picture; and a model can write what
    is not there. It takes the place of `ocr` where it is named. prompt is a file with other
    instructions than the package's own. Raises BadConfig for a model that does not see.
    """

    source: Modality = "image"
    targets: frozenset[Modality] = frozenset({"text"})
    cost = (
        0.08  # judged, not measured: who names it wants it before `ocr`, which is measured at 0.1
    )
    origin: Origin = "generated"
    is_extractor = True

    def __init__(self, *, language_model: LanguageModel, prompt: str = "") -> None:
        if "image" not in language_model.accepts:
            raise BadConfig(
                f"vlm_ocr needs a language model that sees, and {language_model.name} takes "
                f"{', '.join(sorted(language_model.accepts))}",
                "Where it does see, say so: accepts=text+image; else leave vlm_ocr out.",
            )
        self.language_model, self.prompt = language_model, prompt

    def convert(self, part: Part) -> Iterator[Part]:
        """One part a line, with the model's name; nothing where nothing is written. Raises
        ModelFailed.
        """
        answer = reply(
            self.language_model,
            [
                Message.of("system", read_prompt("polysense.read.image", "vlm_ocr", self.prompt)),
                Message.of("user", part, "Read out what is written in this picture."),
            ],
            MAX_TOKENS,
        )
        for line in lines_of(answer.text):
            yield Part("text", line, mime="text/plain", meta={"model": self.language_model.name})


def lines_of(text: str) -> list[str]:
    """The lines of what a model has read, without fences around them, blank ones, and a line that
    only repeats the one before.

    >>> lines_of("```text\\nTotal | 12.50\\n\\nTotal | 12.50\\n```"), lines_of("NOTHING.")
    (['Total | 12.50'], [])
    """
    if text.strip().strip(".\"'*").upper() == NOTHING:
        return []
    lines: list[str] = []
    for raw in text.splitlines():
        line = " ".join(raw.split())[:MAX_CHARACTERS]
        if _LETTER.search(line) and not _FENCE.match(line) and line not in lines[-1:]:
            lines.append(line)
    return lines[:MAX_LINES]
