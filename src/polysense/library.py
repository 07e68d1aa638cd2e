"""The facade: one library of files, indexed, searched, asked."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from polysense import registry
from polysense.errors import (
    BadQuery,
    ForeignLibrary,
    LibraryError,
    LibraryLocked,
    NotFound,
    ReadOnly,
    StorageFull,
)
from polysense.ingest import manifest as manifests
from polysense.ingest.catalogue import Catalogue
from polysense.ingest.location import library_folder, public_location
from polysense.ingest.progress import Progress, SilentProgress
from polysense.ingest.workers import Limits
from polysense.protocols import Encoder, Store
from polysense.query.understand import MAX_CHARACTERS, Question, content_id, understand
from polysense.registry import Kit
from polysense.results import Answer, Failure, IndexReport
from polysense.retrieve.algebra import DEPTH, Retriever, Stage, parse
from polysense.retrieve.filters import all_of, compile_where, modality_condition
from polysense.retrieve.search import MAX_RESULTS, Search, with_duplicate_locations, search, cap_per_asset
from polysense.types import Asset, Chunk, Evidence, Hit, Modality, Part, Ranking

if TYPE_CHECKING:
    from polysense.generate.routes import Pipeline


class Library:
    """Files that can be searched and asked. Usable from several threads; several processes may
    search while one indexes.

    location is a folder (made when first indexed), or an address: lancedb://path,
    s3://bucket/prefix, milvus://host/name, memory://. kit chooses the models:
    `polysense.kit(encoders=["clip:model=/models/clip"])`.

    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "tides.txt").write_text("High water follows the moon by an hour.")
    >>> with Library(folder / "kb", kit=registry.kit(encoders=["-minilm", "-conse"])) as kb:
    ...     report = kb.index(folder / "tides.txt")
    ...     hits = kb.search("moon")
    >>> report.indexed, hits[0].chunk.text
    (1, 'High water follows the moon by an hour.')
    """

    def __init__(
        self,
        location: str | Path = ".polysense",
        *,
        kit: Kit | None = None,
        limits: Limits = Limits(),
        progress: Progress | None = None,
    ) -> None:
        self.location = os.fspath(location)
        self.limits = limits
        self._kit = kit
        self._progress = progress or SilentProgress()
        self.folder = library_folder(self.location)
        manifests.load(self.folder)  # refuses what is not a library before anything is touched

    # -- writing
    # -----------------------------------------------------------------------------------------------------------------

    def index(self, *paths: str | Path) -> IndexReport:
        """Sync files and folders into the library: what is new, changed, deleted. What fails is in
        the report, not raised.

        Stopped at any moment, it goes on at the next call. Raises NotFound for a path that does not
        exist, LibraryLocked while another process indexes.
        """
        from polysense.ingest.cache import trim
        from polysense.ingest.enrich import Enrichment, local_resolver
        from polysense.ingest.scan import absolute_paths
        from polysense.ingest.sync import Ingestion, sweep
        from polysense.ingest.workers import Workers

        start, paths_found = time.monotonic(), absolute_paths(paths)
        if not paths_found:
            raise BadQuery(
                "nothing to index", "Name files or folders: polysense index docs/ talk.mp4"
            )
        with self._writing():
            workers = Workers(self.kit.specs, self.limits)
            try:
                if self.catalogue.was_interrupted:
                    sweep(self.store, self.catalogue)
                self.catalogue.set_running(True)
                report = Ingestion(
                    self.store, self.catalogue, workers, self._progress, self.cache
                ).run(paths_found, self.folder)
                before = self.store.count()
                Enrichment(self.store, self.catalogue, self.kit, workers, self._progress).run(
                    local_resolver(self.cache)
                )
                if report.indexed or report.removed or before != self.store.count():
                    self.store.optimize()
                self.catalogue.set_running(False)
            finally:
                workers.close()
                trim(self.cache)
        return replace(report, seconds=round(time.monotonic() - start, 3))

    def remove(self, *what: str | Path) -> int:
        """Forget files, folders or asset ids; the files themselves stay. How many assets were
        forgotten. Raises NotFound.
        """
        from polysense.ingest.sync import forget_orphans

        self._must_exist()
        with self._writing():
            uris: list[str] = []
            for name in what:
                uris_here = self.catalogue.places([str(name)]).get(
                    str(name), []
                ) or self.catalogue.uris_under(os.path.abspath(name))
                if not uris_here:
                    raise NotFound(f"the library does not hold {name}")
                uris += uris_here
            self.catalogue.forget_places(uris)
            return forget_orphans(self.store, self.catalogue)

    def reindex(self, *spaces: str) -> None:
        """Encode everything again in these spaces (all configured ones by default), with the models
        configured now.
        """
        from polysense.ingest.cache import trim
        from polysense.ingest.enrich import Enrichment, local_resolver
        from polysense.ingest.workers import Workers

        self._must_exist()
        selected = [
            e.space for e in self.kit.encoders.values() if not spaces or e.space.name in spaces
        ]
        unknown = set(spaces) - {s.name for s in selected}
        if unknown:
            raise NotFound(
                f"no configured encoder has space {', '.join(sorted(unknown))}",
                f"Spaces: {', '.join(self.spaces)}.",
            )
        with self._writing(check=False):
            self._manifest.check(
                e.space for e in self.kit.encoders.values() if e.space not in selected
            )
            for space in selected:
                self.store.drop(space.name)
            manifests.save(self.folder, self._manifest.with_spaces(selected))
            workers = Workers(self.kit.specs, self.limits)
            try:
                Enrichment(self.store, self.catalogue, self.kit, workers, self._progress).run(
                    local_resolver(self.cache)
                )
                self.store.optimize()
            finally:
                workers.close()
                trim(self.cache)

    def optimize(self) -> None:
        """Compact the store. `index` does so by itself."""
        self._must_exist()
        with self._writing():
            self.store.optimize()

    # -- reading
    # -----------------------------------------------------------------------------------------------------------------

    def search(
        self,
        *query: str | Part,
        modality: Modality | Sequence[Modality] = (),
        where: str = "",
        k: int = 10,
        by: Literal["chunk", "asset"] = "chunk",
        using: str | Retriever = "",
        exclude_self: bool = False,
    ) -> Ranking:
        """The k best places for words, files, or both.

        using is a retriever or its text, such as "bm25 % 200 + 2 * photo % 200"; by="asset" keeps
        each file's best place; a file of the query that is in the library comes first, unless
        exclude_self. Raises BadQuery, BadFilter.
        """
        began = time.perf_counter()
        ask = self._ask(query, modality, where)
        pipeline = parse(using) if isinstance(using, str) and using else using or None
        if by == "asset":
            from polysense.retrieve.default_retriever import default_retriever

            pipeline = (pipeline or default_retriever(ask.question, self.kit, max(k, DEPTH))) >> Stage(
                ("by_asset",)
            )
        ranking = search(ask, k, pipeline, self._assets_of_query(ask.question), exclude_self)
        ranking = with_duplicate_locations(ranking, self.catalogue.places([h.chunk.asset.id for h in ranking]))
        return replace(
            ranking,
            timings={**ranking.timings, "total": round(1000 * (time.perf_counter() - began), 3)},
        )

    def ask(
        self,
        *query: str | Part,
        to: Modality | Sequence[Modality] = "text",
        k: int = 12,
        where: str = "",
        tell: Callable[[Evidence | Part], object] | None = None,
    ) -> Answer:
        """An answer out of the k best places, in the modality wanted, or in several; each sentence
        and each thing cited.

        answered is False where the library holds no support. tell hears each piece of evidence,
        then each part as soon as it is made. Raises NoRoute.
        """
        from polysense.generate.answer import answer, ignore_event
        from polysense.generate.iterative_retrieval import retrieve_iteratively
        from polysense.ingest.cache import with_local_file
        from polysense.retrieve.related_assets import related_hits

        def with_files(hits: Iterable[Hit]) -> tuple[Hit, ...]:
            return tuple(replace(h, chunk=with_local_file(h.chunk, self.cache)) for h in hits)

        def search_again(words: Sequence[str | Part], modalities: Sequence[Modality]) -> tuple[Hit, ...]:
            return with_files(search(self._ask(words, modalities, where), min(2 * k, MAX_RESULTS)).hits)

        began = time.perf_counter()
        ask, targets = (
            self._ask(query, (), where),
            (to,) if isinstance(to, str) else tuple(dict.fromkeys(to)),
        )
        draft = retrieve_iteratively(self.kit.generators.values(), ask.question.query, targets, search_again)
        # the generator has judged what it drafted from: asked for in its own words, that is the
        # evidence
        if draft:
            ask.question = replace(
                ask.question, words=" ".join(h.chunk.text for h in draft.sources)[:MAX_CHARACTERS]
            )
            ranking = Ranking(
                draft.sources,
                dict.fromkeys(("search", "total"), round(1000 * (time.perf_counter() - began), 3)),
            )
        else:
            ranking = search(
                ask, min(3 * k, MAX_RESULTS), None, self._assets_of_query(ask.question), exclude_own=True
            )
            ranking = replace(ranking, hits=with_files(cap_per_asset(ranking.hits, k)))
        ranking = with_duplicate_locations(ranking, self.catalogue.places([h.chunk.asset.id for h in ranking]))

        def related(modality: Modality, alike: bool) -> Sequence[Hit]:
            own = [c for a in self._assets_of_query(ask.question) for c in self.chunks(a)[:1]]
            return with_files(related_hits(ask, self.catalogue, ranking, own, modality, alike))

        return answer(
            ask.question,
            ranking,
            self.kit,
            self._text_encoder(ask.question),
            targets,
            tell or ignore_event,
            related,
        )

    def recommend(
        self,
        liked: Sequence[str | Path],
        disliked: Sequence[str | Path] = (),
        words: str = "",
        where: str = "",
        k: int = 10,
    ) -> Ranking:
        """Things like the liked and unlike the disliked (paths or asset ids), compared in every
        space, diverse. Raises NotFound.
        """
        from polysense.augment.select import select_diverse
        from polysense.retrieve.recommend import Likeness, recommend, taste

        began = time.perf_counter()
        if not liked:
            raise BadQuery(
                "nothing is liked",
                "Name one file or id at least: polysense recommend --liked chair.jpg",
            )
        self._must_exist()
        liked_ids, disliked_ids = ([self._asset_of(x) for x in xs] for xs in (liked, disliked))
        tastes = [
            t
            for e in self.kit.encoders.values()
            if (t := taste(e, self.store, self.catalogue.assets(), liked_ids, disliked_ids, words))
        ]
        named = frozenset(liked_ids) | frozenset(disliked_ids)
        hits_by_id = recommend(self.store, self.kit, tastes, named, compile_where(where))
        best = list(hits_by_id.values())[: 5 * k]
        vectors = {
            t.space.name: self.store.vectors(t.space, [h.chunk.id for h in best]) for t in tastes
        }
        highest = max((h.score for h in best), default=1.0)
        hits = select_diverse(best, [h.score / max(highest, 1e-9) for h in best], Likeness(vectors), k)
        return Ranking(tuple(hits), {"total": round(1000 * (time.perf_counter() - began), 3)})

    def explain(self, *query: str | Part, modality: Modality | Sequence[Modality] = ()) -> str:
        """The retriever that a query gets, as text that `using` takes."""
        from polysense.retrieve.default_retriever import default_retriever

        return repr(default_retriever(self._ask(query, modality, "").question, self.kit))

    def routes(self, to: Modality) -> dict[Modality, tuple[Pipeline, ...]]:
        """The ways to an answer in a modality, best first, by what the evidence turns out to be.
        Raises NoRoute.
        """
        from polysense.generate.routes import routes_to

        return routes_to(self.kit, to)

    def assets(self) -> list[Asset]:
        """Every file that the library holds, by uri."""
        return self.catalogue.assets() if self.exists else []

    def chunks(self, what: str | Path) -> list[Chunk]:
        """The chunks of an asset (path or id), in order of place; or one chunk by its id. Raises
        NotFound.
        """
        self._must_exist()
        if one := self.store.get([str(what)]):
            return list(one.values())
        asset = self._asset_of(what)
        ids = [r["id"] for r in self.store.scan(f"asset = '{asset}'", ["id"])]
        return sorted(self.store.get(ids).values(), key=_order)

    def failures(self) -> list[Failure]:
        """Files that could not be read, whole or in part."""
        if not self.exists:
            return []
        return sorted(
            [*(f for _, _, f in self.catalogue.failures().values()), *self.catalogue.partial_failures()],
            key=lambda f: f.uri,
        )

    def status(self) -> dict[str, object]:
        """Counts: assets, places, failures, chunks by modality, and how far each space is."""
        if not self.exists:
            return {
                "library": public_location(self.location),
                "assets": 0,
                "places": 0,
                "failures": 0,
                "chunks": {},
                "spaces": {},
                "unread": 0,
            }
        by_modality: dict[str, int] = {}
        for row in self.store.scan("", ["modality"]):
            by_modality[row["modality"]] = by_modality.get(row["modality"], 0) + 1
        total = sum(by_modality.values())
        spaces = {
            e.space.name: {"done": total - len(self.store.missing(e.space)), "of": total}
            for e in self.kit.encoders.values()
        }
        counts = self.catalogue.counts()
        return {
            "library": public_location(self.location),
            **counts,
            "chunks": by_modality,
            "spaces": spaces,
            "unread": len(self.catalogue.assets_to_extract(self.kit.extractors)),
        }

    # -- inside
    # ------------------------------------------------------------------------------------------------------------------

    @property
    def exists(self) -> bool:
        """Whether anything was ever indexed here."""
        return self.location.startswith("memory://") or (self.folder / manifests.FILE).is_file()

    @cached_property
    def kit(self) -> Kit:
        """The plug-ins in use."""
        return self._kit or registry.kit()

    @property
    def spaces(self) -> tuple[str, ...]:
        """Names of the spaces in use."""
        return tuple(e.space.name for e in self.kit.encoders.values())

    @cached_property
    def store(self) -> Store:
        """Where chunks and vectors are."""
        return registry.store(
            self.location if "://" in self.location else str(self.folder / "store")
        )

    @cached_property
    def catalogue(self) -> Catalogue:
        """What is where."""
        return Catalogue(
            ":memory:" if self.location.startswith("memory://") else self.folder / "catalogue.db"
        )

    @property
    def cache(self) -> Path:
        """Derived files; may be deleted at any time."""
        return self.folder / "cache"

    @property
    def _manifest(self) -> manifests.Manifest:
        return manifests.load(self.folder) or manifests.Manifest()

    def _must_exist(self) -> None:
        if not self.exists:
            raise NotFound(
                f"there is no library at {public_location(self.location)}",
                "Make one: polysense index FOLDER",
            )

    def _ask(
        self, query: Sequence[str | Part], modality: Modality | Sequence[Modality], where: str
    ) -> Search:
        condition = compile_where(where)
        self._must_exist()
        self._manifest.check(e.space for e in self.kit.encoders.values())
        modalities = [modality] if isinstance(modality, str) else list(modality)
        return Search(
            self.store, self.kit, understand(query, self.kit), all_of(condition, modality_condition(modalities))
        )

    def _assets_of_query(self, question: Question) -> frozenset[str]:
        """Ids of the assets that the question's files are."""
        files = [p.data for p in question.query if isinstance(p.data, Path | bytes) and not p.span]
        ids = [content_id(f) for f in files]
        return frozenset(i for i in ids if self.catalogue.asset(i))

    def _text_encoder(self, question: Question) -> Encoder | None:
        """The text encoder that reads the question's language."""
        encoders = [e for e in self.kit.encoders.values() if e.accepts == {"text"}]
        return next(
            (
                e
                for e in encoders
                if e.languages is None or not question.language or question.language in e.languages
            ),
            None,
        )

    def _asset_of(self, what: str | Path) -> str:
        if self.catalogue.asset(str(what)):
            return str(what)
        place = self.catalogue.place_states().get(os.path.abspath(what)) or self.catalogue.place_states().get(
            str(what)
        )
        if place is None or not place[2]:
            raise NotFound(
                f"the library does not hold {what}",
                "`polysense list` shows what it holds; index the file first.",
            )
        return place[2]

    @contextmanager
    def _writing(self, check: bool = True) -> Iterator[None]:
        from filelock import FileLock, Timeout

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if (
                not self.exists
                and any(self.folder.iterdir())
                and not (self.folder / "lock").exists()
            ):
                raise ForeignLibrary(f"{self.folder} is not empty and is no polysense library")
            with FileLock(self.folder / "lock", timeout=0):
                if check:
                    self._manifest.check(e.space for e in self.kit.encoders.values())
                    manifests.save(
                        self.folder,
                        self._manifest.with_spaces(e.space for e in self.kit.encoders.values()),
                    )
                yield
        except Timeout as e:
            raise LibraryLocked(f"another process is writing to {public_location(self.location)}") from e
        except PermissionError as e:
            raise ReadOnly(f"not allowed to write in {self.folder}") from e
        except OSError as e:
            if e.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull(f"no room left in {self.folder}") from e
            if e.errno == errno.EROFS:
                raise ReadOnly(f"not allowed to write in {self.folder}") from e
            raise LibraryError(
                f"cannot write in {self.folder}: {e}",
                "Check the folder and its disk, then try again.",
            ) from e

    def close(self) -> None:
        """Release files; the library on disk stays."""
        for name in ("store", "catalogue"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Library({public_location(self.location)!r})"


def _order(chunk: Chunk) -> tuple[int, float, int, str]:
    span = chunk.span
    return (
        span.page or 0,
        span.seconds[0] if span.seconds else 0.0,
        span.lines[0] if span.lines else 0,
        str(span),
    )
