"""A new modality joins a space: nothing that is there changes, and all find one another."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polysense import Library, cli, part, registry
from polysense.encoders.aligned.encoder import Aligned
from polysense.encoders.aligned.folder import AlignedConfig, Tower, read_config, write_config
from polysense.errors import BadConfig, BadQuery
from polysense.ingest.progress import SilentProgress
from polysense.ingest.workers import Limits
from polysense.train.align.settings import Side
from polysense.train.data.pairs import Pair, read_pairs
from polysense.train.heads.head import Affine, Head, Normalise
from polysense.train.modality.projector import add_modality
from polysense.types import Part, Space

EXAMPLES = Path(__file__).parents[3] / "examples" / "modalities"

Install = Any


def install_example(install: Install, name: str) -> Any:
    """The package of a modality as a user installs it; its module."""
    source = (EXAMPLES / name / f"polysense_{name}.py").read_text("utf-8")
    own = name.capitalize()
    points = {
        "modalities": {name: name.upper()},
        "parsers": {name: f"{own}Parser"},
        "encoders": {name: f"{own}Encoder"},
    }
    install(f"polysense-{name}", source, points)
    return importlib.import_module(f"polysense_{name}")


@pytest.fixture
def motion(install: Install) -> Any:
    return install_example(install, "motion")


def side(spec: str) -> Side:
    return Side(spec, registry.load("encoders", spec))


def kit(*specs: str) -> registry.Kit:
    names = {s.partition(":")[0] for s in specs}
    others = [f"-{n}" for n in (*registry.OFFLINE.encoders, "motion")]
    return registry.kit(
        encoders=[*(o for o in others if o[1:] not in names), *specs],
        converters=[f"-{c}" for c in registry.OFFLINE.converters],
    )


def stored_vectors(kb: Library) -> Mapping[tuple[str, str], bytes]:
    """By space and chunk, the bytes of each vector that a library keeps."""
    ids = kb.store.missing(Space("of nothing", "1", 2))
    return {
        (space.name, chunk): vector.tobytes()
        for space in kb.kit.spaces
        for chunk, vector in kb.store.vectors(space, ids).items()
    }


def test_motion_joins_words_and_leaves_them_as_they_are(
    motion: Any, tmp_path: Path, notes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From traces to answers: files, a command, a library that is asked in words and by a trace.
    Every vector that was stored is the same, byte for byte.
    """
    traces = motion.make_folder(tmp_path / "taught", 160)
    kinds = {name: kind for name, kind, _ in motion.make_folder(notes / "traces", 16, seed=1)}
    (notes / "traces" / "pairs.csv").unlink()
    limits = Limits(workers=1)
    with Library(tmp_path / "kb", kit=kit("minilm", "motion"), limits=limits) as kb:
        assert kb.index(notes).chunks == {"text": 3, "motion": 16}
        before = stored_vectors(kb)
    assert {space for space, _ in before} == {"minilm", "motion"}
    space = tmp_path / "movement"
    args = [str(tmp_path / "taught" / "pairs.csv"), "--from", "motion", "-o", str(space), "--json"]
    assert cli.main(["train", "modality", *args]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["modality"] == "motion"
    assert printed["metrics"]["over what"] == "chance"
    assert len(traces) == 160
    card = json.loads((space / "motion" / "card.json").read_text())
    assert card["kind"] == "modality"
    assert (space / "motion" / "losses.svg").is_file() == bool(card["losses"])

    own = kit("minilm", "motion", f"aligned:model={space}")
    with Library(tmp_path / "kb", kit=own, limits=limits) as kb:
        kb.index(notes)
        after = stored_vectors(kb)
        assert {k: after[k] for k in before} == before
        texts = [i for name, i in before if name == "minilm"]
        words_alone = [i for i, c in kb.store.get(texts).items() if c.modality == "text"]
        assert len(words_alone) == 3
        assert all(after["aligned-movement", i] == before["minilm", i] for i in words_alone)
        for words, kind in (
            ("somebody runs", "running"),
            ("a fall", "falling"),
            ("riding a bicycle", "cycling"),
        ):
            hits = kb.search(words, modality="motion", using="aligned % 1")
            assert [kinds[h.chunk.asset.name] for h in hits] == [kind], words
        pieces = [(part(tmp_path / "taught" / name), kind) for name, kind, _ in traces[:8]]
        alike = [kb.search(t, modality="motion", using="aligned % 1")[0] for t, _ in pieces]
        right = [kinds[h.chunk.asset.name] == k for h, (_, k) in zip(alike, pieces, strict=True)]
        assert sum(right) >= 6
        assert kb.search(pieces[0][0], modality="text", using="aligned % 1")


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """A space of two towers: words as MiniLM has them, pictures by a head."""
    folder = tmp_path / "senses"
    folder.mkdir()
    random = np.random.default_rng(0)
    weight = random.normal(size=(1280, 384)).astype(np.float32)
    head = Head((Affine(weight, np.zeros(384, np.float32)), Normalise()))
    head.export(folder / "image.onnx", 1280, 384)
    towers = {
        m: Tower(spec, registry.load("encoders", spec).space.revision, file)
        for m, spec, file in (("text", "minilm", ""), ("image", "photo", "image.onnx"))
    }
    write_config(AlignedConfig("senses", 384, towers, ("image",), ("en",)), folder)
    return folder


def test_a_folder_gets_a_third_tower_and_keeps_the_others(
    motion: Any, trained: Path, tmp_path: Path
) -> None:
    motion.make_folder(tmp_path / "taught", 160)
    pairs, _ = read_pairs(tmp_path / "taught" / "pairs.csv")
    head = (trained / "image.onnx").read_bytes()
    anchor = side(f"aligned:model={trained}")
    words = [Part("text", "a runner"), Part("text", "the mill")]
    before = anchor.encoder.encode(words)

    def extend(folder: Path, table: list[Pair]) -> Any:
        return add_modality(
            [table],
            side("motion"),
            anchor,
            folder,
            existing=trained,
            anyway=True,
            progress=SilentProgress(),
        )

    extend(tmp_path / "copy", pairs)
    copy = read_config(tmp_path / "copy")
    assert (copy.name, set(copy.towers)) == ("copy", {"text", "image", "motion"})
    assert (tmp_path / "copy" / "image.onnx").read_bytes() == head
    assert set(read_config(trained).towers) == {"text", "image"}
    result = extend(trained, pairs)
    config = read_config(trained)
    assert (config.name, config.indexed) == ("senses", ("image", "motion"))
    assert (trained / "image.onnx").read_bytes() == head
    loaded = registry.load("encoders", f"aligned:model={trained}")
    assert isinstance(loaded, Aligned)
    assert loaded.encode(words).tobytes() == before.tobytes()
    assert loaded.base("motion") == side("motion").encoder.space
    assert result.card.metrics["over what"] == "chance"
    again = extend(trained, pairs)
    assert again.card.metrics["over what"] == "the tower that was there"
    assert again.gain.change.value == 0  # the same pairs give the same projector


def test_what_cannot_be_added_is_told(motion: Any, tmp_path: Path) -> None:
    motion.make_folder(tmp_path, 160)
    traces, _ = read_pairs(tmp_path / "pairs.csv")
    words = [Pair(Part("text", f"a{i}"), Part("text", f"b{i}"), f"{i}") for i in range(40)]
    for tables, source, error, message in (
        ([words], "motion", (BadQuery, BadConfig), "text"),
        ([traces], "minilm", BadConfig, "do not take pairs of motion and text"),
    ):
        with pytest.raises(error, match=message):
            add_modality(
                tables, side(source), side("minilm"), tmp_path / "s", progress=SilentProgress()
            )


@pytest.mark.long
def test_thermal_pictures_words_and_photos_find_each_other(
    install: Install, data: Path, tmp_path: Path
) -> None:
    """The worked example, on photos rendered as a thermal camera sees them."""
    thermal = install_example(install, "thermal")
    assert thermal.render_folder(data / "photos-labelled", tmp_path / "th") == 260
    tables = [read_pairs(tmp_path / "th" / f)[0] for f in ("words.csv", "photos.csv")]
    result = add_modality(
        tables, side("thermal"), side("conse"), tmp_path / "senses", progress=SilentProgress()
    )
    assert result.is_written
    assert result.card.metrics["share of recall@10 of image"] >= 0.8
    for way in ("image -> thermal", "thermal -> image", "thermal -> text"):
        assert result.card.metrics[way]["recall@10"]["low"] > 0.5
