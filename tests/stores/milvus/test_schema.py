"""What a server's refusals mean, without a server."""

from __future__ import annotations

import pytest

from polysense.errors import LibraryError, MissingDependency, ReadOnly, StorageFull
from polysense.stores.milvus.rows import Address
from polysense.stores.milvus.schema import error_for, milvus_metric, placeholder_vector, void_row
from polysense.types import Space


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
    for message, kind in kinds.items():
        error = error_for(message, address)
        assert type(error) is kind
        assert error.hint
        assert "secret" not in str(error) + error.hint


def test_a_space_that_it_cannot_compare_is_refused() -> None:
    """By name, with what to do."""
    assert milvus_metric(Space("a", "1", 2)) == "COSINE"
    with pytest.raises(MissingDependency, match="maxsim spaces, such as colpali") as e:
        milvus_metric(Space("colpali", "1", 2, "maxsim"))
    assert e.value.hint


def test_rows_without_a_vector_have_a_placeholder() -> None:
    """Servers before 2.6 keep none without; where words are searched they have their own."""
    assert placeholder_vector("chunks", True) == {}
    assert placeholder_vector("chunks", False) == {"vector": [0.0, 0.0]}
    assert void_row("photo", "c1", "a1") == {
        "id": "c1/photo",
        "asset": "a1",
        "space": "photo",
        "chunk": "c1",
        "vector": [0.0, 0.0],
    }
