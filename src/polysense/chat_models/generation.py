"""Tokens as a model writes them, the likeliest each time, in a thread that ends with its reader."""

from __future__ import annotations

import copy
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from threading import Event
from typing import Any

from polysense.chat_models.weights import Weights

_SAMPLING = ("temperature", "top_p", "top_k", "min_p", "typical_p", "epsilon_cutoff", "eta_cutoff")


def end_tokens(weights: Weights) -> frozenset[int]:
    """The tokens that end what a model writes."""
    ends = weights.model.generation_config.eos_token_id
    several = ends if isinstance(ends, list) else [ends]
    return frozenset(t for t in (*several, weights.tokenizer.eos_token_id) if t is not None)


def generate(
    weights: Weights, inputs: Mapping[str, Any], most: int, processors: Sequence[Any] = ()
) -> Generator[int, None, None]:
    """The tokens, the one that ends it too, `most` of them.

    Closed before its end, it stops at once: before the next layer. Raises what the model raises.
    """
    tokens: SimpleQueue[int | None] = SimpleQueue()
    stop = Event()

    def write() -> None:
        with weights.turn(stop):
            weights.model.generate(
                **inputs,
                generation_config=greedy_settings(weights, most),
                logits_processor=list(processors),
                streamer=_Streamer(tokens),
            )

    with ThreadPoolExecutor(1, "polysense-transformers") as pool:
        task = pool.submit(write)
        task.add_done_callback(lambda _: tokens.put(None))
        try:
            yield from iter(tokens.get, None)
            task.result()
        finally:
            stop.set()


def greedy_settings(weights: Weights, most: int) -> Any:
    """The model's own, but greedy: the same answer each time."""
    settings = copy.deepcopy(weights.model.generation_config)
    for name in _SAMPLING:
        setattr(settings, name, None)
    ends = sorted(end_tokens(weights))
    settings.do_sample, settings.num_beams = False, 1
    settings.max_length, settings.max_new_tokens = None, most
    settings.eos_token_id = ends or None
    if settings.pad_token_id is None:
        settings.pad_token_id = next(iter(ends), 0)
    return settings


class _Streamer:
    """Passes on each token; the first that comes is the prompt."""

    def __init__(self, tokens: SimpleQueue[int | None]) -> None:
        self._tokens, self._has_prompt = tokens, False

    def put(self, value: Any) -> None:
        if self._has_prompt:
            for token in value.flatten().tolist():
                self._tokens.put(token)
        self._has_prompt = True

    def end(self) -> None:
        """The task itself tells its end."""
