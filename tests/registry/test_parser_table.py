"""Who reads which type of file."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense import registry
from polysense.doctor import examine
from polysense.registry import readiness
from polysense.registry.parser_table import assign, idle_readers, lookup
from polysense.types import Asset


def asset(name: str, mime: str) -> Asset:
    return Asset("", f"/docs/{name}", mime, "", 1)


@pytest.mark.parametrize(
    ("accepts", "reads"),
    [
        ([["a/b"], ["a/b", "c/d"]], {"a/b": 0, "c/d": 1}),
        ([["application/pdf"], [".pdf"]], {"application/pdf": 0}),
        ([[".pdf"], ["application/pdf"]], {".pdf": 0, "application/pdf": 1}),
        ([["text/plain"], [".thermal"]], {"text/plain": 0, ".thermal": 1}),
        ([["image/jpeg", ".jpg"]], {"image/jpeg": 0, ".jpg": 0}),
        ([["model/gltf-binary"], [".glb", ".heat"]], {"model/gltf-binary": 0, ".heat": 1}),
    ],
)
def test_the_stronger_reads_a_type_by_whatever_name(
    accepts: list[list[str]], reads: dict[str, int]
) -> None:
    """An ending is another name of a type: by it nobody weaker comes to read it."""
    assert assign(accepts) == reads


def test_an_ending_goes_before_the_content() -> None:
    """A .thermal of somebody's plug-in may look like text, or a picture."""
    table = {".thermal": 1, "text/plain": 2}
    assert lookup(table, "/a/ROOF.Thermal", "text/plain") == 1
    assert lookup(table, "/a/roof.txt", "text/plain") == 2
    assert lookup(table, "/a/roof.png", "image/png") is None


def test_types_left_out_have_a_reason_and_others_none() -> None:
    """`-pdf` is why a PDF is not read, and not why a file of no known type is not."""
    readers = registry.readers(registry.kit(parsers=["-pdf"]).specs["parsers"])
    reason = readers.unread_reason(asset("a.pdf", "application/pdf"))
    assert "no parser in use reads application/pdf" in reason
    assert "`-pdf`" in reason
    assert readers.unread_reason(asset("a.txt", "text/plain")) == ""
    assert readers.unread_reason(asset("a.qqq", "application/octet-stream")) == ""


def test_a_reader_says_where_it_is_from(thermal: Path) -> None:
    """The package is part of its name: another package's parser reads otherwise."""
    readers = registry.readers(registry.kit().specs["parsers"]).by_type
    assert str(readers[".thermal"]) == "thermal (polysense-thermal)"
    assert str(readers["application/pdf"]) == "pdf (polysense)"


def test_who_would_read_a_file_if_it_were_named() -> None:
    """With the extra that it needs; nobody reads what nobody knows."""
    sheet = asset("b.xls", "application/vnd.ms-excel")
    assert idle_readers(sheet)["markitdown"] == "markitdown"
    assert idle_readers(asset("b.bin", "application/x-nothing")) == {}


def test_a_parser_that_lacks_its_extra_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what it could not read is read again once that is installed."""
    lines = ["no-such-thing>=1; extra == 'xls'"]
    monkeypatch.setattr(readiness, "requires", lambda package: lines)
    readiness._missing_of.cache_clear()
    try:
        assert registry.readers(registry.kit().specs["parsers"]).unready == ("xls",)
    finally:
        readiness._missing_of.cache_clear()
    assert "xls" not in {p["plugin"] for p in examine()["problems"]}
