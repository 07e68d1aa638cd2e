"""What is taught: fewer numbers a vector, a new modality, words for kinds, networks over models."""

from __future__ import annotations

import shutil
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import numpy as np
from benchmarks.bench_text import read_cranfield

from polysense.encoders.minilm import MiniLM
from polysense.evaluate.bench import Row
from polysense.ingest.progress import SilentProgress
from polysense.modalities import declarations
from polysense.protocols import Encoder
from polysense.read.file.parts import part
from polysense.registry import installed, load
from polysense.train.align.settings import Side
from polysense.train.classes.words import teach_words
from polysense.train.compress.compression import judged_change
from polysense.train.compress.methods import fit_autoencoder, fit_pca
from polysense.train.data.labelled import labelled_files
from polysense.train.data.pairs import read_pairs
from polysense.train.mesh.network import SMALL, MeshSettings, train_mesh
from polysense.train.modality.projector import add_modality
from polysense.train.retrieval import rank_pairs
from polysense.train.run.fit import FitSettings
from polysense.types import Part

EXAMPLES = Path(__file__).parents[1] / "examples" / "modalities"

DIM, LOSS = 128, 0.02
"""Numbers of 384 that are left, and the share of nDCG that may be lost."""


def run(data: Path, work: Path) -> Iterator[Row]:
    """All of it."""
    work.mkdir(parents=True, exist_ok=True)
    for part_of_it in (_compression, _thermal, _classes, _networks):
        yield from part_of_it(data, work)


def _compression(data: Path, work: Path) -> Iterator[Row]:
    """PCA and an autoencoder, fitted on Cranfield's abstracts, by its judged questions."""
    texts, questions, grades = read_cranfield(data / "text-cranfield")
    encoder, names = MiniLM(), list(texts)
    items = encoder.encode([Part("text", texts[n]) for n in names])
    queries = encoder.encode([Part("text", q) for q in questions], "query")
    by_number = [
        {str(names.index(d)): g for d, g in grades[i].items() if d in texts}
        for i in range(1, len(questions) + 1)
    ]
    order = np.random.default_rng(0).permutation(len(items))
    train, validation = items[order[200:]], items[order[:200]]
    heads = {
        "PCA": fit_pca(items, DIM),
        "autoencoder": fit_autoencoder(train, validation, DIM, work / "state.pt", SilentProgress()),
    }
    for name, head in heads.items():
        before, after, change = judged_change(queries, items, by_number, head)
        yield Row(
            f"Cranfield nDCG@10, MiniLM 384 -> {DIM} numbers by {name}",
            f"{before.value:.4f} -> {after.value:.4f} ({change.low:+.4f} to {change.high:+.4f})",
            f"within {LOSS:.0%}",
            after.value >= (1 - LOSS) * before.value,
        )


def _thermal(data: Path, work: Path) -> Iterator[Row]:
    """Photos rendered as a thermal camera sees them, brought into ConSE's space."""
    thermal = example("thermal", work / "site")
    thermal.render_folder(data / "photos-labelled", work / "thermal")
    tables = [read_pairs(work / "thermal" / name)[0] for name in ("words.csv", "photos.csv")]
    source = Side("thermal", load("encoders", "thermal"))
    anchor = Side("conse", load("encoders", "conse"))
    result = add_modality(
        tables, source, anchor, work / "senses", anyway=True, progress=SilentProgress()
    )
    share = float(result.card.metrics["share of recall@10 of image"])
    found = result.card.metrics["text -> thermal, of the same"]["recall@10"]
    yield Row(
        "text -> thermal, recall@10 as a share of text -> photo",
        f"{share:.3f}",
        ">= 0.8",
        share >= 0.8,
        f"{found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f}) of {found['n']}",
    )


