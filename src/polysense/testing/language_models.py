"""The check of language models."""

from __future__ import annotations

from polysense.messages import Chat, Usage
from polysense.protocols import LanguageModel
from polysense.testing.rules import (
    LOCK_HINT,
    check_members,
    check_names,
    class_name,
    require,
    run_twice,
)


def check_language_model(model: LanguageModel, messages: Chat) -> None:
    """Check a language model on messages that it answers; it is asked twice, at once."""
    plugin = class_name(model)
    check_members(model, LanguageModel)
    check_names(model.accepts, f"{plugin}.accepts")
    require("text" in model.accepts, f"{plugin}.accepts has no 'text'")
    require(bool(model.name.strip()), f"{plugin}.name is empty")
    require(model.context > 0, f"{plugin}.context is {model.context}, not above 0")
    result, again = run_twice(lambda: list(model.chat(messages)))
    for pieces in (result, again):
        _check_pieces(plugin, pieces)
    usages = (pieces[-1] for pieces in (result, again))
    require(
        all(isinstance(u, Usage) for u in usages),
        f"{plugin}.chat does not end with a Usage",
        LOCK_HINT,
    )


def _check_pieces(plugin: str, pieces: list[str | Usage]) -> None:
    require(len(pieces) > 1, f"{plugin}.chat says nothing")
    words = pieces[:-1]
    require(
        all(isinstance(p, str) for p in words),
        f"{plugin}.chat gave something else than words before its end",
    )
    require(
        bool("".join(map(str, words)).strip()),
        f"{plugin}.chat gave blank words",
        "Raise ModelFailed where a model has nothing to say.",
    )
