"""Containers are opened safely, and say what they hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense.errors import NotFound, Unreadable
from polysense.read.sound import container
from polysense.read.sound.decode import wav


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(np.sin(np.arange(40_000) / 5).astype(np.float32), 8000))
    return path


def test_a_path_and_its_bytes_are_the_same(recording: Path) -> None:
    for source in (recording, recording.read_bytes()):
        with container.open_container(source) as file:
            assert container.length_seconds(file) == pytest.approx(5.0)
            assert container.start_seconds(file) == 0.0


def test_errors_name_the_file(tmp_path: Path) -> None:
    (tmp_path / "b.wav").write_bytes(b"RIFF\0\0\0\0WAVEnothing")
    for path, error in ((tmp_path / "gone.wav", NotFound), (tmp_path / "b.wav", Unreadable)):
        with pytest.raises(error, match=path.name), container.open_container(path):
            pass
    with pytest.raises(Unreadable, match="talk"), container.open_container(b"words", "talk"):
        pass


def test_rewinding_lands_before_the_second(recording: Path) -> None:
    """A margin larger than the second asked for goes back to the beginning."""
    with container.open_container(recording) as file:
        stream = file.streams.audio[0]
        for second in (4.0, 0.1):
            container.rewind(file, stream, second, (0.25, 5.0))
            packet = next(iter(container.packets(file, [stream])))
            assert float(packet.pts * packet.time_base) <= second


def test_packets_of_no_stream_are_none(recording: Path) -> None:
    with container.open_container(recording) as file:
        assert list(container.packets(file, [])) == []


def test_a_description_has_words_once_and_no_bare_numbers() -> None:
    """A date may be one; a comment of digits and signs says nothing to a reader."""
    tags = {"title": "Tides", "artist": "Tides", "date": "1953", "comment": "0000-11", "x": "y"}
    assert container.describe(tags) == "Tides, 1953"
    assert len(container.describe({"comment": "word " * 500}).split()) == 60
    assert container.summary_fields(1.23456, tags) == {
        "duration": 1.235,
        "title": "Tides",
        "artist": "Tides",
        "date": "1953",
        "comment": "0000-11",
    }
