"""The judged collection, indexed once, and what its questions measure.

Every measure is 0..1, the more the better, so that a floor is all that it needs.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from polysense import registry
from polysense.evaluate.metrics import ndcg, reciprocal_rank
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.protocols import Encoder, Reranker
from polysense.results import Answer
from polysense.types import Chunk, Modality, Part, Query, Role

from . import collection
from .questions import (
    ASKS,
    RECOMMENDATIONS,
    SEARCHES,
    AlteredPicture,
    Ask,
    Attachment,
    Drawing,
    LabelledPicture,
    QueryPiece,
    Recommend,
    Scan,
    Search,
)

MODALITIES: Mapping[str, Modality] = {"png": "image", "csv": "table", "py": "code", "obj": "3d"}
"""What the files of the collection are, by the ending of the name; all others are text."""


KINDS = ("search", "ask", "recommend")


class Longest(Reranker):
    """The longest first: an order that no arm of a search has."""

    accepts = frozenset({"text"})

    def score(self, query: Query, chunks: Sequence[Chunk]) -> Sequence[float]:
        return [float(len(c.text)) for c in chunks]


@dataclass(frozen=True)
class JudgedLibrary:
    """The collection: `reranked` is the same library with a reranker that can be named."""

    folder: Path
    library: Library
    reranked: Library


@dataclass(frozen=True)
class Outcome:
    """What one question gave: (measure, value 0..1), and a line to read where it is less than 1."""

    question: str
    values: tuple[tuple[str, float], ...]
    text: str

    @property
    def kind(self) -> str:
        """Which of KINDS it is of."""
        return self.question.split(" ", 1)[0]


@contextmanager
def judged_library(folder: Path) -> Iterator[JudgedLibrary]:
    """The collection written and indexed under a folder, with what needs no speech or solids."""
    files = folder / "files"
    collection.write(files)
    kit = registry.kit(
        encoders=["-sound", "-speaker", "-shape", "-formula"],
        converters=["-whisper_tiny", "-speech", "-views"],
    )
    for encoder in kit.encoders.values():
        remember_vectors(encoder)
    for name in ("ocr", "sketch", "flowchart", "heightmap"):
        remember_parts(kit.converters[name], words_given() if name == "ocr" else {})
    location = folder / "library"
    with Library(location, kit=kit, limits=Limits(workers=1)) as library:
        report = library.index(files)
        assert not report.failed, report.failed
        with Library(location, kit=replace(kit, rerankers={"longest": Longest()})) as reranked:
            yield JudgedLibrary(files, library, reranked)


def remember_vectors(encoder: Encoder) -> None:
    """Lets an encoder encode the same thing once: all questions are asked for every constant."""
    encode: Callable[[Sequence[Part], Role], Any] = encoder.encode
    memory: dict[tuple[str, str, Role], Any] = {}

    def remembering(parts: Sequence[Part], role: Role = "document") -> Any:
        keys = [(p.modality, p.id, role) for p in parts]
        new = {k: p for k, p in zip(keys, parts, strict=True) if k not in memory}
        if new:
            memory.update(zip(new, encode(list(new.values()), role), strict=True))
        return np.stack([memory[k] for k in keys]) if keys else encode(parts, role)

    encoder.encode = remembering  # type: ignore[method-assign]


def remember_parts(converter: Any, memory: dict[str, list[Part]]) -> None:
    """The same for what is made of a picture, by its id."""
    convert = converter.convert

    def remembering(part: Part) -> Iterable[Part]:
        if part.id not in memory:
            memory[part.id] = list(convert(part))
        return memory[part.id]

    converter.convert = remembering


def words_given() -> dict[str, list[Part]]:
    """The words in the pictures that are asked with: reading them is slow, and measured elsewhere.
    Those of the collection are read as ever.
    """
    words: dict[str, list[Part]] = {}
    for piece in (p for q in (*SEARCHES, *ASKS) for p in q.query):
        match piece:
            case Scan(text) | LabelledPicture(_, text):
                lines = text.split("\n")
            case AlteredPicture() | Drawing():
                lines = collection.SKETCH_WORDS if piece == Drawing("sketch") else []
            case _:
                continue
        words[_part(piece).id] = [Part("text", line) for line in lines]
    return words


def measure(
    judged: JudgedLibrary, kinds: Collection[str] = KINDS, others: Sequence[Outcome] = ()
) -> list[Outcome]:
    """The questions of these kinds, put to the library; of the other kinds the outcomes given."""
    outcomes: list[Outcome] = []
    if "search" in kinds:
        outcomes += (_search(judged, q) for q in SEARCHES)
    if "ask" in kinds:
        outcomes += (_ask(judged, q) for q in ASKS)
    if "recommend" in kinds:
        outcomes += (_recommend(judged, q) for q in RECOMMENDATIONS)
    return [*outcomes, *(o for o in others if o.kind not in kinds)]


def means(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The measures, by name: means over the questions that each is of, and the worst rank."""
    values = defaultdict[str, list[float]](list)
    for outcome in outcomes:
        for name, value in outcome.values:
            values[name].append(value)
    ranks = [v for name, each in values.items() if name.startswith("MRR ") for v in each]
    return {
        **{name: sum(each) / len(each) for name, each in sorted(values.items())},
        "worst reciprocal rank": min(ranks),
    }


