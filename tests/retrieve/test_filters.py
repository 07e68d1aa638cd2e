"""`where`: what is allowed, what it becomes, and that nothing else gets through to a store."""

from __future__ import annotations

import dataclasses
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.errors import BadFilter
from polysense.retrieve.filters import COLUMNS, all_of, asks_for_uri, compile_where
from polysense.stores.memory import Memory
from polysense.types import Asset, Chunk, Span


@pytest.fixture(scope="module")
def store() -> Memory:
    memory = Memory()
    asset = Asset("1", "/a/it's.mp4", "video/mp4", "video", 9, {"created": "2026-01-31"})
    memory.add(
        [
            Chunk(
                asset,
                Span(seconds=(3, 8), page=4),
                "video",
                text="the end",
                meta={"camera": "Nikon", "iso": 100, "a.b": "c"},
            )
        ]
    )
    return memory


@pytest.mark.parametrize(
    ("where", "compiled"),
    [
        ("", ""),
        ("  \n", ""),
        ("modality = 'image' and page > 3", "modality = 'image' AND page > 3"),
        ("MODALITY='image'", "modality = 'image'"),
        ("page between 1 and 3", "page BETWEEN 1 AND 3"),
        ("name like '%.jpg'", "name LIKE '%.jpg'"),
        ("page is not null", "NOT page IS NULL"),
        ("folder in ('a', 'b')", "folder IN ('a', 'b')"),
        ("not (page = 1 or line = 2)", "NOT (page = 1 OR line = 2)"),
        ("start >= 2.5 and end <= 8", "begins >= 2.5 AND ends <= 8"),
        ("End < 5", "ends < 5"),
        ("name = 'the end'", "name = 'the end'"),
        ("name = 'it''s the end' and end > 1", "name = 'it''s the end' AND ends > 1"),
        ("meta.camera = 'Nikon'", "json_get_string(meta, 'camera') = 'Nikon'"),
        ("meta.iso > 100", "json_get_float(meta, 'iso') > 100"),
        ("meta.night = true", "json_get_bool(meta, 'night') = TRUE"),
        ("size > -1", "size > -1"),
        ("size > 1e3 and page = 3.0", "size > 1000 AND page = 3"),
        ("3 < page", "3 < page"),
        ("page < line", "page < line"),
        ("end > page", "ends > page"),
        (
            "meta.night and not meta.draft",
            "json_get_bool(meta, 'night') = TRUE AND NOT json_get_bool(meta, 'draft') = TRUE",
        ),
        ("meta.camera = name", "json_get_string(meta, 'camera') = name"),
        ("meta.iso < page", "json_get_float(meta, 'iso') < page"),
        ("meta.iso is not null", "NOT json_get(meta, 'iso') IS NULL"),
        (
            "meta.a in (1, 'x', 2)",
            "(json_get_float(meta, 'a') IN (1, 2) OR json_get_string(meta, 'a') IN ('x'))",
        ),
        ("meta.a.b.c.d.e.f = 1", "json_get_float(meta, 'a.b.c.d.e.f') = 1"),
        ("modified >= '2026-01-31 12:00'", "modified >= '2026-01-31T12:00'"),
        ("modified < '2026-01-31T12:00:00+02:00'", "modified < '2026-01-31T10:00:00Z'"),
    ],
)
def test_conditions_become_the_stores_own(where: str, compiled: str) -> None:
    """The documented columns, in any case, translated; strings untouched."""
    assert compile_where(where) == compiled


@pytest.mark.parametrize("column", COLUMNS)
def test_every_documented_column_can_be_named(column: str, store: Memory) -> None:
    """The compiled condition is one that a store understands."""
    assert store.count(compile_where(f"{column} is not null or {column} is null")) == 1


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("name = 'it''s.mp4'", 1), ("start = 3 and end = 8", 1), ("page = 4 and created > '2026'", 1), ("end < 8", 0), ("meta.iso >= 100", 1),
        ("meta.camera like 'Nik%'", 1), ("meta.camera = 5", 0), ("not meta.camera = 5", 0), ("meta.iso = '100'", 0),
        ("not (page = 3 and size = 9)", 1), ("page not between 1 and 3", 1), ("page in (3, 4) and not page in (5)", 1), ("9 >= size", 1), ("meta.camera is null", 0), ("meta.nothing is null", 1), ("true", 1), ("modality <> 'video'", 0),
    ],
)  # fmt: skip
def test_conditions_mean_what_they_say(where: str, count: int, store: Memory) -> None:
    """Compiled and put to a store."""
    assert store.count(compile_where(where)) == count


