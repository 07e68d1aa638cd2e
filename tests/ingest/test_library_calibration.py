"""What a model of words and pictures scores in a library decides what its `ask` cites and refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pil

from polysense import Image, Library, registry
from polysense.ingest import manifest as manifests
from polysense.ingest.library_calibration import (
    COPY,
    GROWTH,
    MIN_ASSETS,
    calibrate_on,
    stock_queries,
)
from polysense.ingest.manifest import Manifest
from polysense.ingest.workers import Limits
from polysense.registry import Kit
from polysense.types import Calibration, ScoreRange

SOURCE = '''
import zlib
import numpy as np
from polysense.protocols import Encoder
from polysense.read.image.decode import pixels
from polysense.types import Space

COLOURS = {"red": 0, "green": 1, "blue": 2}


class Colours(Encoder):
    """Sees colours, and reads their names: a picture and its name get about 0.36, anything else
    0 +- 0.05, and all words 0.6 with one another.
    """

    accepts = frozenset({"image", "text"})
    signal = "perceptual"
    space = Space("colours", "1", 404)

    def encode(self, parts, role="document"):
        rows = np.zeros((len(parts), 404), np.float32)
        for row, part in zip(rows, parts):
            if part.modality == "text":
                axes = [COLOURS[w] for w in str(part.data).lower().split() if w in COLOURS]
                seed, row[3] = zlib.crc32(str(part.data).encode()), 0.78
            else:
                picture = pixels(part, longest=64)
                axes, seed = [int(picture.mean((0, 1)).argmax())], zlib.crc32(picture.tobytes())
            row[axes[:1]] = 0.6
            noise = np.random.default_rng(seed).normal(size=400)
            rest = 1 - float(row @ row)
            row[4:] = noise * np.sqrt(rest) / np.linalg.norm(noise)
        return rows
'''
RGB = {"red": (220, 30, 30), "green": (30, 200, 60), "blue": (30, 60, 220)}
BARE = [f"-{e}" for e in registry.OFFLINE.encoders]


@pytest.fixture
def kit(install: Any) -> Kit:
    """A library's plug-ins with the encoder alone, in worker processes too."""
    install("polysense-colours", SOURCE, {"encoders": {"colours": "Colours"}})
    return registry.kit(encoders=["colours", *BARE], converters=["-ocr"])


def save_pictures(folder: Path, *names: str, each: int = 1) -> None:
    """Pictures of colours, whose files are named by numbers."""
    folder.mkdir(exist_ok=True)
    for n, name in enumerate(sorted(names * each)):
        array = np.full((40, 40, 3), RGB[name], np.uint8)
        array[n % 40, :] //= 2  # no two are one
        Pil.fromarray(array).save(folder / f"{sum(map(ord, name)):x}{n}.png")


def colour_of(path: str) -> str:
    pixels = np.asarray(Pil.open(path)).reshape(-1, 3).mean(axis=0)
    return list(RGB)[int(pixels.argmax())]


def test_the_answer_is_the_picture_that_the_words_name(kit: Kit, tmp_path: Path) -> None:
    """Though a model's cosines lie below 0.4: the picture is cited for its name, and nothing for
    what no picture shows; passages of the same space neither hide it nor count as it.
    """
    save_pictures(tmp_path / "in", "red", "green", "blue")
    (tmp_path / "in" / "notes.txt").write_text(
        "The harbour has two cranes.\n\nA pilot boards every ship before noon.\n"
    )
    with Library(tmp_path / "kb", kit=kit, limits=Limits(workers=1)) as kb:
        kb.index(tmp_path / "in")
        answer = kb.ask("a green square", to="image")
        assert answer.answered
        assert colour_of(answer.evidence[0].hit.uri) == "green"
        assert len(answer.evidence) == 1
        for words in ("a violin", "an accordion player", "the pilot of a hovercraft"):
            assert not kb.ask(words, to="image").answered
        hits = kb.search("a green square", using="colours")
        assert hits[0].modality == "image"
        assert colour_of(hits[0].uri) == "green"
        assert 0.2 < hits[0].why[0].score < 0.4
    manifest = manifests.load(tmp_path / "kb")
    assert manifest is not None
    own = manifest.calibrations["colours"].between({"text"}, "image")
    assert 0.02 < own.min_score < own.confident_score < 0.15


