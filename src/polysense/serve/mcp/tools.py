"""What agents can do with a library: the tools and resources of `mcp`, each for the one who calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import anyio
from anyio.to_thread import run_sync
from mcp.server.mcpserver import Context as Call
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import Field

from polysense.errors import BadQuery, NotFound, TooLarge
from polysense.read.file.parts import part
from polysense.serve import pictures, schema, serializers
from polysense.serve.access import Grant, Scope
from polysense.serve.api import queries
from polysense.serve.context import Context, permitted
from polysense.serve.jobs import Job
from polysense.serve.library_pool import MAIN, Held
from polysense.serve.mcp import content as told
from polysense.serve.requests import Asked
from polysense.serve.uploads import reachable
from polysense.types import Hit, Part

MOST = 16 << 20
"""Bytes of a resource."""


Library = Annotated[
    str,
    Field(max_length=64, description="A library's name, as `list` tells; by default the main one."),
]
Like = Annotated[
    schema.Short,
    Field(
        description="A file to search with, beside the words or instead: its id or path in the library."
    ),
]
Where = Annotated[
    schema.Words,
    Field(
        description="Only where this holds, like SQL: modality = 'image' and folder = 'letters' and page > 3"
    ),
]
After = Annotated[int, Field(ge=0, le=10**9, description="Leave out this many.")]
Query = Annotated[schema.Words, Field(description="Words, in any language that the files have.")]
Question = Annotated[schema.Words, Field(description="A question in a natural language.")]
KINDS = "text image audio video 3d code table graph"
Kinds = Annotated[
    tuple[schema.Short, ...],
    Field(max_length=20, description=f"Only these kinds of places: {KINDS}"),
]
Wanted = Annotated[
    tuple[schema.Short, ...],
    Field(min_length=1, max_length=8, description=f"What the answer should be: {KINDS}"),
]
Few = Annotated[int, Field(ge=1, le=50, description="How many.")]
Most = Annotated[int, Field(ge=1, le=500, description="How many.")]
Many = Annotated[int, Field(ge=1, le=100, description="How many places are looked at.")]
Paths = Annotated[
    list[schema.Short],
    Field(min_length=1, max_length=100, description="Files and folders, absolute."),
]
Wait = Annotated[
    float, Field(ge=0, le=3600, description="Seconds to wait; the work goes on after that.")
]
Shown = Annotated[
    schema.Short, Field(description="`chunk` of a place, or `asset` or path of a file.")
]
Named = Annotated[schema.Short, Field(description="Only those with this in their path.")]
Kind = Annotated[schema.Short, Field(description="Only this kind.")]
Media = Annotated[
    bool,
    Field(description=f"With pictures and sounds of the first {told.SEEN} places that are one."),
]


class Tools:
    """What agents can do; who tells what a caller may, folders which paths may be added (None:
    any).
    """

    def __init__(
        self, server: Context, who: Callable[[Call], Grant], folders: Sequence[Path] | None
    ) -> None:
        self._server, self._who, self._folders = server, who, folders

    def search(
        self,
        call: Call,
        query: Query = "",
        like: Like = "",
        modality: Kinds = (),
        where: Where = "",
        k: Few = 8,
        media: Media = True,
        library: Library = "",
    ) -> Annotated[CallToolResult, told.Found]:
        """Find the places in the files that fit words, a file, or both: pages, seconds, lines,
        cells, parts of models, best first.
        """
        held = self._held(call, "read", library)
        asked = self._asked(held, query, like)
        found = self._server.question(
            "search",
            lambda: held.library.search(
                *asked, modality=modality, where=where, k=k, exclude_self=bool(like)
            ),
        )
        with self._server.turns.taken():
            seen = told.content(held, found.hits, found.hits if media else ())
        value = told.Found(
            library=held.name,
            hits=[told.place(h, n) for n, h in enumerate(found, 1)],
            warnings=list(found.warnings),
        )
        said = [told.line(p) for p in value.hits] or ["Nothing found."]
        return told.result([*said, *value.warnings], seen, value)

    def ask(
        self,
        call: Call,
        question: Question = "",
        like: Like = "",
        to: Wanted = ("text",),
        where: Where = "",
        k: Many = 12,
        media: Media = True,
        library: Library = "",
    ) -> Annotated[CallToolResult, told.Answered]:
        """Answer a question from the files alone, with the evidence for each sentence; or make a
        picture, sound, table, model ... of it.
        """
        held = self._held(call, "read", library)
        files = tuple(p for p in self._asked(held, question, like) if isinstance(p, Part))
        asked = Asked(schema.Ask(text=question, to=list(to), k=k, where=where, stream=False), files)
        given = queries.answered(held, self._server, asked, lambda _: None)
        with self._server.turns.taken():
            return told.answered(held, given, media)

    async def add(
        self,
        call: Call,
        paths: Paths,
        wait: Wait = 600,
        library: Library = "",
    ) -> Annotated[CallToolResult, told.Added]:
        """Add files and folders of this machine to the library, or bring it up to date with them:
        new, changed and deleted files.
        """
        held = await run_sync(self._held, call, "write", library)
        job = await run_sync(held.jobs.add, "index", await run_sync(self._paths, paths))
        job = await _waited(held, job, call, wait)
        if job.state == "failed":
            raise ToolError(f"{job.error}. {job.hint}")
        value = told.Added(
            library=held.name,
            state=job.state,
            job=job.id,
            **{k: v for k, v in job.result.items() if k != "chunks"},
        )
        said = f"{job.state}: {value.indexed} indexed, {value.unchanged} unchanged, {value.removed} removed, {len(value.failed)} failed"
        return told.result(
            [said, *(f"{f['uri']}: {f['error']} {f['hint']}" for f in value.failed)], [], value
        )

    def show(
        self,
        call: Call,
        id: Shown,
        after: After = 0,
        library: Library = "",
    ) -> Annotated[CallToolResult, told.Shown]:
        """Show a place or a file: its words whole, and what it looks or sounds like; of a file, ten
        places at a time.
        """
        held = self._held(call, "read", library)
        chunks = held.library.chunks(id)
        if not chunks:
            raise NotFound(
                f"nothing in {id} is searched", "Add it again, and see whether it fails."
            )
        some = chunks[after : after + 10]
        places = [
            told.place(Hit(c, 0.0), n, most=told.WORDS) for n, c in enumerate(some, after + 1)
        ]
        following = after + 10 if after + 10 < len(chunks) else None
        value = told.Shown(
            library=held.name,
            file=told.file(chunks[0].asset),
            places=places,
            total=len(chunks),
            next=following,
        )
        with self._server.turns.taken():
            seen = [told.look(held, c, c.span, pages=True) for c in some[:1]]
        blocks = [*(b for b in seen if b), told.link(held, chunks[0].asset)]
        return told.result(
            [
                f"{value.file.uri} ({value.file.mime}), {len(chunks)} places",
                *map(told.line, places),
            ],
            blocks,
            value,
        )

    def files(
        self,
        call: Call,
        name: Named = "",
        modality: Kind = "",
        after: After = 0,
        limit: Most = 50,
        library: Library = "",
    ) -> Annotated[CallToolResult, told.Listed]:
        """List the files of a library, and the libraries there are."""
        held = self._held(call, "read", library)
        found = [
            a
            for a in held.library.assets()
            if modality in ("", a.modality) and name.lower() in a.uri.lower()
        ]
        some = [told.file(a) for a in found[after : after + limit]]
        following = after + limit if after + limit < len(found) else None
        names = [n for n in self._server.shelf.names() if self._who(call).may("read", n)]
        value = told.Listed(
            library=held.name,
            libraries=names,
            files=some,
            total=len(found),
            next=following,
            busy=held.jobs.busy,
        )
        said = [f"{f.uri} ({f.modality}, {f.size} bytes): {f.asset}" for f in some]
        return told.result(
            [f"{len(found)} files in {held.name}; libraries: {', '.join(names)}", *said], [], value
        )

    def asset(self, call: Call, library: str, asset: str) -> bytes:
        """The bytes of a file of the library, as they are."""
        held = self._held(call, "read", library)
        return _read(pictures.file(held, pictures.held_asset(held, asset)))

    def chunk(self, call: Call, library: str, chunk: str) -> str:
        """The words of a place."""
        found = self._held(call, "read", library).library.chunks(chunk)
        return "\n\n".join(c.text for c in found)[: told.WORDS]

    def answer(self, call: Call, library: str, name: str) -> bytes:
        """What was made for an answer, while it is in the cache."""
        return _read(serializers.made(self._held(call, "read", library), name))

    def _held(self, call: Call, scope: Scope, library: str) -> Held:
        """The library named, else the main one, else the first that may be read."""
        who = self._who(call)
        named = library or next((n for n in self._server.shelf.names() if who.may("read", n)), MAIN)
        try:
            return permitted(self._server, who, scope, named)
        except NotFound as e:
            raise NotFound(str(e), "`list` tells which there are.") from e

    def _asked(self, held: Held, words: str, like: str) -> list[str | Part]:
        if not words.strip() and not like:
            raise BadQuery("nothing was asked", "Give words, or a file's id as `like`.")
        given: list[str | Part] = [words] if words.strip() else []
        if like:
            found = held.library.catalogue.asset(like) if held.library.exists else None
            given.append(
                part(pictures.file(held, found) if found else reachable(like, self._folders))
            )
        return given

    def _paths(self, said: Sequence[str]) -> list[str]:
        return [str(reachable(p, self._folders)) for p in said]


async def _waited(held: Held, job: Job, call: Call, seconds: float) -> Job:
    """The job when it is over, or as far as it is then; told as it goes on."""
    with anyio.move_on_after(seconds):
        while not job.over:
            await call.report_progress(
                job.done, job.total or None, f"{job.stage} {job.detail}".strip() or job.state
            )
            last = job
            while job == last and not job.over:
                await anyio.sleep(0.1)
                job = held.jobs.get(job.id)
    return job


def _read(path: Path) -> bytes:
    if path.stat().st_size > MOST:
        raise TooLarge(
            f"{path.name} is larger than {MOST >> 20} MB",
            "Show its places instead; or fetch it over HTTP, in ranges.",
        )
    return path.read_bytes()