NAMES = ("mürbe Äpfel.txt", "ﾛｰﾌﾟ.txt", "Φάρος.txt", "报告（最终）.pdf", "plan.txt")


@pytest.mark.parametrize("stored_form", ["NFC", "NFD", "NFKC"])
@pytest.mark.parametrize("asked_form", ["NFC", "NFD", "NFKC"])
def test_names_are_found_in_any_unicode_form(stored_form: str, asked_form: str) -> None:
    """File systems take letters apart, and keyboards write half-width kana; a name is the same."""
    memory = Memory()
    for n, name in enumerate(NAMES):
        uri = f"/Öfen/{unicodedata.normalize(stored_form, name)}"
        chunk = Chunk(Asset(str(n), uri, "text/plain", "text", 9, {}), Span(), "text", text=name)
        memory.add([dataclasses.replace(chunk, meta={"title": uri})])
    for name in NAMES:
        name_query = unicodedata.normalize(asked_form, name)
        assert memory.count(compile_where(f"name = '{name_query}'")) == 1
        assert memory.count(compile_where(f"'{name_query}' <> name")) == len(NAMES) - 1
        assert memory.count(compile_where(f"name in ('x', '{name_query}')")) == 1
        assert memory.count(compile_where(f"name like '{name_query[:4]}%'")) == 1
        assert memory.count(compile_where(f"name not like '{name_query[:4]}%'")) == len(NAMES) - 1
    folder = unicodedata.normalize(asked_form, "Öfen")
    assert memory.count(compile_where(f"folder = '{folder}'")) == len(NAMES)
    other = unicodedata.normalize(stored_form, "Φάρος")
    assert memory.count(compile_where(f"meta.title like '%{other}%' and page is null")) == 1


@pytest.mark.parametrize(
    "where",
    [
        "colour = 'red'",
        "text = 'x'",
        "id = '1'",
        "chunks.page = 1",
        "a.b.c = 1",
        "begins > 1",
        "vector is null",
        '"x y" = 1',
    ],
)
def test_an_unknown_column_is_answered_with_the_known_ones(where: str) -> None:
    """Also the stores' own names are unknown."""
    with pytest.raises(BadFilter, match="there is no column") as e:
        compile_where(where)
    assert all(c in e.value.hint for c in COLUMNS)
    assert "meta.NAME" in e.value.hint


MISTYPED = (
    ("page = 'three'", "page", "a whole number"), ("page = 'three' or true", "page", "a whole number"),
    ("size > 'big'", "size", "a whole number"), ("size = '12'", "size", "a whole number"),
    ("'3' = line", "line", "a whole number"), ("page = 1.5", "page", "a whole number"),
    ("page in ('a', 2)", "page", "a whole number"), ("page not in (1, true)", "page", "a whole number"),
    ("page between 1 and 'b'", "page", "a whole number"), ("not page", "page", "a whole number"),
    ("page and true", "page", "a whole number"), ("page is true", "page", "a whole number"),
    ("page like '1%'", "page", "a whole number"), ("start > 'noon'", "start", "a number"),
    ("not (end = false)", "end", "a number"), ("name = 3", "name", "text"), ("lang = 1", "lang", "text"),
    ("name like 5", "name", "text"), ("not name like null", "name", "text"), ("name", "name", "text"),
    ("modality = true", "modality", "text"), ("name = page", "name", "text"),
    ("created > 5", "created", "a time"), ("modified > 2024", "modified", "a time"),
    ("created = 'yesterday'", "created", "a time"), ("created between '2026' and 'soon'", "created", "a time"),
    ("meta.a like 5", "meta.a", "a value of the chunk's own"),
)  # fmt: skip


