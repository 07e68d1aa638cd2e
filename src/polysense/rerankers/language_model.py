"""Passages and pictures in the order of the grades that the language model gives them, one by one
(pointwise, as in Liang et al., "Holistic evaluation of language models", 2022, and Sun et al., "Is
ChatGPT good at search?", EMNLP 2023, compare it; of pictures, Chen et al., "MLLM is a strong
reranker", 2024, arXiv:2407.21439).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from polysense.errors import NotFound, Unreadable
from polysense.messages import Message
from polysense.model_reply import fenced, json_reply, object_schema, read_prompt
from polysense.protocols import LanguageModel, Reranker
from polysense.types import Chunk, Modality, Part, Query

MAX_GRADE, MAX_TOKENS = 10, 30
"""The best grade, and tokens that a model may write: {"grade": 10} has seven."""

MAX_CHARACTERS = 2_000
"""Characters of a passage that a model is shown, some 500 tokens. Judged."""

AT_ONCE = 4
"""Requests at once: servers answer several as fast as one. Judged."""

SCHEMA = object_schema({"grade": {"type": "integer", "enum": list(range(MAX_GRADE + 1))}})


class LanguageModelReranker(Reranker):
    """A grade of 0 to 10 for each of the first chunks, by the settings' language model: one request
    for each. One that sees is shown pictures, and those of the question; what others are is graded
    by their words.

    most is how many of the chunks are graded; those behind keep their order after them. Equal
    grades keep it too. prompt is a file with other instructions than the package's own. What it
    costs is not in `Answer.usage`.
    """

    accepts: frozenset[Modality] = frozenset({"text", "image"})

    def __init__(self, *, language_model: LanguageModel, most: int = 20, prompt: str = "") -> None:
        self.language_model, self.most, self.prompt = language_model, most, str(prompt)
        self.accepts = self.accepts & {"text", *language_model.accepts}

    def score(self, query: Query, chunks: Sequence[Chunk]) -> Sequence[float]:
        """A grade a chunk; none where the query has nothing that the model takes. Raises
        ModelFailed, BadConfig.
        """
        question = [p for p in query if p.modality in self.accepts]
        if not question or not chunks:
            return []
        first = chunks[: self.most]
        with ThreadPoolExecutor(AT_ONCE, "polysense-grades") as pool:
            grades = list(pool.map(lambda c: self._grade(question, c), first))
        return [*grades, *(-1.0 - n for n in range(len(chunks) - len(first)))]

    def _grade(self, question: Sequence[Part], chunk: Chunk) -> float:
        picture = chunk.part if chunk.part and chunk.part.modality == "image" else None
        if picture is not None and "image" in self.accepts:
            try:
                return self._ask_for_grade(question, chunk, picture)
            except (NotFound, Unreadable):
                pass  # its file is gone; its words are still here
        return self._ask_for_grade(question, chunk) if chunk.words.strip() else 0.0

    def _ask_for_grade(self, question: Sequence[Part], chunk: Chunk, *pictures: Part) -> float:
        rules = read_prompt("polysense.rerankers", "relevance", self.prompt)
        words = chunk.words.strip()[:MAX_CHARACTERS]
        document = [fenced("document", words)] if words else []
        request = Message.of("user", *document, *pictures, "Question:", *question)
        chat = [Message.of("system", rules), request]
        answer = json_reply(self.language_model, chat, SCHEMA, MAX_TOKENS)
        return float(answer.value["grade"])
