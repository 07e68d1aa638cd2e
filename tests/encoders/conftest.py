"""Small models of words, made once a run, with a library of a few notes for them; and a module of the
user's own, as the encoders over frameworks name one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from polysense import Library, registry
from polysense.ingest.workers import Limits
from polysense.registry import Kit

from . import tiny_text

NOTES = {
    "engine.txt": "the engine of a car\n\nthe wheel of the car repairs",
    "health.txt": "the doctor heals",
    "coast.txt": "high tide at the sea\n\na ship sails",
    "bread.txt": "the baker bakes bread in the oven",
}


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of small models, each in one of its name: bert, roberta, distilbert, masked, splade,
    colbert.
    """
    home = tmp_path_factory.mktemp("models")
    for name in ("bert", "roberta", "distilbert", "masked", "splade", "colbert"):
        getattr(tiny_text, name)(home / name)
    return home


def kit_with(*specs: str, rerankers: tuple[str, ...] = ()) -> Kit:
    """A kit of these encoders alone."""
    others = [f"-{n}" for n in registry.OFFLINE.encoders]
    names = {s.partition(":")[0] for s in specs}
    return registry.kit(
        encoders=[*(o for o in others if o[1:] not in names), *specs],
        converters=[f"-{c}" for c in registry.OFFLINE.converters],
        rerankers=list(rerankers),
    )


OpenLibrary = Callable[..., AbstractContextManager[Library]]


@pytest.fixture
def library_of(tmp_path: Path) -> OpenLibrary:
    """A library of NOTES, by encoders and rerankers as the settings name them."""

    @contextmanager
    def open_library(*specs: str, rerankers: tuple[str, ...] = ()) -> Iterator[Library]:
        folder = tmp_path / "notes"
        folder.mkdir(exist_ok=True)
        for name, words in NOTES.items():
            (folder / name).write_text(words)
        kit = kit_with(*specs, rerankers=rerankers)
        with Library(tmp_path / "kb", kit=kit, limits=Limits(workers=1)) as kb:
            report = kb.index(folder)
            assert not report.failed
            yield kb

    return open_library


@pytest.fixture
def embeddings_module(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Its name: `framework_embeddings` lies on the path, as a user's own module can."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    sys.modules.pop("framework_embeddings", None)
    yield "framework_embeddings"
    sys.modules.pop("framework_embeddings", None)
