"""Tokens in a thread: it ends with its reader, wherever it is."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from polysense.chat_models.generation import end_tokens, generate
from polysense.chat_models.prompt import inputs
from polysense.chat_models.weights import Stopped, Weights, describe, load
from polysense.messages import Message

pytest.importorskip("transformers", reason="needs the extra models")
pytestmark = pytest.mark.filterwarnings("ignore")
CHAT = [Message.of("user", "When is high water?")]


@pytest.fixture
def weights(reader: Path) -> Weights:
    return load(describe(reader), frozenset(), "cpu", "")


def threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("polysense-transformers")]


def test_the_same_tokens_each_time(weights: Weights) -> None:
    """The likeliest, whatever the folder says of sampling, and the end once."""
    weights.model.generation_config.update(do_sample=True, temperature=9.0, top_k=3)
    one, two = (list(generate(weights, inputs(weights, CHAT), 50)) for _ in range(2))
    assert one == two
    assert [t in end_tokens(weights) for t in one] == [False] * (len(one) - 1) + [True]


def test_one_that_waits_for_its_turn_can_leave(weights: Weights) -> None:
    """While another has it."""
    with weights.turn(threading.Event()):
        task = generate(weights, inputs(weights, CHAT), 50)
        waiting = threading.Thread(target=lambda: list(task))
        stop = threading.Event()
        stop.set()
        begin = time.monotonic()
        with pytest.raises(Stopped), weights.turn(stop):
            pass
        assert time.monotonic() - begin < 1
        waiting.start()
        assert waiting.is_alive()
    waiting.join(30)
    assert not waiting.is_alive()
    assert not threads()


def test_a_long_prompt_is_given_up_in_its_middle(weights: Weights) -> None:
    """Before its next layer, not after all that it was given."""
    stop = threading.Event()
    layers: list[int] = []
    first, second = weights.model.model.layers
    first.register_forward_pre_hook(lambda *_: (layers.append(1), stop.set())[1])
    second.register_forward_hook(lambda *_: layers.append(2))
    with pytest.raises(Stopped), weights.turn(stop):
        weights.model(**inputs(weights, CHAT))
    assert layers == [1]


def test_a_fault_comes_to_who_asked(weights: Weights) -> None:
    """And leaves the turn to the next."""
    encoded = inputs(weights, CHAT)
    with pytest.raises((IndexError, RuntimeError)):
        list(generate(weights, {"input_ids": encoded["input_ids"] + 10**6}, 5))
    assert not threads()
    assert list(generate(weights, encoded, 5))
