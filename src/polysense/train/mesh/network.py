"""A network over 3D models, trained by kinds (supervised contrastive: Khosla et al., NeurIPS 2020),
each model seen turned, stretched and with noise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.encoders.mesh.architecture import ARCHITECTURES, MeshConfig, build, save
from polysense.encoders.mesh.graph_convolution import GraphConvolutionConfig
from polysense.encoders.mesh.pointnet import PointNetConfig, orthogonality
from polysense.encoders.shape import Shape
from polysense.errors import BadConfig, PolysenseError
from polysense.ingest.progress import Progress
from polysense.protocols import Vectors
from polysense.read.solid.decode import load as load_mesh
from polysense.train.align.pair_vectors import PairVectors, data_figures
from polysense.train.data.augment.solid import vary_points, vary_surface
from polysense.train.data.pairs import Pair, digest_of
from polysense.train.data.split import split_pairs
from polysense.train.features import encode_features
from polysense.train.heads.network import require_torch
from polysense.train.losses import LOSSES
from polysense.train.mesh.figures import kind_figures, ranks_of_kind
from polysense.train.retrieval import Gain, gain
from polysense.train.run.card import Card
from polysense.train.run.fit import FitSettings, fit

CARD_KIND = "mesh"

TURNING = 0.001
"""The share of the T-Net's orthogonality in the loss: PointNet's."""


SMALL: Mapping[str, MeshConfig] = {
    "pointnet": PointNetConfig(dim=128, points=512, widths=(32, 32, 32, 64, 256)),
    "graph_convolution": GraphConvolutionConfig(dim=128, widths=(32, 64, 128), max_faces=4_000),
}
"""A quarter of the papers' sizes, by architecture: for some hundred models on a CPU. With the full
PointNet a step of 24 models takes ten times as long there.
"""


@dataclass(frozen=True, slots=True)
class MeshSettings:
    """The network's sizes, whether models only turn about the axis that is up, and the fit."""

    config: MeshConfig = SMALL["pointnet"]
    upright: bool = True
    fit: FitSettings = FitSettings(steps=300, batch=24, every=25, patience=4)


@dataclass(frozen=True, slots=True)
class MeshTraining:
    """What came of it: the card, the gain over the plain descriptor, whether it was written."""

    card: Card
    gain: Gain
    is_written: bool


def train_mesh(
    pairs: Sequence[Pair],
    folder: Path,
    *,
    settings: MeshSettings | None = None,
    anyway: bool = False,
    progress: Progress,
) -> MeshTraining:
    """Train on models of known kinds, as `labelled_files` gives them, and write the folder that
    `mesh:model=` reads; not where held-out models find their kind no better than by `shape`, beyond
    noise, unless `anyway`. A run that was killed goes on. Raises BadQuery, MissingDependency.
    """
    settings = settings or MeshSettings()
    torch = require_torch("training a network")
    started = time.monotonic()
    work = folder / "training"
    work.mkdir(parents=True, exist_ok=True)
    data, inputs = _load(pairs, settings, work / "features.db", progress)
    torch.manual_seed(settings.fit.seed)
    network = build(settings.config)
    loss, embed = LOSSES["multi_positive"](), _embed(torch, network, inputs, settings)
    split, state = data.split, work / "state.pt"

    def loss_of(batch: NDArray[np.int64]) -> Any:
        rows = split.train[batch]
        draw = np.random.default_rng(int(torch.randint(0, 2**31, ()).item()))
        views = [_forward(torch, network, _varied(inputs, rows, draw, settings)) for _ in "ab"]
        groups = torch.from_numpy(data.groups[rows])
        (a, turns), (b, more_turns) = views
        return loss(a, b, groups) + TURNING * (turns + more_turns)

    def score() -> float:
        pool, rows = embed(split.train), embed(split.validation)
        return ranks_of_kind(
            rows, _kinds(data, split.validation), pool, _kinds(data, split.train)
        ).reciprocal

    history = fit(
        network,
        loss_of,
        score,
        len(split.train),
        settings.fit,
        state,
        progress,
        loss.parameters,
        _identity(data, settings),
    )
    won, metrics = _measure(data, embed)
    is_written = won.is_better or anyway
    card = Card(
        kind=CARD_KIND,
        name=folder.name,
        data=data_figures(pairs, data),
        settings={
            "architecture": settings.config.architecture,
            **asdict(settings.config),
            **asdict(settings.fit),
            "upright": settings.upright,
        },
        metrics=metrics,
        seconds=round(time.monotonic() - started, 1),
        losses=history.losses,
        scores=history.scores,
        best_step=history.best_step,
        notes=() if is_written else ("not written: the plain descriptor is not beaten",),
    )
    target = folder if is_written else work
    if is_written:
        save(network, folder)
    card.write(target)
    state.unlink(missing_ok=True)
    return MeshTraining(card, won, is_written)