def _search(judged: JudgedLibrary, q: Search) -> Outcome:
    library = judged.reranked if q.is_reranked else judged.library
    hits = library.search(
        *(_part(p) for p in q.query), k=q.k, using=q.using, by=q.by, modality=q.modality
    )
    names = list(dict.fromkeys(_name(judged, h.chunk) for h in hits))
    modalities = "+".join(sorted({p.modality for p in map(_part, q.query)}))
    pair = f"{modalities} -> {modality_of(q.relevant[0])}"
    return Outcome(
        f"search {q}",
        (
            (
                "nDCG with arms named" if q.using else "nDCG",
                ndcg(names, dict.fromkeys(q.relevant, 1.0), q.k),
            ),
            (f"MRR {pair}", reciprocal_rank(names, q.relevant, q.k)),
        ),
        ", ".join(names),
    )


def _ask(judged: JudgedLibrary, q: Ask) -> Outcome:
    answer = judged.library.ask(*(_part(p) for p in q.query), to=q.to)
    names = [_name(judged, e.hit.chunk) for e in answer.evidence]
    values: list[tuple[str, float]]
    if not q.sources:
        values = [("refuses what it does not hold", float(not answer.answered))]
    elif q.to == "text":
        first = answer.text.split("\n")[0] if answer.answered else ""
        values = [
            ("answers what it holds", float(answer.answered)),
            ("first sentence holds it", float(_holds(first, q.value))),
            ("holds all of it", sum(_holds(answer.text, v) for v in q.values) / len(q.values)),
            ("precision of evidence", _share(answer, names, q)),
            ("brevity", min(1.0, len(q.values) / max(len(names), 1))),
        ]
    else:
        values = [(f"answers in {q.to}", _made_of(judged, answer, q))]
    parts = ", ".join(f"{p.part.modality} {p.origin}" for p in answer.parts)
    route = ", ".join(step.plugin for step in answer.route.steps)
    text = answer.text.replace("\n", " / ")
    return Outcome(
        f"ask {q}", tuple(values), f"{answer.answered} ({parts}; {names}; {route}): {text}"
    )


def _recommend(judged: JudgedLibrary, q: Recommend) -> Outcome:
    hits = judged.library.recommend(
        [judged.folder / n for n in q.liked], [judged.folder / n for n in q.disliked], k=q.k
    )
    names = [_name(judged, h.chunk) for h in hits]
    score = ndcg(names, dict.fromkeys(q.relevant, 1.0), q.k)
    return Outcome(f"recommend {q}", ((f"recommended {q.measure}", score),), ", ".join(names))


def _holds(text: str, value: str) -> bool:
    return value.lower() in " ".join(text.lower().split())


def _share(answer: Answer, names: Sequence[str], q: Ask) -> float:
    """The share of evidence that is of the right files and says nothing that it should not."""
    if not answer.answered:
        return 0.0
    right = sum(
        name in q.sources and not any(_holds(str(e.part.data), v) for v in q.unwanted)
        for name, e in zip(names, answer.evidence, strict=True)
    )
    return right / max(len(names), 1)


def _made_of(judged: JudgedLibrary, answer: Answer, q: Ask) -> float:
    """Of the parts that are made in another form, the share that is of the right files,
    the first of them above all.
    """
    shares = []
    for part in answer.parts:
        if part.part.modality == q.to:
            numbers = part.part.meta.get("evidence", ())
            files = {_name(judged, e.hit.chunk) for e in answer.evidence if e.n in numbers}
            is_right = q.sources[0] in files <= set(q.sources) and part.origin == q.origin
            shares.append(float(is_right))
    return sum(shares) / max(len(shares), q.parts)


def _name(judged: JudgedLibrary, chunk: Chunk) -> str:
    """A file by its path in the collection; the question's own by its name."""
    uri = Path(chunk.asset.uri)
    if uri.is_relative_to(judged.folder):
        return uri.relative_to(judged.folder).as_posix()
    return "the question's own"


def modality_of(name: str) -> Modality:
    """What a file of the collection is."""
    return MODALITIES.get(name.rpartition(".")[2], "text")


def _part(piece: QueryPiece) -> Part:
    match piece:
        case str():
            return Part("text", piece)
        case AlteredPicture(name):
            return _picture(collection.altered_picture(name))
        case Scan(lines):
            return _picture(collection.card(lines))
        case LabelledPicture(name, label):
            return _picture(collection.labelled_picture(name, label))
        case Drawing(name):
            return _picture(getattr(collection, name)())
        case Attachment(text, name):
            mime = "text/markdown" if name.endswith(".md") else "text/plain"
            return Part("text", text.encode(), mime, name)


def _picture(picture: Image.Image) -> Part:
    data = io.BytesIO()
    picture.save(data, "PNG")
    return Part("image", data.getvalue(), "image/png", "given.png")
