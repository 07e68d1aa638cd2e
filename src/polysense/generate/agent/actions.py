"""What a model may do between the question and the answer: four actions, written as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from polysense.errors import BadQuery
from polysense.modalities import all_modalities
from polysense.model_reply import object_schema, parse_json
from polysense.types import Modality

ActionName = Literal["answer", "search", "look", "compute"]

MAX_WORDS = 500
"""Characters of a model's own words that are searched for; judged."""


@dataclass(frozen=True, slots=True)
class Action:
    """One step that a model wants: evidence is the number of a piece that it was shown, 0 for none.

    >>> read_action('{"action": "search", "words": "tower height"}').words
    'tower height'
    """

    name: ActionName
    words: str = ""
    modality: Modality = ""
    where: str = ""
    evidence: int = 0

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for two that do the same."""
        words = " ".join(self.words.casefold().split())
        if self.name == "search":
            return self.name, words, self.modality, " ".join(self.where.split())
        return self.name, words, self.evidence


def action_schema() -> dict[str, Any]:
    """The JSON schema of an action; all is required, for strict servers know nothing else."""
    properties: dict[str, dict[str, Any]] = {
        "action": {"type": "string", "enum": list(get_args(ActionName))},
        "words": {"type": "string"},
        "modality": {"type": "string", "enum": ["", *all_modalities()]},
        "where": {"type": "string"},
        "evidence": {"type": "integer"},
    }
    return object_schema(properties)


def read_action(text: str) -> Action:
    """The action that a model has written. Raises BadQuery, which says what is wrong with it."""
    try:
        value = parse_json(text)
    except ValueError:
        raise BadQuery("no JSON was written", _HINT) from None
    if not isinstance(value, dict):
        raise BadQuery("no JSON object was written", _HINT)
    action, number = value.get("action"), value.get("evidence") or 0
    if action not in get_args(ActionName):
        raise BadQuery(f"there is no action {_clean(str(action))[:40]!r}", _HINT)
    name = cast(ActionName, action)
    if not isinstance(number, int) or isinstance(number, bool):
        raise BadQuery("evidence is no whole number", _HINT)
    words, modality, where = (_text(value, key) for key in ("words", "modality", "where"))
    if modality and modality not in all_modalities():
        raise BadQuery(f"there is no modality {modality[:40]!r}", _HINT)
    if name in ("search", "compute") and not words:
        raise BadQuery(f"{name} needs words", _HINT)
    if name == "look" and number < 1:
        raise BadQuery("look needs the number of a piece of evidence", _HINT)
    return Action(name, words[:MAX_WORDS], modality, where, number)


_HINT = f"Actions: {', '.join(get_args(ActionName))}."


def _text(value: Mapping[str, Any], key: str) -> str:
    text = value.get(key)
    if text is not None and not isinstance(text, str):
        raise BadQuery(f"{key} is no text", _HINT)
    return _clean(text or "")


def _clean(text: str) -> str:
    """On one line, without what no terminal and no store takes."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
