"""The table of columns: whatever is in it can be named, kept, and filtered by."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.columns import FILTER_COLUMNS, WHERE_COLUMNS, Column, describe_columns
from polysense.retrieve.filters import compile_where
from polysense.stores.lancedb.store import LanceDB
from polysense.stores.rows import chunk_row
from polysense.types import Asset, Chunk, Span

CHUNK = Chunk(
    Asset("1", "/tides/high.txt", "text/plain", "text", 9, {"created": "2026-01-31"}),
    Span(page=2, lines=(3, 4), seconds=(1.5, 2.0)),
    "text",
    text="the moon",
    meta={"lang": "en"},
)
LITERALS = {"text": "'x'", "whole number": "1", "number": "1.5", "time": "'2026'"}


@pytest.mark.parametrize("column", WHERE_COLUMNS.values(), ids=lambda c: c.where)
def test_a_value_has_the_type_that_the_table_says(column: Column) -> None:
    """And the condition with a literal of that type compiles."""
    value = column.value(CHUNK)
    assert isinstance(value, column.type)
    assert compile_where(f"{column.where} <> {LITERALS[column.kind]}")
    assert column.meaning
    assert column.where in describe_columns()


@pytest.mark.parametrize("column", [c for c in FILTER_COLUMNS.values() if c.is_optional])
def test_what_may_be_missing_is_declared(column: Column) -> None:
    """A chunk without a place has none."""
    assert column.value(Chunk(CHUNK.asset, Span(), "text")) is None


def test_a_column_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more entry, and rows have it, a store on disk keeps it, and a filter finds by it."""
    colour = Column("colour", "text", lambda c: str(c.meta.get("colour", "")), "", "colour")
    monkeypatch.setitem(FILTER_COLUMNS, "colour", colour)
    monkeypatch.setitem(WHERE_COLUMNS, "colour", colour)
    monkeypatch.setitem(_columns_of("rows"), "colour", str)
    monkeypatch.setitem(_columns_of("lancedb.tables", "VECTOR_COLUMNS"), "colour", str)
    red = CHUNK.with_(meta={"colour": "red"})
    assert chunk_row(red)["colour"] == "red"
    store = LanceDB(path=str(tmp_path))
    store.add([red])
    assert store.count(compile_where("colour = 'red'")) == 1
    assert store.count(compile_where("colour <> 'red'")) == 0


def _columns_of(module: str, name: str = "COLUMNS") -> dict[str, type]:
    """What a module has made of the table when it was imported."""
    import importlib

    columns: dict[str, type] = getattr(importlib.import_module(f"polysense.stores.{module}"), name)
    return columns
