"""Libraries: made, named, listed, deleted; what is in them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from polysense.serve import schema, serializers
from polysense.serve.context import AdminCaller, Caller, Name, ReadableEntry, Server
from polysense.serve.library_pool import PoolEntry
from polysense.serve.pictures import get_asset
from polysense.serve.problems import problem_responses

router = APIRouter(prefix="/api/libraries", tags=["libraries"])


@router.get(
    "",
    response_model=schema.Libraries,
    responses=problem_responses(),
    summary="The libraries that this token may read",
)
def names(server: Server, caller: Caller) -> dict[str, Any]:
    """The main library first."""
    return {"libraries": [n for n in server.pool.names() if caller.allows("read", n)]}


@router.post(
    "",
    status_code=201,
    response_model=schema.Library,
    responses=problem_responses(409, 413),
    summary="Make a library",
)
def create(body: schema.NewLibrary, server: Server, _: AdminCaller) -> dict[str, Any]:
    """An empty library, isolated from the others."""
    return _library_status(server.pool.create(body.name))


@router.delete(
    "/{library}", status_code=204, responses=problem_responses(404, 409), summary="Delete a library"
)
def delete(library: Name, server: Server, _: AdminCaller) -> None:
    """With everything that was uploaded to it. The main library cannot be deleted here."""
    server.pool.delete(library)


@router.get(
    "/{library}",
    response_model=schema.Library,
    responses=problem_responses(404, 409),
    summary="How much a library holds",
)
def status(entry: ReadableEntry) -> dict[str, Any]:
    """Counts, and how far the vectors of each space are."""
    return _library_status(entry)


@router.get(
    "/{library}/assets",
    response_model=schema.Assets,
    responses=problem_responses(404, 409),
    summary="The files of a library",
)
def assets(
    entry: ReadableEntry,
    after: Annotated[int, Query(ge=0, le=10**9, description="Leave out this many.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many.")] = 100,
    modality: Annotated[str, Query(max_length=40, description="Only this kind.")] = "",
    name: Annotated[
        str, Query(max_length=200, description="Only those with this in their path.")
    ] = "",
) -> dict[str, Any]:
    """In order of path."""
    matches = [
        a
        for a in entry.library.assets()
        if modality in ("", a.modality) and name.lower() in entry.uri(a.uri).lower()
    ]
    following = after + limit if after + limit < len(matches) else None
    return {
        "assets": [serializers.asset_json(entry, a) for a in matches[after : after + limit]],
        "total": len(matches),
        "next": following,
    }


@router.get(
    "/{library}/assets/{asset}",
    response_model=schema.Asset,
    responses=problem_responses(404, 409),
    summary="A file",
)
def one(entry: ReadableEntry, asset: str) -> dict[str, Any]:
    """By its id."""
    return serializers.asset_json(entry, get_asset(entry, asset))


@router.get(
    "/{library}/assets/{asset}/chunks",
    response_model=schema.Chunks,
    responses=problem_responses(404, 409),
    summary="What is searched of a file",
)
def chunks(entry: ReadableEntry, asset: str) -> dict[str, Any]:
    """Its pieces, in order of place."""
    from polysense.render import chunk_json

    return {"chunks": [chunk_json(c) for c in entry.library.chunks(get_asset(entry, asset).id)]}


@router.get(
    "/{library}/failures",
    response_model=schema.Failures,
    responses=problem_responses(404, 409),
    summary="Files that could not be read",
)
def failures(entry: ReadableEntry) -> dict[str, Any]:
    """Each with its cause and what to do."""
    return {
        "failures": [
            serializers.failure_json(entry, f.uri, f.error, f.hint)
            for f in entry.library.failures()
        ]
    }


def _library_status(entry: PoolEntry) -> dict[str, Any]:
    return entry.library.status() | {"name": entry.name, "busy": entry.jobs.busy}
