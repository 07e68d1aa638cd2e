"""A file that has been read."""

from __future__ import annotations

from pathlib import Path

from polysense.ingest.indexed_file import IndexedFile
from polysense.ingest.scan import File
from polysense.types import Asset


def test_a_file_without_more_to_tell(tmp_path: Path) -> None:
    """No links, no failure, no words of others, no sidecars."""
    path = tmp_path / "a.txt"
    path.write_text("a")
    asset = Asset("0" * 32, str(path), "text/plain", "text", 1, path=path)
    file = File(str(path), path, 1, 0)
    one = IndexedFile(file, asset)
    assert (one.links, one.partial_failure, one.mentions, one.sidecar_state) == ((), None, "", "")
