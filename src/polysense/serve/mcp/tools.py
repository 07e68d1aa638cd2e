"""What agents can do with a library: tools and resources, each with its caller's rights."""

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
from polysense.modalities import all_modalities
from polysense.read.file.parts import part
from polysense.results import turns
from polysense.serve import pictures, schema, serializers
from polysense.serve.access import Grant, Scope
from polysense.serve.api import queries
from polysense.serve.budgets import BudgetRequest
from polysense.serve.context import Context, authorize
from polysense.serve.jobs import Job
from polysense.serve.library_pool import MAIN, PoolEntry
from polysense.serve.mcp import content as results
from polysense.serve.requests import Question
from polysense.serve.texts import EarlierExchange, LongText, ShortText
from polysense.serve.uploads import allowed_path
from polysense.types import Hit, Part

MOST_RESOURCE_BYTES = 16 << 20
"""Of a resource, which is held in memory and sent as base64; judged, not measured."""

SHOWN_PLACES = 10
"""Places of a file that `show` gives at a time, as its description says."""

POLL_SECONDS = 0.1
"""Between two looks at how far a job is."""

MOST_EXCHANGES = 50
"""Earlier questions that are taken; the last few are read. Judged, not measured."""

Library = Annotated[
    str,
    Field(max_length=64, description="A library's name, as `list` tells; by default the main one."),
]
QueryFile = Annotated[
    ShortText,
    Field(
        description="A file to search with, beside the words or instead: "
        "its id or path in the library."
    ),
]
Filter = Annotated[
    LongText,
    Field(
        description="Only where this holds, like SQL: "
        "modality = 'image' and folder = 'letters' and page > 3"
    ),
]
Offset = Annotated[int, Field(ge=0, le=10**9, description="Leave out this many.")]
QueryText = Annotated[LongText, Field(description="Words, in any language that the files have.")]
QuestionText = Annotated[LongText, Field(description="A question in a natural language.")]
History = Annotated[
    tuple[EarlierExchange, ...],
    Field(
        max_length=MOST_EXCHANGES,
        description="What was asked in this conversation before, and answered, oldest first. Pass "
        "it where the question leans on that ('And when was it built?', 'Why?', 'What about "
        "2022?'); leave it out where the question says all itself.",
    ),
]
Rounds = Annotated[
    int,
    Field(
        ge=0,
        le=10**9,
        description="How often the server's own language model may search again before it answers, "
        "as far as the server grants it; 0, the usual, for never. For questions in several steps; "
        "refused where the server has no model: then search yourself.",
    ),
]
MODALITIES = " ".join(all_modalities())
Modalities = Annotated[
    tuple[ShortText, ...],
    Field(max_length=20, description=f"Only these kinds of places: {MODALITIES}"),
]
Outputs = Annotated[
    tuple[ShortText, ...],
    Field(min_length=1, max_length=8, description=f"What the answer should be: {MODALITIES}"),
]
HitCount = Annotated[int, Field(ge=1, le=50, description="How many.")]
PageSize = Annotated[int, Field(ge=1, le=500, description="How many.")]
EvidenceCount = Annotated[int, Field(ge=1, le=100, description="How many places are looked at.")]
Paths = Annotated[
    list[ShortText],
    Field(min_length=1, max_length=100, description="Files and folders, absolute."),
]
WaitSeconds = Annotated[
    float, Field(ge=0, le=3600, description="Seconds to wait; the work goes on after that.")
]
PlaceOrFile = Annotated[
    ShortText, Field(description="`chunk` of a place, or `asset` or path of a file.")
]
NameFilter = Annotated[ShortText, Field(description="Only those with this in their path.")]
OneModality = Annotated[ShortText, Field(description="Only this kind.")]
WithMedia = Annotated[
    bool,
    Field(
        description="With pictures and sounds of the first "
        f"{results.MOST_MEDIA} places that are one."
    ),
]


