"""What is checked of the language models of each framework."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from polysense import Library, kit, registry
from polysense.messages import Message, Usage
from polysense.testing import check_language_model

QUESTION = [Message.of("system", "Be short."), Message.of("user", "When is high water?")]


def say(model: Any, *messages: Message, **options: Any) -> tuple[str, Usage]:
    """All that it says, and its tokens."""
    *words, usage = model.chat(messages or QUESTION, **options)
    return "".join(words), usage


def check_contract(spec: str) -> None:
    """Words piece by piece, then the usage; two may ask at once."""
    model = registry.load("language_models", spec)
    model.check()
    check_language_model(model, QUESTION)
    assert "high water" in say(model)[0].lower()
    assert model.name == f"{model.framework} of {model.framework}"
    assert len(list(model.chat(QUESTION))) > 2, "piece by piece, not all at once"


def check_answer(spec: str, files: Path, place: Path) -> None:
    """One line of configuration: what the model says is the answer, and its citation is checked."""
    models = kit(language_models=[spec], encoders=["-photo", "-conse", "-sound", "-shape"])
    (files / "noon.txt").write_text("High water is at noon.")
    with Library(place, kit=models) as kb:
        kb.index(files)
        answer = kb.ask("When is high water?")
    assert answer.answered
    assert "noon" in answer.text
    assert answer.evidence[0].hit.chunk.asset.name in ("noon.txt", "moon.txt")
