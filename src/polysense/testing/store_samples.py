"""The chunks and vectors with which stores are checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from polysense.protocols import Vectors
from polysense.types import Asset, Chunk, Part, Space, Span, TextSpan

SPACE = Space("contract-check", "1", 4)
TOKEN_SPACE = Space("contract-check tokens", "1", 4, "maxsim")
SPARSE_SPACE = Space("contract-check sparse", "1", 1 << 24, "sparse")


def sample_chunk(n: int, modality: str, text: str, span: Span, **more: Any) -> Chunk:
    """A chunk of its own file, the n-th."""
    asset = Asset(
        f"{n:032x}",
        f"/contract/it's {n}/file-{n}.txt",
        "text/plain",
        modality,
        10 * n,
        {"created": f"2026-01-0{n}"},
    )
    return Chunk(asset, span, modality, text=text, **more)


def sample_chunks() -> list[Chunk]:
    """Five chunks of four files, of four modalities; the last two are of one."""
    picture = Part(
        "image",
        Path("/contract/it's 3/file-3.txt"),
        "application/pdf",
        span=Span(page=3, box=(0.0, 0.5, 0.5, 1.0)),
    )
    marks = (
        TextSpan(0, 9, Span(seconds=(12.0, 14.5))),
        TextSpan(10, 15, Span(seconds=(14.5, 18.0))),
    )
    return [
        sample_chunk(
            1,
            "text",
            "High water follows the moon",
            Span(page=1),
            meta={"camera": "Nikon", "iso": 400, "night": True},
        ),
        sample_chunk(
            2,
            "code",
            "def getHTTPResponse(url): pass",
            Span(lines=(10, 24)),
            context="fetch > client",
            meta={"camera": "O'Brien"},
        ),
        sample_chunk(
            3,
            "image",
            "1953年的收据在抽屉里",
            Span(page=3, box=(0.0, 0.5, 0.5, 1.0)),
            part=picture,
            meta={"lang": "zh"},
        ),
        sample_chunk(
            4,
            "audio",
            "ring bells aloud",
            Span(seconds=(12.0, 18.0)),
            marks=marks,
            meta={"iso": 100, "night": False},
        ),
        sample_chunk(4, "audio", "the moon is mentioned again", Span(seconds=(18.0, 24.0))),
    ]


def axis(i: int) -> Vectors:
    """A unit vector along one axis."""
    unit = np.zeros(SPACE.dim, np.float32)
    unit[i] = 1
    return unit
