"""Words for things of known kinds: taught from folders, found by words without torch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from polysense import Library, cli, registry
from polysense.encoders.aligned.folder import read_config
from polysense.errors import BadQuery, NotFound
from polysense.ingest.progress import SilentProgress
from polysense.ingest.workers import Limits
from polysense.read.sound.decode import RATE, wav
from polysense.train.align.settings import Side
from polysense.train.classes.classifier import fit_classifier
from polysense.train.classes.naming import heads_of
from polysense.train.classes.words import teach_words
from polysense.train.data.labelled import labelled_files
from polysense.weights.onnx_model import open_session

KINDS = ("001 - Whistle", "002 - Rain", "003 - Clock tick")


def sound(kind: str, seed: int) -> bytes:
    """Two seconds of a tone, of noise, or of clicks, each another one."""
    draw = np.random.default_rng(seed)
    time = np.arange(2 * RATE) / RATE
    if "Whistle" in kind:
        pitch = draw.uniform(500, 2500) + 200 * np.sin(draw.uniform(2, 9) * time)
        wave = np.sin(2 * np.pi * np.cumsum(pitch) / RATE) * np.hanning(len(time))
    elif "Rain" in kind:
        wave = np.convolve(draw.normal(size=len(time)), np.ones(draw.integers(1, 5)), "same")
        wave *= 1 + draw.uniform(0, 0.6) * np.sin(draw.uniform(1, 12) * time)
    else:
        wave = 0.001 * draw.normal(size=len(time))
        for at in range(draw.integers(0, 4000), len(time), int(draw.integers(4000, 12000))):
            width = min(draw.integers(80, 500), len(time) - at)
            wave[at : at + width] += draw.normal(size=width)
    return wav(np.asarray(0.4 * wave / np.abs(wave).max(), np.float32), RATE)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("labelled")
    for k, kind in enumerate(KINDS):
        (folder / kind).mkdir()
        for i in range(20):
            (folder / kind / f"{i:02}.wav").write_bytes(sound(kind, 100 * k + i))
    return folder


def test_words_find_sounds_of_their_kind(
    labelled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command, and a library in which "rain" finds rain; it is served without torch."""
    space = tmp_path / "kinds"
    args = ["train", "classes", str(labelled), "--from", "sound", "-o", str(space), "--json"]
    assert cli.main(args) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["kinds"] == ["clock tick", "rain", "whistle"]
    assert printed["metrics"]["mAP of the kinds"] > 0.9
    assert printed["metrics"]["mAP by chance"] < 0.6
    assert set(read_config(space).towers) == {"audio", "text"}
    files = tmp_path / "files"
    files.mkdir()
    for k, kind in enumerate(KINDS):
        (files / f"{'abc'[k]}.wav").write_bytes(sound(kind, 900 + k))
    others = [f"-{n}" for n in registry.OFFLINE.encoders if n != "sound"]
    kit = registry.kit(
        encoders=[*others, f"aligned:model={space}"],
        converters=[f"-{c}" for c in registry.OFFLINE.converters],
    )
    with Library(tmp_path / "kb", kit=kit, limits=Limits(workers=1)) as kb:
        kb.index(files)
        for words, name in (("raindrops", "b.wav"), ("the ticking of a clock", "c.wav")):
            assert kb.search(words, using="aligned % 1")[0].chunk.asset.name == name
    code = (
        "import sys; from polysense import registry; from polysense.types import Part\n"
        f"e = registry.load('encoders', 'aligned:model={space}')\n"
        "assert e.encode([Part('text', 'rain')]).shape == (1, 384)\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_heads_are_the_same_in_onnx(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    kinds = np.arange(60) % 3
    features = (np.eye(8)[kinds] + 0.1 * draw.normal(size=(60, 8))).astype(np.float32)
    rows = np.arange(60)
    classifier = fit_classifier(features, kinds, 3, rows[:40], rows[40:])
    assert classifier.likelihood > -0.1
    places = np.eye(5, dtype=np.float32)[:3]
    things, words = heads_of(classifier, places)
    things.export(tmp_path / "things.onnx", 8, 5)
    (served,) = open_session(tmp_path / "things.onnx").run(None, {"features": features})
    assert np.abs(served - things(features)).max() < 1e-5
    # of what is surely of a kind, the vector is the kind's own
    assert np.allclose((things(features) @ words(places).T).argmax(axis=1), kinds)


def test_kinds_are_those_of_folders_or_names(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no folder"):
        labelled_files(tmp_path / "nothing", "audio")
    for name in ("cat_1.wav", "dog-a.wav", "dog-b.wav"):
        (tmp_path / name).write_bytes(sound(KINDS[1], 1))
    pairs, left_out = labelled_files(tmp_path, "audio")
    assert [(p.group, p.source) for p in pairs] == [
        ("cat", "cat/cat_1"),
        ("dog", "dog/dog"),
        ("dog", "dog/dog"),
    ]
    assert not left_out
    (tmp_path / "cows").mkdir()
    for i in range(4):
        (tmp_path / "cows" / f"{i}.wav").write_bytes(sound(KINDS[1], i))
    with pytest.raises(BadQuery, match="fewer than two kinds"):
        labelled_files(tmp_path, "audio")


@pytest.mark.long
def test_words_find_environmental_sounds(data: Path, tmp_path: Path) -> None:
    """ESC-10, divided by the recording that clips were cut out of."""
    pairs, _ = labelled_files(data / "audio-esc10", "audio")
    source, words = (Side(s, registry.load("encoders", s)) for s in ("sound", "minilm"))
    result = teach_words(pairs, "audio", source, words, tmp_path, progress=SilentProgress())
    assert result.card.metrics["mAP of the kinds"] > 0.9
    assert result.card.metrics["mAP by chance"] < 0.3
