"""A language model whose weights lie on this machine, run by transformers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any

from polysense.chat_models.generation import end_tokens, generate
from polysense.chat_models.prompt import STOP, check_parts, has_template, inputs
from polysense.chat_models.weights import Description, Weights, describe, find, load
from polysense.errors import BadConfig, ModelFailed, PolysenseError
from polysense.llm.thoughts import THINKING, without_thoughts
from polysense.llm.transformers.composition import composition
from polysense.llm.transformers.json_schema import SchemaConstraint, grammar_tokenizer
from polysense.llm.transformers.words import decode, until
from polysense.messages import Chat, Usage
from polysense.protocols import LanguageModel
from polysense.types import Modality

DEFAULT_CONTEXT = 2048
"""Tokens where neither the settings nor the config tell. Judged: few models read less."""

MAX_TOLD = 300
"""Characters of another package's words in an error."""

PROMPT_END = 8
"""Tokens at the end of a prompt that are looked at for the beginning of a thought."""

_HINT_LENGTH = "Ask for less; in Python, raise `most`."
_HINT_CONTEXT = (
    "Ask of fewer or smaller files, set a higher context= if the model reads more and there is "
    "memory for it, or take another model."
)


class Transformers(LanguageModel):
    """A model by the folder of its weights, run on this machine: one that reads, sees, hears, or
    looks at clips.

    model is a folder, or a name on the hub, which is asked only for what is not here yet. Weights
    are read as safetensors alone, and no code that lies beside them is run. device="" is the best
    there is, dtype="" the weights' own, on a CPU float32; context=0 and accepts="" are what its
    config tells; accepts=text leaves one blind that sees, accepts=text+image+video shows clips as
    eight pictures to one that takes no others. adapter is the folder of a LoRA, a tuned prompt or a
    p-tuning that PEFT has saved (`polysense train generator`). Writes the likeliest token each
    time: the same answer to the same question. Several may ask at once; one is answered at a time.
    Raises BadConfig on first use where the folder holds no such model.
    """

    extra = "models"

    def __init__(
        self,
        *,
        model: str = "",
        device: str = "",
        dtype: str = "",
        context: int = 0,
        accepts: str = "",
        adapter: str = "",
    ) -> None:
        self.model, self.device, self.dtype = str(model), str(device), str(dtype)
        self.adapter = str(adapter)
        self.name = Path(self.model).name or "transformers"
        self._context, self._accepts = context, accepts
        self._lock = RLock()
        self._weights: Weights | None = None
        self._grammar_tokenizer: Any = None

    @cached_property
    def accepts(self) -> frozenset[Modality]:  # type: ignore[override]
        """What messages may hold."""
        own = self._description.accepts
        possible = own | {"video"} if "image" in own else own
        asked_for = {"text", *filter(None, re.split(r"[+,\s]+", self._accepts.strip()))}
        if missing := sorted(asked_for - possible):
            names = "+".join(sorted(possible, reverse=True))
            raise BadConfig(
                f"transformers: {self.name} takes no {missing[0]}",
                f"It takes {names}: correct accepts=, or leave it.",
            )
        return frozenset(asked_for) if self._accepts else own

    @cached_property
    def context(self) -> int:  # type: ignore[override]
        """Tokens that it reads and writes together."""
        return self._context or self._description.context or DEFAULT_CONTEXT

    def check(self) -> None:
        """Raises BadConfig or MissingDependency where there is no such model."""
        _ = self.accepts

    def composition(self) -> tuple[tuple[str, str], ...]:
        """What stands where in it, from its encoders on. Raises as `check` does."""
        return composition(self._description.config)

    def chat(
        self, messages: Chat, *, schema: Mapping[str, Any] | None = None, most: int = 1024
    ) -> Iterator[str | Usage]:
        check_parts(messages, self.accepts, self.name)
        weights = self._load()
        with self._faults():
            constraints = [] if schema is None else [self._constraint(weights, schema)]
            encoded = inputs(weights, messages)
            length = encoded["input_ids"].shape[1]
            room = self.context - length
            if room < 1:
                message = f"reads {self.context} tokens, and was given {length}"
                raise self._failure(message, _HINT_CONTEXT)
            tokens: list[int] = []
            is_empty, limit = True, min(most, room)
            with closing(generate(weights, encoded, limit, constraints)) as stream:
                for words in _words(weights, encoded, _record(stream, tokens)):
                    is_empty &= not words.strip()
                    yield words
        if len(tokens) >= limit and tokens[-1] not in end_tokens(weights):
            message = f"stopped at {limit} tokens, before its end"
            raise self._failure(message, _HINT_LENGTH if limit == most else _HINT_CONTEXT)
        if is_empty:
            raise self._failure("gave an empty answer", "Ask again, or take another model.")
        yield Usage(length, len(tokens))

    @cached_property
    def _description(self) -> Description:
        return describe(find(self.model))

    def _load(self) -> Weights:
        with self._lock:
            if self._weights is None:
                natives = (self.accepts & self._description.accepts) - {"text"}
                self._weights = load(
                    self._description, natives, self.device, self.dtype, self.adapter
                )
            return self._weights

    def _constraint(self, weights: Weights, schema: Mapping[str, Any]) -> SchemaConstraint:
        with self._lock:
            if self._grammar_tokenizer is None:
                ends = end_tokens(weights)
                self._grammar_tokenizer = grammar_tokenizer(weights.tokenizer, ends)
        return SchemaConstraint(self._grammar_tokenizer, schema)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Whatever goes wrong within the model, as ModelFailed."""
        try:
            yield
        except PolysenseError:
            raise
        except Exception as e:
            words = " ".join(str(e).split())[:MAX_TOLD] or type(e).__name__
            if isinstance(e, MemoryError) or "out of memory" in words:
                hint = "Set dtype=bfloat16 or a lower context=, or take a smaller model."
                raise self._failure("does not fit into memory", hint) from e
            raise self._failure(f"failed: {words}", "Try another model.") from e

    def _failure(self, what: str, hint: str) -> ModelFailed:
        return ModelFailed(f"{self.name} {what}", hint)


def _words(weights: Weights, encoded: Mapping[str, Any], tokens: Iterable[int]) -> Iterator[str]:
    """What is said: no thoughts, nothing behind the end."""
    pieces = decode(tokens, weights.tokenizer)
    if not has_template(weights):
        return until(pieces, STOP)
    end_of_prompt = weights.tokenizer.decode(encoded["input_ids"][0, -PROMPT_END:])
    return without_thoughts(pieces, is_thinking=end_of_prompt.rstrip().endswith(THINKING))


def _record(stream: Iterable[int], tokens: list[int]) -> Iterator[int]:
    """What passes, kept in `tokens`."""
    for token in stream:
        tokens.append(token)
        yield token
