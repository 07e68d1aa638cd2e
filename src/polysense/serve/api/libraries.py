"""Libraries: made, named, listed, deleted; what is in them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from polysense.serve import schema, serializers
from polysense.serve.context import Administering, Name, Reading, Server, Who
from polysense.serve.library_pool import Held
from polysense.serve.pictures import held_asset
from polysense.serve.problems import documented

router = APIRouter(prefix="/api/libraries", tags=["libraries"])


@router.get(
    "",
    response_model=schema.Libraries,
    responses=documented(),
    summary="The libraries that this token may read",
)
def names(server: Server, who: Who) -> dict[str, Any]:
    """The main library first."""
    return {"libraries": [n for n in server.shelf.names() if who.may("read", n)]}


@router.post(
    "",
    status_code=201,
    response_model=schema.Library,
    responses=documented(409, 413),
    summary="Make a library",
)
def create(body: schema.NewLibrary, server: Server, _: Administering) -> dict[str, Any]:
    """An empty library, isolated from the others."""
    return _status(server.shelf.create(body.name))


@router.delete(
    "/{library}", status_code=204, responses=documented(404, 409), summary="Delete a library"
)
def delete(library: Name, server: Server, _: Administering) -> None:
    """With everything that was uploaded to it. The main library cannot be deleted here."""
    server.shelf.delete(library)


@router.get(
    "/{library}",
    response_model=schema.Library,
    responses=documented(404, 409),
    summary="How much a library holds",
)
def status(held: Reading) -> dict[str, Any]:
    """Counts, and how far the vectors of each space are."""
    return _status(held)


@router.get(
    "/{library}/assets",
    response_model=schema.Assets,
    responses=documented(404, 409),
    summary="The files of a library",
)
def assets(
    held: Reading,
    after: Annotated[int, Query(ge=0, le=10**9, description="Leave out this many.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many.")] = 100,
    modality: Annotated[str, Query(max_length=40, description="Only this kind.")] = "",
    name: Annotated[
        str, Query(max_length=200, description="Only those with this in their path.")
    ] = "",
) -> dict[str, Any]:
    """In order of path."""
    found = [
        a
        for a in held.library.assets()
        if modality in ("", a.modality) and name.lower() in a.uri.lower()
    ]
    following = after + limit if after + limit < len(found) else None
    return {
        "assets": [serializers.asset(held.name, a) for a in found[after : after + limit]],
        "total": len(found),
        "next": following,
    }


@router.get(
    "/{library}/assets/{asset}",
    response_model=schema.Asset,
    responses=documented(404, 409),
    summary="A file",
)
def one(held: Reading, asset: str) -> dict[str, Any]:
    """By its id."""
    return serializers.asset(held.name, held_asset(held, asset))


@router.get(
    "/{library}/assets/{asset}/chunks",
    response_model=schema.Chunks,
    responses=documented(404, 409),
    summary="What is searched of a file",
)
def chunks(held: Reading, asset: str) -> dict[str, Any]:
    """Its pieces, in order of place."""
    from polysense.render import chunk_json

    return {"chunks": [chunk_json(c) for c in held.library.chunks(held_asset(held, asset).id)]}


@router.get(
    "/{library}/failures",
    response_model=schema.Failures,
    responses=documented(404, 409),
    summary="Files that could not be read",
)
def failures(held: Reading) -> dict[str, Any]:
    """Each with its cause and what to do."""
    return {
        "failures": [
            {"uri": f.uri, "error": f.error, "hint": f.hint} for f in held.library.failures()
        ]
    }


def _status(held: Held) -> dict[str, Any]:
    return held.library.status() | {"name": held.name, "busy": held.jobs.busy}
