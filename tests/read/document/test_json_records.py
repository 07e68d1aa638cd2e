"""Lists of JSON objects as tables."""

from __future__ import annotations

from pathlib import Path

from polysense.read.document.json_records import json_tables
from polysense.read.document.records import record_tables
from polysense.types import Asset


def test_a_list_on_one_line_or_many() -> None:
    """Each object is a row, in the lines where it stands."""
    (table,) = json_tables('[{"host":"ada","ram":8},{"host":"bo","disk":{"gb":4}}]')
    assert table.columns == ("host", "ram", "disk.gb")
    assert table.rows == (("ada", "8", ""), ("bo", "", "4"))
    (lines,) = json_tables('[\n {"a": 1},\n {"a":\n 2}\n]\n')
    assert [str(s) for s in lines.spans] == ["L2", "L3-4"]


def test_a_list_by_a_name() -> None:
    """The name is the title."""
    (table,) = json_tables('{"phones": [{"n": "Ida"}, {"n": "Ole"}], "version": 3}')
    assert (table.title, table.rows) == ("phones", (("Ida",), ("Ole",)))


def test_what_is_no_list_of_objects() -> None:
    """Numbers, one object, broken text."""
    for text in ("[1, 2]", '[{"a": 1}]', '[{"a": 1}, 2]', '[{"a": 1}, {"a"', "", "[", "3"):
        assert json_tables(text) == ()


def test_a_file_of_them(tmp_path: Path) -> None:
    """Files of JSON have records as prose has."""
    path = tmp_path / "hosts.json"
    path.write_text('[{"host":"ada","ram":8},{"host":"bo","ram":4}]', "utf-8")
    asset = Asset("1", str(path), "application/json", "text", 1, path=path)
    assert record_tables(asset)[0].rows == (("ada", "8"), ("bo", "4"))