class Tools:
    """What agents can do.

    `get_grant` tells what a caller may, `folders` which paths may be added (None: any).
    """

    def __init__(
        self, server: Context, get_grant: Callable[[Call], Grant], folders: Sequence[Path] | None
    ) -> None:
        self._server, self._get_grant, self._folders = server, get_grant, folders

    def search(
        self,
        call: Call,
        query: QueryText = "",
        like: QueryFile = "",
        modality: Modalities = (),
        where: Filter = "",
        k: HitCount = 8,
        media: WithMedia = True,
        library: Library = "",
    ) -> Annotated[CallToolResult, results.SearchResult]:
        """Find the places in the files that fit words, a file, or both: pages, seconds, lines,
        cells, parts of models, best first.
        """
        entry = self._authorized_entry(call, "read", library)
        query_parts = self._query_parts(entry, query, like)
        entry.check_filter(where)
        entry.require_content()
        ranking = self._server.run_question(
            "search",
            lambda: entry.library.search(
                *query_parts, modality=modality, where=where, k=k, exclude_self=bool(like)
            ),
        )
        with self._server.concurrency.acquire():
            blocks = results.content_blocks(entry, ranking.hits, ranking.hits if media else ())
        value = results.SearchResult(
            library=entry.name,
            hits=[results.place(entry, h, n) for n, h in enumerate(ranking, 1)],
            warnings=[entry.message(w) for w in ranking.warnings],
        )
        lines = [results.place_line(p) for p in value.hits] or ["Nothing found."]
        return results.result([*lines, *value.warnings], blocks, value)

    def ask(
        self,
        call: Call,
        question: QuestionText = "",
        like: QueryFile = "",
        to: Outputs = ("text",),
        where: Filter = "",
        k: EvidenceCount = 12,
        history: History = (),
        rounds: Rounds = 0,
        media: WithMedia = True,
        library: Library = "",
    ) -> Annotated[CallToolResult, results.AskResult]:
        """Answer a question from the files alone, with the evidence for each sentence; or make a
        picture, sound, table, model ... of it. Nothing is remembered from one call to the next: a
        question that leans on earlier ones needs them as `history`; a warning tells as what it was
        read.
        """
        entry = self._authorized_entry(call, "read", library)
        files = tuple(p for p in self._query_parts(entry, question, like) if isinstance(p, Part))
        request = Question(
            schema.Ask(
                text=question,
                to=list(to),
                k=k,
                where=where,
                using="",
                stream=False,
                history=[],
                budget=BudgetRequest(rounds=rounds) if rounds else None,
            ),
            files,
            turns((e.question, e.answer) for e in history),
        )
        answer = queries.ask_library(entry, self._server, request, lambda _: None)
        with self._server.concurrency.acquire():
            return results.answer_result(entry, answer, media)

    async def add(
        self,
        call: Call,
        paths: Paths,
        wait: WaitSeconds = 600,
        library: Library = "",
    ) -> Annotated[CallToolResult, results.AddResult]:
        """Add files and folders of this machine to the library, or bring it up to date with them:
        new, changed and deleted files.
        """
        entry = await run_sync(self._authorized_entry, call, "write", library)
        job = await run_sync(entry.jobs.add, "index", await run_sync(self._allowed_paths, paths))
        job = await _wait_for(entry, job, call, wait)
        if job.state == "failed":
            raise ToolError(f"{job.error}. {job.hint}")
        value = results.AddResult(
            library=entry.name,
            state=job.state,
            job=job.id,
            **{k: v for k, v in job.result.items() if k != "chunks"},
        )
        summary = (
            f"{job.state}: {value.indexed} indexed, {value.unchanged} unchanged, "
            f"{value.removed} removed, {len(value.failed)} failed"
        )
        return results.result(
            [summary, *(f"{f['uri']}: {f['error']} {f['hint']}" for f in value.failed)], [], value
        )

    def show(
        self,
        call: Call,
        id: PlaceOrFile,
        after: Offset = 0,
        library: Library = "",
    ) -> Annotated[CallToolResult, results.ShowResult]:
        """Show a place or a file: its words whole, and what it looks or sounds like; of a file, ten
        places at a time.
        """
        entry = self._authorized_entry(call, "read", library)
        chunks = entry.library.chunks(id)
        if not chunks:
            raise NotFound(
                f"nothing in {id} is searched", "Add it again, and see whether it fails."
            )
        end = after + SHOWN_PLACES
        page = chunks[after:end]
        places = [
            results.place(entry, Hit(c, 0.0), n, max_characters=results.MOST_CHARACTERS)
            for n, c in enumerate(page, after + 1)
        ]
        following = end if end < len(chunks) else None
        value = results.ShowResult(
            library=entry.name,
            file=results.file(entry, chunks[0].asset),
            places=places,
            total=len(chunks),
            next=following,
        )
        with self._server.concurrency.acquire():
            media = [results.media_block(entry, c, c.span, pages=True) for c in page[:1]]
        content = [*(b for b in media if b), results.file_link(entry, chunks[0].asset)]
        return results.result(
            [
                f"{value.file.uri} ({value.file.mime}), {len(chunks)} places",
                *map(results.place_line, places),
            ],
            content,
            value,
        )

    def files(
        self,
        call: Call,
        name: NameFilter = "",
        modality: OneModality = "",
        after: Offset = 0,
        limit: PageSize = 50,
        library: Library = "",
    ) -> Annotated[CallToolResult, results.ListResult]:
        """List the files of a library, and the libraries there are."""
        entry = self._authorized_entry(call, "read", library)
        matches = [
            a
            for a in entry.library.assets()
            if modality in ("", a.modality) and name.lower() in entry.uri(a.uri).lower()
        ]
        page = [results.file(entry, a) for a in matches[after : after + limit]]
        following = after + limit if after + limit < len(matches) else None
        names = [n for n in self._server.pool.names() if self._get_grant(call).allows("read", n)]
        value = results.ListResult(
            library=entry.name,
            libraries=names,
            files=page,
            total=len(matches),
            next=following,
            busy=entry.jobs.busy,
        )
        lines = [f"{f.uri} ({f.modality}, {f.size} bytes): {f.asset}" for f in page]
        return results.result(
            [f"{len(matches)} files in {entry.name}; libraries: {', '.join(names)}", *lines],
            [],
            value,
        )

    def asset(self, call: Call, library: str, asset: str) -> bytes:
        """The bytes of a file of the library, as they are."""
        entry = self._authorized_entry(call, "read", library)
        return _read_bytes(pictures.asset_file(entry, pictures.get_asset(entry, asset)))

    def chunk(self, call: Call, library: str, chunk: str) -> str:
        """The words of a place."""
        chunks = self._authorized_entry(call, "read", library).library.chunks(chunk)
        return "\n\n".join(c.text for c in chunks)[: results.MOST_CHARACTERS]

    def answer(self, call: Call, library: str, name: str) -> bytes:
        """What was made for an answer, while it is in the cache."""
        return _read_bytes(
            serializers.answer_file(self._authorized_entry(call, "read", library), name)
        )

    def _authorized_entry(self, call: Call, scope: Scope, library: str) -> PoolEntry:
        """The library named, else the main one, else the first that may be read."""
        grant = self._get_grant(call)
        name = library or next(
            (n for n in self._server.pool.names() if grant.allows("read", n)), MAIN
        )
        try:
            return authorize(self._server, grant, scope, name)
        except NotFound as e:
            raise NotFound(str(e), "`list` tells which there are.") from e

    def _query_parts(self, entry: PoolEntry, words: str, like: str) -> list[str | Part]:
        if not words.strip() and not like:
            raise BadQuery("nothing was asked", "Give words, or a file's id as `like`.")
        parts: list[str | Part] = [words] if words.strip() else []
        if like:
            asset = entry.library.catalogue.asset(like) if entry.library.exists else None
            parts.append(
                part(
                    pictures.asset_file(entry, asset)
                    if asset
                    else allowed_path(like, self._folders)
                )
            )
        return parts

    def _allowed_paths(self, paths: Sequence[str]) -> list[str]:
        return [str(allowed_path(p, self._folders)) for p in paths]


async def _wait_for(entry: PoolEntry, job: Job, call: Call, seconds: float) -> Job:
    """The job when it is over, or as far as it is then; told as it goes on."""
    with anyio.move_on_after(seconds):
        while not job.is_over:
            await call.report_progress(
                job.done, job.total or None, f"{job.stage} {job.detail}".strip() or job.state
            )
            last = job
            while job == last and not job.is_over:
                await anyio.sleep(POLL_SECONDS)
                job = entry.jobs.get(job.id)
    return job


def _read_bytes(path: Path) -> bytes:
    if path.stat().st_size > MOST_RESOURCE_BYTES:
        raise TooLarge(
            f"{path.name} is larger than {MOST_RESOURCE_BYTES >> 20} MB",
            "Show its places instead; or fetch it over HTTP, in ranges.",
        )
    return path.read_bytes()
