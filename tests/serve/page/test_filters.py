"""Filters: what the fields ask for, as a library reads it."""

from __future__ import annotations

from polysense.serve.page.filters import Filters


def test_filters_are_conditions_that_the_library_reads() -> None:
    """A quote in a name is a letter, not the end of the condition."""
    from polysense.retrieve.filters import compile_where

    filters = Filters(None, lambda: None)  # type: ignore[arg-type]
    assert filters.full_condition == ""
    filters.values = {
        "kind": "image",
        "folder": "Anna's",
        "name": "50%",
        "after": "2024-01-01",
        "before": "2026-01-01",
    }
    assert compile_where(filters.full_condition)
    assert filters.modality == ["image"]
    assert "Anna''s" in filters.condition
