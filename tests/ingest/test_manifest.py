"""What a library was built with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polysense.errors import ForeignLibrary, LibraryError, ModelMismatch
from polysense.ingest.manifest import FILE, UNFINISHED, Manifest, load, save
from polysense.types import Space

OLD, NEW = Space("photo", "1", 8), Space("photo", "2", 16)


def test_it_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """Nothing about a space is lost, and no temporary file stays."""
    manifest = Manifest((OLD, Space("words", "a", 4, "dot")))
    save(tmp_path, manifest)
    assert load(tmp_path) == manifest
    assert [p.name for p in tmp_path.iterdir()] == [FILE]
    assert load(tmp_path / "nowhere") is None


def test_other_models_are_refused_with_the_way_out() -> None:
    """Vectors of two models are never mixed."""
    Manifest((OLD,)).check([OLD, Space("words", "a", 4)])
    with pytest.raises(ModelMismatch, match=r"revision 1 \(8 dim.*revision 2 \(16 dim") as error:
        Manifest((OLD,)).check([NEW])
    assert "polysense reindex --space photo" in error.value.hint


def test_spaces_are_added_or_replaced_by_name() -> None:
    """A new space leaves the others alone."""
    words = Space("words", "a", 4)
    assert Manifest((OLD,)).with_spaces([words, NEW]).spaces == (NEW, words)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "{",
        "[]",
        '{"spaces": []}',
        '{"spaces": [{"x": 1}], "schema": 1, "kind": "polysense"}',
        '{"spaces": [], "schema": 1}',
        "\xff",
    ],
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, raw: str) -> None:
    """Another program's manifest.json is never written over."""
    (tmp_path / FILE).write_text(raw, "latin-1")
    with pytest.raises(ForeignLibrary):
        load(tmp_path)


@pytest.mark.parametrize("spaces", [[], [{"name": "photo", "bits": 1}], "elsewhere"])
def test_a_newer_schema_is_refused(tmp_path: Path, spaces: object) -> None:
    """An old polysense must not write to a library that it does not understand, and says so
    whatever is new in it.
    """
    (tmp_path / FILE).write_text(json.dumps({"kind": "polysense", "schema": 99, "spaces": spaces}))
    with pytest.raises(ForeignLibrary, match="newer polysense") as error:
        load(tmp_path)
    assert "pip install -U" in error.value.hint


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    """`-l some-file` says so."""
    (tmp_path / "kb").write_text("mine")
    with pytest.raises(ForeignLibrary, match="is a file"):
        load(tmp_path / "kb")


def test_another_store_is_refused_by_name(tmp_path: Path) -> None:
    """A folder that FAISS keeps is not opened as LanceDB's, nor the other way round; one from
    before stores were written down is LanceDB's, or on a server Milvus's.
    """
    save(tmp_path, Manifest((OLD,), store="faiss"))
    assert load(tmp_path, "faiss") == load(tmp_path) == Manifest((OLD,), store="faiss")
    with pytest.raises(ForeignLibrary, match="kept by faiss, not by lancedb") as error:
        load(tmp_path, "lancedb")
    assert f"faiss://{tmp_path}" in error.value.hint
    raw = json.loads((tmp_path / FILE).read_text())
    del raw["store"]
    (tmp_path / FILE).write_text(json.dumps(raw))
    assert load(tmp_path, "lancedb") == load(tmp_path) == Manifest((OLD,))
    assert load(tmp_path, "milvus") == Manifest((OLD,), store="milvus")
    with pytest.raises(ForeignLibrary, match="kept by lancedb, not by faiss"):
        load(tmp_path, "faiss")


def test_a_copy_that_is_not_whole_is_not_opened(tmp_path: Path) -> None:
    """It says how to go on."""
    (tmp_path / UNFINISHED).write_text("{}")
    with pytest.raises(LibraryError, match="not whole yet") as error:
        load(tmp_path)
    assert "polysense copy" in error.value.hint
