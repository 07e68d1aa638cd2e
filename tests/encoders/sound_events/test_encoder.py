"""Sounds are found by words that no name, tag or transcript of theirs holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from polysense import Library, registry
from polysense.encoders.sound_events.encoder import AUDIBLE, NEAREST, ROOMS, SoundEvents, weights
from polysense.encoders.sound_events.network import class_names
from polysense.types import Part

WORDS = {
    "001": ("a dog", "狗叫", "ein Hund bellt"),
    "002": ("it is raining", "下雨"),
    "004": ("a baby crying", "婴儿哭"),
    "007": ("helicopter", "Hubschrauber"),
    "009": ("a rooster crows", "公鸡打鸣"),
}


def clips(data: Path, each: int) -> dict[str, list[Path]]:
    folders = {p.name[:3]: p for p in sorted((data / "audio-esc10").iterdir()) if p.is_dir()}
    return {number: sorted(folders[number].glob("*.ogg"))[:each] for number in WORDS}


def test_words_find_sounds(data: Path) -> None:
    """In English, Chinese and German: most of the nearest clips are of the kind asked for."""
    encoder = SoundEvents(threads=1)
    files = clips(data, 4)
    kinds = np.repeat(list(files), [len(f) for f in files.values()])
    rows = encoder.encode([Part("audio", f) for folder in files.values() for f in folder])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    for kind, phrases in WORDS.items():
        queries = encoder.encode([Part("text", p) for p in phrases], "query")
        for phrase, similarity in zip(phrases, queries @ rows.T, strict=True):
            first = kinds[np.argsort(-similarity)[:4]]
            assert (first == kind).mean() >= 0.75, phrase


def test_a_library_finds_the_nameless_clip_and_nothing_for_another_thing(
    data: Path, tmp_path: Path
) -> None:
    """Through search and ask, with names that tell nothing."""
    folder = tmp_path / "clips"
    folder.mkdir()
    for i, (_, [file, *_]) in enumerate(clips(data, 1).items()):
        (folder / f"rec{i:03}.ogg").write_bytes(file.read_bytes())
    kit = registry.kit(encoders=["-photo", "-conse", "-shape"], converters=["-whisper_tiny"])
    with Library(tmp_path / "kb", kit=kit) as kb:
        kb.index(folder)
        assert kb.search("a dog barking")[0].chunk.asset.name == "rec000.ogg"
        assert kb.search("公鸡打鸣")[0].chunk.asset.name == "rec004.ogg"
        assert kb.ask("Who signed the lease of the boathouse?").answered is False


def test_rooms_are_no_sources() -> None:
    """What tells of the recording alone is nothing heard; what is there beside it is."""
    names = class_names()
    likely = np.zeros(521, np.float32)
    likely[[names.index(room) for room in ROOMS]] = 0.9
    assert np.isnan(weights(likely)).all()
    likely[names.index("Bark")] = 2 * AUDIBLE
    shares = weights(likely)
    assert shares.argmax() == names.index("Bark")
    np.testing.assert_allclose(shares.sum(), 1, atol=1e-5)


def test_the_likeliest_alone_count() -> None:
    """What the network hardly believes would blur what is heard."""
    likely = np.linspace(0.001, 0.9, 521, dtype=np.float32)
    assert np.count_nonzero(weights(likely)) == NEAREST


def test_mixed_and_empty() -> None:
    """Rows come back in the order asked; silence and blank words have none."""
    silence = Part("audio", np.zeros(16000, np.float32), "audio/pcm;rate=16000")
    rows = SoundEvents(threads=1).encode([Part("text", "rain"), silence, Part("text", " ")])
    assert np.isnan(rows).all(axis=1).tolist() == [False, True, True]
    assert SoundEvents(threads=1).encode([]).shape == (0, 384)
