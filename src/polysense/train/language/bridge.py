"""A head over an encoder's questions of one language, so that they find passages of another."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from polysense.encoders.aligned.folder import (
    CONFIG,
    AlignedConfig,
    Tower,
    read_config,
    write_config,
)
from polysense.errors import BadConfig, BadQuery
from polysense.ingest.progress import Progress
from polysense.protocols import Vectors
from polysense.read.language.detect import detect_query_language
from polysense.read.language.function_words import FUNCTION_WORDS, SCRIPTS
from polysense.train.align.settings import Side
from polysense.train.data.pairs import Pair, digest_of
from polysense.train.data.split import Split, split_pairs
from polysense.train.features import encode_features
from polysense.train.heads.head import Head
from polysense.train.heads.ridge import PENALTIES, fit_ridge
from polysense.train.retrieval import Gain, Ranks, gain, judged_depth, rank_scores
from polysense.train.run.card import NOTHING_GAINED, Card
from polysense.weights.onnx_model import open_session

CARD_KIND = "language"

SHARE = 0.5
"""Of the questions that must be of the language, as it is told of single questions: what is not
told so when it is asked never reaches the head.
"""


@dataclass(frozen=True, slots=True)
class Bridge:
    """What came of it: the language, the card, the gain, whether the head was written, and where
    the card is.
    """

    language: str
    card: Card
    gain: Gain
    is_written: bool
    card_folder: Path


def bridge_language(
    pairs: Sequence[Pair],
    side: Side,
    folder: Path,
    *,
    language: str = "",
    seed: int = 0,
    anyway: bool = False,
    progress: Progress,
) -> Bridge:
    """Train a head over the questions of a language, the first of each pair, towards what an
    encoder makes of the passage, or of the same question in a language that it reads, the second.

    The map begins as what changes nothing, and is drawn there by ridge regression: a few hundred
    pairs turn a space a little, and cannot make a new one. language is an ISO 639-1 code, or "" for
    the one that most questions are of. Where the folder holds a space over this encoder, the head
    is added to it, and what is there keeps every byte. anyway writes what gains nothing too. Raises
    BadQuery, BadConfig.
    """
    started = time.monotonic()
    language = _checked(language.lower(), pairs, progress) if language else _language_of(pairs)
    there = _space_there(folder, side)
    work = folder / "training"
    work.mkdir(parents=True, exist_ok=True)
    data = _encode(pairs, side, work / "features.db", seed, progress)
    head, penalty = _best_head(data)
    tower = there.towers["text"]
    earlier = tower.language_heads.get(language) or tower.query_head
    start = _ranks(data, _through(folder, earlier, data.questions), data.split.test)
    after = _ranks(data, head(data.questions), data.split.test)
    won = gain(start, after, judged_depth(start))
    is_written = won.is_better or anyway
    card = Card(
        kind=CARD_KIND,
        name=f"{folder.name}, {language}",
        data={
            "hash": digest_of(pairs),
            "pairs": len(pairs),
            "used": len(data.pairs),
            "sources": len({p.source for p in data.pairs}),
            "train": len(data.split.train),
            "validation": len(data.split.validation),
            "test": len(data.split.test),
        },
        settings={"over": side.spec, "language": language, "ridge": penalty, "seed": seed},
        metrics={
            "over what": "the head that was there" if earlier else f"{side.spec} without a head",
            "gain": won.figures(),
            "before": start.figures(),
            "after": after.figures(),
        },
        seconds=round(time.monotonic() - started, 1),
        notes=() if is_written else (NOTHING_GAINED,),
    )
    card_folder = (folder if is_written else work) / f"language-{language}"
    card_folder.mkdir(exist_ok=True)
    if is_written:
        _add_head(folder, there, language, head)
    card.write(card_folder)
    return Bridge(language, card, won, is_written, card_folder)


def _checked(language: str, pairs: Sequence[Pair], progress: Progress) -> str:
    """A language that is told of questions. Raises BadQuery for a code of none."""
    codes = {*FUNCTION_WORDS, *SCRIPTS}
    if language not in codes:
        raise BadQuery(
            f"questions are never told to be of {language!r}",
            f"Give one of {', '.join(sorted(codes))}.",
        )
    count = _languages(pairs)[language]
    if count < SHARE * len(pairs):
        progress.note(
            f"of {len(pairs)} questions {count} are told to be of {language}: the head serves "
            "such alone"
        )
    return language


def _languages(pairs: Sequence[Pair]) -> Counter[str]:
    return Counter(detect_query_language(str(p.first.data)) for p in pairs)


def _language_of(pairs: Sequence[Pair]) -> str:
    """Of the questions. Raises BadQuery where most are of none that is told."""
    counts = _languages(pairs)
    language, count = counts.most_common(1)[0] if counts else ("", 0)
    if not language or count < SHARE * len(pairs):
        raise BadQuery(
            f"of {len(pairs)} questions in the first column {counts['']} are of no language that "
            "is told from so few words",
            "Put the questions first (--columns question,passage), or name their language: "
            "--language es.",
        )
    return language


def _space_there(folder: Path, side: Side) -> AlignedConfig:
    """What the folder holds, or a space that is the encoder's own. Raises BadConfig."""
    encoder, space = side.encoder, side.encoder.space
    if (folder / CONFIG).is_file():
        config = read_config(folder)
        tower = config.towers.get("text")
        if (
            tower is None
            or tower.head
            or (tower.encoder, tower.revision)
            != (
                side.spec,
                space.revision,
            )
        ):
            raise BadConfig(
                f"the words of {folder} are not {side.spec}'s own",
                "Name the encoder of its words with --from, or another folder with -o.",
            )
        return config
    if "text" not in encoder.accepts:
        raise BadConfig(f"{side.spec} takes no words", "Name an encoder of words: --from minilm.")
    modalities = tuple(sorted(encoder.accepts))
    towers = dict.fromkeys(modalities, Tower(side.spec, space.revision))
    languages = tuple(sorted(encoder.languages or ()))
    return AlignedConfig(folder.name, space.dim, towers, modalities, languages, encoder.signal)


