"""A library copied into another store: chunks, vectors of every space, catalogue and manifest, as
they are; nothing is read or encoded again.

Stopped at any moment, the same copy goes on where it was: until it is whole, the target says that
it is a copy, and of what, and is opened as a library by nobody. What has changed in the source in
the meantime makes it begin anew.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from polysense.errors import AlreadyExists, BadQuery, MissingDependency, NotFound, ReadOnly
from polysense.ingest import manifest as manifests
from polysense.ingest.catalogue import CATALOGUE, Catalogue
from polysense.ingest.enrich import batches
from polysense.ingest.location import foreign_store, is_remote, library_folder, public_location
from polysense.ingest.manifest import Manifest
from polysense.ingest.progress import Progress, SilentProgress
from polysense.ingest.write_lock import write_lock
from polysense.protocols import Store
from polysense.registry import store, store_folder, store_spec
from polysense.stores.rows import SCHEMA
from polysense.types import Space
from polysense.vectors.late_interaction import is_multivector, no_vectors, stack_vectors
from polysense.vectors.sparse import is_sparse

BATCH_CHUNKS = 1000
"""Chunks, and vectors, that are written at once, and done anew by a copy that is killed; judged."""


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What one copy did: chunks and vectors that it wrote (present: chunks that an earlier run of
    it had), and what the target lacks.
    """

    chunks: int = 0
    present: int = 0
    vectors: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


def copy_library(source: str, target: str, progress: Progress | None = None) -> CopyReport:
    """Copy the library at one address into an empty place at another; the source stays as it is.

    Raises NotFound where there is no library, AlreadyExists where the target holds one, or
    something else (ForeignLibrary), MissingDependency where the target's store cannot keep what the
    source has, LibraryLocked while another process writes to either.
    """
    start, progress = time.monotonic(), progress or SilentProgress()
    for address in (source, target):
        store_spec(address)
        if address.startswith("memory://"):
            raise BadQuery(
                "a library in memory ends with its process, and is not copied",
                "Name folders, or addresses such as faiss://FOLDER.",
            )
    folders = library_folder(source), library_folder(target)
    if folders[0] == folders[1]:
        raise BadQuery(
            f"{public_location(source)} and the target are the same place",
            "Name another folder, or another address: polysense copy kb faiss://kb2.",
        )
    manifest = manifests.load(folders[0], store_spec(source).name)
    if manifest is None:
        if is_remote(source) and (count := store(source).count()):
            raise foreign_store(source, folders[0], count)
        raise NotFound(
            f"there is no library at {public_location(source)}", "Make one: polysense index FOLDER"
        )
    with ExitStack() as stack:
        stores = [stack.enter_context(_open(address)) for address in (source, target)]
        stack.enter_context(_read_lock(folders[0], public_location(source)))
        copy = _Copy(source, target, folders, (stores[0], stores[1]), manifest, progress)
        report = copy.run()
    return replace(report, seconds=round(time.monotonic() - start, 3))


@contextmanager
def _open(address: str) -> Iterator[Store]:
    is_address = "://" in address
    one = store(address if is_address else str(library_folder(address) / "store"))
    try:
        yield one
    finally:
        one.close()


def _resolve(address: str) -> str:
    """The same for a library however its address is spelled, and from whatever folder."""
    if (folder := store_folder(address)) is None:
        return public_location(address)
    name = store_spec(address).name
    return str(folder.resolve()) if name == "lancedb" else f"{name}://{folder.resolve()}"


@contextmanager
def _read_lock(folder: Path, name: str) -> Iterator[None]:
    """Keep others from writing to the source; one that may not be written to needs no lock."""
    with ExitStack() as stack:
        with suppress(ReadOnly):
            stack.enter_context(write_lock(folder, name, True))
        yield


