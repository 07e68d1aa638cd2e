"""Tables as evidence has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.make.table.test_table_rows import evidence

from polysense.make.table.question.tables import TableSource, table_sources

BOATS = (
    "Boat,Yard,Length (m),Built\n"
    "Otter,Eldby,7,1911\nTern,Marlow,12.5,1926\nGull,Eldby,9,1926\nHeron,Marlow,14,1931\n"
    "Total,,42.5,\n"
)


@pytest.fixture
def boats(tmp_path: Path) -> dict[str, TableSource]:
    """Four boats, and a row that sums them up."""
    return sources(tmp_path)(BOATS, "boats.csv")


def sources(folder: Path) -> Callable[[str, str], dict[str, TableSource]]:
    def read(text: str, name: str) -> dict[str, TableSource]:
        (folder / name).write_text(text, "utf-8")
        return {s.sql_name: s for s in table_sources([evidence(folder / name, 1)])}

    return read
