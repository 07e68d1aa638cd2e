"""A library in Milvus Lite, empty."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from polysense.stores.milvus.store import Milvus


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Milvus]:
    if not (find_spec("pymilvus") and find_spec("milvus_lite")):
        pytest.skip("Milvus Lite is not installed: pip install pymilvus milvus-lite")
    milvus = Milvus(path=str(tmp_path / "kb.db"))
    yield milvus
    milvus.close()
    from milvus_lite.server_manager import server_manager_instance

    server_manager_instance.release_server(milvus.address.uri)
