"""Milvus keeps the contract, told on Milvus Lite; conditions mean in its words what they mean in
SQL.
"""

from __future__ import annotations

import builtins
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polysense import registry
from polysense.errors import BadConfig, BadFilter, Lacking, LibraryError, ReadOnly, StorageFull
from polysense.retrieve.filters import compile_where
from polysense.stores.memory import Memory
from polysense.stores.milvus.rows import (
    NOWHERE,
    PIECE,
    Address,
    batches,
    entity_of,
    fields_for,
    row_of_entity,
    said,
)
from polysense.stores.milvus.schema import fault
from polysense.stores.milvus.store import Milvus
from polysense.stores.milvus.where import expression, text
from polysense.stores.rows import COLUMNS, chunk_of, row_of
from polysense.testing import check_store
from polysense.types import Asset, Chunk, Space, Span

SPACE = Space("all-MiniLM L6", "1", 2)
lite = pytest.mark.skipif(
    not (find_spec("pymilvus") and find_spec("milvus_lite")),
    reason="Milvus Lite is not installed: pip install pymilvus milvus-lite",
)


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


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Milvus]:
    made = Milvus(path=str(tmp_path / "kb.db"))
    yield made
    made.close()
    from milvus_lite.server_manager import server_manager_instance

    server_manager_instance.release_server(made.address.uri)


# -- on Milvus Lite
# --------------------------------------------------------------------------------------------------------------


@lite
@pytest.mark.slow
def test_contract(store: Milvus) -> None:
    """All that the protocol asks of a store, found by its address."""
    check_store(store)
    assert isinstance(registry.store(f"milvus://{store.address.uri}"), Milvus)
    assert store.capabilities == {"bm25", "filters", "persistent"}


@lite
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
    assert store._names() == []


@lite
def test_long_texts_come_back_whole(store: Milvus) -> None:
    """A chunk of more than a field holds, in letters of several bytes, keeps every character; so
    does its meta.
    """
    long = chunk(1, "月亮😀" * 12_000, meta={"said": "潮" * 70_000, "camera": "Nikon"})
    store.add([long, chunk(2)])
    kept = store.get([long.id])[long.id]
    assert kept.text == long.text
    assert dict(kept.meta) == dict(long.meta)
    assert [r["id"] for r in store.scan("json_get_string(meta, 'camera') = 'Nikon'", ["id"])] == [
        long.id
    ]
    assert store.lexical("月亮", 5)[0].id == long.id


@lite
def test_a_chunk_without_words_is_kept(store: Milvus) -> None:
    """A picture of which nothing is said, under a name of signs alone: kept, and not found by
    words.
    """
    mute = Chunk(Asset("1" * 32, "/a/!!!", "image/png", "image", 1), Span(), "image")
    store.add([mute])
    assert store.get([mute.id])[mute.id].text == ""
    assert store.lexical("anything at all", 5) == []


@lite
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


@lite
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


@lite
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


@lite
def test_more_rows_than_one_answer_holds(store: Milvus) -> None:
    """Scans and long lists of ids are read in several pieces, and nothing is lost between them."""
    chunks = [chunk(n, f"word{n}") for n in range(1201)]
    store.add(chunks)
    assert len(store.get([c.id for c in chunks])) == 1201
    assert {r["text"] for r in store.scan("", ["text"])} == {c.text for c in chunks}
    store.delete([c.asset.id for c in chunks[:1100]])
    assert store.count() == 101


@lite
def test_a_closed_store_opens_again(store: Milvus) -> None:
    """What was written is there."""
    store.add([chunk(1)])
    store.close()
    assert store.count() == 1


@lite
def test_other_metrics_are_refused(store: Milvus) -> None:
    """A space of many vectors a chunk is not kept, and that is said."""
    with pytest.raises(Lacking, match="maxsim"):
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


@lite
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


# -- without a server
# ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "milvus"),
    [
        ("", ""),
        ("modality = 'image'", 'modality == "image"'),
        ("NOT (page > 3 OR name = 'a')", f'((page > {NOWHERE} and page <= 3) and name != "a")'),
        ("page IS NULL", f"not (page > {NOWHERE})"),
        ("start >= 12", f"(begins > {NOWHERE} and begins >= 12.0)"),
        ("3 < page", f"(page > {NOWHERE} and page > 3)"),
        ("meta.iso > 200", '((exists meta["iso"]) and meta["iso"] > 200)'),
        ("page NOT IN (1, NULL)", 'id == ""'),
        ("name NOT LIKE 'a%'", 'not (name like "a%")'),
        ("uri = 'C:\\it''s \"x\"'", 'uri == "C:\\\\it\'s \\"x\\""'),
        ("TRUE", 'id != ""'),
    ],
)
def test_conditions_in_its_words(where: str, milvus: str) -> None:
    """What is sent, to the letter: every comparison of what may be missing says that it is there,
    in brackets of its own.
    """
    assert expression(compile_where(where)) == milvus


@pytest.mark.parametrize(
    "where",
    ["page = 'x'", "name > 3", "page > 1.5", "page AND TRUE", "1 = 1", "name = page", "meta.a = meta.b", "name LIKE 'a\\%'",
     "page > 99999999999999999999", "meta.\"a]b\" = 'x'", "page IS TRUE", "'a' IN ('a')", "name IN (page)"],
)  # fmt: skip
def test_what_it_cannot_compare_is_said(where: str) -> None:
    """A condition that Milvus would refuse, or would take otherwise, is a BadFilter that says what
    to write.
    """
    with pytest.raises(BadFilter) as e:
        expression(compile_where(where))
    assert e.value.hint