@dataclass(frozen=True, eq=False)
class _Data:
    """Pairs of words with their vectors, row by row; group is of one passage."""

    pairs: Sequence[Pair]
    questions: Vectors
    passages: Vectors
    split: Split


def _encode(pairs: Sequence[Pair], side: Side, store: Path, seed: int, progress: Progress) -> _Data:
    """Raises BadQuery for what is no words, or is too little."""
    if any(p.modality != "text" for pair in pairs for p in (pair.first, pair.second)):
        raise BadQuery("a pair here is a question and a passage, both words", "Check the columns.")
    own = [_by_passage(p) for p in pairs]
    encoder = side.encoder
    questions = encode_features(encoder, [p.first for p in own], "query", store, progress)
    passages = encode_features(encoder, [p.second for p in own], "document", store, progress)
    is_seen = np.isfinite(questions).all(axis=1) & np.isfinite(passages).all(axis=1)
    rows = np.flatnonzero(is_seen)
    own = [own[i] for i in rows.tolist()]
    return _Data(own, questions[rows], passages[rows], split_pairs(own, questions[rows], seed))


def _by_passage(pair: Pair) -> Pair:
    """All questions of a passage belong to it, and are on one side of a split, where the table does
    not say what is of one source.
    """
    is_default = pair.source == str(pair.first.data)
    source = pair.second.id if is_default else pair.source
    return replace(pair, group=pair.group or pair.second.id, source=source)


def _best_head(data: _Data) -> tuple[Head, float]:
    """That of the penalty by which the validation pairs are found best, and the penalty."""
    train, start = data.split.train, np.eye(data.questions.shape[1], dtype=np.float32)
    heads = [fit_ridge(data.questions[train], data.passages[train], p, start) for p in PENALTIES]
    rows = data.split.validation
    scores = [_ranks(data, head(data.questions), rows).reciprocal for head in heads]
    best = int(np.argmax(scores))
    return heads[best], PENALTIES[best]


def _ranks(data: _Data, questions: Vectors, rows: NDArray[np.int64]) -> Ranks:
    """Of each question's passage among all passages, each of which is there once."""
    groups = [p.group for p in data.pairs]
    first = {group: i for i, group in reversed(list(enumerate(groups)))}
    places = {group: at for at, group in enumerate(first)}
    pool = data.passages[list(first.values())]
    own = np.array([places[groups[i]] for i in rows])
    return rank_scores(questions[rows] @ pool.T, own=own)


def _through(folder: Path, head: str, questions: Vectors) -> Vectors:
    if not head:
        return questions
    (vectors,) = open_session(folder / head).run(None, {"features": questions})
    return np.asarray(vectors, np.float32)


def _add_head(folder: Path, there: AlignedConfig, language: str, head: Head) -> None:
    """The graph, then what names it: a folder that was killed half written is the space of before.

    A graph that is there is never written over: its name says what it holds.
    """
    graph = f"text-{language}-{_digest(head)}.onnx"
    scratch = folder / f"{graph}.{os.getpid()}"
    head.export(scratch, there.dim, there.dim)
    scratch.replace(folder / graph)
    tower = there.towers["text"]
    heads = {**tower.language_heads, language: graph}
    towers = {**there.towers, "text": replace(tower, language_heads=heads)}
    languages = tuple(sorted({*there.languages, language})) if there.languages else ()
    write_config(replace(there, towers=towers, languages=languages), folder)
    if language in tower.language_heads and tower.language_heads[language] != graph:
        (folder / tower.language_heads[language]).unlink(missing_ok=True)


def _digest(head: Head) -> str:
    digest = sha256()
    for layer in head.layers:
        for values in (getattr(layer, "weight", None), getattr(layer, "bias", None)):
            if values is not None:
                digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()[:8]
