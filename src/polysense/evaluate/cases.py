"""Questions with known answers: a library's own files, each altered, so that finding it is no
look-up.

Known-item search (Azzopardi, de Rijke & Balog, "Building simulated queries for known-item topics",
SIGIR 2007) for every modality: words left out of a sentence, a picture cropped and recompressed, a
recording cut and noisy, a clip cut and made small, a model turned and scaled, a function without
its head, a table without half of its rows.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from polysense.errors import PolysenseError
from polysense.ingest.catalogue import Catalogue
from polysense.modalities import all_modalities, describe
from polysense.modalities import function as function_of
from polysense.read.film import decode as video
from polysense.read.image import decode as image
from polysense.read.language.questions import content_terms
from polysense.read.sound import decode
from polysense.results import Answer
from polysense.retrieve.related_assets import sidecar_assets
from polysense.types import Asset, Chunk, Evidence, Hit, Modality, Part, Span

SEED = 20
"""Of the order of files and of noise, so that every run asks the same."""


COPY = 0.9
"""How alike two files are that hold the same: of 30 films those of one scene in two encodings
and sizes are at .94 and above, others at .64 and below; of 30 recordings all are different, at .53
and below.
"""


class Subject(Protocol):
    """What is measured: a library, as far as this needs one."""

    @property
    def catalogue(self) -> Catalogue:
        """What is where."""
        ...

    def assets(self) -> list[Asset]:
        """Every file that it holds."""
        ...

    def chunks(self, what: str | Path) -> list[Chunk]:
        """The chunks of an asset."""
        ...

    def ask(self, *query: str | Part, to: Modality | Sequence[Modality] = "text") -> Answer:
        """An answer in a modality."""
        ...


@dataclass(frozen=True, slots=True)
class Case:
    """A question put as `input` ("text", "text+image"), and the asset that it is of.

    acceptable holds the ids of all assets that would be right, this one among them.
    """

    input: str
    query: tuple[Part, ...]
    asset: Asset
    acceptable: frozenset[str]


MIN_WORDS, MIN_TERMS = 14, 8
"""What a passage must have to be asked for by its words: fewer stand in many places. Judged."""


def input_names() -> tuple[str, ...]:
    """What can be asked with: each modality that declares how, and some of them with words.

    >>> input_names()[0], "text+image" in input_names(), "graph" in input_names()
    ('text', True, False)
    """
    askable = [m for m in all_modalities().values() if m.query_maker]
    return (
        *(m.name for m in askable),
        *(f"text+{m.name}" for m in askable if m.file_question),
    )


def cases(kb: Subject, each: int = 3) -> list[Case]:
    """`each` cases for every input that the library has files for; the same ones at every call."""
    result: list[Case] = []
    for name in input_names():
        *prefix, modality = name.split("+")
        for case in _cases_of(kb, modality, each):
            question = (Part("text", describe(modality).file_question),) if prefix else ()
            result.append(Case(name, (*question, *case.query), case.asset, case.acceptable))
    return result


def _cases_of(kb: Subject, modality: Modality, each: int) -> Iterator[Case]:
    make_query = function_of(describe(modality).query_maker)
    assets = [a for a in kb.assets() if modality in (a.modality, "text")]
    random.Random(SEED).shuffle(assets)
    count = 0
    for asset in assets:
        if count == each:
            return
        try:
            part = next(filter(None, (make_query(c, asset) for c in kb.chunks(asset.id))), None)
        except PolysenseError:
            continue
        if part is not None:
            count += 1
            acceptable = _acceptable_assets(kb, asset) | {*_quoting_assets(kb, part)}
            yield Case(modality, (part,), asset, acceptable)


def _acceptable_assets(kb: Subject, asset: Asset) -> frozenset[str]:
    """The asset, what is kept under its name, what mentions it, and the same in other encodings: to
    cite those is no mistake.
    """
    modalities = {a.modality for a in kb.catalogue.siblings(asset.uri)} | {"text"}
    sidecars = {id for m in modalities for id in sidecar_assets(kb.catalogue, asset, m)}
    return frozenset({asset.id, *sidecars, *_copies(kb, asset)})


def _copies(kb: Subject, asset: Asset) -> Iterator[str]:
    """Ids of the assets that hold the same, by a measure that no encoder has a part in."""
    measure = describe(asset.modality).copy_measure
    if not measure or asset.path is None:
        return
    own = Part(asset.modality, asset.path, asset.mime, asset.name)
    for other in kb.assets():
        if other.modality != asset.modality or other.path is None or other.id == asset.id:
            continue
        part = Part(other.modality, other.path, other.mime, other.name)
        e = Evidence(1, Hit(Chunk(other, Span(), other.modality, part), 1.0), part, Span())
        try:
            if function_of(measure)(own, part, e) >= COPY:
                yield other.id
        except (PolysenseError, ValueError, OSError):
            continue


def _quoting_assets(kb: Subject, part: Part) -> Iterator[str]:
    """Ids of the assets that hold the words asked with, word for word: a function copied into
    another file is there as well.
    """
    if not isinstance(part.data, bytes) or describe(part.modality).is_encoded_whole:
        return
    words = " ".join(part.data.decode("utf-8", "replace").split())
    for asset in kb.assets():
        chunks = kb.chunks(asset.id)
        if words in " ".join(w for c in chunks for w in c.text.split()):
            yield asset.id


def sentence(chunk: Chunk, asset: Asset) -> Part | None:
    """Its beginning, without every fourth word."""
    words = chunk.text.split()
    is_prose = asset.modality not in ("code", "table")
    if not is_prose or len(words) < MIN_WORDS or len(content_terms(chunk.text)) < MIN_TERMS:
        return None
    return Part("text", " ".join(w for i, w in enumerate(words[:24]) if i % 4 != 3))


def picture(chunk: Chunk, asset: Asset) -> Part | None:
    """Cropped by a tenth, a little brighter, recompressed."""
    from PIL import Image, ImageEnhance

    if chunk.part is None or chunk.part.modality != "image" or asset.modality != "image":
        return None
    picture = Image.fromarray(image.pixels(chunk.part, 1200))
    w, h = picture.size
    if min(w, h) < 64:
        return None
    copy = ImageEnhance.Brightness(
        picture.crop((w // 20, h // 20, w - w // 20, h - h // 20))
    ).enhance(1.1)
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=75)
    return Part("image", out.getvalue(), "image/jpeg", "seen.jpg")


def recording(chunk: Chunk, asset: Asset) -> Part | None:
    """Its middle four fifths with some noise, at 16 kHz."""
    if chunk.part is None or chunk.part.modality != "audio" or asset.modality != "audio":
        return None
    samples = decode.samples(chunk.part)
    if len(samples) < decode.RATE or float(np.abs(samples).max()) < 0.01:
        return None
    middle = samples[len(samples) // 10 : len(samples) - len(samples) // 10]
    noise = np.random.default_rng(SEED).normal(0, 0.02 * float(middle.std()), len(middle))
    return Part("audio", decode.wav((middle + noise).astype(np.float32)), "audio/wav", "heard.wav")


def clip(chunk: Chunk, asset: Asset) -> Part | None:
    """Two seconds from its middle, at most 320 pixels wide, without sound."""
    import av

    if asset.modality != "video" or asset.path is None or chunk.span.seconds is None:
        return None
    start, end = chunk.span.seconds
    times = np.linspace(
        start + 0.3 * (end - start), min(start + 0.3 * (end - start) + 2.0, end - 0.05), 16
    )
    frames = [video.frame(asset.path, float(t)) for t in times if t >= 0]
    height, width = frames[0].shape[:2]
    w, h = (2 * round(x * min(1.0, 320 / max(width, height)) / 2) for x in (width, height))
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=8)
        stream.width, stream.height, stream.pix_fmt = w, h, "yuv420p"
        for pixels in frames:
            file.mux(
                stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(w, h))
            )
        file.mux(stream.encode())
    return Part("video", out.getvalue(), "video/mp4", "seen.mp4")


def model(chunk: Chunk, asset: Asset) -> Part | None:
    """Turned about the vertical by 40 degrees, 1.7 times as large, as a file of another kind."""
    import trimesh

    if asset.modality != "3d" or asset.path is None or chunk.part is None:
        return None
    mesh = trimesh.load(asset.path, force="mesh")
    if not len(mesh.faces):
        return None
    mesh.apply_transform(
        trimesh.transformations.scale_matrix(1.7)
        @ trimesh.transformations.rotation_matrix(np.radians(40), [0, 1, 0])
    )
    return Part("3d", mesh.export(file_type="ply"), "model/ply", "found.ply")


def function(chunk: Chunk, asset: Asset) -> Part | None:
    """Without its first and its last line."""
    lines = chunk.text.splitlines()
    if asset.modality != "code" or len(lines) < 7:
        return None
    return Part(
        "code",
        "\n".join(lines[1:-1][:30]).encode(),
        "text/x-python" if asset.name.endswith(".py") else asset.mime,
        asset.name,
    )


def rows(chunk: Chunk, asset: Asset) -> Part | None:
    """Its first rows, and of the others every second one."""
    if asset.modality != "table" or asset.path is None or asset.mime != "text/csv":
        return None
    lines = asset.path.read_text("utf-8", "replace").splitlines()[:40]
    if len(lines) < 5 or chunk.span.cells is None:
        return None
    return Part(
        "table", "\n".join([*lines[:3], *lines[3::2], ""]).encode(), "text/csv", "copied.csv"
    )


def inputs(cases: Sequence[Case]) -> tuple[str, ...]:
    """The inputs that there are cases for, in the order of the map."""
    return tuple(n for n in input_names() if any(c.input == n for c in cases))
