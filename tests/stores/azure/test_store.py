"""Azure AI Search keeps the contract, on a service of the tests that speaks its REST API; conditions
mean there what they mean in SQL.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polysense import registry
from polysense.errors import ForeignLibrary, MissingDependency
from polysense.ingest import manifest as manifests
from polysense.ingest.copy import copy_library
from polysense.library import Library
from polysense.registry import Kit
from polysense.retrieve.filters import compile_where
from polysense.stores.azure.store import AzureSearch
from polysense.stores.azure.where import odata
from polysense.stores.memory import Memory
from polysense.testing import check_store
from polysense.types import Asset, Chunk, Space, Span

from .service import QUERY_KEY, Service

SPACE = Space("all-MiniLM L6", "1", 2)


def chunk(n: int, text: str = "the moon", **more: object) -> Chunk:
    asset = Asset(f"{n:032x}", f"/a/{n}.txt", "text/plain", "text", 1)
    return Chunk(asset, Span(page=1), "text", text=text, **more)  # type: ignore[arg-type]


def unit(*rows: tuple[float, float]) -> np.ndarray:
    return np.asarray(rows, np.float32)


def test_contract(store: AzureSearch, service: Service) -> None:
    """All that the protocol asks of a store, found by its address."""
    check_store(store)
    assert isinstance(registry.store(f"azure://{service.path()}"), AzureSearch)
    assert store.capabilities == {"bm25", "filters", "persistent"}


def test_contract_where_writes_are_seen_later(store: AzureSearch, service: Service) -> None:
    """The same of an index that shows what it took a while after the answer, as the service's do."""
    service.delay = 0.05
    check_store(store)


def test_asking_makes_nothing(store: AzureSearch, service: Service) -> None:
    """A question to a library that is not there finds nothing and leaves no index behind."""
    assert store.count() == store.count("name LIKE '%x'") == 0
    assert store.get(["x"]) == {}
    assert store.lexical("moon", 5) == []
    assert store.nearest(SPACE, unit((1, 0))[0], 5) == []
    assert store.missing(SPACE) == []
    assert not store.holds(SPACE)
    store.delete(["x"])
    store.forget("x", ["y"])
    store.drop("x")
    store.optimize()
    assert service.indexes == {}


def test_long_texts_come_back_whole(store: AzureSearch) -> None:
    """In letters of several bytes, with values of its own that are too long to filter by."""
    long = chunk(1, "月亮😀" * 12_000, meta={"said": "潮" * 70_000, "camera": "Nikon"})
    store.add([long, chunk(2)])
    back = store.get([long.id])[long.id]
    assert back.text == long.text
    assert dict(back.meta) == dict(long.meta)
    rows = store.scan(compile_where("meta.camera = 'Nikon' AND meta.said <> 'x'"), ["id"])
    assert [r["id"] for r in rows] == [long.id]
    assert store.lexical("月亮", 5)[0].id == long.id


def test_vectors_of_deleted_chunks_are_swept(store: AzureSearch) -> None:
    """A vector that a killed process left behind: `get` does not know its chunk, and optimize takes
    it away.
    """
    store.add([chunk(1)])
    store.add_vectors(SPACE, [chunk(1), chunk(2), chunk(3)], unit((1, 0), (0, 1), (np.nan, np.nan)))
    near = [m.id for m in store.nearest(SPACE, unit((0, 1))[0], 5)]
    assert set(store.get(near)) == {chunk(1).id}
    store.optimize()
    assert [m.id for m in store.nearest(SPACE, unit((0, 1))[0], 5)] == [chunk(1).id]
    store.add([chunk(2), chunk(3)])
    assert set(store.missing(SPACE)) == {chunk(2).id, chunk(3).id}


def test_spaces_and_libraries_do_not_mix(store: AzureSearch, service: Service) -> None:
    """Names that look alike are different indexes, and what one library deletes stays in another."""
    other = AzureSearch(path=service.path("KB"))
    for each in (store, other):
        each.add([chunk(1)])
        for name in ("a-b", "a_b", "A b"):
            each.add_vectors(Space(name, "1", 2), [chunk(1)], unit((1, 0)))
    store.drop("a-b")
    assert store.missing(Space("a-b", "1", 2)) == [chunk(1).id]
    assert store.missing(Space("a_b", "1", 2)) == []
    store.delete([chunk(1).asset.id])
    assert (store.count(), other.count()) == (0, 1)
    assert other.holds(Space("a-b", "1", 2))


