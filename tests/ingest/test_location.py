"""Where a library keeps what is its own, by its address."""

from __future__ import annotations

from pathlib import Path

from polysense.ingest.location import is_remote, library_folder, public_location


def test_local_libraries_keep_it_with_them_and_remote_ones_on_this_machine() -> None:
    """A path and lancedb://path are the folder; memory:// is new each time; a remote address has
    the same place every time, and its own.
    """
    assert library_folder("/in/kb") == library_folder("lancedb:///in/kb") == Path("/in/kb")
    assert library_folder("kb") == Path.cwd() / "kb"
    assert library_folder("~/kb") == Path.home() / "kb"
    one, other = library_folder("memory://"), library_folder("memory://")
    assert one != other
    one.rmdir()
    other.rmdir()
    assert (
        library_folder("s3://bucket/a")
        == library_folder("s3://bucket/a")
        != library_folder("s3://bucket/b")
    )
    assert not library_folder("s3://bucket/a").exists() or library_folder("s3://bucket/a").is_dir()


def test_a_store_says_which_folder_a_library_is_in() -> None:
    """What a plug-in keeps in a folder has its catalogue there; options are no part of its name."""
    address = "faiss:///in/a@b?index=HNSW32"
    assert library_folder(address) == Path("/in/a@b")
    assert not is_remote(address)
    assert public_location(address) == "faiss:///in/a@b"
    assert is_remote("milvus://host/kb")
    assert not is_remote("memory://")
