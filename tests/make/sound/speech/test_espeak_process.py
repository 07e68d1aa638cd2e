"""The process of espeak-ng, over its pipes."""

from __future__ import annotations

import struct
import subprocess
import sys

import pytest

from polysense.make.sound.speech import espeak_process

espeakng_loader = pytest.importorskip("espeakng_loader")


def ask(*requests: bytes) -> bytes:
    command = [sys.executable, "-I", "-S", espeak_process.__file__]
    paths = [espeakng_loader.get_library_path(), espeakng_loader.get_data_path()]
    return subprocess.run(
        [*command, *paths], input=b"".join(requests), capture_output=True, timeout=60, check=False
    ).stdout


def request(text: str, voice: str = "en-us", max_samples: int = 100_000) -> bytes:
    raw = text.encode()
    return struct.pack("<5i", len(voice), len(raw), 150, 45, max_samples) + voice.encode() + raw


def answers(output: bytes) -> list[bytes]:
    assert output[:4] == b"able"
    samples, position = [], 4
    while position < len(output):
        (size,) = struct.unpack_from("<i", output, position)
        samples.append(output[position + 4 : position + 4 + size])
        position += 4 + size
    return samples


def test_each_request_has_an_answer_in_order() -> None:
    """A voice that does not exist has an empty one; the limit is kept."""
    one, none, short = answers(
        ask(request("one"), request("two", voice="nobody"), request("three", max_samples=1000))
    )
    assert len(one) > 5000
    assert none == b""
    assert len(short) == 2000


def test_it_ends_with_its_input() -> None:
    assert answers(ask()) == []
    assert answers(ask(request("one")[:10])) == []
