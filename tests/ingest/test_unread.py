"""What was sought in vain, and how often."""

from __future__ import annotations

from pathlib import Path

from polysense.errors import TooLarge
from polysense.ingest.catalogue import Catalogue
from polysense.ingest.indexed_file import IndexedFile
from polysense.ingest.scan import File
from polysense.ingest.unread import MAX_ATTEMPTS
from polysense.types import Asset


def test_attempts_count_for_one_setup() -> None:
    """With another they begin anew; what was read at last is no failure any more."""
    catalogue, uri = Catalogue(":memory:"), "/a.png"
    catalogue.record_indexed(
        [IndexedFile(File(uri, Path(uri), 1, 1), Asset("a", uri, "", "image", 1))]
    )
    for n in range(MAX_ATTEMPTS):
        assert catalogue.assets_to_extract("ocr", "ocr; 9 s") == ["a"], n
        catalogue.record_unread({"a": TooLarge("a.png took too long")}, "ocr; 9 s")
    assert catalogue.assets_to_extract("ocr", "ocr; 9 s") == []
    assert catalogue.assets_to_extract("ocr", "ocr; 99 s") == ["a"]
    assert catalogue.assets_to_extract("ocr") == ["a"]
    assert f"{MAX_ATTEMPTS} times" in catalogue.unread_failures()[0].error
    catalogue.record_extraction(["a"], "ocr")
    assert catalogue.unread_failures() == []
    assert catalogue.assets_to_extract("ocr", "ocr; 9 s") == []