def test_a_passage_that_answers_comes_before_a_picture_of_it(kit: Kit, tmp_path: Path) -> None:
    """A question in words asks for what is said, unless it asks for a picture."""
    save_pictures(tmp_path / "in", "red", "green", "blue")
    (tmp_path / "in" / "notes.txt").write_text("The red door was painted in 1954.\n")
    with Library(tmp_path / "kb", kit=kit, limits=Limits(workers=1)) as kb:
        kb.index(tmp_path / "in")
        assert "1954" in kb.ask("When was the red door painted?").text
        picture = kb.ask("Show me a picture of a red door")
    assert picture.evidence[0].hit.modality == "image"


def test_pictures_are_matches_on_another_scale(kit: Kit, tmp_path: Path) -> None:
    """A picture is a match of one that is nearer than others are; with few, only of its copy."""
    save_pictures(tmp_path / "in", *RGB, each=MIN_ASSETS)
    with Library(tmp_path / "kb", kit=kit, limits=Limits(workers=1)) as kb:
        kb.index(tmp_path / "in")
        manifest = manifests.load(tmp_path / "kb")
        assert manifest is not None
        many = manifest.calibrations["colours"].between({"image"}, "image")
        assert 0.4 < many.confident_score < COPY
        paths = sorted((tmp_path / "in").iterdir())[::5]
        assert any(kb.ask(Image(path), to="image").answered for path in paths)
    save_pictures(tmp_path / "few", *RGB)
    with Library(tmp_path / "kb2", kit=kit, limits=Limits(workers=1)) as kb:
        kb.index(tmp_path / "few")
        few = manifests.load(tmp_path / "kb2")
    assert few is not None
    assert few.calibrations["colours"].between({"image"}, "image").confident_score == COPY


def test_it_is_measured_again_when_the_library_has_grown(kit: Kit, tmp_path: Path) -> None:
    """By GROWTH, or by a modality; not for every file. A reindex forgets it."""
    save_pictures(tmp_path / "in", "red", "green", "blue")
    with Library(tmp_path / "kb", kit=kit, limits=Limits(workers=1)) as kb:
        kb.index(tmp_path / "in")
        first = kb._manifest.calibrations["colours"]
        assert first.chunks == 3
        encoder = kb.kit.encoders["colours"]
        assert calibrate_on(kb.store, encoder, kb.kit, first) is None
        save_pictures(tmp_path / "in", "red", "green", "blue", each=round(GROWTH))
        kb.index(tmp_path / "in")
        second = kb._manifest.calibrations["colours"]
        assert second.chunks >= GROWTH * first.chunks
        assert second.ranges != first.ranges
        kb.reindex()
        assert kb._manifest.calibrations["colours"] == second


def test_what_declares_its_scores_is_not_measured(kit: Kit, tmp_path: Path) -> None:
    """Nor asked to encode the stock queries."""
    save_pictures(tmp_path / "in", "red")
    photo = registry.kit(encoders=["-minilm", "-conse"], converters=["-ocr"])
    with Library(tmp_path / "kb", kit=photo, limits=Limits(workers=1)) as kb:
        kb.index(tmp_path / "in")
        assert "photo" not in kb._manifest.calibrations


def test_manifests_keep_ranges_and_read_those_of_before(tmp_path: Path) -> None:
    """One without ranges is measured on the library when it is next indexed."""
    own = Calibration(-1.0, 1.0, (ScoreRange("text", "image", 0.1, 0.2),), 12)
    manifest = replace(Manifest(), calibrations={"clip": own, "text": Calibration(0.1, 0.5)})
    manifests.save(tmp_path, manifest)
    assert manifests.load(tmp_path) == manifest
    text = (tmp_path / manifests.FILE).read_text()
    (tmp_path / manifests.FILE).write_text(
        text.replace('"ranges"', '"old_ranges"').replace('"chunks"', '"old_chunks"')
    )
    loaded_manifest = manifests.load(tmp_path)
    assert loaded_manifest is not None
    assert loaded_manifest.calibrations["text"] == Calibration(0.1, 0.5)


def test_stock_queries_are_of_many_things_in_each_language() -> None:
    """About 150 and the questions of the pairs, none twice."""
    for language in ("en", "de", "zh"):
        own = [q for lang, q in stock_queries() if lang == language]
        assert len(own) == len(set(own)) > 150