def test_filters_on_vectors_follow_a_chunk_that_changes(
    store: AzureSearch, service: Service
) -> None:
    """A file that moved is found by looks in its new folder, and no more in the old one."""
    store.add([chunk(1)])
    store.add_vectors(SPACE, [chunk(1)], unit((1, 0)))
    moved = Asset(chunk(1).asset.id, "/new/a.txt", "text/plain", "text", 1)
    store.add([chunk(1).with_(asset=moved), chunk(2)])
    assert not store.nearest(SPACE, unit((1, 0))[0], 3, "folder = 'a'")
    assert [m.id for m in store.nearest(SPACE, unit((1, 0))[0], 3, "folder = 'new'")] == [
        chunk(1).id
    ]
    assert len(service.indexes[store.address.space_index(SPACE.name)].documents) == 1


def test_metrics(store: AzureSearch) -> None:
    """A dot product is ours, as the service does not say how it makes its score of one; a space of
    many vectors a chunk is refused.
    """
    space = Space("dots", "1", 2, "dot")
    store.add_vectors(space, [chunk(1), chunk(2)], unit((3, 1), (0.5, 0)))
    matches = [(m.id, m.score) for m in store.nearest(space, unit((2, 0))[0], 5)]
    assert matches == [(chunk(1).id, 6.0), (chunk(2).id, 1.0)]
    with pytest.raises(MissingDependency, match="maxsim"):
        store.add_vectors(Space("colpali", "1", 2, "maxsim"), [chunk(1)], [unit((1, 0))])


def test_every_vector_is_compared_where_that_is_wanted(service: Service) -> None:
    """exact=true is said with each question."""
    store = AzureSearch(path=service.path(options="&exact=true"))
    store.add_vectors(SPACE, [chunk(1)], unit((3, 4)))
    (match,) = store.nearest(SPACE, unit((1, 0))[0], 5)
    assert match.score == pytest.approx(0.6)
    (query,) = service.requests[-1][2]["vectorQueries"]
    assert query["exhaustive"] is True


