"""Files come in and go: by form, by body, by address, from the server's folders.

Each request is answered at once, with the job that reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Request, UploadFile
from fastapi import Path as InPath
from fastapi.concurrency import run_in_threadpool

from polysense.errors import NotFound
from polysense.ingest.uris import enclosing_uris
from polysense.serve import schema, serializers
from polysense.serve.context import Server, WritableEntry
from polysense.serve.fetch import fetch
from polysense.serve.jobs import Job
from polysense.serve.library_pool import PoolEntry
from polysense.serve.pictures import get_asset
from polysense.serve.problems import problem_responses
from polysense.serve.uploads import BLOCK_BYTES, allowed_path, atomic_write, receive

router = APIRouter(prefix="/api/libraries/{library}", tags=["files"])

_BYTES = {"type": "string", "format": "binary"}
_BODY = {
    "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": _BYTES}}}
}


@router.post(
    "/files",
    status_code=202,
    response_model=schema.UploadResult,
    responses=problem_responses(404, 409, 507),
    summary="Add files by form",
)
def add(
    entry: WritableEntry,
    files: Annotated[
        list[UploadFile], File(description="Names may have folders in them.", max_length=1000)
    ],
) -> dict[str, Any]:
    """A file that is there already is replaced. Files that belong together should come in one
    folder.
    """
    paths: list[Path] = []
    try:
        for file in files:
            with atomic_write(entry.uploads, file.filename or "") as (out, path):
                while piece := file.file.read(BLOCK_BYTES):
                    out.write(piece)
            paths.append(path)
    except Exception:
        if paths:
            entry.jobs.add("index", [str(entry.uploads)])  # what has come is there, and is found
        raise
    return _index_uploads(entry, paths)


@router.put(
    "/files/{name:path}",
    status_code=202,
    response_model=schema.UploadResult,
    responses=problem_responses(404, 409, 507),
    summary="Add a file by body",
    openapi_extra=_BODY,
)
async def put(
    entry: WritableEntry,
    server: Server,
    request: Request,
    name: Annotated[str, InPath(min_length=1, max_length=2000)],
) -> dict[str, Any]:
    """Written as it comes, so it may be larger than memory: curl -T talk.mp4
    .../files/talks/talk.mp4
    """
    path = await receive(request.stream(), entry.uploads, name, server.settings.upload_mb << 20)
    return await run_in_threadpool(_index_uploads, entry, [path])


@router.post(
    "/urls",
    status_code=202,
    response_model=schema.UploadResult,
    responses=problem_responses(404, 409, 507),
    summary="Add a file by address",
)
def url(entry: WritableEntry, server: Server, body: schema.RemoteFile) -> dict[str, Any]:
    """From the hosts that the server allows only, and never from its own network."""
    return _index_uploads(
        entry,
        [
            fetch(
                body.url, entry.uploads, server.settings.url_hosts, server.settings.upload_mb << 20
            )
        ],
    )


@router.post(
    "/sync",
    status_code=202,
    response_model=schema.Job,
    responses=problem_responses(404, 409),
    summary="Sync folders of the server",
)
def sync(entry: WritableEntry, server: Server, body: schema.Sync) -> dict[str, Any]:
    """Those below the folders that the server allows."""
    paths = [str(allowed_path(path, server.settings.folders)) for path in body.paths]
    return serializers.job_json(entry, entry.jobs.add("index", paths))


@router.post(
    "/failures/retry",
    status_code=202,
    response_model=schema.Job,
    responses=problem_responses(404, 409),
    summary="Read failures again",
)
def retry(entry: WritableEntry) -> dict[str, Any]:
    """Files that have gone meanwhile are forgotten."""
    failed = sorted({f.uri for f in entry.library.failures()})
    files = {uri: Path(uri.partition("!/")[0]) for uri in failed}
    existing_uris = [uri for uri in failed if files[uri].exists()]
    if failed:
        entry.library.catalogue.forget_places([uri for uri in failed if uri not in existing_uris])
    return serializers.job_json(entry, _read_again(entry, existing_uris))


@router.delete(
    "/assets/{asset}",
    status_code=202,
    response_model=schema.Job,
    responses=problem_responses(404, 409),
    summary="Remove a file",
)
def remove(entry: WritableEntry, asset: str) -> dict[str, Any]:
    """It is forgotten. If it was uploaded, its content is moved to the bin, from which it can be
    restored for a day; a file that the library reads from elsewhere stays where it is.
    """
    source = get_asset(entry, asset)
    places = entry.library.catalogue.places([source.id]).get(source.id, [source.uri])
    entry.bin.put(source.id, places)
    return serializers.job_json(entry, entry.jobs.add("remove", [source.id]))


@router.post(
    "/assets/{asset}/restore",
    status_code=202,
    response_model=schema.Job,
    responses=problem_responses(404, 409),
    summary="Put a removed file back",
)
def restore(entry: WritableEntry, asset: str) -> dict[str, Any]:
    """Within a day of its removal; it is read again."""
    for job in entry.jobs.list():
        if job.kind == "remove" and asset in job.arguments and not job.is_over:
            entry.jobs.stop(job.id)
    return serializers.job_json(entry, _read_again(entry, entry.bin.restore(asset)))


def _read_again(entry: PoolEntry, uris: Sequence[str]) -> Job:
    """Index files that are known already, or that lie in an archive that is."""
    if not uris:
        raise NotFound("nothing of it is there to be read again", "Add the files again.")
    # else they count as known
    entry.library.catalogue.mark_stale({above for uri in uris for above in enclosing_uris(uri)})
    return entry.jobs.add("index", sorted({uri.partition("!/")[0] for uri in uris}))


def _index_uploads(entry: PoolEntry, paths: list[Path]) -> dict[str, Any]:
    names = [p.relative_to(entry.uploads).as_posix() for p in paths]
    return {
        "files": names,
        "job": serializers.job_json(entry, entry.jobs.add("index", [str(entry.uploads)])),
    }
