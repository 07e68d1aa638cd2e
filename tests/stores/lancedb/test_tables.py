"""Names and schemas of the tables, and whose fault an error is."""

from __future__ import annotations

import pytest

from polysense.errors import LibraryError, ReadOnly, StorageFull
from polysense.stores.lancedb.tables import (
    BATCH_IDS,
    arrow_schema,
    id_batches,
    translate_errors,
    vector_table,
    void_table,
)


def test_spaces_have_tables_of_their_own() -> None:
    """However alike their names are; none is a path."""
    names = ["a-b", "a_b", "a b", "a/b", "../a", "ü", "a"]
    assert len({vector_table(n) for n in names}) == len(names)
    assert all(vector_table(n).replace("_", "").isalnum() for n in names)
    assert void_table("a-b") == "void_a_2d_b"


def test_a_vector_table_knows_its_metric() -> None:
    """The index is made by it later; other tables have no vectors."""
    schema = arrow_schema({"id": str, "page": int}, 3, "dot")
    assert schema.names == ["id", "page", "vector"]
    assert schema.metadata == {b"metric": b"dot"}
    assert arrow_schema({"id": str}).names == ["id"]


def test_ids_come_once_in_batches() -> None:
    """In their order."""
    ids = [str(n) for n in range(BATCH_IDS + 1)]
    assert list(id_batches([*ids, *ids])) == [ids[:-1], ids[-1:]]
    assert list(id_batches([])) == []


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (OSError("No space left on device"), StorageFull),
        (RuntimeError("lance: os error 28"), StorageFull),
        (OSError("Permission denied (os error 13)"), ReadOnly),
        (RuntimeError("the file is cut off\nat byte 10"), LibraryError),
        (ValueError("no such column"), ValueError),
    ],
)
def test_errors_are_ours(error: Exception, ours: type[Exception]) -> None:
    """But for a ValueError, which is the caller's."""
    with pytest.raises(ours) as e, translate_errors("/kb/store"):
        raise error
    assert type(e.value) is ours
    assert "\n" not in str(e.value)
