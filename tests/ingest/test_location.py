"""Where a library keeps what is its own, by its address."""

from __future__ import annotations

from pathlib import Path

from polysense.ingest.location import folder


def test_local_libraries_keep_it_with_them_and_remote_ones_on_this_machine() -> None:
    """A path and lancedb://path are the folder; memory:// is new each time; a remote address has
    the same place every time, and its own.
    """
    assert folder("/in/kb") == folder("lancedb:///in/kb") == Path("/in/kb")
    assert folder("kb") == Path.cwd() / "kb"
    assert folder("~/kb") == Path.home() / "kb"
    one, other = folder("memory://"), folder("memory://")
    assert one != other
    one.rmdir()
    other.rmdir()
    assert folder("s3://bucket/a") == folder("s3://bucket/a") != folder("s3://bucket/b")
    assert not folder("s3://bucket/a").exists() or folder("s3://bucket/a").is_dir()
