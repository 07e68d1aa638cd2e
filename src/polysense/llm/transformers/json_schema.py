"""Words kept to a JSON schema as they are written: llguidance tells which tokens may come next."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from polysense.errors import BadQuery, MissingDependency
from polysense.weights.pretrained import INSTALL


class SchemaConstraint:
    """Of one text of one model: called with all tokens and the scores of the next, it leaves those
    that the schema allows. Raises BadQuery for a schema that it cannot keep to, MissingDependency.
    """

    def __init__(self, grammar_tokenizer: Any, schema: Mapping[str, Any]) -> None:
        from llguidance import LLMatcher

        try:
            text = json.dumps(dict(schema))
            grammar = LLMatcher.grammar_from_json_schema(text, {"whitespace_flexible": False})
        except (TypeError, ValueError) as e:
            raise BadQuery(f"that is no JSON schema: {e}", "Give a schema as a dict.") from e
        self._matcher = LLMatcher(grammar_tokenizer, grammar, log_level=0)
        if error := self._matcher.get_error():
            raise BadQuery(
                f"the schema cannot be kept to: {error.splitlines()[0]}",
                "Write it with type, properties, required, items, enum and anyOf.",
            )
        self._length = 0

    def __call__(self, tokens: Any, scores: Any) -> Any:
        """Scores (1, vocabulary), those of tokens that may not come at minus infinity."""
        import torch

        if self._length:
            self._matcher.consume_token(int(tokens[0, -1]))
        self._length = tokens.shape[1]
        bits = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        allowed = np.zeros(scores.shape[-1], bool)
        may = np.unpackbits(bits, bitorder="little")[: allowed.size].astype(bool)
        allowed[: may.size] = may
        return scores.masked_fill(~torch.from_numpy(allowed).to(scores.device), float("-inf"))


def grammar_tokenizer(tokenizer: Any, ends: Iterable[int]) -> Any:
    """What tells how tokens are spelled; it takes about a second, so it is kept."""
    try:
        from llguidance.hf import from_tokenizer
    except ImportError as e:
        raise MissingDependency("a schema needs the package llguidance", INSTALL) from e
    try:
        return from_tokenizer(tokenizer, eos_token=sorted(ends))
    except ValueError as e:
        raise BadQuery(f"this model's tokenizer keeps to no schema: {e}", "Ask without.") from e
