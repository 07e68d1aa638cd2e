"""Language models of LlamaIndex as ours."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("llama_index.core", reason="needs the extra llama-index")

from polysense.llm.llama_index import LlamaIndex
from polysense.messages import Message
from polysense.types import Part

from .framework_checks import QUESTION, check_contract, say

SPEC = "llama_index:llm=framework_models:llama_index"
PICTURE = Part("image", np.zeros((4, 4, 3), np.uint8))
pytestmark = [
    pytest.mark.usefixtures("models_module"),
    pytest.mark.filterwarnings("ignore:.*utcnow:DeprecationWarning"),
]


def test_it_keeps_the_contract() -> None:
    """Of language models."""
    check_contract(SPEC)


def test_it_is_told_what_was_said() -> None:
    """Speakers and words; its own mock says again what it was asked."""
    words, _ = say(LlamaIndex(llm="framework_models:llama_index"), *QUESTION)
    assert words.startswith("system: Be short.\nuser: When is high water?")


def test_pictures_go_as_blocks() -> None:
    """Of its own kind, as PNG; tokens and end are read as providers tell them."""
    import framework_models

    llm = framework_models.llama_index_echo()
    message = Message.of("user", "Look:", PICTURE)
    words, usage = say(LlamaIndex(llm=llm, accepts="text+image"), message)
    assert words == "text image image/png max_tokens=1024"
    assert (usage.input_tokens, usage.output_tokens) == (9, 6)