def _load(
    pairs: Sequence[Pair], settings: MeshSettings, store: Path, progress: Progress
) -> tuple[PairVectors, list[Any]]:
    """What the network takes of each model, with the plain descriptor's vectors, divided so that
    what these hold for nearly the same is on one side.
    """
    descriptors = encode_features(Shape(), [p.first for p in pairs], "document", store, progress)
    prepare = ARCHITECTURES[settings.config.architecture].prepare
    inputs: list[Any] = []
    rows: list[int] = []
    for i, pair in enumerate(pairs):
        progress.step("models", i + 1, len(pairs))
        try:
            prepared = prepare(load_mesh(pair.first), settings.config)
        except PolysenseError as e:
            progress.note(f"{pair.first.name}: {e}")
            continue
        if prepared is not None and np.isfinite(descriptors[i]).all():
            inputs.append(prepared)
            rows.append(i)
    usable, vectors = [pairs[i] for i in rows], descriptors[rows]
    split = split_pairs(usable, vectors, settings.fit.seed)
    groups = np.unique([p.group for p in usable], return_inverse=True)[1].astype(np.int64)
    return PairVectors(usable, vectors, vectors, split, groups), inputs


def _varied(
    inputs: Sequence[Any],
    rows: NDArray[np.int64],
    draw: np.random.Generator,
    settings: MeshSettings,
) -> tuple[Any, ...]:
    """The arguments of the network for these models, each as it may look in another file."""
    varied: list[Any] = []
    for i in rows.tolist():
        if isinstance(settings.config, PointNetConfig):
            varied.append(vary_points(inputs[i], draw, upright=settings.upright))
        else:
            features = vary_surface(inputs[i].features, draw, upright=settings.upright)
            varied.append(inputs[i]._replace(features=features))
    return ARCHITECTURES[settings.config.architecture].join(varied, "cpu")


def _forward(torch: Any, network: Any, arguments: tuple[Any, ...]) -> tuple[Any, Any]:
    """Unit vectors, and how far the T-Net's matrices are from turning."""
    if hasattr(network, "features"):
        vectors, matrices = network.features(*arguments)
        turning = 0.0 if matrices is None else orthogonality(matrices)
    else:
        vectors, turning = network(*arguments), 0.0
    return torch.nn.functional.normalize(vectors, dim=1), turning


def _embed(
    torch: Any, network: Any, inputs: Sequence[Any], settings: MeshSettings
) -> Callable[[NDArray[np.int64]], Vectors]:
    join = ARCHITECTURES[settings.config.architecture].join

    def embed(rows: NDArray[np.int64]) -> Vectors:
        network.eval()
        parts: list[Vectors] = []
        for at in range(0, len(rows), settings.fit.batch):
            batch = [inputs[i] for i in rows[at : at + settings.fit.batch].tolist()]
            with torch.no_grad():
                vectors, _ = _forward(torch, network, join(batch, "cpu"))
            parts.append(vectors.numpy())
        return np.concatenate(parts)

    return embed


def _kinds(data: PairVectors, rows: NDArray[np.int64]) -> list[str]:
    return [data.pairs[i].group for i in rows.tolist()]


def _measure(
    data: PairVectors, embed: Callable[[NDArray[np.int64]], Vectors]
) -> tuple[Gain, Mapping[str, Any]]:
    """What is held out asks for its kind among all that was trained on."""
    test, train = data.split.test, data.split.train
    kinds, of = _kinds(data, test), _kinds(data, train)
    if not set(kinds) & set(of):
        raise BadConfig("no kind that is held out was trained on", "Give more models of each kind.")
    sides = {
        "shape": (data.features[test], data.features[train]),
        "network": (embed(test), embed(train)),
    }
    before, after = (ranks_of_kind(sides[s][0], kinds, sides[s][1], of) for s in sides)
    won = gain(before, after, 1)
    return won, {
        "over what": "shape",
        "depth": 1,
        "gain": won.figures(),
        **{
            f"kind by {name}": kind_figures(queries, kinds, pool, of)
            for name, (queries, pool) in sides.items()
        },
    }


def _identity(data: PairVectors, settings: MeshSettings) -> str:
    return sha256(repr((digest_of(data.pairs), settings)).encode()).hexdigest()[:16]