def test_a_long_condition_is_one_flat_one() -> None:
    """Hundreds of conditions joined do not nest: servers bound the depth of what they parse."""
    where = compile_where(" OR ".join(f"page = {n}" for n in range(600)))
    said = expression(where)
    assert said.count("((") == 1
    assert said.count(" or ") == 599


@given(st.text(max_size=40))
def test_strings_stay_strings(value: str) -> None:
    """No text ends its quotes: an escape stands before each quote and backslash, and no line
    breaks.
    """
    inside = text(value)[1:-1]
    assert not re.search(r'(?<!\\)(?:\\\\)*"', inside)
    assert not {"\n", "\r"} & set(inside)


def test_addresses() -> None:
    """What follows milvus://: server, name, secrets, encryption, a file; and what is wrong with it."""
    plain = Address.parse("db.local/kb", {})
    assert (plain.uri, plain.name, plain.token, plain.lite) == (
        "http://db.local:19530",
        "kb",
        "",
        False,
    )
    full = Address.parse(
        "me:p%40ss@[::1]:9/my%20kb?secure=true&database=d&ca=/etc/ca.pem",
        {"POLYSENSE_MILVUS_TOKEN": "other"},
    )
    assert full == Address("https://[::1]:9", "my kb", "me:p@ss", "d", "/etc/ca.pem")
    assert Address.parse("db/kb", {"POLYSENSE_MILVUS_TOKEN": "root:x"}).token == "root:x"
    assert Address.parse("/tmp/kb.db", {}).lite
    assert "p@ss" not in repr(full)
    assert full.collection("chunks") == "my_20_kb_chunks"
    for wrong in ("", "/tmp/kb", "db:port/kb", "db/kb?colour=red", "db/kb?secure"):
        with pytest.raises(BadConfig) as e:
            Address.parse(wrong, {})
        assert e.value.hint


def test_names_of_collections_stay_apart() -> None:
    """No two libraries, nor a library and another's space, have a collection in common."""
    names = ["kb", "kb_vectors_x", "kb-vectors", "kb_", "k_b", "9", "n9", "ü"]
    made = [
        Address("x", n).collection(what, space)
        for n in names
        for what, space in (("chunks", ""), ("vectors", "x"), ("vectors", "x_y"))
    ]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", m) for m in made)


def test_rows_there_and_back() -> None:
    """A chunk is the same after it was the fields of a collection; columns that do not apply are
    None again.
    """
    for c in SAMPLES:
        entity = entity_of(row_of(c))
        assert all(len(p.encode()) < 65_536 for p in entity["body"])
        row = row_of_entity(entity)
        assert set(row) == set(COLUMNS)
        assert chunk_of(row) == chunk_of(row_of(c))
        assert chunk_of(row).meta == c.meta
    assert row_of_entity({"page": NOWHERE, "begins": 3.0}, ["page", "begins"]) == {
        "page": None,
        "begins": 3.0,
    }
    assert fields_for(["id", "page"]) == ["id", "page"]
    assert fields_for(["id", "text", "meta"]) == ["id", "body"]


@given(st.text(max_size=60))
def test_words_are_letters_and_digits(value: str) -> None:
    """Whatever is written, the index gets words that every tokenizer leaves whole."""
    assert re.fullmatch(r"(?:[a-z0-9]+(?: [a-z0-9]+)*)?", said(value))


def test_messages_have_bounds() -> None:
    """Rows are sent in messages of a bounded size, each row once."""
    rows = [{"id": str(n), "body": ["x" * PIECE] * 100} for n in range(20)]
    sent = list(batches(rows))
    assert [r["id"] for batch in sent for r in batch] == [r["id"] for r in rows]
    assert max(sum(len(p) for r in batch for p in r["body"]) for batch in sent) < 12_000_000


def test_refusals_say_what_to_do() -> None:
    """What a server says becomes one of our errors, without the secrets of the address."""
    address = Address.parse("me:secret@db/kb", {})
    kinds = {
        "Fail connecting to server": LibraryError,
        "<MilvusException: (code=65535, message=auth check failure)>": LibraryError,
        "permission deny: PrivilegeUpsert": ReadOnly,
        "disk quota exceeded": StorageFull,
        "": LibraryError,
    }
    for told, kind in kinds.items():
        error = fault(told, address)
        assert type(error) is kind
        assert error.hint
        assert "secret" not in str(error) + error.hint


def test_without_pymilvus_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is imported before it is needed; then what is missing is named."""
    real = builtins.__import__

    def without(name: str, *rest: object, **more: object) -> object:
        if name.split(".")[0] == "pymilvus":
            raise ImportError(name)
        return real(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(Lacking) as e:
        Milvus(path="127.0.0.1/kb").count()
    assert "pip install 'polysense[milvus]'" in e.value.hint


def test_importing_it_imports_no_client() -> None:
    """The client is heavy, and is imported when it is first asked."""
    code = "import sys, polysense.stores.milvus.store; print(sorted({'pymilvus', 'grpc', 'pandas', 'sqlglot'} & set(sys.modules)))"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
        ).stdout.strip()
        == "[]"
    )


@pytest.mark.skipif(
    not find_spec("pymilvus"), reason="pymilvus is not installed: pip install pymilvus"
)
def test_a_server_that_is_not_there_is_said_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody listens: LibraryError with the address, within the time that connecting may
    take.
    """
    monkeypatch.setattr("polysense.stores.milvus.store._CONNECT", 0.5)
    with pytest.raises(LibraryError, match=r"127\.0\.0\.1:9 does not answer"):
        Milvus(path="127.0.0.1:9/kb").count()
