"""What there is to look at and to listen to: files with byte ranges, pages, frames, pictures of
places, what was made for answers.

Files are strangers' files: each has a type that browsers cannot mistake, and whatever could run is
inert (`headers.INERT`).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from starlette.responses import FileResponse

from polysense.errors import NotFound
from polysense.read.document.pdf import decode as pdf
from polysense.read.file.mime import sniff
from polysense.read.film import decode as video
from polysense.read.image import decode
from polysense.serve import schema, serializers
from polysense.serve.context import Reading, Server
from polysense.serve.pictures import file, glb, held_asset, kept, peaks, picture
from polysense.serve.problems import documented
from polysense.serve.responses import Sent, safe_type

router = APIRouter(prefix="/api/libraries/{library}", tags=["media"])

Longest = Annotated[
    int, Query(ge=16, le=4096, description="Pixels of the longer side, at the most.")
]


HOUR, DAY = 3600, 86_400
"""How long browsers may keep a file, and what was made of it, in seconds."""

_BYTES = {"schema": {"type": "string", "format": "binary"}}


def _file(mime: str, *problems: int) -> dict[int | str, dict[str, Any]]:
    """The answers of a path that sends a file, whole or a range of it."""
    told: dict[int | str, dict[str, Any]] = {
        200: {"description": "The file", "content": {mime: _BYTES}},
        206: {
            "description": "A range of it, or several as multipart/byteranges",
            "content": {mime: _BYTES, "multipart/byteranges": _BYTES},
        },
    }
    return told | documented(404, 409, 416, *problems)


@router.get(
    "/assets/{asset}/content",
    response_class=FileResponse,
    responses=_file("*/*"),
    summary="A file's bytes, with ranges",
)
def content(held: Reading, asset: str, download: bool = False) -> Sent:
    """So that videos can be seeked: Range: bytes=0-1023."""
    found = held_asset(held, asset)
    return Sent(
        file(held, found),
        safe_type(found.mime, found.modality),
        HOUR,
        found.name,
        download,
        f'"{found.id}"',
    )


@router.get("/assets/{asset}/pages/{page}", response_class=FileResponse, summary="A page as a picture",
            responses=_file("image/png", 415))  # fmt: skip
def page(
    held: Reading,
    server: Server,
    asset: str,
    page: Annotated[int, InPath(ge=1, le=100_000)],
    longest: Longest = 1600,
) -> Sent:
    """Of a PDF."""
    found = held_asset(held, asset)
    if found.mime != "application/pdf":
        raise NotFound(f"{found.name} has no pages", "Ask for its content.")
    with server.turns.taken():
        made = kept(
            held,
            f"page {asset} {page} {longest}",
            ".png",
            lambda: decode.png(pdf.render(file(held, found), page, None, longest)),
        )
    return _png(made)


@router.get("/assets/{asset}/frame", response_class=FileResponse, summary="A frame of a video",
            responses=_file("image/png", 415))  # fmt: skip
def frame(
    held: Reading,
    server: Server,
    asset: str,
    at: Annotated[float, Query(ge=0, le=10**6, description="Seconds.")] = 0.0,
) -> Sent:
    """As it is shown at that moment."""
    found = held_asset(held, asset)
    if found.modality != "video":
        raise NotFound(f"{found.name} has no frames", "Ask for its content.")
    with server.turns.taken():
        made = kept(
            held,
            f"frame {asset} {at:.2f}",
            ".png",
            lambda: decode.png(video.frame(file(held, found), at)),
        )
    return _png(made)


@router.get("/assets/{asset}/picture", response_class=FileResponse, summary="A picture of a file",
            responses=_file("image/png", 415, 501))  # fmt: skip
def thumbnail(held: Reading, server: Server, asset: str, longest: Longest = 480) -> Sent:
    """Of its first piece."""
    chunks = held.library.chunks(held_asset(held, asset).id)
    if not chunks:
        raise NotFound("nothing in this file is searched", "See GET .../failures for why.")
    with server.turns.taken():
        return _png(picture(held, chunks[0], longest))


@router.get("/chunks/{chunk}/picture", response_class=FileResponse, summary="A picture of a place",
            responses=_file("image/png", 415, 501))  # fmt: skip
def place(held: Reading, server: Server, chunk: str, longest: Longest = 1200) -> Sent:
    """The page with the place marked, the frame, the waveform, the rows, the model: whatever it is."""
    found = held.library.chunks(chunk) if re.fullmatch(r"[\w:.#-]{1,200}", chunk) else []
    if len(found) != 1 or found[0].id != chunk:
        raise NotFound(
            f"there is no place {chunk}",
            "Search again: places have new ids when their file has changed.",
        )
    with server.turns.taken():
        return _png(picture(held, found[0], longest))


@router.get("/assets/{asset}/model", response_class=FileResponse, summary="A 3D model as GLB",
            responses=_file("model/gltf-binary", 415))  # fmt: skip
def model(held: Reading, server: Server, asset: str) -> Sent:
    """Whatever its own format is, so that browsers can show it; its parts keep their names."""
    found = held_asset(held, asset)
    if not found.mime.startswith("model/"):
        raise NotFound(f"{found.name} is no model", "Ask for its content.")
    with server.turns.taken():
        made = kept(held, f"model {asset}", ".glb", lambda: glb(file(held, found), found.mime))
    return Sent(made, "model/gltf-binary", DAY)


@router.get(
    "/assets/{asset}/waveform",
    response_model=schema.Waveform,
    responses=documented(404, 409, 415),
    summary="A recording's shape",
)
def waveform(held: Reading, server: Server, asset: str) -> dict[str, Any]:
    """Of a recording, or of a video's sound."""
    found = held_asset(held, asset)
    with server.turns.taken():
        made = kept(
            held,
            f"waveform {asset}",
            ".json",
            lambda: json.dumps(peaks(file(held, found))).encode(),
        )
    read: dict[str, Any] = json.loads(made.read_text("utf-8"))
    return read


@router.get("/answers/{name}", response_class=FileResponse, summary="What was made for an answer",
            responses=_file("*/*"))  # fmt: skip
def answer(held: Reading, name: str, download: bool = False) -> Sent:
    """Under the address that the answer told; it may be gone when the cache was full."""
    path = serializers.made(held, name)
    return Sent(path, safe_type(sniff(path)), DAY, name, download)


def _png(path: Path) -> Sent:
    return Sent(path, "image/png", DAY)
