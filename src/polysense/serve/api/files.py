"""Files come in and go: by form, by body, by address, from the server's folders.

Each request is answered at once, with the job that reads them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Request, UploadFile
from fastapi import Path as InPath
from fastapi.concurrency import run_in_threadpool

from polysense.errors import LibraryError, NotFound
from polysense.ingest.catalogue import within
from polysense.serve import schema, serializers
from polysense.serve.context import Server, Writing
from polysense.serve.fetch import fetch
from polysense.serve.library_pool import Held
from polysense.serve.pictures import held_asset
from polysense.serve.problems import documented
from polysense.serve.uploads import BLOCK, landing, reachable, receive

router = APIRouter(prefix="/api/libraries/{library}", tags=["files"])

_BYTES = {"type": "string", "format": "binary"}
_BODY = {
    "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": _BYTES}}}
}


@router.post(
    "/files",
    status_code=202,
    response_model=schema.Uploaded,
    responses=documented(404, 409, 507),
    summary="Add files by form",
)
def add(
    held: Writing,
    files: Annotated[
        list[UploadFile], File(description="Names may have folders in them.", max_length=1000)
    ],
) -> dict[str, Any]:
    """A file that is there already is replaced. Files that belong together should come in one
    folder.
    """
    kept: list[Path] = []
    try:
        for file in files:
            with landing(held.uploads, file.filename or "") as (target, place):
                while piece := file.file.read(BLOCK):
                    target.write(piece)
            kept.append(place)
    except Exception:
        if kept:
            held.jobs.add("index", [str(held.uploads)])  # what has come is there, and is found
        raise
    return _taken(held, kept)


@router.put("/files/{name:path}", status_code=202, response_model=schema.Uploaded, responses=documented(404, 409, 507),
            summary="Add a file by body", openapi_extra=_BODY)  # fmt: skip
async def put(
    held: Writing,
    server: Server,
    request: Request,
    name: Annotated[str, InPath(min_length=1, max_length=2000)],
) -> dict[str, Any]:
    """Written as it comes, so it may be larger than memory: curl -T talk.mp4
    .../files/talks/talk.mp4
    """
    place = await receive(request.stream(), held.uploads, name, server.settings.upload_mb << 20)
    return await run_in_threadpool(_taken, held, [place])


@router.post(
    "/urls",
    status_code=202,
    response_model=schema.Uploaded,
    responses=documented(404, 409, 507),
    summary="Add a file by address",
)
def url(held: Writing, server: Server, body: schema.Elsewhere) -> dict[str, Any]:
    """From the hosts that the server allows only, and never from its own network."""
    return _taken(
        held,
        [fetch(body.url, held.uploads, server.settings.url_hosts, server.settings.upload_mb << 20)],
    )


@router.post(
    "/sync",
    status_code=202,
    response_model=schema.Job,
    responses=documented(404, 409),
    summary="Sync folders of the server",
)
def sync(held: Writing, server: Server, body: schema.Sync) -> dict[str, Any]:
    """Those below the folders that the server allows."""
    return serializers.job(
        held.jobs.add(
            "index", [str(reachable(said, server.settings.folders)) for said in body.paths]
        )
    )


@router.post(
    "/failures/retry",
    status_code=202,
    response_model=schema.Job,
    responses=documented(404, 409),
    summary="Read failures again",
)
def retry(held: Writing) -> dict[str, Any]:
    """Files that have gone meanwhile are forgotten."""
    failed = sorted({f.uri for f in held.library.failures()})
    files = {uri: Path(uri.partition("!/")[0]) for uri in failed}
    there = [uri for uri in failed if files[uri].exists()]
    if failed:
        held.library.catalogue.unplace([uri for uri in failed if uri not in there])
        # else they count as known
        held.library.catalogue.distrust({above for uri in there for above in within(uri)})
    if not there:
        raise NotFound("nothing that failed is there to be read again", "Add the files again.")
    return serializers.job(held.jobs.add("index", sorted({str(files[uri]) for uri in there})))


@router.delete(
    "/assets/{asset}",
    status_code=202,
    response_model=schema.Job,
    responses=documented(404, 409),
    summary="Remove a file",
)
def remove(held: Writing, asset: str) -> dict[str, Any]:
    """It is forgotten; if it was uploaded, its content is deleted too."""
    found = held_asset(held, asset)
    for place in held.library.catalogue.places([found.id]).get(found.id, [found.uri]):
        path = Path(place)
        if path.is_file() and path.parent.resolve().is_relative_to(held.uploads.resolve()):
            try:
                path.unlink(missing_ok=True)
            except OSError as e:
                raise LibraryError(
                    f"{found.name} cannot be deleted: {e.strerror}",
                    "Check the permissions of the server's files.",
                ) from e
    return serializers.job(held.jobs.add("remove", [found.id]))


def _taken(held: Held, places: list[Path]) -> dict[str, Any]:
    names = [p.relative_to(held.uploads).as_posix() for p in places]
    return {"files": names, "job": serializers.job(held.jobs.add("index", [str(held.uploads)]))}
