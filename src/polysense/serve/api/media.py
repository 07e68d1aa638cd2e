"""What there is to see and hear: files with byte ranges, pages, frames, pictures, what was made.

Files are strangers' files: each has a type that browsers cannot mistake, and whatever could run is
inert (`headers.INERT_POLICY`).
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
from polysense.serve.context import ReadableEntry, Server
from polysense.serve.pictures import asset_file, cached_file, get_asset, glb, peaks, picture
from polysense.serve.problems import problem_responses
from polysense.serve.responses import InertFileResponse, safe_type

router = APIRouter(prefix="/api/libraries/{library}", tags=["media"])

Longest = Annotated[
    int, Query(ge=16, le=4096, description="Pixels of the longer side, at the most.")
]


HOUR, DAY = 3600, 86_400
"""How long browsers may keep a file, and what was made of it, in seconds."""

_BYTES = {"schema": {"type": "string", "format": "binary"}}


def _file_responses(mime: str, *problems: int) -> dict[int | str, dict[str, Any]]:
    """The answers of a path that sends a file, whole or a range of it."""
    responses: dict[int | str, dict[str, Any]] = {
        200: {"description": "The file", "content": {mime: _BYTES}},
        206: {
            "description": "A range of it, or several as multipart/byteranges",
            "content": {mime: _BYTES, "multipart/byteranges": _BYTES},
        },
    }
    return responses | problem_responses(404, 409, 416, *problems)


@router.get(
    "/assets/{asset}/content",
    response_class=FileResponse,
    responses=_file_responses("*/*"),
    summary="A file's bytes, with ranges",
)
def content(entry: ReadableEntry, asset: str, download: bool = False) -> InertFileResponse:
    """So that videos can be seeked: Range: bytes=0-1023."""
    source = get_asset(entry, asset)
    return InertFileResponse(
        asset_file(entry, source),
        safe_type(source.mime, source.modality),
        HOUR,
        source.name,
        download,
        f'"{source.id}"',
    )


@router.get(
    "/assets/{asset}/pages/{page}",
    response_class=FileResponse,
    summary="A page as a picture",
    responses=_file_responses("image/png", 415),
)
def page(
    entry: ReadableEntry,
    server: Server,
    asset: str,
    page: Annotated[int, InPath(ge=1, le=100_000)],
    longest: Longest = 1600,
) -> InertFileResponse:
    """Of a PDF."""
    source = get_asset(entry, asset)
    if source.mime != "application/pdf":
        raise NotFound(f"{source.name} has no pages", "Ask for its content.")
    with server.concurrency.acquire():
        path = cached_file(
            entry,
            f"page {asset} {page} {longest}",
            ".png",
            lambda: decode.png(pdf.render(asset_file(entry, source), page, None, longest)),
        )
    return _png_response(path)


@router.get(
    "/assets/{asset}/frame",
    response_class=FileResponse,
    summary="A frame of a video",
    responses=_file_responses("image/png", 415),
)
def frame(
    entry: ReadableEntry,
    server: Server,
    asset: str,
    at: Annotated[float, Query(ge=0, le=10**6, description="Seconds.")] = 0.0,
) -> InertFileResponse:
    """As it is shown at that moment."""
    source = get_asset(entry, asset)
    if source.modality != "video":
        raise NotFound(f"{source.name} has no frames", "Ask for its content.")
    with server.concurrency.acquire():
        path = cached_file(
            entry,
            f"frame {asset} {at:.2f}",
            ".png",
            lambda: decode.png(video.frame(asset_file(entry, source), at)),
        )
    return _png_response(path)


@router.get(
    "/assets/{asset}/picture",
    response_class=FileResponse,
    summary="A picture of a file",
    responses=_file_responses("image/png", 415, 501),
)
def thumbnail(
    entry: ReadableEntry, server: Server, asset: str, longest: Longest = 480
) -> InertFileResponse:
    """Of its first piece."""
    chunks = entry.library.chunks(get_asset(entry, asset).id)
    if not chunks:
        raise NotFound("nothing in this file is searched", "See GET .../failures for why.")
    with server.concurrency.acquire():
        return _png_response(picture(entry, chunks[0], longest))


@router.get(
    "/chunks/{chunk}/picture",
    response_class=FileResponse,
    summary="A picture of a place",
    responses=_file_responses("image/png", 415, 501),
)
def place(
    entry: ReadableEntry, server: Server, chunk: str, longest: Longest = 1200
) -> InertFileResponse:
    """The page with the place marked, the frame, the waveform, the rows, the model: whatever it
    is.
    """
    matches = entry.library.chunks(chunk) if re.fullmatch(r"[\w:.#-]{1,200}", chunk) else []
    if len(matches) != 1 or matches[0].id != chunk:
        raise NotFound(
            f"there is no place {chunk}",
            "Search again: places have new ids when their file has changed.",
        )
    with server.concurrency.acquire():
        return _png_response(picture(entry, matches[0], longest))


@router.get(
    "/assets/{asset}/model",
    response_class=FileResponse,
    summary="A 3D model as GLB",
    responses=_file_responses("model/gltf-binary", 415),
)
def model(entry: ReadableEntry, server: Server, asset: str) -> InertFileResponse:
    """Whatever its own format is, so that browsers can show it; its parts keep their names."""
    source = get_asset(entry, asset)
    if not source.mime.startswith("model/"):
        raise NotFound(f"{source.name} is no model", "Ask for its content.")
    with server.concurrency.acquire():
        path = cached_file(
            entry, f"model {asset}", ".glb", lambda: glb(asset_file(entry, source), source.mime)
        )
    return InertFileResponse(path, "model/gltf-binary", DAY)


@router.get(
    "/assets/{asset}/waveform",
    response_model=schema.Waveform,
    responses=problem_responses(404, 409, 415),
    summary="A recording's shape",
)
def waveform(entry: ReadableEntry, server: Server, asset: str) -> dict[str, Any]:
    """Of a recording, or of a video's sound."""
    source = get_asset(entry, asset)
    with server.concurrency.acquire():
        path = cached_file(
            entry,
            f"waveform {asset}",
            ".json",
            lambda: json.dumps(peaks(asset_file(entry, source))).encode(),
        )
    waveform_json: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return waveform_json


@router.get(
    "/answers/{name}",
    response_class=FileResponse,
    summary="What was made for an answer",
    responses=_file_responses("*/*"),
)
def answer(entry: ReadableEntry, name: str, download: bool = False) -> InertFileResponse:
    """Under the address that the answer told; it may be gone when the cache was full."""
    path = serializers.answer_file(entry, name)
    return InertFileResponse(path, safe_type(sniff(path)), DAY, name, download)


def _png_response(path: Path) -> InertFileResponse:
    return InertFileResponse(path, "image/png", DAY)
