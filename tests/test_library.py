"""The facade: what a library holds, and what it refuses."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from polysense import registry
from polysense.errors import (
    BadConfig,
    BadFilter,
    BadQuery,
    ForeignLibrary,
    ModelMismatch,
    NotFound,
    PolysenseError,
)
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.registry import Kit
from polysense.stores.lancedb.store import LanceDB
from polysense.stores.memory import Memory
from polysense.stores.rows import SCHEMA
from polysense.types import Asset, Chunk, Span

ONE = Limits(workers=1)


@pytest.fixture
def kb(tmp_path: Path, bare: Kit) -> Iterator[Library]:
    with Library(tmp_path / "kb", kit=bare, limits=ONE) as library:
        yield library


def test_before_anything_is_indexed(tmp_path: Path, bare: Kit) -> None:
    """Looking makes no folder; searching says what to do."""
    with Library(tmp_path / "kb", kit=bare) as kb:
        assert (kb.exists, kb.assets(), kb.failures()) == (False, [], [])
        assert kb.status()["assets"] == 0
        for act in (
            lambda: kb.search("x"),
            lambda: kb.ask("x"),
            lambda: kb.chunks("x"),
            lambda: kb.remove("x"),
            kb.optimize,
            kb.reindex,
        ):
            with pytest.raises(NotFound, match="there is no library") as error:
                act()  # type: ignore[operator]
            assert "polysense index" in error.value.hint
    assert not (tmp_path / "kb").exists()


def test_an_empty_folder_is_indexed_and_searched(kb: Library, tmp_path: Path) -> None:
    """No files are no error."""
    (tmp_path / "none").mkdir()
    report = kb.index(tmp_path / "none")
    assert (report.indexed, report.unchanged, report.failed, report.chunks) == (0, 0, (), {})
    assert len(kb.search("anything")) == 0
    assert not kb.ask("anything at all?").answered


def test_bad_use_is_refused(kb: Library, notes: Path) -> None:
    """Each mistake with its own error and a hint, and the library goes on working."""
    wrong: list[tuple[type[PolysenseError], Callable[[], object]]] = [
        (NotFound, lambda: kb.index(notes / "nope")),
        (BadQuery, lambda: kb.index()),
        (BadQuery, lambda: kb.search()),
        (BadQuery, lambda: kb.search("  ")),
        (BadFilter, lambda: kb.search("moon", where="nonsense = 1")),
        (BadFilter, lambda: kb.search("moon", where="page >")),
        (BadQuery, lambda: kb.search("moon", using="bm25 % ")),
        (BadQuery, lambda: kb.recommend([])),
        (NotFound, lambda: kb.recommend([notes / "nope"])),
        (NotFound, lambda: kb.chunks("nope")),
        (NotFound, lambda: kb.remove("nope")),
        (NotFound, lambda: kb.reindex("nope")),
    ]
    kb.index(notes)
    for kind, act in wrong:
        with pytest.raises(kind) as error:
            act()
        assert str(error.value)
        assert error.value.hint
    assert kb.search("moon")[0].chunk.asset.name == "moon.txt"


def test_assets_chunks_and_remove(kb: Library, notes: Path) -> None:
    """By path, by id, by folder; the files stay, and the next index brings them back."""
    kb.index(notes)
    moon = next(a for a in kb.assets() if a.name == "moon.txt")
    (chunk,) = kb.chunks(notes / "moon.txt")
    assert kb.chunks(moon.id) == kb.chunks(chunk.id) == [chunk]
    assert kb.remove(moon.id) == 1
    assert kb.remove(notes / "deep") == 1
    assert [a.name for a in kb.assets()] == ["mill.txt"]
    assert (notes / "moon.txt").exists()
    assert kb.index(notes).indexed == 2


def test_k_by_and_modality(kb: Library, notes: Path) -> None:
    """k counts chunks, or files; an impossible k is refused or empty."""
    (notes / "long.md").write_text(
        "\n\n".join(f"# Part {n}\n\nThe moon again, {n} times." for n in range(6))
    )
    kb.index(notes)
    assert len(kb.search("moon", k=3)) == 3
    assert sorted(h.chunk.asset.name for h in kb.search("moon", by="asset")) == [
        "long.md",
        "moon.txt",
    ]
    assert len(kb.search("moon", modality="image")) == 0
    assert len(kb.search("moon", modality=["image", "text"])) == 7
    for k in (0, -3):
        with contextlib.suppress(BadQuery):
            assert len(kb.search("moon", k=k)) == 0


def test_a_newer_library_is_refused(kb: Library, notes: Path, bare: Kit) -> None:
    """Before anything in it is touched."""
    kb.index(notes)
    kb.close()
    path = kb.folder / "manifest.json"
    path.write_text(path.read_text().replace(f'"schema": {SCHEMA}', f'"schema": {SCHEMA + 1}'))
    before = {p: p.stat().st_mtime_ns for p in kb.folder.rglob("*")}
    with pytest.raises(ForeignLibrary, match="newer"):
        Library(kb.folder, kit=bare)
    assert {p: p.stat().st_mtime_ns for p in kb.folder.rglob("*")} == before


def heat(revision: int) -> Kit:
    none = [f"-{e}" for e in registry.OFFLINE.encoders]
    return registry.kit(
        encoders=[*none, f"thermal:revision={revision}"],
        converters=[f"-{c}" for c in registry.OFFLINE.converters],
    )


def test_other_models_are_refused_and_reindex_repairs(
    tmp_path: Path, notes: Path, thermal: Path
) -> None:
    """Vectors of two revisions are never mixed: not by a search, not by an index, not by a reindex
    of something else.
    """
    (notes / "roof.thermal").write_text("a warm roof")
    with Library(tmp_path / "kb", kit=heat(1), limits=ONE) as kb:
        kb.index(notes)
        (chunk,) = kb.chunks(notes / "roof.thermal")
        old = kb.store.vectors(kb.kit.encoders["thermal"].space, [chunk.id])[chunk.id]
    with Library(tmp_path / "kb", kit=heat(2), limits=ONE) as kb:
        for act in (lambda: kb.search("roof"), lambda: kb.index(notes)):
            with pytest.raises(ModelMismatch, match="revision 1") as error:
                act()
            assert "polysense reindex --space thermal" in error.value.hint
        kb.reindex("thermal")
        assert kb.search("roof")[0].chunk.id == chunk.id
        new = kb.store.vectors(kb.kit.encoders["thermal"].space, [chunk.id])[chunk.id]
        assert abs(new - old).max() > 0.001
    with Library(tmp_path / "kb", kit=heat(1), limits=ONE) as kb, pytest.raises(ModelMismatch):
        kb.search("roof")


def test_a_space_that_is_added_leaves_the_others_as_they_are(
    tmp_path: Path, notes: Path, thermal: Path
) -> None:
    """Only its own vectors are made: those of before are the same to the bit, and not encoded."""
    from dataclasses import replace

    def with_second() -> Kit:
        kit = heat(1)
        return replace(kit, encoders={**kit.encoders, "use": registry.load("encoders", "use")})

    (notes / "roof.thermal").write_text("a warm roof")
    with Library(tmp_path / "kb", kit=heat(1), limits=ONE) as kb:
        kb.index(notes)
        ids = [row["id"] for row in kb.store.scan("", ["id"])]
        before = kb.store.vectors(kb.kit.encoders["thermal"].space, ids)
    assert before
    with Library(tmp_path / "kb", kit=with_second(), limits=ONE) as kb:
        encode = kb.kit.encoders["thermal"].encode
        calls: list[object] = []
        kb.kit.encoders["thermal"].encode = lambda *a: (calls.append(a), encode(*a))[1]
        kb.index(notes)
        assert not calls
        after = kb.store.vectors(kb.kit.encoders["thermal"].space, ids)
        assert {i: v.tobytes() for i, v in after.items()} == {
            i: v.tobytes() for i, v in before.items()
        }
        assert len(kb.store.vectors(kb.kit.encoders["use"].space, ids)) == len(ids)


def test_a_reindex_of_one_space_does_not_wave_another_through(
    tmp_path: Path, notes: Path, thermal: Path
) -> None:
    """Two models changed; encoding one anew must not make the other pass for new."""
    from dataclasses import replace

    def two(a: int, b: int) -> Kit:
        encoder = heat(a)
        second = registry.load("encoders", f"thermal:revision={b}")
        second.space = replace(second.space, name="second")
        return replace(encoder, encoders={**encoder.encoders, "second": second})

    (notes / "roof.thermal").write_text("a warm roof")
    with (
        Library(tmp_path / "kb", kit=two(1, 1), limits=ONE) as kb,
        contextlib.suppress(PolysenseError),
    ):
        kb.index(notes / "moon.txt")
    with Library(tmp_path / "kb", kit=two(2, 2), limits=ONE) as kb:
        with pytest.raises(ModelMismatch, match="second"):
            kb.reindex("thermal")
        with pytest.raises(ModelMismatch):
            kb.search("roof")
        kb.reindex()
        kb.search("roof")


def test_threads_share_a_library(kb: Library, notes: Path) -> None:
    """Searches from several threads, one of them while the library is written."""
    kb.index(notes)
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(5):
                assert kb.search("moon")[0].chunk.asset.name == "moon.txt"
        except BaseException as e:  # noqa: BLE001 - whatever it is, the test tells it
            errors.append(e)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for t in threads:
        t.start()
    (notes / "new.txt").write_text("A new star.")
    kb.index(notes)
    for t in threads:
        t.join()
    assert errors == []


def test_memory_and_addresses(notes: Path, tmp_path: Path, bare: Kit) -> None:
    """A library without a disk; and the same library by its path and by its address."""
    with Library("memory://", kit=bare, limits=ONE) as kb:
        assert kb.index(notes).indexed == 3
        assert kb.search("moon")[0].chunk.asset.name == "moon.txt"
    with Library(f"lancedb://{tmp_path / 'kb'}", kit=bare, limits=ONE) as kb:
        kb.index(notes)
        assert kb.search("moon")[0].chunk.asset.name == "moon.txt"


@pytest.mark.parametrize("scheme", ["nosuch", "faisss", "S3"])
def test_an_address_that_no_store_opens_is_refused_at_once(scheme: str, tmp_path: Path) -> None:
    """Not shown as an empty library; the scheme is named, and what there is instead."""
    with pytest.raises(BadConfig, match=scheme) as e:
        Library(f"{scheme}://{tmp_path}")
    assert "lancedb" in e.value.hint
    with pytest.raises(BadConfig, match="bucket"):
        Library("s3://")


def test_threads_that_ask_first_open_one_store(bare: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slowly it opens; closed and asked again, it is another one."""
    stores: list[Memory] = []

    def slow_store(_: str) -> Memory:
        time.sleep(0.2)
        stores.append(Memory())
        return stores[-1]

    monkeypatch.setattr(registry, "store", slow_store)
    kb = Library("memory://", kit=bare)
    with ThreadPoolExecutor(6) as pool:
        opened = set(map(id, pool.map(lambda _: kb.store, range(6))))
        catalogues = set(map(id, pool.map(lambda _: kb.catalogue, range(6))))
    assert len(stores) == len(opened) == len(catalogues) == 1
    kb.close()
    kb.close()
    assert kb.store is stores[1]
    kb.close()


