"""Words for things of known kinds, so that words find them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.encoders.aligned.folder import CONFIG, AlignedConfig, Tower, write_config
from polysense.errors import BadQuery
from polysense.evaluate.metrics import average_precision
from polysense.ingest.progress import Progress
from polysense.protocols import Vectors
from polysense.train.align.figures import ranks_by_chance
from polysense.train.align.pair_vectors import PairVectors, data_figures
from polysense.train.align.settings import Side
from polysense.train.classes.classifier import Classifier, fit_classifier
from polysense.train.classes.naming import heads_of, place_kinds
from polysense.train.data.pairs import Pair
from polysense.train.data.split import split_pairs
from polysense.train.features import encode_features
from polysense.train.heads.head import Head
from polysense.train.retrieval import Gain, gain, rank_pairs
from polysense.train.run.card import NOTHING_GAINED, Card
from polysense.types import Modality, Part

CARD_KIND = "classes"


@dataclass(frozen=True, slots=True)
class Words:
    """What came of it: the kinds, the card, the gain over chance in the first place of what the
    name of a kind finds, and whether the space was written.
    """

    kinds: tuple[str, ...]
    card: Card
    gain: Gain
    is_written: bool


def teach_words(
    pairs: Sequence[Pair],
    modality: Modality,
    source: Side,
    words: Side,
    folder: Path,
    *,
    seed: int = 0,
    anyway: bool = False,
    progress: Progress,
) -> Words:
    """Learn to tell kinds apart by a frozen encoder's vectors, and write a space in which words
    find the things. pairs are as `labelled_files` gives them. Nothing is trained by steps: it is in
    closed form, and a run that was killed has kept its vectors. Raises BadQuery, BadConfig.
    """
    started = time.monotonic()
    work = folder / "training"
    work.mkdir(parents=True, exist_ok=True)
    data = _load(pairs, modality, source, work / "features.db", seed, progress)
    kinds = tuple(sorted({p.group for p in data.pairs}))
    numbers = np.array([kinds.index(p.group) for p in data.pairs])
    split = data.split
    if missing := sorted(set(range(len(kinds))) - set(numbers[split.train].tolist())):
        progress.note(f"nothing of {', '.join(kinds[i] for i in missing)} is left to train on")
    classifier = fit_classifier(data.features, numbers, len(kinds), split.train, split.validation)
    heads = heads_of(classifier, place_kinds(kinds, words.encoder))
    won, metrics = _measure(data, classifier, heads, kinds, numbers, words)
    is_written = won.is_better or anyway
    card = Card(
        kind=CARD_KIND,
        name=folder.name,
        data={**data_figures(pairs, data), "kinds": list(kinds)},
        settings={
            "from": source.spec,
            "to": words.spec,
            "seed": seed,
            "classifier": classifier.way,
            "sharpness by likelihood": round(classifier.likelihood, 4),
        },
        metrics=metrics,
        seconds=round(time.monotonic() - started, 1),
        notes=() if is_written else (NOTHING_GAINED,),
    )
    target = folder if is_written else work
    if is_written:
        _write_space(folder, heads, modality, source, words)
    card.write(target)
    return Words(kinds, card, won, is_written)


def _load(
    pairs: Sequence[Pair],
    modality: Modality,
    source: Side,
    store: Path,
    seed: int,
    progress: Progress,
) -> PairVectors:
    items = [item for p in pairs if (item := p.of(modality)) is not None]
    features = encode_features(source.encoder, items, "document", store, progress)
    rows = np.flatnonzero(np.isfinite(features).all(axis=1))
    if unseen := len(pairs) - len(rows):
        progress.note(f"{unseen} files are left out: {source.spec} finds nothing in them")
    usable, features = [pairs[i] for i in rows.tolist()], features[rows]
    if len({p.group for p in usable}) < 2:
        raise BadQuery("fewer than two kinds are left", "Give files of more kinds.")
    split = split_pairs(usable, features, seed)
    groups = np.unique([p.group for p in usable], return_inverse=True)[1].astype(np.int64)
    return PairVectors(usable, features, features, split, groups)


def _measure(
    data: PairVectors,
    classifier: Classifier,
    heads: tuple[Head, Head],
    kinds: Sequence[str],
    numbers: NDArray[np.int64],
    words: Side,
) -> tuple[Gain, Mapping[str, Any]]:
    """On the test files, by the names of the kinds alone: no phrase of the heads' own."""
    test = data.split.test
    items = heads[0](data.features[test])
    names = [data.pairs[i].group for i in test.tolist()]
    raw = words.encoder.encode([Part("text", k) for k in kinds], "query")
    queries = heads[1](np.asarray(raw, np.float32))
    after = rank_pairs(queries[numbers[test]], items, names)
    won = gain(ranks_by_chance(names), after, 1)
    guesses = (data.features[test] @ classifier.logits.weight + classifier.logits.bias).argmax(1)
    precision, by_chance = _mean_precision(queries, items, kinds, names)
    return won, {
        "over what": "chance",
        "depth": 1,
        "gain": won.figures(),
        "words -> things": after.figures(),
        "mAP of the kinds": round(precision, 4),
        "mAP by chance": round(by_chance, 4),
        "told right": round(float((guesses == numbers[test]).mean()), 4),
    }


def _mean_precision(
    queries: Vectors, items: Vectors, kinds: Sequence[str], names: Sequence[str]
) -> tuple[float, float]:
    """Mean average precision of the kinds by their names; what a shuffled pool would give, over
    100 orders.
    """
    draw = np.random.default_rng(0)
    own, shuffled = [], []
    for query, kind in zip(queries, kinds, strict=True):
        relevant = {str(i) for i, n in enumerate(names) if n == kind}
        if relevant:
            order = np.argsort(-(items @ query), kind="stable")
            own.append(average_precision([str(i) for i in order], relevant))
            orders = (draw.permutation(len(names)) for _ in range(100))
            means = [average_precision([str(i) for i in o], relevant) for o in orders]
            shuffled.append(float(np.mean(means)))
    return float(np.mean(own)), float(np.mean(shuffled))


def _write_space(
    folder: Path, heads: tuple[Head, Head], modality: Modality, source: Side, words: Side
) -> None:
    """The graphs, then what names them: a folder that was killed half written is no space."""
    (folder / CONFIG).unlink(missing_ok=True)
    dim = words.encoder.space.dim
    towers: dict[Modality, Tower] = {}
    for name, side, head in ((modality, source, heads[0]), ("text", words, heads[1])):
        head.export(folder / f"{name}.onnx", side.encoder.space.dim, dim)
        towers[name] = Tower(side.spec, side.encoder.space.revision, f"{name}.onnx")
    languages = tuple(sorted(words.encoder.languages or ()))
    write_config(AlignedConfig(folder.name, dim, towers, (modality,), languages), folder)
