"""Greedy decoding of 30 seconds, by the rules that Whisper was trained for.

Radford et al. 2022 (arXiv:2212.04356), section 4.5, and the order of their rules.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.read.sound.whisper_tiny import graph
from polysense.read.sound.whisper_tiny.vocabulary import (
    END,
    FIRST_TIME,
    NO_SPEECH,
    START,
    Settings,
)

MAX_TOKENS = 224
"""Tokens of one window: half of what the decoder can hold, as Whisper has it."""
MAX_FIRST_TIME = 50
"""The first word begins within this many steps of 20 ms: Whisper's own bound, 1 s."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Tokens of one window, without the end. probabilities: one a token; attention:
    (tokens, heads, 1500), where the decoder listened as it wrote each token.

    mean_log_probability includes the end; no_speech is the probability that nobody speaks.
    """

    tokens: tuple[int, ...]
    probabilities: tuple[float, ...]
    attention: Floats
    mean_log_probability: float
    no_speech: float


def decode(encoder: Any, decoder: Any, mel: Floats, settings: Settings) -> Decoded:
    """What is said in a window, as the two sessions of `graph` hear it. mel: (80, 3000)."""
    cross = dict(zip(graph.CROSS, encoder.run(graph.CROSS, {"mel": mel[None]}), strict=True))
    past = [np.zeros((1, graph.HEADS, 0, graph.HEAD_DIM), np.float32)] * len(graph.PAST)
    tokens: list[int] = []
    log_probabilities: list[float] = []
    attention: list[Floats] = []
    no_speech, token = 0.0, START
    while True:
        inputs = {"token": np.array([[token]]), "place": np.array([len(tokens)]), **cross}
        logits, heads, *past = decoder.run(
            ["logits", "attention", *graph.PRESENT],
            inputs | dict(zip(graph.PAST, past, strict=True)),
        )
        if not tokens:
            no_speech = float(np.exp(_log_softmax(logits[0])[NO_SPEECH]))
        scores = _allowed(logits[0], tokens, settings)
        token = int(scores.argmax())
        log_probabilities.append(float(scores[token]))
        if token == END or len(tokens) == MAX_TOKENS:
            break
        tokens.append(token)
        attention.append(heads)
    return Decoded(
        tuple(tokens),
        tuple(float(np.exp(p)) for p in log_probabilities[: len(tokens)]),
        np.array(attention, np.float32).reshape(len(tokens), -1, 1500),
        float(np.mean(log_probabilities)),
        no_speech,
    )


def _log_softmax(logits: Floats) -> Floats:
    shifted = logits - logits.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()), np.float32)


def _allowed(logits: Floats, tokens: list[int], settings: Settings) -> Floats:
    """Log probabilities of the next token; -inf for what may not follow `tokens`.

    Times come in pairs, the end of one line and the start of the next, and never go back; a time
    follows where times together are more probable than any word.
    """
    scores = logits.copy()
    scores[list(settings.suppressed)] = -np.inf
    scores[START:FIRST_TIME] = -np.inf  # commands
    if not tokens:
        scores[list(settings.suppressed_first)] = -np.inf
        scores[:FIRST_TIME] = -np.inf
        scores[FIRST_TIME + MAX_FIRST_TIME + 1 :] = -np.inf
    elif tokens[-1] >= FIRST_TIME:
        if len(tokens) < 2 or tokens[-2] >= FIRST_TIME:
            scores[FIRST_TIME:] = -np.inf
        else:
            scores[:END] = -np.inf
    times = [token for token in tokens if token >= FIRST_TIME]
    if times:
        is_line_end = tokens[-1] >= FIRST_TIME and not (len(tokens) < 2 or tokens[-2] >= FIRST_TIME)
        # a line that has begun has some length
        scores[FIRST_TIME : times[-1] + (0 if is_line_end else 1)] = -np.inf
    scores = _log_softmax(scores)
    all_times = float(np.logaddexp.reduce(scores[FIRST_TIME:]))
    if all_times > scores[:FIRST_TIME].max():
        scores[:FIRST_TIME] = -np.inf
        scores = _log_softmax(scores)
    return scores


def compression_ratio(text: str) -> float:
    """Bytes of a text per byte of its deflated form: over 2.4 where it repeats itself.

    >>> compression_ratio("a plain sentence") < 1.1 < 2.4 < compression_ratio("so " * 40)
    True
    """
    content = text.encode()
    return len(content) / len(zlib.compress(content))