def test_a_store_that_another_machine_filled_is_left_alone(
    tmp_path: Path, notes: Path, bare: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two machines with data folders of their own and one remote store: the second one is refused,
    with the reason, by every call; the first one's chunks stay.
    """
    remote = LanceDB(path=str(tmp_path / "bucket"))
    monkeypatch.setattr(registry, "store", lambda _: LanceDB(path=remote.path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "machine-a"))
    with Library("s3://bucket/main", kit=bare, limits=ONE) as kb:
        assert kb.status()["assets"] == 0
        kb.index(notes)
        count = kb.store.count()
        assert len(kb.search("moon")) == 1
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "machine-b"))
    with Library("s3://bucket/main", kit=bare, limits=ONE) as kb:
        calls: list[Callable[[], object]] = [
            lambda: kb.index(notes), lambda: kb.remove(notes), kb.optimize, kb.status, kb.assets,
            kb.failures, lambda: kb.search("moon"), lambda: kb.ask("moon"), kb.reindex,
        ]  # fmt: skip
        for call in calls:
            with pytest.raises(ForeignLibrary, match="another machine") as e:
                call()
            assert str(tmp_path / "machine-b") in e.value.hint
    assert remote.count() == count
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "machine-a"))
    with Library("s3://bucket/main", kit=bare, limits=ONE) as kb:
        kb.catalogue.set_running(True)
        remote.add([Chunk(Asset("b", "/b.txt", "", "text", 1), Span(), "text", text="theirs")])
        assert kb.index(notes).removed == 0
    assert remote.count() == count + 1