class _Copy:
    """One copy: whence, whither, and what is written between."""

    def __init__(
        self,
        source: str,
        target: str,
        folders: tuple[Path, Path],
        stores: tuple[Store, Store],
        manifest: Manifest,
        progress: Progress,
    ) -> None:
        self.addresses = public_location(source), public_location(target)
        self.source, self.target = source, target
        self.folders, self.progress = folders, progress
        self.source_store, self.target_store = stores
        self.manifest = manifest

    def run(self) -> CopyReport:
        notes = self._check_capabilities()
        folder, marker = self.folders[1], self.folders[1] / manifests.UNFINISHED
        is_begun = marker.is_file()
        if not is_begun:
            self._check_target_is_empty()
        with write_lock(folder, self.addresses[1], is_begun):
            if not is_begun:
                self._check_target_is_empty()  # it may have been filled while we waited
            self._begin(marker)
            count, present = self._copy_chunks()
            vectors = {s.name: self._copy_space(s) for s in self.manifest.spaces}
            self.progress.step("optimizing", 0, 1)
            self.target_store.optimize()
            self.progress.step("optimizing", 1, 1)
            self._copy_catalogue()
            name = store_spec(self.target).name
            manifests.save(folder, replace(self.manifest, schema=SCHEMA, store=name))
            marker.unlink()
        return CopyReport(count, present, vectors, notes)

    def _check_capabilities(self) -> tuple[str, ...]:
        """What else the target lacks. Raises MissingDependency for spaces that it cannot keep."""
        capabilities = self.target_store.capabilities
        for space in self.manifest.spaces:
            if is_multivector(space) and "multivector" not in capabilities:
                raise MissingDependency(
                    f"{self.addresses[1]} keeps one vector a chunk, and the space {space.name} has "
                    "several",
                    "Copy into a folder, or into faiss://FOLDER, or leave that encoder out of the "
                    "library first.",
                )
            if is_sparse(space) and "sparse" not in capabilities:
                raise MissingDependency(
                    f"{self.addresses[1]} keeps no sparse vectors, and the space {space.name} has "
                    "them",
                    "Copy into a folder, or leave that encoder out of the library first.",
                )
        if "persistent" not in capabilities:
            raise MissingDependency(f"{self.addresses[1]} keeps nothing", "Name another store.")
        features = {"bm25": "search by words", "filters": "filters"}
        return tuple(
            f"{self.addresses[1]} has no {what}: the library has none there"
            for name, what in features.items()
            if name in self.source_store.capabilities - capabilities
        )

    def _check_target_is_empty(self) -> None:
        if manifests.load(self.folders[1]) is not None:
            raise AlreadyExists(
                f"there is a library at {self.addresses[1]} already",
                "Copy into another place, or remove that one first.",
            )
        if is_remote(self.target) and (count := self.target_store.count()):
            raise AlreadyExists(
                f"{self.addresses[1]} holds {count} chunks already", "Copy into another place."
            )

    def _begin(self, marker: Path) -> None:
        """Say of what the target becomes a copy; what was copied of an earlier state is removed."""
        state = {"source": _resolve(self.source), "state": self._fingerprint()}
        try:
            earlier = json.loads(marker.read_text("utf-8"))
        except (OSError, ValueError):
            earlier = None
        if isinstance(earlier, dict) and "source" in earlier:
            earlier["source"] = _resolve(str(earlier["source"]))
        if isinstance(earlier, dict) and earlier.get("source", state["source"]) != state["source"]:
            raise AlreadyExists(
                f"{self.addresses[1]} is a copy of {earlier['source']} that is not whole",
                f"Finish it: polysense copy {earlier['source']} {self.addresses[1]}; or copy into "
                "another place.",
            )
        if earlier is not None and earlier != state:
            self.progress.note(f"{self.addresses[0]} has changed: the copy begins anew")
            self._empty_target()
        temporary = marker.with_name(marker.name + ".new")
        temporary.write_text(json.dumps(state), "utf-8")
        temporary.replace(marker)

    def _fingerprint(self) -> str:
        """A hash of what the source holds: it changes with every run of `index` that changes it."""
        with _catalogue(self.folders[0]) as catalogue:
            digest = hashlib.sha256("\n".join(catalogue.lines()).encode("utf-8", "replace"))
        digest.update(repr((self.manifest, self.source_store.count())).encode())
        return digest.hexdigest()

    def _empty_target(self) -> None:
        for space in self.manifest.spaces:
            self.target_store.drop(space.name)
        assets = sorted({r["asset"] for r in self.target_store.scan("", ["asset"])})
        for batch in batches(assets, BATCH_CHUNKS):
            self.target_store.delete(batch)

    def _copy_chunks(self) -> tuple[int, int]:
        ids = [r["id"] for r in self.source_store.scan("", ["id"])]
        present = {r["id"] for r in self.target_store.scan("", ["id"])}
        missing = [i for i in ids if i not in present]
        for start, batch in enumerate(batches(missing, BATCH_CHUNKS)):
            self.progress.step("chunks", start * BATCH_CHUNKS, len(missing))
            self.target_store.add(list(self.source_store.get(batch).values()))
        self.progress.step("chunks", len(missing), len(missing))
        return len(missing), len(ids) - len(missing)

    def _copy_space(self, space: Space) -> int:
        """Copy the vectors of a space, and which chunks have none; how many vectors there were."""
        stage, count = f"{space.name} vectors", 0
        unknown = set(self.source_store.missing(space))
        ids = [i for i in self.target_store.missing(space) if i not in unknown]
        for start, batch in enumerate(batches(ids, BATCH_CHUNKS)):
            self.progress.step(stage, start * BATCH_CHUNKS, len(ids))
            chunks = list(self.source_store.get(batch).values())
            vectors = self.source_store.vectors(space, batch)
            nothing = no_vectors(space, 1)[0]
            rows = [vectors.get(c.id, nothing) for c in chunks]
            self.target_store.add_vectors(space, chunks, stack_vectors(space, rows))
            count += len(vectors)
        self.progress.step(stage, len(ids), len(ids))
        return count

    def _copy_catalogue(self) -> None:
        """Write it whole or not at all."""
        path = self.folders[1] / CATALOGUE
        temporary = path.with_name(path.name + ".new")
        temporary.unlink(missing_ok=True)
        with _catalogue(self.folders[0]) as catalogue:
            catalogue.copy_to(temporary)
        temporary.replace(path)


@contextmanager
def _catalogue(folder: Path) -> Iterator[Catalogue]:
    catalogue = Catalogue(folder / CATALOGUE)
    try:
        yield catalogue
    finally:
        catalogue.close()
