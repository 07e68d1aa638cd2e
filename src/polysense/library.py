"""The facade: one library of files, indexed, searched, asked."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from polysense import registry
from polysense.errors import BadQuery, NotFound
from polysense.events import AnswerEvent
from polysense.ingest import manifest as manifests
from polysense.ingest.calibrate import calibrated
from polysense.ingest.catalogue import CATALOGUE, Catalogue
from polysense.ingest.inventory import (
    asset_id,
    chunks_of_asset,
    count_contents,
    no_contents,
    places_of,
)
from polysense.ingest.library_calibration import calibrate_library
from polysense.ingest.location import foreign_store, is_remote, library_folder, public_location
from polysense.ingest.migrate import migrate_library
from polysense.ingest.progress import Progress, SilentProgress
from polysense.ingest.workers import Limits
from polysense.ingest.write_lock import write_lock
from polysense.protocols import Store
from polysense.query.rewrite import rewrite
from polysense.query.understand import indexed_assets, understand
from polysense.registry import Kit
from polysense.results import Answer, Failure, IndexReport, Turn, turns
from polysense.retrieve.algebra import Retriever
from polysense.retrieve.context import Search
from polysense.retrieve.filters import all_of, compile_where, modality_condition
from polysense.retrieve.narrow import narrow_to_scope
from polysense.retrieve.parse import chosen_retriever
from polysense.retrieve.search import search, with_duplicate_locations
from polysense.retrieve.stages import Cap
from polysense.types import Asset, Chunk, Modality, Part, Ranking

if TYPE_CHECKING:
    from polysense.generate.agent.budget import Budget
    from polysense.generate.routes import Pipeline
    from polysense.ingest.run import Run


class Library:
    """Files that can be searched and asked.

    Usable from several threads; several processes may search while one indexes.

    location is a folder (made when first indexed), or an address: lancedb://path, faiss://path,
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
        self._store_name = registry.store_spec(self.location).name  # refuses unknown ones
        self._opening = threading.RLock()  # threads that ask first at once open one of each
        self._store: Store | None = None
        self._catalogue: Catalogue | None = None
        self.limits = limits
        self._kit = kit
        self._progress = progress or SilentProgress()
        self.folder = library_folder(self.location)
        manifests.load(self.folder, self._store_name)  # refuses what is none, before it is touched

    def index(self, *paths: str | Path) -> IndexReport:
        """Sync files and folders into the library: what is new, changed, deleted.

        What fails is in the report, not raised.

        Stopped at any moment, it goes on at the next call. Raises NotFound for a path that does not
        exist, LibraryLocked while another process indexes, BadConfig or MissingDependency where an
        encoder or a converter cannot run, before any file is read.
        """
        from polysense.ingest.scan import absolute_paths

        start, roots = time.monotonic(), absolute_paths(paths)
        if not roots:
            raise BadQuery(
                "nothing to index", "Name files or folders: polysense index docs/ talk.mp4"
            )
        self.kit.check_converters()
        with self._writing():
            report = self._run().index(roots, self.folder)
        return replace(report, seconds=round(time.monotonic() - start, 3))

    def remove(self, *what: str | Path) -> int:
        """Forget files, folders or asset ids; the files themselves stay.

        Gives how many assets were forgotten. Raises NotFound.
        """
        from polysense.ingest.sync import forget_orphans

        self._must_exist()
        with self._writing():
            self.catalogue.forget_places(places_of(self.catalogue, map(str, what)))
            return forget_orphans(self.store, self.catalogue)

    def reindex(self, *spaces: str) -> None:
        """Encode everything again in these spaces (by default all), with the models of now."""
        self._must_exist()
        self.kit.check_converters()
        selected = [s for s in self.kit.spaces if not spaces or s.name in spaces]
        unknown = set(spaces) - {s.name for s in selected}
        if unknown:
            raise NotFound(
                f"no configured encoder has space {', '.join(sorted(unknown))}",
                f"Spaces: {', '.join(self.spaces)}.",
            )
        with self._writing(check=False):
            self._manifest.check(s for s in self.kit.spaces if s not in selected)
            for space in selected:
                self.store.drop(space.name)
            manifest = self._manifest.without_calibrations(s.name for s in selected)
            manifests.save(self.folder, calibrated(manifest.with_spaces(selected), self.kit))
            self._run().enrich()

    def optimize(self) -> None:
        """Compact the store. `index` does so by itself."""
        self._must_exist()
        with self._writing():
            self.store.optimize()

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

        using is a retriever or its text, such as "bm25 % 200 + 2 * photo % 200", in place of the
        default one and of the rerankers that are configured. All words are ranked, however far they
        are from the query; where using or a modality is named, all that looks or sounds too.
        by="asset" keeps each file's best place, and looks as deep as it takes for k files; a file
        of the query that is in it comes first, unless exclude_self. Raises BadQuery, BadFilter.
        """
        start = time.perf_counter()
        context = self._search(query, modality, where)
        is_by_looks = bool(modality or using or "modality" in where)
        context = replace(context, wants="order" if is_by_looks else "places")
        own = indexed_assets(context.question, self.catalogue)
        cap = Cap("asset", 1) if by == "asset" else None
        ranking = search(context, k, chosen_retriever(using), own, exclude_self, cap)
        ranking = with_duplicate_locations(
            ranking, self.catalogue.places([h.chunk.asset.id for h in ranking])
        )
        return replace(ranking, timings={**ranking.timings, "total": _milliseconds_since(start)})

    def ask(
        self,
        *query: str | Part,
        to: Modality | Sequence[Modality] = "text",
        k: int = 12,
        where: str = "",
        using: str | Retriever = "",
        history: Iterable[Turn | tuple[str | Part, Answer | str]] = (),
        tell: Callable[[AnswerEvent], object] | None = None,
        schema: Mapping[str, Any] | None = None,
        budget: Budget | None = None,
    ) -> Answer:
        """An answer out of the k best places, in one modality or several, with citations.

        answered is False where the library holds no support. using is as in `search`. history is
        the conversation before, oldest first: what a question leaves to it is read from there, as a
        warning tells; a Turn of "system" wishes for tone, form or language where a model writes.
        tell hears evidence, parts and steps of models as they come; the work ends where it raises.
        schema asks for JSON. Within a budget a language model may search again. Raises NoRoute.
        """
        from polysense.generate.ask import Asking

        targets = (to,) if isinstance(to, str) else tuple(dict.fromkeys(to))
        asking = Asking(
            self._search(query, (), where, turns(history)),
            lambda query, modalities: self._search(query, modalities, where, None),
            self.catalogue,
            self.cache,
            k,
            chosen_retriever(using),
            where,
        )
        return asking.answer(targets, tell, schema, budget)

    def recommend(
        self,
        liked: Sequence[str | Path],
        disliked: Sequence[str | Path] = (),
        words: str = "",
        where: str = "",
        k: int = 10,
    ) -> Ranking:
        """Things like the liked and unlike the disliked (paths or asset ids), and not all alike.

        They are compared in every space. Raises NotFound.
        """
        from polysense.augment.recommend import recommend_diverse

        start = time.perf_counter()
        if not liked:
            raise BadQuery(
                "nothing is liked",
                "Name one file or id at least: polysense recommend --liked chair.jpg",
            )
        self._must_exist()
        liked_ids, disliked_ids = (
            [asset_id(self.catalogue, x) for x in xs] for xs in (liked, disliked)
        )
        condition = compile_where(where)
        assets = self.catalogue.assets_of_one_name([*liked_ids, *disliked_ids])
        hits = recommend_diverse(
            self.store, self.kit, assets, liked_ids, disliked_ids, words, condition, k
        )
        return Ranking(hits, {"total": _milliseconds_since(start)})

    def explain(self, *query: str | Part, modality: Modality | Sequence[Modality] = ()) -> str:
        """The retriever that a query gets, as text that `using` takes."""
        from polysense.retrieve.default_retriever import configured_retriever

        context = self._search(query, modality, "")
        return repr(configured_retriever(context.question, context.kit))

    def routes(self, to: Modality) -> dict[Modality, tuple[Pipeline, ...]]:
        """The ways to an answer, best first, by what the evidence is of. Raises NoRoute."""
        from polysense.generate.routes import routes_to

        return routes_to(self.kit, to)

    def assets(self) -> list[Asset]:
        """Every file that the library holds, by uri."""
        return self.catalogue.assets() if self.exists else []

    def chunks(self, what: str | Path) -> list[Chunk]:
        """The chunks of an asset (path or id), in order of place; or one chunk by its id.

        Raises NotFound.
        """
        self._must_exist()
        if one := self.store.get([str(what)]):
            return list(one.values())
        return chunks_of_asset(self.store, asset_id(self.catalogue, what))

    def failures(self) -> list[Failure]:
        """Files that could not be read, whole or in part."""
        if not self.exists:
            return []
        whole = [f for _, _, f in self.catalogue.failures().values()]
        in_part = [*self.catalogue.partial_failures(), *self.catalogue.unread_failures()]
        return sorted([*whole, *in_part], key=lambda f: f.uri)

    def status(self) -> dict[str, object]:
        """Counts: assets, places, failures, chunks by modality, and how far each space is."""
        is_new = not self.exists
        counts = no_contents() if is_new else count_contents(self.store, self.catalogue, self.kit)
        return {"library": public_location(self.location), **counts}

    @property
    def exists(self) -> bool:
        """Whether anything was ever indexed here. Raises ForeignLibrary for another machine's."""
        if self.location.startswith("memory://") or (self.folder / manifests.FILE).is_file():
            return True
        if is_remote(self.location) and (count := self.store.count()):
            raise foreign_store(self.location, self.folder, count)
        return False

    @property
    def kit(self) -> Kit:
        """The plug-ins in use."""
        with self._opening:
            self._kit = self._kit or registry.kit()
            return self._kit

    @property
    def spaces(self) -> tuple[str, ...]:
        """Names of the spaces in use."""
        return tuple(s.name for s in self.kit.spaces)

    @property
    def store(self) -> Store:
        """Where chunks and vectors are."""
        with self._opening:
            if self._store is None:
                is_address, folder = "://" in self.location, str(self.folder / "store")
                self._store = registry.store(self.location if is_address else folder)
            return self._store

    @property
    def catalogue(self) -> Catalogue:
        """What is where."""
        with self._opening:
            if self._catalogue is None:
                is_memory = self.location.startswith("memory://")
                self._catalogue = Catalogue(":memory:" if is_memory else self.folder / CATALOGUE)
            return self._catalogue

    @property
    def cache(self) -> Path:
        """Derived files; may be deleted at any time."""
        return self.folder / "cache"

    @property
    def _manifest(self) -> manifests.Manifest:
        name = self._store_name
        return manifests.load(self.folder, name) or manifests.Manifest(store=name)

    def _must_exist(self) -> None:
        if not self.exists:
            raise NotFound(
                f"there is no library at {public_location(self.location)}",
                "Make one: polysense index FOLDER",
            )

    def _search(
        self,
        query: Sequence[str | Part],
        modality: Modality | Sequence[Modality],
        where: str,
        history: Sequence[Turn] | None = (),
    ) -> Search:
        """A search; the question is rewritten, unless history is None. Raises where the models
        configured are not those that the library was built with.
        """
        condition = compile_where(where)
        self._must_exist()
        manifest = self._manifest
        manifest.check(self.kit.spaces)
        modalities = [modality] if isinstance(modality, str) else list(modality)
        kit = replace(self.kit, calibrations=manifest.calibrations)
        question = rewrite(understand(query, kit), history, kit, self.store)
        condition = all_of(condition, modality_condition(modalities))
        return narrow_to_scope(Search(self.store, kit, question, condition), self.catalogue)

    def _run(self) -> Run:
        from polysense.ingest.run import Run

        progress, is_shared = self._progress, is_remote(self.location)
        return Run(
            self.store, self.catalogue, self.kit, self.limits, progress, self.cache, is_shared
        )

    @contextmanager
    def _writing(self, check: bool = True) -> Iterator[None]:
        with write_lock(self.folder, public_location(self.location), self.exists):
            if check:
                spaces = self.kit.spaces
                self._manifest.check(spaces)
                manifest = self._manifest.with_spaces(spaces)
                manifests.save(self.folder, calibrated(manifest, self.kit))
            migrate_library(self.folder, self.store, self._progress)
            yield
            calibrate_library(self.folder, self.kit, self.store)

    def close(self) -> None:
        """Release files; the library on disk stays."""
        with self._opening:
            for resource in (self._store, self._catalogue):
                if resource is not None:
                    resource.close()
            self._store = self._catalogue = None

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Library({public_location(self.location)!r})"


def _milliseconds_since(start: float) -> float:
    return round(1000 * (time.perf_counter() - start), 3)