def _classes(data: Path, work: Path) -> Iterator[Row]:
    """Words for sounds and models of known kinds."""
    words = Side("minilm", load("encoders", "minilm"))
    for name, folder, modality, spec in (
        ("ESC-10", "audio-esc10", "audio", "sound"),
        ("KayKit", "shapes-kaykit", "3d", "shape"),
    ):
        pairs, _ = labelled_files(data / folder, modality)
        source = Side(spec, load("encoders", spec))
        result = teach_words(
            pairs, modality, source, words, work / folder, anyway=True, progress=SilentProgress()
        )
        figures = result.card.metrics
        precision, by_chance = figures["mAP of the kinds"], figures["mAP by chance"]
        note = f"by chance {by_chance:.3f}; first right {result.gain.after.value:.3f}"
        is_better = result.gain.is_better
        yield Row(f"{name}: words -> {spec}, mAP", f"{precision:.3f}", "> chance", is_better, note)


def _networks(data: Path, work: Path) -> Iterator[Row]:
    """Networks over models beside the plain descriptor: nothing is required of them."""
    if find_spec("torch") is None:
        return
    pairs, _ = labelled_files(data / "shapes-kaykit", "3d")
    for name, config in SMALL.items():
        settings = MeshSettings(config, fit=FitSettings(steps=200, batch=24, every=25, patience=4))
        result = train_mesh(
            pairs, work / name, settings=settings, anyway=True, progress=SilentProgress()
        )
        own, plain = (result.card.metrics[f"kind by {n}"] for n in ("network", "shape"))
        yield Row(
            f"KayKit: kind by {name}, mAP",
            f"{own['mAP']:.3f}",
            note=f"shape {plain['mAP']:.3f}; {result.gain}",
        )
        yield from _elsewhere(data, name, load("encoders", f"mesh:model={work / name}"))


def _elsewhere(data: Path, name: str, network: Encoder) -> Iterator[Row]:
    """The same object in another format, of which the network has seen some, and whole other
    objects: files of one object, each asking for the others.
    """
    plain = load("encoders", "shape")
    obj = sorted((data / "shapes-kaykit" / "obj").glob("*.obj"))
    glb = [next((data / "shapes-kaykit").glob(f"{p.stem}.*glb")) for p in obj]
    ranks = [
        rank_pairs(*(e.encode([part(p) for p in paths]) for paths in (glb, obj)))
        for e in (network, plain)
    ]
    values = [f"{r.recall(1).value:.3f}" for r in ranks]
    note = f"shape {values[1]}; the very object, not another of its shape"
    yield Row(f"KayKit glb -> obj R@1 by {name}", values[0], note=note)
    endings = (".obj", ".stl", ".ply", ".glb")
    paths = sorted(p for p in (data / "shapes-objects").rglob("*") if p.suffix in endings)
    names = [p.parent.name for p in paths]
    parts = [part(p) for p in paths]
    firsts = []
    for encoder in (network, plain):
        rows = np.nan_to_num(encoder.encode(parts))
        scores = rows @ rows.T
        np.fill_diagonal(scores, -np.inf)
        nearest = scores.argmax(axis=1)
        right = [
            names[j] == own
            for own, j in zip(names, nearest.tolist(), strict=True)
            if names.count(own) > 1
        ]
        firsts.append(f"{np.mean(right):.3f}")
    note = f"shape {firsts[1]}; {len(right)} files, none trained on"
    yield Row(
        f"odedstein/meshes: another file of the object first, by {name}", firsts[0], note=note
    )


def example(name: str, site: Path) -> ModuleType:
    """The package of a modality in `examples`, as pip would install it for this process."""
    about = site / f"polysense_{name}-1.0.dist-info"
    about.mkdir(parents=True, exist_ok=True)
    shutil.copy(EXAMPLES / name / f"polysense_{name}.py", site)
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: polysense-{name}\nVersion: 1.0\n"
    )
    points = tomllib.loads((EXAMPLES / name / "pyproject.toml").read_text("utf-8"))
    lines = [
        line
        for group, names in points["project"]["entry-points"].items()
        for line in (f"[{group}]", *(f"{n} = {value}" for n, value in names.items()))
    ]
    (about / "entry_points.txt").write_text("\n".join(lines))
    sys.path.insert(0, str(site))
    installed.cache_clear()
    declarations.cache_clear()
    return import_module(f"polysense_{name}")