@pytest.mark.parametrize(("where", "column", "kind"), MISTYPED)
def test_a_column_is_compared_with_what_it_can_be(where: str, column: str, kind: str) -> None:
    """The error names the column, its type, and the columns there are with theirs; no store is
    asked, which would fail each in its own way.
    """
    with pytest.raises(BadFilter) as e:
        compile_where(where)
    assert f"{column} is {kind}" in str(e.value)
    assert "whole numbers: page, line, size" in e.value.hint


@pytest.mark.parametrize(
    "where",
    [
        "(page, line) = (1, 2)",
        "1 = 1",
        "meta.a = meta.b",
        "page in ()",
        "1 in (page)",
        "page in (line)",
        "page > 1e99",
        "page > 99999999999999999999",
        "created = '2026-99-99T00:00:00+02:00'",
        "1 < page < 3",
        "- name = 'a'",
        "meta['x'] = 1",
        "meta.* = 1",
        "meta = 'x'",
        "page = 1; drop table chunks",
        "page = 1 union select * from chunks",
        "page = (select 1)",
        "page in (select page from chunks)",
        "exists (select 1)",
        "load_extension('x') = 1",
        "json_get_string(meta, 'x') = 'y'",
        "length(name) > 3",
        "lower(name) = 'a'",
        "count(*) > 1",
        "cast(page as text) = '1'",
        "case when page = 1 then true else false end",
        "name = 'a' || name",
        "select 1",
        "drop table chunks",
        "page",
        "1",
        "'a'",
        "page + 1",
        "page = 1 order by page",
        "page = 1 limit 1",
        "page = 1)",
        "page = 'a",
        "page =",
        "= 1",
        "and",
        "(" * 3000 + "page = 1" + ")" * 3000,
        "page = 1 and " * 2000 + "page = 1",
        "page = ?",
        "page = :x",
        "page = @x",
        "\0",
    ],
)
def test_what_is_no_plain_condition_is_refused(where: str) -> None:
    """Statements, subqueries, functions, parameters and nonsense are BadFilter, with a hint; never
    a crash, never passed on.
    """
    with pytest.raises(BadFilter) as e:
        compile_where(where)
    assert e.value.hint
    assert e.value.status == 400


@given(st.text(max_size=40))
def test_quoted_text_stays_text(text: str) -> None:
    """Whatever is quoted is compared, and nothing of it is run."""
    store = Memory()
    store.add([Chunk(Asset("1", "/a.txt", "", "text", 9), Span(page=1), "text", text="x")])
    escaped = text.replace("'", "''")
    try:
        compiled = compile_where(f"name = '{escaped}'")
    except BadFilter:
        return
    assert store.count(compiled if "\0" not in compiled else "") == (
        1 if "\0" in compiled or text == "a.txt" else 0
    )


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_refused(where: str) -> None:
    """No input brings another error than BadFilter."""
    try:
        compile_where(where)
    except BadFilter:
        pass


def test_comments_change_nothing() -> None:
    """A comment cannot hide the rest of a condition that is added later."""
    compiled = compile_where("page = 1 -- or anything")
    assert all_of(compiled, "size = 2") in (
        "(page = 1) AND (size = 2)",
        "(page = 1 /* or anything */) AND (size = 2)",
    )


def test_both() -> None:
    """All of the conditions that there are; each keeps to itself."""
    assert all_of("", "") == ""
    assert all_of("", "a = 1") == "a = 1"
    assert all_of("a = 1 OR b = 2", "", "c = 3") == "(a = 1 OR b = 2) AND (c = 3)"


@pytest.mark.parametrize(
    ("where", "does_ask"),
    [
        ("uri = '/a'", True),
        ("page > 1 -- it's\nor uri like '/home/%'", True),
        ("page > 1 /* ' */ or uri like '/home/%' /* ' */", True),
        ("page > 1 or \"uri\" = '/a'", True),
        ("not (URI is null)", True),
        ("name = 'uri' or meta.uri = 'x' -- uri", False),
        ("", False),
    ],
)
def test_a_filter_of_uri_is_known_however_it_is_written(where: str, does_ask: bool) -> None:
    """Comments and quotes hide nothing: what compiles is what a store is asked."""
    assert asks_for_uri(where) == does_ask
