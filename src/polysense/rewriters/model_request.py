"""What rewriters that ask a language model have in common: when they ask, and what they make of a
line that it wrote.
"""

from __future__ import annotations

import re

from polysense.errors import ModelFailed
from polysense.messages import Message
from polysense.model_reply import Reply, read_prompt, reply
from polysense.protocols import LanguageModel
from polysense.question import Question
from polysense.read.language.detect import detect_query_language

MAX_QUESTION_CHARACTERS = 400
"""Characters of a question that a model writes; of more it is none. Judged."""

MAX_QUESTION_TOKENS = 200
"""Tokens that a model may write for a question; one of 400 characters has a hundred, in most
scripts.
"""

HINT_PROMPT = "Try a larger model, or another prompt (prompt=FILE)."
_LABEL = re.compile(r"^(?:(?:standalone )?question|问题|frage|pregunta)\s*[:：]\s*", re.I)


def words_alone(question: Question) -> str:
    """The words of a question that is nothing but words; "" beside a file, which a model is not
    shown here.
    """
    is_words = all(p.modality == "text" and isinstance(p.data, str) for p in question.query)
    return question.query_text if is_words else ""


def ask_model(model: LanguageModel, name: str, prompt: str, words: str, most: int) -> Reply:
    """What a model writes of a question, by the prompt of that name or that of a file. Raises
    ModelFailed, BadConfig.
    """
    system = Message.of("system", read_prompt("polysense.rewriters", name, prompt))
    return reply(model, [system, Message.of("user", f"Question: {words}")], most)


def one_question(answer: Reply, model: LanguageModel, language: str) -> str:
    """The question that a model wrote on a line of its own. Raises ModelFailed where what it wrote
    is none, or in another language.
    """
    lines = [line.strip() for line in answer.text.splitlines() if line.strip()]
    words = _LABEL.sub("", lines[0]).strip(" \"“”'*`") if len(lines) == 1 else ""
    if not words or len(words) > MAX_QUESTION_CHARACTERS:
        raise ModelFailed(f"{model.name} wrote no question of one line", HINT_PROMPT)
    if language and (other := detect_query_language(words)) and other != language:
        raise ModelFailed(f"{model.name} wrote the question in another language", HINT_PROMPT)
    return words
