"""Milvus keeps the contract, on Milvus Lite; conditions mean there what they mean in SQL."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polysense import registry
from polysense.errors import MissingDependency
from polysense.retrieve.filters import compile_where
from polysense.stores.memory import Memory
from polysense.stores.milvus.store import Milvus
from polysense.stores.milvus.where import expression
from polysense.testing import check_store
from polysense.types import Asset, Chunk, Space, Span

SPACE = Space("all-MiniLM L6", "1", 2)


def chunk(n: int, text: str = "the moon", **more: object) -> Chunk:
    return Chunk(
        Asset(f"{n:032x}", f"/a/{n}.txt", "text/plain", "text", 1),
        Span(page=1),
        "text",
        text=text,
        **more,
    )  # type: ignore[arg-type]


def unit(*rows: tuple[float, float]) -> np.ndarray:
    return np.asarray(rows, np.float32)


@pytest.mark.slow
def test_contract(store: Milvus) -> None:
    """All that the protocol asks of a store, found by its address."""
    check_store(store)
    assert isinstance(registry.store(f"milvus://{store.address.uri}"), Milvus)
    assert store.capabilities == {"bm25", "filters", "persistent"}


def test_asking_makes_nothing(store: Milvus) -> None:
    """A question to a store that is not there finds nothing and leaves no collection behind."""
    assert store.count() == 0
    assert store.get(["x"]) == {}
    assert store.lexical("moon", 5) == []
    assert store.nearest(SPACE, unit((1, 0))[0], 5) == []
    assert store.missing(SPACE) == []
    store.delete(["x"])
    store.forget("x", ["y"])
    store.drop("x")
    store.optimize()
    assert store._collections() == []


def test_long_texts_come_back_whole(store: Milvus) -> None:
    """A chunk of more than a field holds, in letters of several bytes, keeps every character; so
    does its meta.
    """
    long = chunk(1, "月亮😀" * 12_000, meta={"said": "潮" * 70_000, "camera": "Nikon"})
    store.add([long, chunk(2)])
    back = store.get([long.id])[long.id]
    assert back.text == long.text
    assert dict(back.meta) == dict(long.meta)
    assert [r["id"] for r in store.scan("json_get_string(meta, 'camera') = 'Nikon'", ["id"])] == [
        long.id
    ]
    assert store.lexical("月亮", 5)[0].id == long.id


def test_a_chunk_without_words_is_kept(store: Milvus) -> None:
    """A picture of which nothing is said, under a name of signs alone: kept, and not found by
    words.
    """
    mute = Chunk(Asset("1" * 32, "/a/!!!", "image/png", "image", 1), Span(), "image")
    store.add([mute])
    assert store.get([mute.id])[mute.id].text == ""
    assert store.lexical("anything at all", 5) == []


def test_vectors_of_deleted_chunks_are_swept(store: Milvus) -> None:
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


@pytest.mark.slow
def test_spaces_and_libraries_do_not_mix(store: Milvus) -> None:
    """Names that look alike are different collections; a row that had no vector in one space may
    have one in another.
    """
    store.add([chunk(1)])
    for name in ("a-b", "a_b", "a b", "a"):
        assert store.missing(Space(name, "1", 2)) == [chunk(1).id]
        store.add_vectors(
            Space(name, "1", 2), [chunk(1)], unit((1, 0)) if name != "a" else unit((np.nan, 0))
        )
    store.drop("a-b")
    assert store.missing(Space("a-b", "1", 2)) == [chunk(1).id]
    assert store.missing(Space("a_b", "1", 2)) == []
    assert store.missing(Space("a", "1", 2)) == []
    assert store.vectors(Space("a", "1", 2), [chunk(1).id]) == {}


def test_filters_on_vectors_follow_a_chunk_that_changes(store: Milvus) -> None:
    """A file that moved is found by looks in its new folder, and no more in the old one."""
    store.add([chunk(1)])
    store.add_vectors(SPACE, [chunk(1)], unit((1, 0)))
    store.add(
        [chunk(1).with_(asset=Asset(chunk(1).asset.id, "/new/a.txt", "text/plain", "text", 1))]
    )
    assert not store.nearest(SPACE, unit((1, 0))[0], 3, "folder = 'a'")
    assert [m.id for m in store.nearest(SPACE, unit((1, 0))[0], 3, "folder = 'new'")] == [
        chunk(1).id
    ]


def test_more_rows_than_one_answer_holds(store: Milvus) -> None:
    """Scans and long lists of ids are read in several pieces, and nothing is lost between them."""
    chunks = [chunk(n, f"word{n}") for n in range(1201)]
    store.add(chunks)
    assert len(store.get([c.id for c in chunks])) == 1201
    assert {r["text"] for r in store.scan("", ["text"])} == {c.text for c in chunks}
    store.delete([c.asset.id for c in chunks[:1100]])
    assert store.count() == 101


def test_a_closed_store_opens_again(store: Milvus) -> None:
    """What was written is there."""
    store.add([chunk(1)])
    store.close()
    assert store.count() == 1


def test_other_metrics_are_refused(store: Milvus) -> None:
    """A space of many vectors a chunk is not kept, and that is said."""
    with pytest.raises(MissingDependency, match="maxsim"):
        store.add_vectors(Space("colpali", "1", 2, "maxsim"), [chunk(1)], unit((1, 0)))


SAMPLES = [
    chunk(1, meta={"camera": "Nikon", "iso": 400, "night": True}),
    chunk(2, meta={"camera": "O'Brien", "iso": 99.5}).with_(span=Span(lines=(10, 24))),
    chunk(3, meta={"night": False}).with_(span=Span(page=3)),
    chunk(4).with_(span=Span(seconds=(0.0, 12.5)), modality="audio"),
    chunk(5, meta={"camera": 'a "b"\n'}).with_(span=Span(seconds=(12.5, 18.0)), modality="audio"),
]
_NUMBERS = st.sampled_from(["page", "line", "start", "end", "size", "meta.iso"])
_TEXTS = st.sampled_from(["modality", "name", "lang", "meta.camera"])
_SIGNS = st.sampled_from(["=", "<>", ">", ">=", "<", "<="])
_LEAVES = st.one_of(
    st.builds("{} {} {}".format, _NUMBERS, _SIGNS, st.integers(-3, 30)),
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
        st.sampled_from(["audio", "3.txt", "Nikon", "O''Brien", 'a "b"\n', ""]),
    ),
    st.builds(
        "{} IS {}NULL".format,
        st.sampled_from(["page", "line", "start", "meta.iso", "meta.none"]),
        st.sampled_from(["", "NOT "]),
    ),
    st.builds(
        "{} {}IN (1, 3, {})".format,
        st.sampled_from(["page", "line"]),
        st.sampled_from(["", "NOT "]),
        st.integers(0, 10),
    ),
    st.builds(
        "{} {}BETWEEN {} AND 12".format, _NUMBERS, st.sampled_from(["", "NOT "]), st.integers(0, 12)
    ),
    st.builds(
        "{} {}LIKE '{}'".format,
        st.just("name"),
        st.sampled_from(["", "NOT "]),
        st.sampled_from(["3%", "%.txt", "_.txt", "%1%", "x"]),
    ),
    st.sampled_from(
        [
            "meta.night = true",
            "meta.night <> true",
            "TRUE",
            "FALSE",
            "page = NULL",
            "page < line",
            "start <= end",
        ]
    ),
)
_CONDITIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds("NOT ({})".format, inner),
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["AND", "OR"]), inner),
    ),
    max_leaves=5,
)


@pytest.mark.slow
def test_conditions_mean_what_they_mean_in_sql(store: Milvus) -> None:
    """Law: any condition, however nested, gives the rows that SQL's three-valued logic gives (the
    store in memory is SQLite).
    """
    oracle = Memory()
    for each in (oracle, store):
        each.add(SAMPLES)

    @settings(
        max_examples=150,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(_CONDITIONS)
    def same(where: str) -> None:
        condition = compile_where(where)
        assert {r["id"] for r in store.scan(condition, ["id"])} == {
            r["id"] for r in oracle.scan(condition, ["id"])
        }, expression(condition)

    same()


def test_importing_it_imports_no_client() -> None:
    """The client is heavy, and is imported when it is first asked."""
    code = "import sys, polysense.stores.milvus.store; print(sorted({'pymilvus', 'grpc', 'pandas', 'sqlglot'} & set(sys.modules)))"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
        ).stdout.strip()
        == "[]"
    )
