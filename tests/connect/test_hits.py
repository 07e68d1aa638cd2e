"""What the retrievers of all frameworks give and take: plain metadata, libraries by place."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

import pytest

from polysense import Library
from polysense.connect.hits import (
    LibrarySource,
    local_file,
    metadata_of,
    modalities_of,
    numbered,
    query_of,
)
from polysense.errors import BadConfig, MissingDependency
from polysense.types import Asset, Chunk, Hit, Part, Span

QUESTIONS = ("How many paddles has the wheel?", "What did the keeper remember?", "income by year")


def test_metadata_is_plain_json_with_the_exact_place(library: Library) -> None:
    """A framework writes it to disk, sends it, filters by it."""
    kinds = set()
    for words in QUESTIONS:
        for hit, metadata in numbered(library.search(words, k=30)):
            assert json.loads(json.dumps(metadata)) == metadata
            assert Span.from_dict(metadata["span"]) == hit.place
            assert metadata["place"] == str(hit.place)
            assert metadata["why"][0].keys() == {"space", "rank", "score"}
            assert {"uri", "name", "modality", "mime", "asset", "chunk"} <= metadata.keys()
            kinds |= metadata["span"].keys()
    assert {"page", "lines", "cells", "seconds"} <= kinds


def test_ranks_count_from_one(library: Library) -> None:
    """As `search --json` has them."""
    hits = library.search("wheel", k=3)
    assert [metadata["rank"] for _, metadata in numbered(hits)] == [1, 2, 3]
    assert metadata_of(hits[0], 1)["score"] == round(hits[0].score, 6)


def test_a_place_is_opened_once_and_closed(place: Path) -> None:
    """On first use, and a library that was given open stays open."""
    source = LibrarySource(str(place))
    kb = source.get()
    assert source.get() is kb
    source.close()
    assert source.get() is not kb
    source.close()
    with Library(place) as own:
        source = LibrarySource(own)
        source.close()
        assert own.search("wheel", k=1)


def test_settings_choose_the_plug_ins(place: Path, tmp_path: Path) -> None:
    """A library that was made with others is opened with them, by the file or its folder."""
    (tmp_path / "polysense.toml").write_text('encoders = ["minilm:threads=1"]\n')
    for settings in (tmp_path, tmp_path / "polysense.toml"):
        source = LibrarySource(place, settings)
        assert "minilm:threads=1" in source.get().kit.specs["encoders"]
        assert source.get().search("wheel", k=1)
        source.close()
    with pytest.raises(BadConfig, match="there is no"):
        LibrarySource(place, tmp_path / "nowhere")


def test_a_question_of_files_alone(place: Path) -> None:
    """A photo needs no words."""
    picture = place.parent / "files" / "pictures" / "ferry.jpg"
    (only,) = query_of(" ", [picture])
    assert isinstance(only, Part)
    assert only.modality == "image"
    assert query_of("a ferry", [picture])[0] == "a ferry"


def test_modalities_are_one_or_several() -> None:
    """What a framework keeps in a file is a list."""
    assert modalities_of("image") == ("image",)
    assert modalities_of(("image", "text")) == ("image", "text")
    assert modalities_of("") == ()


def test_only_files_that_are_here_have_a_path(tmp_path: Path) -> None:
    """Not a member of an archive, nor what lies in a bucket."""
    (tmp_path / "a.png").write_bytes(b"x")

    def hit(uri: str) -> Hit:
        return Hit(Chunk(Asset("0", uri, "image/png", "image", 1), Span(), "image"), 1.0)

    assert local_file(hit(str(tmp_path / "a.png"))) == str(tmp_path / "a.png")
    assert local_file(hit(f"{tmp_path}/b.zip!/a.png")) == ""
    assert local_file(hit("s3://bucket/a.png")) == ""


@pytest.mark.parametrize(
    ("name", "package"),
    [("langchain", "langchain_core"), ("llama_index", "llama_index"), ("haystack", "haystack")],
)
def test_without_the_framework_it_says_what_to_install(
    name: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once: there is nothing to be a subclass of."""
    for module in [m for m in sys.modules if m.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"polysense.connect.{name}", raising=False)
    with pytest.raises(MissingDependency) as raises:
        import_module(f"polysense.connect.{name}")
    assert raises.value.hint == f"python -m pip install 'polysense[{name.replace('_', '-')}]'"