def test_a_library(
    service: Service, tmp_path: Path, notes: Path, bare: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Indexed, searched and changed by its address; read with a key that may only query; and no
    other machine writes into it.
    """
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "machine-a"))
    where = f"azure://{service.path()}"
    with Library(where, kit=bare) as kb:
        assert not kb.exists
        assert kb.index(notes).indexed == 3
        hits = [(h.uri, h.score) for h in kb.search("moon")]
        assert [Path(uri).name for uri, _ in hits] == ["moon.txt"]
        assert kb.status()["library"] == "azure://tests/kb"
    (notes / "mill.txt").write_text("The mill stands still, and the moon is up.")
    with Library(where, kit=bare) as kb:
        report = kb.index(notes)
        assert (report.indexed, report.unchanged) == (1, 2)
        assert len(kb.search("moon")) == 2
        assert [Path(h.uri).name for h in kb.search("moon", where="name LIKE 'mi%'")] == [
            "mill.txt"
        ]
    monkeypatch.setenv("AZURE_SEARCH_API_KEY", QUERY_KEY)
    with Library(where, kit=bare) as kb:
        assert len(kb.search("moon")) == 2
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "machine-b"))
    with pytest.raises(ForeignLibrary), Library(where, kit=bare) as kb:
        kb.index(notes)


SAMPLES = [
    chunk(1, meta={"camera": "Nikon", "iso": 400, "night": True}),
    chunk(2, meta={"camera": "O'Brien", "iso": 99.5}).with_(span=Span(lines=(10, 24))),
    chunk(3, meta={"night": False, "iso": "400"}).with_(span=Span(page=3)),
    chunk(4, meta={"iso": 100.0}).with_(span=Span(seconds=(0.0, 12.5)), modality="audio"),
    chunk(5, meta={"camera": 'a "b"\n'}).with_(span=Span(seconds=(12.5, 18.0)), modality="audio"),
]
_NUMBERS = st.sampled_from(["page", "line", "start", "end", "size", "meta.iso"])
_TEXTS = st.sampled_from(["modality", "name", "lang", "meta.camera", "meta.iso"])
_SIGNS = st.sampled_from(["=", "<>", ">", ">=", "<", "<="])
_NOT = st.sampled_from(["", "NOT "])
_LEAVES = st.one_of(
    st.builds(
        "{} {} {}".format, _NUMBERS, _SIGNS, st.one_of(st.integers(-3, 30), st.just(100))
    ),
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["start", "end", "meta.iso"]),
        _SIGNS,
        st.sampled_from(["12.5", "99.5", "0.0"]),
    ),
    st.builds(
        "{} {} '{}'".format,
        _TEXTS,
        _SIGNS,
        st.sampled_from(["audio", "3.txt", "Nikon", "O''Brien", 'a "b"\n', "", "400"]),
    ),
    st.builds(
        "{} IS {}NULL".format,
        st.sampled_from(["page", "line", "start", "name", "meta.iso", "meta.none"]),
        _NOT,
    ),
    st.builds(
        "{} {}IN (1, 3, {})".format,
        st.sampled_from(["page", "line", "meta.iso"]),
        _NOT,
        st.integers(0, 10),
    ),
    st.builds(
        "{} {}IN ('audio', '{}')".format, _TEXTS, _NOT, st.sampled_from(["3.txt", "O''Brien", ""])
    ),
    st.builds("{} {}BETWEEN {} AND 12".format, _NUMBERS, _NOT, st.integers(0, 12)),
    st.builds(
        "{} {}LIKE '{}'".format,
        st.sampled_from(["name", "meta.camera"]),
        _NOT,
        st.sampled_from(["3%", "%.txt", "_.txt", "%1%", "x", "Nikon", "N%"]),
    ),
    st.sampled_from(
        ["meta.night = true", "meta.night <> true", "meta.night IS NOT FALSE", "TRUE", "FALSE",
         "page = NULL", "page < line", "start <= end", "meta.iso = size", "meta.iso IN (100, '400', NULL)"]
    ),
)  # fmt: skip
_CONDITIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds("NOT ({})".format, inner),
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["AND", "OR"]), inner),
    ),
    max_leaves=5,
)


def test_conditions_mean_what_they_mean_in_sql(store: AzureSearch) -> None:
    """Law: any condition, however nested, gives the rows that SQL's three-valued logic gives (the
    store in memory is SQLite), counted, scanned, and near.
    """
    oracle = Memory()
    for each in (oracle, store):
        each.add(SAMPLES)
        each.add_vectors(SPACE, SAMPLES, unit(*[(1, 0)] * len(SAMPLES)))

    @settings(
        max_examples=120,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(_CONDITIONS)
    def same(where: str) -> None:
        condition = compile_where(where)
        expected = {r["id"] for r in oracle.scan(condition, ["id"])}
        assert {r["id"] for r in store.scan(condition, ["id"])} == expected, odata(condition)
        assert store.count(condition) == len(expected)
        assert {m.id for m in store.nearest(SPACE, unit((1, 0))[0], 9, condition)} == expected

    same()


def test_a_library_copied_there_and_back(
    service: Service, tmp_path: Path, notes: Path, bare: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a folder into the service and out of it again: the same words, places and vectors."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "machine"))
    with Library(tmp_path / "kb", kit=bare) as kb:
        kb.index(notes)
        chunks = [c for a in kb.assets() for c in kb.chunks(a.id)]
        vectors = unit((0.6, 0.8), (1, 0), (np.nan, np.nan))
        kb.store.add_vectors(SPACE, chunks, vectors)
        manifests.save(kb.folder, manifests.Manifest((SPACE,)))
        hits = [h.uri for h in kb.search("moon wheel")]
    there, back = f"azure://{service.path('copy')}", str(tmp_path / "back")
    copy_library(str(tmp_path / "kb"), there)
    copy_library(there, back)
    for address in (there, back):
        with Library(address, kit=bare) as kb:
            assert [h.uri for h in kb.search("moon wheel")] == hits
            stored = kb.store.vectors(SPACE, [c.id for c in chunks])
            assert {i: v.tolist() for i, v in stored.items()} == {
                c.id: v.tolist() for c, v in zip(chunks[:2], vectors, strict=False)
            }
            assert kb.store.missing(SPACE) == []
            (match,) = kb.store.nearest(SPACE, vectors[0], 1)
            assert (match.id, match.score) == (chunks[0].id, pytest.approx(1))


def test_a_library_with_a_space_that_it_cannot_keep_is_not_copied(
    service: Service, tmp_path: Path, notes: Path, bare: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused before anything is written."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "machine"))
    space = Space("tokens", "1", 2, "maxsim")
    with Library(tmp_path / "kb", kit=bare) as kb:
        kb.index(notes)
        manifests.save(kb.folder, manifests.Manifest((space,)))
    with pytest.raises(MissingDependency, match="tokens"):
        copy_library(str(tmp_path / "kb"), f"azure://{service.path('copy')}")
    assert service.indexes == {}
